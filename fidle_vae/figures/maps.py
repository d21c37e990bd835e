"""Two-dimensional maps of the same images side by side, as several methods draw them."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.latent_scatter import MARKERS
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure

SIDE = 4.6  # inches of a map


def compare_maps(
    maps: Mapping[str, np.ndarray],
    labels: np.ndarray,
    class_names: Sequence[str] = (),
    columns: int = 2,
) -> Figure:
    """A scatter plot for each map, on axes of its own, with the name of each class at its median.

    Args:
        maps: {title of the map: points (n, 2) of the same images}.
        labels: the class of each image, an integer from 0, shape (n,).
        class_names: the name of each class; by default its number.
        columns: how many maps stand in a row.
    """
    labels = np.asarray(labels)
    for name, points in maps.items():
        if np.shape(points) != (len(labels), 2):
            raise ValueError(
                f"map {name!r} must have shape ({len(labels)}, 2), a point for each label, got "
                f"{np.shape(points)}: `LatentPlane.of_codes(codes).project(codes)` makes one."
            )
    rows = -(-len(maps) // columns)
    fig = NotebookFigure(SIDE * columns, (SIDE + 0.4) * rows)
    grid = fig.subplots(rows, columns, squeeze=False)
    for ax, (name, points) in zip(grid.flat, maps.items(), strict=False):
        ax.set_title(name, fontsize=TITLE)
        _draw_map(ax, np.asarray(points, float), labels, class_names)
    for ax in fig.axes[len(maps) :]:
        ax.set_axis_off()
    return fig


def _draw_map(ax, points, labels, class_names):
    order = np.random.default_rng(0).permutation(len(labels))  # no class hides the others
    classes = np.unique(labels)
    for share in np.array_split(order, 4):
        for k in classes:
            style = {"color": COLORS[k % len(COLORS)], "marker": MARKERS[k % len(MARKERS)]}
            ax.scatter(*points[share[labels[share] == k]].T, s=22, alpha=0.7, linewidth=0, **style)
    for k, (x, y) in _places(ax, points, labels, classes).items():
        name = class_names[k] if len(class_names) else str(k)
        style = {"fontsize": TITLE, "weight": "bold", "ha": "center", "va": "center"}
        ax.text(x, y, name, path_effects=[withStroke(linewidth=4, foreground="white")], **style)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(4))
    ax.tick_params(labelsize=TEXT)


def _places(ax, points, labels, classes):
    """The median of each class, moved up or down until no two names overlap."""
    inch = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())]) / SIDE
    places = {k: np.median(points[labels == k], axis=0) / inch for k in classes}
    for a, b in list(itertools.combinations(places, 2)) * 100:
        across, up = places[b] - places[a]
        if abs(across) < 0.3 and abs(up) < 0.4:
            push = np.copysign(0.2 - abs(up) / 2, up)
            places[a][1] -= push
            places[b][1] += push
    return {k: place * inch for k, place in places.items()}
