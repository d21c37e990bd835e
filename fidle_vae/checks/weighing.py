"""The check of a VAE's loss, in which both terms are weighed."""

from collections.abc import Callable, Iterable

import numpy as np

from fidle_vae.checks.diagnosis import Mistake, diagnose
from fidle_vae.checks.divergence import right_kl
from fidle_vae.checks.likelihood import right_nll
from fidle_vae.checks.result import Result
from fidle_vae.checks.summary import recorded
from fidle_vae.parameters import resolve_loss_weights


@recorded
def loss(my_loss: Callable, loss_weights: Iterable[float] | str = (1.0, 1e-3)) -> Result:
    """Check `my_loss(x, x_hat, z_mean, z_log_var)`: k1 r_loss + k2 kl_loss.

    r_loss is the cross-entropy per pixel, kl_loss the KL in nats. It gives the loss of each image,
    or their mean.
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

    def made(formula, total):
        """Make the function of a case from a formula of its two terms."""

        def values(x, x_hat, z_mean, z_log_var):
            pixels, d = x[0].size, z_mean.shape[1]
            k1, k2 = resolve_loss_weights(loss_weights, pixels)
            terms = right_nll(x, x_hat) / pixels, right_kl(z_mean, z_log_var)
            return total(formula(*terms, k1, k2, pixels, d))

        return values

    each, mean = (lambda values: values), np.mean
    right = [made(lambda r, kl, k1, k2, n, d: k1 * r + k2 * kl, total) for total in (mean, each)]
    mistakes = [
        Mistake(name, says, made(formula, total))
        for name, (says, formula) in MISTAKES.items()
        for total in (mean, each)
    ]
    summed = Mistake(
        "loss_sum_over_batch",
        "You sum over the images: the loss, and so the step, grows with the batch. Take the mean.",
        made(lambda r, kl, k1, k2, n, d: k1 * r + k2 * kl, np.sum),
    )
    return diagnose("loss", my_loss, cases, right, [*mistakes, summed])


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
