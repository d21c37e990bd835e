"""Figures on what a VAE is good for: AUC tables, payments, rates, outlines."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from fidle_vae.figures.inference import lines
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, inches, label


def auc_table(table: Mapping[str, Mapping[str, float]]) -> Figure:
    """A table of AUCs: red below 0.5, where a score is fooled, blue above it.

    Args:
        table: {row: {column: AUC}}, the same columns in each row.
    """
    rows, columns = list(table), list(next(iter(table.values())))
    values = np.array([[table[row][column] for column in columns] for row in rows])
    names = [name.replace(" ", "\n", 1) for name in columns]
    width = max(1.5, *map(inches, names))
    fig = NotebookFigure(max(map(inches, rows)) + width * len(columns), 1.3 + 0.62 * len(rows))
    ax = fig.add_subplot()
    ax.imshow(values, vmin=0, vmax=1, cmap="RdBu", aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        color = "white" if abs(value - 0.5) > 0.3 else "black"
        style = {"ha": "center", "va": "center", "color": color, "fontsize": TITLE}
        ax.text(column, row, f"{value:.2f}", **style)
    ax.set_xticks(range(len(columns)), names, fontsize=TEXT)
    ax.set_yticks(range(len(rows)), rows, fontsize=TEXT)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    return fig


def payments(table: np.ndarray, kinds: np.ndarray, names: Sequence[str]) -> Figure:
    """Payments by hour and amount, and by hour and distance; each kind has its mark and colour.

    Args:
        table: rows of amount, hour, distance and days.
        kinds: the number of the kind of each row.
        names: of the kinds; the first, the most frequent, is drawn pale.
    """
    fig = NotebookFigure(13, 5.6)
    marks = ((".", 20, 0.25), ("^", 90, 1), ("o", 90, 1))
    for ax, column, unit in zip(fig.subplots(1, 2), (0, 2), ("euro", "km from home"), strict=True):
        for kind, (name, (mark, size, alpha)) in enumerate(zip(names, marks, strict=True)):
            chosen = table[np.asarray(kinds) == kind]
            style = {"marker": mark, "s": size, "alpha": alpha, "label": name}
            color = ("gray", COLORS[1], COLORS[0])[kind]
            ax.scatter(chosen[:, 1], chosen[:, column], color=color, linewidths=0, **style)
        ax.set_yscale("log")
        ax.set_xticks(range(0, 25, 6))
        label(ax, "hour", unit)
    handles, texts = ax.get_legend_handles_labels()
    fig.legend(handles, texts, loc="outside lower center", ncols=3, fontsize=TEXT)
    return fig


def rate_curves(curves: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Figure:
    """PSNR by bits an image, on a logarithmic axis: one curve for each method.

    Args:
        curves: {name: (bits, PSNR)}, each sequence in the order of the bits.
    """
    fig = lines(curves, "bits an image", "PSNR, dB")
    (ax,) = fig.axes
    ax.set_xscale("log", base=2)
    ticks = 2 ** np.arange(2, 11)
    ax.set_xticks(ticks, map(str, ticks))
    return fig


def outline_rows(rows: Mapping[str, np.ndarray]) -> Figure:
    """Rows of outlines, (n, points, 2), all of one length, each row named at the left."""
    columns = max(map(len, rows.values()))
    reach = max(np.abs(each).max() for each in rows.values())
    margin = max(map(inches, rows)) + 0.3
    fig = NotebookFigure(margin + 1.3 * columns, 1.3 * len(rows))
    ax = fig.add_subplot(aspect="equal", frame_on=False, anchor="E")
    for y, outlines in enumerate(rows.values()):
        for x, points in enumerate(outlines):
            closed = np.concatenate([points, points[:1]]) * 0.46 / reach + (x, -y)
            ax.fill(*closed.T, facecolor=COLORS[y % len(COLORS)], alpha=0.35)
            ax.plot(*closed.T, color=COLORS[y % len(COLORS)], linewidth=3)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(0.5 - len(rows), 0.5), xticks=[])
    ax.set_yticks(-np.arange(len(rows)), list(rows), fontsize=TEXT)
    ax.tick_params(length=0)
    return fig
