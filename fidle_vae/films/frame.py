"""One frame of a training film: codes, reconstructions, decoded points and losses at a moment.

A film has hundreds of frames, so the Figure is built once, and only what moves is drawn again.
"""

import math

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fidle_vae.figures.metric_styles import metric
from fidle_vae.figures.style import TEXT
from fidle_vae.films.panels import CodesPanel, CurvePanel, ImagesPanel
from fidle_vae.films.timeline import Moment, Story

WIDTH, HEIGHT = 12.8, 7.2  # inches
BOXES = {  # left, bottom, width and height of the panels, in inches
    "codes": (0.85, 0.75, 5.2, 5.2),
    "images": (6.45, 4.67, 6.2, 1.24),
    "decoded": (6.45, 0.35, 3.75, 3.75),
    "curve 0": (11.0, 2.43, 1.6, 1.2),
    "curve 1": (11.0, 0.75, 1.6, 1.2),
}
DECODED = {1: "The latent line, row by row", 2: "The latent plane, decoded"}


class TrainingFrame:
    """A frame that is drawn once for every moment; its axes never move.

    Args:
        title: The text at the top.
        story: The training to show.
        height: Height in pixels; the width is 16/9 of it.
    """

    def __init__(self, title: str, story: Story, height: int):
        self._fig, self._epochs = Figure((WIDTH, HEIGHT), dpi=height / HEIGHT), story.epochs
        self._canvas = FigureCanvasAgg(self._fig)
        style = {"va": "center", "fontsize": 24}
        self._fig.text(0.02, 0.945, title, **style)
        self._counter = self._fig.text(0.985, 0.945, "", ha="right", weight="bold", **style)
        self._counter.set_fontsize(34)

        last, dims = story.moments[-1], len(story.codes.plane.origin)
        self._codes = CodesPanel(self._axes("codes"), story.codes, story.limits, story.prior)
        self._images = ImagesPanel(
            self._axes("images"),
            "Held-out images and reconstructions",
            last.reconstructed,
            columns=len(story.originals),
            still=story.originals,
        )
        self._decoded = ImagesPanel(
            self._axes("decoded"),
            DECODED.get(dims, "Drawn from the prior" if story.prior else "Random points, decoded"),
            last.decoded,
            columns=round(len(last.decoded) ** 0.5),
        )
        self._curves = [
            CurvePanel(self._axes(f"curve {i}"), *metric(term), story.curves[term], story.epochs)
            for i, term in enumerate(story.curves)
        ]
        for ax in self._fig.axes[3:-1]:
            ax.tick_params(labelbottom=False)
        self._fig.axes[-1].set_xlabel("epoch", fontsize=TEXT)
        self._name_curves()

        panels = self._codes, self._images, self._decoded, *self._curves
        self._moving = [artist for panel in panels for artist in panel.moving] + [self._counter]
        for artist in self._moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._still = self._canvas.copy_from_bbox(self._fig.bbox)

    def draw(self, moment: Moment) -> np.ndarray:
        """Draw a moment and return its frame, uint8 of shape (height, width, 3)."""
        self._counter.set_text(self._count(moment.time))
        self._codes.update(moment.points, moment.names)
        self._images.update(moment.reconstructed)
        self._decoded.update(moment.decoded)
        for curve in self._curves:
            curve.update(moment.time)
        self._canvas.restore_region(self._still)
        for artist in self._moving:
            self._fig.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()

    def _axes(self, name):
        left, bottom, width, height = BOXES[name]
        return self._fig.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))

    def _name_curves(self):
        lines = {line.get_label(): line for line in self._fig.axes[-1].lines[::2]}
        legend = {"loc": "upper right", "bbox_to_anchor": (0.998, 4.5 / HEIGHT), "frameon": False}
        legend |= {"ncols": 2, "fontsize": 14, "handlelength": 1, "columnspacing": 0.8}
        self._fig.legend(handles=lines.values(), handletextpad=0.4, **legend)

    def _count(self, time):
        first, last = self._epochs
        if time <= 0:
            return "before training"
        done = math.floor(10 * time + 1e-6) / 10  # never ahead of the curves
        return f"epoch {done:.1f} of {last}" if first < time < last else f"epoch {time:g} of {last}"
