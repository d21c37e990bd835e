"""Inference with one latent dimension: q climbs to the exact posterior; humps; KL of two lists."""

from typing import NamedTuple

import numpy as np
from scipy.signal import find_peaks
from scipy.special import rel_entr

from fidle_vae.common.validation import require_count
from fidle_vae.models.posterior import INSIDE, ExactPosterior

SEEN = 0.05  # of the highest hump: a lower one is no hump, and a valley is lower
JAGGED = 0.3  # of the height of a hump: rounding on a GPU makes lower teeth
RATE = 0.2  # of a natural gradient, in each step
HALVES = 30  # how often a step is halved before q stays where it is
LARGEST = np.array([0.5, 0.15])  # step: of z_mean in sigma, and of z_log_var; q may travel far


class Humps(NamedTuple):
    """Two humps of each posterior, arrays of shape (n,); NaN where there are not just two."""

    share: np.ndarray
    """The probability of the left one."""
    left: np.ndarray
    """Its mean."""
    right: np.ndarray
    """The mean of the other."""
    apart: np.ndarray
    """The distance of both means, divided by the sum of both standard deviations."""


def find_humps(exact: ExactPosterior) -> Humps:
    """Find the posteriors that have just two humps, with a valley between them that is nearly 0."""
    found = np.full((len(exact.log_density), 4), np.nan)
    for i, log_p in enumerate(exact.log_density):
        p = np.exp(log_p)
        tops, peaks = find_peaks(p, height=SEEN * p.max(), prominence=0)
        tops = tops[peaks["prominences"] > JAGGED * p[tops]]
        if len(tops) == 2:
            valley = tops[0] + p[tops[0] : tops[1]].argmin()
            if p[valley] < SEEN * p[tops].min():
                sides = slice(valley), slice(valley, None)
                (left, a), (right, b) = (_moments(exact.z[side], p[side]) for side in sides)
                share = p[:valley].sum() * exact.spacing
                found[i] = share, left, right, (right - left) / (a + b)
    return Humps(*found.T)


def _moments(z, p):
    """Return the mean and the standard deviation of a density that need not add up to 1."""
    mean = np.average(z, weights=p)
    return mean, np.sqrt(np.average((z - mean) ** 2, weights=p))


def climb(
    exact: ExactPosterior, z_mean: float, z_log_var: float, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Let q of one image climb along the gradient of its ELBO, and return its way.

    The gradient is the integral of q(z) [log p(x, z) - log q(z)] d log q(z) over the grid. It is
    divided by the Fisher information of q, so that a step is as long for a narrow q as for a wide
    one. No step is longer than a part of sigma, nor so long that the ELBO would fall, nor leaves
    the grid.

    Args:
        exact: the posterior of this image alone.
        z_mean: where q begins.
        z_log_var: log sigma^2 at the beginning.
        steps: how many.

    Returns:
        z_mean and z_log_var at the beginning and after each step, each of shape (steps + 1,).
    """
    exact.require_one_image()
    require_count("steps", steps, 60)

    def elbo(q):
        reach = np.abs(q[0]) + INSIDE * np.exp(q[1] / 2)
        on_grid = reach <= exact.z[-1] and np.exp(q[1] / 2) >= exact.spacing
        return exact.bound(*q.reshape(2, 1, 1)).elbo[0] if on_grid else -np.inf

    way = [np.array([z_mean, z_log_var], float)]
    for _ in range(steps):
        here, step = way[-1], _uphill(exact, *way[-1])
        shorter = (here + step / 2**n for n in range(HALVES))
        way.append(next((q for q in shorter if elbo(q) >= elbo(here)), here))
    return tuple(np.array(way).T)


def _uphill(exact, mean, log_var):
    """Return a step of z_mean and z_log_var along the natural gradient of the ELBO."""
    log_q = exact.log_gaussian([[mean]], [[log_var]])[0]
    signal = exact.log_likelihood[0] + exact.log_prior - log_q
    q, sigma = np.exp(log_q) * exact.spacing, np.exp(log_var / 2)
    eps = (exact.z - mean) / sigma
    slopes = np.array([np.sum(q * signal * each) for each in (eps, eps**2 - 1)])
    return np.clip(RATE * slopes, -LARGEST, LARGEST) * [sigma, 1]


def discrete_kl(p: np.ndarray, q: np.ndarray) -> float:
    """Return KL(P, Q) of two lists of probabilities: sum p log(p / q), in nats.

    Where p is 0, its term is 0; where q alone is 0, the KL is infinite.
    """
    p, q = (np.asarray(each, float) for each in (p, q))
    if p.shape != q.shape or p.ndim != 1:
        raise ValueError(f"p and q must be lists of one length, got {p.shape} and {q.shape}")
    return float(rel_entr(p, q).sum())
