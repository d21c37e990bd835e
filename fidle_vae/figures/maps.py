"""Two-dimensional maps of the same images side by side: as several methods or models draw them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, MultipleLocator

from fidle_vae.figures.class_names import codes_to_name, write_names
from fidle_vae.figures.latent_scatter import PlottedCodes, draw_codes, enlarge_marks, sort_codes
from fidle_vae.figures.style import SIGMA, TEXT, TITLE, NotebookFigure, inches
from fidle_vae.models.latent_space import LatentPlane

SIDE = 4.6  # inches of a map
NARROWEST = 5.0  # inches of a figure, for its legend
PANEL = 2.6  # inches of a latent plane, of which many are compared


def compare_maps(
    maps: Mapping[str, np.ndarray],
    labels: np.ndarray,
    class_names: Sequence[str] = (),
    columns: int = 2,
) -> Figure:
    """A scatter plot for each map, on axes of its own, with the name of each class among its codes.

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
    fig, axes = _panels(maps, columns, SIDE)
    drawn = [sort_codes(points, labels, class_names, None) for points in maps.values()]
    for ax, codes in zip(axes, drawn, strict=True):
        draw_codes(ax, codes, size=0.4, prior=False)
        ax.set(xlabel="", ylabel="")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(4))
    fig.draw_without_rendering()  # so that the axes have their sizes
    for ax, codes in zip(axes, drawn, strict=True):
        limits = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
        inch = limits * fig.dpi / ax.bbox.size
        named = codes_to_name(codes.points[None], codes.labels, codes.names, inch)
        write_names(ax, codes.names, codes.points[named])
    return fig


def compare_codes(
    codes: Mapping[str, np.ndarray],
    labels: np.ndarray,
    class_names: Sequence[str] = (),
    *,
    reach: float = 5.0,
    columns: int = 4,
) -> Figure:
    """A latent plane for each model, all at one scale, with the prior at 1, 2 and 3 sigma.

    A panel says which share of its codes lies outside, and is not shown.

    Args:
        codes: {name of the model: z_mean of the same images, shape (n, d)}; if d is more than 2,
            each model is seen in the plane in which its codes vary most.
        labels: the class of each image, an integer from 0, shape (n,).
        class_names: the name of each class; by default its number.
        reach: how far the planes go in each direction, in standard deviations of the prior.
        columns: how many planes stand in a row.
    """
    if not codes:
        raise ValueError("codes must be a dict with one model or more, got none")
    fig, axes = _panels(codes, columns, PANEL, sharex=True, sharey=True)
    for ax, (name, z) in zip(axes, codes.items(), strict=True):
        plane = LatentPlane.of_codes(z)
        plotted = _about_the_prior(sort_codes(z, labels, class_names, plane, f"codes of {name!r}"))
        k = len(plotted.centre)
        draw_codes(ax, plotted, size=0.4)
        ax.label_outer()
        outside = np.mean(np.abs(plotted.points[:, :k]).max(axis=1) > reach)
        if outside >= 0.005:
            note = {"ha": "center", "va": "bottom", "fontsize": TEXT, "transform": ax.transAxes}
            frame = {"facecolor": "white", "edgecolor": "none", "pad": 2, "alpha": 0.9}
            ax.text(0.5, 0.015, f"{100 * outside:.0f} % not shown", bbox=frame, **note)
        if k == 2:
            ax.set(ylim=(-reach, reach), aspect="equal")
    axes[0].set_xlim(-reach, reach)
    axes[0].xaxis.set_major_locator(MultipleLocator(2))
    if k == 2:
        axes[0].yaxis.set_major_locator(MultipleLocator(2))
    _add_legend(fig, axes)
    return fig


def _about_the_prior(codes: PlottedCodes) -> PlottedCodes:
    """Move the codes so that the centre of the prior is at 0."""
    k = len(codes.centre)
    points = codes.points.copy()
    points[:, :k] -= codes.centre
    return codes._replace(points=points, centre=np.zeros(k))


def _add_legend(fig: Figure, axes: Sequence[Axes]) -> None:
    """Name the classes and the circles once, below all panels."""
    named = {}
    for ax in axes:
        named |= dict(zip(*ax.get_legend_handles_labels()[::-1], strict=True))
    circle, *_ = [named.pop(name) for name in list(named) if isinstance(named[name], Line2D)]
    named[f"prior, 1{SIGMA} 2{SIGMA} 3{SIGMA}"] = circle
    widths = [inches(name) + 0.55 for name in named]
    columns = _legend_columns(widths, fig.get_figwidth())
    fig.set_figheight(fig.get_figheight() + 0.7 + 0.3 * -(-len(named) // columns))
    style = {"frameon": False, "handlelength": 1.3, "handletextpad": 0.3, "columnspacing": 0.8}
    legend = fig.legend(
        named.values(), named, loc="outside lower center", ncols=columns, fontsize=TEXT, **style
    )
    enlarge_marks(legend)


def _legend_columns(widths: Sequence[float], room: float) -> int:
    """Return how many columns of a legend with entries of these widths fit into `room`."""
    for rows in range(1, len(widths)):
        columns = -(-len(widths) // rows)
        if sum(map(max, np.array_split(widths, columns))) < room:
            return columns
    return 1


def _panels(
    titles: Iterable[str], columns: int, side: float, **sharing: bool
) -> tuple[Figure, list[Axes]]:
    """Return a figure with an Axes under each title, in rows."""
    titles = list(titles)
    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    lines = 1 + max(title.count("\n") for title in titles)
    fig = NotebookFigure(max(side * columns, NARROWEST), (side + 0.4 * lines) * rows)
    axes = list(fig.subplots(rows, columns, squeeze=False, **sharing).flat)
    for ax in axes[len(titles) :]:
        ax.set_axis_off()
    for ax, title in zip(axes, titles, strict=False):
        ax.set_title(title, fontsize=TITLE)
    return fig, axes[: len(titles)]
