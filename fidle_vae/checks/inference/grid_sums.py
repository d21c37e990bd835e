"""The checks of log p(x) and of the exact posterior, by a grid of one latent number."""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, short


@exercise
@from_arguments
def log_evidence(my_log_evidence: Callable) -> Result:
    """Check `my_log_evidence(log_likelihood, z)`: log p(x) of each image, by an even grid."""
    right = [_evidence, _evidence_of_trapezoids]
    return _judge("log_evidence", my_log_evidence, right, MISTAKES, MISTAKES_OF_RANGE)


@exercise
@from_arguments
def posterior(my_posterior: Callable) -> Result:
    """Check `my_posterior(log_likelihood, z)`: the density of z given each image, on the grid."""
    found = MISTAKES_OF_POSTERIOR, MISTAKES_OF_POSTERIOR_RANGE
    return _judge("posterior", my_posterior, [_density, _density_of_trapezoids], *found)


def _judge(name, answer, right, mistakes, of_range):
    rng = np.random.default_rng(41)
    cases = []
    for n, points, low, high in ((4, 9, -2.5, 2.0), (6, 12, -1.0, 3.4)):
        near = rng.normal(-2, 1, (n, points)).astype("float32")
        cases.append({"log_likelihood": near, "z": np.linspace(low, high, points, dtype="float32")})
    result = diagnose(name, answer, cases, right, mistakes, _row)
    if not result.ok:
        return result
    far = np.float32([[-1200], [-150], [900], [0]])
    case = {"log_likelihood": cases[0]["log_likelihood"] + far, "z": cases[0]["z"]}
    return diagnose(name, answer, [case], right, of_range, _row)


def _row(case, index):
    return f"log p(x | z) = {short(case['log_likelihood'][index[0] if index else 0])}"


def _joint(log_likelihood, z):
    return log_likelihood + norm.logpdf(z)


def _step(z):
    return np.log(z[1] - z[0])


def _evidence(log_likelihood, z):
    return logsumexp(_joint(log_likelihood, z), axis=1) + _step(z)


def _evidence_of_trapezoids(log_likelihood, z):
    """As `_evidence`, with the two ends counted by half."""
    joint = _joint(log_likelihood, z)
    joint[:, [0, -1]] -= np.log(2)
    return logsumexp(joint, axis=1) + _step(z)


