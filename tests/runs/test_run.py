import hashlib
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from fidle_vae.data.datasets import Dataset
from fidle_vae.runs.environment import environment
from fidle_vae.runs.run import PrunedError, Run
from fidle_vae.runs.state import status_of

X = np.zeros((3, 8, 8, 1), dtype="float32")
DATA = Dataset(
    X, np.arange(3), X[:1], np.arange(1), "blobs", "made here", "abc123", ("a", "b", "c")
)


@pytest.fixture
def run(tmp_path):
    return Run("R1", root=tmp_path)


def test_a_run_owns_its_folders(run, tmp_path):
    assert {path.name for path in (tmp_path / "R1").iterdir()} == {
        "figures", "images", "models", "logs", "film",
    }  # fmt: skip
    assert run.models == tmp_path / "R1" / "models"
    assert run.manifest == {}


def test_the_environment_variable_moves_all_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path / "elsewhere"))
    assert Run("R1").path == tmp_path / "elsewhere" / "R1"


def test_the_manifest_holds_parameters_data_and_software(run):
    run.start(parameters={"scale": 0.1, "loss_weights": (1.0, 1e-3)}, dataset=DATA, seed=123)
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert manifest["parameters"] == {"scale": 0.1, "loss_weights": [1.0, 1e-3]}
    assert manifest["seed"] == 123
    assert manifest["dataset"] == {
        "name": "blobs", "source": "made here", "digest": "abc123", "train": 3, "test": 1,
    }  # fmt: skip
    assert manifest["versions"]["keras"] == keras.__version__
    assert manifest["backend"] == keras.config.backend()
    assert manifest["device"]
    assert "CPU cores" in manifest["machine"]


def test_a_record_adds_to_the_manifest_and_a_new_start_empties_it(run):
    run.start(parameters={})
    run.record(metrics={"elbo": -150.0})
    run.record(metrics={"r_loss": 0.2}, timings={"training": 1.5})
    assert run.manifest["metrics"] == {"elbo": -150.0, "r_loss": 0.2}
    assert run.manifest["timings"] == {"training": 1.5}
    run.start(parameters={})
    assert run.manifest["metrics"] == {}


def test_a_run_with_data_or_parameters_starts_again(run, tmp_path):
    run.start(parameters={})
    run.save_figure(Figure(), "01-first")
    again = Run("R1", DATA, root=tmp_path, scale=0.1, seed=7)
    assert again.manifest["parameters"] == {"scale": 0.1, "seed": 7}
    assert (again.manifest["seed"], again.manifest["dataset"]["name"]) == (7, "blobs")
    assert again.manifest["figures"] == {}
    assert not list(again.figures.iterdir())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"seed": 2**32}, "seed must be an integer from 0 to 4294967295, got 4294967296: try 123"),
        ({"seed": -1}, "seed must be an integer from 0"),
        ({"seed": "seven"}, "seed must be an integer from 0"),
        ({"latent_dim": X}, "latent_dim must be a number, a text or a list of these, got array"),
        ({"data": "mnist"}, "data must be a dataset, got str: pass one from `load_dataset`"),
        ({"data": X}, "data must be a dataset, got ndarray"),
    ],
)
def test_a_wrong_argument_leaves_the_earlier_run_as_it_was(run, tmp_path, wrong, sentence):
    run.start(parameters={"seed": 1}, seed=1)
    run.save_figure(Figure(), "01-first")
    before = run.manifest
    with pytest.raises(ValueError, match=sentence):
        Run("R1", root=tmp_path, **wrong)
    if "data" not in wrong:
        with pytest.raises(ValueError, match=sentence):
            run.start(parameters=wrong, seed=wrong.get("seed"))
    assert run.manifest == before
    assert (run.figures / "01-first.png").exists()
    with pytest.raises(ValueError, match=sentence):
        Run("R2", root=tmp_path, **wrong)
    assert not (tmp_path / "R2").exists()


def test_a_figure_is_shown_with_its_caption_as_alternative_text(run, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda each, metadata: shown.append(metadata))
    run.show(Figure(), "01-first", "What to see.")
    film = run.figures / "02-film.gif"
    film.write_bytes(b"GIF89a")
    run.show(film, "02-film", "It moves.")
    assert (run.figures / "01-first.png").exists()
    assert run.manifest["figures"] == {"01-first.png": "What to see.", "02-film.gif": "It moves."}
    assert shown[0]["image/png"] == {"alt": "What to see."}
    assert shown[1]["image/gif"] == {"alt": "It moves."}
    with pytest.raises(ValueError, match=r"figure must be .*03-film with a suffix, got .*02-film"):
        run.show(film, "03-film", "It moves.")


