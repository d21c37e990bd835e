"""A VAE for grey images: Gaussian pixels, whose noise sigma is given or learned."""

import math

import keras
from keras import ops

from fidle_vae.models.losses import gaussian_kl, gaussian_nll
from fidle_vae.models.vae import VAE

PACE = 10  # Adam moves all weights about as far in a step; log sigma has far to go


@keras.saving.register_keras_serializable("fidle_vae")
class GaussianVAE(VAE):
    """The negative ELBO as a loss, in nats, with pixels N(x_hat, sigma^2).

    sigma is one number for all pixels; its logarithm is a weight, which training may learn. A
    density can be above 1, so that the ELBO of a good model is often above 0: compare it with other
    ELBOs of this kind only.

    Args:
        encoder, decoder, seed: as for `VAE`.
        sigma: standard deviation of a pixel, above 0.
        learn: whether training changes sigma, from this value on.
    """

    def __init__(self, encoder, decoder, *, sigma=1.0, learn=False, seed=None, **kwargs):
        if not (isinstance(sigma, (int, float)) and 0 < sigma < math.inf):
            raise ValueError(
                f"sigma must be a number above 0, a standard deviation; got {sigma!r}: "
                "try 0.1 for images in [0, 1]."
            )
        kwargs.setdefault("loss_weights", (1.0, 1.0))  # fixed: both terms are in nats
        super().__init__(encoder, decoder, seed=seed, **kwargs)
        self.learn = learn
        self.slow_log_sigma.assign(math.log(sigma) / PACE)
        self.slow_log_sigma.trainable = learn

    def build(self, input_shape):
        """Make the weight behind sigma, and build the sampling layer."""
        self.slow_log_sigma = self.add_weight(shape=(), initializer="zeros", name="slow_log_sigma")
        super().build(input_shape)

    @property
    def sigma(self):
        """The standard deviation of a pixel, as it is now."""
        return math.exp(PACE * float(ops.convert_to_numpy(self.slow_log_sigma.value)))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean of -log p(x given z) + KL of a batch; r_loss is per pixel."""
        x_hat, z_mean, z_log_var = y_pred
        nll = gaussian_nll(x, x_hat, ops.exp(PACE * self.slow_log_sigma))
        kl_loss = gaussian_kl(z_mean, z_log_var)
        self.r_loss_tracker.update_state(nll / self.n_pixels)
        self.kl_loss_tracker.update_state(kl_loss)
        self.elbo_tracker.update_state(-(nll + kl_loss))
        return ops.mean(nll + (self.kl_share * kl_loss if training else kl_loss))

    def save_own_variables(self, store):
        """Save sigma."""
        store["slow_log_sigma"] = ops.convert_to_numpy(self.slow_log_sigma.value)

    def load_own_variables(self, store):
        """Load sigma."""
        self.slow_log_sigma.assign(store["slow_log_sigma"])

    def get_config(self):
        """Return the arguments that make this model again, without its weights."""
        return {**super().get_config(), "sigma": self.sigma, "learn": self.learn}
