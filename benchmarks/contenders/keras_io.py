"""The recipe of the VAE among Keras's code examples: sums over pixels, Adam as it comes.

There it trains on the training and the test images together, 30 epochs in batches of 128, and the
network is smaller. A benchmark gives it the network, images and batches of all contenders.
"""

import keras
import tensorflow as tf

from benchmarks.contenders.tape import TapeVAE


class KerasIoVAE(TapeVAE):
    """The loss is the negative ELBO, in nats."""

    def terms(self, x, eps):
        """Give the loss and its two parts, means over the batch."""
        z_mean, z_log_var, x_hat = self.reparameterize(x, eps)
        per_pixel = keras.losses.binary_crossentropy(x, x_hat)
        r_loss = tf.reduce_mean(tf.reduce_sum(per_pixel, axis=(1, 2)))
        kl = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
        kl_loss = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
        return r_loss + kl_loss, r_loss, kl_loss


def new_model() -> KerasIoVAE:
    """Make a new model, ready to train."""
    vae = KerasIoVAE()
    vae.compile(keras.optimizers.Adam())
    return vae


def train(vae: KerasIoVAE, x, batch_size: int = 128, epochs: int = 30) -> None:
    """Train it."""
    vae.fit(x, epochs=epochs, batch_size=batch_size, verbose=0)
