"""The check of the sharpness of images: the mean length of their gradients."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, explain, from_arguments

# What the libraries say of the first case, (4, 5, 6), where no part leaves anything out.
TWO_SHAPES = r"4, ?4, ?6\D+4, ?5, ?5|4, ?5, ?5\D+4, ?4, ?6|tensor a \([56]\)"
SAME_SHAPE = (
    "the part downwards has one row less, that to the right one column less. Leave the last column "
    "out of the first, and the last row out of the second."
)


@exercise
@from_arguments
def sharp(my_sharpness: Callable) -> Result:
    """Check `my_sharpness(x)`: the mean length of the gradient of images (n, rows, columns)."""
    rng = np.random.default_rng(56)
    shapes = (4, 5, 6), (3, 7, 7)
    cases = [{"x": rng.uniform(0, 1, shape).astype("float32")} for shape in shapes]
    result = diagnose("sharp", my_sharpness, cases, [_sharpness], MISTAKES, _images)
    return explain(result, TWO_SHAPES, "sharp_two_shapes", SAME_SHAPE, alone=True)


def _images(case, index):
    return f"images of shape {case['x'].shape}"


def _parts(x):
    return x[:, 1:, :-1] - x[:, :-1, :-1], x[:, :-1, 1:] - x[:, :-1, :-1]


def _sharpness(x):
    return np.hypot(*_parts(x)).mean(axis=(1, 2))


def _summed(x):
    down, right = _parts(x)
    return np.abs(down) + np.abs(right)


def _around(x):
    down, right = np.gradient(x, axis=(1, 2))
    return np.hypot(down, right).mean(axis=(1, 2))


def _diagonal(x):
    return np.abs(x[:, 1:, 1:] - x[:, :-1, :-1]).mean(axis=(1, 2))


MISTAKES = [
    Mistake(
        "sharp_no_root",
        "The root is missing: this is the mean of the squared lengths.",
        lambda x: (np.hypot(*_parts(x)) ** 2).mean(axis=(1, 2)),
    ),
    Mistake(
        "sharp_root_of_mean",
        "The root is taken of the mean: take it at each pixel, then the mean.",
        lambda x: np.sqrt((np.hypot(*_parts(x)) ** 2).mean(axis=(1, 2))),
    ),
    Mistake(
        "sharp_absolute",
        "The two parts are added: the length is the root of the sum of their squares.",
        lambda x: _summed(x).mean(axis=(1, 2)),
    ),
    Mistake(
        "sharp_signed",
        "The differences are added with their signs, so that most of them cancel.",
        lambda x: sum(_parts(x)).mean(axis=(1, 2)),
    ),
    Mistake(
        "sharp_down_only",
        "This is the difference to the pixel below alone: that to the right is missing.",
        lambda x: np.abs(_parts(x)[0]).mean(axis=(1, 2)),
    ),
    Mistake(
        "sharp_right_only",
        "This is the difference to the pixel on the right alone: that to the one below is missing.",
        lambda x: np.abs(_parts(x)[1]).mean(axis=(1, 2)),
    ),
    Mistake(
        "sharp_sum",
        "The lengths are added up: take their mean, so that the size of an image does not count.",
        lambda x: np.hypot(*_parts(x)).sum(axis=(1, 2)),
    ),
    Mistake(
        "sharp_one_for_all",
        "This is one number for all images: each has its own, axis=(1, 2).",
        lambda x: _sharpness(x).mean(),
    ),
    Mistake(
        "sharp_over_images",
        "The mean goes over the images: over the pixels of each, axis=(1, 2).",
        lambda x: np.hypot(*_parts(x)).mean(axis=0),
    ),
    Mistake(
        "sharp_each",
        "This is the length at each pixel: take the mean, axis=(1, 2).",
        lambda x: np.hypot(*_parts(x)),
    ),
    Mistake(
        "sharp_largest",
        "This is the largest length: take the mean.",
        lambda x: np.hypot(*_parts(x)).max(axis=(1, 2)),
    ),
    Mistake(
        "sharp_above_and_left",
        "The parts are the differences to the pixel above and to that on the left: take those "
        "below and on the right of the same pixel, one of x[:, :-1, :-1].",
        lambda x: _sharpness(x[:, ::-1, ::-1]),
    ),
    Mistake(
        "sharp_diagonal",
        "This is the difference to the pixel that is below and on the right: there are two parts, "
        "one to each side.",
        _diagonal,
    ),
    Mistake(
        "sharp_central",
        "Each difference is that of the two neighbours around a pixel: take that to the next one.",
        _around,
    ),
    Mistake(
        "sharp_between_images",
        "The differences are those of one image and the next: axis 0 counts the images.",
        lambda x: np.hypot(x[1:, :-1] - x[:-1, :-1], x[:-1, 1:] - x[:-1, :-1]).mean(axis=(1, 2)),
    ),
    Mistake(
        "sharp_of_all_pixels",
        "The sum is divided by the number of all pixels: those of the last row and column have no "
        "gradient, and do not count.",
        lambda x: np.hypot(*_parts(x)).sum(axis=(1, 2)) / x[0].size,
    ),
]
