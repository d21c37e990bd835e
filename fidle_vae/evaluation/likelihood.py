"""ELBO and importance-sampled log-likelihood, in nats per image, in constant memory."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from scipy.special import logsumexp
from tqdm import tqdm

from fidle_vae.common.validation import require_count
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.parts import Parts

DECODED_AT_ONCE = 1000  # latent points; more are not faster, and need more memory


class Likelihoods(NamedTuple):
    """The results of importance sampling for each image: arrays of shape (n,), in nats."""

    reconstruction: np.ndarray
    """-E_q[log p(x given z)], the mean over all samples."""
    kl: np.ndarray
    """KL(q(z given x) || p(z)), in closed form."""
    nll: np.ndarray
    """An estimate of -log p(x), on average too large."""

    @property
    def elbo(self) -> np.ndarray:
        """-(reconstruction + kl), which is log p(x) - KL(q(z given x) || p(z given x))."""
        return -(self.reconstruction + self.kl)


def importance_sampling(
    encoder: keras.Model,
    decoder: keras.Model,
    x: np.ndarray,
    *,
    samples: int = 500,
    seed: int = 0,
    nll: Callable = bernoulli_nll,
    progress: bool = False,
) -> Likelihoods:
    """Estimate ELBO and log-likelihood of images (Burda et al. 2015, section 3).

    With z_l ~ q(z given x) and w_l = p(x given z_l) p(z_l) / q(z_l given x),

        NLL_L = -log(1/L sum_l w_l),

    computed by logsumexp. Its expectation decreases with L towards -log p(x); for L = 1 it is that
    of -ELBO. Compare only values with the same L.

    Args:
        encoder: images -> [z_mean, z_log_var].
        decoder: z -> images.
        x: images, shape (n, height, width, channels).
        samples: L, the number of samples for each image.
        seed: seed of the samples.
        nll: function of (x, x_hat) that returns -log p(x given x_hat), shape (batch,), such as
            `bernoulli_nll`.
        progress: whether to show a progress bar on a terminal.
    """
    require_count("samples", samples, 500)
    rng = np.random.default_rng(seed)
    step = _Reconstruction(decoder, nll)
    chunk = min(samples, DECODED_AT_ONCE)  # samples of an image to decode at once
    batch = max(1, DECODED_AT_ONCE // chunk)  # images at once
    results = []
    # disable=None lets tqdm check whether there is a terminal
    with tqdm(total=len(x), desc="likelihood", unit=" images", disable=not progress or None) as bar:
        for images in np.split(x, range(batch, len(x), batch)):
            q = Parts(encoder, decoder).encode(images)[:2]
            draws = [
                _draw(step, images, q, rng, min(chunk, samples - first))
                for first in range(0, samples, chunk)
            ]
            reconstruction, log_w = (
                np.concatenate(parts, axis=1) for parts in zip(*draws, strict=True)
            )
            results.append(
                (
                    reconstruction.mean(axis=1),
                    ops.convert_to_numpy(gaussian_kl(*q)),
                    np.log(samples) - logsumexp(log_w, axis=1),
                )
            )
            bar.update(len(images))
    return Likelihoods(*(np.concatenate(parts) for parts in zip(*results, strict=True)))


def _draw(step, images, q, rng, count):
    """Draw `count` z for each image; return -log p(x given z) and log w, each (images, count)."""
    z_mean, z_log_var = (code[:, None, :].astype(float) for code in q)
    eps = rng.standard_normal((len(images), count, z_mean.shape[-1]), np.float32)
    z = z_mean + np.exp(z_log_var / 2) * eps
    reconstruction = step.predict_on_batch([images, z.astype("float32")]).astype(float)
    # log p(z) - log q(z): the constants of the two Gaussians are the same
    log_ratio = (np.square(eps) + z_log_var - np.square(z)).sum(axis=-1) / 2
    return reconstruction, log_ratio - reconstruction


class _Reconstruction(keras.Model):
    """Computes -log p(x given z) of z for each image; a model, so that each backend compiles it."""

    def __init__(self, decoder, nll):
        super().__init__(name="reconstruction")
        self.decoder, self.nll = decoder, nll

    def call(self, inputs):
        """Return the values (b, count) of images (b, ...) and z (b, count, latent_dim)."""
        x, z = inputs
        count = ops.shape(z)[1]
        x_hat = self.decoder(ops.reshape(z, (-1, z.shape[-1])), training=False)
        nll = self.nll(ops.repeat(x, count, axis=0), x_hat)
        return ops.reshape(nll, (-1, count))
