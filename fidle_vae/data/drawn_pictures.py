"""Drawn pictures in a folder, as a camera's folder might be: for those who bring none."""

import colorsys
import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from fidle_vae.common.files import atomic_path
from fidle_vae.common.validation import require_count, require_seed
from fidle_vae.data.picture_files import ORIENTATION
from fidle_vae.data.published_files import own_places

FINER = 3  # drawn so many times larger, and then made smaller
SIZES = ((72, 72), (72, 72), (96, 72), (72, 108), (80, 80))  # width and height, in turn
JPEG_EVERY = 7
TURNED_BY_EXIF = 6  # "turn by a quarter clockwise to see it upright"
NOTES = "Pictures of the summer. The letters were Ada's idea.\n"


def drawn_folder(count: int = 2_000, seed: int = 0) -> Path:
    """Return a folder of drawn pictures beside the datasets; draw them if they are not there."""
    require_count("count", count, 2_000)
    require_seed(seed)
    failures = []
    for place in own_places():
        folder = place / "drawn_pictures" / f"{count}-{seed}"
        if folder.is_dir():
            return folder
        try:
            with atomic_path(folder) as partial:
                draw_pictures(partial, count, seed)
        except OSError as error:
            failures.append(str(error))
        else:
            return folder
    raise OSError(f"the drawn pictures cannot be kept anywhere: {'; '.join(failures)}")


def draw_pictures(folder: Path, count: int = 2_000, seed: int = 0) -> None:
    """Draw coloured shapes and letters on soft gradients into a folder, one sub-folder a class.

    Class, hue, size, turn and place of a shape, and the two colours behind it, are drawn freely.
    The pictures differ in size and shape, and some are JPEG. One of them, `turned.jpg`, lies on its
    side, as its camera has noted; besides, there is a damaged file and one that is no picture.

    Args:
        folder: a new folder.
        count: how many pictures; those of a smaller count are the first ones of a larger one.
        seed: of all that is random; the same seed draws the same pixels.
    """
    require_count("count", count, 2_000)
    require_seed(seed)
    folder, names = Path(folder), list(SHAPES)
    for name in names:
        (folder / name).mkdir(parents=True)
    for i in range(count):
        name = names[i % len(names)]
        picture = draw_picture(name, np.random.default_rng((seed, i)), SIZES[i % len(SIZES)])
        if i % JPEG_EVERY == 3:
            picture.save(folder / name / f"{name}-{i:05}.jpg", quality=92)
        else:
            picture.save(folder / name / f"{name}-{i:05}.png")
    _add_oddities(folder, names, np.random.default_rng((seed, count, 1)))


def draw_picture(
    name: str,
    rng: np.random.Generator,
    size: tuple[int, int] = (72, 72),
    hue: float | None = None,
) -> Image.Image:
    """Draw one picture of a shape, in RGB.

    Args:
        name: of the shape, one of `SHAPES`.
        rng: chooses all that is not given.
        size: width and height.
        hue: of the shape, from 0 to 1, where it is red again; None draws one.
    """
    width, height = (FINER * side for side in size)
    side = min(width, height)
    drawn, pale = rng.random(2)
    hue = drawn if hue is None else hue
    radius, turn = side * rng.uniform(0.24, 0.37), rng.uniform(-0.4, 0.4)
    across, down = rng.uniform(-0.04, 0.04, 2) * side
    top, bottom = (_rgb(pale, 0.16, value) for value in rng.uniform(0.75, 1, 2))
    picture = Image.new("RGB", (1, 2), top)
    picture.putpixel((0, 1), bottom)
    picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    outlines = [
        _placed(points, radius, turn, (width / 2 + across, height / 2 + down))
        for points in SHAPES[name]
    ]
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    for outline, fill in zip(outlines, (255, 0, 0), strict=False):  # what follows cuts holes
        pen.polygon(outline, fill)
    shade = Image.new("RGB", (1, 2), _rgb(hue, 0.75, 1))
    shade.putpixel((0, 1), _rgb(hue, 0.95, 0.75))
    picture.paste(shade.resize((width, height), Image.Resampling.BICUBIC), mask=mask)
    return picture.reduce(FINER)


def _add_oddities(folder, names, rng):
    """Add a picture that lies on its side, a damaged one, and a text."""
    upright = draw_picture(names[-1], rng, (72, 108))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_BY_EXIF
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    lying.save(folder / names[-1] / "turned.jpg", quality=92, exif=exif)
    whole = io.BytesIO()
    draw_picture(names[0], rng).save(whole, "PNG")
    (folder / names[0] / "damaged.png").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 3])
    (folder / "notes.txt").write_text(NOTES, encoding="utf-8")


def _rgb(hue, saturation, value):
    return tuple(round(255 * each) for each in colorsys.hsv_to_rgb(hue, saturation, value))


def _placed(points, radius, turn, centre):
    cos, sin = radius * math.cos(turn), radius * math.sin(turn)
    return [(centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y) for x, y in points]


def _circle(radius=1.0, x=0.0, y=0.0, corners=72):
    angles = [2 * math.pi * k / corners for k in range(corners)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def _star(points=5, inner=0.45):
    angles = [math.pi * (k / points - 0.5) for k in range(2 * points)]
    radii = [1.1, 1.1 * inner] * points
    return [(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]


def _heart():
    curve = [2 * math.pi * k / 72 for k in range(72)]
    return [
        (
            16 * math.sin(t) ** 3 / 16,
            -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 16,
        )
        for t in curve
    ]


def _moon():
    """Return a crescent: the outline of a circle, without another circle to its right."""
    start = math.acos(0.25)
    outer = [start + (2 * math.pi - 2 * start) * k / 60 for k in range(61)]
    bite = math.hypot(math.cos(start) - 0.5, math.sin(start))
    inner_start = math.atan2(math.sin(start), math.cos(start) - 0.5)
    inner = [
        2 * math.pi - inner_start - (2 * math.pi - 2 * inner_start) * k / 60 for k in range(61)
    ]
    points = [(math.cos(a), math.sin(a)) for a in outer]
    points += [(0.5 + bite * math.cos(a), bite * math.sin(a)) for a in inner]
    return [(1.05 * x + 0.15, 1.05 * y) for x, y in points]


LETTER_A = [(-0.2, -1), (0.2, -1), (0.85, 1), (0.45, 1), (0.28, 0.45), (-0.28, 0.45), (-0.45, 1)]
LETTER_A += [(-0.85, 1)]
HOLE_OF_A = [(-0.17, 0.12), (0.17, 0.12), (0, -0.5)]
# outlines about (0, 0), y downwards, of a radius of about 1: the first one filled, others cut out
SHAPES = {
    "circle": [_circle()],
    "heart": [_heart()],
    "letter": [LETTER_A, HOLE_OF_A],
    "moon": [_moon()],
    "ring": [_circle(1.05), _circle(0.55)],
    "star": [_star()],
}
