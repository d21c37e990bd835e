"""Damaged files: each is read, or refused in one sentence that names it; memory stays modest."""

import contextlib
import io
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import keras
import nbformat
import numpy as np
from keras import layers

from fidle_vae.course.lessons import read_notebook
from fidle_vae.data.datasets import Dataset
from fidle_vae.evaluation.classifier import load_classifier, train_classifier
from fidle_vae.films.timeline import story_of
from fidle_vae.models.vae import VAE
from fidle_vae.runs.image_sheets import read_sheet
from fidle_vae.runs.report import write_report
from fidle_vae.runs.run import Run
from fidle_vae.runs.saved_models import find_model, load_model
from fidle_vae.runs.verify import flaws_of
from fidle_vae.training.checkpoint import read_checkpoint
from fidle_vae.training.fit_run import CHECKPOINT, fit_run
from fidle_vae.training.record_files import read_record
from torture.mutations import mutate

MEMORY, SECONDS = 500_000, 20  # kB that one file may take, and seconds of a core


def make_run(root: Path) -> Path:
    """Make a small run that has all files, and return its folder."""
    rng = np.random.default_rng(0)
    x, y = rng.random((24, 8, 8, 1), dtype="float32"), np.arange(24) % 2
    data = Dataset(x[:16], y[:16], x[16:], y[16:], "blobs", "", "", ("a", "b"))
    keras.utils.set_random_seed(1)
    vae = _small_vae()
    run = Run("R", root=root)
    run.start(parameters={"seed": 1, "epochs": 2}, dataset=data, seed=1)
    fit_run(run, vae, data, epochs=2, verbose=0)
    run.claim("it_learns", "It learns.", 1.0, at_least=0.5)
    run.finish()
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# R"), nbformat.v4.new_code_cell("scale = 0.1")]
    )
    nbformat.write(notebook, run.path / "R.ipynb")
    (run.path / "classifiers").mkdir()
    train_classifier(data, epochs=1).save(run.path / "classifiers" / "blobs.keras")
    return run.path


def _small_vae():
    """Return a VAE of few weights, so that a damaged file is soon written and read."""
    images, z = keras.Input((8, 8, 1)), keras.Input((2,))
    flat = layers.Flatten()(images)
    encoder = keras.Model(images, [layers.Dense(2)(flat), layers.Dense(2)(flat)])
    pixels = layers.Dense(64, activation="sigmoid")(z)
    vae = VAE(encoder, keras.Model(z, layers.Reshape((8, 8, 1))(pixels)))
    vae.compile("adam")
    return vae


def _manifest(path):
    """Whatever a manifest holds, the report on all runs is written, and `verify` has its say."""
    write_report(path.parent.parent)
    flaws_of(path.parent)


def _model(path):
    with contextlib.suppress(ValueError):  # a file that is none is refused here
        find_model(path)
    load_model(path)


def _record(path):
    """What was read must do for a film."""
    story_of(read_record(path.parent, "R"), inches=5)


def _classifier(path):
    load_classifier("blobs", path.parent.parent)


LOADERS: dict[str, tuple[str, Callable]] = {
    "manifest": ("manifest.json", _manifest),
    "model": ("models/best.keras", _model),
    "film record, fixed part": ("film/fixed.npz", _record),
    "film record, an epoch": ("film/epoch-001.npz", _record),
    "checkpoint": (CHECKPOINT, read_checkpoint),
    "sheet of images": ("images/epoch-001-decoded.png", read_sheet),
    "notebook": ("R.ipynb", read_notebook),
    "classifier": ("classifiers/blobs.keras", _classifier),
}


def attempt(loader: str, folder: Path, rng: random.Random) -> str:
    """Damage a file of a run, read it, and restore it; return what went wrong, or nothing."""
    return put_to(loader, folder, mutate((folder / LOADERS[loader][0]).read_bytes(), rng))


def put_to(loader: str, folder: Path, content: bytes) -> str:
    """Read a file of a run with another content, and restore it; return what went wrong."""
    name, read = LOADERS[loader]
    path = folder / name
    whole = path.read_bytes()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    path.write_bytes(content)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            read(path)
    except (ValueError, OSError) as error:
        if not any(name in str(error) for name in (path.name, str(path.parent), "of run R")):
            return f"the file is not named: {type(error).__name__}: {error}"
        if len(str(error).splitlines()) > 1:
            return f"more than one line: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        path.write_bytes(whole)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown > MEMORY:
        return f"{grown:,} kB of memory were taken"
    if time.process_time() - start > SECONDS:
        return f"it took {time.process_time() - start:.0f} s"
    return ""
