"""Figures on cleaned images: measures by the level of the noise."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from fidle_vae.figures.charts import STYLES
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label


def scores(
    levels: Sequence[float], measures: Mapping[str, Mapping[str, Sequence[float]]]
) -> Figure:
    """A panel for each measure, with a curve for each method over the same levels of noise.

    Args:
        levels: standard deviations of the noise, which stand at equal distances.
        measures: {title: {method: a value for each level}}; all have the same methods.
    """
    fig = NotebookFigure(6 * len(measures), 5.6)
    axes = fig.subplots(1, len(measures), squeeze=False)[0]
    for ax, (title, methods) in zip(axes, measures.items(), strict=True):
        for i, (name, values) in enumerate(methods.items()):
            dashes, marker = STYLES[i % len(STYLES)]
            style = {"color": COLORS[i % len(COLORS)], "linewidth": 3, "markersize": 10}
            ax.plot(range(len(levels)), values, dashes, marker=marker, label=name, **style)
        ax.set_xticks(range(len(levels)), [f"{level:g}" for level in levels])
        ax.set_ylim(0)
        ax.grid(alpha=0.4)
        ax.set_title(title, fontsize=TITLE)
        label(ax, "noise: standard deviation")
    fig.legend(handles=axes[0].lines, loc="outside lower center", ncols=2, fontsize=TEXT)
    return fig
