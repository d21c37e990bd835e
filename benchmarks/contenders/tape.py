"""What the two peers in Keras share: a model whose training step is written out with a tape."""

import keras
import tensorflow as tf

from fidle_vae.models.networks import build_decoder, build_encoder


class TapeVAE(keras.Model):
    """Our network in a model of its own: neither our loss nor our layers nor our VAE.

    A subclass says with `terms(x, eps)` what the loss is.
    """

    def __init__(self, latent_dim: int = 2):
        super().__init__()
        self.encoder, self.decoder = (
            build("conv", (28, 28, 1), latent_dim) for build in (build_encoder, build_decoder)
        )
        bias = self.encoder.get_layer("z_log_var").bias
        bias.assign(tf.zeros_like(bias))  # Keras's own beginning: sigma = 1; ours is 0.22
        self.latent_dim = latent_dim
        self.trackers = [keras.metrics.Mean(name) for name in ("loss", "r_loss", "kl_loss")]

    @property
    def metrics(self):
        """What Keras sets to zero as an epoch begins."""
        return self.trackers

    def reparameterize(self, x, eps):
        """Encode the images; give the codes' parameters and the decoded z."""
        z_mean, z_log_var = self.encoder(x)
        z = z_mean + tf.exp(0.5 * z_log_var) * eps
        return z_mean, z_log_var, self.decoder(z)

    def train_step(self, data):
        """Go one step against the gradient."""
        (x,) = data if isinstance(data, tuple) else (data,)
        with tf.GradientTape() as tape:
            terms = self.terms(x, tf.random.normal((tf.shape(x)[0], self.latent_dim)))
        gradients = tape.gradient(terms[0], self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, value in zip(self.trackers, terms, strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}
