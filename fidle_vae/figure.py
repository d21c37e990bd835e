"""What every figure is made with: sizes, colours, and a Figure that needs no pyplot.

pyplot keeps each figure until somebody closes it. A NotebookFigure is an ordinary value: it shows
itself where a notebook cell ends with it, and is gone with its last reference.
"""

import io

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

TEXT, TITLE = 16, 20  # points: legible from the last row of a lecture hall
COLORS = matplotlib.color_sequences["petroff10"]  # made for colour-blind people too
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


class NotebookFigure(Figure):
    """A Figure that a notebook shows without the help of pyplot; sizes in inches."""

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
    """Names of the axes, and numbers, in the size for text."""
    ax.set_xlabel(x, fontsize=TEXT)
    ax.set_ylabel(y, fontsize=TEXT)
    ax.tick_params(labelsize=TEXT)


def inches(text: str, size: float = TEXT) -> float:
    """Width of a text, nearly: 0.6 of its size per character."""
    return 0.6 * size / 72 * len(text)
