"""Figures of generators: what is measured of their draws, by epoch and side by side."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label


def epoch_curves(curves: Mapping[str, Sequence[float]], least: str) -> Figure:
    """A chart of each curve by epoch, all marked at the epoch where the one named `least` is least.

    Args:
        curves: {title: a value for each epoch}.
        least: the title of the curve whose minimum is marked in all charts.
    """
    lengths = {name: len(values) for name, values in curves.items()}
    if least not in curves or len(set(lengths.values())) != 1:
        raise ValueError(
            f"curves must have a value for each epoch, and one of them be named {least!r}; got "
            f"{lengths}: measure all of them in the same epochs."
        )
    epochs = range(1, lengths[least] + 1)
    chosen = min(epochs, key=lambda epoch: curves[least][epoch - 1])
    fig = NotebookFigure(4 * len(curves), 4.4)
    axes = fig.subplots(1, len(curves), squeeze=False)[0]
    for ax, (title, values) in zip(axes, curves.items(), strict=True):
        ax.plot(epochs, values, "o-", color=COLORS[0], linewidth=3, markersize=6)
        place = {"markersize": 15, "zorder": 3, "label": f"where the {least} is least"}
        (mark,) = ax.plot(chosen, values[chosen - 1], "D", color=COLORS[1], **place)
        ax.axvline(chosen, color=COLORS[1], linestyle="--", linewidth=2.5)
        ax.set_title(title, fontsize=TITLE)
        ax.set_ylim(0, 1.1 * max(values) or 1)
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        ax.grid(alpha=0.4)
        label(ax, "epoch")
    fig.legend(handles=[mark], loc="outside lower center", fontsize=TEXT)
    return fig


def measure_bars(
    measured: Mapping[str, Mapping[str, float]], reference: str = "", columns: int = 3
) -> Figure:
    """A small chart of bars for each measure: one bar, with its value, for each source of images.

    Args:
        measured: {source: {measure: value}}, values of 0 or more; all sources have the same
            measures.
        reference: the source whose value is also drawn as a line across the other bars, such as
            the real images.
        columns: how many charts stand in a row.
    """
    names = [list(values) for values in measured.values()]
    if not names or names.count(names[0]) != len(names):
        raise ValueError(
            "measured must have the same measures for each source, in one order; got "
            f"{dict(zip(measured, names, strict=True))}: measure all sources alike."
        )
    if reference and reference not in measured:
        raise ValueError(
            f"reference must be one of the sources, {', '.join(measured)}; got {reference!r}."
        )
    columns = min(columns, len(names[0]))
    rows = -(-len(names[0]) // columns)
    fig = NotebookFigure(11, (0.9 + 0.42 * len(measured)) * rows)
    axes = fig.subplots(rows, columns, squeeze=False, sharey=True)
    for ax, measure in zip(axes.flat, names[0], strict=False):
        values = [each[measure] for each in measured.values()]
        right = max([*values, 1e-9])
        colors = [COLORS[i % len(COLORS)] for i in range(len(values))]
        ax.barh(range(len(values)), values, color=colors)
        for y, value in enumerate(values):
            text = (
                f"{value:.0f}" if right >= 20 else f"{value:.1f}" if right >= 2 else f"{value:.2f}"
            )
            place = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center"}
            ax.text(0.98, y, text, fontsize=TEXT, **place)  # where no line crosses it
        if reference:
            line = {"color": "black", "linestyle": "--", "linewidth": 2}
            ax.axvline(measured[reference][measure], **line)
        ax.set_title(measure, fontsize=TITLE)
        ax.set(xlim=(0, 1.4 * right), ylim=(len(values) - 0.5, -0.5))
        ax.set_yticks(range(len(values)), list(measured))
        ax.xaxis.set_major_locator(MaxNLocator(3))
        ax.tick_params(labelsize=TEXT)
    for ax in axes.flat[len(names[0]) :]:
        ax.set_axis_off()
    return fig
