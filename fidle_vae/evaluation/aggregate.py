"""How close all codes together are to the prior: aggregate KL and mutual information.

The aggregate posterior q(z) is the mean of q(z given x) over images: the distribution of the codes
of a dataset. Decoded draws from the prior N(0, I) look like the images only if q(z) is close to it.
"""

import numpy as np
from keras import ops
from scipy.special import logsumexp

from fidle_vae.evaluation.estimate import Estimate
from fidle_vae.models.losses import gaussian_kl


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
