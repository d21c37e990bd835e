"""The check of the likelihood of images: summed over all of their pixels."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, uses
from fidle_vae.checks.losses.pixel_costs import (
    cross_entropy,
    exchanged,
    ground_only,
    ink_only,
    squared_error,
)

AVERAGED = "image_nll_other_axis_summed", "image_nll_mean", "image_nll_means_of_rows"
BY_LOSSES = (
    "keras.losses.binary_crossentropy gives the mean over the last axis: each pixel counts in full."
)


@exercise
def image_nll(my_nll: Callable) -> Result:
    """Check `my_nll(x, x_hat)`: -log p(x given z) of images (batch, rows, columns), (batch,)."""
    rng = np.random.default_rng(57)
    cases = [
        {name: rng.uniform(0.05, 0.95, shape).astype("float32") for name in ("x", "x_hat")}
        for shape in ((3, 4, 6), (4, 5, 3))
    ]
    result = diagnose("image_nll", my_nll, cases, [_nll], MISTAKES, _images)
    if result.mistake in AVERAGED and uses(my_nll, "binary_crossentropy"):
        return result._replace(mistake="image_nll_by_losses", message=BY_LOSSES)
    return result


def _images(case, index):
    return f"images of {' x '.join(map(str, case['x'].shape[1:]))} pixels"


def _nll(x, p):
    return cross_entropy(x, p).sum(axis=(1, 2))


MISTAKES = [
    Mistake(
        "image_nll_one_axis_summed",
        "The numbers are too small: an image has rows and columns, and each pixel counts.",
        lambda x, p: cross_entropy(x, p).sum(axis=2).mean(axis=1),
    ),
    Mistake(
        "image_nll_other_axis_summed",
        "The rows are summed and the columns averaged: each pixel counts.",
        lambda x, p: cross_entropy(x, p).sum(axis=1).mean(axis=1),
    ),
    Mistake(
        "image_nll_columns_left",
        "A value for each row is left: sum over rows and columns.",
        lambda x, p: cross_entropy(x, p).sum(axis=2),
    ),
    Mistake(
        "image_nll_rows_left",
        "A value for each column is left: sum over rows and columns.",
        lambda x, p: cross_entropy(x, p).sum(axis=1),
    ),
    Mistake(
        "image_nll_means_of_rows",
        "These are the means of the rows: sum over rows and columns.",
        lambda x, p: cross_entropy(x, p).mean(axis=2),
    ),
    Mistake(
        "image_nll_mean",
        "This is the mean over the pixels: a product of probabilities is a sum of logarithms.",
        lambda x, p: cross_entropy(x, p).mean(axis=(1, 2)),
    ),
    Mistake(
        "image_nll_negative",
        "This is log p(x | z): the minus is missing.",
        lambda x, p: -_nll(x, p),
    ),
    Mistake(
        "image_nll_of_all",
        "This is one number for the batch: each image has its own.",
        lambda x, p: _nll(x, p).sum(),
    ),
    Mistake(
        "image_nll_mean_of_images",
        "This is the mean over the images: each has its own value.",
        lambda x, p: _nll(x, p).mean(),
    ),
    Mistake(
        "image_nll_over_images",
        "The sum goes over the images: over the pixels of each.",
        lambda x, p: cross_entropy(x, p).sum(axis=0),
    ),
    Mistake(
        "image_nll_each",
        "This is a value for each pixel: sum over rows and columns.",
        cross_entropy,
    ),
    Mistake(
        "image_nll_ink_only",
        "The term with 1 - x is missing.",
        lambda x, p: ink_only(x, p).sum(axis=(1, 2)),
    ),
    Mistake(
        "image_nll_ground_only",
        "The term with x is missing.",
        lambda x, p: ground_only(x, p).sum(axis=(1, 2)),
    ),
    Mistake(
        "image_nll_exchanged",
        "x and x_hat are exchanged: the logarithm is that of x_hat.",
        lambda x, p: exchanged(x, p).sum(axis=(1, 2)),
    ),
    Mistake(
        "image_nll_squared_error",
        "This is the squared error: the cost was right.",
        lambda x, p: squared_error(x, p).sum(axis=(1, 2)),
    ),
]
