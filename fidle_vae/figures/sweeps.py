"""What a sweep found: the ELBO and its two terms by what was swept, and one term by the other."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.charts import STYLES
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, inches, label

TERMS = {"elbo": "ELBO", "rate": "Rate (KL)", "distortion": "Distortion"}
NATS = "nats per image"
TICKS = 12  # at most, on an axis of three


class Point(NamedTuple):
    """One training of a sweep, with means over held-out images in nats per image."""

    x: str
    """Its value of what the horizontal axis shows."""
    line: str
    """All other values but the seed, such as "latent_dim = 2"; "" for none."""
    elbo: float
    rate: float
    distortion: float


def swept_terms(points: Sequence[Point], x_label: str) -> Figure:
    """ELBO, rate and distortion by a swept value: means over seeds, and bars to the extremes."""
    _require_points(points)
    settings, lines = _settings(points)
    fig = NotebookFigure(14, 4.6)
    axes = fig.subplots(1, 3)
    for ax, (term, title) in zip(axes, TERMS.items(), strict=True):
        for i, line in enumerate(lines):
            found = [_values(points, x, line, term) for x in settings]
            places = [place for place, values in enumerate(found) if values]
            means = np.array([np.mean(values) for values in found if values])
            extremes = np.array([(min(values), max(values)) for values in found if values])
            ax.errorbar(
                places,
                means,
                np.abs(extremes.T - means),
                capsize=6,
                elinewidth=2,
                **_style(i, line),
            )
        ax.set_title(title, fontsize=TITLE)
        every = -(-len(settings) // TICKS)
        ticks, names = range(0, len(settings), every), settings[::every]
        ax.set_xticks(ticks, names)
        if max(map(inches, names)) * len(names) > 3.6:  # inches: they would touch each other
            ax.set_xticks(ticks, names, rotation=45, ha="right", rotation_mode="anchor")
        ax.set_xlim(-0.3, len(settings) - 0.7)
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.grid(alpha=0.4)
        label(ax, x_label, NATS if ax is axes[0] else "")
    _name_lines(fig, axes[0], lines)
    return fig


def rate_distortion(points: Sequence[Point], x_label: str) -> Figure:
    """Distortion by rate, a mark for each training; along a dotted line, the ELBO is the same.

    Those of one line are joined in the order of the swept value, which stands beside their mean.
    """
    _require_points(points)
    settings, lines = _settings(points)
    fig = NotebookFigure(10, 7)
    ax = fig.add_subplot()
    for i, line in enumerate(lines):
        style = _style(i, line)
        means = [
            np.mean([(each.rate, each.distortion) for each in points if each[:2] == (x, line)], 0)
            for x in settings
            if _values(points, x, line, "elbo")
        ]
        ax.plot(*np.transpose(means), linestyle=style["linestyle"], color=style["color"], lw=2.5)
        own = [(each.rate, each.distortion) for each in points if each.line == line]
        ax.plot(*np.transpose(own), alpha=0.8, **style | {"linestyle": ""})
    ax.margins(0.12)
    _draw_equal_elbos(ax)
    for i, line in enumerate(lines):
        for x in settings if i in (0, len(lines) - 1) else []:  # the others lie between them
            if _values(points, x, line, "elbo"):
                terms = [(each.rate, each.distortion) for each in points if each[:2] == (x, line)]
                place = {"xytext": (8, 8), "textcoords": "offset points", "fontsize": TEXT}
                ax.annotate(x, np.mean(terms, axis=0), color=COLORS[i % len(COLORS)], **place)
    label(ax, f"rate, {NATS}", f"distortion, {NATS}")
    ax.set_title(f"numbers: {x_label}; dotted: equal ELBO", fontsize=TEXT)
    _name_lines(fig, ax, lines)
    return fig


def _draw_equal_elbos(ax):
    """Draw lines of equal ELBO across the axes, and write the ELBO at their lower ends."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for total in MaxNLocator(6).tick_values(left + bottom, right + top):
        ax.plot([left, right], [total - left, total - right], ":", color="0.5", lw=1.5, zorder=0)
        x = min(right, total - bottom)
        y = total - x
        if left < x and bottom <= y < top:
            side = {"ha": "right", "va": "bottom", "fontsize": TEXT - 3, "color": "0.35"}
            ax.text(x, y, f"{-total:g} ", **side)
    ax.set(xlim=(left, right), ylim=(bottom, top))


def _name_lines(fig, ax, lines):
    if lines != [""]:
        handles, names = ax.get_legend_handles_labels()
        columns = max(1, int(fig.get_figwidth() / (max(map(inches, names)) + 1)))
        fig.legend(handles, names, loc="outside lower center", ncols=columns, fontsize=TEXT)


def _settings(points):
    """Return the values of the axis and the lines, each once, in the order of the points."""
    return list(dict.fromkeys(each.x for each in points)), list(
        dict.fromkeys(each.line for each in points)
    )


def _values(points, x, line, term):
    return [getattr(each, term) for each in points if each[:2] == (x, line)]


def _style(i, line):
    dashes, marker = STYLES[i % len(STYLES)]
    return {
        "linestyle": dashes,
        "marker": marker,
        "color": COLORS[i % len(COLORS)],
        "linewidth": 3,
        "markersize": 10,
        "label": line,
    }


def _require_points(points):
    if not points or not np.isfinite([each[2:] for each in points]).all():
        raise ValueError(
            f"points must be one Point or more, with finite numbers, got {len(points)}: leave out "
            "trainings that have not ended."
        )
