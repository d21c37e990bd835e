"""Pictures of any kind and size, read as arrays of one size."""

import itertools
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 50_000_000  # of a picture; larger ones would take more than 150 MB of memory
AT_ONCE = 256  # pictures that are read before they are passed on
ORIENTATION = 0x0112  # of an EXIF block: how the camera was held


def read_pictures(
    paths: Sequence[Path], size: tuple[int, int], channels: int
) -> Iterator[np.ndarray | str]:
    """Yield each picture as bytes of shape (rows, columns, channels), or why it is none.

    Args:
        paths: the files.
        size: rows and columns. The middle of a picture of another shape is taken.
        channels: 3 for RGB, 1 for grey.
    """
    with ThreadPoolExecutor() as readers:  # which Pillow lets work at the same time
        for first in range(0, len(paths), AT_ONCE):
            some = paths[first : first + AT_ONCE]
            yield from readers.map(lambda path: _try_to_read(path, size, channels), some)


def _try_to_read(path, size, channels):
    try:
        return read_picture(path, size, channels)
    except UnidentifiedImageError:
        return "no picture" if path.stat().st_size else "empty"
    except Exception as error:  # Pillow raises many for a damaged file
        return f"{'too large' if _is_too_large(error) else 'damaged'} ({_one_line(error)})"


def read_picture(path: Path, size: tuple[int, int], channels: int) -> np.ndarray:
    """Return one picture as bytes of shape (rows, columns, channels); see `read_pictures`."""
    rows, columns = size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its size is checked below
        with Image.open(path) as picture:
            picture.draft("RGB", (2 * columns, 2 * rows))  # a JPEG is decoded at a part of its size
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError(
                    f"{picture.width} x {picture.height} pixels, more than {MOST_PIXELS:,}"
                )
            upright = ImageOps.exif_transpose(picture)
            whole = _on_white(upright).convert("RGB" if channels == 3 else "L")
    fitted = ImageOps.fit(whole, (columns, rows), Image.Resampling.LANCZOS)
    return np.asarray(fitted, np.uint8).reshape(rows, columns, channels)


def _on_white(picture):
    """Return a picture without transparency, and with 256 levels."""
    if picture.mode.startswith(("I", "F")):  # 16 bits, as microscopes and scanners write them
        levels = np.asarray(picture, float)
        span = max(levels.max() - levels.min(), 1)
        return Image.fromarray(((levels - levels.min()) * 255 / span).astype(np.uint8))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return picture


def _is_too_large(error):
    return isinstance(error, Image.DecompressionBombError | MemoryError)


def _one_line(error):
    return " ".join(str(error).split())[:150] or type(error).__name__


def unlike_files(folder: Path, count: int) -> list[Path]:
    """Return some pictures of a folder, and of those below it, of shapes as different as possible.

    Those that lie on their side, as their cameras have noted, come first.

    Args:
        folder: its path.
        count: how many pictures, at most.
    """
    by_shape = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            try:
                with Image.open(path) as picture:
                    picture.draft("RGB", (64, 64))
                    turned = picture.getexif().get(ORIENTATION, 1) != 1
                    picture.load()
                    by_shape.setdefault((not turned, *picture.size), []).append(path)
            except Exception:  # Pillow raises many for a damaged file
                continue
    spread = (_spread(by_shape[shape], start=i) for i, shape in enumerate(sorted(by_shape)))
    by_turns = itertools.zip_longest(*spread)
    chosen = [path for turn in by_turns for path in turn if path]
    return chosen[:count]


def _spread(paths, start):
    """Return all paths, in an order in which the first ones are from different folders."""
    step = max(1, len(paths) // 6)
    order = [path for first in range(step) for path in paths[first::step]]
    return order[start % len(order) :] + order[: start % len(order)]
