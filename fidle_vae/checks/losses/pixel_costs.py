"""What a pixel costs: the cross-entropy, and what is written in its place."""

import numpy as np


def cross_entropy(x, p):
    """Return the cross-entropy of each pixel, in double precision: x_hat is p."""
    x, p = (np.asarray(array, float) for array in (x, p))
    return -x * np.log(p) - (1 - x) * np.log(1 - p)


def squared_error(x, p):
    """Return the cost of Gaussian pixels."""
    return (x - p) ** 2


def absolute_error(x, p):
    """Return the cost of Laplacian pixels."""
    return np.abs(x - p)


def of_logits(x, p):
    """Return the cross-entropy where x_hat goes through a sigmoid once more."""
    return cross_entropy(x, 1 / (1 + np.exp(-p)))


def exchanged(x, p):
    """Return the cross-entropy with x and x_hat exchanged."""
    return cross_entropy(p, np.clip(x, 1e-7, 1 - 1e-7))


def ink_only(x, p):
    """Return the half of the cross-entropy with x."""
    return -x * np.log(p)


def ground_only(x, p):
    """Return the half of the cross-entropy with 1 - x."""
    return -(1 - x) * np.log(1 - p)
