"""The check of a VAE's loss, in which both terms are weighed."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from fidle_vae.checks.engine.diagnosis import Mistake, diagnose, of_shapes, takes
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.models.loss_weights import resolve_loss_weights

BATCHES = (16, 32, 50, 64, 100, 128, 256, 512)  # sizes that somebody may divide by


@recorded
def loss(my_loss: Callable, loss_weights: Iterable[float] | str = (1.0, 1e-3)) -> Result:
    """Check `my_loss(x, x_hat, z_mean, z_log_var)`: k1 r_loss + k2 kl_loss.

    r_loss is the cross-entropy per pixel, kl_loss the KL in nats. It gives one number, the mean
    over the images. Where it has the parameters k1 and k2 too, it gets the loss weights.
    """
    resolve_loss_weights(loss_weights, n_pixels=1)  # a wrong value is told before any work
    rng = np.random.default_rng(3)
    cases = [
        {
            "x": rng.random((batch, *shape)).astype("float32"),
            "x_hat": rng.uniform(0.05, 0.95, (batch, *shape)).astype("float32"),
            "z_mean": rng.normal(0, 20, (batch, d)).astype("float32"),  # a KL that weighs
            "z_log_var": rng.uniform(-2, 5, (batch, d)).astype("float32"),
        }
        for batch, shape, d in ((4, (28, 28, 1), 2), (6, (28, 20, 1), 5))
    ]

    def solution(x, x_hat, z_mean, z_log_var):
        k1, k2 = resolve_loss_weights(loss_weights, math.prod(x.shape[1:]))
        weights = {"k1": k1, "k2": k2} if takes(my_loss, "k1", "k2") else {}
        return my_loss(x, x_hat, z_mean, z_log_var, **weights)

    def made(formula, total=np.mean):
        """Make the function of a case from a formula of its two terms."""

        def values(x, x_hat, z_mean, z_log_var):
            pixels, d = x[0].size, z_mean.shape[1]
            k1, k2 = resolve_loss_weights(loss_weights, pixels)
            terms = right_nll(x, x_hat) / pixels, right_kl(z_mean, z_log_var)
            return total(formula(*terms, k1, k2, pixels, d))

        return values

    def asked(r, kl, k1, k2, n, d):
        return k1 * r + k2 * kl

    mistakes = [
        Mistake(name, says, made(formula, total))
        for name, (says, formula) in MISTAKES.items()
        for total in (np.mean, _each)
    ]
    of_totals = [Mistake(name, says, made(asked, total)) for name, says, total in TOTALS]
    result = diagnose("loss", solution, cases, [made(asked)], [*mistakes, *of_totals], show)
    if of_shapes(result):
        hint = "The cross-entropy may still have a value for each pixel: take its mean."
        return result._replace(message=f"{result.message} {hint}")
    return result


def show(case, place):
    """Tell of a case the means of its two terms."""
    r_loss = right_nll(case["x"], case["x_hat"]).mean() / case["x"][0].size
    kl_loss = right_kl(case["z_mean"], case["z_log_var"]).mean()
    return f"r_loss = {r_loss:.3g}, kl_loss = {kl_loss:.4g}"


def _each(values):
    return values


def _over(size):
    return lambda values: values.sum() / size


# What becomes of the losses of a batch's images, beside their mean.
TOTALS = [
    (
        "loss_sum_over_batch",
        "You sum over the images: the loss, and so the step, grows with the batch. Take the mean.",
        np.sum,
    ),
    (
        "loss_of_each_image",
        "You give a value for each image: a tape would sum them; take their mean.",
        _each,
    ),
    *(
        (
            "loss_of_fixed_batch",
            f"You divide by {size}, however many images there are: take the mean over the batch.",
            _over(size),
        )
        for size in BATCHES
    ),
]
# Formulas of r, the cross-entropy per pixel, the KL, both weights, n pixels and d dimensions.
MISTAKES = {
    "loss_kl_unweighted": (
        "k2 is missing: your KL counts fully, and beta is as large as there are pixels.",
        lambda r, kl, k1, k2, n, d: k1 * r + kl,
    ),
    "loss_unweighted": (
        "Neither weight is in your loss: it is k1 * r_loss + k2 * kl_loss.",
        lambda r, kl, k1, k2, n, d: r + kl,
    ),
    "loss_weights_exchanged": (
        "The weights are exchanged: k1 belongs to the reconstruction, k2 to the KL.",
        lambda r, kl, k1, k2, n, d: k2 * r + k1 * kl,
    ),
    "loss_one_weight_for_both": (
        "k1 weighs the KL too: its weight is k2.",
        lambda r, kl, k1, k2, n, d: k1 * (r + kl),
    ),
    "loss_reconstruction_summed": (
        "The cross-entropy is summed over the pixels: r_loss is their mean. As it is, beta is "
        "k2 / k1, far too small.",
        lambda r, kl, k1, k2, n, d: k1 * r * n + k2 * kl,
    ),
    "loss_without_kl": (
        "The KL is missing: this trains an autoencoder, whose latent space has holes.",
        lambda r, kl, k1, k2, n, d: k1 * r,
    ),
    "loss_without_reconstruction": (
        "The reconstruction is missing: every image would become the prior itself.",
        lambda r, kl, k1, k2, n, d: k2 * kl,
    ),
    "loss_kl_subtracted": (
        "The KL is subtracted: it must be added, as the loss is what training makes small.",
        lambda r, kl, k1, k2, n, d: k1 * r - k2 * kl,
    ),
    "loss_reconstruction_subtracted": (
        "The cross-entropy is subtracted: binary_crossentropy has its minus already.",
        lambda r, kl, k1, k2, n, d: -k1 * r + k2 * kl,
    ),
    "loss_negative": (
        "The sign is wrong: training would make both terms large.",
        lambda r, kl, k1, k2, n, d: -k1 * r - k2 * kl,
    ),
    "loss_kl_per_pixel": (
        "The KL is divided by the number of pixels: as it is, it hardly counts.",
        lambda r, kl, k1, k2, n, d: k1 * r + k2 * kl / n,
    ),
    "loss_kl_mean_over_dimensions": (
        "The KL is averaged over the latent dimensions: with it, latent_dim changes beta. Sum it.",
        lambda r, kl, k1, k2, n, d: k1 * r + k2 * kl / d,
    ),
    "loss_kl_without_half": (
        "The KL is twice what it should be: its factor 1/2 is missing.",
        lambda r, kl, k1, k2, n, d: k1 * r + 2 * k2 * kl,
    ),
    "loss_kl_half_twice": (
        "The KL is half of what it should be: its factor 1/2 is applied twice.",
        lambda r, kl, k1, k2, n, d: k1 * r + k2 * kl / 2,
    ),
    "loss_kl_sum_over_batch": (
        "The KL is summed over the images, the reconstruction is not: beta then depends on the "
        "size of the batch. Take both means.",
        lambda r, kl, k1, k2, n, d: k1 * r + k2 * kl * len(kl),
    ),
    "loss_reconstruction_sum_over_batch": (
        "The reconstruction is summed over the images, the KL is not: beta then depends on the "
        "size of the batch. Take the mean of each.",
        lambda r, kl, k1, k2, n, d: k1 * r * len(r) + k2 * kl,
    ),
    "loss_for_784_pixels": (
        "You divide by 784, whatever the size of the images: take the mean over their pixels.",
        lambda r, kl, k1, k2, n, d: k1 * r * n / 784 + k2 * kl,
    ),
    "loss_weights_inside_the_mean": (
        "Both terms are divided by k1 + k2: the weights are used as they are.",
        lambda r, kl, k1, k2, n, d: (k1 * r + k2 * kl) / (k1 + k2),
    ),
}