MISTAKES = [
    Mistake(
        "log_evidence_without_spacing",
        "The spacing of the grid is missing: with twice as many points the sum would be twice as "
        "large. Add the logarithm of z[1] - z[0].",
        lambda ll, z: logsumexp(_joint(ll, z), axis=1),
    ),
    Mistake(
        "log_evidence_without_prior",
        "The prior is missing: a z that is improbable counts less. Add norm.logpdf(z) before the "
        "sum.",
        lambda ll, z: logsumexp(ll, axis=1) + _step(z),
    ),
    Mistake(
        "log_evidence_sum_of_likelihoods",
        "This is the sum of p(x | z) alone: the prior, and the spacing of the grid, are missing.",
        lambda ll, z: logsumexp(ll, axis=1),
    ),
    Mistake(
        "log_evidence_mean_of_likelihoods",
        "This is the mean of p(x | z) over the grid, as if all its points were equally probable: "
        "weigh each by the prior, and multiply the sum by the spacing.",
        lambda ll, z: logsumexp(ll, axis=1) - np.log(len(z)),
    ),
    Mistake(
        "log_evidence_mean_over_points",
        "The sum is divided by the number of points: an integral is the sum times the spacing.",
        lambda ll, z: logsumexp(_joint(ll, z), axis=1) - np.log(len(z)),
    ),
    Mistake(
        "log_evidence_sum_of_logarithms",
        "Logarithms are added up: p(x, z) must be, so take logsumexp.",
        lambda ll, z: _joint(ll, z).sum(axis=1),
    ),
    Mistake(
        "log_evidence_integral_of_logarithms",
        "This is the integral of log p(x, z): that of p(x, z) is asked, and then its logarithm.",
        lambda ll, z: _joint(ll, z).sum(axis=1) * np.exp(_step(z)),
    ),
    Mistake(
        "log_evidence_prior_not_logarithm",
        "The density of the prior is added to a logarithm: add its logarithm, norm.logpdf(z).",
        lambda ll, z: logsumexp(ll + norm.pdf(z), axis=1) + _step(z),
    ),
    Mistake(
        "log_evidence_prior_multiplied",
        "log p(x | z) is multiplied by the prior: a product of probabilities is a sum of "
        "logarithms.",
        lambda ll, z: logsumexp(ll * norm.pdf(z), axis=1) + _step(z),
    ),
    Mistake(
        "log_evidence_prior_twice",
        "The prior counts twice: once is enough.",
        lambda ll, z: logsumexp(ll + 2 * norm.logpdf(z), axis=1) + _step(z),
    ),
    Mistake(
        "log_evidence_prior_after",
        "The prior is summed by itself: add it to log p(x | z) at each point, before logsumexp.",
        lambda ll, z: logsumexp(ll, axis=1) + logsumexp(norm.logpdf(z)) + _step(z),
    ),
    Mistake(
        "log_evidence_times_spacing",
        "The logarithm is multiplied by the spacing: multiply the sum by it, so add its logarithm.",
        lambda ll, z: logsumexp(_joint(ll, z), axis=1) * np.exp(_step(z)),
    ),
    Mistake(
        "log_evidence_plus_spacing",
        "The spacing itself is added: its logarithm is due.",
        lambda ll, z: logsumexp(_joint(ll, z), axis=1) + np.exp(_step(z)),
    ),
    Mistake(
        "log_evidence_number_of_points",
        "The spacing is a little too small: n points have n - 1 steps between them. Take z[1] - "
        "z[0].",
        lambda ll, z: _evidence(ll, z) + np.log((len(z) - 1) / len(z)),
    ),
    Mistake(
        "log_evidence_spacing_sign",
        "The sum is divided by the spacing: multiply by it, so add its logarithm.",
        lambda ll, z: logsumexp(_joint(ll, z), axis=1) - _step(z),
    ),
    Mistake(
        "log_evidence_no_logarithm",
        "This is p(x): its logarithm is asked.",
        lambda ll, z: np.exp(_evidence(ll, z)),
    ),
    Mistake(
        "log_evidence_over_images",
        "The sum goes over the images: each image has its own, over the points, axis=1.",
        lambda ll, z: logsumexp(_joint(ll, z), axis=0) + _step(z),
    ),
    Mistake(
        "log_evidence_over_everything",
        "This is one number for all images: each has its own, axis=1.",
        lambda ll, z: logsumexp(_joint(ll, z)) + _step(z),
    ),
    Mistake(
        "log_evidence_largest",
        "This is the best z alone: all of them count, by logsumexp.",
        lambda ll, z: _joint(ll, z).max(axis=1),
    ),
    Mistake(
        "log_evidence_largest_with_spacing",
        "This is the best z alone, times the spacing: all of them count, by logsumexp.",
        lambda ll, z: _joint(ll, z).max(axis=1) + _step(z),
    ),
    Mistake(
        "log_evidence_negative",
        "The sign is wrong: log p(x) is asked, not the loss.",
        lambda ll, z: -_evidence(ll, z),
    ),
    Mistake(
        "log_evidence_keeps_axis",
        "The values are right, the shape is not: drop the axis of the points.",
        lambda ll, z: _evidence(ll, z)[:, None],
    ),
    Mistake(
        "log_evidence_bits",
        "The last logarithm has the base 2: nats need the natural one.",
        lambda ll, z: _evidence(ll, z) / np.log(2),
    ),
]
MISTAKES_OF_RANGE = [
    Mistake(
        "log_evidence_out_of_range",
        "For numbers near 0 it is right, but np.exp(-1200) is 0 to a computer, and np.exp(900) "
        "infinite: logsumexp adds in logarithms.",
        lambda ll, z: np.log(np.exp(_joint(ll, z)).sum(axis=1)) + _step(z),
    ),
    Mistake(
        "log_evidence_out_of_single_range",
        "For numbers near 0 it is right, but np.exp(-150) is 0 in single precision: logsumexp adds "
        "in logarithms.",
        lambda ll, z: np.log(np.exp(_joint(ll, z).astype("float32")).sum(axis=1)) + _step(z),
    ),
    Mistake(
        "log_evidence_one_largest_for_all",
        "One largest number is subtracted from the whole table, and other images get out of range: "
        "subtract that of each image, axis=1.",
        lambda ll, z: (
            np.log(np.exp(_joint(ll, z) - _joint(ll, z).max()).sum(axis=1))
            + _joint(ll, z).max()
            + _step(z)
        ),
    ),
]


def _density(log_likelihood, z):
    return np.exp(_joint(log_likelihood, z) - _evidence(log_likelihood, z)[:, None])


def _density_of_trapezoids(log_likelihood, z):
    evidence = _evidence_of_trapezoids(log_likelihood, z)
    return np.exp(_joint(log_likelihood, z) - evidence[:, None])


def _shares(logs, axis=1):
    return np.exp(logs - logsumexp(logs, axis=axis, keepdims=True))


