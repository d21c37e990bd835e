"""Charts of numbers: curves over sizes, bars of shares, histograms."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fidle_vae.figures.style import COLORS, TEXT, NotebookFigure, label

STYLES = (("-", "o"), ("--", "s"), (":", "D"), ("-.", "^"))  # say the same as the colours


def curves(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], x_label: str, y_label: str
) -> Figure:
    """A curve for each entry of `lines` over sizes `x`, which stand at equal distances."""
    fig = NotebookFigure(10, 5)
    ax = fig.add_subplot()
    for i, (name, values) in enumerate(lines.items()):
        dashes, marker = STYLES[i % len(STYLES)]
        style = {"color": COLORS[i % len(COLORS)], "linewidth": 3, "markersize": 10}
        ax.plot(range(len(x)), values, dashes, marker=marker, label=name, **style)
    ax.set_xticks(range(len(x)), [f"{size:,g}" for size in x])
    ax.set_ylim(0)
    ax.grid(alpha=0.4)
    ax.legend(fontsize=TEXT)
    label(ax, x_label, y_label)
    return fig


def bars(shares: Mapping[str, float], x_label: str) -> Figure:
    """A bar for each entry, from top to bottom, with its value in percent; values in [0, 1]."""
    fig = NotebookFigure(10, 1.1 + 0.55 * len(shares))
    ax = fig.add_subplot()
    values = list(shares.values())
    ax.barh(range(len(values)), values, color=[COLORS[i % len(COLORS)] for i in range(len(values))])
    for y, value in enumerate(values):
        ax.text(value + 0.01, y, f"{100 * value:.0f} %", va="center", fontsize=TEXT)
    ax.set_yticks(range(len(values)), list(shares))
    ax.set(xlim=(0, 1.1), ylim=(len(values) - 0.5, -0.5))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    label(ax, x_label)
    return fig


def histograms(values: Mapping[str, np.ndarray], x_label: str) -> Figure:
    """The share of each set of values along one axis, all in the same bins."""
    fig = NotebookFigure(10, 4)
    ax = fig.add_subplot()
    edges = np.linspace(0, max(map(np.max, values.values())), 51)
    for i, (name, each) in enumerate(values.items()):
        weights = np.full(len(each), 1 / len(each))
        style = {"color": COLORS[i % len(COLORS)], "alpha": 0.6, "label": name}
        ax.hist(each, edges, weights=weights, hatch=("", "//", "..")[i % 3], **style)
    ax.legend(fontsize=TEXT)
    label(ax, x_label, "share")
    return fig