def test_opening_a_run_again_leaves_it_as_it_is(run, tmp_path):
    run.start(parameters={"scale": 0.1})
    (run.models / "best.keras").write_text("a model")
    again = Run("R1", root=tmp_path)
    assert again.manifest == run.manifest
    assert (again.models / "best.keras").read_text() == "a model"


def test_a_timed_block_is_among_the_timings_unless_it_fails(run):
    run.start(parameters={})
    with run.timed("nothing"):
        pass
    with pytest.raises(KeyError), run.timed("failure"):
        raise KeyError
    assert list(run.manifest["timings"]) == ["nothing"]
    assert 0 <= run.manifest["timings"]["nothing"] < 60


def test_a_figure_that_cannot_be_drawn_leaves_the_old_one(run):
    class Broken(Figure):
        def savefig(self, path, **kwargs):
            path.write_bytes(b"half a picture")
            raise RuntimeError("no canvas")

    run.save_figure(Figure(), "01-first")
    path = run.figures / "01-first.png"
    before = path.read_bytes()
    assert before.startswith(b"\x89PNG")
    with pytest.raises(RuntimeError, match="no canvas"):
        run.save_figure(Broken(), "01-first")
    assert path.read_bytes() == before
    assert list(run.figures.iterdir()) == [path]


def test_a_saved_figure_is_returned_and_its_caption_is_in_the_manifest(run):
    run.start(parameters={})
    figure = Figure()
    assert run.save_figure(figure, "01-first", "What to see.") is figure
    run.save_figure(figure, "02-second")
    assert run.manifest["figures"] == {"01-first.png": "What to see.", "02-second.png": ""}


def test_a_new_start_removes_an_unfinished_run_and_nothing_else(run):
    run.start(parameters={})
    run.save_figure(Figure(), "01-first")
    run.save_log("history", {})
    for name in ("best.keras", ".best.partial.keras"):
        (run.models / name).touch()
    (run.images / "epoch-001-decoded.png").touch()
    (run.film / "epoch-001.npz").touch()
    for name in ("film.mp4", "explorer.html", "R1.ipynb", "notes.txt"):
        (run.path / name).touch()
    run.start(parameters={})
    assert files(run.path) == {"manifest.json", "notes.txt"}
    assert run.manifest["figures"] == {}


def test_a_finished_run_is_kept_whole_until_a_new_one_is_finished(run, tmp_path):
    run.start(parameters={"seed": 1})
    (run.models / "best.keras").write_text("the old model")
    run.finish()
    old = run.manifest
    run.start(parameters={"seed": 2})
    assert files(run.path) == {"manifest.json"}  # no old model beside the new manifest
    kept = tmp_path / ".R1.earlier"
    assert json.loads((kept / "manifest.json").read_text()) == old
    assert (kept / "models" / "best.keras").read_text() == "the old model"
    run.start(parameters={"seed": 3})  # one that was interrupted does not take its place
    assert json.loads((kept / "manifest.json").read_text()) == old
    run.finish("failed", "no luck")
    assert kept.exists()
    run.start(parameters={"seed": 4})
    run.finish()
    assert not kept.exists()


def test_a_run_with_a_damaged_manifest_can_be_started_again(run):
    run.start(parameters={})
    (run.path / "manifest.json").write_text("{")
    with pytest.raises(
        ValueError, match=r"manifest\.json cannot be read .*: run R1 again, or rest"
    ):
        _ = run.manifest
    run.start(parameters={"seed": 1})
    assert run.manifest["parameters"] == {"seed": 1}


def test_a_run_is_finished_only_if_it_says_so_and_lists_its_files(run):
    assert status_of(run.path) == "interrupted"
    run.start(parameters={})
    assert status_of(run.path) == "running"
    (run.models / "best.keras").write_text("a model")
    run.finish("failed", "no luck")
    assert (status_of(run.path), run.manifest["error"]) == ("failed", "no luck")
    run.finish()
    assert status_of(run.path) == "finished"
    assert "error" not in run.manifest
    digest = hashlib.sha256(b"a model").hexdigest()
    assert run.manifest["files"] == {"models/best.keras": digest}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyError("no key"), "failed"),
        (KeyboardInterrupt(), "interrupted"),
        (PrunedError("pruned at epoch 2"), "pruned"),
    ],
)
def test_a_block_that_fails_ends_its_run_so(run, error, status):
    run.start(parameters={})
    with pytest.raises(type(error)), run.to_the_end():
        raise error
    assert status_of(run.path) == status
    with run.to_the_end():
        pass
    assert status_of(run.path) == "finished"


