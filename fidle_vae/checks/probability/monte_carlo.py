"""The check of a Monte Carlo estimate of log p(x)."""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, short


@exercise
@from_arguments
def estimate(my_estimate: Callable) -> Result:
    """Check `my_estimate(log_p)`: log of the mean of p(x | z), from its logarithms, (n, images)."""
    rng = np.random.default_rng(35)
    near = [rng.normal(-2, 1, shape).astype("float32") for shape in ((5, 3), (8, 4))]
    cases = [{"log_p": each} for each in near]
    result = diagnose("estimate", my_estimate, cases, [_log_mean], MISTAKES, _column)
    if not result.ok:
        return result
    far = [{"log_p": near[0] + np.float32([-1200, -150, 900])}]
    return diagnose("estimate", my_estimate, far, [_log_mean], MISTAKES_OF_RANGE, _column)


def _column(case, index):
    return f"log p(x | z) = {short(case['log_p'][:, index[0] if index else 0])}"


def _log_sum(log_p, axis=0):
    return logsumexp(log_p, axis=axis)


def _log_mean(log_p):
    return _log_sum(log_p) - np.log(len(log_p))


MISTAKES = [
    Mistake(
        "estimate_mean_of_logarithms",
        "This is the mean of the logarithms, which is always smaller: take the logarithm of the "
        "mean of np.exp.",
        lambda log_p: log_p.mean(axis=0),
    ),
    Mistake(
        "estimate_without_n",
        "This is the logarithm of the sum: divide by the number of draws, - np.log(n), or more "
        "draws would make any image more probable.",
        _log_sum,
    ),
    Mistake(
        "estimate_n_outside",
        "The logarithm of the sum is divided by n: divide the sum, so subtract np.log(n).",
        lambda log_p: _log_sum(log_p) / len(log_p),
    ),
    Mistake(
        "estimate_n_twice",
        "np.log(n) has the wrong sign: a mean is smaller than the sum, so subtract it.",
        lambda log_p: _log_sum(log_p) + np.log(len(log_p)),
    ),
    Mistake(
        "estimate_minus_n",
        "n itself is subtracted: the logarithm of sum / n is the logarithm of the sum minus "
        "np.log(n).",
        lambda log_p: _log_sum(log_p) - len(log_p),
    ),
    Mistake(
        "estimate_no_logarithm",
        "This is the mean of p(x | z): its logarithm is asked.",
        lambda log_p: np.exp(_log_mean(log_p)),
    ),
    Mistake(
        "estimate_sum_of_logarithms",
        "The logarithms are added, as if all draws had to happen together: take the logarithm of "
        "the mean of np.exp.",
        lambda log_p: log_p.sum(axis=0),
    ),
    Mistake(
        "estimate_over_images",
        "The mean goes over the images: each image has its own, over the draws, axis=0.",
        lambda log_p: _log_sum(log_p, 1) - np.log(log_p.shape[1]),
    ),
    Mistake(
        "estimate_divided_by_images",
        "The sum is divided by the number of images: divide it by the number of draws, len(log_p).",
        lambda log_p: _log_sum(log_p) - np.log(log_p.shape[1]),
    ),
    Mistake(
        "estimate_over_everything",
        "You give one number for all images: each has its own, over the draws, axis=0.",
        lambda log_p: _log_sum(log_p, None) - np.log(log_p.size),
    ),
    Mistake(
        "estimate_largest",
        "This is the best draw alone: all draws count.",
        lambda log_p: log_p.max(axis=0),
    ),
    Mistake(
        "estimate_largest_lost",
        "The largest is subtracted before np.exp and not added again: add it to the logarithm.",
        lambda log_p: _log_mean(log_p) - log_p.max(axis=0),
    ),
    Mistake(
        "estimate_largest_subtracted",
        "The largest is subtracted before np.exp, and then once more: add it to the logarithm.",
        lambda log_p: _log_mean(log_p) - 2 * log_p.max(axis=0),
    ),
    Mistake(
        "estimate_largest_multiplied",
        "The logarithm is multiplied by the largest: what was subtracted before np.exp is added "
        "after the logarithm.",
        lambda log_p: (_log_mean(log_p) - log_p.max(axis=0)) * log_p.max(axis=0),
    ),
    Mistake(
        "estimate_negative",
        "The sign is wrong: log p(x) is asked, not the loss -log p(x).",
        lambda log_p: -_log_mean(log_p),
    ),
    Mistake(
        "estimate_keeps_axis",
        "The values are right, the shape is not: drop the axis of the draws.",
        lambda log_p: _log_mean(log_p)[None],
    ),
    Mistake(
        "estimate_bits",
        "The last logarithm has the base 2: it must be the natural one, np.log.",
        lambda log_p: _log_mean(log_p) / np.log(2),
    ),
    Mistake(
        "estimate_one_draw",
        "This is the first draw alone: the mean over all is asked.",
        lambda log_p: log_p[0],
    ),
]


def _less_one_largest(log_p):
    return log_p.max() + np.log(np.exp(log_p - log_p.max()).mean(axis=0))


MISTAKES_OF_RANGE = [
    Mistake(
        "estimate_out_of_range",
        "For small numbers it is right, but np.exp(-1200) is 0 to a computer, and np.exp(900) "
        "infinite: subtract the largest of each image first, and add it again after the logarithm.",
        lambda log_p: np.log(np.exp(log_p).mean(axis=0)),
    ),
    Mistake(
        "estimate_out_of_single_range",
        "For small numbers it is right, but np.exp(-150) is 0 in float32, which the data have: "
        "subtract the largest of each image first, and add it again after the logarithm.",
        lambda log_p: np.log(np.exp(log_p.astype("float32")).mean(axis=0)),
    ),
    Mistake(
        "estimate_one_largest_for_all",
        "You subtract the largest of the whole table, and the other images get out of range: "
        "subtract that of each image, axis=0.",
        _less_one_largest,
    ),
]
