"""Where saved VAEs are: what the lessons trained, and the one that ships with the package."""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.runs.run import runs_dir

if TYPE_CHECKING:
    import keras

PRETRAINED = Path(__file__).parents[1] / "models" / "pretrained" / "models" / "best.keras"


def find_model(
    model: str | os.PathLike = "auto", *, run_dir: str | os.PathLike | None = None
) -> Path:
    """Give the file of a saved VAE, for `keras.saving.load_model`.

    Args:
        model: a .keras file; a run's folder or its name in the folder of all runs, for its best
            model; "pretrained" for the one that ships here; "newest" for that of the last run; or
            "auto" for the best model of lesson VAE2 where it was trained, and the pretrained one
            otherwise.
        run_dir: the folder of all runs; None takes `runs_dir()`.
    """
    path = find_file(model, run_dir=run_dir)
    if _class_name(path) != "fidle_vae>VAE":
        raise ValueError(f"model {path} holds no VAE: give a file that `vae.save` has written.")
    return path


def find_file(
    model: str | os.PathLike = "auto", *, run_dir: str | os.PathLike | None = None
) -> Path:
    """Give the file of any saved Keras model, named as for `find_model`."""
    root, best = Path(run_dir or runs_dir()), Path("models", "best.keras")
    if model == "auto":
        model = "VAE2" if (root / "VAE2" / best).exists() else "pretrained"
    if model == "newest":
        saved = sorted(root.glob(f"*/{best}"), key=lambda path: path.stat().st_mtime)
        model = saved[-1] if saved else "pretrained"
    if model == "pretrained":
        return PRETRAINED
    places = (root / model / best, Path(model), Path(model) / best)
    path = next((place.resolve() for place in places if place.is_file()), None)
    if path is None:
        runs = sorted(path.parent.parent.name for path in root.glob(f"*/{best}"))
        known = f"there are {', '.join(runs)}" if runs else "there is none"
        raise FileNotFoundError(
            f"model {str(model)!r} is neither a .keras file nor a run with a saved model in "
            f"{root}, where {known}: give one of these, or 'pretrained'."
        )
    return path


def name_of(path: Path) -> str:
    """Name a saved model as its run, or as its file."""
    if path == PRETRAINED:
        return "pretrained"
    return path.parent.parent.name if path.match("models/best.keras") else path.stem


def load_model(path: Path) -> keras.Model:
    """Load any saved Keras model, not compiled; say in one sentence what keeps Keras from it."""
    import keras

    import fidle_vae.models.vae  # noqa: F401, makes VAE and its layers known to Keras

    try:
        return keras.saving.load_model(path, compile=False)
    except (TypeError, ValueError, OSError) as error:
        reason = re.split(r"\. |\n", str(error).strip())[0]
        raise ValueError(
            f"model {path} cannot be loaded ({reason}): give a model of Keras's own layers, or one "
            "of fidle_vae."
        ) from error


def load_images(path: Path, dataset: str = "auto") -> Dataset:
    """Load images to show a saved model, as many as its run had, and the same held-out ones.

    Args:
        path: the model's file.
        dataset: what to load; "auto" takes what the model was trained on.
    """
    manifest = read_manifest(path)
    known = manifest.get("parameters") or {}
    if dataset == "auto":
        trained_on = (manifest.get("dataset") or {}).get("name", "auto")
        dataset = "auto" if trained_on == "mnist" else trained_on  # which takes the digits offline
    return load_dataset(dataset, known.get("scale", 1.0), known.get("seed", 123))


def read_manifest(path: str | os.PathLike) -> dict:
    """Give the manifest of the run that a model's file belongs to; empty where there is none."""
    manifest = Path(path).parent.parent / "manifest.json"
    return json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}


def _class_name(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("config.json"))["registered_name"]
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None
