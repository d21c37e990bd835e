"""The check of pictures as numbers: bytes, channels first, to floats with the channels last."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise


@exercise
def picture_floats(my_floats: Callable) -> Result:
    """Check `my_floats(pixels)`: bytes (n, 3, rows, columns) to [0, 1], channels last."""
    rng = np.random.default_rng(71)
    cases = [
        {"pixels": rng.integers(0, 256, (n, 3, rows, columns)).astype(np.uint8)}
        for n, rows, columns in ((2, 4, 5), (3, 6, 4))
    ]
    cases[0]["pixels"][0, 0, 0, :2] = 255, 0
    return diagnose("picture_floats", my_floats, cases, [_floats], MISTAKES, _pixel, arrays=True)


def _pixel(case, index):
    return f"the value at {[int(each) for each in index]}"


def _floats(pixels):
    return np.moveaxis(pixels, 1, -1) / 255


def _reshaped(pixels):
    n, channels, rows, columns = pixels.shape
    return pixels.reshape(n, rows, columns, channels)


MISTAKES = [
    Mistake(
        "floats_not_divided",
        "These are still bytes, from 0 to 255: divide them by the largest one.",
        lambda pixels: 255 * _floats(pixels),
    ),
    Mistake(
        "floats_by_256",
        "They are divided by 256, so that white is not 1: the largest byte is 255.",
        lambda pixels: _floats(pixels) * 255 / 256,
    ),
    Mistake(
        "floats_whole",
        "`//` divides to whole numbers: nearly everything is 0. Divide with `/`.",
        lambda pixels: _floats(pixels) // 1,
    ),
    Mistake(
        "floats_channels_first",
        "The channels still come first: move that axis to the end.",
        lambda pixels: pixels / 255,
    ),
    Mistake(
        "floats_reshaped",
        "The shape is right, the picture is not: reshape keeps the order of the values, so that "
        "neighbours in a row have become channels. Move the axis, with np.moveaxis or transpose.",
        lambda pixels: _reshaped(pixels) / 255,
    ),
    Mistake(
        "floats_on_their_side",
        "Rows and columns are exchanged, so that the pictures lie on their side: the axes are to "
        "be in the order 0, 2, 3, 1.",
        lambda pixels: _floats(pixels).swapaxes(1, 2),
    ),
    Mistake(
        "floats_blue_first",
        "Red and blue are exchanged: keep the order of the channels.",
        lambda pixels: _floats(pixels)[..., ::-1],
    ),
    Mistake(
        "floats_minus_one_to_one",
        "The values go from -1 to 1: this course's networks want 0 to 1.",
        lambda pixels: 2 * _floats(pixels) - 1,
    ),
    Mistake(
        "floats_one_minus",
        "Black and white are exchanged: 255 is white, and becomes 1.",
        lambda pixels: 1 - _floats(pixels),
    ),
    Mistake(
        "floats_by_their_largest",
        "Each picture is divided by its own largest value: that changes the light of dark ones. "
        "Divide all by the largest byte there can be.",
        lambda pixels: np.moveaxis(pixels / pixels.max(axis=(1, 2, 3), keepdims=True), 1, -1),
    ),
    Mistake(
        "floats_grey",
        "The channels are averaged: that leaves grey. Keep the three.",
        lambda pixels: _floats(pixels).mean(axis=-1, keepdims=True),
    ),
]
