"""The check of the cross-entropy of images, the reconstruction loss."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, recognise
from fidle_vae.checks.losses import pixel_costs
from fidle_vae.checks.losses.pixel_costs import cross_entropy
from fidle_vae.checks.losses.scaled_values import scaled


@exercise
def reconstruction(my_nll: Callable) -> Result:
    """Check `my_nll(x, x_hat)`: cross-entropy summed over pixels, nats per image, (batch,)."""
    rng = np.random.default_rng(2)
    cases = [
        {
            "x": rng.uniform(0.001, 0.999, shape).astype("float32"),
            "x_hat": rng.uniform(0.002, 0.998, shape).astype("float32"),
        }
        for shape in ((5, 2, 2, 1), (3, 6, 4, 1), (2, 4, 4, 3))
    ]
    result = diagnose("reconstruction", my_nll, cases, [right_nll], MISTAKES)
    if result.ok:
        return recognise("reconstruction", my_nll, MISTAKES_AT_THE_ENDS, result.message)
    return result


def right_nll(x, x_hat):
    """Return the cross-entropy of each image, in double precision."""
    return _per_image(cross_entropy(x, x_hat))


def _not_finite_at_the_ends(my_nll):
    """Whether the cost is NaN or infinite where x_hat is exactly 0 or 1."""
    x, x_hat = (
        np.array(row, "float32").reshape(1, 2, 2, 1) for row in ([0, 1, 0, 1], [0, 1, 1, 0])
    )
    value = ops.convert_to_numpy(my_nll(*map(ops.convert_to_tensor, (x, x_hat))))
    return not np.isfinite(value).all()


def _per_image(pixels):
    return pixels.reshape(len(pixels), -1).sum(axis=1)


def _sums(formula):
    """Sum a formula over the pixels of each image."""
    return lambda x, p: _per_image(formula(x, p))


MISTAKES = [
    Mistake(
        "nll_mean_over_pixels",
        "You average over the pixels: the sum is asked, in nats per image. (An average is r_loss,"
        " and then the KL weighs as many times more as there are pixels.)",
        lambda x, p: right_nll(x, p) / x[0].size,
    ),
    Mistake(
        "nll_mean_over_all",
        "You average over images and pixels: sum over the pixels, and give one value for each "
        "image.",
        lambda x, p: cross_entropy(x, p).mean(),
    ),
    Mistake(
        "nll_mean_over_batch",
        "You average over the images too: give one value for each image.",
        lambda x, p: right_nll(x, p).mean(),
    ),
    Mistake(
        "nll_sum_over_batch",
        "You sum over the images too, so that the loss grows with the batch: give one value for "
        "each image.",
        lambda x, p: right_nll(x, p).sum(),
    ),
    Mistake(
        "nll_negative",
        "The sign is wrong: this is the log-likelihood, and the loss is its negative.",
        lambda x, p: -right_nll(x, p),
    ),
    Mistake(
        "nll_ink_only",
        "The term (1 - x) log(1 - x_hat) is missing: a white page would reconstruct every image.",
        _sums(pixel_costs.ink_only),
    ),
    Mistake(
        "nll_ground_only",
        "The term x log x_hat is missing: a black page would reconstruct every image.",
        _sums(pixel_costs.ground_only),
    ),
    Mistake(
        "nll_terms_subtracted",
        "The two terms have different signs: both logarithms are negative, and both count.",
        _sums(lambda x, p: -x * np.log(p) + (1 - x) * np.log(1 - p)),
    ),
    Mistake(
        "nll_exchanged",
        "x and x_hat are exchanged: the logarithms are those of x_hat.",
        _sums(pixel_costs.exchanged),
    ),
    Mistake(
        "nll_squared_error",
        "This is the squared error: it belongs to Gaussian pixels, and the cross-entropy is asked.",
        _sums(pixel_costs.squared_error),
    ),
    Mistake(
        "nll_mean_squared_error",
        "This is the mean squared error: the cross-entropy is asked, summed over the pixels.",
        lambda x, p: _per_image(pixel_costs.squared_error(x, p)) / x[0].size,
    ),
    Mistake(
        "nll_absolute_error",
        "This is the absolute error: the cross-entropy is asked.",
        _sums(pixel_costs.absolute_error),
    ),
    Mistake(
        "nll_half",
        "Your values are half of what they should be: the factor 1/2 belongs to the KL alone.",
        lambda x, p: right_nll(x, p) / 2,
    ),
    Mistake(
        "nll_bits",
        "These are bits: in nats the logarithm is the natural one.",
        lambda x, p: right_nll(x, p) / np.log(2),
    ),
    Mistake(
        "nll_decimal_logarithm",
        "The logarithm has the base 10: it must be the natural one.",
        lambda x, p: right_nll(x, p) / np.log(10),
    ),
    Mistake(
        "nll_of_logits",
        "A sigmoid is applied to x_hat, which has already gone through one (from_logits=True).",
        _sums(pixel_costs.of_logits),
    ),
    Mistake(
        "nll_clipped_too_far",
        "x_hat is clipped to [0.01, 0.99]: that changes the values; 1e-7 is enough.",
        _sums(lambda x, p: cross_entropy(x, p.clip(0.01, 0.99))),
    ),
    Mistake(
        "nll_not_summed",
        "You give a value for each pixel: sum them, so that each image has one.",
        cross_entropy,
    ),
    Mistake(
        "nll_mean_over_channels_only",
        "You average over the last axis only, as keras.losses.binary_crossentropy does: sum over "
        "all axes but the first.",
        lambda x, p: cross_entropy(x, p).mean(axis=-1),
    ),
    Mistake(
        "nll_sum_over_channels_only",
        "You sum over the last axis only: sum over all axes but the first.",
        lambda x, p: cross_entropy(x, p).sum(axis=-1),
    ),
    Mistake(
        "nll_keeps_axes",
        "The values are right, the shape is not: drop the axes that were summed over (keepdims).",
        lambda x, p: right_nll(x, p).reshape(-1, 1, 1, 1),
    ),
    Mistake(
        "nll_keeps_axis",
        "The values are right, the shape is not: drop the last axis.",
        lambda x, p: right_nll(x, p)[:, None],
    ),
    *scaled(
        "nll_scaled",
        "The cross-entropy",
        lambda factor, x, p: factor * right_nll(x, p),
        {
            "the number of images": lambda x, p: len(x),
            "the number of pixels": lambda x, p: x[0].size,
            "the height": lambda x, p: x.shape[1],
            "the width": lambda x, p: x.shape[2],
            "the number of channels": lambda x, p: x.shape[3],
        },
    ),
]
MISTAKES_AT_THE_ENDS = [
    Mistake(
        "nll_not_finite",
        "NaN or infinite for x_hat = 0 or 1, which a sigmoid does reach: clip x_hat to "
        "[1e-7, 1 - 1e-7] before the logarithm, or use logits.",
        _not_finite_at_the_ends,
    ),
]
