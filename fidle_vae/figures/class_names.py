"""Where the name of a class stands in a picture of codes: at the code of one of its images."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from fidle_vae.figures.style import COLORS, TITLE, inches

PAD = 0.1  # of the font size, between a name and its frame
CANDIDATES = 100  # maximum number of codes of a class to choose from
OVERLAP = 2.0  # inches from the middle of its class that a name moves to avoid another name


def codes_to_name(
    points: np.ndarray, labels: np.ndarray, names: Mapping[int, str], inch: float | np.ndarray
) -> np.ndarray:
    """Choose the code of each class at which its name stands; return their indices, (classes,).

    It is one near the median of its class, so chosen that the names overlap as little as possible.
    In a film a name moves with its code, and the last moment counts as much as all others.

    Args:
        points: The codes in the plane at one or more moments, shape (moments, n, 2).
        labels: The class of each code, shape (n,).
        names: The name of each class, written in the size of a title.
        inch: How many units of the plane one inch of the figure covers, of both axes or of each.
    """
    points = points / inch
    weights = np.arange(1, len(points) + 1) / np.arange(1, len(points) + 1).sum()
    weights[-1] += 1
    height = (1.2 + 2 * PAD) * TITLE / 72
    widths = np.array([inches(name, TITLE) for name in names.values()]) + 2 * PAD * TITLE / 72
    candidates, costs = [], []
    for k in names:
        own = np.flatnonzero(labels == k)
        middle = np.median(points[:, own], axis=1, keepdims=True)
        cost = weights @ np.linalg.norm(points[:, own] - middle, axis=-1)
        near = np.argsort(cost, kind="stable")[: np.clip(len(own) // 2, 1, CANDIDATES)]
        candidates.append(own[near])
        costs.append(cost[near])
    chosen = np.array([own[0] for own in candidates])
    for i in list(range(len(chosen))) * 5:
        gaps = abs(points[:, candidates[i], None] - points[:, None, np.delete(chosen, i)])
        room = (widths[i] + np.delete(widths, i)) / 2
        hidden = (1 - gaps[..., 0] / room).clip(0) * (1 - gaps[..., 1] / height).clip(0)
        overlaps = (hidden > 0) * (1 + 3 * hidden)  # a name behind another one is the worst
        cost = costs[i] + OVERLAP * weights @ overlaps.sum(axis=-1)
        chosen[i] = candidates[i][cost.argmin()]
    return chosen


def write_names(ax: Axes, names: Mapping[int, str], places: np.ndarray) -> list[Text]:
    """Write the names at their places, shape (classes, 2), framed in the colours of the classes."""
    style = {"fontsize": TITLE, "weight": "bold", "ha": "center", "va": "center", "clip_on": True}
    frame = {"boxstyle": f"round,pad={PAD}", "facecolor": "white", "linewidth": 3}
    colors = [COLORS[k % len(COLORS)] for k in names]
    return [
        ax.text(*place, name, bbox=frame | {"edgecolor": color}, **style)
        for name, place, color in zip(names.values(), places, colors, strict=True)
    ]
