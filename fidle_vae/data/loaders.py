"""Loaders: each reads a fraction of some files as the arrays of a `Dataset`.

A loader is called as `load(found, scale, rng)`, with the files that were found (None for a dataset
without published files), the fraction to take and a random generator. It returns the fields of
`Dataset` that it knows, always `source` and the images and labels.
"""

import numpy as np

from fidle_vae.data.checked_array import CheckedArray
from fidle_vae.data.published_files import Found


def load_labelled(found: Found, scale: float, rng: np.random.Generator) -> dict:
    """Load images and labels that are published as a training and a test set."""
    fields = {"source": str(found.place)}
    for split in ("train", "test"):
        labels = np.concatenate(list(found.arrays[f"y_{split}"].blocks()))
        chosen = choose_fraction(labels, scale, rng)
        fields[f"x_{split}"] = read_images(found.arrays[f"x_{split}"], chosen)
        fields[f"y_{split}"] = labels[chosen].astype(np.int64)
    return fields


def load_digits(found: Found, scale: float, rng: np.random.Generator) -> dict:
    """Load the digits that are made here."""
    source = f"made from scikit-learn's digits, kept in {found.place}"
    return load_labelled(found, scale, rng) | {"source": source}


def load_film(found: Found, scale: float, rng: np.random.Generator) -> dict:
    """Load the frames of a film, without labels.

    A frame differs little from the next. To test on frames whose neighbours were trained on would
    test nothing, so every tenth block of 20 frames is held out whole.
    """
    frames = found.arrays["images"]
    held_out = np.arange(frames.shape[0]) // 20 % 10 == 9
    fields = {"source": str(found.place)}
    for split, among in {"train": ~held_out, "test": held_out}.items():
        numbers = np.flatnonzero(among)
        chosen = numbers[choose_fraction(np.zeros(len(numbers)), scale, rng)]
        fields |= {f"x_{split}": read_images(frames, chosen), f"y_{split}": None}
    return fields


def choose_fraction(classes: np.ndarray, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Choose a fraction of some images, given the class of each; return their sorted indices.

    The images of a class, shuffled, are put at equal distances from 0 to 1. The classes are then
    everywhere as dense as they are frequent, so that any first part of the line is balanced.
    """
    place = np.empty(len(classes))
    for label in np.unique(classes):
        members = rng.permutation(np.flatnonzero(classes == label))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    count = max(1, round(scale * len(classes)))
    return np.sort(np.argsort(place, kind="stable")[:count])


def read_images(array: CheckedArray, chosen: np.ndarray) -> np.ndarray:
    """Read the chosen images (sorted indices), with never more than a block of the others.

    Returns:
        float32 in [0, 1], of shape (images, rows, columns, channels), where grey has 1 channel.
    """
    shape = array.shape[1:] if len(array.shape) == 4 else (*array.shape[1:], 1)
    images = np.empty((len(chosen), *shape), np.float32)
    first = done = 0
    for block in array.blocks():
        until = np.searchsorted(chosen, first + len(block))
        picked = block[chosen[done:until] - first].reshape(-1, *shape)
        np.divide(picked, 255, out=images[done:until], dtype=np.float32)
        first, done = first + len(block), until
    return images
