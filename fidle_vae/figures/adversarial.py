"""Figures on adversarial networks: what a classifier knows, losses, points and their modes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from scipy.special import logit

from fidle_vae.figures.charts import STYLES
from fidle_vae.figures.inference import fill
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label

REAL, DRAWN = COLORS[0], COLORS[1]
# What the discriminator says of a place, from 0, where points are drawn, to 1, where they are real.
SAYS = LinearSegmentedColormap.from_list("says", [DRAWN, "white", REAL], N=41)


def classifier(
    x: np.ndarray, densities: Sequence[np.ndarray], best: np.ndarray, learned: np.ndarray
) -> Figure:
    """Draw two densities, and below them what the best classifier says, and a trained one.

    Args:
        x: points of the line, (n,).
        densities: that of real points, and that of drawn ones, (n,) each.
        best: the probability of being real, by the densities.
        learned: the same, by a trained network.
    """
    fig = NotebookFigure(12, 6.4)
    above, below = fig.subplots(2, 1, sharex=True)
    for density, color, name, side in zip(
        densities, (REAL, DRAWN), ("p, real", "q, drawn"), ("left", "right"), strict=True
    ):
        fill(above, x, density, color)
        place = {"x": 0.02 if side == "left" else 0.98, "y": 0.85, "ha": side, "va": "center"}
        key = {"facecolor": (color, 0.25), "edgecolor": color, "linewidth": 3}
        above.text(s=name, fontsize=TITLE, transform=above.transAxes, bbox=key, **place)
    above.set(yticks=[], ylim=(0, 1.3 * max(map(np.max, densities))))
    below.plot(x, learned, color="black", linewidth=3, label="D, trained")
    below.plot(x, best, "--", color=COLORS[2], linewidth=4, label="p / (p + q)")
    below.axhline(0.5, color="0.6", linewidth=2)
    below.set(ylim=(-0.05, 1.05), xlim=(x[0], x[-1]))
    below.legend(fontsize=TEXT)
    below.grid(alpha=0.4)
    label(above, "", "density")
    label(below, "x", "D(x)")
    return fig


def generator_losses() -> Figure:
    """Draw both losses of a generator, and their slopes along the logit, by what D says."""
    d = np.linspace(0.002, 0.998, 500)
    losses = {
        "non-saturating, \N{MINUS SIGN}log D": (-np.log(d), 1 - d),
        "minimax, log(1 \N{MINUS SIGN} D)": (np.log(1 - d), d),
    }
    fig = NotebookFigure(13, 5)
    left, right = fig.subplots(1, 2)
    for i, (name, (loss, slope)) in enumerate(losses.items()):
        style = {"color": COLORS[(1, 2)[i]], "linewidth": 4, "label": name}
        left.plot(d, loss, STYLES[i][0], **style)
        right.plot(logit(d), slope, STYLES[i][0], **style)
    left.set(ylim=(-5, 5), xlim=(0, 1))
    right.axvline(logit(0.01), color="black", linewidth=2)
    right.text(logit(0.01) + 0.2, 0.5, "D = 0.01", fontsize=TEXT, va="center")
    right.set(xlim=(-6, 6))
    left.legend(fontsize=TEXT)
    label(left, "D, what is said of a drawn point", "the generator's loss, nats")
    label(right, "logit of D", "size of the slope, nats")
    for ax in (left, right):
        ax.grid(alpha=0.4)
    return fig


def line_panels(
    panels: Mapping[str, Mapping[str, tuple[Sequence[float], Sequence[float]]]],
    x_label: str,
    levels: Mapping[str, Mapping[str, float]] | None = None,
    log: Sequence[str] = (),
) -> Figure:
    """Draw panels side by side, each with lines (x, y) that a legend names.

    Args:
        panels: {title: {name of a line: (x, y)}}.
        x_label: what all x are.
        levels: {title: {words: y}}, thin horizontal lines with their words.
        log: the titles of panels whose y axis is logarithmic.
    """
    fig = NotebookFigure(6.6 * len(panels), 5.4)
    axes = fig.subplots(1, len(panels), squeeze=False)[0]
    for ax, (title, each) in zip(axes, panels.items(), strict=True):
        is_other = list(each) != list(next(iter(panels.values())))
        for i, (name, (x, y)) in enumerate(each.items()):
            # A line that no legend names must not look like one of those that the legend names.
            color = "black" if is_other and len(each) == 1 else COLORS[i]
            ax.plot(x, y, STYLES[i][0], color=color, linewidth=3, label=name)
        for words, y in (levels or {}).get(title, {}).items():
            ax.axhline(y, color="0.4", linewidth=1.5)
            ax.annotate(  # beside the panel, so that it hides no line
                words, (1, y), (6, 0), xycoords=("axes fraction", "data"), va="center",
                textcoords="offset points", fontsize=TEXT,
            )  # fmt: skip
        if title in log:
            ax.set_yscale("log")
        ax.set_title(title, fontsize=TITLE)
        ax.grid(alpha=0.4)
        label(ax, x_label)
        if is_other and len(each) > 1:
            ax.legend(fontsize=TEXT)
    handles, names = axes[0].get_legend_handles_labels()
    if len(names) > 1:  # below all panels, so that it hides nothing
        fig.legend(handles, names, loc="outside lower center", fontsize=TEXT, ncols=len(names))
    return fig


def moves(table: Mapping[str, Mapping[str, float]], x_label: str) -> Figure:
    """Draw a group of bars for each entry, one for each kind, with values; 0 is written, too.

    Args:
        table: {entry: {kind: value}}, values of 0 or more; the same kinds everywhere.
        x_label: what the values are.
    """
    kinds = list(next(iter(table.values())))
    fig = NotebookFigure(13, 1.2 + 0.5 * len(kinds) * len(table))
    ax = fig.add_subplot()
    most = max(max(values.values()) for values in table.values())
    for i, kind in enumerate(kinds):
        values = [each[kind] for each in table.values()]
        places = np.arange(len(table)) + 0.38 * (i - (len(kinds) - 1) / 2)
        style = {"color": COLORS[i], "hatch": ("", "//")[i % 2], "edgecolor": "white"}
        ax.barh(places, values, 0.36, label=kind, **style)
        for place, value in zip(places, values, strict=True):
            text = f"{value:.3g}" if value else "0"
            ax.text(value + 0.01 * most, place, text, va="center", fontsize=TEXT)
    ax.set_yticks(range(len(table)), list(table))
    ax.set(xlim=(0, 1.5 * most), ylim=(len(table) - 0.5, -0.5))
    ax.legend(fontsize=TEXT, loc="center right")
    label(ax, x_label)
    return fig


def point_panels(
    panels: Mapping[str, np.ndarray], centres: np.ndarray, columns: int = 4, reach: float = 3.0
) -> Figure:
    """Draw points of the plane, a panel for each set, around the centres of the modes.

    Args:
        panels: {title: points, (n, 2)}.
        centres: of the modes, (k, 2), drawn as rings.
        columns: how many panels stand in a row.
        reach: the plane goes from minus this to this along both axes.
    """
    rows = -(-len(panels) // columns)
    fig = NotebookFigure(3.4 * columns, 3.8 * rows)
    axes = list(fig.subplots(rows, columns, squeeze=False).flat)
    for ax, (title, points) in zip(axes, panels.items(), strict=False):
        draw_plane(ax, centres, reach)
        ax.scatter(*points.T, s=9, color=DRAWN, alpha=0.6, linewidths=0)
        ax.set_title(title, fontsize=TITLE)
    for ax in axes[len(panels) :]:
        ax.set_axis_off()
    return fig


def draw_plane(ax: Axes, centres: np.ndarray, reach: float) -> None:
    """Prepare axes for points of the plane, with a ring around the centre of each mode."""
    ax.scatter(*centres.T, s=260, facecolors="none", edgecolors=REAL, linewidths=2.5)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
