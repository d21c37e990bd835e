"""The conditional VAE: a VAE that can be asked for a class, or for what goes with an image."""

import keras
import numpy as np
from keras import ops

from fidle_vae.models.parts import parts, require_conditions
from fidle_vae.models.vae import VAE, Outputs


@keras.saving.register_keras_serializable("fidle_vae")
class ConditionalVAE(VAE):
    """Conditional VAE: q(z given x, c) and p(x given z, c), with the prior N(0, I) whatever c is.

    What the condition c explains, z need not. c is a class, an integer from 0, or a row of numbers
    for each image, such as the pixels of another one: `cvae.fit(x_train, c_train)`. Loss and
    metrics are those of `VAE`.

    Args:
        encoder: a functional model, [images, c] -> [z_mean, z_log_var], where a class is one-hot.
        decoder: a functional model, [z, c] -> images.
        loss_weights, seed: as for `VAE`.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.classes = parts(self).classes

    def call(self, inputs, training=None):
        """Encode images with their conditions, draw one z for each, and decode it with them."""
        x, c = inputs
        c = ops.one_hot(ops.cast(c, "int32"), self.classes) if len(c.shape) == 1 else c
        z_mean, z_log_var = self.encoder([x, c], training=training)
        z = self.sampling([z_mean, z_log_var])
        return Outputs(self.decoder([z, c], training=training), z_mean, z_log_var)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean loss of a batch of images; the condition is given, and costs nothing."""
        return super().compute_loss(x[0], y, y_pred, sample_weight, training)

    def fit(self, x=None, y=None, *args, validation_data=None, **kwargs):
        """Train on images and their conditions; validation_data is such a pair, too."""
        pair = self._require_pair("x and y", x, y)
        if validation_data is not None:
            validation_data = (self._require_pair("validation_data", *validation_data),)
        return super().fit(pair, None, *args, validation_data=validation_data, **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """Return loss, r_loss, kl_loss and ELBO of images with their conditions."""
        if y is None and isinstance(x, tuple):  # `fit` has joined them already
            x, y = x
        return super().evaluate(self._require_pair("x and y", x, y), None, *args, **kwargs)

    def encode(self, x, c):
        """Return z_mean and z_log_var of images with their conditions."""
        self._require_images("x", x)
        return parts(self).encode(x, c)[:2]

    def decode(self, z, c):
        """Return the images of latent points, each as its condition asks."""
        return parts(self).decode(self._require_points(z), c)

    def reconstruct(self, x, c):
        """Return reconstructions of images: their z_mean decoded with their conditions."""
        return self.decode(self.encode(x, c)[0], c)

    def sample(self, c, seed=None):
        """Return a decoded draw from the prior for each condition; the same `seed` repeats them."""
        shape = (len(c), self.latent_dim)
        z = np.random.default_rng(seed).standard_normal(shape, dtype="float32")
        return self.decode(z, c)

    def _require_pair(self, name, x, c=None):
        self._require_images(name, x)
        c = np.asarray(c)
        require_conditions(name, c, len(x), self.classes)
        return x, c.astype("int32" if c.ndim == 1 else "float32")

    def _require_condition(self, classes):
        if not classes:
            raise ValueError(
                "encoder and decoder must take a condition as their second input, and take none: "
                "build both with condition=10, say."
            )
