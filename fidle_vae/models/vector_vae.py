"""A VAE of rows of numbers: any finite values, under a Gaussian likelihood."""

import keras
from keras import layers

from fidle_vae.common.validation import require_count
from fidle_vae.models.gaussian_vae import GaussianVAE
from fidle_vae.models.networks import NARROW


@keras.saving.register_keras_serializable("fidle_vae")
class VectorVAE(GaussianVAE):
    """A `GaussianVAE` of rows of numbers, which may have any values; sigma is 0.1 by default."""

    def __init__(self, encoder, decoder, *, sigma=0.1, **kwargs):
        super().__init__(encoder, decoder, sigma=sigma, **kwargs)

    def _require_images(self, name, x):
        """Check the length of the rows only: any value will do."""
        if getattr(x, "shape", (None, *self.image_shape))[1:] != self.image_shape:
            raise ValueError(
                f"{name} must hold rows of {self.n_pixels} numbers, as the encoder takes them; "
                f"got an array of shape {x.shape}: reshape it."
            )


def build_vector_networks(size, latent_dim, width=64):
    """Return an encoder and a decoder of rows of `size` numbers, with two layers of `width`."""
    for name, value in (("size", size), ("latent_dim", latent_dim), ("width", width)):
        require_count(name, value, 8)
    row, z = keras.Input((size,), name="row"), keras.Input((latent_dim,), name="z")
    x = layers.Dense(width, activation="silu")(layers.Dense(width, activation="silu")(row))
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, bias_initializer=NARROW, name="z_log_var")(x)
    y = layers.Dense(width, activation="silu")(layers.Dense(width, activation="silu")(z))
    encoder = keras.Model(row, [z_mean, z_log_var], name="encoder")
    return encoder, keras.Model(z, layers.Dense(size)(y), name="decoder")
