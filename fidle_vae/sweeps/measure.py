"""What is measured of each trial: on the same images with the same draws for all of a dataset."""

import functools
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.common.files import atomic_path
from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.data.image_folder import PREFIX
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.vae import VAE

SHARE = 0.2  # of the test images of a published dataset, which no trial is trained on
SHOWN = 1000  # codes that the page shows


class Measured(NamedTuple):
    """Means over the held-out images, in nats per image."""

    elbo: float
    """-(rate + distortion), with one draw of z per image."""
    rate: float
    """The KL divergence of the codes from the prior."""
    distortion: float
    """-log p(x given z), the reconstruction's negative log-likelihood."""


@functools.lru_cache(maxsize=2)
def held_out_images(dataset: str) -> Dataset:
    """Return a dataset whose test images judge all trials, whatever their scale and seed."""
    return load_dataset(dataset, 1.0 if dataset.startswith(PREFIX) else SHARE, seed=0)


def measure(vae: VAE, images: np.ndarray) -> Measured:
    """Return the ELBO of a model and its two terms."""
    z_mean, z_log_var = vae.encode(images)
    noise = np.random.default_rng(0).standard_normal(z_mean.shape, dtype="float32")
    x_hat = vae.decode(z_mean + np.exp(z_log_var / 2) * noise)
    rate = float(keras.ops.mean(gaussian_kl(z_mean, z_log_var)))
    distortion = float(keras.ops.mean(bernoulli_nll(images, x_hat)))
    return Measured(-(rate + distortion), rate, distortion)


def save_codes(path: Path, vae: VAE, data: Dataset) -> None:
    """Save the codes of held-out images, for the page's scatter plots."""
    classes = {}
    if data.y_test is not None:
        classes = {"labels": data.y_test[:SHOWN], "class_names": np.array(data.class_names)}
    with atomic_path(path) as partial:
        np.savez_compressed(partial, z=vae.encode(data.x_test[:SHOWN])[0], **classes)