MISTAKES_OF_POSTERIOR = [
    Mistake(
        "posterior_not_divided",
        "This is p(x, z): divide by p(x), so that each row, times the spacing, adds up to 1.",
        lambda ll, z: np.exp(_joint(ll, z)),
    ),
    Mistake(
        "posterior_without_spacing",
        "Each row adds up to 1: a density adds up to 1 times the spacing, so divide by the spacing "
        "too.",
        lambda ll, z: _shares(_joint(ll, z)),
    ),
    Mistake(
        "posterior_times_spacing",
        "It is multiplied by the spacing where it must be divided: p(x) is the sum times the "
        "spacing.",
        lambda ll, z: _shares(_joint(ll, z)) * np.exp(_step(z)),
    ),
    Mistake(
        "posterior_without_prior",
        "The prior is missing: this is p(x | z), made to add up to 1.",
        lambda ll, z: _shares(ll) / np.exp(_step(z)),
    ),
    Mistake(
        "posterior_of_likelihoods",
        "This is a softmax of log p(x | z): the prior and the spacing are missing.",
        lambda ll, z: _shares(ll),
    ),
    Mistake(
        "posterior_likelihood",
        "This is p(x | z): multiply by the prior, and divide by p(x).",
        lambda ll, z: np.exp(ll),
    ),
    Mistake(
        "posterior_over_images",
        "The images share each z: the z of each image must add up to 1, axis=1.",
        lambda ll, z: _shares(_joint(ll, z), axis=0) / np.exp(_step(z)),
    ),
    Mistake(
        "posterior_over_images_without_spacing",
        "Each column adds up to 1: each row must, times the spacing, so axis=1.",
        lambda ll, z: _shares(_joint(ll, z), axis=0),
    ),
    Mistake(
        "posterior_over_everything",
        "The whole table shares one p(x): each image has its own, axis=1.",
        lambda ll, z: _shares(_joint(ll, z), axis=None) / np.exp(_step(z)),
    ),
    Mistake(
        "posterior_logarithm",
        "This is log p(z | x): np.exp of it is asked.",
        lambda ll, z: np.log(_density(ll, z)),
    ),
    Mistake(
        "posterior_largest_is_1",
        "The largest value of each row is 1: its sum, times the spacing, must be.",
        lambda ll, z: np.exp(_joint(ll, z) - _joint(ll, z).max(axis=1, keepdims=True)),
    ),
    Mistake(
        "posterior_prior_not_logarithm",
        "The density of the prior is added to a logarithm: add norm.logpdf(z).",
        lambda ll, z: _shares(ll + norm.pdf(z)) / np.exp(_step(z)),
    ),
    Mistake(
        "posterior_prior_twice",
        "The prior counts twice: p(x) and p(x, z) have it once each.",
        lambda ll, z: _shares(ll + 2 * norm.logpdf(z)) / np.exp(_step(z)),
    ),
    Mistake(
        "posterior_prior_below_only",
        "The prior is in p(x), and missing above: p(x | z) p(z) is divided.",
        lambda ll, z: np.exp(ll - _evidence(ll, z)[:, None]),
    ),
    Mistake(
        "posterior_multiplied",
        "p(x, z) is multiplied by p(x): divide by it, so subtract its logarithm.",
        lambda ll, z: np.exp(_joint(ll, z) + _evidence(ll, z)[:, None]),
    ),
    Mistake(
        "posterior_subtracted",
        "p(x) itself is subtracted: subtract its logarithm before np.exp.",
        lambda ll, z: np.exp(_joint(ll, z)) - np.exp(_evidence(ll, z))[:, None],
    ),
    Mistake(
        "posterior_evidence",
        "This is p(x), one number for each image: divide p(x, z) by it.",
        lambda ll, z: np.exp(_evidence(ll, z)),
    ),
    Mistake(
        "posterior_log_evidence",
        "This is log p(x), one number for each image: the density at each z is asked.",
        _evidence,
    ),
    Mistake(
        "posterior_prior",
        "This is the prior, whatever the image: the image has its say by p(x | z).",
        lambda ll, z: np.tile(norm.pdf(z), (len(ll), 1)),
    ),
    Mistake(
        "posterior_turned",
        "Rows and columns are exchanged: a row is an image.",
        lambda ll, z: _density(ll, z).T,
    ),
]
MISTAKES_OF_POSTERIOR_RANGE = [
    Mistake(
        "posterior_out_of_range",
        "For numbers near 0 it is right, but np.exp(-1200) is 0 to a computer: subtract log p(x), "
        "then take np.exp.",
        lambda ll, z: _by_sums(_joint(ll, z), z),
    ),
    Mistake(
        "posterior_out_of_single_range",
        "For numbers near 0 it is right, but np.exp(-150) is 0 in single precision: subtract log "
        "p(x), then take np.exp.",
        lambda ll, z: _by_sums(_joint(ll, z).astype("float32"), z),
    ),
    Mistake(
        "posterior_one_largest_for_all",
        "One largest number is subtracted from the whole table, and other images get out of range: "
        "take that of each image, axis=1.",
        lambda ll, z: _by_sums(_joint(ll, z) - _joint(ll, z).max(), z),
    ),
]


def _by_sums(log_joint, z):
    joint = np.exp(log_joint)
    return joint / joint.sum(axis=1, keepdims=True) / (z[1] - z[0])
