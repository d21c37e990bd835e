"""The moments of a recorded training, all seen from one place, and what lies between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from fidle_vae.figures.latent_scatter import PlottedCodes, sort_codes
from fidle_vae.figures.training_metrics import drawn_metrics
from fidle_vae.films.class_labels import NameTags
from fidle_vae.models.latent_space import LatentPlane
from fidle_vae.training.record_files import Record

LEAST = 3.3  # standard deviations of the prior that are seen on each side, at least
MOST_CURVES = 2  # panels for metrics
SETTLED = 2  # epochs after which no code leaves the picture


class Moment(NamedTuple):
    """What a picture of the film shows."""

    time: float  # in epochs
    points: np.ndarray  # (n, 2), codes in the plane
    names: np.ndarray  # (classes, 2), where the names of the classes stand
    reconstructed: np.ndarray  # (k, h, w, c)
    decoded: np.ndarray  # (m, h, w, c)

    def towards(self, other: Moment, share: float) -> Moment:
        """What is this share of the way to another moment, all on straight lines."""
        return Moment(*((1 - share) * a + share * b for a, b in zip(self, other, strict=True)))


class Story(NamedTuple):
    """A training from its first moment to its last."""

    originals: np.ndarray  # (k, h, w, c), the images that are reconstructed
    moments: list[Moment]
    codes: PlottedCodes  # of the last moment, with their classes and the plane of the film
    limits: np.ndarray  # lowest and highest of both axes of the plane, (2, 2)
    curves: Mapping[str, Mapping[str, Mapping[int, float]]]  # {"r_loss": {"val_": {1: 0.26}}}
    epochs: tuple[int, int]  # the first and the last one


def tell(record: Record) -> Story:
    """Look at all moments of a record from one place."""
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
    """Give `count` moments from the first to the last, all that were recorded among them.

    Args:
        story: What to tell.
        count: At least as many as the story has moments.
        inches: How wide the plane is drawn.
        pull: The part of its way that the name of a class goes from one moment to the next.
    """
    names = list(story.codes.names.values())
    tags = NameTags(names, np.ptp(story.limits[0]) / inches, pull)
    for moment in _tween(story.moments, count):
        yield moment._replace(names=tags.follow(_medians(story.codes, moment.points)))


def _tween(moments: list[Moment], count: int) -> Iterator[Moment]:
    """Give `count` moments, evenly spread over the steps from each of `moments` to the next."""
    ends = np.rint(np.linspace(0, count - 1, len(moments))).astype(int)
    yield moments[0]
    for (a, b), n in zip(itertools.pairwise(moments), np.diff(ends), strict=True):
        for i in range(n):
            yield a.towards(b, (i + 1) / n)


def _medians(codes: PlottedCodes, points: np.ndarray) -> np.ndarray:
    """The median of each class, shape (classes, 2)."""
    return np.stack([np.median(points[codes.labels == k], axis=0) for k in codes.names])


def _limits(points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """A square in the plane that holds these points and the prior, shape (2, 2)."""
    centre = np.resize(centre, 2)
    low = np.minimum(points.min(axis=(0, 1)), centre - LEAST)
    high = np.maximum(points.max(axis=(0, 1)), centre + LEAST)
    side = 1.04 * max(high - low)
    return np.stack([(low + high - side) / 2, (low + high + side) / 2], axis=1)


def _curves(record: Record) -> dict[str, dict[str, dict[int, float]]]:
    """Return the first metrics by epoch, on training and held-out images, where they are known."""
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
