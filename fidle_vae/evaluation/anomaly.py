"""Scores that say how foreign an image is to a VAE, and how well a score tells foreign from known.

A large score is an alarm.
"""

from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np
from sklearn.neighbors import NearestNeighbors

from fidle_vae.evaluation.file_formats import png_bits
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.models.parts import parts

NEIGHBOUR = 5  # the distance of codes is that to the fifth nearest
SAMPLES = 10  # of the importance-sampled NLL


class Auc(NamedTuple):
    """Area under the ROC curve, with its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float


def auc(known: np.ndarray, foreign: np.ndarray, draws: int = 100, seed: int = 0) -> Auc:
    """Return how often a foreign image has a larger score than a known one; ties count a half.

    0.5 is chance, 1 is perfect; below 0.5, foreign images look *less* foreign than known ones.

    Args:
        known: scores of known images, (n,).
        foreign: scores of foreign ones, (m,).
        draws: how often both are drawn anew, with replacement, for the interval.
        seed: of these draws.
    """
    known, foreign = np.asarray(known, float), np.asarray(foreign, float)
    rng = np.random.default_rng(seed)
    values = [
        _share_above(*(rng.choice(each, len(each)) for each in (known, foreign)))
        for _ in range(draws)
    ]
    return Auc(_share_above(known, foreign), *map(float, np.quantile(values, (0.025, 0.975))))


def _share_above(known, foreign):
    known = np.sort(known)
    below = np.searchsorted(known, foreign, "left") + np.searchsorted(known, foreign, "right")
    return float(below.mean() / 2 / len(known))


def image_scores(
    model: keras.Model, groups: Mapping[str, np.ndarray], known_codes: np.ndarray, seed: int = 0
) -> dict[str, dict[str, np.ndarray]]:
    """Return scores of groups of black and white images: the larger, the more foreign.

    "reconstruction", "negative ELBO" and "NLL" are in nats. "code distance" is that from z_mean to
    the fifth nearest code of a known image. "ELBO against PNG" is the negative ELBO in bits minus
    the bits of the image as a PNG file: simple images, which any model finds cheap, cost a general
    program little too (Serra et al. 2020).

    Returns:
        {group: {name of the score: one number for each image}}.
    """
    x = np.concatenate([*groups.values()])  # all at once, as each call would be compiled anew
    encoder, decoder = parts(model)
    found = importance_sampling(encoder, decoder, x, samples=SAMPLES, seed=seed)
    near = NearestNeighbors(n_neighbors=NEIGHBOUR).fit(known_codes)
    scores = {
        "reconstruction": found.reconstruction,
        "negative ELBO": -found.elbo,
        "NLL": found.nll,
        "code distance": near.kneighbors(parts(model).encode(x).mean)[0][:, -1],
        "ELBO against PNG": -found.elbo / np.log(2) - png_bits(x),
    }
    ends = np.cumsum([len(each) for each in groups.values()])[:-1]
    divided = {name: np.split(each, ends) for name, each in scores.items()}
    return {
        group: {name: each[i] for name, each in divided.items()} for i, group in enumerate(groups)
    }
