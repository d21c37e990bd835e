"""The check of a trained VAE, on images that it has not seen."""

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, recognise
from fidle_vae.data.datasets import Dataset
from fidle_vae.models.latent_space import active_units
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.parts import parts_with_encoder

CHECK = "vae"
MOST_IMAGES = 1000
MOST_KL = 15  # nats for each latent dimension; a dimension that is used costs 2 to 4
BY_HEART = 15  # nats by which training images may cost less than unseen ones


def vae(model: keras.Model, dataset: Dataset) -> Result:
    """Check a trained model that has an encoder and a decoder, on the held-out images."""
    try:
        network = parts_with_encoder(model, "a VAE")
    except ValueError:
        says = 'The model has no "encoder" or no "decoder": name the two networks so.'
        return Result(CHECK, "vae_without_networks", says)
    if not network.is_gaussian:
        says = "Your encoder gives points: a VAE's gives two tensors, z_mean and z_log_var."
        return Result(CHECK, "vae_without_gaussians", says)
    if network.image_shape != dataset.x_test.shape[1:]:
        says = (
            f"The model takes images of {network.image_shape}, the dataset has "
            f"{dataset.x_test.shape[1:]}."
        )
        return Result(CHECK, "vae_other_images", says)
    beta = getattr(model, "beta", None)
    found = _Found(network, dataset, "" if beta is None else f"beta is {beta:.3g}: ")
    result = recognise(CHECK, found, MISTAKES, RIGHT)
    return (
        result._replace(message=result.message[0].upper() + result.message[1:])
        if beta is None
        else result
    )


class _Found:
    """What a model costs on held-out images, and on those of the training."""

    def __init__(self, network, dataset, beta):
        self.beta = beta
        self.unseen, self.seen = (
            _Costs(network, x[:MOST_IMAGES]) for x in (dataset.x_test, dataset.x_train)
        )
        self.active = f"{self.unseen.active} of {self.unseen.latent_dim} dims active"


class _Costs:
    """Means over images, in nats: nll by the decoder at z_mean, KL; and the units in use."""

    def __init__(self, network, x):
        z_mean, z_log_var, _ = network.encode(x)
        self.x_hat = network.decode(z_mean)
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


RIGHT = (
    "{found.beta}without noise, held-out images cost {found.unseen.nll:.0f} nats of cross-entropy "
    "and a KL of {found.unseen.kl:.1f}; {found.active}."
)
MISTAKES = [
    Mistake(
        "vae_not_finite",
        "A code or an image is NaN or infinite: the training diverged; take a smaller learning "
        "rate or smaller loss weights.",
        lambda found: not found.unseen.finite,
    ),
    Mistake(
        "vae_out_of_range",
        "The decoder's pixels leave [0, 1]: its last layer needs sigmoid.",
        lambda found: found.unseen.x_hat.min() < 0 or found.unseen.x_hat.max() > 1,
    ),
    Mistake(
        "vae_not_trained",
        "Held-out images cost {found.unseen.nll:.0f} nats, and the mean image in place of each "
        "costs {found.unseen.mean_image:.0f}: the model is not trained, or not on these images.",
        lambda found: found.unseen.nll > 1.1 * found.unseen.mean_image,
    ),
    Mistake(
        "vae_collapsed",
        "{found.beta}the posterior has collapsed ({found.active}): z says nothing of the image, "
        "and the decoder can only give the mean of all. Make k2 smaller, or train longer.",
        lambda found: found.unseen.active == 0,
    ),
    Mistake(
        "vae_without_prior",
        "{found.beta}the KL is {found.unseen.kl:.0f} nats: nothing holds the codes near the "
        "prior, so that draws from the prior do not decode to images. Make k2 larger.",
        lambda found: found.unseen.kl > MOST_KL * found.unseen.latent_dim,
    ),
    Mistake(
        "vae_learned_by_heart",
        "Training images cost {found.seen.nll:.0f} nats, held-out ones {found.unseen.nll:.0f}: the "
        "model has learned by heart. Train for fewer epochs, or on more images.",
        lambda found: found.unseen.nll - found.seen.nll > BY_HEART,
    ),
]
