"""Sheets of images: many small images in one PNG, from which they can be read back as an array."""

import json
import math
import os

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fidle_vae.common.files import atomic_path

LARGEST = 50_000_000  # pixels


def write_sheet(path: str | os.PathLike, images: np.ndarray, columns: int = 10) -> None:
    """Write images in [0, 1], shape (n, height, width, channels), as one PNG of 8-bit levels."""
    n, height, width, channels = images.shape
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    levels = np.zeros((rows * columns, height, width, channels), dtype=np.uint8)
    levels[:n] = np.rint(np.clip(np.nan_to_num(images), 0, 1) * 255)  # nan is black
    sheet = levels.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    sheet = sheet.reshape(rows * height, columns * width, channels)

    layout = PngInfo()
    layout.add_text("images", json.dumps(images.shape))
    with atomic_path(path) as partial:
        Image.fromarray(sheet.squeeze(-1) if channels == 1 else sheet).save(partial, pnginfo=layout)


def read_sheet(path: str | os.PathLike) -> np.ndarray:
    """Read a sheet's images back, float32 in [0, 1], shape (n, height, width, channels)."""
    try:
        with Image.open(path) as sheet:
            if sheet.width * sheet.height > LARGEST:
                raise ValueError(f"it has {sheet.width} x {sheet.height} pixels")
            n, height, width, channels = json.loads(sheet.info["images"])
            levels = np.asarray(sheet)
        rows, columns = levels.shape[0] // height, levels.shape[1] // width
        images = levels.reshape(rows, height, columns, width, channels).swapaxes(1, 2)
        return images.reshape(-1, height, width, channels)[:n].astype("float32") / 255
    except FileNotFoundError:
        raise
    except Exception as error:  # Pillow raises many for a damaged file
        raise ValueError(
            f"{path} is no sheet of images, or is damaged ({type(error).__name__}: "
            f"{str(error)[:200]}): train the run again, which writes it anew."
        ) from error
