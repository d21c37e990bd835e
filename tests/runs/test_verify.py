import json
import shutil

import pytest

from fidle_vae.runs.run import Run
from fidle_vae.runs.verify import DamagedRunError, verify


@pytest.fixture
def run(tmp_path):
    """A finished run."""
    run = Run("VAE1", root=tmp_path, seed=1)
    (run.models / "best.keras").write_text("a model")
    (run.images / "epoch-002-decoded.png").write_text("an image")
    run.record(metrics={"elbo": -100.0})
    run.finish()
    return run


def test_finished_runs_are_whole(run, tmp_path, capsys):
    Run("VAE2", root=tmp_path, seed=1).finish()
    (run.path / "explorer.html").write_text("made later")
    verify(run_dir=tmp_path)
    verify(["VAE2"], tmp_path)
    said = [f"{id}  finished, and unchanged since" for id in ("VAE1", "VAE2", "VAE2")]
    assert capsys.readouterr().out.splitlines() == said


def change_metric(run):
    path = run.path / "manifest.json"
    path.write_text(path.read_text().replace("-100.0", "-90.0"))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda run: (run.models / "best.keras").write_text("a mode1"), "models/best.keras was ch"),
        (lambda run: (run.models / "best.keras").unlink(), "models/best.keras is missing"),
        (lambda run: shutil.rmtree(run.images), "images/epoch-002-decoded.png is missing"),
        (change_metric, "manifest.json was changed"),
        (lambda run: (run.path / "manifest.json").write_text("{"), "manifest.json cannot be read"),
        (
            lambda run: run.finish("failed", "no luck"),
            "it is not finished, but failed, and has reached epoch 2: no luck",
        ),
        (
            lambda run: run.start(parameters={}) or run.finish("interrupted"),
            "it is not finished, but interrupted",
        ),
    ],
)
def test_what_is_wrong_is_said_and_is_an_error(run, tmp_path, capsys, damage, sentence):
    Run("VAE2", root=tmp_path, seed=1).finish()
    damage(run)
    with pytest.raises(DamagedRunError, match=r"^1 of 2 runs in .*: run them again, or restore"):
        verify(run_dir=tmp_path)
    name, found, other = capsys.readouterr().out.splitlines()
    assert (name, other) == ("VAE1", "VAE2  finished, and unchanged since")
    assert sentence in found


def test_a_run_that_is_not_there_is_refused_with_those_that_are(run, tmp_path):
    with pytest.raises(ValueError, match=r"^run must be one of VAE1 in .*; got 'VAE9'"):
        verify(["VAE9"], tmp_path)
    with pytest.raises(ValueError, match=r"^no run is in .*: run `fidle-vae run` first"):
        verify(run_dir=tmp_path / "empty")


def test_recording_after_the_end_keeps_the_manifest_whole(run, tmp_path):
    Run("VAE1", root=tmp_path).record(metrics={"log_likelihood": -95.0})
    assert json.loads((run.path / "manifest.json").read_text())["metrics"]["log_likelihood"] == -95
    verify(run_dir=tmp_path)
