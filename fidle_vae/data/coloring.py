"""Grey images painted by a rule, so that the true colour of each is known."""

import colorsys

import numpy as np


def color_wheel(n: int) -> np.ndarray:
    """Return n colours around the wheel, shape (n, 3), float32; the first is red.

    For an even n, colours i and i + n / 2 are opposite: their mean is grey.
    """
    return np.array([colorsys.hsv_to_rgb(i / n, 1, 1) for i in range(n)], np.float32)


def paint(x: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Return grey images (n, h, w, 1) in colours (n, 3), one for each: shape (n, h, w, 3)."""
    return x * colors[:, None, None]


def paint_of(painted: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the colour that grey images x have been painted in, (n, 3), from images (n, h, w, 3).

    It is the mean over the pixels, each weighted by its grey level: what `paint` was given, where
    an image has one colour.
    """
    return painted.sum(axis=(1, 2)) / np.maximum(x.sum(axis=(1, 2)), 1e-6)


def nearest_color(colors: np.ndarray, wheel: np.ndarray) -> np.ndarray:
    """Return for each colour, (n, 3), the number of the nearest of the wheel, (m, 3)."""
    return ((colors[:, None] - wheel) ** 2).sum(axis=-1).argmin(axis=1)


def saturation(colors: np.ndarray) -> np.ndarray:
    """Return the strongest part of each colour, (n, 3), minus its weakest: 0 is grey, 1 pure."""
    return np.ptp(colors, axis=-1)
