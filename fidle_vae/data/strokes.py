"""How wide the strokes of an image are."""

import numpy as np

SMALLEST = 1e-6  # keeps an image without edges from a division by 0


def stroke_widths(images: np.ndarray) -> np.ndarray:
    """Return the width of the strokes of each image, in pixels: twice its ink over its edges.

    A stroke of width w and length l has w * l of ink and two edges of length l. The length of the
    edges is the sum of all differences between neighbours, so that slanted edges count for more.

    Args:
        images: white on black, shape (n, h, w, 1), in [0, 1].
    """
    grey = np.asarray(images, np.float32)[..., 0]
    edges = sum(np.abs(np.diff(grey, axis=axis)).sum(axis=(1, 2)) for axis in (1, 2))
    return 2 * grey.sum(axis=(1, 2)) / np.maximum(edges, SMALLEST)
