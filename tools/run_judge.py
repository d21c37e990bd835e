"""Whether the run of a lesson left what the catalogue asks, and reached it, judged by its files."""

import keras
import numpy as np
from PIL import Image

from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.claims import broken_claims
from fidle_vae.data.datasets import load_dataset
from fidle_vae.models.losses import gaussian_kl
from fidle_vae.runs.run import Run
from fidle_vae.runs.saved_models import load_model
from fidle_vae.training.record_files import read_record


def refusals(run: Run) -> list[str]:
    """Return all that is wrong with a lesson's run at its defaults; nothing if it may pass."""
    found = [*flaws(run), *_beyond_bounds(run), *broken_claims(run.id, run.manifest)]
    return list(dict.fromkeys(found))


def flaws(run: Run) -> list[str]:
    """Return what a run of any size lacks, and where its files contradict each other."""
    entry, manifest = catalogue()[run.id], run.manifest
    found = [*_missing(run, entry)]
    if "models/best.keras" in entry.files and "kl_loss" in manifest["metrics"]:
        found += _model_flaws(run)
    if "film/fixed.npz" in entry.files:
        found += _record_flaws(run)
    return found


def _beyond_bounds(run):
    entry, manifest = catalogue()[run.id], run.manifest
    dataset = (manifest["dataset"] or {}).get("name")
    for name, (low, high) in (entry.bounds.get("all", {}) | entry.bounds.get(dataset, {})).items():
        if not low <= _value(manifest, name) <= high:
            yield f"{name} is {_value(manifest, name):.5g}, not from {low:g} to {high:g}"


def _value(manifest, name):
    """Return a value by the name of a metric, or a path such as "balance/k2=0/kl_loss"."""
    value = manifest
    for part in name.split("/") if "/" in name else ("metrics", name):
        value = value.get(part, {}) if isinstance(value, dict) else {}
    return float("nan") if value is None or isinstance(value, dict) else float(value)


def _missing(run, entry):
    names = set(run.manifest.get("figures", {}))
    if names != set(entry.figures):
        yield f"figures differ from those named: {sorted(names ^ set(entry.figures))}"
    made = run.manifest.get("claims") or {}
    yield from (f"claim {name} was not made" for name in entry.claims if name not in made)
    if set(run.manifest.get("metrics", {})) != set(entry.metrics):
        differing = set(run.manifest.get("metrics", {})) ^ set(entry.metrics)
        yield f"metrics differ from those named: {sorted(differing)}"
    for name in entry.files:
        if not (run.path / name).is_file():
            yield f"{name} is missing"
    for name in names:
        path = run.figures / name
        if not path.exists():
            yield f"figure {name} is missing"
            continue
        with Image.open(path) as picture:
            levels = np.asarray(picture.convert("L"))
        if levels.std() < 5 or len(np.unique(levels)) < 10:
            yield f"figure {name} is blank"


def _model_flaws(run):
    """The saved model must give the KL that the manifest reports; nothing in it is random."""
    parameters = run.manifest["parameters"]
    images = load_dataset(*(parameters[name] for name in ("dataset", "scale", "seed"))).x_test
    model = load_model(run.models / "best.keras")
    codes = model.get_layer("encoder").predict(images, batch_size=256, verbose=0)
    kl = float(keras.ops.convert_to_numpy(gaussian_kl(*codes)).mean())
    reported = run.manifest["metrics"]["kl_loss"]
    if abs(kl - reported) > 1e-4 * reported:
        yield f"the saved model's kl_loss is {kl:.5f}, reported was {reported:.5f}"


def _record_flaws(run):
    """The record for the film must have every epoch, and show that the model has learned."""
    try:
        record = read_record(run.film, run.id)
    except (OSError, ValueError) as error:
        yield str(error)
        return
    epochs = run.manifest["parameters"]["epochs"]
    if list(record.epochs) != list(range(epochs + 1)):
        yield f"the record has epochs {list(record.epochs)} and not 0 to {epochs}"
        return
    before, after = (record.epochs[number].codes[-1] for number in (0, epochs))
    if not after.std(axis=0).min() > 5 * before.std(axis=0).max():
        yield "the record's codes have not spread in training"
    if not record.epochs[epochs].logs["val_loss"] < record.epochs[1].logs["val_loss"]:
        yield "the record's held-out loss has not fallen"
