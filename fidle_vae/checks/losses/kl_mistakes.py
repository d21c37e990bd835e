"""The KL divergence from N(0, I), and the mistakes in its formula."""

import numpy as np

from fidle_vae.checks.engine import Mistake
from fidle_vae.checks.losses.scaled_values import scaled

CLOSED_EARLY = (
    "of each image, is added to values of each dimension: does the bracket of ops.sum close too "
    "early? All terms belong inside it."
)


def right_kl(z_mean, z_log_var):
    """Return the KL of each image, in double precision."""
    return _terms(z_mean, z_log_var).sum(axis=1)


def _terms(m, v):
    """Return the KL of each dimension: z_mean is m, z_log_var is v."""
    m, v = (np.asarray(array, float) for array in (m, v))
    return (m**2 + np.exp(v) - 1 - v) / 2


def _sums(formula):
    """Sum a formula over the latent dimensions."""
    return lambda m, v: formula(m, v).sum(axis=1)


def _of_lists(m, v):
    """Return what keras.losses.kl_divergence gives for two lists, in its order of arguments."""
    p, q = (values.clip(1e-7, 1) for values in (m, v))
    return (p * np.log(p / q)).sum(axis=1)


# What a wrong KL may be put together from.
PARTS = {
    "z_mean^2": _sums(lambda m, v: m**2),
    "z_mean": _sums(lambda m, v: m),
    "z_mean^3": _sums(lambda m, v: m**3),
    "exp(z_mean)": _sums(lambda m, v: np.exp(m)),
    "exp(z_log_var)": _sums(lambda m, v: np.exp(v)),
    "exp(z_log_var / 2)": _sums(lambda m, v: np.exp(v / 2)),
    "exp(2 z_log_var)": _sums(lambda m, v: np.exp(2 * v)),
    "exp(-z_log_var)": _sums(lambda m, v: np.exp(-v)),
    "z_mean^2 exp(z_log_var)": _sums(lambda m, v: m**2 * np.exp(v)),
    "z_log_var": _sums(lambda m, v: v),
    "z_log_var^2": _sums(lambda m, v: v**2),
    "1": _sums(lambda m, v: np.ones_like(m)),
}
MISTAKES = [
    Mistake(
        "kl_without_half",
        "Your KL is twice what it should be: the factor 1/2 in front of the sum is missing.",
        lambda m, v: 2 * right_kl(m, v),
    ),
    Mistake(
        "kl_half_twice",
        "Your KL is half of what it should be at every point tried: the factor 1/2 seems to be "
        "applied twice.",
        lambda m, v: right_kl(m, v) / 2,
    ),
    Mistake(
        "kl_half_on_first_sum",
        "The 1/2 stands before the first of two sums alone, and that sum has no axis, so that it "
        "is over all images: put all terms into one sum over axis 1, with the 1/2 before it.",
        lambda m, v: (
            (np.asarray(m, float) ** 2).sum() / 2 + _sums(lambda m, v: np.exp(v) - 1 - v)(m, v)
        ),
    ),
    Mistake(
        "kl_mean_over_dimensions",
        "You average over the latent dimensions where a sum is due: for six dimensions the KL is "
        "then six times too small.",
        lambda m, v: _terms(m, v).mean(axis=1),
    ),
    Mistake(
        "kl_mean_over_dimensions_without_half",
        "You average over the latent dimensions where a sum is due, and the factor 1/2 is missing.",
        lambda m, v: 2 * _terms(m, v).mean(axis=1),
    ),
    Mistake(
        "kl_negative",
        "Your KL has the wrong sign: a KL is never negative, and the loss would push it up.",
        lambda m, v: -right_kl(m, v),
    ),
    Mistake(
        "kl_sign_slip",
        "Two signs are exchanged: it is z_mean^2 + sigma^2 - 1 - log sigma^2, and yours is "
        "1 + log sigma^2 + z_mean^2 - sigma^2.",
        _sums(lambda m, v: (1 + v + m**2 - np.exp(v)) / 2),
    ),
    Mistake(
        "kl_mean_with_wrong_sign",
        "In the end the square of z_mean is subtracted: it must be added, as a mean far from 0 is "
        "what the KL punishes. (A minus before the bracket turns all signs inside.)",
        _sums(lambda m, v: (-(m**2) + np.exp(v) - 1 - v) / 2),
    ),
    Mistake(
        "kl_half_on_log_variance",
        "A half stands on z_log_var alone: the 1/2 belongs in front of the whole sum.",
        _sums(lambda m, v: m**2 + np.exp(v) - 1 - v / 2),
    ),
    Mistake(
        "kl_log_variance_halved_too",
        "z_log_var is halved once more: under the common 1/2 it stands as it is.",
        _sums(lambda m, v: (m**2 + np.exp(v) - 1 - v / 2) / 2),
    ),
    Mistake(
        "kl_half_on_the_mean_only",
        "The 1/2 is on the square of z_mean alone: it belongs in front of the whole sum.",
        _sums(lambda m, v: m**2 / 2 + np.exp(v) - 1 - v),
    ),
    Mistake(
        "kl_sigma_for_variance",
        "You use sigma = exp(z_log_var / 2) where the variance exp(z_log_var) is needed.",
        _sums(lambda m, v: (m**2 + np.exp(v / 2) - 1 - v) / 2),
    ),
    Mistake(
        "kl_log_variance_as_log_sigma",
        "You take z_log_var for log sigma: it is log sigma^2, so the variance is exp(z_log_var).",
        _sums(lambda m, v: (m**2 + np.exp(2 * v) - 1 - 2 * v) / 2),
    ),
    Mistake(
        "kl_variance_squared",
        "You square exp(z_log_var): it is the variance already, sigma^2, and not sigma.",
        _sums(lambda m, v: (m**2 + np.exp(2 * v) - 1 - v) / 2),
    ),
    Mistake(
        "kl_log_variance_added",
        "In the end z_log_var is added: it must be subtracted, so that sigma does not shrink to 0.",
        _sums(lambda m, v: (m**2 + np.exp(v) - 1 + v) / 2),
    ),
    Mistake(
        "kl_log_variance_squared",
        "You square z_log_var where its exp is due: the variance is exp(z_log_var).",
        _sums(lambda m, v: (m**2 + v**2 - 1 - v) / 2),
    ),
    Mistake(
        "kl_log_of_log_variance",
        "You take the logarithm of z_log_var: z_log_var is a logarithm already.",
        _sums(lambda m, v: (m**2 + np.exp(v) - 1 - np.log(v)) / 2),
    ),
    Mistake(
        "kl_log_variance_as_variance",
        "You take z_log_var for the variance itself: the variance is exp(z_log_var).",
        _sums(lambda m, v: (m**2 + v - 1 - np.log(v)) / 2),
    ),
    Mistake(
        "kl_log_variance_as_sigma",
        "You take z_log_var for sigma: the variance is exp(z_log_var).",
        _sums(lambda m, v: (m**2 + v**2 - 1 - np.log(v**2)) / 2),
    ),
    Mistake(
        "kl_mean_not_squared",
        "z_mean is not squared.",
        _sums(lambda m, v: (m + np.exp(v) - 1 - v) / 2),
    ),
    Mistake(
        "kl_mean_doubled",
        "z_mean is doubled, not squared: `*` multiplies, `**` is the power.",
        _sums(lambda m, v: (2 * m + np.exp(v) - 1 - v) / 2),
    ),
    Mistake(
        "kl_absolute_mean",
        "You take the absolute value of z_mean: its square is due, which punishes a code far from "
        "0 much more than a near one.",
        _sums(lambda m, v: (np.abs(m) + np.exp(v) - 1 - v) / 2),
    ),
    Mistake(
        "kl_log_in_base_2",
        "Your logarithm has the base 2: in nats it is the natural one, and z_log_var is that "
        "already.",
        _sums(lambda m, v: (m**2 + np.exp(v) - 1 - v / np.log(2)) / 2),
    ),
    Mistake(
        "kl_bits",
        "These are bits: nats are asked, so divide by no log 2.",
        lambda m, v: right_kl(m, v) / np.log(2),
    ),
    Mistake(
        "kl_bits",
        "These are bits: nats are asked, so leave out the 1.44.",
        lambda m, v: right_kl(m, v) * 1.44,
    ),
    Mistake(
        "kl_square_of_sum",
        "You sum z_mean over the dimensions and square the sum: square first, then sum.",
        lambda m, v: (m.sum(axis=1) ** 2 + (np.exp(v) - 1 - v).sum(axis=1)) / 2,
    ),
    *(
        Mistake(
            "kl_bracket",
            f"The sum of z_mean^2 alone, over everything and not {CLOSED_EARLY}",
            lambda m, v, half=half, other=other: (m**2).sum() * half + (np.exp(v) - 1 - v) * other,
        )
        for half in (1, 0.5)
        for other in (1, 0.5)
    ),
    Mistake(
        "kl_exchanged",
        "z_mean and z_log_var are exchanged: mind the order of the arguments.",
        lambda m, v: right_kl(v, m),
    ),
    Mistake(
        "kl_without_exp",
        "The variance and the last term are the same in yours, so that they take each other away: "
        "the variance is exp(z_log_var), and the last term is z_log_var as it was given.",
        _sums(lambda m, v: (m**2 - 1) / 2),
    ),
    Mistake(
        "kl_one_added",
        "In the end 1 is added: it must be subtracted, so that the KL of the prior from itself is "
        "0.",
        _sums(lambda m, v: (m**2 + np.exp(v) + 1 - v) / 2),
    ),
    Mistake(
        "kl_largest",
        "You take the largest of the latent dimensions: sum over them.",
        lambda m, v: _terms(m, v).max(axis=1),
    ),
    Mistake(
        "kl_product",
        "You multiply the latent dimensions: sum over them.",
        lambda m, v: (2 * _terms(m, v)).prod(axis=1) / 2,
    ),
    Mistake(
        "kl_without_one",
        "The -1 is missing: the KL of the prior from itself must be 0.",
        _sums(lambda m, v: (m**2 + np.exp(v) - v) / 2),
    ),
    Mistake(
        "kl_one_per_image",
        "The -1 is subtracted once for an image: it belongs to each latent dimension.",
        lambda m, v: (right_kl(m, v) * 2 + m.shape[1] - 1) / 2,
    ),
    Mistake(
        "kl_without_log_variance",
        "The term with z_log_var is missing: nothing keeps sigma from shrinking to 0.",
        _sums(lambda m, v: (m**2 + np.exp(v) - 1) / 2),
    ),
    Mistake(
        "kl_without_variance",
        "The variance, exp(z_log_var), is missing: nothing keeps sigma from growing.",
        _sums(lambda m, v: (m**2 - 1 - v) / 2),
    ),
    Mistake(
        "kl_without_mean",
        "The square of z_mean is missing: nothing holds the codes near 0.",
        _sums(lambda m, v: (np.exp(v) - 1 - v) / 2),
    ),
    Mistake(
        "kl_reversed",
        "This is the KL the other way round, of the prior from q: q(z given x) comes first.",
        _sums(lambda m, v: (m**2 * np.exp(-v) + np.exp(-v) - 1 + v) / 2),
    ),
    Mistake(
        "kl_mean_over_batch",
        "You average over the images too: give one value for each image.",
        lambda m, v: right_kl(m, v).mean(),
    ),
    Mistake(
        "kl_sum_over_batch",
        "You sum over the images too, so that the loss grows with the batch: give one value for "
        "each image.",
        lambda m, v: right_kl(m, v).sum(),
    ),
    Mistake(
        "kl_mean_over_all",
        "You average over images and latent dimensions: sum over the dimensions, and give one "
        "value for each image.",
        lambda m, v: _terms(m, v).mean(),
    ),
    Mistake(
        "kl_not_summed",
        "You give a value for each latent dimension: sum them, so that each image has one.",
        _terms,
    ),
    Mistake(
        "kl_sum_over_wrong_axis",
        "You sum over the images and not over the latent dimensions: the axis is the last one.",
        lambda m, v: _terms(m, v).sum(axis=0),
    ),
    Mistake(
        "kl_mean_over_wrong_axis",
        "You average over the images, axis 0: each image has its own KL. The last axis is that of "
        "the dimensions, and over it a sum is due.",
        lambda m, v: _terms(m, v).mean(axis=0),
    ),
    Mistake(
        "kl_keeps_axis",
        "The values are right, the shape is not: drop the axis that was summed over (keepdims).",
        lambda m, v: right_kl(m, v)[:, None],
    ),
    *(
        Mistake(
            "kl_of_probabilities",
            "Keras's KL divergence is that of two lists of probabilities. Here q and the prior are "
            "Gaussians, with a formula of their own, of z_mean and z_log_var.",
            formula,
        )
        for formula in (_of_lists, lambda m, v: _of_lists(m, v).mean())
    ),
    *scaled(
        "kl_scaled",
        "The KL",
        lambda factor, m, v: factor * right_kl(m, v),
        {
            "the number of images": lambda m, v: len(m),
            "784": lambda m, v: 784,
            "the number of latent dimensions": lambda m, v: m.shape[1],
        },
    ),
]
