"""What common file formats make of black and white images."""

import bz2
import gzip
import io

import numpy as np
from PIL import Image


def file_sizes(x: np.ndarray) -> dict[str, float]:
    """Return the bits an image of zeros and ones (n, height, width, 1) takes in several formats."""
    images = np.asarray(x)[..., 0].astype(bool)
    packed = np.packbits(images).tobytes()  # 8 pixels a byte
    files = {
        "one bit a pixel": [packed],
        "gzip": [gzip.compress(packed)],
        "bz2": [bz2.compress(packed)],
        "PNG, all in one": [_png(np.hstack(images))],
        "PNG, one a file": [_png(image) for image in images],
    }
    return {name: 8 * sum(map(len, parts)) / len(images) for name, parts in files.items()}


def png_bits(x: np.ndarray) -> np.ndarray:
    """Return the bits that each image of zeros and ones takes as a PNG file of its own, (n,)."""
    return np.array([8 * len(_png(image)) for image in np.asarray(x)[..., 0].astype(bool)])


def _png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png", optimize=True)  # of booleans: 1 bit a pixel
    return file.getvalue()
