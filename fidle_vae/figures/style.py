"""What all figures share: sizes, colours, and a Figure that needs no pyplot.

pyplot keeps each figure until it is closed. A NotebookFigure is an ordinary object: a notebook
shows it as the last value of a cell, and it is freed with its last reference.
"""

import io

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

TEXT, TITLE = 16, 20  # points: legible from the last row of a lecture hall
COLORS = matplotlib.color_sequences["petroff10"]  # distinguishable with colour blindness
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


class NotebookFigure(Figure):
    """A Figure that a notebook shows without pyplot; sizes are in inches."""

    def __init__(self, width: float, height: float, title: str = ""):
        size = max(width, inches(title, TITLE)), height + (0.5 if title else 0)
        super().__init__(size, dpi=100, layout="constrained")
        self.get_layout_engine().set(wspace=0.04)
        if title:
            self.suptitle(title, fontsize=TITLE)

    def _repr_png_(self) -> bytes:
        png = io.BytesIO()
        self.savefig(png, format="png")
        return png.getvalue()


def label(ax: Axes, x: str, y: str = "") -> None:
    """Label the axes; labels and tick numbers are in the text size."""
    ax.set_xlabel(x, fontsize=TEXT)
    ax.set_ylabel(y, fontsize=TEXT)
    ax.tick_params(labelsize=TEXT)


def inches(text: str, size: float = TEXT) -> float:
    """Estimate the width of a text in inches: 0.6 of its font size per character of a line."""
    return 0.6 * size / 72 * max(map(len, text.split("\n")))


def require_images(images: np.ndarray, name: str, wanted: str = "(n, h, w, c)") -> np.ndarray:
    """Return `images` as an array, or raise an error that says what is wrong with them."""
    images = np.asarray(images, float)
    if images.ndim != len(wanted.split()) or images.size == 0 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"{name} must have shape {wanted}, not empty, with c = 1 or 3 channels, "
            f"got {images.shape}: a missing channel axis is added by {name}[..., None]"
        )
    if not (images.min() > -1e-3 and images.max() < 1 + 1e-3):
        raise ValueError(
            f"{name} must lie in [0, 1], got values from {images.min():g} to {images.max():g}: "
            f"divide bytes by 255, or use np.clip({name}, 0, 1)"
        )
    return images.clip(0, 1)


def draw_image(ax: Axes, image: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """Draw an image, (h, w, 1) white on black or (h, w, 3), at (left, right, bottom, top)."""
    image = image[..., 0] if image.shape[-1] == 1 else image
    ax.imshow(image, cmap="gray", vmin=0, vmax=1, extent=extent, aspect=ax.get_aspect())


def draw_manifold(ax: Axes, images: np.ndarray) -> None:
    """Draw images, shape (rows, columns, h, w, c), as one seamless picture; each is 1 wide."""
    rows, columns, h, w, channels = images.shape
    picture = images.swapaxes(1, 2).reshape(rows * h, columns * w, channels)
    ax.set_aspect(h / w)
    draw_image(ax, picture, (-0.5, columns - 0.5, rows - 0.5, -0.5))
    ax.set(xticks=[], yticks=[])
