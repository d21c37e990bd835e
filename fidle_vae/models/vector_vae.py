"""A VAE of rows of numbers: any finite values, under a Gaussian likelihood."""

import keras
from keras import layers, ops

from fidle_vae.common.validation import require_count
from fidle_vae.models.losses import gaussian_kl, gaussian_nll
from fidle_vae.models.networks import NARROW
from fidle_vae.models.vae import VAE


@keras.saving.register_keras_serializable("fidle_vae")
class VectorVAE(VAE):
    """The negative ELBO of rows of numbers as a loss, in nats; p(x given z) = N(x_hat, sigma^2 I).

    Args:
        encoder: rows -> [z_mean, z_log_var].
        decoder: z -> rows, with any values.
        sigma: standard deviation of each number around what is decoded; the smaller, the more an
            error counts against the KL.
        seed: of the noise in z.
    """

    def __init__(self, encoder, decoder, *, sigma=0.1, seed=None, **kwargs):
        if not sigma > 0:
            raise ValueError(f"sigma must be a number above 0; got {sigma!r}: try 0.1.")
        kwargs.pop("loss_weights", None)  # from a saved configuration
        super().__init__(encoder, decoder, loss_weights=(1.0, 1.0), seed=seed, **kwargs)
        self.sigma = float(sigma)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean of -log p(x given z) + KL of a batch."""
        x_hat, z_mean, z_log_var = y_pred
        nll, kl_loss = gaussian_nll(x, x_hat, self.sigma), gaussian_kl(z_mean, z_log_var)
        self.r_loss_tracker.update_state(nll / self.n_pixels)
        self.kl_loss_tracker.update_state(kl_loss)
        self.elbo_tracker.update_state(-(nll + kl_loss))
        return ops.mean(nll + kl_loss)

    def get_config(self):
        """Return the arguments that make this model again, without its weights."""
        return {**super().get_config(), "sigma": self.sigma}

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
