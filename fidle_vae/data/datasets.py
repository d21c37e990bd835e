"""Loads the images that the lessons learn from: `load_mnist()`, or `load_dataset(name)`.

A dataset is looked for in `FIDLE_DATASETS_DIR`, in the project's `data/` folder and in Keras's
cache, then downloaded. Whatever its origin, not one bit of it may differ from what was published.
"""

import difflib
import hashlib
import numbers
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fidle_vae.data.fetch import fetch
from fidle_vae.data.published_files import KNOWN, Found, Part

_DIGITS = tuple("0123456789")
_CLASS_NAMES = {
    "mnist": _DIGITS,
    "digits": _DIGITS,
    "fashion_mnist": (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    "frey_faces": (),
}


class Dataset(NamedTuple):
    """Images and labels to train and to test on. The arrays are read-only."""

    x_train: np.ndarray
    """Images, float32 from 0 to 1, of shape (images, rows, columns, 1)."""
    y_train: np.ndarray | None
    """Labels, int64, or None where there are none."""
    x_test: np.ndarray
    y_test: np.ndarray | None
    name: str
    source: str
    """Where the files are, in words."""
    digest: str
    """SHA-256 of the bytes of the four arrays in the order above."""
    class_names: tuple[str, ...]
    """What each label stands for."""


def load_mnist(scale: float = 1.0, seed: int = 123) -> Dataset:
    """Load MNIST: see `load_dataset`."""
    return load_dataset("mnist", scale, seed)


def load_dataset(name: str, scale: float = 1.0, seed: int = 123) -> Dataset:
    """Load a dataset, or a fraction of it.

    Args:
        name: "mnist"; "fashion_mnist"; "frey_faces" (one face filmed, 28x20 pixels, no labels);
            "digits" (a look-alike of MNIST, made here, that needs no network); or "auto": MNIST
            where it can be had and the digits otherwise, with a printed line that says which.
        scale: Fraction of the training images and of the test images to take, in (0, 1]. Each
            class keeps its share, and a smaller fraction is a part of a larger one.
        seed: Chooses which images a fraction has.

    Returns:
        The images in their original order.

    Raises:
        ValueError: an argument is not one of the above.
        DamagedFileError: a file was found that is not what it should be.
        FileNotFoundError: no file was found, nor could it be downloaded.
    """
    require_dataset(name, scale, seed)
    name, found = _fetch_auto() if name == "auto" else (name, fetch(name))
    rng = np.random.default_rng(seed)
    read = _read_film if name == "frey_faces" else _read_labelled
    arrays = [array for split in read(found.parts, scale, rng) for array in split]
    digest = hashlib.sha256()
    for array in arrays:
        if array is not None:
            digest.update(array.data.cast("B"))
            array.flags.writeable = False
    made = "made from scikit-learn's digits, kept in " if name == "digits" else ""
    return Dataset(*arrays, name, f"{made}{found.place}", digest.hexdigest(), _CLASS_NAMES[name])


def require_dataset(name: str, scale: float, seed: int) -> None:
    """Refuse what `load_dataset` cannot load, without touching a file."""
    known = [*KNOWN, "auto"]
    if name not in known:
        near = difflib.get_close_matches(str(name).lower(), known, 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"dataset name must be one of {', '.join(known)}, got {name!r}{hint}")
    if isinstance(scale, bool) or not (isinstance(scale, numbers.Real) and 0 < scale <= 1):
        raise ValueError(
            f"scale must be a number in (0, 1], got {scale!r}: "
            "pass the fraction of the images to take, 1.0 for all of them"
        )
    if isinstance(seed, bool) or not (isinstance(seed, numbers.Integral) and seed >= 0):
        raise ValueError(f"seed must be an integer of 0 or more, got {seed!r}: pass one, like 123")


def _fetch_auto() -> tuple[str, Found]:
    """Give MNIST, or else the digits, and print which."""
    try:
        name, found, why = "mnist", fetch("mnist"), ""
    except FileNotFoundError:
        name, found = "digits", fetch("digits")
        why = ": MNIST is not on this machine, and could not be downloaded"
    print(f"load_dataset('auto') takes {name} from {found.place}{why}")
    return name, found


def _read_labelled(parts: dict[str, Part], scale: float, rng: np.random.Generator) -> Iterator:
    """Yield the images and labels of each split."""
    for split in ("train", "test"):
        labels = np.concatenate(list(parts[f"y_{split}"].blocks()))
        chosen = _choose(labels, scale, rng)
        yield _read_images(parts[f"x_{split}"], chosen), labels[chosen].astype(np.int64)


def _read_film(parts: dict[str, Part], scale: float, rng: np.random.Generator) -> Iterator:
    """Yield the frames of each split of a film, and None for labels.

    A frame differs little from the next. To test on frames whose neighbours were trained on would
    test nothing, so every tenth block of 20 frames is held out whole.
    """
    held_out = np.arange(parts["images"].shape[0]) // 20 % 10 == 9
    for frames in (np.flatnonzero(~held_out), np.flatnonzero(held_out)):
        chosen = frames[_choose(np.zeros(len(frames)), scale, rng)]
        yield _read_images(parts["images"], chosen), None


def _choose(classes: np.ndarray, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Choose a fraction of some images, in their order, given the class of each.

    The images of a class, shuffled, are put at equal distances from 0 to 1. The classes are then
    everywhere as dense as they are frequent, so that any first part of the line is balanced.
    """
    place = np.empty(len(classes))
    for label in np.unique(classes):
        members = rng.permutation(np.flatnonzero(classes == label))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    count = max(1, round(scale * len(classes)))
    return np.sort(np.argsort(place, kind="stable")[:count])


def _read_images(part: Part, chosen: np.ndarray) -> np.ndarray:
    """Read the chosen images (sorted indices), with never more than a block of the others."""
    images = np.empty((len(chosen), *part.shape[1:], 1), np.float32)
    first = done = 0
    for block in part.blocks():
        until = np.searchsorted(chosen, first + len(block))
        picked = block[chosen[done:until] - first, ..., None]
        np.divide(picked, 255, out=images[done:until], dtype=np.float32)
        first, done = first + len(block), until
    return images
