"""Figures on critics: distances where nothing overlaps, critics on a line, weights, trials."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fidle_vae.figures.charts import STYLES
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label


def two_distances(
    x: np.ndarray,
    densities: Sequence[np.ndarray],
    shifts: Sequence[float],
    distances: Mapping[str, Sequence[float]],
) -> Figure:
    """Draw two densities, and beside them how their distances grow as one of them moves away.

    Args:
        x: places on the line.
        densities: of real and of generated points there.
        shifts: how far one has moved.
        distances: {name with unit: a value for each shift}.
    """
    fig = NotebookFigure(12, 4.4)
    left, right = fig.subplots(1, 2)
    _fill_both(left, x, densities)
    left.set(yticks=[], ylim=0)
    left.legend(fontsize=TEXT, loc="upper right")
    label(left, "place on the line", "density")
    _curves(right, shifts, distances, marks=False)
    right.set_ylim(0)
    label(right, "how far apart", "distance")
    return fig


def critics_on_a_line(
    x: np.ndarray,
    densities: Sequence[np.ndarray],
    said: Mapping[str, np.ndarray],
    places: Sequence[float],
    true: Sequence[float],
    values: Mapping[str, Sequence[float]],
) -> Figure:
    """Draw what critics say along a line, and beside it their values and the true distance.

    Args:
        x: places on the line.
        densities: of real and of generated points there.
        said: {name of a critic: what it says at each place}.
        places: where the generated points are, one after the other.
        true: the earth mover's distance for each place.
        values: {name of a critic: its value for each place}.
    """
    fig = NotebookFigure(12, 5)
    left, right = fig.subplots(1, 2)
    high = max(map(np.ptp, said.values()))
    lowest = min(each.min() for each in said.values())
    scale = 0.35 * high / max(map(np.max, densities))
    _fill_both(left, x, [scale * each + lowest - 0.45 * high for each in densities])
    _curves(left, x, said, marks=False)
    left.set(yticks=[])
    left.legend(fontsize=TEXT - 2, loc="upper center", ncols=2)
    left.set_ylim(lowest - 0.45 * high, lowest + 1.75 * high)
    label(left, f"place on the line (generated: {places[0]:g})", "what the critic says")
    right.plot(places, true, color="0.6", linewidth=7, label="the true distance")
    _curves(right, places, values)
    right.set_ylim(0)
    label(right, "place of the generated points", "the critic's value")
    return fig


def weights_held(weights: Mapping[str, np.ndarray]) -> Figure:
    """Draw a histogram of the weights of each network, one below the other, each on its axis."""
    fig = NotebookFigure(10, 2.1 * len(weights) + 0.7)
    axes = fig.subplots(len(weights), 1, squeeze=False)[:, 0]
    for i, (ax, (name, each)) in enumerate(zip(axes, weights.items(), strict=True)):
        limit = 1.05 * np.abs(each).max()
        ax.hist(each, np.linspace(-limit, limit, 61), color=COLORS[i], weights=_shares(each))
        ax.set_title(name, fontsize=TITLE, loc="left")
        ax.locator_params(axis="y", nbins=3)
        label(ax, "weight" if ax is axes[-1] else "", "share")
    return fig


def trials(
    distances: Mapping[str, Sequence[float]],
    classes: Mapping[str, Sequence[float]],
    floor: float,
    most: int,
    limit: float | None = None,
) -> Figure:
    """Draw the results of repeated trainings: a row for each way, a dot for each training.

    Args:
        distances: {way: the distance of each training}, which is drawn on a logarithmic axis.
        classes: {way: the number of classes that each training shows}.
        floor: the distance of real images.
        most: how many classes there are.
        limit: the distance beyond which a training counts as failed, if any.
    """
    fig = NotebookFigure(12, 1.8 + 0.7 * len(distances))
    left, right = fig.subplots(1, 2, sharey=True, width_ratios=[3, 2])
    for ax, values in ((left, distances), (right, classes)):
        for y, each in enumerate(values.values()):
            ax.plot([min(each), max(each)], [y, y], color=COLORS[0], linewidth=3, alpha=0.5)
            dots = {"markersize": 11, "clip_on": False, "label": "a training"}
            ax.plot(each, [y] * len(each), "o", color=COLORS[0], **dots)
            mark = {"markersize": 26, "markeredgewidth": 3, "label": "their median"}
            ax.plot(np.median(each), y, "|", color="black", **mark)
        ax.grid(axis="x", alpha=0.4)
    fig.legend(handles=left.lines[1:3], loc="outside lower center", fontsize=TEXT, ncols=2)
    left.set_xscale("log")
    ticks = [each for each in (0.5, 1, 2, 5, 10, 20, 50, 100, 200) if each > 0.7 * floor]
    highest = max(map(max, distances.values()))
    ticks = [each for each in ticks if each < 2 * highest]
    left.set_xticks(ticks, [f"{each:g}" for each in ticks])
    left.minorticks_off()
    left.axvline(floor, color="black", linestyle=":", linewidth=3)
    left.set_yticks(range(len(distances)), list(distances))
    left.set(xlim=(0.8 * floor, 1.3 * highest), ylim=(len(distances) - 0.5, -0.5))
    right.axvline(most, color="black", linestyle=":", linewidth=3)
    if limit is not None and limit < 1.3 * highest:
        left.axvspan(limit, 1.3 * highest, color="0.9", zorder=0)
        left.text(
            limit, 1.01, " failed", transform=left.get_xaxis_transform(), fontsize=TEXT, va="bottom"
        )
    label(left, "distance from real images (dotted: real from real)")
    label(right, "classes shown (dotted: all)")
    return fig


def _fill_both(ax: Axes, x: np.ndarray, densities: Sequence[np.ndarray]) -> None:
    for i, (name, each) in enumerate(zip(("real", "generated"), densities, strict=True)):
        style = {"color": ("0.45", "0.75")[i], "hatch": ("", "//")[i], "alpha": 0.8}
        ax.fill_between(x, each, min(each), label=name, linewidth=0, **style)


def _curves(ax: Axes, x: Sequence[float], lines: Mapping, marks: bool = True) -> None:
    for i, (name, values) in enumerate(lines.items()):
        dashes, marker = STYLES[i % len(STYLES)]
        style = {"color": COLORS[i % len(COLORS)], "linewidth": 3, "markersize": 10}
        ax.plot(x, values, dashes, marker=marker if marks else None, label=name, **style)
    ax.grid(alpha=0.4)
    ax.legend(fontsize=TEXT)


def _shares(values: np.ndarray) -> np.ndarray:
    return np.full(len(values), 1 / len(values))
