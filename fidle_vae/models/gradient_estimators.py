"""An estimate, from draws of q = N(mean, sigma^2), of how the mean of f(z) follows q's mean.

The other one, reparametrized, is f'(z) itself, as z = mean + sigma * eps. Both have the same
expectation; f may depend on q by its log-density, whose own derivative is 0 on average.
"""

import numpy as np


def score_gradients(
    f: np.ndarray, z: np.ndarray, mean: float, sigma: float, *, baseline: bool = False
) -> np.ndarray:
    """Return the estimate of each draw by the score function: f(z) d log q(z) / d mean.

    Args:
        f: the value at each draw, shape (draws, ...).
        z: the draws, same shape.
        mean: of q.
        sigma: of q.
        baseline: whether to subtract from each value the mean of the other draws' values, which
            changes no expectation.
    """
    if baseline:
        if len(f) < 2:
            raise ValueError("baseline needs two draws or more: the mean of the others is taken.")
        f = (f - f.mean(axis=0)) * len(f) / (len(f) - 1)  # f less the mean of all others
    return f * (z - mean) / sigma**2
