"""Figures of one's own pictures: how they are cut, and their codes by class and by hue."""

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from fidle_vae.figures.latent_scatter import MARKERS
from fidle_vae.figures.style import (
    COLORS,
    TEXT,
    TITLE,
    NotebookFigure,
    draw_image,
    label,
    require_images,
)


def cuts(originals: Sequence[np.ndarray], images: np.ndarray, titles: Sequence[str] = ()) -> Figure:
    """Draw pictures as they are, with the frame of the middle cut, above what is made of them.

    Args:
        originals: pictures of any size and shape, (h, w, 3), in [0, 1].
        images: one image of each, all of one size, shape (n, h, w, c).
        titles: a short text above each.
    """
    images = require_images(images, "images")
    if len(originals) != len(images):
        raise ValueError(
            f"originals must be as many as the images, {len(images)}; got {len(originals)}: give "
            "the pictures that the images were made of."
        )
    many = len(images)
    fig = NotebookFigure(1.6 * many + 1.4, 4.4)
    axes = fig.subplots(2, many, squeeze=False)
    for i, (original, image) in enumerate(zip(originals, images, strict=True)):
        for ax, each in zip(axes[:, i], (original, image), strict=True):
            ax.set_aspect("equal")
            draw_image(ax, np.asarray(each), (0, each.shape[1], each.shape[0], 0))
            ax.set(xticks=[], yticks=[])
            ax.set_frame_on(False)
        (h, w), shape = original.shape[:2], image.shape[1] / image.shape[0]
        width, height = min(w, h * shape), min(h, w / shape)
        corner = (w - width) / 2, (h - height) / 2
        frame = {"fill": False, "edgecolor": "black", "linewidth": 3, "clip_on": False}
        axes[0, i].add_patch(Rectangle(corner, width, height, **frame))
        axes[0, i].set_title(titles[i] if len(titles) else "", fontsize=TEXT)
        axes[1, i].set_title(f"{image.shape[1]} x {image.shape[0]}", fontsize=TEXT)
    for ax, name in zip(axes[:, 0], ("files", "images"), strict=True):
        ax.set_ylabel(name, fontsize=TEXT)
    return fig


def class_and_hue(
    points: np.ndarray,
    labels: np.ndarray | None,
    names: Sequence[str],
    read: np.ndarray,
    hues: np.ndarray,
) -> Figure:
    """Draw codes twice: in a plane, by class; and on the wheel of colours, as they tell the hue.

    Args:
        points: in the plane, shape (n, 2).
        labels: the class of each, (n,); None where there are no classes.
        names: of the classes.
        read: the place on the wheel that was read from each code, (n, 2).
        hues: of the pictures, from 0 to 1, (n,); those that are NaN are drawn grey.
    """
    fig = NotebookFigure(12, 6.4)
    left, right = fig.subplots(1, 2)
    labels = np.zeros(len(points), int) if labels is None else labels
    for k in np.unique(labels):
        style = {"color": COLORS[k % len(COLORS)], "marker": MARKERS[k % len(MARKERS)]}
        own = points[labels == k]
        left.scatter(*own.T, s=90, linewidth=0, label=names[k] if len(names) else "all", **style)
    known = np.isfinite(hues)
    wheel = np.stack([np.nan_to_num(hues), np.full(len(hues), 0.9), np.full(len(hues), 0.85)], -1)
    colors = np.where(known[:, None], matplotlib.colors.hsv_to_rgb(wheel), 0.6)
    right.add_patch(Circle((0, 0), 1, fill=False, linewidth=2.5, linestyle="--"))
    right.scatter(*read.T, s=90, color=colors, linewidth=0)
    left.set_title("where codes spread most", fontsize=TITLE)
    right.set_title("the hue, read from the codes", fontsize=TITLE)
    label(left, "PC 1", "PC 2")
    label(right, "cosine", "sine")
    for ax in (left, right):
        ax.set_aspect("equal", adjustable="datalim")
    if len(names):
        handles, texts = left.get_legend_handles_labels()
        place = {"loc": "outside lower center", "ncols": min(6, len(names))}
        fig.legend(handles, texts, fontsize=TEXT, **place)
    return fig
