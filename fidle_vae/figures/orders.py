"""Figures of generators that take orders: where a place of an image looks."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fidle_vae.figures.style import COLORS, TITLE, NotebookFigure


def attention_maps(images: np.ndarray, looks: np.ndarray, place: tuple[int, int]) -> Figure:
    """Draw each image with one place marked, and below it how much that place looks at each other.

    Args:
        images: grey, shape (n, h, w, 1), in [0, 1].
        looks: shares, shape (n, rows, columns, rows, columns): the first place looks at the second.
        place: (row, column) of the maps, the place that is marked.
    """
    images, looks = np.asarray(images), np.asarray(looks)
    if looks.ndim != 5 or len(looks) != len(images) or looks.shape[1:3] != looks.shape[3:]:
        raise ValueError(
            "looks must have the shape (n, rows, columns, rows, columns), for n images; got "
            f"{looks.shape} for {len(images)} images: take those of SelfAttention.look."
        )
    height, width = images.shape[1:3]
    rows, columns = looks.shape[1:3]
    if not (0 <= place[0] < rows and 0 <= place[1] < columns):
        raise ValueError(
            f"place must be a row below {rows} and a column below {columns}, got {place}: choose "
            "one of the maps."
        )
    fig = NotebookFigure(3.4 * len(images), 4.4)
    axes = fig.subplots(2, len(images), squeeze=False)
    size = (width / columns, height / rows)
    corner = (place[1] * size[0] - 0.5, place[0] * size[1] - 0.5)
    for ax, image, look in zip(axes.T, images, looks, strict=True):
        ax[0].imshow(image[..., 0], cmap="gray", vmin=0, vmax=1)
        extent = (-0.5, width - 0.5, height - 0.5, -0.5)
        ax[1].imshow(look[place], cmap="gray", vmin=0, extent=extent)
        for each in ax:
            frame = {"fill": False, "edgecolor": COLORS[1], "linewidth": 4}
            each.add_patch(Rectangle(corner, *size, **frame))
            each.set_xticks([])
            each.set_yticks([])
    axes[0, 0].set_ylabel("pair", fontsize=TITLE)
    axes[1, 0].set_ylabel("looks at", fontsize=TITLE)
    return fig
