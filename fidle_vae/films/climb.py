"""The film of a q that climbs to the exact posterior of an image, and of its ELBO."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.inference import EXACT, GUESS, fill, show_image
from fidle_vae.figures.style import TEXT, TITLE, require_images
from fidle_vae.films.writer import write_frames
from fidle_vae.models.posterior import ExactPosterior

HOLD = 2.0  # seconds for which the last frame is shown
SHOWN = 12.0  # nats below log p(x) at which the bar begins
WIDTH, HEIGHT, DPI = 12.8, 7.2, 75  # inches
LEFTS, WIDTHS = (0.01, 0.235, 0.79), (0.2, 0.54, 0.2)  # of the columns, as shares of the width
BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}


def write_climb(
    path: str | os.PathLike,
    images: np.ndarray,
    exact: Sequence[ExactPosterior],
    ways: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    seconds: float = 6.0,
) -> Path:
    """Write a film with a row for each image: what is seen of it, q on the posterior, its ELBO.

    Args:
        path: the file to write; its suffix is .gif or .mp4.
        images: (n, height, width, channels); NaN where a pixel is not seen.
        exact: the posterior of each image.
        ways: z_mean and z_log_var of each image's q, all of one length, as `climb` returns them.
        seconds: how long the way takes; the last frame is held for two seconds more.
    """
    lengths = {len(each) for way in ways for each in way}
    if not (len(images) == len(exact) == len(ways) and len(lengths) == 1):
        raise ValueError(
            f"images, exact and ways must be as many, and all ways as long; got {len(images)}, "
            f"{len(exact)} and {len(ways)}, of lengths {sorted(lengths)}."
        )
    frame = ClimbFrame(images, exact, ways)
    frames = [frame.draw(step) for step in range(lengths.pop())]
    times = [seconds / len(frames)] * (len(frames) - 1) + [HOLD]
    return write_frames(path, frames, times, sample=frames[:: max(1, len(frames) // 3)])


class ClimbFrame:
    """A frame that is drawn once for every step; its axes never move, only q and the bars.

    The arguments are those of `write_climb`.
    """

    def __init__(self, images, exact, ways):
        self._fig = Figure((WIDTH, HEIGHT), dpi=DPI)
        self._canvas = FigureCanvasAgg(self._fig)
        self._rows = []
        height = 0.92 / len(images)
        for i, each in enumerate(zip(images, exact, ways, strict=True)):
            bottom = 0.92 - (i + 1) * height + 0.085
            boxes = [
                (left, bottom, width, height - 0.1)
                for left, width in zip(LEFTS, WIDTHS, strict=True)
            ]
            self._rows.append(_Row([self._fig.add_axes(box) for box in boxes], *each))
        titles = "what is seen", "the exact posterior, filled, and q"
        for ax, title in zip(self._fig.axes, titles, strict=False):
            ax.set_title(title, fontsize=TITLE)
        self._fig.axes[-2].set_xlabel("z", fontsize=TITLE)
        self._moving = [artist for row in self._rows for artist in row.moving]
        for artist in self._moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._still = self._canvas.copy_from_bbox(self._fig.bbox)

    def draw(self, step: int) -> np.ndarray:
        """Draw a step and return its frame, uint8 of shape (height, width, 3)."""
        for row in self._rows:
            row.update(step)
        self._canvas.restore_region(self._still)
        for artist in self._moving:
            self._fig.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()


class _Row:
    """One image's part of a frame: three axes, for the image, for the densities and for the bar."""

    def __init__(self, axes, image, exact, way):
        exact.require_one_image()
        self._exact, self._way = exact, way
        picture, densities, bar = axes
        hidden = np.isnan(image)
        show_image(picture, require_images([np.where(hidden, 0.4, image)], "images")[0])
        rows = np.flatnonzero(hidden.all(axis=(1, 2)))
        if len(rows):
            style = {"ha": "center", "va": "center", "color": "white", "fontsize": 34}
            picture.text(image.shape[1] / 2, len(image) - rows.mean() - 0.5, "?", **style)

        density = np.exp(exact.log_density[0])
        seen = exact.z[density > 0.01 * density.max()]
        beside = 0.4 * np.ptp(seen)
        fill(densities, exact.z, density, EXACT)
        top = max(density.max(), np.exp(exact.log_gaussian(*self._q(-1))[0]).max())
        limits = {"xlim": (seen[0] - beside, seen[-1] + beside), "ylim": (0, 1.1 * top)}
        densities.set(**limits, yticks=[])
        densities.xaxis.set_major_locator(MaxNLocator(6))
        densities.tick_params(labelsize=TEXT)
        (self._line,) = densities.plot([], [], color=GUESS, linewidth=4)

        style = {"ha": "center", "va": "center", "fontsize": TITLE}
        bar.axhline(0, color=EXACT, linewidth=5)
        bar.text(0, 1.6, _number("log p(x) = {:.1f}", exact.log_evidence[0]), color=EXACT, **style)
        bar.set(xlim=(-0.6, 0.6), ylim=(-SHOWN, 3))
        bar.set_axis_off()
        (self._elbo,) = bar.bar(0, 0, 0.9, -SHOWN, color=GUESS, alpha=0.35)
        (self._gap,) = bar.bar(0, 0, 0.9, 0, color="white", edgecolor=GUESS, hatch="//")
        self._says_elbo = bar.text(0, -8.5, "", bbox=BOX, **style)
        self._says_gap = bar.text(0, -2.5, "", bbox=BOX, color=GUESS, **style)
        self.moving = [self._line, self._elbo, self._gap, self._says_elbo, self._says_gap]

    def update(self, step):
        """Set what moves to a step of the way."""
        q = self._q(step)
        bound = self._exact.bound(*q)
        gap = min(bound.gap[0], SHOWN)
        self._line.set_data(self._exact.z, np.exp(self._exact.log_gaussian(*q)[0]))
        self._elbo.set_height(SHOWN - gap)
        self._gap.set_height(-gap)
        self._says_elbo.set_text(_number("ELBO\n{:.1f}", bound.elbo[0]))
        self._says_gap.set_text(f"gap {bound.gap[0]:.2f}")

    def _q(self, step):
        return tuple(each[step].reshape(1, 1) for each in self._way)


def _number(text, value):
    return text.format(value).replace("-", "\N{MINUS SIGN}")
