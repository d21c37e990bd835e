"""The check of the places that a slanted image is looked up at."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    from_arguments,
    runs_elsewhere,
)


@exercise
@from_arguments
def lean(my_lean: Callable) -> Result:
    """Check `my_lean(x, y, slant, middle)`: the columns to look at for a slant to the right."""
    cases, how = [], [((5, 4), 0.5, 2.0), ((4, 7), 1.25, 1.5)]
    if runs_elsewhere(my_lean):  # where no table of the values must do
        how.append(((6, 3), *np.random.default_rng(9).uniform(0.5, 3, 2).tolist()))
    for (rows, columns), slant, middle in how:
        y, x = np.mgrid[:rows, :columns].astype("float32")
        cases.append({"x": x, "y": y, "slant": slant, "middle": middle})
    return diagnose("lean", my_lean, cases, [_columns], MISTAKES, _pixel, parts=PARTS)


def _pixel(case, index):
    place = index if len(index) == 2 else (0, 0)
    x, y = (case[name][place] for name in ("x", "y"))
    slant, middle = case["slant"], case["middle"]
    return f"x = {x:g}, y = {y:g}, slant = {slant:g} and middle = {middle:g}"


def _columns(x, y, slant, middle):
    return x + slant * (y - middle)


PARTS = {
    "x": lambda x, y, slant, middle: x,
    "y": lambda x, y, slant, middle: y,
    "slant y": lambda x, y, slant, middle: slant * y,
    "slant middle": lambda x, y, slant, middle: slant * middle + 0 * x,
}
MISTAKES = [
    Mistake(
        "lean_left",
        "It leans to the left: to move the upper rows to the right, look further left in them. "
        "Rows count downwards, so y - middle is below 0 there.",
        lambda x, y, slant, middle: x - slant * (y - middle),
    ),
    Mistake(
        "lean_about_the_top",
        "The first row stays, and the digit leans out of the image: the row `middle` must stay, so "
        "count from there.",
        lambda x, y, slant, middle: x + slant * y,
    ),
    Mistake(
        "lean_left_about_the_top",
        "It leans to the left, and the first row stays in place of the row `middle`: count rows "
        "from there, downwards.",
        lambda x, y, slant, middle: x - slant * y,
    ),
    Mistake(
        "lean_rows",
        "These are rows: the rows stay, and the columns move.",
        lambda x, y, slant, middle: y + slant * (x - middle),
    ),
    Mistake(
        "lean_upwards",
        "These are rows, moved by their columns: the rows stay, and the columns move.",
        lambda x, y, slant, middle: y - slant * (x - middle),
    ),
    Mistake(
        "lean_row_moved",
        "A column is asked, and you begin with the row y: begin with x.",
        lambda x, y, slant, middle: y + slant * (y - middle),
    ),
    Mistake(
        "lean_divided",
        "The distance from the middle is divided by the slant: the slant is columns for each row, "
        "so multiply.",
        lambda x, y, slant, middle: x + (y - middle) / slant,
    ),
    Mistake(
        "lean_same_everywhere",
        "Every row moves by the same: then nothing leans. The farther from the middle, the more.",
        lambda x, y, slant, middle: x + slant + 0 * y,
    ),
    Mistake(
        "lean_stretched",
        "A column moves by its distance from the middle, which makes digits narrower: it must move "
        "by the distance of its row, y.",
        lambda x, y, slant, middle: x + slant * (x - middle),
    ),
    Mistake(
        "lean_x_about_the_middle",
        "`middle` is subtracted from the column too: it is a row, for y alone.",
        lambda x, y, slant, middle: x - middle + slant * (y - middle),
    ),
    Mistake(
        "lean_way_alone",
        "This is how far to move: add it to the column x.",
        lambda x, y, slant, middle: slant * (y - middle),
    ),
    Mistake(
        "lean_bent",
        "The way grows with the square of the distance from the middle: the strokes would be bent.",
        lambda x, y, slant, middle: x + slant * (y - middle) ** 2,
    ),
    Mistake(
        "lean_folded",
        "Rows above the middle move to the same side as those below: the digit is folded. Leave "
        "the distance its sign.",
        lambda x, y, slant, middle: x + slant * np.abs(y - middle),
    ),
    Mistake(
        "lean_middle_added",
        "`middle` is added to the row: how far is the row from the middle?",
        lambda x, y, slant, middle: x + slant * (y + middle),
    ),
    Mistake(
        "lean_brackets",
        "The slant multiplies y alone, and `middle` is subtracted as it is: put y - middle in "
        "brackets.",
        lambda x, y, slant, middle: x + slant * y - middle,
    ),
    Mistake(
        "lean_brackets_about_x",
        "The slant multiplies the column too: mind the brackets.",
        lambda x, y, slant, middle: slant * (x + y - middle),
    ),
    Mistake(
        "lean_multiplied",
        "The column is multiplied by the way: add the two.",
        lambda x, y, slant, middle: x * slant * (y - middle),
    ),
    Mistake(
        "lean_without_slant",
        "The slant is missing: this moves each row by a whole column for each row.",
        lambda x, y, slant, middle: x + y - middle,
    ),
    Mistake(
        "lean_nothing",
        "Nothing moves: these are the columns of the new image themselves.",
        lambda x, y, slant, middle: x,
    ),
]