def test_a_folder_that_is_removed_meanwhile_ends_the_run_and_is_not_made_again(run):
    run.start(parameters={})
    shutil.rmtree(run.path)
    sentence = r"run directory .*R1 was removed, or another run was begun in it, while run R1 was"
    for write in (
        lambda: run.record(metrics={"elbo": -100.0}),
        lambda: run.save_figure(Figure(), "01-first"),
        lambda: run.save_log("history", {}),
        run.finish,
    ):
        with pytest.raises(OSError, match=sentence):
            write()
    assert not run.path.exists()


def test_a_run_that_another_began_anew_is_not_written_to(run, tmp_path):
    run.start(parameters={})
    Run("R1", root=tmp_path, seed=1)
    with pytest.raises(OSError, match="another run was begun in it"):
        run.record(metrics={"elbo": -100.0})
    assert Run("R1", root=tmp_path).manifest["metrics"] == {}


def test_numbers_that_json_does_not_know_are_null(run):
    run.start(parameters={})
    run.record(metrics={"elbo": math.nan, "kl": math.inf, "loss": [1.0, -math.inf]})
    path = run.save_log("history", {"loss": [0.5, math.nan]})

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    for each in (path, run.path / "manifest.json"):
        json.loads(each.read_text(), parse_constant=refuse)
    assert run.manifest["metrics"] == {"elbo": None, "kl": None, "loss": [1.0, None]}


def python(code, *arguments, **variables):
    """Start Python on some lines of code."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code).strip(), *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | variables,
    )  # fmt: skip


WRITER = """
    import sys
    from fidle_vae.runs.run import Run
    run = Run("R1", root=sys.argv[1])
    run.start(parameters={})
    print(run.token, flush=True)
    sys.stdin.read()
"""


def test_one_process_writes_a_run_and_its_death_frees_it(run, tmp_path):
    writer = python(WRITER, tmp_path)
    token = writer.stdout.readline().strip()
    before = run.manifest
    assert before["token"] == token
    assert status_of(run.path) == "running"
    sentence = (
        rf"^run R1 in {tmp_path} is being written by process {writer.pid} on {socket.gethostname()}"
        r", since 20.*: wait for it, end it .*--run-dir\.$"
    )
    with pytest.raises(OSError, match=sentence):
        run.start(parameters={"seed": 1})
    assert run.manifest == before
    child = python(WRITER, tmp_path, FIDLE_VAE_RUN_TOKEN=token)  # such as a lesson's kernel
    assert child.communicate()[0].strip() == token
    writer.kill()
    writer.communicate()
    assert status_of(run.path) == "interrupted"
    run.start(parameters={"seed": 1})
    assert run.manifest["parameters"] == {"seed": 1}


def test_no_entry_is_lost_when_several_processes_record(run, tmp_path):
    run.start(parameters={})
    code = """
        import sys
        from fidle_vae.runs.run import Run
        run = Run("R1", root=sys.argv[1])
        for i in range(25):
            run.record(metrics={f"{sys.argv[2]}-{i}": 1.0})
    """
    writers = [python(code, tmp_path, name) for name in range(4)]
    for writer in writers:
        assert writer.communicate()[1] == ""
    assert len(run.manifest["metrics"]) == 100


def files(folder):
    return {path.name for path in folder.rglob("*") if path.is_file() and path.name != ".edited"}


def test_a_log_keeps_its_numbers(run):
    path = run.save_log("history", {"loss": [0.3, 0.25]})
    assert path == run.logs / "history.json"
    assert json.loads(path.read_text()) == {"loss": [0.3, 0.25]}


def test_a_run_directory_that_cannot_be_written_raises_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match=r"run directory .*file.*R1 cannot be written .*--run-dir"):
        Run("R1", root=tmp_path / "file")


def test_an_existing_run_directory_without_permission_raises(run, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(OSError, match=r"run directory .* cannot be written \(Permission denied\)"):
        Run("R1", root=tmp_path)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b"])
def test_an_id_that_is_not_a_folder_name_raises(tmp_path, name):
    with pytest.raises(ValueError, match="id must be made of letters"):
        Run(name, root=tmp_path)


def test_the_device_and_versions_are_known_for_the_backend_in_use():
    known = environment()
    assert known["versions"]["python"].startswith("3.")
    assert known["device"] == "cpu" or known["device"]


@pytest.mark.parametrize("status", ["running", "interrupted", "finished", "failed"])
def test_a_run_that_was_interrupted_says_that_it_starts_anew(tmp_path, capsys, status):
    run = Run("VAE1", root=tmp_path)
    run.start(parameters={})
    if status != "running":
        run.finish(status=status)
    assert capsys.readouterr().out == ""
    run.start(parameters={})
    says = "Run VAE1 was interrupted before; it starts anew.\n"
    assert capsys.readouterr().out == (says if status in ("running", "interrupted") else "")
