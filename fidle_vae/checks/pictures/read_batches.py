"""The check of a batch of pictures that is read from the bytes of a file."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def read_batch(my_read: Callable) -> Result:
    """Check `my_read(content, first, count, rows, columns)`: colour pictures, floats in [0, 1]."""
    rng = np.random.default_rng(76)
    cases = []
    for first, count, rows, columns in ((0, 2, 3, 4), (3, 2, 4, 2)):
        content = rng.integers(0, 256, 6 * rows * columns * 3).astype(np.uint8)
        case = {"content": content, "first": first, "count": count}
        cases.append(case | {"rows": rows, "columns": columns})
    return diagnose("read_batch", my_read, cases, [_read], MISTAKES, _value, arrays=True)


def _value(case, index):
    place = [int(each) for each in index]
    return f"first = {case['first']}, the value at {place}"


def _read(content, first, count, rows, columns, order="hwc"):
    size = rows * columns * 3
    found = content[first * size : (first + count) * size] / 255
    if order == "whc":
        return found.reshape(count, columns, rows, 3).swapaxes(1, 2)
    if order == "chw":
        return np.moveaxis(found.reshape(count, 3, rows, columns), 1, -1)
    return found.reshape(count, rows, columns, 3)


MISTAKES = [
    Mistake(
        "batch_read_columns_first",
        "The pictures come out as stripes: in the file lies one row after the other, so that "
        "`rows` comes before `columns` in the shape.",
        lambda *each: _read(*each, order="whc"),
    ),
    Mistake(
        "batch_read_channels_first",
        "The colours come out as three small pictures: in the file, the three channels of a pixel "
        "stand side by side.",
        lambda *each: _read(*each, order="chw"),
    ),
    Mistake(
        "batch_read_from_the_start",
        "These are the first pictures of the file, whatever `first` is.",
        lambda content, first, *each: _read(content, 0, *each),
    ),
    Mistake(
        "batch_read_bytes",
        "These are bytes: divide them by 255.",
        lambda *each: 255 * _read(*each),
    ),
    Mistake(
        "batch_read_too_early",
        "It begins at byte `first`, in the midst of another picture: count the bytes of `first` "
        "pictures.",
        lambda content, first, count, rows, columns: _read(
            content[first:], 0, count, rows, columns
        ),
    ),
    Mistake(
        "batch_read_blue_first",
        "Red and blue are exchanged: the file has red first.",
        lambda *each: _read(*each)[..., ::-1],
    ),
]
