"""Whether draws are copies: the training images nearest to them, and how near they are."""

from typing import NamedTuple

import numpy as np
from sklearn.neighbors import NearestNeighbors

from fidle_vae.common.validation import require_count

SIMILAR = 19  # held-out images that a draw is compared with: it is first of 20 by chance


class NearestImages(NamedTuple):
    """The images of a set that are nearest to each of some others, the nearest one first."""

    indices: np.ndarray
    """Their places in the set, (n, count)."""
    distances: np.ndarray
    """Root mean square of the differences of pixels, (n, count)."""


def nearest_images(drawn: np.ndarray, train: np.ndarray, count: int = 1) -> NearestImages:
    """Return the `count` training images nearest to each draw.

    The distance is the root mean square of the differences of pixels: 0 for a copy, and at most 1
    for values in [0, 1].

    Args:
        drawn: images, shape (n, height, width, channels).
        train: images of the same size.
        count: how many to find for each draw.
    """
    require_count("count", count)
    drawn, train = (np.asarray(each, np.float32) for each in (drawn, train))
    if drawn.shape[1:] != train.shape[1:]:
        raise ValueError(
            f"drawn and train must hold images of one size; got arrays of shape {drawn.shape} and "
            f"{train.shape}: draw from a model of these training images."
        )
    if count > len(train):
        raise ValueError(
            f"count must be at most {len(train)}, the number of images in train; got {count}: "
            "ask for fewer, or pass more images."
        )
    rows, others = (each.reshape(len(each), -1) for each in (drawn, train))
    near = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(others)
    indices = near.kneighbors(rows, return_distance=False)
    # by differences, as scalar products would round the small distance of a copy
    squares = [((rows - others[each]) ** 2).mean(axis=1, dtype=float) for each in indices.T]
    return NearestImages(indices, np.sqrt(np.stack(squares, axis=1)))


def copied_share(drawn: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> float:
    """Return the share of draws that are nearer to training images than unseen images are.

    For each draw, its distance to the nearest training image is divided by that to the nearest
    held-out image. The draw counts if this ratio is smaller than that of each of the 19 held-out
    images nearest to it, which are compared with the other held-out images. So copies of training
    images give 1, and real images that no model has seen give about 1 / 20.

    The distance to training images alone would call simple and smooth draws copies, as they lie
    near many images, and would miss copies with a little noise. A ratio, compared with that of
    similar images, does neither: draws of a simple class give about 1 / 20, and blurred ones less.
    But copies with much noise or blur are missed.

    Args:
        drawn: images, shape (n, height, width, channels).
        train: all the images that the model has learned from: a copy of one left out is not found.
        held_out: real images that it has not seen, some hundreds at least.
    """
    if len(held_out) <= SIMILAR:
        raise ValueError(
            f"held_out must hold more than {SIMILAR} images, with which each draw is compared; got "
            f"{len(held_out)}: pass some hundreds."
        )
    unseen = nearest_images(held_out, train).distances[:, 0]
    others = nearest_images(held_out, held_out, 2).distances[:, 1]  # the nearest one is itself
    ratios = unseen / np.maximum(others, 1e-12)
    similar = nearest_images(drawn, held_out, SIMILAR)
    found = nearest_images(drawn, train).distances[:, 0]
    least = ratios[similar.indices].min(axis=1)
    return float((found <= least * similar.distances[:, 0]).mean())
