"""The files that a training records for its film: a fixed one, and one for each epoch.

Images are stored as bytes, and codes as float16, to three digits: about 30 kB for each epoch.
"""

import itertools
import json
import os
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fidle_vae.common.files import atomic_path
from fidle_vae.common.npz import DamagedFileError, read_npz
from fidle_vae.runs.run import runs_dir
from fidle_vae.runs.state import earlier

AGAIN = "train the run again"
MOST_EPOCHS, MOST_CLASSES = 1_000_000, 10_000


class Fixed(NamedTuple):
    """The part of a record that is the same in all epochs."""

    originals: np.ndarray  # (k, h, w, c), a few held-out images
    labels: np.ndarray | None  # (n,), the classes of the encoded images
    class_names: tuple[str, ...]
    z: np.ndarray  # (m, d), latent points to decode
    first: int  # the first epoch of the record; 0 is before training


class Epoch(NamedTuple):
    """Codes and images at several moments of an epoch, the last of which is its end."""

    times: np.ndarray  # (t,), epochs since the start: 2.5 is the middle of the third
    codes: np.ndarray  # (t, n, d), z_mean of the same held-out images
    reconstructed: np.ndarray  # (t, k, h, w, c)
    decoded: np.ndarray  # (t, m, h, w, c)
    logs: dict[str, float]  # what `fit` reports at the end; empty before training


class Record(NamedTuple):
    """The record of a whole training."""

    fixed: Fixed
    epochs: dict[int, Epoch]  # without gaps


def write_fixed(directory: Path, fixed: Fixed) -> None:
    """Write the fixed part, fixed.npz."""
    labels = np.empty(0, int) if fixed.labels is None else fixed.labels
    named = fixed._asdict() | {"originals": _bytes(fixed.originals), "labels": labels}
    _write(directory / "fixed.npz", named | {"class_names": json.dumps(fixed.class_names)})


def read_fixed(directory: Path) -> Fixed:
    """Read the fixed part, fixed.npz."""
    arrays = _read(directory / "fixed.npz", Fixed)
    return Fixed(
        arrays["originals"] / np.float32(255),
        arrays["labels"] if arrays["labels"].size else None,
        tuple(arrays["class_names"]),
        arrays["z"],
        int(arrays["first"]),
    )


def write_epoch(directory: Path, number: int, epoch: Epoch) -> None:
    """Write one epoch, such as epoch-003.npz."""
    small = {name: _bytes(getattr(epoch, name)) for name in ("reconstructed", "decoded")}
    with np.errstate(over="ignore"):  # codes too large become infinite, which is reported
        small["codes"] = epoch.codes.astype(np.float16)
    small["logs"] = json.dumps({name: float(value) for name, value in epoch.logs.items()})
    _write(_path(directory, number), epoch._asdict() | small)


def read_epoch(directory: Path, number: int) -> Epoch:
    """Read one epoch, such as epoch-003.npz."""
    arrays = _read(_path(directory, number), Epoch)
    return Epoch(
        arrays["times"],
        arrays["codes"].astype(np.float32),
        arrays["reconstructed"] / np.float32(255),
        arrays["decoded"] / np.float32(255),
        arrays["logs"],
    )


def epoch_files(directory: Path) -> dict[int, Path]:
    """Return the files of the epochs, sorted by epoch."""
    numbers = {
        int(match[1]): path
        for path in directory.glob("epoch-*.npz")
        if (match := re.fullmatch(r"epoch-(\d{3,6})\.npz", path.name))
    }
    return dict(sorted(numbers.items()))


def read_record(directory: Path, run: str) -> Record:
    """Read the record of a training; `run` is its name in error messages."""
    again = "train it again"
    if not (directory / "fixed.npz").exists():
        raise FileNotFoundError(
            f"run {run} was made without a record for a film ({directory} holds none): {again}, "
            "with a TrainingRecord among the callbacks as in lesson VAE1."
        )
    fixed, files = read_fixed(directory), epoch_files(directory)
    last = max(files, default=fixed.first)
    wanted = itertools.islice((n for n in range(fixed.first, last + 1) if n not in files), 5)
    if missing := list(wanted):
        name = f"epoch{'s' * (len(missing) > 1)} {', '.join(map(str, missing))}"
        verb = "are" if len(missing) > 1 else "is"
        raise FileNotFoundError(
            f"{name} of run {run} {verb} missing: {_path(directory, missing[0])} is not there; "
            f"{again}."
        )
    if last < fixed.first:
        raise DamagedFileError(
            f"{directory / 'fixed.npz'} is damaged (its first epoch is {fixed.first}, and the last "
            f"is {last}): {AGAIN}."
        )
    if last == fixed.first:
        raise ValueError(
            f"run {run} ended before its first epoch did: {again}, for an epoch or more."
        )
    epochs = {number: read_epoch(directory, number) for number in files if number >= fixed.first}
    for number, epoch in epochs.items():
        _require_fit(_path(directory, number), epoch, fixed)
        if not np.isfinite(epoch.codes).all():
            raise ValueError(
                f"epoch {number} of run {run} has codes that are not finite, the training "
                f"diverged: {again}, with smaller loss_weights or a smaller learning rate."
            )
    return Record(fixed, epochs)


