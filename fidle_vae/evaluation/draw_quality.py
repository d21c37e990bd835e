"""All that is measured of the draws of a generator, in one call."""

from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.evaluation.classifier import look
from fidle_vae.evaluation.copying import copied_share
from fidle_vae.evaluation.estimate import Estimate
from fidle_vae.evaluation.mmd import kid
from fidle_vae.evaluation.neighbourhoods import precision_recall
from fidle_vae.evaluation.samples import class_coverage, confident_share, frechet_distance


class DrawQuality(NamedTuple):
    """How draws compare with real held-out images, mostly in the features of a classifier."""

    distance: float
    """Frechet distance of draws and held-out images."""
    floor: float
    """The same of equally many training images and held-out images: about that of perfect draws."""
    kid: Estimate
    """Squared MMD with a cubic kernel, of draws and held-out images; 0 if alike."""
    precision: Estimate
    """Share of draws that lie among the held-out images."""
    recall: Estimate
    """Share of held-out images that lie among the draws."""
    coverage: float
    """Number of classes that draws show."""
    confident: float
    """Share of draws to which the classifier gives one class more than 0.9."""
    copied: float
    """Share of draws nearer to training images than unseen images are; 0.05 by chance."""
    images: int
    """How many draws were compared with as many held-out images."""


def judge_draws(
    drawn: np.ndarray, real: np.ndarray, train: np.ndarray, classifier: keras.Model
) -> DrawQuality:
    """Return all measures of draws, by the classifier that was trained on the same dataset.

    The Frechet distance is larger for fewer images, and precision and recall depend on their number
    too: compare only results with the same `images`. Draws, real images and the training images of
    the floor are cut to the length of the shortest of them; copies are sought among all training
    images. With 2,000 draws it takes seconds, most of them for the search of copies.

    Put real images in place of `drawn` to see what perfect draws would get.

    Args:
        drawn: images in [0, 1], shape (n, height, width, channels); 2,000 are a good number.
        real: held-out images, as many.
        train: the images that the generator has learned from, in random order.
        classifier: images -> [features, class probabilities], see `train_classifier`.
    """
    drawn, real, train = (np.asarray(each) for each in (drawn, real, train))
    for name, images in (("drawn", drawn), ("real", real), ("train", train)):
        _require_images(name, images, classifier)
    n = min(len(drawn), len(real), len(train))
    drawn, real = drawn[:n], real[:n]
    features, probabilities = look(classifier, drawn)
    of_real, of_train = (look(classifier, each)[0] for each in (real, train[:n]))
    precision, recall = precision_recall(of_real, features)
    return DrawQuality(
        distance=frechet_distance(features, of_real),
        floor=frechet_distance(of_train, of_real),
        kid=kid(features, of_real),
        precision=precision,
        recall=recall,
        coverage=class_coverage(probabilities),
        confident=confident_share(probabilities),
        copied=copied_share(drawn, train, real),
        images=n,
    )


def _require_images(name, images, classifier):
    shape = classifier.input_shape[1:]
    if images.shape[1:] != shape:
        raise ValueError(
            f"{name} must hold images of shape {shape}, as the classifier takes them; got an array "
            f"of shape {images.shape}: reshape it, or train the classifier on this dataset."
        )
    if len(images) < 20:
        raise ValueError(f"{name} must hold at least 20 images, got {len(images)}: try 2,000.")
    if not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"{name} must hold values in [0, 1]; got values from {images.min():g} to "
            f"{images.max():g}: after a tanh, take (x + 1) / 2."
        )
