"""The check of a VAE's loss, the weighted sum of its two terms."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    diagnose,
    exercise,
    explain,
    has_parameters,
    numpy_remark,
    required_parameters,
)
from fidle_vae.checks.losses.cross_entropy import pixel_costs, right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.models.loss_weights import resolve_loss_weights

BATCHES = (16, 32, 50, 64, 100, 128, 256, 512)  # sizes that a student may divide by


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
        "loss", solution, cases, [_of_batch(_loss)], MISTAKES, show, terms, parts=parts
    )
    if result.ok:
        shapes = [each.shape for each in cases[0].values() if isinstance(each, np.ndarray)]
        weights = (k1, k2) if takes_weights else ()
        remark = numpy_remark(my_loss, *shapes, *weights)
        return result._replace(message=result.message + remark)
    return _with_axes_named(result, solution, cases[0])


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


def _loss(r, kl, k1, k2, n, d, batch=None):
    return k1 * r + k2 * kl


def _of_batch(formula, total=np.mean):
    """Turn a formula for the loss of each image into one for a batch."""
    return lambda *terms: total(formula(*terms))


def _with_reconstruction(cost):
    """Make the loss with another cost of each pixel, a function of x and x_hat."""

    def formula(r, kl, k1, k2, n, d, batch):
        x, x_hat = (np.asarray(images, float) for images in batch[:2])
        return k1 * cost(x, x_hat).reshape(len(x), -1).mean(axis=1) + k2 * kl

    return formula


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


PARTS = {
    "r_loss": _of_batch(lambda r, *_: r),
    "kl_loss": _of_batch(lambda r, kl, *_: kl),
}


WEIGHTED_PARTS = {
    "k1 r_loss": _of_batch(lambda r, kl, k1, *_: k1 * r),
    "k2 kl_loss": _of_batch(lambda r, kl, k1, k2, *_: k2 * kl),
}


# The loss of each image: r is the cross-entropy per pixel, n the pixels, d the latent dimensions.
FORMULAS = [
    Mistake(
        "loss_kl_unweighted",
        "k2 is missing: your KL counts fully.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r + kl,
    ),
    Mistake(
        "loss_unweighted",
        "Neither weight is in your loss: it is k1 * r_loss + k2 * kl_loss.",
        lambda r, kl, k1, k2, n, d, *_: r + kl,
    ),
    Mistake(
        "loss_weights_exchanged",
        "The weights are exchanged: k1 belongs to the reconstruction, k2 to the KL.",
        lambda r, kl, k1, k2, n, d, *_: k2 * r + k1 * kl,
    ),
    Mistake(
        "loss_one_weight_for_both",
        "k1 weighs the KL too: its weight is k2.",
        lambda r, kl, k1, k2, n, d, *_: k1 * (r + kl),
    ),
    Mistake(
        "loss_one_weight_for_both",
        "k2 weighs the reconstruction too: its weight is k1.",
        lambda r, kl, k1, k2, n, d, *_: k2 * (r + kl),
    ),
    Mistake(
        "loss_without_k1",
        "k1 is missing: the reconstruction counts as it is.",
        lambda r, kl, k1, k2, n, d, *_: r + k2 * kl,
    ),
    Mistake(
        "loss_weights_of_your_own",
        "Your weights are 1 and 0.001, whatever the function is given: take k1 and k2.",
        lambda r, kl, k1, k2, n, d, *_: r + 1e-3 * kl,
    ),
    Mistake(
        "loss_weights_added",
        "The weights are added to the terms: they multiply them.",
        lambda r, kl, k1, k2, n, d, *_: k1 + r + k2 + kl,
    ),
    Mistake(
        "loss_product",
        "The two terms are multiplied: they are added, each with its weight.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r.mean() * k2 * kl.mean(),
    ),
    Mistake(
        "loss_halved",
        "Half of the sum is taken: the loss is the sum itself.",
        lambda r, kl, k1, k2, n, d, *_: (k1 * r + k2 * kl) / 2,
    ),
    Mistake(
        "loss_reconstruction_summed",
        "The cross-entropy is summed over the pixels: r_loss is their mean. As it is, the KL "
        "hardly counts beside it.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r * n + k2 * kl,
    ),
    Mistake(
        "loss_reconstruction_times_784",
        "You multiply the reconstruction by 784: r_loss is the mean over the pixels, as it is.",
        lambda r, kl, k1, k2, n, d, *_: 784 * k1 * r + k2 * kl,
    ),
    Mistake(
        "loss_pixels_divided_twice",
        "r_loss is divided by the number of pixels twice: the mean has done that already.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r / n + k2 * kl,
    ),
    Mistake(
        "loss_pixels_divided_twice",
        "r_loss is divided by 784, although it is a mean over the pixels already.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r / 784 + k2 * kl,
    ),
    *(
        Mistake(
            "loss_kl_times_pixels",
            "The number of pixels weighs your KL: its weight is k2 alone.",
            formula,
        )
        for formula in (
            lambda r, kl, k1, k2, n, d, *_: k1 * r + n * k2 / k1 * kl,
            lambda r, kl, k1, k2, n, d, *_: k1 * r + 784 * k2 / k1 * kl,
            lambda r, kl, k1, k2, n, d, *_: k1 * r + n * k2 * kl,
            lambda r, kl, k1, k2, n, d, *_: k1 * r + 784 * k2 * kl,
            lambda r, kl, k1, k2, n, d, *_: r + n * k2 / k1 * kl,
            lambda r, kl, k1, k2, n, d, *_: r + 784 * k2 / k1 * kl,
        )
    ),
    Mistake(
        "loss_without_kl",
        "The KL is missing: this trains an autoencoder, whose latent space has holes.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r,
    ),
    Mistake(
        "loss_without_reconstruction",
        "The reconstruction is missing: every image would become the prior itself.",
        lambda r, kl, k1, k2, n, d, *_: k2 * kl,
    ),
    Mistake(
        "loss_kl_subtracted",
        "The KL is subtracted: it must be added, as the loss is what training makes small.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r - k2 * kl,
    ),
    Mistake(
        "loss_reconstruction_subtracted",
        "The cross-entropy is subtracted: binary_crossentropy has its minus already.",
        lambda r, kl, k1, k2, n, d, *_: -k1 * r + k2 * kl,
    ),
    Mistake(
        "loss_negative",
        "The sign is wrong: training would make both terms large.",
        lambda r, kl, k1, k2, n, d, *_: -k1 * r - k2 * kl,
    ),
    Mistake(
        "loss_kl_per_pixel",
        "The KL is divided by the number of pixels: as it is, it hardly counts.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r + k2 * kl / n,
    ),
    Mistake(
        "loss_kl_mean_over_dimensions",
        "The KL is averaged over the latent dimensions: sum it.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r + k2 * kl / d,
    ),
    Mistake(
        "loss_kl_without_half",
        "The KL is twice what it should be: its factor 1/2 is missing.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r + 2 * k2 * kl,
    ),
    Mistake(
        "loss_kl_half_twice",
        "The KL is half of what it should be: its factor 1/2 is applied twice.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r + k2 * kl / 2,
    ),
    Mistake(
        "loss_kl_sum_over_batch",
        "The KL is summed over the images, the reconstruction is not: how much it counts then "
        "depends on the size of the batch. Take both means.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r + k2 * kl * len(kl),
    ),
    Mistake(
        "loss_reconstruction_sum_over_batch",
        "The reconstruction is summed over the images, the KL is not: how much it counts then "
        "depends on the size of the batch. Take the mean of each.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r * len(r) + k2 * kl,
    ),
    Mistake(
        "loss_reconstruction_summed_over_all",
        "The cross-entropy is summed over pixels and images: r_loss is its mean over both.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r.sum() * n + k2 * kl.mean(),
    ),
    Mistake(
        "loss_for_784_pixels",
        "You divide by 784, whatever the size of the images: take the mean over their pixels.",
        lambda r, kl, k1, k2, n, d, *_: k1 * r * n / 784 + k2 * kl,
    ),
    Mistake(
        "loss_weights_inside_the_mean",
        "Both terms are divided by k1 + k2: the weights are used as they are.",
        lambda r, kl, k1, k2, n, d, *_: (k1 * r + k2 * kl) / (k1 + k2),
    ),
    # after the factors of the KL: where k1 is 2 for all cases, both have the same values
    Mistake(
        "loss_k1_before_both",
        "k1 multiplies the KL too: mind the bracket, its weight is k2 alone.",
        lambda r, kl, k1, k2, n, d, *_: k1 * (r + k2 * kl),
    ),
    Mistake(
        "loss_k2_before_both",
        "k2 multiplies the reconstruction too: mind the bracket, its weight is k1 alone.",
        lambda r, kl, k1, k2, n, d, *_: k2 * (k1 * r + kl),
    ),
]
# Losses of other terms.
OTHER_TERMS = [
    Mistake(
        "loss_squared_error",
        "The reconstruction is the squared error: the cross-entropy is asked, "
        "keras.losses.binary_crossentropy.",
        _with_reconstruction(lambda x, p: (x - p) ** 2),
    ),
    Mistake(
        "loss_squared_error_summed",
        "The reconstruction is the squared error, summed over the pixels: the mean of the "
        "cross-entropy is asked, keras.losses.binary_crossentropy.",
        _with_reconstruction(lambda x, p: (x - p) ** 2 * x[0].size),
    ),
    Mistake(
        "loss_absolute_error",
        "The reconstruction is the absolute error: the cross-entropy is asked, "
        "keras.losses.binary_crossentropy.",
        _with_reconstruction(lambda x, p: np.abs(x - p)),
    ),
    Mistake(
        "loss_of_logits",
        "x_hat goes through a sigmoid once more: it is between 0 and 1 already, so pass it as it "
        "is.",
        _with_reconstruction(lambda x, p: pixel_costs(x, _sigmoid(p))),
    ),
    Mistake(
        "loss_images_exchanged",
        "x and x_hat are exchanged in the cross-entropy: what is true comes first, "
        "binary_crossentropy(x, x_hat).",
        _with_reconstruction(lambda x, p: pixel_costs(p, x.clip(1e-7, 1 - 1e-7))),
    ),
    Mistake(
        "loss_ink_only",
        "The half with 1 - x of the cross-entropy is missing: the dark pixels count too.",
        _with_reconstruction(lambda x, p: -x * np.log(p)),
    ),
    Mistake(
        "loss_ground_only",
        "The half with x of the cross-entropy is missing: the bright pixels count too.",
        _with_reconstruction(lambda x, p: -(1 - x) * np.log(1 - p)),
    ),
    *(
        Mistake(
            "loss_one_axis_summed",
            f"You sum the cross-entropy over axis {axis}, one of the two axes of pixels: r_loss is "
            "the mean over both.",
            lambda r, kl, k1, k2, n, d, batch, axis=axis: k1 * r * batch.x.shape[axis] + k2 * kl,
        )
        for axis in (2, 1)
    ),
    Mistake(
        "loss_largest_pixel",
        "You take the largest cross-entropy of all pixels: r_loss is their mean.",
        lambda r, kl, k1, k2, n, d, batch: (
            k1 * pixel_costs(batch.x, batch.x_hat).max() + k2 * kl.mean()
        ),
    ),
    Mistake(
        "loss_codes_exchanged",
        "z_mean and z_log_var are exchanged in the KL: gaussian_kl(z_mean, z_log_var).",
        lambda r, kl, k1, k2, n, d, batch: k1 * r + k2 * right_kl(batch.z_log_var, batch.z_mean),
    ),
]
# Each image's loss is right, but the images of a batch are not averaged.
TOTALS = [
    Mistake(
        "loss_sum_over_batch",
        "You sum over the images: the loss, and so the step, grows with the batch. Take the mean.",
        _of_batch(_loss, np.sum),
    ),
    Mistake(
        "loss_of_each_image",
        "You give a value for each image: take their mean.",
        _loss,
    ),
    *(
        Mistake(
            "loss_of_fixed_batch",
            f"You divide by {size}, however many images there are: take the mean over the batch.",
            _of_batch(_loss, lambda losses, size=size: losses.sum() / size),
        )
        for size in BATCHES
    ),
]
# Of each formula, the mean over the images, or a value for each of them.
MISTAKES = TOTALS + [
    mistake._replace(trace=trace)
    for mistake in FORMULAS + OTHER_TERMS
    for trace in (_of_batch(mistake.trace), mistake.trace)
]
