"""The course's recipe of 2023: Adam with a constant rate of 1e-3, batches of 64, 10 epochs."""

import keras
import tensorflow as tf

from benchmarks.contenders.tape import TapeVAE


class CourseVAE(TapeVAE):
    """The loss is k1 times the mean cross-entropy of a pixel, plus k2 times the KL divergence."""

    loss_weights = (1.0, 1e-3)

    def terms(self, x, eps):
        """Return the loss and its two terms, means over the batch."""
        k1, k2 = self.loss_weights
        z_mean, z_log_var, x_hat = self.reparameterize(x, eps)
        r_loss = tf.reduce_mean(keras.losses.binary_crossentropy(x, x_hat))
        kl = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
        kl_loss = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
        return k1 * r_loss + k2 * kl_loss, r_loss, kl_loss


def new_model() -> CourseVAE:
    """Return a new compiled model."""
    vae = CourseVAE()
    vae.compile(keras.optimizers.Adam(learning_rate=1e-3))
    return vae


def train(vae: CourseVAE, x, batch_size: int = 64, epochs: int = 10) -> None:
    """Train the model with `fit`."""
    vae.fit(x, epochs=epochs, batch_size=batch_size, verbose=0)
