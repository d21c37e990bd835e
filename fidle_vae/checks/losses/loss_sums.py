"""Mistakes in how the two terms of a VAE's loss become one number: weights, signs, means.

Each is a formula for the loss of each image: r is its cross-entropy per pixel, kl its KL, n the
number of pixels, d that of latent dimensions.
"""

import numpy as np

from fidle_vae.checks.engine import Mistake
from fidle_vae.checks.losses.scaled_values import scaled

BATCHES = (16, 32, 50, 64, 100, 128, 256, 512)  # sizes that a student may divide by


def right_loss(r, kl, k1, k2, n, d, batch=None):
    """Return the loss of each image."""
    return k1 * r + k2 * kl


def of_batch(formula, total=np.mean):
    """Turn a formula for the loss of each image into one for a batch."""
    return lambda *terms: total(formula(*terms))


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
        "The reconstruction is missing, or always 0: every image would become the prior itself.",
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
    Mistake(
        "loss_weights_divide",
        "You divide the terms by their weights: multiply them.",
        lambda r, kl, k1, k2, n, d, *_: r / k1 + kl / k2,
    ),
    Mistake(
        "loss_weights_as_powers",
        "The weights are powers of the terms: they multiply them (`*`, not `**`).",
        lambda r, kl, k1, k2, n, d, *_: r.mean() ** k1 + kl.mean() ** k2,
    ),
    Mistake(
        "loss_weights_multiplied",
        "Both weights multiply both terms: k1 belongs to the reconstruction, k2 to the KL.",
        lambda r, kl, k1, k2, n, d, *_: k1 * k2 * (r + kl),
    ),
    Mistake(
        "loss_weights_summed",
        "The sum of the weights multiplies both terms: k1 belongs to the reconstruction, k2 to the "
        "KL.",
        lambda r, kl, k1, k2, n, d, *_: (k1 + k2) * (r + kl),
    ),
    Mistake(
        "loss_of_a_ratio",
        "You divide the loss by k1: it is k1 * r_loss + k2 * kl_loss, as it is.",
        lambda r, kl, k1, k2, n, d, *_: r + k2 / k1 * kl,
    ),
]
CHANGES = {
    "the square": np.square,
    "the square root": np.sqrt,
    "the logarithm": np.log,
    "the exponential": np.exp,
}
SIZES = {
    "the number of images": lambda r, *_: len(r),
    "the number of pixels": lambda r, kl, k1, k2, n, *_: n,
    "the number of latent dimensions": lambda r, kl, k1, k2, n, d, *_: d,
}
FORMULAS += [
    *(
        Mistake(
            "loss_of_one_image",
            f"Your {term} is that of the {word} image alone: take the mean over the batch.",
            lambda r, kl, k1, k2, *_, i=i, of_r=term == "r_loss": (
                k1 * (r[i] if of_r else r.mean()) + k2 * (kl.mean() if of_r else kl[i])
            ),
        )
        for word, i in (("first", 0), ("last", -1))
        for term in ("r_loss", "kl_loss")
    ),
    *(
        Mistake(
            "loss_of_a_changed_term",
            f"Your loss has {words} of {term}: {term} itself is due.",
            lambda r, kl, k1, k2, *_, change=change, of_r=term == "r_loss": (
                k1 * (change(r.mean()) if of_r else r.mean())
                + k2 * (kl.mean() if of_r else change(kl.mean()))
            ),
        )
        for words, change in CHANGES.items()
        for term in ("r_loss", "kl_loss")
    ),
    *scaled(
        "loss_kl_scaled",
        "The KL",
        lambda factor, r, kl, k1, k2, *_: k1 * r + k2 * kl * factor,
        SIZES,
    ),
    *scaled(
        "loss_reconstruction_scaled",
        "The cross-entropy",
        lambda factor, r, kl, k1, k2, *_: k1 * r * factor + k2 * kl,
        SIZES,
    ),
    *scaled(
        "loss_scaled",
        "The whole loss",
        lambda factor, r, kl, k1, k2, *_: (k1 * r + k2 * kl) * factor,
        SIZES,
    ),
]
# Each image's loss is right, but the images of a batch are not averaged.
TOTALS = [
    Mistake(
        "loss_sum_over_batch",
        "You sum over the images: the loss, and so the step, grows with the batch. Take the mean.",
        of_batch(right_loss, np.sum),
    ),
    Mistake(
        "loss_sum_of_everything",
        "You sum over the pixels and over the images: take both means, that of the cross-entropy "
        "over all pixels and that of the KL over the images.",
        lambda r, kl, k1, k2, n, d, *_: (k1 * r * n + k2 * kl).sum(),
    ),
    Mistake(
        "loss_of_each_image",
        "You give a value for each image: take their mean.",
        right_loss,
    ),
    *(
        Mistake(
            "loss_of_fixed_batch",
            f"You divide by {size}, however many images there are: take the mean over the batch.",
            of_batch(right_loss, lambda losses, size=size: losses.sum() / size),
        )
        for size in BATCHES
    ),
    Mistake(
        "loss_largest_image",
        "You take the loss of the worst image of the batch: take the mean over all.",
        of_batch(right_loss, np.max),
    ),
    Mistake(
        "loss_smallest_image",
        "You take the loss of the best image of the batch: take the mean over all.",
        of_batch(right_loss, np.min),
    ),
    Mistake(
        "loss_median",
        "You take the median of the images' losses: take their mean.",
        of_batch(right_loss, np.median),
    ),
    Mistake(
        "loss_product_of_images",
        "You multiply the losses of the images: take their mean.",
        of_batch(right_loss, np.prod),
    ),
]
