"""Maximum mean discrepancy: how far apart two distributions are, from a sample of each."""

from collections.abc import Callable

import numpy as np

from fidle_vae.evaluation.estimate import Estimate

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (n, d), (m, d) -> (n, m)


def inverse_multiquadratic(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return C / (C + |a - b|^2) of each row of a with each row of b, where C = 2 d.

    It is the kernel of Tolstikhin et al. (2018) for a prior N(0, I) in d dimensions.
    """
    scale = 2 * a.shape[1]
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return scale / (scale + np.maximum(square, 0))


def cubic(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return (a . b / d + 1)^3 of each row of a with each row of b, in d dimensions."""
    return (a @ b.T / a.shape[1] + 1) ** 3


def squared_mmd(x: np.ndarray, y: np.ndarray, kernel: Kernel = inverse_multiquadratic) -> Estimate:
    """Return the squared maximum mean discrepancy of two samples (Gretton et al. 2012), unbiased.

    Mean over pairs i != j of h_ij = k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i), with
    a kernel k. It has no unit. If both samples come from one distribution, its expectation is 0,
    and it can be negative.

    The standard error is that of a U-statistic, sqrt(4 / n Var_i(mean_j h_ij) + 2 / n^2 Var(h_ij));
    if both distributions are equal, it tends to be too large.

    Args:
        x: sample, shape (n, d).
        y: sample, same shape.
        kernel: function of two samples that returns k of each row of one with each of the other.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape or x.ndim != 2 or len(x) < 3:
        raise ValueError(
            f"x and y must be two samples of one shape (n, d), n >= 3; got {x.shape} and "
            f"{y.shape}: draw as many of one as of the other."
        )
    n = len(x)
    row_means, total_squares = np.empty(n), 0.0
    for rows in np.array_split(np.arange(n), -(-n // 500)):
        h = kernel(x[rows], x) + kernel(y[rows], y) - kernel(x[rows], y) - kernel(y[rows], x)
        h[np.arange(len(rows)), rows] = 0  # no point is paired with itself
        row_means[rows] = h.sum(axis=1) / (n - 1)
        total_squares += np.square(h).sum()
    value = row_means.mean()
    of_pairs = max(total_squares / (n * (n - 1)) - value**2, 0.0)
    of_rows = max(row_means.var(ddof=1) - of_pairs / n, 0.0)  # without what pairs add by chance
    return Estimate(float(value), float(np.sqrt(4 * of_rows / n + 2 * of_pairs / n**2)))


def kid(x: np.ndarray, y: np.ndarray) -> Estimate:
    """Return the squared MMD of two sets of features with a cubic kernel: KID if Inception's.

    The kernel (a . b / d + 1)^3 compares means, second and third moments (Binkowski et al. 2018).
    Unlike the Frechet distance, it has the same expectation for any number of images. With the
    features of another network than Inception it has another scale: compare only distances
    measured with the same classifier.

    Args:
        x: features, shape (n, d).
        y: features, same shape.
    """
    return squared_mmd(x, y, cubic)
