"""All measures of one model on the held-out images of one dataset."""

from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.data.binarization import binarize
from fidle_vae.data.datasets import Dataset
from fidle_vae.data.disk_images import DiskImages
from fidle_vae.evaluation.aggregate import aggregate_kl
from fidle_vae.evaluation.classifier import look
from fidle_vae.evaluation.codes import cluster_agreement, knn_accuracy, probe_accuracy
from fidle_vae.evaluation.estimate import Estimate
from fidle_vae.evaluation.integration import MOST_DIMENSIONS, integrated_nll
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.evaluation.mmd import squared_mmd
from fidle_vae.evaluation.samples import class_coverage, frechet_distance
from fidle_vae.models.latent_space import active_units
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.parts import Parts, parts

MOST_READ = 5_000  # images of a large folder to compare codes with


class Evaluation(NamedTuple):
    """The measures of a model, and what they were measured on."""

    measures: dict[str, Estimate]
    """Measures by name; `MEASURES` explains each."""
    kl_per_dimension: list[float]
    """In nats, means over images, whose sum is the KL. Empty for an autoencoder."""
    images: int
    samples: int
    """Number of z drawn for each image; 0 for an autoencoder, whose codes are points."""
    pixels: str
    """"grey", "colours" or "binarized", whose likelihoods are not comparable."""


# Unit and short description of each measure; the functions that compute them have the formulas.
MEASURES = {
    "elbo": ("nats", "-(reconstruction + kl)"),
    "reconstruction": ("nats", "-log p(x given z), mean over z"),
    "kl": ("nats", "of q(z given x) from the prior"),
    "nll": ("nats", "-log p(x), importance sampling"),
    "nll_integrated": ("nats", "-log p(x), integrated over z"),
    "active_units": ("dims", "in which z_mean varies"),
    "mutual_information": ("nats", "of images and their z"),
    "aggregate_kl": ("nats", "of the mean q from the prior"),
    "squared_mmd": ("", "of codes and prior, 0 if alike"),
    "knn_accuracy": ("of 1", "classes, by 5 nearest codes"),
    "probe_accuracy": ("of 1", "classes, by logistic regression"),
    "ari": ("of 1", "k-means clusters and classes"),
    "nmi": ("of 1", "the same, mutual information"),
    "frechet_distance": ("", "of samples and held-out images"),
    "frechet_floor": ("", "of training and held-out images"),
    "class_coverage": ("classes", "that samples show"),
}


def measure(
    model: keras.Model,
    data: Dataset,
    *,
    samples: int = 500,
    seed: int = 0,
    binarized: bool = False,
    classifier: keras.Model | None = None,
    progress: bool = False,
) -> Evaluation:
    """Measure a model on the held-out images of a dataset.

    A VAE gets all measures. An autoencoder, whose encoder returns points, has no ELBO and no
    likelihood, and its reconstruction is that of its codes. Without an encoder, only samples from
    the prior are judged. Measures that need classes are left out if the dataset has none.

    Args:
        model: any model that `models.parts` accepts.
        data: the dataset that it was trained on; its training images serve for comparison only.
        samples: number of draws of z for each image.
        seed: seed of all draws.
        binarized: whether to draw the images black and white, as for published numbers. If
            the model was trained on grey levels, measure it on grey levels.
        classifier: judges the quality of samples; None leaves these measures out.
        progress: whether to show a progress bar on a terminal.
    """
    network = fitting_parts(model, data)
    rng = np.random.default_rng(seed)
    x_train, y_train, x_test = data.x_train, data.y_train, data.x_test
    if isinstance(x_train, DiskImages):  # some for comparison, of all classes
        some = np.linspace(0, len(x_train) - 1, min(len(x_train), MOST_READ)).astype(int)
        x_train, y_train = x_train[some], None if y_train is None else y_train[some]
    if binarized:
        x_train, x_test = (binarize(x, (seed, i)) for i, x in enumerate((x_train, x_test)))

    measures, per_dimension = {}, []
    if network.is_gaussian:
        likelihoods = importance_sampling(
            *network, x_test, samples=samples, seed=seed, progress=progress
        )
        measures |= {
            "elbo": Estimate.of_mean(likelihoods.elbo),
            "reconstruction": Estimate.of_mean(likelihoods.reconstruction),
            "kl": Estimate.of_mean(likelihoods.kl),
            "nll": Estimate.of_mean(likelihoods.nll),
            **_integrated(network, x_test),
        }
    if network.encoder is not None:
        z_mean, z_log_var, _ = network.encode(x_test)
        z = z_mean
        if network.is_gaussian:
            z = z_mean + np.exp(z_log_var / 2) * rng.standard_normal(z_mean.shape)
            per_dimension = kl_per_dimension(z_mean, z_log_var)
        else:
            measures["reconstruction"] = _reconstruction(network, x_test, z_mean)
        measures["active_units"] = Estimate(int(active_units(z_mean).sum()))
        if network.is_gaussian:
            measures |= aggregate_kl(z_mean, z_log_var, seed)
        measures["squared_mmd"] = squared_mmd(z, rng.standard_normal(z.shape))
        if data.y_test is not None:
            labels = y_train, data.y_test
            measures |= _of_classes(network.encode(x_train).mean, z_mean, labels, seed)
    if classifier is not None:
        drawn = rng.standard_normal((len(x_test), network.latent_dim)).astype("float32")
        measures |= _judge_samples(network.decode(drawn), data, classifier)
    return Evaluation(
        measures,
        per_dimension,
        len(x_test),
        samples if network.is_gaussian else 0,
        "binarized" if binarized else "colours" if x_test.shape[-1] == 3 else "grey",
    )


