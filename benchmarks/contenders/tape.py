"""What both Keras peers share: a model whose training step is written with a gradient tape."""

import keras
import tensorflow as tf

from fidle_vae.models.networks import build_decoder, build_encoder


class TapeVAE(keras.Model):
    """A model with our network, but without our loss, layers or VAE class.

    A subclass defines the loss in `terms(x, eps)`.
    """

    def __init__(self, latent_dim: int = 2):
        super().__init__()
        self.encoder, self.decoder = (
            build("conv", (28, 28, 1), latent_dim) for build in (build_encoder, build_decoder)
        )
        bias = self.encoder.get_layer("z_log_var").bias
        bias.assign(tf.zeros_like(bias))  # Keras's default: sigma starts at 1; ours at 0.22
        self.latent_dim = latent_dim
        self.trackers = [keras.metrics.Mean(name) for name in ("loss", "r_loss", "kl_loss")]

    @property
    def metrics(self):
        """Return the metrics that Keras resets at the start of an epoch."""
        return self.trackers

    def reparameterize(self, x, eps):
        """Encode the images; return z_mean, z_log_var and the decoded z."""
        z_mean, z_log_var = self.encoder(x)
        z = z_mean + tf.exp(0.5 * z_log_var) * eps
        return z_mean, z_log_var, self.decoder(z)

    def train_step(self, data):
        """Run one training step."""
        (x,) = data if isinstance(data, tuple) else (data,)
        with tf.GradientTape() as tape:
            terms = self.terms(x, tf.random.normal((tf.shape(x)[0], self.latent_dim)))
        gradients = tape.gradient(terms[0], self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, value in zip(self.trackers, terms, strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}
