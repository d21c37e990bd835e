"""Outlines of simple things, drawn by a rule: closed curves of points in the plane."""

from typing import NamedTuple

import numpy as np

from fidle_vae.common.validation import require_count

# The rule: radius = size (1 + a cos 2t + b sin 3t + c cos 5t) at the angle t, then a turn.
RANGES = {
    "size": (0.6, 1.2),
    "length": (0.0, 0.35),  # a
    "lopsidedness": (-0.15, 0.15),  # b
    "arms": (0.0, 0.35),  # c, how long its five arms are
    "turn": (-np.pi / 12, np.pi / 12),
}


class Outlines(NamedTuple):
    """Closed curves, and the numbers that the rule has made each of."""

    points: np.ndarray
    """x and y, (n, points, 2), float32, within about 2 of the middle."""
    rule: np.ndarray
    """A column for each entry of RANGES, (n, 5)."""


def draw_outlines(n: int, seed: int, points: int = 64) -> Outlines:
    """Draw outlines from pebbles to starfish, each turned by up to 15 degrees to either side.

    Point i is the same part of every outline, for example the tip of the first arm, as the corners
    of a mesh are.
    """
    require_count("n", n, 1000)
    require_count("points", points, 64)
    rng = np.random.default_rng(seed)
    rule = np.stack([rng.uniform(*ends, n) for ends in RANGES.values()], axis=1)
    size, a, b, c, turn = rule.T[..., None]
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = size * (1 + a * np.cos(2 * t) + b * np.sin(3 * t) + c * np.cos(5 * t))
    places = np.stack([np.cos(t + turn), np.sin(t + turn)], axis=-1)
    return Outlines((radius[..., None] * places).astype(np.float32), rule)
