"""Figures on probability: tables, what one pixel says of the others, borders, convergence."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fidle_vae.figures.class_names import codes_to_name, write_names
from fidle_vae.figures.latent_scatter import draw_codes, sort_codes
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label


def tables(tables: Mapping[str, np.ndarray], rows: Sequence[str], columns: Sequence[str]) -> Figure:
    """Tables of probabilities side by side, each cell shaded by its value and written in it.

    Args:
        tables: {title: probabilities, shape (rows, columns)}.
        rows: the name of each row.
        columns: the name of each column.
    """
    fig = NotebookFigure(3.6 * len(tables) + 0.6, 1.1 + 0.9 * len(rows))
    for i, (ax, (title, table)) in enumerate(
        zip(fig.subplots(1, len(tables), squeeze=False)[0], tables.items(), strict=True)
    ):
        ax.imshow(table, vmin=0, vmax=1, cmap="Blues", aspect="auto")
        for (row, column), value in np.ndenumerate(table):
            color = "white" if value > 0.6 else "black"
            style = {"ha": "center", "va": "center", "color": color, "fontsize": TITLE}
            ax.text(column, row, f"{value:.2f}", **style)
        ax.set_xticks(range(len(columns)), columns, fontsize=TEXT)
        ax.set_yticks(range(len(rows)), rows if i == 0 else [""] * len(rows), fontsize=TEXT)
        ax.tick_params(length=0)
        ax.set_title(title, fontsize=TITLE)
    return fig


def differences(maps: Mapping[str, np.ndarray], marks: Sequence[tuple[int, int]]) -> Figure:
    """Maps (h, w) of differences between probabilities side by side: red for more, blue for less.

    A cross marks a pixel, (row, column), in each map.
    """
    fig = NotebookFigure(4.2 * len(maps) + 1, 4.6)
    axes = fig.subplots(1, len(maps), squeeze=False)[0]
    for ax, (title, each), (row, column) in zip(axes, maps.items(), marks, strict=True):
        image = ax.imshow(each, vmin=-0.5, vmax=0.5, cmap="RdBu_r")
        ax.plot(column, row, "x", color="black", markersize=14, markeredgewidth=3)
        ax.set_title(title, fontsize=TITLE)
        ax.set_axis_off()
    bar = fig.colorbar(image, ax=list(axes), ticks=[-0.5, 0, 0.5], pad=0.02)
    bar.ax.tick_params(labelsize=TEXT)
    return fig


def class_regions(
    recognize: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    reaches: Sequence[float] = (1, 4),
) -> Figure:
    """The plane that a classifier divides among its classes, near the points and from afar.

    Args:
        recognize: takes points (n, 2) and returns the class of each, an integer.
        points: of images, shape (n, 2).
        labels: the class of each image.
        class_names: the name of each class.
        reaches: how far each picture goes, in units of the farthest point.
    """
    codes = sort_codes(points, labels, class_names, None)
    fig = NotebookFigure(6.2 * len(reaches), 6.2)
    for ax, reach in zip(fig.subplots(1, len(reaches)), reaches, strict=True):
        half = reach * np.abs(points).max()
        side = np.linspace(-half, half, 400)
        plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        found = recognize(plane).reshape(len(side), -1)
        draw_codes(ax, codes, size=0.4, prior=False)
        ax.contour(side, side, found, np.arange(len(class_names)) + 0.5, colors="black")
        ax.set(xlim=(-half, half), ylim=(-half, half), xlabel="", ylabel="")
        ax.set_aspect("equal")
        if reach == reaches[0]:
            inch = np.full(2, 2 * half) / 6
            named = codes_to_name(codes.points[None], codes.labels, codes.names, inch)
            write_names(ax, codes.names, codes.points[named])
        ax.set_title("the codes" if reach == 1 else f"{reach:g} times as far", fontsize=TITLE)
    return fig


def convergence(counts: Sequence[int], errors: Sequence[float]) -> Figure:
    """Errors of estimates from more and more draws, beside the law 1 / sqrt(N), on log axes."""
    counts, errors = np.asarray(counts), np.asarray(errors)
    fig = NotebookFigure(9, 5)
    ax = fig.add_subplot()
    style = {"linewidth": 3, "markersize": 10}
    ax.loglog(counts, errors, "o-", color=COLORS[0], label="measured", **style)
    law = errors[0] * np.sqrt(counts[0] / counts)
    ax.loglog(counts, law, "--", color=COLORS[1], label=r"$1 / \sqrt{N}$", **style)
    ax.set_xticks(counts, [f"{n:,}" for n in counts])
    ax.set_yticks(errors, [f"{error:.2g}" for error in errors])
    ax.minorticks_off()
    ax.legend(fontsize=TEXT)
    ax.grid(alpha=0.4)
    label(ax, "N, draws of z", "error, % of p(x)")
    return fig
