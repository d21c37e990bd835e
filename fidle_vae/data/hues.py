"""The hue of a picture, an angle on the wheel of colours: red, yellow, green, cyan, blue, magenta.

Hues are counted from 0 to 1, where red comes again, so that their means are taken on the circle.
"""

import numpy as np

FAINT = 0.03  # colour of a picture, from 0 (grey) to 1, below which its hue means nothing


def color_vectors(images: np.ndarray) -> np.ndarray:
    """Return each pixel's place on the wheel of colours: an angle for hue, a length for strength.

    Args:
        images: in RGB, shape (n, h, w, 3), in [0, 1].

    Returns:
        Shape (n, h, w, 2); (0, 0) for any grey, (1, 0) for pure red.
    """
    red, green, blue = np.moveaxis(np.asarray(images, float), -1, 0)
    return np.stack([red - (green + blue) / 2, np.sqrt(0.75) * (green - blue)], axis=-1)


def hue_of(images: np.ndarray) -> np.ndarray:
    """Return the hue of each picture, shape (n,), from 0 to 1; NaN where there is no colour.

    It is the mean over the pixels, on the circle, in which a strong colour counts far more than a
    pale one: by the cube of its strength.

    Args:
        images: in RGB, shape (n, h, w, 3), in [0, 1].
    """
    vectors = color_vectors(images)
    strength = np.linalg.norm(vectors, axis=-1, keepdims=True)
    across, up = (strength**2 * vectors).mean(axis=(1, 2)).T
    hues = np.arctan2(up, across) / (2 * np.pi) % 1
    return np.where(np.hypot(across, up) > FAINT**3, hues, np.nan)


def hue_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return how far hues are apart on their circle: 0 for equal ones, 0.5 for opposite ones."""
    apart = np.abs(np.asarray(a, float) - b) % 1
    return np.minimum(apart, 1 - apart)


def colored_part(images: np.ndarray) -> np.ndarray:
    """Return which pixels of each picture have at least half of its strongest colour, (n, h, w)."""
    strength = np.linalg.norm(color_vectors(images), axis=-1)
    return strength >= strength.max(axis=(1, 2), keepdims=True) / 2
