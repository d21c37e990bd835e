"""All measures of one VAE on one dataset's held-out images."""

from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.data.binarization import binarize
from fidle_vae.data.datasets import Dataset
from fidle_vae.evaluation.aggregate import Estimate, aggregate_kl, squared_mmd
from fidle_vae.evaluation.classifier import look
from fidle_vae.evaluation.codes import cluster_agreement, knn_accuracy, probe_accuracy
from fidle_vae.evaluation.integration import MOST_DIMENSIONS, integrated_nll
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.evaluation.samples import class_coverage, frechet_distance
from fidle_vae.models.latent_space import active_units
from fidle_vae.models.losses import gaussian_kl
from fidle_vae.models.parts import networks_of


class Evaluation(NamedTuple):
    """What was measured, on what."""

    measures: dict[str, Estimate]
    """By name; `MEASURES` explains each."""
    kl_per_dimension: list[float]
    """Nats, the mean over images; they sum up to the KL."""
    images: int
    samples: int
    """z drawn for each image."""
    pixels: str
    """"grey" or "binarized": their likelihoods are different quantities."""


# Unit, and what the measure is, in a few words; the functions that compute them have formulas.
MEASURES = {
    "elbo": ("nats", "-(reconstruction + kl)"),
    "reconstruction": ("nats", "-log p(x given z), mean over z"),
    "kl": ("nats", "of q(z given x) from the prior"),
    "nll": ("nats", "-log p(x), importance sampling"),
    "nll_integrated": ("nats", "-log p(x), integrated over z"),
    "active_units": ("dims", "that z_mean makes use of"),
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
    """Measure a VAE on the held-out images of a dataset.

    Measures that need classes are left out where the dataset has none.

    Args:
        model: a `VAE`, or a functional model with layers named "encoder" and "decoder".
        data: what it was trained on; only codes of its training images are used.
        samples: z drawn for each image.
        seed: of all draws.
        binarized: whether to draw the images black and white, as for published numbers; a model
            that was trained on grey levels is to be measured on grey levels.
        classifier: for the quality of samples; None leaves that out.
        progress: whether to show a progress bar on a terminal.
    """
    encoder, decoder = networks_of(model, data)
    rng = np.random.default_rng(seed)
    x_train, x_test = data.x_train, data.x_test
    if binarized:
        x_train, x_test = (binarize(x, (seed, i)) for i, x in enumerate((x_train, x_test)))

    likelihoods = importance_sampling(
        encoder, decoder, x_test, samples=samples, seed=seed, progress=progress
    )
    z_mean, z_log_var = encoder.predict(x_test, batch_size=500, verbose=0)
    z = z_mean + np.exp(z_log_var / 2) * rng.standard_normal(z_mean.shape)
    measures = {
        "elbo": Estimate.of_mean(likelihoods.elbo),
        "reconstruction": Estimate.of_mean(likelihoods.reconstruction),
        "kl": Estimate.of_mean(likelihoods.kl),
        "nll": Estimate.of_mean(likelihoods.nll),
        **_integrated(decoder, x_test),
        "active_units": Estimate(int(active_units(z_mean).sum())),
        **aggregate_kl(z_mean, z_log_var, seed),
        "squared_mmd": squared_mmd(z, rng.standard_normal(z.shape)),
    }
    if data.y_test is not None:
        codes, _ = encoder.predict(x_train, batch_size=500, verbose=0)
        labelled = (codes, data.y_train, z_mean, data.y_test)
        measures["knn_accuracy"] = knn_accuracy(*labelled)
        measures["probe_accuracy"] = probe_accuracy(*labelled)
        measures |= cluster_agreement(z_mean, data.y_test, seed)
    if classifier is not None:
        drawn = rng.standard_normal(z.shape).astype("float32")
        measures |= _judge_samples(
            decoder.predict(drawn, batch_size=500, verbose=0), data, classifier
        )
    return Evaluation(
        measures,
        kl_per_dimension(z_mean, z_log_var),
        len(x_test),
        samples,
        "binarized" if binarized else "grey",
    )


def kl_per_dimension(z_mean: np.ndarray, z_log_var: np.ndarray) -> list[float]:
    """KL of each latent dimension from the prior, in nats: `gaussian_kl` without its sum.

    1/2 (mean^2 + sigma^2 - 1 - log sigma^2), a mean over images; a dimension near 0 has collapsed.
    """
    kl = gaussian_kl(z_mean[..., None], z_log_var[..., None])  # (n, latent_dim)
    return keras.ops.convert_to_numpy(kl).mean(axis=0, dtype=float).tolist()


def _integrated(decoder, x):
    if decoder.input_shape[-1] > MOST_DIMENSIONS:
        return {}
    return {"nll_integrated": Estimate.of_mean(integrated_nll(decoder, x))}


def _judge_samples(x_hat, data, classifier):
    """Compare samples with as many held-out images; both are looked at as grey levels."""
    features, probabilities = look(classifier, x_hat)
    held_out, _ = look(classifier, data.x_test)
    training, _ = look(classifier, data.x_train[: len(data.x_test)])
    return {
        "frechet_distance": Estimate(frechet_distance(features, held_out)),
        "frechet_floor": Estimate(frechet_distance(training, held_out)),
        "class_coverage": Estimate(class_coverage(probabilities)),
    }
