"""How close all codes together are to the prior: aggregate KL, mutual information, MMD.

The aggregate posterior q(z) is the mean of q(z given x) over images: the distribution of the codes
of a dataset. Decoded draws from the prior N(0, I) look like the images only if q(z) is close to it.
"""

from typing import NamedTuple

import numpy as np
from keras import ops
from scipy.special import logsumexp

from fidle_vae.models.losses import gaussian_kl


class Estimate(NamedTuple):
    """A value and its standard error, which is None if unknown."""

    value: float
    error: float | None = None

    @classmethod
    def of_mean(cls, values: np.ndarray) -> "Estimate":
        """Return the mean of independent values, with its standard error."""
        values = np.asarray(values, float)
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
        return cls(float(values.mean()), None if error is None else float(error))


def aggregate_kl(z_mean: np.ndarray, z_log_var: np.ndarray, seed: int = 0) -> dict[str, Estimate]:
    """Split the mean KL into the mutual information of images and codes, and the aggregate KL.

    E_x KL(q(z given x) || p(z)) = I_q(x, z) + KL(q(z) || p(z)) (Hoffman and Johnson 2016), in nats.
    The mutual information is the mean of log q(z_n given x_n) - log q(z_n) over images, with one
    draw z_n ~ q(z given x_n) for each, and q(z) = 1/N sum_m q(z given x_m).

    Because this q(z) is a mixture over N images only, the mutual information cannot exceed log N
    (9.2 nats for 10,000 images). Near that bound, it is underestimated and the aggregate KL is
    overestimated.

    Args:
        z_mean: shape (n, latent_dim).
        z_log_var: log sigma^2, same shape.
        seed: seed of the draws of z.

    Returns:
        "mutual_information" and "aggregate_kl".
    """
    mean, log_var = np.asarray(z_mean, float), np.asarray(z_log_var, float)
    eps = np.random.default_rng(seed).standard_normal(mean.shape)
    z = mean + np.exp(log_var / 2) * eps
    # log q(z given x_m) of every z and m, as matrix products; both sides leave out the 2 pi
    precision = np.exp(-log_var)
    features = np.concatenate([precision, precision * mean], axis=1).T
    constant = (precision * mean**2 + log_var).sum(axis=1)
    log_q = [
        logsumexp(
            (np.concatenate([-(part**2), 2 * part], axis=1) @ features - constant) / 2, axis=1
        )
        for part in np.array_split(z, -(-len(z) // 500))
    ]
    log_q_own = -(eps**2 + log_var).sum(axis=1) / 2
    information = log_q_own - (np.concatenate(log_q) - np.log(len(z)))
    kl = ops.convert_to_numpy(gaussian_kl(mean, log_var)).astype(float)
    return {
        "mutual_information": Estimate.of_mean(information),
        "aggregate_kl": Estimate.of_mean(kl - information),
    }


def squared_mmd(x: np.ndarray, y: np.ndarray) -> Estimate:
    """Squared maximum mean discrepancy of two samples (Gretton et al. 2012), unbiased.

    Mean over pairs i != j of h_ij = k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i), with
    the inverse multiquadratic kernel k(a, b) = C / (C + |a - b|^2), C = 2 d, of Tolstikhin et al.
    (2018) for a prior N(0, I) in d dimensions. It has no unit. If both samples come from one
    distribution, its expectation is 0, and it can be negative.

    The standard error is that of a U-statistic, sqrt(4 / n Var_i(mean_j h_ij) + 2 / n^2 Var(h_ij));
    if both distributions are equal, it tends to be too large.

    Args:
        x: sample, shape (n, d).
        y: sample, same shape.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape or x.ndim != 2 or len(x) < 3:
        raise ValueError(
            f"x and y must be two samples of one shape (n, d), n >= 3; got {x.shape} and "
            f"{y.shape}: draw as many of one as of the other."
        )
    n, scale = len(x), 2 * x.shape[1]
    row_means, total_squares = np.empty(n), 0.0
    for rows in np.array_split(np.arange(n), -(-n // 500)):
        h = (
            _kernel(x[rows], x, scale)
            + _kernel(y[rows], y, scale)
            - _kernel(x[rows], y, scale)
            - _kernel(y[rows], x, scale)
        )
        h[np.arange(len(rows)), rows] = 0  # no point is paired with itself
        row_means[rows] = h.sum(axis=1) / (n - 1)
        total_squares += np.square(h).sum()
    value = row_means.mean()
    of_pairs = max(total_squares / (n * (n - 1)) - value**2, 0.0)
    of_rows = max(row_means.var(ddof=1) - of_pairs / n, 0.0)  # without what pairs add by chance
    return Estimate(float(value), float(np.sqrt(4 * of_rows / n + 2 * of_pairs / n**2)))


def _kernel(a, b, scale):
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return scale / (scale + np.maximum(square, 0))
