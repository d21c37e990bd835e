"""Writes digits again in another hand, so that the same digit is known in two of them.

Each image is straightened, then sheared to the slant of the hand, and its strokes are redrawn as
if with the hand's pen. No network is needed: what a network makes of it can be compared with it.
"""

import numpy as np
from scipy import ndimage

FINE = 2  # samples of a stroke across a pixel
EDGE = 0.8  # pixels over which ink fades out
BLOCK = 250  # images redrawn at a time
SMALLEST = 1e-6  # keeps an image without ink from a division by 0


def thin_upright(images: np.ndarray) -> np.ndarray:
    """Return digits, (n, h, w, 1) in [0, 1], as a hand that writes upright with a fine pen."""
    return rewrite(images, slant=0, pen=1.5)


def bold_slanted(images: np.ndarray) -> np.ndarray:
    """Return digits, (n, h, w, 1) in [0, 1], as a hand that leans to the right and presses hard."""
    return rewrite(images, slant=0.4, pen=3.5)


def rewrite(images: np.ndarray, slant: float, pen: float) -> np.ndarray:
    """Return digits in the same shape, their centre of mass in the middle, in another hand.

    Args:
        images: white on black, shape (n, h, w, 1), in [0, 1].
        slant: columns to the right for each row up.
        pen: width of the strokes, in pixels.
    """
    grey = _grey(images)
    blocks = [grey[i : i + BLOCK] for i in range(0, len(grey), BLOCK)]
    return np.concatenate([_rewrite(block, slant, pen) for block in blocks])[..., None]


def slants(images: np.ndarray) -> np.ndarray:
    """Return how far each digit leans, (n,): columns to the right for each row up."""
    return _centres_and_slants(_grey(images))[1]


def warp(images: np.ndarray, rng: np.random.Generator, amount: float = 0.15) -> np.ndarray:
    """Return images stretched, turned and sheared at random, a third each bolder and thinner.

    Programs that swap faces warp what the encoder gets, and ask for the image as it was.

    Args:
        images: shape (n, h, w, 1), in [0, 1].
        rng: draws the warps.
        amount: how far, as a standard deviation of each number of the 2 x 2 matrix.
    """
    grey = _grey(images)
    n, h, w = grey.shape
    middle = np.array([h - 1, w - 1])[:, None, None] / 2
    away = np.mgrid[:h, :w] - middle
    matrix = np.eye(2) + amount * rng.standard_normal((n, 2, 2))
    rows, columns = np.einsum("nij,jyx->inyx", matrix, away) + middle[:, None]
    warped = _sample(grey, rows, columns)
    pen = rng.integers(0, 3, n)
    warped[pen == 1] = ndimage.maximum_filter(warped[pen == 1], (1, 2, 2))
    warped[pen == 2] = ndimage.minimum_filter(warped[pen == 2], (1, 2, 2))
    return warped[..., None]


def _rewrite(grey, slant, pen):
    n, h, w = grey.shape
    centre, own = _centres_and_slants(grey)
    y, x = ((np.mgrid[: h * FINE, : w * FINE] + 0.5) / FINE - 0.5).astype(np.float32)
    down, right = y - (h - 1) / 2, x - (w - 1) / 2
    rows = np.broadcast_to(down, (n, *down.shape)) + centre[:, 0, None, None]
    columns = right + centre[:, 1, None, None] + (slant - own)[:, None, None] * down
    inside = _sample(grey, rows, columns) > 0.5
    fine = np.stack([_redraw(ink, pen * FINE) for ink in inside])
    return fine.reshape(n, h, FINE, w, FINE).mean(axis=(2, 4)).astype(np.float32)


def _grey(images):
    images = np.asarray(images, np.float32)
    if images.ndim != 4 or images.shape[-1] != 1:
        raise ValueError(
            f"images must be grey, of shape (n, h, w, 1), got {images.shape}: choose a dataset of "
            "handwriting, such as mnist or digits."
        )
    return images[..., 0]


def _centres_and_slants(grey):
    """Return the centre of mass (row, column) of each image, and its slant."""
    y, x = np.mgrid[: grey.shape[1], : grey.shape[2]].reshape(2, -1)
    ink = grey.reshape(len(grey), -1)
    ink = ink / np.maximum(ink.sum(axis=1, keepdims=True), SMALLEST)
    centre = np.stack([ink @ y, ink @ x], axis=1)
    down, right = y - centre[:, :1], x - centre[:, 1:]
    together = (ink * down * right).sum(axis=1)
    return centre, -together / np.maximum((ink * down**2).sum(axis=1), SMALLEST)


def _sample(grey, rows, columns):
    """Return the values at places between pixels, of shape (n, ...); 0 outside the image."""
    n, h, w = grey.shape
    padded = np.pad(grey, ((0, 0), (1, 2), (1, 2))).ravel()
    y, x = np.clip(rows + 1, 0, h + 0.99), np.clip(columns + 1, 0, w + 0.99)
    top, left = y.astype(np.int32), x.astype(np.int32)
    below, beside = (y - top).astype(np.float32), (x - left).astype(np.float32)
    line = w + 3
    at = (np.arange(n, dtype=np.int32) * (h + 3) * line)[:, None, None] + top * line + left
    upper = padded[at] * (1 - beside) + padded[at + 1] * beside
    lower = padded[at + line] * (1 - beside) + padded[at + line + 1] * beside
    return upper * (1 - below) + lower * below


def _redraw(ink, pen):
    """Return strokes, booleans, as grey levels, in the width of another pen."""
    if not ink.any():
        return np.zeros(ink.shape)
    depth = ndimage.distance_transform_edt(ink)
    outside = ndimage.distance_transform_edt(~ink)
    middle = ink & (depth == ndimage.maximum_filter(depth, 3))  # where the stroke is deepest
    own = 2 * np.quantile(depth[middle], 0.3)
    to_edge = np.where(ink, 0.5 - depth, outside - 0.5)  # negative inside
    return np.clip(0.5 + ((pen - own) / 2 - to_edge) / (EDGE * FINE), 0, 1)
