"""Mistakes inside the two terms of a VAE's loss: another cost of the pixels, another KL.

Each is a formula for the loss of each image: r is its cross-entropy per pixel, kl its KL, n the
number of pixels, d that of latent dimensions.
"""

import numpy as np

from fidle_vae.checks.engine import Mistake
from fidle_vae.checks.losses import pixel_costs
from fidle_vae.checks.losses.kl_mistakes import MISTAKES as KL_MISTAKES
from fidle_vae.checks.losses.kl_mistakes import right_kl


def _with_reconstruction(cost):
    """Make the loss with another cost of each pixel, a function of x and x_hat."""

    def formula(r, kl, k1, k2, n, d, batch):
        x, x_hat = (np.asarray(images, float) for images in batch[:2])
        return k1 * cost(x, x_hat).reshape(len(x), -1).mean(axis=1) + k2 * kl

    return formula


def _with_kl(divergence):
    """Make the loss with another KL, a function of z_mean and z_log_var."""

    def formula(r, kl, k1, k2, n, d, batch):
        return k1 * r.mean() + k2 * divergence(batch.z_mean, batch.z_log_var).mean()

    return formula


OTHER_KLS = (  # those whose mean no formula of kl gives
    "kl_sigma_for_variance", "kl_log_variance_added", "kl_log_variance_as_variance",
    "kl_mean_not_squared", "kl_absolute_mean", "kl_without_exp", "kl_without_one",
    "kl_without_log_variance", "kl_without_variance", "kl_without_mean", "kl_sign_slip",
    "kl_half_on_log_variance", "kl_one_added", "kl_largest", "kl_sum_over_wrong_axis",
)  # fmt: skip
OTHER_TERMS = [
    Mistake(
        "loss_squared_error",
        "The reconstruction is the squared error: the cross-entropy is asked, "
        "keras.losses.binary_crossentropy.",
        _with_reconstruction(pixel_costs.squared_error),
    ),
    Mistake(
        "loss_squared_error_summed",
        "The reconstruction is the squared error, summed over the pixels: the mean of the "
        "cross-entropy is asked, keras.losses.binary_crossentropy.",
        _with_reconstruction(lambda x, p: pixel_costs.squared_error(x, p) * x[0].size),
    ),
    Mistake(
        "loss_absolute_error",
        "The reconstruction is the absolute error: the cross-entropy is asked, "
        "keras.losses.binary_crossentropy.",
        _with_reconstruction(pixel_costs.absolute_error),
    ),
    Mistake(
        "loss_of_logits",
        "x_hat goes through a sigmoid once more: it is between 0 and 1 already, so pass it as it "
        "is.",
        _with_reconstruction(pixel_costs.of_logits),
    ),
    Mistake(
        "loss_images_exchanged",
        "x and x_hat are exchanged in the cross-entropy: what is true comes first, "
        "binary_crossentropy(x, x_hat).",
        _with_reconstruction(pixel_costs.exchanged),
    ),
    Mistake(
        "loss_ink_only",
        "The half with 1 - x of the cross-entropy is missing: the dark pixels count too.",
        _with_reconstruction(pixel_costs.ink_only),
    ),
    Mistake(
        "loss_ground_only",
        "The half with x of the cross-entropy is missing: the bright pixels count too.",
        _with_reconstruction(pixel_costs.ground_only),
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
            k1 * pixel_costs.cross_entropy(batch.x, batch.x_hat).max() + k2 * kl.mean()
        ),
    ),
    Mistake(
        "loss_codes_exchanged",
        "z_mean and z_log_var are exchanged in the KL: gaussian_kl(z_mean, z_log_var).",
        lambda r, kl, k1, k2, n, d, batch: k1 * r + k2 * right_kl(batch.z_log_var, batch.z_mean),
    ),
    *(
        Mistake("loss_of_another_kl", f"In the KL: {mistake.says}", _with_kl(mistake.trace))
        for mistake in KL_MISTAKES
        if mistake.name in OTHER_KLS
    ),
]
