"""How many bits a lossy copy of an image takes: rounded numbers, and JPEG."""

import io

import numpy as np
from PIL import Image


def rounded_bits(whole: np.ndarray) -> float:
    """Return the bits of a row of whole numbers, (n, numbers), the mean over the rows.

    Each column is coded by itself, by how often each of its values comes up: its entropy, which an
    arithmetic coder reaches.
    """
    bits = 0.0
    for column in np.asarray(whole).T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        bits -= (share * np.log2(share)).sum()
    return float(bits)


def jpeg(x: np.ndarray, quality: int) -> tuple[float, np.ndarray]:
    """Return the bits an image takes in one JPEG sheet of all, and the images that come back.

    One sheet, because a file for each image would be mostly header.

    Args:
        x: grey images in [0, 1], (n, h, w, 1), h and w multiples of 4.
        quality: of Pillow, from 1 to 95.
    """
    n, h, w, _ = x.shape
    columns = next(k for k in range(round(n**0.5), 0, -1) if n % k == 0)
    sheet = x.reshape(-1, columns, h, w).swapaxes(1, 2).reshape(-1, columns * w)
    file = io.BytesIO()
    Image.fromarray((255 * sheet).round().astype(np.uint8)).save(
        file, "JPEG", quality=quality, optimize=True
    )
    bits = 8 * len(file.getvalue()) / n
    back = np.asarray(Image.open(file), np.float32) / 255
    return bits, back.reshape(-1, h, columns, w).swapaxes(1, 2).reshape(x.shape)
