"""The log-likelihood of models with one or two latent dimensions, by numerical integration."""

import keras
import numpy as np
from scipy.special import logsumexp, ndtri

from fidle_vae.common.validation import require_count
from fidle_vae.models.posterior import bernoulli_log_likelihood

MOST_DIMENSIONS = 2
AT_ONCE = 1000  # points of the grid


def integrated_nll(decoder: keras.Model, x: np.ndarray, side: int = 300) -> np.ndarray:
    """Return -log p(x), with p(x) the integral of p(x given z) p(z) dz, for Bernoulli pixels.

    This is the midpoint rule in the quantiles of the prior: the points z_g of a grid stand for
    equal probabilities, so that p(x) is the mean of p(x given z_g). It does not use the encoder,
    and so shows how far importance sampling, which does, is from the truth: an encoder that is too
    confident on unseen images never draws the z that would explain them.

    Where the posterior is narrower than the spacing of the grid, p(x) is underestimated; a finer
    grid shows by how much.

    Args:
        decoder: z -> images in [0, 1], of one or two latent dimensions.
        x: images in [0, 1], shape (n, height, width, channels).
        side: number of points along each axis.

    Returns:
        nats per image, shape (n,).
    """
    require_count("side", side, 300)
    latent_dim = decoder.input_shape[-1]
    if latent_dim > MOST_DIMENSIONS:
        raise ValueError(
            f"decoder must have one or two latent dimensions; it has {latent_dim}: "
            "use importance_sampling, as a grid would need too many points."
        )
    axis = ndtri((np.arange(side) + 0.5) / side)
    grid = np.stack(np.meshgrid(*[axis] * latent_dim), axis=-1).reshape(-1, latent_dim)
    log_p = np.full(len(x), -np.inf)
    for z in np.split(grid.astype("float32"), range(AT_ONCE, len(grid), AT_ONCE)):
        log_likelihood = bernoulli_log_likelihood(x, decoder.predict_on_batch(z))
        log_p = np.logaddexp(log_p, logsumexp(log_likelihood, axis=1))
    return np.log(len(grid)) - log_p