def find_recorded_run(
    run: str | os.PathLike | None = None, run_dir: str | os.PathLike | None = None
) -> Path:
    """Return the folder of a run, given by name or path, or of the newest one with a record."""
    root = Path(run_dir or runs_dir()).expanduser()
    records = sorted(root.glob("*/film/fixed.npz"), key=lambda path: path.stat().st_mtime)
    folders = [path.parent.parent for path in records]
    if run is None and folders:
        return folders[-1]
    if run is not None:
        places = [root / run, earlier(root / run), Path(run)]
        there = [folder for folder in places if folder.is_dir()]
        if there:
            return next((folder for folder in there if folder in folders), there[0])
    known = ", ".join(sorted(folder.name for folder in folders if folder.name[0] != ".")) or "none"
    if run is None:
        raise FileNotFoundError(
            f"no run in {root} has a record for a film: train one with `fidle-vae run VAE1` or "
            "`fidle-vae train`."
        )
    raise FileNotFoundError(
        f"run {str(run)!r} is not in {root}; those with a record for a film are: {known}. Give one "
        "of these, or train it."
    )


def _require_fit(path, epoch, fixed):
    """Raise DamagedFileError if an epoch has other codes or images than the fixed part promises."""
    image = fixed.originals.shape[1:]
    for name, promised in {
        "codes": (len(fixed.labels) if fixed.labels is not None else None, fixed.z.shape[1]),
        "reconstructed": fixed.originals.shape,
        "decoded": (len(fixed.z), *image),
    }.items():
        found = getattr(epoch, name).shape[1:]
        if any(one not in (None, other) for one, other in zip(promised, found, strict=True)):
            raise DamagedFileError(
                f"{path} is damaged ({name} of shape {found} beside {promised} of fixed.npz): "
                f"{AGAIN}."
            )


def _path(directory, number):
    return directory / f"epoch-{number:03d}.npz"


def _bytes(images):
    return np.rint(np.clip(np.nan_to_num(images), 0, 1) * 255).astype(np.uint8)


def _write(path, arrays):
    with atomic_path(path) as partial:
        np.savez_compressed(partial, **arrays)


def _read(path, kind):
    """Return what a file of a record holds, as `kind` keeps it, if it can be that."""
    arrays = read_npz(path, AGAIN)
    try:
        found = _checked(kind, arrays)
    except Exception as error:  # whatever NumPy and JSON raise for what is none
        raise DamagedFileError(
            f"{path} is damaged ({type(error).__name__}: {str(error)[:200]}): {AGAIN}."
        ) from error
    return found


def _checked(kind, arrays):
    arrays = {name: arrays[name] for name in kind._fields}
    dims, numbers, texts = (
        ({"originals": 4, "labels": 1, "z": 2, "first": 0}, ("labels", "z", "first"), "class_names")
        if kind is Fixed
        else (
            {"times": 1, "codes": 3, "reconstructed": 5, "decoded": 5},
            ("times", "codes"),
            "logs",
        )
    )
    for name, ndim in dims.items():
        wanted = "iuf" if name in numbers else "u"
        if arrays[name].ndim != ndim or arrays[name].dtype.kind not in wanted:
            raise ValueError(f"{name} has shape {arrays[name].shape}, {arrays[name].dtype}")
    text = json.loads(str(arrays[texts]))
    if kind is Fixed and not (
        isinstance(text, list)
        and all(isinstance(name, str) for name in text)
        and 0 <= int(arrays["first"]) < MOST_EPOCHS
    ):
        raise ValueError("class_names are no texts, or first is no epoch")
    if kind is Fixed and (labels := arrays["labels"]).size:
        classes = len(text) or MOST_CLASSES
        if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= classes:
            raise ValueError(f"labels are not all numbers of {classes:,} classes")
    if kind is Epoch:
        if not all(isinstance(value, int | float) for value in dict(text).values()):
            raise ValueError("logs are no numbers")
        counts = {len(arrays[name]) for name in ("times", "codes", "reconstructed", "decoded")}
        if len(counts) != 1 or 0 in counts:
            raise ValueError(f"there are {sorted(counts)} moments")
    return arrays | {texts: text}
