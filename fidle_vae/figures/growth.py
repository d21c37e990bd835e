"""Figures on networks that grow: what a switch does, and distances over computing time."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fidle_vae.figures.charts import STYLES
from fidle_vae.figures.style import COLORS, TEXT, TITLE, NotebookFigure, label


class Course(NamedTuple):
    """How one training went: its distances over its CPU seconds."""

    seconds: Sequence[float]
    last: Sequence[float]
    """By the last weights."""
    averaged: Sequence[float]
    """By the averaged weights."""
    switches: Sequence[float] = ()
    """When the networks grew."""


def doubled(images: np.ndarray, size: int) -> np.ndarray:
    """Return images, (n, h, w, c), with pixels as squares, so that they are `size` high."""
    factor = size // images.shape[1]
    return images.repeat(factor, axis=1).repeat(factor, axis=2)


def after_switch(
    losses: Mapping[str, Sequence[float]],
    looks: Mapping[str, tuple[Sequence[int], Sequence[float]]],
) -> Figure:
    """Draw D's loss in the first steps after a switch, and the distance of what G draws.

    Args:
        losses: {way: D's loss in each step}.
        looks: {way: (steps, distances)}, drawn on logarithmic axes.
    """
    fig = NotebookFigure(12, 4.8)
    left, right = fig.subplots(1, 2)
    for i, name in enumerate(losses):
        dashes, marker = STYLES[i % len(STYLES)]
        style = {"color": COLORS[i], "linewidth": 3, "label": name}
        left.plot(range(1, len(losses[name]) + 1), losses[name], dashes, **style)
        right.plot(*looks[name], dashes, marker=marker, markersize=9, **style)
    right.set(xscale="log", yscale="log")
    steps = looks[next(iter(looks))][0]
    right.set_xticks(steps[::2], [f"{each:g}" for each in steps[::2]])
    _plain_ticks(right, [value for _, each in looks.values() for value in each])
    right.minorticks_off()
    for ax in (left, right):
        ax.grid(alpha=0.4)
        ax.legend(fontsize=TEXT)
    label(left, "step after the switch", "D's loss, nats")
    label(right, "step after the switch", "distance of G's images")
    return fig


def race(courses: Mapping[str, Course], floor: float) -> Figure:
    """Draw the distance of the draws over CPU seconds, a panel for each training on one scale.

    Args:
        courses: {name of a training: how it went}.
        floor: the distance of real images.
    """
    fig = NotebookFigure(12, 5)
    axes = np.atleast_1d(fig.subplots(1, len(courses), sharex=True, sharey=True))
    for ax, (name, each) in zip(axes, courses.items(), strict=True):
        style = {"linewidth": 3, "markersize": 8}
        ax.plot(each.seconds, each.last, "o--", color=COLORS[1], label="last weights", **style)
        ax.plot(each.seconds, each.averaged, "s-", color=COLORS[0], label="averaged", **style)
        ax.axhline(floor, color="black", linestyle=":", linewidth=3)
        for at in each.switches:
            grown = ax.axvline(at, color="0.6", linewidth=6, zorder=0, label="the networks grow")
        if len(each.switches):
            ax.legend(handles=[grown], fontsize=TEXT, loc="lower right", bbox_to_anchor=(1, 0.05))
        ax.set_title(name, fontsize=TITLE, loc="left")
        ax.grid(alpha=0.4)
        ax.set_yscale("log")
        label(ax, "CPU seconds", "distance (dotted: real images)" if ax is axes[0] else "")
    values = [v for each in courses.values() for v in (*each.last, *each.averaged)]
    _plain_ticks(axes[0], [*values, floor])
    axes[0].minorticks_off()
    axes[-1].legend(fontsize=TEXT, loc="upper right")
    return fig


def _plain_ticks(ax: Axes, values: Sequence[float]) -> None:
    low, high = 0.8 * min(values), 1.25 * max(values)
    ticks = [each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if low < each < high]
    ax.set_yticks(ticks, [f"{each:g}" for each in ticks])
    ax.set_ylim(low, high)
