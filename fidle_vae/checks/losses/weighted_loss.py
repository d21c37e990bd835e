"""The check of a VAE's loss, the weighted sum of its two terms."""

import math
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from fidle_vae.checks.engine import (
    Result,
    attempt,
    diagnose,
    exercise,
    explain,
    has_parameters,
    numpy_remark,
    required_parameters,
)
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_mistakes import right_kl
from fidle_vae.checks.losses.loss_sums import FORMULAS, TOTALS, of_batch, right_loss
from fidle_vae.checks.losses.loss_terms import OTHER_TERMS
from fidle_vae.models.loss_weights import resolve_loss_weights


@exercise
def loss(my_loss: Callable, loss_weights: Iterable[float] | str = (1.0, 1e-3)) -> Result:
    """Check `my_loss(x, x_hat, z_mean, z_log_var)`: k1 r_loss + k2 kl_loss.

    r_loss is the cross-entropy per pixel, kl_loss the KL in nats. It gives one number, the mean
    over the images. If it has the parameters k1 and k2 too, it gets the loss weights.
    """
    resolve_loss_weights(loss_weights, n_pixels=1)  # raises before any work
    by_name = has_parameters(my_loss, "k1", "k2")
    takes_weights = by_name or required_parameters(my_loss) == 6  # under other names
    varied = takes_weights and not isinstance(loss_weights, str)
    rng = np.random.default_rng(3)
    cases = []
    for (batch, shape, d, grey), factors in zip(CASES, FACTORS, strict=True):
        k1, k2 = resolve_loss_weights(loss_weights, math.prod(shape))
        if varied:
            k1, k2 = k1 * factors[0], k2 * factors[1]
        cases.append(
            {
                "x": rng.random((batch, *shape)).astype("float32"),
                "x_hat": rng.uniform(*grey, (batch, *shape)).astype("float32"),
                "z_mean": rng.normal(0, 20, (batch, d)).astype("float32"),  # so that the KL counts
                "z_log_var": rng.uniform(-2, 5, (batch, d)).astype("float32"),
                "k1": k1,
                "k2": k2,
            }
        )

    def solution(x, x_hat, z_mean, z_log_var, k1, k2):
        if by_name:
            return my_loss(x, x_hat, z_mean, z_log_var, k1=k1, k2=k2)
        weights = (k1, k2) if takes_weights else ()
        return my_loss(x, x_hat, z_mean, z_log_var, *weights)

    def terms(x, x_hat, z_mean, z_log_var, k1, k2):
        n, d = x[0].size, z_mean.shape[1]
        r, kl = right_nll(x, x_hat) / n, right_kl(z_mean, z_log_var)
        return _Terms(r, kl, k1, k2, n, d, Batch(x, x_hat, z_mean, z_log_var))

    parts = PARTS | WEIGHTED_PARTS if varied else PARTS
    result = diagnose(
        "loss", solution, cases, [of_batch(right_loss)], MISTAKES, show, terms, parts=parts
    )
    if result.ok:
        shapes = [each.shape for each in cases[0].values() if isinstance(each, np.ndarray)]
        weights = (k1, k2) if takes_weights else ()
        remark = numpy_remark(my_loss, *shapes, *weights)
        return result._replace(message=result.message + remark)
    if result.mistake == "combination" and varied:
        return _of_own_weights(result)
    return _with_axes_named(result, solution, cases[0])


def _of_own_weights(result):
    """Say which weights a loss does not take, if it has a number of its own in their place."""
    yours = result.message.partition(" where ")[0]
    missing = [
        f"k{i}" for i, term in ((1, "r_loss"), (2, "kl_loss")) if f"k{i} {term}" not in yours
    ]
    if not missing:
        return result
    says = (
        f"Your loss has a number of its own for {' and '.join(missing)}: take the weights that the "
        f"function is given. {result.message}"
    )
    return result._replace(mistake="loss_weights_of_your_own", message=says)


