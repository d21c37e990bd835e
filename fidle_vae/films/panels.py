"""The panels of a training film. Each is drawn once, and then updated for every moment.

A panel's `moving` artists change with time; everything else in its axes stays the same.
"""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.class_names import write_names
from fidle_vae.figures.latent_scatter import PlottedCodes, draw_codes
from fidle_vae.figures.metric_styles import CURVE_STYLES
from fidle_vae.figures.style import SIGMA, TEXT, TITLE

SMALL = 13  # points, font size of the numbers in small panels
OUTLINE = [withStroke(linewidth=4, foreground="white")]


class CodesPanel:
    """The codes, class by class, and the prior, if there is one.

    Args:
        ax: A square panel.
        codes: The codes at the end of the training, with their classes and plane.
        limits: Lower and upper limits of both axes, shape (2, 2).
        prior: Whether the model has a prior.
    """

    def __init__(self, ax: Axes, codes: PlottedCodes, limits: np.ndarray, prior: bool = True):
        self._codes, flat = codes, len(codes.centre) == 1
        draw_codes(ax, codes, prior=prior)
        ax.set(xlim=limits[0], ylim=ax.get_ylim() if flat else limits[1])
        ax.set_title(f"Codes of {len(codes.points)} held-out images", fontsize=TITLE)
        self._dots, self._names = list(ax.collections), []
        self._legible = 0.07 * np.ptp(limits[0])
        style = {"ha": "center", "va": "center", "path_effects": OUTLINE, "clip_on": True}
        self.moving = [*self._dots, *ax.lines]
        if flat:
            ax.set_yticks(range(len(codes.names)), codes.names.values())
            return
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(7, integer=True))
        for sigma in (1, 2, 3) if prior else ():
            below = codes.centre - np.array([0, sigma])
            self.moving.append(ax.text(*below, f"{sigma}{SIGMA}", fontsize=SMALL, **style))
        self._names = write_names(ax, codes.names, np.zeros((len(codes.names), 2)))
        self.moving += self._names
        if not any(codes.names.values()):  # no classes: the images are the frames of a film
            (dots,) = self._dots
            dots.set(array=np.arange(len(codes.points)), cmap="viridis", facecolor=None)
            note = {"transform": ax.transAxes, "fontsize": SMALL}
            ax.text(0.02, 0.02, "colour: place in the film", **note)

    def update(self, points: np.ndarray, names: np.ndarray) -> None:
        """Move the codes to `points`, shape (n, 2), and the class names to `names`."""
        for k, dots in zip(self._codes.names, self._dots, strict=True):
            dots.set_offsets(points[self._codes.labels == k])
        # hide names while all codes are in one heap
        alpha = float(np.clip(2 * points.std(axis=0).max() / self._legible - 1, 0, 1))
        for text, place in zip(self._names, names, strict=False):
            text.set(position=place, alpha=alpha, visible=alpha > 0)
            text.get_bbox_patch().set_alpha(alpha)


class ImagesPanel:
    """Images in rows under a title; `still` images, if any, are the first row and never change."""

    def __init__(self, ax: Axes, title: str, images: np.ndarray, columns: int, still=None):
        self._columns, self._still = columns, still
        ax.set(xticks=[], yticks=[], frame_on=False, anchor="NW")
        ax.set_title(title, fontsize=TITLE, loc="left")
        self._picture = ax.imshow(self._tiles(images), cmap="gray", vmin=0, vmax=1)
        self.moving = [self._picture]

    def update(self, images: np.ndarray) -> None:
        """Show other images, shape (n, h, w, c)."""
        self._picture.set_data(self._tiles(images))

    def _tiles(self, images):
        if self._still is not None:
            images = np.concatenate([self._still, images])
        n, h, w, c = images.shape
        tiles = np.zeros((math.ceil(n / self._columns) * self._columns, h, w, c))
        tiles[:n] = images
        rows = tiles.reshape(-1, self._columns, h, w, c).swapaxes(1, 2)
        return (
            rows.reshape(-1, self._columns * w, c).squeeze(-1)
            if c == 1
            else (rows.reshape(-1, self._columns * w, c))
        )


class CurvePanel:
    """One term of the loss by epoch, on training and held-out images, up to the current time.

    Args:
        ax: The panel.
        title: The term's name.
        unit: The term's unit.
        curves: Values by epoch, {"": {1: 0.27, 2: 0.25}, "val_": {...}}; the keys are those
            of CURVE_STYLES.
        epochs: The first and the last epoch on the axis.
    """

    def __init__(
        self,
        ax: Axes,
        title: str,
        unit: str,
        curves: Mapping[str, Mapping[int, float]],
        epochs: tuple[int, int],
    ):
        values = np.array([value for curve in curves.values() for value in curve.values()])
        values = values[np.isfinite(values)]
        low, high = (values.min(), values.max()) if len(values) else (0, 1)
        room = 0.08 * (high - low) or 0.1 * abs(high) or 1
        ax.set(xlim=epochs, ylim=(low - room, high + room))
        ax.set_title(title, fontsize=TEXT, loc="left")
        ax.set_ylabel(unit, fontsize=SMALL)
        ax.tick_params(labelsize=SMALL)
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.grid(alpha=0.4)
        self._curves = []
        for prefix, curve in curves.items():
            style = {key: CURVE_STYLES[prefix][key] for key in ("color", "linestyle", "label")}
            (line,) = ax.plot([], [], linewidth=3, **style)
            (end,) = ax.plot([], [], "o", markersize=9, color=style["color"], clip_on=False)
            self._curves.append((line, end, *map(np.array, zip(*curve.items(), strict=True))))
        self.moving = [artist for line, end, *_ in self._curves for artist in (line, end)]

    def update(self, time: float) -> None:
        """Draw the curves up to `time`, in epochs; between two epochs, interpolate linearly."""
        for line, end, epochs, values in self._curves:
            past = epochs < time
            now = np.interp(time, epochs, values) if time >= epochs[0] else np.nan
            line.set_data([*epochs[past], time], [*values[past], now])
            end.set_data([time], [now])
