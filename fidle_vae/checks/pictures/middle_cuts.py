"""The check of the box that the middle cut keeps of a picture."""

from collections.abc import Callable
from functools import wraps

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, runs_elsewhere


@exercise
def middle_cut(my_box: Callable) -> Result:
    """Check `my_box(width, height)`: [left, top, right, bottom] of the largest middle square."""
    cases = [
        {"width": width, "height": height}
        for width, height in ((100, 60), (40, 90), (70, 70), (130, 48))
    ]
    if runs_elsewhere(my_box):  # where no table of the values must do
        sides = np.random.default_rng(77).integers(20, 200, 2).tolist()
        cases.append({"width": 2 * sides[0], "height": 2 * sides[1]})
    return diagnose("middle_cut", as_list(my_box), cases, [_box], MISTAKES, _picture)


def as_list(function: Callable) -> Callable:
    """Return a function that gives a list where the one that was passed gives a tuple."""

    @wraps(function)
    def listed(*arguments):
        values = function(*arguments)
        return [*values] if isinstance(values, tuple) else values

    return listed


def _picture(case, index):
    edge = ("left", "top", "right", "bottom")[index[0]] if index else "box"
    return f"width = {case['width']}, height = {case['height']}, {edge}"


def _box(width, height):
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return [left, top, left + side, top + side]


def _swapped(width, height):
    left, top, right, bottom = _box(width, height)
    return [top, left, bottom, right]


MISTAKES = [
    Mistake(
        "cut_at_the_corner",
        "The square begins in the upper left corner: leave as much on the left as on the right.",
        lambda w, h: [0, 0, min(w, h), min(w, h)],
    ),
    Mistake(
        "cut_whole",
        "This is the whole picture: squeezed to a square, circles would become ovals.",
        lambda w, h: [0, 0, w, h],
    ),
    Mistake(
        "cut_not_halved",
        "All that is left over lies on one side: halve it.",
        lambda w, h: [w - min(w, h), h - min(w, h), w, h],
    ),
    Mistake(
        "cut_rows_first",
        "Rows and columns are exchanged: the box counts from the left first, then from the top.",
        _swapped,
    ),
    Mistake(
        "cut_with_a_size",
        "The last two are the size of the box: give its right and bottom edge.",
        lambda w, h: [*_box(w, h)[:2], min(w, h), min(w, h)],
    ),
    Mistake(
        "cut_beyond",
        "The square has the longer side, and reaches beyond the picture: take the shorter one.",
        lambda w, h: [
            (w - max(w, h)) / 2,
            (h - max(w, h)) / 2,
            (w + max(w, h)) / 2,
            (h + max(w, h)) / 2,
        ],
    ),
    Mistake(
        "cut_to_the_far_edge",
        "The right and bottom edge mirror the left and top one by the shorter side: count them "
        "from the left and from the top, left + side and top + side.",
        lambda w, h: [*_box(w, h)[:2], *(min(w, h) - np.array(_box(w, h)[:2]))],
    ),
    Mistake(
        "cut_a_quarter",
        "A quarter is cut away on each side, whatever the shape: only what is over is to go.",
        lambda w, h: [w / 4, h / 4, 3 * w / 4, 3 * h / 4],
    ),
    Mistake(
        "cut_centre",
        "These are the middle and the size: give the four edges.",
        lambda w, h: [w / 2, h / 2, min(w, h), min(w, h)],
    ),
]
