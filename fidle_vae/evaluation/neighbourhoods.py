"""Precision and recall of draws: how many look real, and how much of what is real they show."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from fidle_vae.common.validation import require_count
from fidle_vae.evaluation.estimate import Estimate


class PrecisionRecall(NamedTuple):
    """Two shares, each with its standard error."""

    precision: Estimate
    """Share of draws that lie among the real points."""
    recall: Estimate
    """Share of real points that lie among the draws."""


def precision_recall(real: np.ndarray, drawn: np.ndarray, neighbours: int = 3) -> PrecisionRecall:
    """Return the precision and recall of draws in feature space (Kynkaanniemi et al. 2019).

    A point lies among the points of a set if it is no farther from one of them than that one's
    k-th nearest neighbour within the set. So good draws of one class only have a high precision and
    a low recall, and noise has a low precision. Images without anything special, such as a blurred
    one or the mean of all, may lie amid the real points: they lower the recall alone.

    Both depend on the number of points, and are below 1 even for draws as good as real points:
    compare them with those of other real points in place of the draws. The errors are those over
    the points that are counted, with the other set as it is.

    Args:
        real: features of real images, shape (n, d).
        drawn: features of draws, shape (m, d).
        neighbours: k.
    """
    require_count("neighbours", neighbours, 3)
    real, drawn = np.asarray(real, float), np.asarray(drawn, float)
    if real.ndim != 2 or drawn.ndim != 2 or real.shape[1] != drawn.shape[1]:
        raise ValueError(
            f"real and drawn must hold rows of as many features; got shapes {real.shape} and "
            f"{drawn.shape}: pass the features that one classifier returns for both."
        )
    for name, points in (("real", real), ("drawn", drawn)):
        if len(points) <= neighbours:
            raise ValueError(
                f"{name} must hold more than {neighbours} points, so that each has {neighbours} "
                f"neighbours; got {len(points)}: pass some hundreds."
            )
    return PrecisionRecall(
        precision=_share_among(drawn, real, neighbours),
        recall=_share_among(real, drawn, neighbours),
    )


def _share_among(points, others, neighbours):
    """Return the share of points that lie within the radius of one of the others."""
    near = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(others)
    radii = near.kneighbors()[0][:, -1]  # without arguments, no point is its own neighbour
    among = pairwise_distances_chunked(
        points, others, reduce_func=lambda distances, _: (distances <= radii).any(axis=1)
    )
    return Estimate.of_mean(np.concatenate(list(among)))
