"""The two images between which a morph is worth looking at: how well a model keeps each image."""

import itertools
from collections.abc import Mapping

import numpy as np

from fidle_vae.models.latent_space import morph_path

STEPS = 12  # places on each of two paths that are compared


def best_copies(
    images: np.ndarray, copies: np.ndarray, labels: np.ndarray, survives: np.ndarray
) -> dict[int, int]:
    """Return the image of each class that a model reconstructs best, as {class: index}.

    The class must survive: the reconstruction of a 3 must look like a 3. Of these images it is the
    one whose squared error is smallest, as a share of its own squares, so that thin strokes and
    heavy ones compete on equal terms. A class of which no image survives is left out.

    Args:
        images: shape (n, height, width, channels).
        copies: their reconstructions.
        labels: the class of each image, shape (n,).
        survives: whether each reconstruction still shows the class of its image, shape (n,).
    """
    images, copies = (np.reshape(each, (len(labels), -1)) for each in (images, copies))
    squares = np.maximum(np.square(images).sum(axis=1), 1e-9)
    errors = np.square(images - copies).sum(axis=1) / squares
    errors[~np.asarray(survives, bool)] = np.inf
    best = {}
    for k in np.unique(labels):
        i = int(np.where(labels == k, errors, np.inf).argmin())
        if np.isfinite(errors[i]):
            best[int(k)] = i
    return best


def far_ends(codes: np.ndarray, candidates: Mapping[int, int]) -> tuple[int, int]:
    """Return the two of some images between which straight line and great circle differ most.

    The two paths differ by the mean distance of their places. They lie far apart where the ends do,
    on different sides of 0.

    Args:
        codes: the codes of all images, shape (n, latent_dim).
        candidates: the images to choose from, at least two, such as `best_copies` returns.
    """
    if len(candidates) < 2:
        raise ValueError(
            f"candidates must be two images or more, got {dict(candidates)}: the model keeps too "
            "few classes; train it for longer, or choose both ends by eye."
        )

    def difference(ends):
        a, b = codes[list(ends)]
        line, circle = (morph_path(a, b, STEPS, kind) for kind in ("linear", "great_circle"))
        return np.linalg.norm(line - circle, axis=1).mean()

    return max(itertools.combinations(candidates.values(), 2), key=difference)
