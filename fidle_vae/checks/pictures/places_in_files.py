"""The check of where a batch of pictures lies in a file of bytes."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, runs_elsewhere
from fidle_vae.checks.pictures.middle_cuts import as_list


@exercise
def file_place(my_place: Callable) -> Result:
    """Check `my_place(first, count, rows, columns, channels)`: [offset, size] in bytes."""
    names = "first", "count", "rows", "columns", "channels"
    places = [(0, 4, 5, 7, 3), (11, 6, 8, 9, 3), (30, 2, 10, 4, 1), (7, 5, 6, 6, 3)]
    if runs_elsewhere(my_place):  # where no table of the values must do
        places.append((*np.random.default_rng(78).integers(2, 30, 4).tolist(), 3))
    cases = [dict(zip(names, each, strict=True)) for each in places]
    return diagnose("file_place", as_list(my_place), cases, [_place], MISTAKES, _given)


def _given(case, index):
    part = ("offset", "size")[index[0]] if index else "place"
    return f"{', '.join(f'{name} = {value}' for name, value in case.items())}, {part}"


def _place(first, count, rows, columns, channels, each=1):
    size = rows * columns * channels * each
    return [first * size, count * size]


MISTAKES = [
    Mistake(
        "place_in_pictures",
        "This counts pictures: a file counts bytes, so multiply by the bytes of a picture.",
        lambda first, count, rows, columns, channels: [first, count],
    ),
    Mistake(
        "place_one_channel",
        "The channels are missing: a pixel has a byte for each.",
        lambda first, count, rows, columns, channels: _place(first, count, rows, columns, 1),
    ),
    Mistake(
        "place_of_floats",
        "This counts four bytes for each value, as floats have: in the file each is one byte.",
        lambda *each: _place(*each, 4),
    ),
    Mistake(
        "place_in_bits",
        "This counts bits: a file is read in bytes.",
        lambda *each: _place(*each, 8),
    ),
    Mistake(
        "place_with_the_end",
        "The second number is where the batch ends: give its size.",
        lambda first, count, *each: _place(first, first + count, *each),
    ),
    Mistake(
        "place_counts_from_one",
        "The first picture of all has the number 0: it begins at the first byte of the file.",
        lambda first, count, *each: _place(first - 1, count, *each),
    ),
    Mistake(
        "place_one_later",
        "It begins one picture too late: before picture `first` lie `first` pictures.",
        lambda first, count, *each: _place(first + 1, count, *each),
    ),
    Mistake(
        "place_of_one",
        "The size is that of one picture: a batch has `count` of them.",
        lambda first, count, *each: _place(first, 1, *each),
    ),
    Mistake(
        "place_in_batches",
        "`first` is taken for the number of a batch: it is that of a picture.",
        lambda first, count, *each: _place(first * count, count, *each),
    ),
    Mistake(
        "place_exchanged",
        "Offset and size are exchanged.",
        lambda *each: _place(*each)[::-1],
    ),
    Mistake(
        "place_offset_in_pictures",
        "The offset counts pictures, the size bytes: both are to count bytes.",
        lambda first, *each: [first, _place(first, *each)[1]],
    ),
]
