"""Find and load saved models: those of runs, and those that come with the package."""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.runs.model_size import LARGEST_CONFIG, require_modest
from fidle_vae.runs.run import runs_dir
from fidle_vae.runs.state import earlier, manifest_of

if TYPE_CHECKING:
    import keras

VAE = "fidle_vae>VAE"  # as Keras registers it
BEST = Path("models", "best.keras")  # within a run's folder
# the models that come with the package are named as their folders
PRETRAINED = Path(__file__).parents[1] / "models" / "pretrained" / BEST
PRETRAINED_DIGITS = PRETRAINED.parents[2] / "pretrained_digits" / BEST
PRETRAINED_STYLE = PRETRAINED.parents[2] / "pretrained_style" / BEST  # a generator, no VAE


def find_model(
    model: str | os.PathLike = "auto",
    *,
    lesson: str | None = None,
    dataset: str | None = None,
    run_dir: str | os.PathLike | None = None,
) -> Path:
    """Return the file of a saved VAE, for `keras.saving.load_model`.

    Args:
        model: a .keras file; a run's folder or name, for its best model; "pretrained" or
            "pretrained_digits", the models of MNIST and of the digits that come with the package;
            "newest", the best model of the last run; or "auto", the best model of `lesson`, or
            without a lesson that of the last run that trained a VAE. "auto" and "newest" fall back
            to the pretrained model.
        lesson: the run that "auto" takes, such as "VAE2".
        dataset: what the model is to see: for "digits", "auto" falls back to the pretrained model
            of these.
        run_dir: the folder of all runs; None takes `runs_dir()`.
    """
    if model == "auto":
        root = Path(run_dir or runs_dir())
        saved = _of_run(root, lesson) if lesson else _saved(root)
        found = (path.resolve() for path in saved if _class_name(path) == VAE)
        return next(found, PRETRAINED_DIGITS if dataset == "digits" else PRETRAINED)
    path = find_file(model, run_dir=run_dir)
    if _class_name(path) != VAE:
        raise ValueError(f"model {path} holds no VAE: give a file that `vae.save` has written.")
    return path


def find_file(model: str | os.PathLike, *, run_dir: str | os.PathLike | None = None) -> Path:
    """Return the file of any saved Keras model, named as for `find_model` except "auto".

    "pretrained_style" is the style generator of MNIST that comes with the package.
    """
    root = Path(run_dir or runs_dir())
    if model == "newest":
        model = next(_saved(root), "pretrained")
    for packaged in (PRETRAINED, PRETRAINED_DIGITS, PRETRAINED_STYLE):
        if model == name_of(packaged):
            return packaged
    places = (*_of_run(root, model), Path(model), Path(model) / BEST)
    path = next((place.resolve() for place in places if place.is_file()), None)
    if path is None:
        runs = sorted({name_of(path) for path in _saved(root)})
        known = f"there are {', '.join(runs)}" if runs else "there is none"
        raise FileNotFoundError(
            f"model {str(model)!r} is neither a .keras file nor a run with a saved model in "
            f"{root}, where {known}: give one of these, 'pretrained', 'pretrained_digits' or "
            "'pretrained_style'."
        )
    return path


def name_of(path: Path) -> str:
    """Return the name of a saved model: that of its run, or of its file."""
    if not path.match("models/best.keras"):
        return path.stem
    return re.sub(r"^\.(.+)\.earlier$", r"\1", path.parent.parent.name)


def load_model(path: Path) -> keras.Model:
    """Load any saved Keras model, not compiled; raise a ValueError if that cannot be done."""
    import keras

    import fidle_vae.models.saved_classes  # noqa: F401

    try:
        require_modest(path)
        return keras.saving.load_model(path, compile=False)
    except FileNotFoundError:
        raise
    except Exception as error:  # Keras raises many for a damaged file
        reason = re.split(r"\. |\n", str(error).strip())[0][:300]
        raise ValueError(
            f"model {path} cannot be loaded ({reason or type(error).__name__}): give a model of "
            "Keras's own layers, or one of fidle_vae, as `model.save` has written it."
        ) from error


def load_dataset_of(path: Path, dataset: str = "auto") -> Dataset:
    """Load images for a saved model: as many as its run had, with the same ones held out.

    Args:
        path: the model's file.
        dataset: name of the dataset; "auto" takes the one that the model was trained on.
    """
    known = read_manifest(path).get("parameters") or {}
    if dataset == "auto":
        trained_on = training_dataset(path) or "auto"
        dataset = "auto" if trained_on == "mnist" else trained_on  # or the digits offline
    return load_dataset(dataset, known.get("scale", 1.0), known.get("seed", 123))


def training_dataset(path: str | os.PathLike) -> str | None:
    """Return the name of the dataset that a saved model was trained on; None if not known."""
    return (read_manifest(path).get("dataset") or {}).get("name")


def read_manifest(path: str | os.PathLike) -> dict:
    """Return the manifest of the run that a model's file belongs to; empty if there is none."""
    return manifest_of(Path(path).parent.parent)


def _of_run(root, run):
    """Return the best model of a run, and that of the one before, which is there until it ends."""
    return [folder / BEST for folder in (root / run, earlier(root / run))]


def _saved(root):
    """Yield the best models of all runs, the newest first."""
    saved = root.glob(f"*/{BEST}")  # names that begin with a dot, too: they are older
    yield from sorted(saved, key=lambda path: path.stat().st_mtime, reverse=True)


def _class_name(path):
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("config.json").file_size > LARGEST_CONFIG:
                return None
            return json.loads(archive.read("config.json"))["registered_name"]
    except Exception:  # whatever is wrong with the file, it is no VAE
        return None
