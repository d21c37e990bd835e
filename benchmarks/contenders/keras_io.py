"""The VAE of Keras's code examples: the loss is summed over pixels, Adam has its default rate.

The original trains a smaller network on the training and test images together, for 30 epochs with
batches of 128. A benchmark uses the network, images and batches of all contenders instead.
"""

import keras
import tensorflow as tf

from benchmarks.contenders.tape import TapeVAE


class KerasIoVAE(TapeVAE):
    """The loss is the negative ELBO, in nats."""

    def terms(self, x, eps):
        """Return the loss and its two terms, means over the batch."""
        z_mean, z_log_var, x_hat = self.reparameterize(x, eps)
        per_pixel = keras.losses.binary_crossentropy(x, x_hat)
        r_loss = tf.reduce_mean(tf.reduce_sum(per_pixel, axis=(1, 2)))
        kl = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
        kl_loss = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
        return r_loss + kl_loss, r_loss, kl_loss


def new_model() -> KerasIoVAE:
    """Return a new compiled model."""
    vae = KerasIoVAE()
    vae.compile(keras.optimizers.Adam())
    return vae


def train(vae: KerasIoVAE, x, batch_size: int = 128, epochs: int = 30) -> None:
    """Train the model with `fit`."""
    vae.fit(x, epochs=epochs, batch_size=batch_size, verbose=0)