def _with_axes_named(result, solution, case):
    """Say which axes are left, or which there are, where a result is about axes."""
    if result.mistake == "error_axis":
        says = (
            "there is no such axis. What binary_crossentropy returns has three axes: batch, height "
            "and width, counted from 0."
        )
        place = result.message.partition("there is no such axis")[0]
        return result._replace(mistake="loss_axis", message=f"{place}{says}")
    if result.mistake in ("shape", "loss_of_each_image"):
        left = np.shape(attempt("loss", solution, *case.values()))
        if set(left) & set(case["x"].shape[1:3]):
            says = f"Shape {left}: the cross-entropy still has its pixels: take their mean."
            return result._replace(mistake="loss_of_pixels", message=says)
        if result.mistake == "shape" and left == case["x"].shape[:1]:
            says = (
                f"Shape {left}: a term still has a value for each image: take the mean of both, of "
                "the cross-entropy and of the KL."
            )
            return result._replace(mistake="loss_of_images", message=says)
    if result.mistake == "error_shapes" and re.search(OF_IMAGES_AND_DIMENSIONS, result.message):
        says = (
            "A KL of each dimension meets a cross-entropy of each image: sum the KL over the "
            "latent dimensions, axis 1, and not over the images, axis 0."
        )
        return explain(result, "", "loss_kl_over_images", says, alone=True)
    result = explain(
        result,
        "BinaryCrossentropy",
        "loss_of_a_class",
        "BinaryCrossentropy(...), with capitals, is a class that takes settings, and compares no "
        "images yet. Call the function, keras.losses.binary_crossentropy(x, x_hat).",
        alone=True,
    )
    hint = "The cross-entropy may still have a value for each pixel: take its mean."
    return explain(result, "do not fit together", "loss_of_every_pixel", hint)


# Of each case: images, their shape, latent dimensions, the range of x_hat.
CASES = [
    (4, (28, 28, 1), 2, (0.05, 0.95)),
    (6, (28, 20, 1), 5, (0.05, 0.95)),
    (3, (14, 10, 1), 3, (0.4, 0.95)),
    (5, (8, 8, 1), 4, (0.01, 0.5)),
    (3, (10, 6, 1), 2, (0.2, 0.9)),
    (4, (6, 12, 1), 6, (0.05, 0.95)),
]
# How the libraries describe that of the first case, (4,) and (2,) do not fit together.
OF_IMAGES_AND_DIMENSIONS = (
    r"\[4\] vs\. \[2\]|\[2\] vs\. \[4\]|\(4,\),? \(2,\)|\(2,\),? \(4,\)|"
    r"\([42]\) must match the size of tensor b \([42]\)"
)
# Of each case: factors of k1 and k2 for a loss that takes them, so that no weight is by chance a
# factor that a mistake has, such as 2.
FACTORS = [(1, 1), (1.37, 0.61), (0.73, 1.83), (0.59, 1.19), (1.13, 0.47), (1.91, 1.31)]


class Batch(NamedTuple):
    """The arguments of a loss."""

    x: np.ndarray
    x_hat: np.ndarray
    z_mean: np.ndarray
    z_log_var: np.ndarray


class _Terms(NamedTuple):
    """The terms of a loss for each image: r is the cross-entropy per pixel."""

    r: np.ndarray
    kl: np.ndarray
    k1: float
    k2: float
    n: int  # pixels
    d: int  # latent dimensions
    batch: Batch


def show(case, index):
    """Write the means of the two terms, and their weights."""
    r_loss = right_nll(case["x"], case["x_hat"]).mean() / case["x"][0].size
    kl_loss = right_kl(case["z_mean"], case["z_log_var"]).mean()
    weights = f"k1 = {case['k1']:.3g}, k2 = {case['k2']:.3g}"
    return f"r_loss = {r_loss:.3g}, kl_loss = {kl_loss:.4g}, {weights}"


PARTS = {
    "r_loss": of_batch(lambda r, *_: r),
    "kl_loss": of_batch(lambda r, kl, *_: kl),
}


WEIGHTED_PARTS = {
    "k1 r_loss": of_batch(lambda r, kl, k1, *_: k1 * r),
    "k2 kl_loss": of_batch(lambda r, kl, k1, k2, *_: k2 * kl),
}


# Of each formula, the mean over the images, or a value for each of them.
MISTAKES = TOTALS + [
    mistake._replace(trace=trace)
    for mistake in FORMULAS + OTHER_TERMS
    for trace in (of_batch(mistake.trace), mistake.trace)
]
