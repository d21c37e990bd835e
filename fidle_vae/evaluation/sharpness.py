"""How sharp images are: by how much neighbouring pixels differ."""

import numpy as np


def sharpness(x: np.ndarray) -> np.ndarray:
    """Return the mean length of the gradient of each image, (n,), from images (n, h, w, 1).

    At each pixel but the last row and column, the gradient is the difference to the pixel below,
    and that to the pixel on the right. A blurred edge has as much of it in all, but noise and fine
    lines lose theirs.
    """
    x = np.asarray(x, float)[..., 0]
    down, right = np.diff(x, axis=1)[:, :, :-1], np.diff(x, axis=2)[:, :-1]
    return np.hypot(down, right).mean(axis=(1, 2))
