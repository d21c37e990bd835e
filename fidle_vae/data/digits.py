"""Makes the offline digits: images like those of MNIST, from the small scans in scikit-learn.

Scikit-learn carries 1,797 handwritten digits of 8x8 pixels. Each pixel counts the ink in a block
of 4x4 pixels of a black and white scan, which is enough to recover the outline of the strokes.
An outline, kept as a field of distances to its edge, can then be drawn at any size, slant and pen
width: about forty images of 28x28 are drawn from each scan, no two of them the same.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

VERSION = 1  # raise it with every change to the images, so that they are made again
TRAIN, TEST = 60_000, 10_000
_SEED = 2023
_CELLS = 12  # width of a scan in its own pixels, with a margin of two all around
_FINE = 6  # samples of the outline across one of these pixels
_BLOCK = 500  # images drawn at a time


class _Strokes(NamedTuple):
    """The outline of one scanned digit, measured in fine samples."""

    distance: np.ndarray  # to the edge of the ink, negative inside
    centre: np.ndarray  # of the ink's mass: row, column
    size: float  # the longer side of the ink's box
    pen: float  # width of the stroke


def make_digits() -> Iterator[tuple[str, Iterable[np.ndarray]]]:
    """Yield the arrays x_train, y_train, x_test, y_test, each as its name and blocks of bytes.

    They are the same on every run. Read the blocks of an array before you take the next one.
    """
    from sklearn.datasets import load_digits

    scans = load_digits()
    strokes = [_measure(ink) for ink in _recover_outlines(scans.images)]
    for number, (split, chosen) in enumerate(_choose_scans(scans.target).items()):
        rng = np.random.default_rng([_SEED, number])
        chosen = rng.permutation(chosen)
        blocks = np.array_split(chosen, len(chosen) // _BLOCK)
        yield f"x_{split}", (_draw([strokes[i] for i in block], rng) for block in blocks)
        yield f"y_{split}", [scans.target[chosen].astype(np.uint8)]


def _choose_scans(target: np.ndarray) -> dict[str, np.ndarray]:
    """Choose the scan behind each image: as many images of each digit, no scan in both splits."""
    train, test = [], []
    for digit in range(10):
        scans = np.flatnonzero(target == digit)
        held_out = np.arange(len(scans)) % 7 == 6  # as many of each writer as in the training set
        train.append(np.resize(scans[~held_out], TRAIN // 10))  # resize repeats them in turn
        test.append(np.resize(scans[held_out], TEST // 10))
    return {"train": np.concatenate(train), "test": np.concatenate(test)}


def _recover_outlines(counts: np.ndarray) -> np.ndarray:
    """Find smooth outlines whose ink, counted in blocks, is that of the 8x8 counts (0 to 16).

    An outline is where a smooth surface passes one half. We raise or lower the surface wherever
    a block has too little or too much ink, until all blocks agree.
    """
    margin = (_CELLS - 8) // 2
    wanted = np.pad(counts.astype(np.float32) / 16, ((0, 0), (margin, margin), (margin, margin)))
    spread = _spline(_CELLS, _CELLS * _FINE)
    heights = wanted.copy()
    for _ in range(25):
        ink = np.clip(3 * (spread @ heights @ spread.T) - 1, 0, 1)
        counted = ink.reshape(-1, _CELLS, _FINE, _CELLS, _FINE).mean((2, 4))
        heights = np.clip(heights + 0.7 * (wanted - counted), -0.5, 1.6)
    return spread @ heights @ spread.T > 0.5


def _measure(ink: np.ndarray) -> _Strokes:
    """Measure one outline, given as a square of booleans."""
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(ink)
    outside = ndimage.distance_transform_edt(~ink)
    distance = ndimage.gaussian_filter(np.where(ink, 0.5 - depth, outside - 0.5), 1)
    middle = ink & (depth == ndimage.maximum_filter(depth, 3))  # where the stroke is deepest
    box = [np.ptp(np.flatnonzero(ink.any(axis))) + 1 for axis in (0, 1)]
    return _Strokes(
        distance.astype(np.float32),
        np.array(ndimage.center_of_mass(ink)),
        float(max(box)),
        2 * float(np.quantile(depth[middle], 0.3)),
    )


def _draw(strokes: list[_Strokes], rng: np.random.Generator) -> np.ndarray:
    """Draw each outline once as a 28x28 image of bytes, in a handwriting that varies a little.

    The constants make the images resemble MNIST: a box of 20x20 pixels, the centre of mass in the
    middle, strokes of two to three pixels with an edge of about one, a slant to the right.
    """
    from scipy import ndimage

    n = len(strokes)
    pen = 2.4 * np.exp(rng.normal(0, 0.22, n))
    box = 18.7 * np.exp(rng.normal(0, 0.03, n))
    # One outline sample, in pixels of the image. The path of the pen is scaled, then redrawn.
    unit = (box - pen) / [max(s.size - s.pen, 2 * _FINE) for s in strokes]

    angle = rng.normal(0, np.radians(6), n)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    one, zero = np.ones(n), np.zeros(n)
    slant = np.array(
        [[one, zero], [-rng.normal(0.1, 0.17, n), 1.16 * np.exp(rng.normal(0, 0.1, n))]]
    )
    to_image = unit[:, None, None] * np.einsum("ijn,jkn->nik", turn, slant)

    bend = rng.normal(0, 0.7, (n, 2, 4, 4))
    bend -= bend.mean((2, 3), keepdims=True)
    spread = _spline(4, 28)
    middle = rng.normal(14, 0.15, (n, 2, 1, 1))
    pixels = np.mgrid[:28, :28] - middle + spread @ bend @ spread.T
    points = np.linalg.inv(to_image) @ pixels.reshape(n, 2, -1)
    points += np.array([s.centre for s in strokes])[:, :, None]

    distance = np.stack(
        [
            ndimage.map_coordinates(s.distance, at, order=1, mode="nearest")
            for s, at in zip(strokes, points, strict=True)
        ]
    )
    thicker = (pen - unit * [s.pen for s in strokes]) / 2
    ink = np.clip(0.5 + (thicker[:, None] - unit[:, None] * distance) / 1.2, 0, 1)
    return np.rint(255 * ink).astype(np.uint8).reshape(n, 28, 28)


def _spline(knots: int, samples: int) -> np.ndarray:
    """Matrix (samples, knots) that spreads values at the knots into a smooth curve."""
    from scipy import ndimage

    at = (np.arange(samples) + 0.5) * knots / samples - 0.5
    curves = [ndimage.map_coordinates(k, [at], order=3, mode="nearest") for k in np.eye(knots)]
    return np.stack(curves, axis=1).astype(np.float32)
