"""The check of a trained VAE, on images that it has not seen."""

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.data.datasets import Dataset
from fidle_vae.models.latent_space import active_units
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.parts import find_network

CHECK = "vae"
MOST_IMAGES = 1000
MOST_KL = 15  # nats for each latent dimension; a dimension that is used costs 2 to 4
BY_HEART = 15  # nats by which training images may be better than unseen ones


@recorded
def vae(model: keras.Model, dataset: Dataset) -> Result:
    """Check a trained model that has an encoder and a decoder, on the held-out images."""
    networks = [find_network(model, name) for name in ("encoder", "decoder")]
    if None in networks:
        given = 'The model has no "encoder" or no "decoder": name the two networks so.'
        return Result(CHECK, "vae_without_networks", given)
    shape = tuple(networks[0].input_shape[1:])
    if shape != dataset.x_test.shape[1:]:
        given = f"The model takes images of {shape}, the dataset has {dataset.x_test.shape[1:]}."
        return Result(CHECK, "vae_other_images", given)
    unseen = _Measures(*networks, dataset.x_test[:MOST_IMAGES])
    seen = _Measures(*networks, dataset.x_train[:MOST_IMAGES])
    beta = getattr(model, "beta", None)
    mistake, says = _of_measures(unseen, seen, "" if beta is None else f"beta is {beta:.3g}: ")
    return Result(CHECK, mistake, says[0].upper() + says[1:] if beta is None else says)


class _Measures:
    """Means over images, in nats: nll by the decoder at z_mean, KL; and the units in use."""

    def __init__(self, encoder, decoder, x):
        z_mean, z_log_var = (ops.convert_to_numpy(code) for code in encoder(x, training=False)[:2])
        self.x_hat = ops.convert_to_numpy(decoder(z_mean, training=False))
        self.finite = all(np.isfinite(a).all() for a in (z_mean, z_log_var, self.x_hat))
        self.nll, self.kl, self.mean_image = (
            float(ops.mean(values))
            for values in (
                bernoulli_nll(x, self.x_hat),
                gaussian_kl(z_mean, z_log_var),
                bernoulli_nll(x, np.broadcast_to(x.mean(axis=0), x.shape)),
            )
        )
        self.latent_dim = z_mean.shape[1]
        self.active = int(active_units(z_mean).sum()) if self.finite else 0


def _of_measures(unseen, seen, beta):
    """Name what is wrong with a model, and say it."""
    active = f"{unseen.active} of {unseen.latent_dim} dims active"
    if not unseen.finite:
        return "vae_not_finite", (
            "A code or an image is NaN or infinite: the training diverged; take a smaller learning "
            "rate or smaller loss weights."
        )
    if unseen.x_hat.min() < 0 or unseen.x_hat.max() > 1:
        return (
            "vae_out_of_range",
            "The decoder's pixels leave [0, 1]: its last layer needs sigmoid.",
        )
    if unseen.nll > 1.1 * unseen.mean_image:
        return "vae_not_trained", (
            f"Held-out images cost {unseen.nll:.0f} nats, and the mean of all images, the same for "
            f"each, {unseen.mean_image:.0f}: the model is not trained, or not on these images."
        )
    if unseen.active == 0:
        return "vae_collapsed", (
            f"{beta}the posterior has collapsed ({active}): z says nothing of the image, and the "
            "decoder can only give the mean of all. Make k2 smaller, or train longer."
        )
    if unseen.kl > MOST_KL * unseen.latent_dim:
        return "vae_without_prior", (
            f"{beta}the KL is {unseen.kl:.0f} nats: nothing holds the codes near the prior, "
            "so that its draws are no images. Make k2 larger."
        )
    if unseen.nll - seen.nll > BY_HEART:
        return "vae_learned_by_heart", (
            f"Training images cost {seen.nll:.0f} nats, held-out ones {unseen.nll:.0f}: the model "
            "has learned by heart. Train for fewer epochs, or on more images."
        )
    return None, (
        f"{beta}without noise, held-out images cost {unseen.nll:.0f} nats of cross-entropy and a "
        f"KL of {unseen.kl:.1f}; {active}."
    )
