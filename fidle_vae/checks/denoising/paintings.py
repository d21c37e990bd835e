"""The check of images painted by their class."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def painting(my_painting: Callable) -> Result:
    """Check `my_painting(x, y, wheel)`: grey images, each in the colour of its class."""
    rng = np.random.default_rng(44)
    cases = []
    for n in (4, 5):  # as many images as rows and columns: axes that are mixed up raise no error
        x = rng.uniform(0.1, 0.9, (n, n, n, 1)) * (rng.random((n, n, n, 1)) < 0.7)
        wheel = rng.uniform(0.1, 1, (n + 3, 3))
        y = rng.permutation(n + 2)[:n] + 1
        cases.append({"x": np.float32(x), "y": y, "wheel": np.float32(wheel)})
    return diagnose(
        "painting", my_painting, cases, [_painted], MISTAKES, _pixel, terms=_of_classes, arrays=True
    )


def _pixel(case, index):
    image, place = index[0] if index else 0, index[1:3]
    return f"the pixel at {tuple(map(int, place))} of image {image}, of class {case['y'][image]}"


def _of_classes(x, y, wheel):
    return x.astype(float), y, wheel.astype(float)


def _colors(y, wheel):
    return wheel[y][:, None, None]


def _painted(x, y, wheel):
    return x * _colors(y, wheel)


MISTAKES = [
    Mistake(
        "painting_by_column",
        "Each *column* of the image has a colour: the axes of wheel[y], (n, 3), meet the last two "
        "of x. Give it the shape (n, 1, 1, 3), by [:, None, None].",
        lambda x, y, wheel: x * wheel[y],
    ),
    Mistake(
        "painting_by_row",
        "Each *row* of the image has a colour: one axis is missing. wheel[y] needs the shape "
        "(n, 1, 1, 3), by [:, None, None].",
        lambda x, y, wheel: x * wheel[y][:, None],
    ),
    Mistake(
        "painting_background",
        "The background has the colour as well: multiply by x, so that black stays black.",
        lambda x, y, wheel: np.ones_like(x) * _colors(y, wheel),
    ),
    Mistake(
        "painting_added",
        "The colour is added to the image: multiply, so that black stays black.",
        lambda x, y, wheel: x + _colors(y, wheel),
    ),
    Mistake(
        "painting_added_and_clipped",
        "The colour is added to the image, so that black does not stay black: multiply.",
        lambda x, y, wheel: np.clip(x + _colors(y, wheel), 0, 1),
    ),
    Mistake(
        "painting_by_number",
        "The first image has the first colour, the second the second: it is the class that "
        "decides, wheel[y].",
        lambda x, y, wheel: x * wheel[: len(x), None, None],
    ),
    Mistake(
        "painting_one_color",
        "All images have the colour of the first: each has its own class.",
        lambda x, y, wheel: x * wheel[y[0]],
    ),
    Mistake(
        "painting_last_color",
        "All images have the colour of the last: each has its own class.",
        lambda x, y, wheel: x * wheel[y[-1]],
    ),
    Mistake(
        "painting_inverted",
        "The background is painted, and the strokes are black: multiply by x, not by 1 - x.",
        lambda x, y, wheel: (1 - x) * _colors(y, wheel),
    ),
    Mistake(
        "painting_opposite",
        "These are the opposite colours, 1 - wheel[y].",
        lambda x, y, wheel: x * (1 - _colors(y, wheel)),
    ),
    Mistake(
        "painting_turned",
        "Red and blue are exchanged: the colours are (red, green, blue) already.",
        lambda x, y, wheel: _painted(x, y, wheel)[..., ::-1],
    ),
    Mistake(
        "painting_grey",
        "It has three channels, but is grey still: multiply by the colour.",
        lambda x, y, wheel: np.repeat(x, 3, axis=-1),
    ),
    Mistake(
        "painting_mean_color",
        "Each image has the mean of all colours: the class decides on one, wheel[y].",
        lambda x, y, wheel: x * wheel.mean(axis=0),
    ),
    Mistake(
        "painting_class_before",
        "Each image has the colour of the class before: classes count from 0, as rows do.",
        lambda x, y, wheel: _painted(x, y - 1, wheel),
    ),
    Mistake(
        "painting_flat",
        "All strokes are equally bright: multiply by the grey level of each pixel, not by whether "
        "it is above 0.",
        lambda x, y, wheel: _painted(x > 0, y, wheel),
    ),
    Mistake(
        "painting_black_and_white",
        "It rounds the grey levels to black or white first: multiply by x as it is.",
        lambda x, y, wheel: _painted(x > 0.5, y, wheel),
    ),
    Mistake(
        "painting_colors_only",
        "These are the colours, (n, 3): multiply the images by them.",
        lambda x, y, wheel: wheel[y],
    ),
    Mistake(
        "painting_extra_axis",
        "There is an axis too many: x has its channel axis already, and broadcasting makes three "
        "of it.",
        lambda x, y, wheel: x[..., None] * wheel[y][:, None, None, None],
    ),
    Mistake(
        "painting_first_image",
        "This is the first image alone: paint all.",
        lambda x, y, wheel: _painted(x, y, wheel)[0],
    ),
    Mistake(
        "painting_last_image",
        "This is the last image alone: each round of a loop overwrites the one before. Collect all "
        "of them, and np.stack.",
        lambda x, y, wheel: _painted(x, y, wheel)[-1],
    ),
]
