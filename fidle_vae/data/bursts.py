"""Twins of pictures, as cameras make them that take several in a second."""

import numpy as np

MOVED, LIGHTER = 0.4, 0.02  # pixels, and a share of the light


def near_twins(images: np.ndarray, seed: int) -> np.ndarray:
    """Return each image as the next frame of a burst shows it: moved a little, and a bit lighter.

    Args:
        images: shape (n, h, w, c), in [0, 1].
        seed: chooses to which side each is moved, and whether it is lighter or darker.
    """
    images, rng = np.asarray(images), np.random.default_rng(seed)
    light = 1 + LIGHTER * rng.uniform(-1, 1, (len(images), 1, 1, 1))
    sides = rng.integers(0, 4, len(images))
    moved = np.empty_like(images)
    for side, (axis, step) in enumerate(((1, 1), (1, -1), (2, 1), (2, -1))):
        own = images[sides == side]
        moved[sides == side] = (1 - MOVED) * own + MOVED * np.roll(own, step, axis)
    return (light * moved).clip(0, 1).astype(images.dtype)