def kl_per_dimension(z_mean: np.ndarray, z_log_var: np.ndarray) -> list[float]:
    """Return the KL of each latent dimension from the prior, in nats.

    This is `gaussian_kl` without its sum: the mean over images of 1/2
    (mean^2 + sigma^2 - 1 - log sigma^2). Where it is near 0, the dimension has collapsed.
    """
    kl = gaussian_kl(z_mean[..., None], z_log_var[..., None])  # (n, latent_dim)
    return keras.ops.convert_to_numpy(kl).mean(axis=0, dtype=float).tolist()


def fitting_parts(model: keras.Model, data: Dataset) -> Parts:
    """Return the parts of a model; raise ValueError if it cannot be measured on the dataset."""
    network = parts(model, "evaluate")
    if network.classes:
        raise ValueError(
            f"model {model.name} has a decoder that takes the class beside z, and evaluate "
            "measures p(x) of a decoder of z alone: give a model without a class input."
        )
    if network.image_shape != data.x_test.shape[1:]:
        raise ValueError(
            f"dataset {data.name} has images of shape {data.x_test.shape[1:]}, and model "
            f"{model.name} takes {network.image_shape}: choose the dataset it was trained on."
        )
    return network


def _integrated(network, x):
    if network.latent_dim > MOST_DIMENSIONS:
        return {}
    return {"nll_integrated": Estimate.of_mean(integrated_nll(network.decoder, x))}


def _reconstruction(network, x, z):
    """Return the cross-entropy of images and their reconstructions from codes that are points."""
    return Estimate.of_mean(keras.ops.convert_to_numpy(bernoulli_nll(x, network.decode(z))))


def _of_classes(train_codes, codes, labels, seed):
    """Return the measures that compare codes with classes."""
    labelled = (train_codes, labels[0], codes, labels[1])
    return {
        "knn_accuracy": knn_accuracy(*labelled),
        "probe_accuracy": probe_accuracy(*labelled),
        **cluster_agreement(codes, labels[1], seed),
    }


def _judge_samples(x_hat, data, classifier):
    """Compare samples with held-out images; the classifier sees both as grey levels."""
    features, probabilities = look(classifier, x_hat)
    held_out, _ = look(classifier, data.x_test)
    training, _ = look(classifier, data.x_train[: len(data.x_test)])
    return {
        "frechet_distance": Estimate(frechet_distance(features, held_out)),
        "frechet_floor": Estimate(frechet_distance(training, held_out)),
        "class_coverage": Estimate(class_coverage(probabilities)),
    }
