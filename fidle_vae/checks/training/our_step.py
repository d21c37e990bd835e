"""The step that a training step is compared with: our own, on the small VAE."""

import functools

import keras
import numpy as np

from fidle_vae.checks.engine.small_vae import SHAPE, small_vae
from fidle_vae.models.losses import gaussian_kl
from fidle_vae.models.vae import VAE

BATCH = 6
X = np.random.default_rng(8).random((2 * BATCH, *SHAPE), dtype="float32")  # two batches


class OfSquaredErrors(VAE):
    """A VAE whose r_loss is the mean squared error of the pixels."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean loss of a batch."""
        x_hat, z_mean, z_log_var = y_pred
        k1, k2 = self.loss_weights
        kl_loss = keras.ops.mean(gaussian_kl(z_mean, z_log_var))
        return k1 * keras.ops.mean((x - x_hat) ** 2) + k2 * kl_loss


@functools.cache
def our_move(k1: float, k2: float, steps: int = 1, kind: type[VAE] = VAE) -> list[np.ndarray]:
    """Return how the weights move in steps on the first batch, with these loss weights."""
    vae = small_vae(kind)
    vae.loss_weights = (k1, k2)
    before = weights_of(vae)
    for _ in range(steps):
        vae.train_on_batch(X[:BATCH])
    return [after - b for after, b in zip(weights_of(vae), before, strict=True)]


@functools.cache
def our_losses(steps: int = 0) -> dict[str, float]:
    """Return loss, r_loss, kl_loss and ELBO of the first batch, after some of our own steps."""
    vae = small_vae()
    for _ in range(steps):
        vae.train_on_batch(X[:BATCH])
    return vae.evaluate(X[:BATCH], verbose=0, return_dict=True)


def weights_of(vae: VAE) -> list[np.ndarray]:
    """Return copies of the trainable weights, those of the encoder first."""
    return [
        keras.ops.convert_to_numpy(weight).astype(float)
        for network in (vae.encoder, vae.decoder)
        for weight in network.trainable_variables
    ]
