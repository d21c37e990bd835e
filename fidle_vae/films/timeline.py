"""The moments of a recorded training, all projected onto one plane, and those in between."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from fidle_vae.figures.latent_scatter import PlottedCodes, sort_codes
from fidle_vae.figures.metric_styles import drawn_metrics
from fidle_vae.films.class_labels import ClassLabels
from fidle_vae.models.latent_space import LatentPlane
from fidle_vae.training.record_files import Record

LEAST = 3.3  # minimum standard deviations of the prior in view on each side
MOST_CURVES = 2  # maximum number of metrics
SETTLED = 2  # epochs after which every code stays within the axes


class Moment(NamedTuple):
    """What one frame of the film shows."""

    time: float  # in epochs
    points: np.ndarray  # (n, 2), codes in the plane
    names: np.ndarray  # (classes, 2), places of the class labels
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


def story_of(record: Record) -> Story:
    """Return the story of a record: all its moments, projected onto the plane of the last one."""
    fixed, epochs = record.fixed, record.epochs.values()
    z, times, reconstructed, decoded = (
        np.concatenate([getattr(epoch, name) for epoch in epochs])
        for name in ("codes", "times", "reconstructed", "decoded")
    )
    plane = LatentPlane.of_codes(z[-1])
    codes = [sort_codes(each, fixed.labels, fixed.class_names, plane) for each in z]
    points = [each.points for each in codes]
    names = [_medians(each, each.points) for each in codes]
    return Story(
        fixed.originals,
        list(map(Moment, times, points, names, reconstructed, decoded)),
        codes[-1],
        _limits(np.stack(points)[times >= min(fixed.first + SETTLED, times[-1])], codes[-1].centre),
        _curves(record),
        (min(record.epochs), max(record.epochs)),
    )


def play(story: Story, count: int, inches: float, pull: float) -> Iterator[Moment]:
    """Yield `count` moments from the first to the last, including all recorded ones.

    Args:
        story: The training to show.
        count: The number of frames, at least the number of recorded moments.
        inches: Width of the plane in the frame.
        pull: The fraction of its remaining distance that a class label moves per frame.
    """
    names = list(story.codes.names.values())
    labels = ClassLabels(names, np.ptp(story.limits[0]) / inches, pull)
    for moment in _tween(story.moments, count):
        yield moment._replace(names=labels.follow(_medians(story.codes, moment.points)))


def _tween(moments: list[Moment], count: int) -> Iterator[Moment]:
    """Yield `count` moments, spread evenly over the steps from each of `moments` to the next."""
    ends = np.rint(np.linspace(0, count - 1, len(moments))).astype(int)
    yield moments[0]
    for (a, b), n in zip(itertools.pairwise(moments), np.diff(ends), strict=True):
        for i in range(n):
            yield a.towards(b, (i + 1) / n)


def _medians(codes: PlottedCodes, points: np.ndarray) -> np.ndarray:
    """Return the median of each class, shape (classes, 2)."""
    return np.stack([np.median(points[codes.labels == k], axis=0) for k in codes.names])


def _limits(points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return the limits of a square that holds these points and the prior, shape (2, 2)."""
    centre = np.resize(centre, 2)
    low = np.minimum(points.min(axis=(0, 1)), centre - LEAST)
    high = np.maximum(points.max(axis=(0, 1)), centre + LEAST)
    side = 1.04 * max(high - low)
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
