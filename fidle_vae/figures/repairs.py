"""Figures on programs and their repairs: what a program prints, and what it does."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label

MINUS = "\N{MINUS SIGN}"


def repairs(programs: Mapping[str, tuple[float, float, float]]) -> Figure:
    """Draw a row for each program: the loss that it prints, and its ELBO before and after repair.

    Args:
        programs: {name: the printed loss, the true ELBO before the repair, and after it}.
    """
    fig = NotebookFigure(13, 1.6 + 0.85 * len(programs))
    ax = fig.add_subplot()
    true = [elbo for _, *pair in programs.values() for elbo in pair]
    low, high = min(true), max(true)
    reach = max(high - low, 1)
    for row, (printed, before, after) in enumerate(programs.values()):
        ax.plot([before, after], [row, row], color="0.6", linewidth=4, zorder=1)
        style = {"s": 260, "zorder": 2, "clip_on": False}
        ax.scatter(after, row, color=COLORS[0], marker="o", label="after its repair", **style)
        ax.scatter(before, row, color=COLORS[2], marker="X", label="as it circulates", **style)
        words = f"prints {printed:,.1f}".replace("-", MINUS)
        ax.text(low - 0.62 * reach, row, words, va="center", fontsize=TITLE)
        text = {"va": "center", "fontsize": TEXT}
        gain = f"{after - before:+.1f}".replace("-", MINUS)
        ax.text(high + 0.08 * reach, row, gain, **text)
    ax.text(high + 0.08 * reach, -0.75, "gain", va="center", fontsize=TEXT)
    ax.set_yticks(range(len(programs)), list(programs), fontsize=TITLE)
    ax.set(xlim=(low - 0.64 * reach, high + 0.22 * reach), ylim=(len(programs) - 0.5, -1.1))
    ticks = [tick for tick in ax.get_xticks() if low - 0.1 * reach <= tick <= high + 0.1 * reach]
    ax.set_xticks(ticks, [f"{tick:g}".replace("-", MINUS) for tick in ticks])
    handles, names = ax.get_legend_handles_labels()
    fig.legend(handles[:2], names[:2], loc="outside upper right", fontsize=TEXT, ncols=2)
    ax.grid(alpha=0.4, axis="x")
    label(ax, "held-out ELBO, nats: further right is better")
    return fig
