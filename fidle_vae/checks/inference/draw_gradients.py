"""The checks of two estimates of a slope from draws: by the score function, and reparametrized."""

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def score_gradient(my_score_gradient: Callable) -> Result:
    """Check `my_score_gradient(f, z, mean, sigma)`: the mean of f d log q / d mean."""
    cases = _cases("f")
    return diagnose("score_gradient", my_score_gradient, cases, [_score], MISTAKES, _few)


@exercise
@from_arguments
def path_gradient(my_path_gradient: Callable) -> Result:
    """Check `my_path_gradient(slope, z, mean, sigma)`: the mean of f'(z) dz / d sigma."""
    cases = _cases("slope")
    return diagnose("path_gradient", my_path_gradient, cases, [_path], MISTAKES_OF_PATH, _few)


def _cases(name):
    rng = np.random.default_rng(43)
    cases = []
    for n, mean, sigma in ((5, 0.7, 0.5), (8, -1.3, 2.0), (6, 0.4, 1.6)):
        z = mean + sigma * rng.standard_normal(n)
        values = rng.normal(1, 2, n)
        case = {name: values.astype("float32"), "z": z.astype("float32")}
        cases.append(case | {"mean": mean, "sigma": sigma})
    return cases


def _few(case, index):
    return f"{len(case['z'])} draws, mean {case['mean']} and sigma {case['sigma']}"


def _score(f, z, mean, sigma):
    return np.mean(f * (z - mean)) / sigma**2


MISTAKES = [
    Mistake(
        "score_gradient_sigma_not_squared",
        "It is divided by sigma: the derivative of -(z - mean)^2 / (2 sigma^2) keeps sigma^2.",
        lambda f, z, m, s: np.mean(f * (z - m)) / s,
    ),
    Mistake(
        "score_gradient_not_divided",
        "The division by sigma^2 is missing.",
        lambda f, z, m, s: np.mean(f * (z - m)),
    ),
    Mistake(
        "score_gradient_sign",
        "The sign is wrong: along a higher mean, draws above it become more probable, so z - mean.",
        lambda f, z, m, s: -_score(f, z, m, s),
    ),
    Mistake(
        "score_gradient_without_mean",
        "The mean is not subtracted: it is (z - mean) / sigma^2.",
        lambda f, z, m, s: np.mean(f * z) / s**2,
    ),
    Mistake(
        "score_gradient_f_times_z",
        "This is the mean of f z: the factor is d log q / d mean, which is (z - mean) / sigma^2.",
        lambda f, z, m, s: np.mean(f * z),
    ),
    Mistake(
        "score_gradient_without_f",
        "The values f are missing: this is the mean of d log q alone, which is 0 on average.",
        lambda f, z, m, s: np.mean(z - m) / s**2,
    ),
    Mistake(
        "score_gradient_sum",
        "The draws are added up: take their mean.",
        lambda f, z, m, s: _score(f, z, m, s) * len(z),
    ),
    Mistake(
        "score_gradient_each_draw",
        "This is the estimate of each draw: one number is asked, their mean.",
        lambda f, z, m, s: f * (z - m) / s**2,
    ),
    Mistake(
        "score_gradient_product_of_means",
        "The means of f and of the derivative are multiplied: multiply draw by draw, then take the "
        "mean.",
        lambda f, z, m, s: np.mean(f) * np.mean(z - m) / s**2,
    ),
    Mistake(
        "score_gradient_own_baseline",
        "The mean of these f is subtracted, as a baseline. The plain estimate is asked; and as "
        "that mean depends on the same draws, the slope is too small on average, by (n - 1) / n.",
        lambda f, z, m, s: _score(f - np.mean(f), z, m, s),
    ),
    Mistake(
        "score_gradient_half",
        "A half is left: the derivative of the square brings a 2, which cancels it.",
        lambda f, z, m, s: _score(f, z, m, s) / 2,
    ),
    Mistake(
        "score_gradient_squared",
        "z - mean is squared: its derivative is asked.",
        lambda f, z, m, s: np.mean(f * (z - m) ** 2) / s**2,
    ),
    Mistake(
        "score_gradient_log_density",
        "f is multiplied by log q(z) itself: by its derivative along the mean.",
        lambda f, z, m, s: np.mean(f * norm.logpdf(z, m, s)),
    ),
    Mistake(
        "score_gradient_density",
        "This has q(z) as one more factor: the draws come from q already, so that it counts twice.",
        lambda f, z, m, s: np.mean(f * norm.pdf(z, m, s) * (z - m)) / s**2,
    ),
    Mistake(
        "score_gradient_along_sigma",
        "This is the derivative along sigma: that along the mean is asked.",
        lambda f, z, m, s: np.mean(f * ((z - m) ** 2 / s**3 - 1 / s)),
    ),
    Mistake(
        "score_gradient_mean_of_f",
        "This is the mean of f: how it changes with the mean of q is asked.",
        lambda f, z, m, s: np.mean(f),
    ),
    Mistake(
        "score_gradient_sigma_too_often",
        "It is divided by sigma^4: sigma^2 is due.",
        lambda f, z, m, s: _score(f, z, m, s) / s**2,
    ),
]


