"""The conditional VAE: a VAE that can be asked for a class."""

import keras
import numpy as np
from keras import ops

from fidle_vae.models.parts import parts
from fidle_vae.models.vae import VAE, Outputs


@keras.saving.register_keras_serializable("fidle_vae")
class ConditionalVAE(VAE):
    """Conditional VAE: q(z given x, c) and p(x given z, c), with the prior N(0, I) for every class.

    What the class explains, z need not. Train it on images with their classes, integers from 0:
    `cvae.fit(x_train, y_train)`. Loss and metrics are those of `VAE`.

    Args:
        encoder: a functional model, [images, one-hot classes] -> [z_mean, z_log_var].
        decoder: a functional model, [z, one-hot classes] -> images.
        loss_weights, seed: as for `VAE`.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.classes = parts(self).classes

    def call(self, inputs, training=None):
        """Encode images with their classes, draw one z for each, and decode it as that class."""
        x, labels = inputs
        c = ops.one_hot(ops.cast(labels, "int32"), self.classes)
        z_mean, z_log_var = self.encoder([x, c], training=training)
        z = self.sampling([z_mean, z_log_var])
        return Outputs(self.decoder([z, c], training=training), z_mean, z_log_var)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean loss of a batch of images; the class is given, so it costs nothing."""
        return super().compute_loss(x[0], y, y_pred, sample_weight, training)

    def fit(self, x=None, y=None, *args, validation_data=None, **kwargs):
        """Train on images and their classes; validation_data is such a pair, too."""
        pair = self._require_pair("x and y", x, y)
        if validation_data is not None:
            validation_data = (self._require_pair("validation_data", *validation_data),)
        return super().fit(pair, None, *args, validation_data=validation_data, **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """Return loss, r_loss, kl_loss and ELBO of images of known classes."""
        if y is None and isinstance(x, tuple):  # `fit` has joined them already
            x, y = x
        return super().evaluate(self._require_pair("x and y", x, y), None, *args, **kwargs)

    def encode(self, x, labels):
        """Return z_mean and z_log_var of images of known classes."""
        self._require_images("x", x)
        return parts(self).encode(x, labels)[:2]

    def decode(self, z, labels):
        """Return the images of latent points, each as the class asked for."""
        return parts(self).decode(self._require_points(z), labels)

    def reconstruct(self, x, labels):
        """Return reconstructions of images: their z_mean decoded as their class."""
        return self.decode(self.encode(x, labels)[0], labels)

    def sample(self, labels, seed=None):
        """Return a decoded draw from the prior for each label; the same `seed` repeats them."""
        shape = (len(labels), self.latent_dim)
        z = np.random.default_rng(seed).standard_normal(shape, dtype="float32")
        return self.decode(z, labels)

    def _require_pair(self, name, x, y=None):
        self._require_images(name, x)
        y = np.asarray(y)
        if y.shape != (len(x),) or not np.isin(y, np.arange(self.classes)).all():
            raise ValueError(
                f"{name} must have the class of each of the {len(x)} images, an integer from 0 to "
                f"{self.classes - 1}; got an array of shape {y.shape} and type {y.dtype}: pass "
                "the labels of the dataset."
            )
        return x, y.astype("int32")

    def _require_condition(self, classes):
        if not classes:
            raise ValueError(
                "encoder and decoder must take the class as their second input, and take none: "
                "build both with classes=10, say."
            )
