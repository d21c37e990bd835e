import json

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from fidle_vae.data.datasets import Dataset
from fidle_vae.runs.environment import environment
from fidle_vae.runs.run import Run

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


def test_a_new_start_clears_what_an_earlier_run_left_but_its_models(run):
    run.start(parameters={})
    run.save_figure(Figure(), "01-first")
    run.save_log("history", {})
    for name in ("best.keras", ".best.partial.keras"):
        (run.models / name).touch()
    (run.images / "epoch-001-decoded.png").touch()
    (run.film / "epoch-001.npz").touch()
    for name in ("film.mp4", "explorer.html"):  # a run that fails would not replace them
        (run.path / name).touch()
    (run.path / "VAE1.ipynb").touch()
    run.start(parameters={})
    left = {path.name for path in run.path.rglob("*") if path.is_file()}
    assert left == {"best.keras", "VAE1.ipynb", "manifest.json"}
    assert run.manifest["figures"] == {}


def test_a_log_keeps_its_numbers(run):
    path = run.save_log("history", {"loss": [0.3, 0.25]})
    assert path == run.logs / "history.json"
    assert json.loads(path.read_text()) == {"loss": [0.3, 0.25]}


def test_a_run_directory_that_cannot_be_written_raises_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match=r"run directory .*file.*R1 cannot be written .*--run-dir"):
        Run("R1", root=tmp_path / "file")


def test_an_existing_run_directory_without_permission_raises(run, tmp_path, monkeypatch):
    def refuse(self, *_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.touch", refuse)
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
