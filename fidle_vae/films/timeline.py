"""The moments of a recorded training, all projected onto one plane, and those in between."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from fidle_vae.figures.class_names import codes_to_name
from fidle_vae.figures.latent_scatter import PlottedCodes, sort_codes
from fidle_vae.figures.metric_styles import drawn_metrics
from fidle_vae.models.latent_space import LatentPlane
from fidle_vae.training.record_files import Record

LEAST = 3.3  # minimum standard deviations of the prior in view on each side
MOST_CURVES = 2  # maximum number of metrics
SETTLED = 2  # epochs after which every code stays within the axes


class Moment(NamedTuple):
    """What one frame of the film shows."""

    time: float  # in epochs
    points: np.ndarray  # (n, 2), codes in the plane
    names: np.ndarray  # (classes, 2), places of the class names
    reconstructed: np.ndarray  # (k, h, w, c)
    decoded: np.ndarray  # (m, h, w, c)

    def towards(self, other: Moment, share: float) -> Moment:
        """Return the moment at a `share` of the way to `other`, by linear interpolation."""
        return Moment(*((1 - share) * a + share * b for a, b in zip(self, other, strict=True)))


class Story(NamedTuple):
    """A training from its first moment to its last, ready to be drawn."""

    originals: np.ndarray  # (k, h, w, c), the images that are reconstructed
    moments: list[Moment]
    codes: PlottedCodes  # at the last moment, with their classes and the plane of the film
    limits: np.ndarray  # (2, 2), lower and upper limits of both axes
    curves: Mapping[str, Mapping[str, Mapping[int, float]]]  # {"r_loss": {"val_": {1: 0.26}}}
    epochs: tuple[int, int]  # the first and the last epoch
    prior: bool  # whether the model has one: an autoencoder reports no KL to it


def story_of(record: Record, inches: float) -> Story:
    """Return the story of a record: all its moments, projected onto the plane of the last one.

    Args:
        record: The recorded training.
        inches: Width of the plane in the frame.
    """
    fixed, epochs = record.fixed, record.epochs.values()
    z, times, reconstructed, decoded = (
        np.concatenate([getattr(epoch, name) for epoch in epochs])
        for name in ("codes", "times", "reconstructed", "decoded")
    )
    plane = LatentPlane.of_codes(z[-1])
    codes = [sort_codes(each, fixed.labels, fixed.class_names, plane) for each in z]
    points = np.stack([each.points for each in codes])
    settled = points[times >= min(fixed.first + SETTLED, times[-1])]
    prior = any("kl_loss" in epoch.logs for epoch in epochs)
    limits = _limits(settled, codes[-1].centre if prior else None)
    named = codes_to_name(points, codes[-1].labels, codes[-1].names, np.ptp(limits[0]) / inches)
    return Story(
        fixed.originals,
        list(map(Moment, times, points, points[:, named], reconstructed, decoded)),
        codes[-1],
        limits,
        _curves(record),
        (min(record.epochs), max(record.epochs)),
        prior,
    )


def play(moments: list[Moment], count: int) -> Iterator[Moment]:
    """Yield `count` moments, spread evenly over the steps from each of `moments` to the next.

    All of `moments` are among them, as `count` is at least their number.
    """
    ends = np.rint(np.linspace(0, count - 1, len(moments))).astype(int)
    yield moments[0]
    for (a, b), n in zip(itertools.pairwise(moments), np.diff(ends), strict=True):
        for i in range(n):
            yield a.towards(b, (i + 1) / n)


def _limits(points: np.ndarray, centre: np.ndarray | None) -> np.ndarray:
    """Return the limits of a square that holds these points and the prior's centre, (2, 2)."""
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    if centre is not None:
        low = np.minimum(low, np.resize(centre, 2) - LEAST)
        high = np.maximum(high, np.resize(centre, 2) + LEAST)
    side = 1.04 * max(*(high - low), 1e-3)
    return np.stack([(low + high - side) / 2, (low + high + side) / 2], axis=1)


def _curves(record: Record) -> dict[str, dict[str, dict[int, float]]]:
    """Return the first metrics by epoch, on training and held-out images, where recorded."""
    logs = {number: epoch.logs for number, epoch in record.epochs.items()}
    known = dict.fromkeys(name for log in logs.values() for name in log)
    terms = drawn_metrics(known)[:MOST_CURVES]
    return {
        term: {
            prefix: {n: log[prefix + term] for n, log in logs.items() if prefix + term in log}
            for prefix in ("", "val_")
            if prefix + term in known
        }
        for term in terms
    }
