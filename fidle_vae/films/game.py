"""The film of an adversarial game: drawn points, and what the discriminator says of each place."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fidle_vae.figures.adversarial import DRAWN, REAL, SAYS, draw_plane
from fidle_vae.figures.inference import fill
from fidle_vae.figures.style import TEXT, TITLE
from fidle_vae.films.writer import write_frames

HOLD = 1.5  # seconds for which the last frame is shown
FIRST = 4.0  # how many times longer the first frame is shown than the last but one
WIDTH, HEIGHT, DPI = 12.8, 7.2, 75  # inches
SIDE = 0.84 * HEIGHT  # of the plane


class Moments(NamedTuple):
    """What was seen of a game at some of its steps."""

    steps: Sequence[int]
    """The steps, (m,)."""
    drawn: np.ndarray
    """Generated points, (m, n, d)."""
    says: np.ndarray
    """What the discriminator says of the places, (m, places): probabilities of being real."""


def write_game(
    path: str | os.PathLike,
    line: Moments,
    x: np.ndarray,
    density: np.ndarray,
    plane: Moments,
    side: np.ndarray,
    centres: np.ndarray,
    *,
    seconds: float = 4.5,
) -> Path:
    """Write a film of two games at the same steps: on a line at the left, in the plane beside it.

    Args:
        path: the file to write; its suffix is .gif or .mp4.
        line: the game on the line, seen at the places `x`.
        x: points of the line, (places,), in order.
        density: that of real points at `x`.
        plane: the game in the plane, seen at all pairs of the coordinates `side`, row by row.
        side: coordinates of the places along either axis, in order.
        centres: of the modes of real points in the plane, (k, 2).
        seconds: how long the game takes; the last frame is held for a second and a half more.
    """
    if list(line.steps) != list(plane.steps):
        raise ValueError(
            f"line and plane must be seen at the same steps; got {len(line.steps)} and "
            f"{len(plane.steps)} of them: record both games alike."
        )
    frame = GameFrame(line, x, density, plane, side, centres)
    frames = [frame.draw(i) for i in range(len(line.steps))]
    weights = np.linspace(FIRST, 1, len(frames) - 1)  # the first steps change most
    times = [*(seconds * weights / weights.sum()), HOLD]
    every_color = np.repeat(SAYS(np.linspace(0, 1, frames[0].shape[1]))[None, :, :3], 200, axis=0)
    sample = [*frames[:: max(1, len(frames) // 4)], np.uint8(255 * every_color)]
    return write_frames(path, frames, times, sample=sample)


class GameFrame:
    """A frame that is drawn once for every moment; its axes never move.

    The arguments are those of `write_game`.
    """

    def __init__(self, line, x, density, plane, side, centres):
        self._line, self._plane, self._side = line, plane, side
        self._fig = Figure((WIDTH, HEIGHT), dpi=DPI)
        self._canvas = FigureCanvasAgg(self._fig)
        above, below, right = (
            self._fig.add_axes(box)
            for box in (
                (0.07, 0.55, 0.4, 0.36),
                (0.07, 0.12, 0.4, 0.36),
                (0.99 - SIDE / WIDTH, 0.07, SIDE / WIDTH, SIDE / HEIGHT),
            )
        )
        self._prepare_line(above, below, x, density)
        draw_plane(right, centres, side[-1])
        self.says_step = right.set_title("", fontsize=TITLE)
        shape = (len(side), len(side))
        self._landscape = right.imshow(
            np.zeros(shape), cmap=SAYS, vmin=0, vmax=1, origin="lower", interpolation="bilinear",
            extent=(side[0], side[-1], side[0], side[-1]), zorder=0,
        )  # fmt: skip
        self._points = right.scatter(*plane.drawn[0].T, s=14, color="black", linewidths=0, zorder=3)

    def _prepare_line(self, above, below, x, density):
        fill(above, x, density, REAL)
        self._edges = np.linspace(x[0], x[-1], 41)
        (self._counts,) = above.plot([], [], color=DRAWN, linewidth=4, drawstyle="steps-mid")
        above.set(xlim=(x[0], x[-1]), ylim=(0, 1.8 * density.max()), yticks=[], xticks=[])
        above.set_title("blue: real, orange: drawn", fontsize=TITLE)
        below.axhline(0.5, color="0.6", linewidth=2)
        (self._curve,) = below.plot(x, np.zeros(len(x)), color="black", linewidth=4)
        below.set(xlim=(x[0], x[-1]), ylim=(-0.05, 1.05), yticks=[0, 0.5, 1])
        below.tick_params(labelsize=TEXT)
        below.set_ylabel("D(x)", fontsize=TEXT)
        below.set_xlabel("x", fontsize=TEXT, labelpad=0)

    def draw(self, moment: int) -> np.ndarray:
        """Draw a moment and return its frame, uint8 of shape (height, width, 3)."""
        counts, _ = np.histogram(self._line.drawn[moment], self._edges, density=True)
        self._counts.set_data((self._edges[1:] + self._edges[:-1]) / 2, counts)
        self._curve.set_ydata(self._line.says[moment])
        self._landscape.set_data(self._plane.says[moment].reshape(2 * (len(self._side),)))
        self._points.set_offsets(self._plane.drawn[moment])
        self.says_step.set_text(f"step {self._plane.steps[moment]:,}, D in colour")
        self._canvas.draw()
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()
