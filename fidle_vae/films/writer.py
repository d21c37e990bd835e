"""Write films, as an animated GIF or an .mp4, depending on the suffix of the file."""

import os
from collections.abc import Iterable, Sequence
from numbers import Integral
from pathlib import Path

import numpy as np
from PIL import Image

from fidle_vae.common.files import atomic_path
from fidle_vae.figures.style import require_images
from fidle_vae.films.mp4 import write_mp4

GREYS = [round(v * 63 / 255) * 255 // 63 for v in range(256)]  # 64 levels: half the file size
GIF_COLORS, GIF_GREYS = 192, 32  # of a whole film, and how many are grey; GIF allows 256
LONGEST = 600  # seconds


def require_film_path(path: str | os.PathLike, name: str = "path") -> Path:
    """Return `path` if its suffix is that of a film; `name` is for the error message."""
    path = Path(path)
    if path.suffix.lower() not in (".gif", ".mp4"):
        raise ValueError(
            f"{name} must end in .gif or .mp4, got {str(path)!r}: try {path.stem + '.gif'!r}"
        )
    return path


def write_film(
    path: str | os.PathLike,
    images: np.ndarray,
    *,
    seconds: float = 4.0,
    zoom: int = 8,
    back: bool = True,
) -> Path:
    """Write images as a film. In a notebook, show a GIF with `IPython.display.Image(path)`.

    Args:
        path: The file to write; its suffix is .gif (loops forever) or .mp4.
        images: The images of the film, shape (n, h, w, c), in [0, 1], at least 2 of them.
        seconds: Duration from the first image to the last one. A GIF counts in hundredths of a
            second, and browsers slow down a GIF that shows an image for less than two of them.
        zoom: How many times larger the film is than the images.
        back: Whether to go back to the first image as well, so that the film has no jump.

    Returns:
        The path of the film.
    """
    path = require_film_path(path)
    images = require_images(images, "images")
    if len(images) < 2:
        raise ValueError(f"images must be two or more to make a film, got {len(images)}")
    if isinstance(zoom, bool) or not isinstance(zoom, Integral) or zoom < 1:
        raise ValueError(f"zoom must be an integer of 1 or more, got {zoom!r}: try 8")
    if not 0.02 * len(images) <= seconds <= LONGEST:
        raise ValueError(
            f"seconds must be from {0.02 * len(images):g}, a fiftieth of a second for each of the "
            f"{len(images)} images, to {LONGEST}, got {seconds}: try {max(4, 0.1 * len(images)):g}"
        )
    order = list(range(len(images)))
    order += order[-2:0:-1] if back else []
    frames = (enlarge(images[i], zoom) for i in order)
    return write_frames(path, frames, [seconds / len(images)] * len(order))


def write_frames(
    path: str | os.PathLike,
    frames: Iterable[np.ndarray],
    seconds: Sequence[float],
    *,
    fps: int = 30,
    sample: Sequence[np.ndarray] = (),
) -> Path:
    """Write finished frames as a film; frames from a generator are written as they are drawn.

    Args:
        path: The file to write; its suffix is .gif or .mp4. It is written whole or not at all.
        frames: uint8 arrays, all of one shape: (h, w) for grey, or (h, w, 3).
        seconds: How long each frame is shown. The film lasts their sum, to within one tick (a
            hundredth of a second in a GIF, 1/fps in an .mp4): rounding errors do not add up.
        fps: Frames per second of an .mp4. A frame that is shown for longer is repeated, which
            costs almost no space.
        sample: Some of the frames, to make a GIF in colour much smaller: all frames then share one
            palette, built from the sample. Without it, each frame has its own palette.
    """
    path = require_film_path(path)
    gif = path.suffix.lower() == ".gif"
    ends = np.rint(np.cumsum(seconds) * (100 if gif else fps)).astype(int)
    ticks = np.diff(ends, prepend=0).tolist()
    with atomic_path(path) as partial:
        if gif:
            _write_gif(partial, frames, ticks, sample)
        else:
            rgb = (f if f.ndim == 3 else np.repeat(f[..., None], 3, axis=-1) for f in frames)
            write_mp4(partial, rgb, ticks, fps)
    return path


def enlarge(image: np.ndarray, zoom: int) -> np.ndarray:
    """Enlarge an image (h, w, c) in [0, 1] smoothly; return uint8, of shape (h, w) if c is 1.

    Without smoothing, the blocks of single pixels would hide slow changes.
    """
    levels = np.rint(255 * image).astype(np.uint8)
    picture = Image.fromarray(levels[..., 0] if levels.shape[-1] == 1 else levels)
    size = zoom * picture.width, zoom * picture.height
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC))


def _write_gif(
    path: Path, frames: Iterable[np.ndarray], hundredths: list[int], sample: Sequence[np.ndarray]
) -> None:
    pictures = map(Image.fromarray, frames)
    if len(sample):
        palette = _palette(np.concatenate(sample))
        pictures = (picture.quantize(palette=palette, dither=0) for picture in pictures)
    else:
        pictures = (p.point(GREYS) if p.mode == "L" else p for p in pictures)
    durations = [10 * ticks for ticks in hundredths]
    next(pictures).save(path, save_all=True, append_images=pictures, duration=durations, loop=0)


def _palette(picture: np.ndarray) -> Image.Image:
    """Build the palette of a GIF: some greys, and the rest for other colours, however rare."""
    pixels = picture.reshape(-1, 3)
    colored = pixels[np.ptp(pixels, axis=1) > 16][None]
    greys = np.repeat(np.linspace(0, 255, GIF_GREYS).round().astype(np.uint8), 3)
    colors = []
    if colored.size:
        colors = Image.fromarray(colored).quantize(GIF_COLORS - GIF_GREYS).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([*greys.tolist(), *colors])
    return palette
