"""A VAE whose KL, noise and number of draws are chosen: to try what else a loss could be."""

import keras
from keras import ops

from fidle_vae.common.validation import require_count
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.vae import VAE, Outputs


class OwnTermsVAE(VAE):
    """The negative ELBO as a loss, in nats, with terms of one's own. It is not meant to be saved.

    Its encoder and decoder are trained; `VAE(encoder, decoder, loss_weights="elbo")` then measures
    them by the right formulas.

    Args:
        encoder: images -> [z_mean, z_log_var].
        decoder: z -> images in [0, 1].
        kl: (z_mean, z_log_var) -> nats of each image.
        scale: z_log_var -> the factor of the noise eps, which should be sigma.
        draws: L, how many z are drawn for each image.
        seed: of the noise.
    """

    def __init__(
        self,
        encoder,
        decoder,
        *,
        kl=gaussian_kl,
        scale=lambda z_log_var: ops.exp(z_log_var / 2),
        draws=1,
        seed=None,
        **kwargs,
    ):
        require_count("draws", draws, 10)
        super().__init__(encoder, decoder, loss_weights=(1.0, 1.0), seed=seed, **kwargs)
        self.kl, self.scale, self.draws = kl, scale, draws

    def call(self, x, training=None):
        """Encode each image once, draw z for it L times, and decode every z."""
        codes = self.encoder(x, training=training)
        z_mean, z_log_var = (ops.repeat(each, self.draws, axis=0) for each in codes)
        eps = keras.random.normal(ops.shape(z_mean), seed=self.sampling.seed_generator)
        z = z_mean + self.scale(z_log_var) * eps
        return Outputs(self.decoder(z, training=training), z_mean, z_log_var)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean of -log p(x given z) + KL over all draws of a batch."""
        x_hat, z_mean, z_log_var = y_pred
        nll = bernoulli_nll(ops.repeat(x, self.draws, axis=0), x_hat)
        kl_loss = self.kl(z_mean, z_log_var)
        self.r_loss_tracker.update_state(nll / self.n_pixels)
        self.kl_loss_tracker.update_state(kl_loss)
        self.elbo_tracker.update_state(-(nll + kl_loss))
        return ops.mean(nll + kl_loss)
