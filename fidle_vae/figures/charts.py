"""Charts of numbers: curves over sizes, metrics over settings, bars of shares, histograms."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from fidle_vae.figures.metric_styles import metric
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, inches, label

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
    low, high = ax.dataLim.intervaly
    if low >= 0:  # else nothing may be cut off
        ax.set_ylim(0, 1.06 * high or 1)
    ax.grid(alpha=0.4)
    ax.legend(fontsize=TEXT)
    label(ax, x_label, y_label)
    return fig


def metrics_by(
    x: Sequence[float | str],
    metrics: Mapping[str, Sequence[float]],
    x_label: str,
    columns: int = 3,
) -> Figure:
    """A small chart of each metric over the same settings `x`, which stand at equal distances.

    A metric whose values span more than three powers of ten has a logarithmic axis.

    Args:
        x: the settings of one training each, numbers or texts, such as weights of the KL.
        metrics: {name: a value for each setting}; known metrics, such as "r_loss", get their title
            and unit, another name is its own title.
        x_label: what the settings are.
        columns: how many charts stand in a row.
    """
    for name, values in metrics.items():
        if len(values) != len(x):
            raise ValueError(
                f"metrics must have {len(x)} values each, one for every x, got {len(values)} "
                f"for {name!r}: measure it for each setting."
            )
    settings = [each if isinstance(each, str) else f"{each:g}" for each in x]
    columns = min(columns, len(metrics))
    rows = -(-len(metrics) // columns)
    fig = NotebookFigure(3.8 * columns, 2.8 * rows + 0.4)
    axes = list(fig.subplots(rows, columns, squeeze=False).flat)
    for i, (ax, (name, values)) in enumerate(zip(axes, metrics.items(), strict=False)):
        style = {"color": COLORS[0], "linewidth": 3, "markersize": 10, "clip_on": False}
        ax.plot(range(len(x)), values, "o-", **style)
        title, unit = metric(name)
        ax.set_title(title, fontsize=TITLE)
        label(ax, x_label if i + columns >= len(metrics) else "", unit)
        ax.set_xticks(range(len(x)), settings)
        if max(map(inches, settings)) * len(x) > 2.8:  # inches: they would touch each other
            ax.set_xticks(range(len(x)), settings, rotation=45, ha="right", rotation_mode="anchor")
        if min(values) > 0 and max(values) > 1000 * min(values):
            ax.set_yscale("log")
            ax.yaxis.set_major_locator(LogLocator(numticks=4))
            ax.yaxis.set_minor_locator(NullLocator())
        else:
            counts = np.asarray(values).dtype.kind in "iu"
            ax.yaxis.set_major_locator(MaxNLocator(4, integer=counts, steps=[1, 2, 5, 10]))
        ax.grid(alpha=0.4)
    for ax in axes[len(metrics) :]:
        ax.set_axis_off()
    return fig


def bars(shares: Mapping[str, float], x_label: str, colors: int = len(COLORS)) -> Figure:
    """A bar for each entry, from top to bottom, with its value in percent; values in [0, 1].

    The bars take `colors` colours in turn: 2 for the pairs of two settings.
    """
    fig = NotebookFigure(10, 1.1 + 0.55 * len(shares))
    ax = fig.add_subplot()
    values = list(shares.values())
    ax.barh(range(len(values)), values, color=[COLORS[i % colors] for i in range(len(values))])
    for y, value in enumerate(values):
        ax.text(value + 0.01, y, f"{100 * value:.0f} %", va="center", fontsize=TEXT)
    ax.set_yticks(range(len(values)), list(shares))
    ax.set(xlim=(0, 1.15), ylim=(len(values) - 0.5, -0.5))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    label(ax, x_label)
    return fig


def amounts(values: Mapping[str, float], x_label: str) -> Figure:
    """A bar for each entry, from top to bottom, with its value; values of 0 or more."""
    fig = NotebookFigure(10, 1.1 + 0.7 * len(values))
    ax = fig.add_subplot()
    lengths = list(values.values())
    ax.barh(range(len(lengths)), lengths, color=COLORS[0])
    for y, value in enumerate(lengths):
        text = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
        ax.text(value + 0.01 * max(lengths), y, text, va="center", fontsize=TITLE)
    ax.set_yticks(range(len(lengths)), list(values))
    ax.set(xlim=(0, 1.12 * max(lengths)), ylim=(len(lengths) - 0.5, -0.5))
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