def _path(slope, z, mean, sigma):
    return np.mean(slope * (z - mean)) / sigma


MISTAKES_OF_PATH = [
    Mistake(
        "path_gradient_along_mean",
        "This is the slope along the mean: along sigma, z = mean + sigma * eps moves by eps.",
        lambda d, z, m, s: np.mean(d),
    ),
    Mistake(
        "path_gradient_not_divided",
        "This is the slope along log sigma: z - mean is sigma * eps, and eps alone is due, "
        "(z - mean) / sigma.",
        lambda d, z, m, s: np.mean(d * (z - m)),
    ),
    Mistake(
        "path_gradient_divided_twice",
        "It is divided by sigma^2: eps is (z - mean) / sigma.",
        lambda d, z, m, s: np.mean(d * (z - m)) / s**2,
    ),
    Mistake(
        "path_gradient_along_log_variance",
        "This is the slope along log sigma^2: that along sigma is asked, the mean of slope * eps.",
        lambda d, z, m, s: np.mean(d * (z - m)) / 2,
    ),
    Mistake(
        "path_gradient_z_for_eps",
        "z is taken for eps: which eps has made it, z = mean + sigma * eps?",
        lambda d, z, m, s: np.mean(d * z),
    ),
    Mistake(
        "path_gradient_mean_not_subtracted",
        "The mean is not subtracted: eps is (z - mean) / sigma.",
        lambda d, z, m, s: np.mean(d * z) / s,
    ),
    Mistake(
        "path_gradient_sum",
        "The draws are added up: take their mean.",
        lambda d, z, m, s: _path(d, z, m, s) * len(z),
    ),
    Mistake(
        "path_gradient_each_draw",
        "This is the estimate of each draw: one number is asked, their mean.",
        lambda d, z, m, s: d * (z - m) / s,
    ),
    Mistake(
        "path_gradient_sign",
        "The sign is wrong: eps is (z - mean) / sigma, not (mean - z) / sigma.",
        lambda d, z, m, s: -_path(d, z, m, s),
    ),
    Mistake(
        "path_gradient_product_of_means",
        "The means of slope and eps are multiplied: multiply draw by draw, then take the mean.",
        lambda d, z, m, s: np.mean(d) * np.mean(z - m) / s,
    ),
    Mistake(
        "path_gradient_without_slope",
        "The slopes of f are missing: by the chain rule, f'(z) times dz / d sigma.",
        lambda d, z, m, s: np.mean(z - m) / s,
    ),
    Mistake(
        "path_gradient_eps_squared",
        "eps is squared: z grows by eps itself as sigma does.",
        lambda d, z, m, s: np.mean(d * (z - m) ** 2) / s**2,
    ),
    Mistake(
        "path_gradient_score",
        "This is the factor of the score function along sigma, which goes with values of f. With "
        "slopes, the factor is eps.",
        lambda d, z, m, s: np.mean(d * ((z - m) ** 2 / s**3 - 1 / s)),
    ),
    Mistake(
        "path_gradient_times_sigma",
        "The slopes are multiplied by sigma: along sigma the factor is eps, one for each draw.",
        lambda d, z, m, s: np.mean(d) * s,
    ),
    Mistake(
        "path_gradient_largest",
        "This is the largest of the draws' estimates: their mean is asked.",
        lambda d, z, m, s: np.max(d * (z - m) / s),
    ),
]
