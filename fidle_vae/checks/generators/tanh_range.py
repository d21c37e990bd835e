"""The check of bytes scaled to the range of a tanh."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SHAPES = ((3, 2, 4, 1), (5, 3, 2, 1))


@exercise
@from_arguments
def tanh_range(my_tanh_range: Callable) -> Result:
    """Check `my_tanh_range(pixels)`: bytes, 0 to 255, as numbers from -1 to 1."""
    rng = np.random.default_rng(61)
    cases = [{"pixels": rng.integers(9, 243, shape).astype("uint8")} for shape in SHAPES]
    return diagnose(
        "tanh_range", my_tanh_range, cases, [_scaled], MISTAKES, _pixel, _as_bytes, arrays=True
    )


def _as_bytes(pixels):
    return (pixels,)  # not in double precision, as bytes have a mistake of their own


def _pixel(case, index):
    return f"the byte {case['pixels'][index]}"


def _scaled(pixels):
    return pixels / 127.5 - 1


def _by_largest(pixels):
    return pixels / pixels.max()


def _wrapped(offset, divisor):
    return Mistake(
        "tanh_range_wraps_below",
        "A byte minus a byte is a byte again: below 0 it starts anew at 255, so that dark pixels "
        "come out bright. Divide first, or subtract a float: pixels - 127.5.",
        lambda pixels: (pixels - np.uint8(offset)) / divisor,
    )


def _stretched(x, axis):
    low, high = x.min(axis=axis, keepdims=True), x.max(axis=axis, keepdims=True)
    return 2 * (x - low) / (high - low) - 1


MISTAKES = [
    Mistake(
        "tanh_range_wraps",
        "A byte times 2 is a byte again, and starts anew at 256: bright pixels come out dark. "
        "Divide first, which makes it a float: pixels / 127.5.",
        lambda pixels: (2 * pixels) / 255 - 1,
    ),
    Mistake(
        "tanh_range_of_sigmoid",
        "These are numbers from 0 to 1, the range of a sigmoid: a tanh has twice the width, and "
        "begins at -1.",
        lambda pixels: pixels / 255,
    ),
    Mistake(
        "tanh_range_half",
        "These are numbers from -0.5 to 0.5: the range of a tanh is twice as wide.",
        lambda pixels: pixels / 255 - 0.5,
    ),
    Mistake(
        "tanh_range_not_shifted",
        "These are numbers from 0 to 2: subtract 1.",
        lambda pixels: pixels / 127.5,
    ),
    Mistake(
        "tanh_range_below_zero",
        "These are numbers from -1 to 0: black is right, white is not. Divide by half of 255.",
        lambda pixels: pixels / 255 - 1,
    ),
    Mistake(
        "tanh_range_not_divided",
        "The pixels are not divided by 255: 2 * x - 1 is for images that lie in [0, 1] already.",
        lambda pixels: 2.0 * pixels - 1,
    ),
    Mistake(
        "tanh_range_by_128",
        "By 128, white is a little below 1: a byte ends at 255, of which 127.5 is the half.",
        lambda pixels: pixels / 128 - 1,
    ),
    Mistake(
        "tanh_range_by_127",
        "By 127, white is a little above 1, which no tanh reaches: a byte ends at 255, of which "
        "127.5 is the half.",
        lambda pixels: pixels / 127 - 1,
    ),
    Mistake(
        "tanh_range_negative",
        "White has become black: black, the byte 0, is to be -1.",
        lambda pixels: 1 - pixels / 127.5,
    ),
    Mistake(
        "tanh_range_squashed",
        "A tanh is applied to the images. The generator has it already: images are only scaled, to "
        "where its outputs are.",
        lambda pixels: np.tanh(_scaled(pixels)),
    ),
    Mistake(
        "tanh_range_squashed_only",
        "Nearly all values are 1, as a tanh or np.clip(pixels, -1, 1) makes of bytes: scale them "
        "by arithmetic.",
        lambda pixels: np.tanh(pixels.astype(float)),
    ),
    Mistake(
        "tanh_range_stretched",
        "The darkest and the brightest pixel of the batch have become -1 and 1: so the same byte "
        "differs from batch to batch. A byte has its fixed bounds, 0 and 255.",
        lambda pixels: _stretched(pixels.astype(float), None),
    ),
    Mistake(
        "tanh_range_each_stretched",
        "The darkest and the brightest pixel of each image have become -1 and 1: a faint image "
        "would look like a bold one. A byte has its fixed bounds, 0 and 255.",
        lambda pixels: _stretched(pixels.astype(float), (1, 2, 3)),
    ),
    Mistake(
        "tanh_range_standardized",
        "The batch has the mean 0 and the standard deviation 1, and no bounds: a tanh reaches -1 "
        "and 1 at most. Scale by 0 and 255.",
        lambda pixels: (pixels - pixels.mean()) / pixels.std(),
    ),
    Mistake(
        "tanh_range_centred_by_mean",
        "The mean of the batch is subtracted: subtract 1, so that the byte 127.5 is at 0.",
        lambda pixels: pixels / 127.5 - (pixels / 127.5).mean(),
    ),
    Mistake(
        "tanh_range_whole",
        "The division `//` leaves whole numbers, so that no grey is left: take `/`.",
        lambda pixels: pixels // 127.5 - 1,
    ),
    Mistake(
        "tanh_range_as_bytes",
        "The result is stored as bytes again, which know neither fractions nor negative numbers: "
        "leave it as floats.",
        lambda pixels: _scaled(pixels).astype("int8").astype("uint8"),
    ),
    Mistake(
        "tanh_range_of_batch",
        "The brightest pixel of the batch has become 1: so the same byte differs from batch to "
        "batch. A byte has a fixed bound, 255.",
        lambda pixels: 2 * _by_largest(pixels) - 1,
    ),
    Mistake(
        "tanh_range_of_batch_and_sigmoid",
        "The pixels are divided by the largest of the batch, and lie between 0 and 1: divide by a "
        "fixed number, half of 255, and subtract 1.",
        _by_largest,
    ),
    Mistake(
        "tanh_range_subtracted_first",
        "1 is subtracted before the division, and so it is 1 of 255 steps: divide first, then "
        "subtract 1.",
        lambda pixels: (pixels - 1.0) / 127.5,
    ),
    Mistake(
        "tanh_range_sound",
        "White is 1, but black is -1.008: (x - 128) / 127 is for other bytes, from -127 to 127. "
        "Take 127.5 for both.",
        lambda pixels: (pixels - 128.0) / 127,
    ),
    *[_wrapped(offset, divisor) for offset in (127, 128) for divisor in (127, 127.5, 128)],
    Mistake(
        "tanh_range_wraps_from_white",
        "255 is subtracted from bytes, which gives a byte again, 1 more than before: divide "
        "first, which makes it a float.",
        lambda pixels: (2 * (pixels - np.uint8(255))) / 255,
    ),
]
