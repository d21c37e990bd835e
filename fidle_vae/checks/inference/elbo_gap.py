"""The check of what an ELBO lacks: KL(q, p(z | x)) on a grid."""

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def elbo_gap(my_gap: Callable) -> Result:
    """Check `my_gap(log_q, log_posterior, spacing)`: KL(q, p(z | x)) of each image."""
    rng = np.random.default_rng(46)
    cases = []
    for n, points in ((3, 41), (5, 61)):
        z = np.linspace(-6, 6, points)
        mean, sigma = rng.uniform(-1, 1, (2, n, 1)), rng.uniform(0.6, 1.4, (2, n, 1))
        logs = [norm.logpdf(z, *each) for each in zip(mean, sigma, strict=True)]
        logs = [each.astype("float32") for each in logs]
        cases.append({"log_q": logs[0], "log_posterior": logs[1], "spacing": z[1] - z[0]})
    return diagnose("elbo_gap", my_gap, cases, [_gap], MISTAKES, _grid)


def _grid(case, index):
    n, points = case["log_q"].shape
    return f"{n} images and {points} points"


def _gap(q, p, step):
    return (np.exp(q) * (q - p)).sum(axis=1) * step


MISTAKES = [
    Mistake(
        "elbo_gap_exchanged",
        "This is KL(p(z | x), q), a mean over the posterior: q comes first, and the mean is over "
        "q.",
        lambda q, p, step: _gap(p, q, step),
    ),
    Mistake(
        "elbo_gap_weighed_by_posterior",
        "The mean must be over q: weigh the differences by np.exp(log_q), not by the posterior.",
        lambda q, p, step: -_gap(p, q, step),
    ),
    Mistake(
        "elbo_gap_negative",
        "The sign is wrong: a KL is never negative. It is log q - log p(z | x).",
        lambda q, p, step: -_gap(q, p, step),
    ),
    Mistake(
        "elbo_gap_without_spacing",
        "The spacing of the grid is missing: an integral is the sum times the spacing.",
        lambda q, p, step: _gap(q, p, 1),
    ),
    Mistake(
        "elbo_gap_divided_by_spacing",
        "The sum is divided by the spacing: multiply by it.",
        lambda q, p, step: _gap(q, p, 1 / step),
    ),
    Mistake(
        "elbo_gap_mean_over_points",
        "This is the mean over the points: the sum times the spacing is asked.",
        lambda q, p, step: (np.exp(q) * (q - p)).mean(axis=1),
    ),
    Mistake(
        "elbo_gap_not_weighed",
        "The differences count all alike: weigh each by q.",
        lambda q, p, step: (q - p).sum(axis=1) * step,
    ),
    Mistake(
        "elbo_gap_weighed_by_logarithm",
        "The weight is log q: it must be q, np.exp(log_q).",
        lambda q, p, step: (q * (q - p)).sum(axis=1) * step,
    ),
    Mistake(
        "elbo_gap_entropy",
        "This is E_q[log q] alone: subtract log p(z | x).",
        lambda q, p, step: (np.exp(q) * q).sum(axis=1) * step,
    ),
    Mistake(
        "elbo_gap_cross_entropy",
        "This is -E_q[log p(z | x)] alone: add E_q[log q].",
        lambda q, p, step: -(np.exp(q) * p).sum(axis=1) * step,
    ),
    Mistake(
        "elbo_gap_added",
        "Both logarithms are added: their difference is that of the quotient.",
        lambda q, p, step: (np.exp(q) * (q + p)).sum(axis=1) * step,
    ),
    Mistake(
        "elbo_gap_both_ways",
        "Both ways are added up: KL(q, p(z | x)) alone is what the ELBO lacks.",
        lambda q, p, step: _gap(q, p, step) + _gap(p, q, step),
    ),
    Mistake(
        "elbo_gap_difference_of_densities",
        "This is the distance of the densities: a KL is the mean of log q - log p(z | x).",
        lambda q, p, step: np.abs(np.exp(q) - np.exp(p)).sum(axis=1) * step,
    ),
    Mistake(
        "elbo_gap_over_images",
        "The sum goes over the images: over the points of each, axis=1.",
        lambda q, p, step: (np.exp(q) * (q - p)).sum(axis=0) * step,
    ),
    Mistake(
        "elbo_gap_over_everything",
        "This is one number for all images: each has its own, axis=1.",
        lambda q, p, step: _gap(q, p, step).sum(),
    ),
    Mistake(
        "elbo_gap_terms",
        "These are the terms at each point: add them up, axis=1.",
        lambda q, p, step: np.exp(q) * (q - p) * step,
    ),
]
