"""Where saved VAEs are: what the lessons trained, and the one that ships with the package."""

import json
import os
import zipfile
from pathlib import Path

from fidle_vae.runs import runs_dir

PRETRAINED = Path(__file__).parent / "pretrained" / "models" / "best.keras"


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
