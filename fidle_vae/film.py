"""Films: images one after the other, as a small animated GIF that any browser plays."""

import os
from numbers import Integral
from pathlib import Path

import numpy as np
from PIL import Image

from fidle_vae.figure import checked_images
from fidle_vae.files import atomic_path

GREYS = [round(v * 63 / 255) * 255 // 63 for v in range(256)]  # 64 of them: half the file


def write_film(
    path: str | os.PathLike,
    images: np.ndarray,
    *,
    seconds: float = 4.0,
    zoom: int = 8,
    back: bool = True,
) -> Path:
    """Write images as an endless GIF; a cell shows it with `IPython.display.Image(path)`.

    Args:
        path: The file to write, which ends in .gif.
        images: The images of the film, shape (n, h, w, c), in [0, 1], of 2 images or more.
        seconds: How long it takes from the first image to the last one. A GIF counts in hundredths
            of a second, and browsers slow down what shows an image for less than two of them.
        zoom: How many times larger than the images the film is.
        back: Go back to the first image as well, so that the film has no jump.

    Returns:
        The path of the film.
    """
    path = Path(path)
    if path.suffix.lower() != ".gif":
        raise ValueError(f"path must end in .gif, got {str(path)!r}: try {path.stem + '.gif'!r}")
    images = checked_images(images, "images")
    if len(images) < 2:
        raise ValueError(f"images must be two or more to make a film, got {len(images)}")
    if isinstance(zoom, bool) or not isinstance(zoom, Integral) or zoom < 1:
        raise ValueError(f"zoom must be an integer of 1 or more, got {zoom!r}: try 8")
    if not 0.02 * len(images) <= seconds <= 600:
        raise ValueError(
            f"seconds must be from {0.02 * len(images):g}, a fiftieth of a second for each of the "
            f"{len(images)} images, to 600, got {seconds}: try {max(4, 0.1 * len(images)):g}"
        )

    ends = np.rint(np.linspace(0, 100 * seconds, len(images) + 1))  # so that no rounding adds up
    durations = [int(10 * hundredths) for hundredths in np.diff(ends)]
    frames = [_frame(image, zoom) for image in images]
    if back:
        frames, durations = frames + frames[-2:0:-1], durations + durations[-2:0:-1]
    with atomic_path(path) as partial:
        frames[0].save(partial, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return path


def _frame(image: np.ndarray, zoom: int) -> Image.Image:
    """One image, enlarged smoothly: squares of single pixels would hide what changes slowly."""
    levels = np.rint(255 * image).astype(np.uint8)
    frame = Image.fromarray(levels[..., 0] if levels.shape[-1] == 1 else levels)
    frame = frame.resize((zoom * frame.width, zoom * frame.height), Image.Resampling.BICUBIC)
    return frame.point(GREYS) if frame.mode == "L" else frame
