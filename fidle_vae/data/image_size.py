"""Images at half their size, which are four times as cheap to train on."""

import numpy as np


def halved(images: np.ndarray) -> np.ndarray:
    """Return images, (n, h, w, channels), at half their height and width.

    Each pixel is the mean of four.

    Args:
        images: of an even height and width.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] % 2 or images.shape[2] % 2:
        raise ValueError(
            "images must have the shape (n, h, w, channels), h and w even; got an array of shape "
            f"{images.shape}: pad the images first."
        )
    n, h, w, channels = images.shape
    return images.reshape(n, h // 2, 2, w // 2, 2, channels).mean(axis=(2, 4))
