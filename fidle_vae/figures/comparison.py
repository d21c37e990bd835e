"""Compare models side by side: their codes, what their decoders generate, their numbers."""

import textwrap
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.latent_scatter import PlottedCodes, draw_codes, enlarge_marks, sort_codes
from fidle_vae.figures.style import (
    TEXT,
    TITLE,
    NotebookFigure,
    draw_manifold,
    inches,
    require_images,
)
from fidle_vae.models.latent_space import LatentPlane

COLUMN = 2.4  # inches, width of a model's column
LINE, LEGEND_LINE = 0.4, 0.33  # inches, height of a line of text
LEAST = 3.5  # minimum standard deviations of the prior in view on each side
FORMATS = {"loss": ".4f", "r_loss": ".4f", "beta": ".3g"}
MISSING = "\N{EN DASH}"


class Comparison(NamedTuple):
    """One model of a comparison."""

    name: str  # the heading of its column, such as "k2 = 0.001"
    z: np.ndarray  # z_mean of held-out images, shape (n, d)
    labels: np.ndarray | None  # classes of the same images, shape (n,)
    manifold: np.ndarray  # decoded `latent_space.grid_points`, shape (rows, columns, h, w, c)
    numbers: Mapping[str, float | int | str]  # such as {"r_loss": 0.2075, "kl_loss": 6.72}
    plane: LatentPlane | None = None  # to project onto; by default the first two dimensions


def compare_models(
    models: Sequence[Comparison], class_names: Sequence[str] = (), title: str = ""
) -> Figure:
    """Draw a column for each of up to about four models: codes, decoded grid, numbers.

    The scatter plots show all codes, and at least 3.5 standard deviations of the prior on each
    side of its centre. Codes that match the prior fill the plot; collapsed codes are a dot in it;
    codes of a model without a KL term may spread so far that the prior becomes a dot. A decoded
    grid of about ten columns is still legible from the back of a lecture hall.

    Args:
        models: The models to compare, from left to right.
        class_names: The name of each class; by default its number.
        title: The text above the figure.
    """
    if not models or not all(isinstance(model, Comparison) for model in models):
        raise ValueError(
            "models must be one Comparison or more, "
            f"got {[type(model).__name__ for model in models]}: give [Comparison(...), ...]"
        )
    codes, manifolds = [], []
    for name, z, labels, manifold, _, plane in models:
        codes.append(sort_codes(z, labels, class_names, plane, f"z of {name!r}"))
        wanted = "(rows, columns, h, w, c)"
        manifolds.append(require_images(manifold, f"manifold of {name!r}", wanted))
    table = _table([model.numbers for model in models])
    letters = int(COLUMN / inches("m", TITLE))
    names = [
        "\n".join(textwrap.fill(line, letters) for line in model.name.splitlines())
        for model in models
    ]
    classes = {k: name for sorted_ in codes for k, name in sorted_.names.items() if name}
    shared_axes = len({sorted_.plane.names for sorted_ in codes}) == 1

    step = COLUMN + (0.55 if shared_axes else 1.1)
    width = step * len(models) - step + COLUMN + 0.2
    margin = max([inches(name, TITLE) for name in table] + [0.9, (5.8 - width) / 2]) + 0.2
    width = max(width + margin, 5.8)  # the width that the legend of the prior needs
    per_line = int((width - 0.4) / (max(map(inches, classes.values()), default=0) + 0.85))
    per_line = max(1, min(per_line, len(classes)))
    codes_at = 0.1 + LINE * (1 + max(name.count("\n") for name in names))
    legend_at = codes_at + COLUMN + 0.75
    manifolds_at = legend_at + LEGEND_LINE * (1 + -(-len(classes) // per_line)) + 0.2
    table_at = manifolds_at + max(map(_height, manifolds)) + 0.15
    sheet = _Sheet(width, table_at + LINE * len(table) + 0.1, title)
    for i, name in enumerate(names):
        ax = sheet.axes(margin + step * i, codes_at, COLUMN, COLUMN)
        ax.set_title(name, fontsize=TITLE)
        _draw_scatter(ax, codes[i])
        if i and shared_axes:
            ax.set_ylabel("")
        ax = sheet.axes(margin + step * i, manifolds_at, COLUMN, _height(manifolds[i]))
        draw_manifold(ax, manifolds[i])
        if not i and max(map(_height, manifolds)) == COLUMN:
            ax.set_ylabel("decoded grid", fontsize=TEXT)
    _draw_legend(sheet.axes(0, legend_at, width, table_at - legend_at), sheet.fig, per_line)
    if table:
        _draw_table(sheet.axes(0, table_at, width, LINE * len(table)), table, margin, step)
    return sheet.fig


class _Sheet:
    """A figure with parts placed in inches, so that columns stay aligned whatever they hold."""

    def __init__(self, width: float, height: float, title: str):
        self.fig = NotebookFigure(width, height, title)
        self.fig.set_layout_engine("none")
        self.size = self.fig.get_size_inches()
        self.left, self.top = (self.size[0] - width) / 2, height  # a long title widens the figure

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes `left` inches from the left and `top` inches below the title."""
        corner = np.array([self.left + left, self.top - top - height])
        ax = self.fig.add_axes((*(corner / self.size), *(np.array([width, height]) / self.size)))
        ax.set_anchor("N")
        return ax


def _height(manifold: np.ndarray) -> float:
    """Return the height of a decoded grid, in inches; its longer side is COLUMN inches."""
    rows, columns, h, w, _ = manifold.shape
    return COLUMN * min(1, rows * h / (columns * w))


def _draw_scatter(ax: Axes, codes: PlottedCodes) -> None:
    """Draw the codes in a square centred on the prior."""
    draw_codes(ax, codes, size=0.5)
    middle, k = codes.centre, len(codes.centre)
    far = max(LEAST, 1.05 * np.abs(codes.points[:, :k] - middle).max())
    ax.set_xlim(middle[0] - far, middle[0] + far)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    if k == 2:
        ax.set_ylim(middle[1] - far, middle[1] + far)
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    if k == 2 and far > 4 * LEAST:  # the circles are a dot: name it from the emptiest corner
        corners = middle + 0.7 * far * np.array([[1, -1], [1, 1], [-1, 1], [-1, -1]])
        gaps = [np.linalg.norm(codes.points - corner, axis=1).min() for corner in corners]
        style = {"fontsize": TEXT, "ha": "center", "va": "center"}
        arrow = {"arrowstyle": "->", "linewidth": 2}
        ax.annotate("prior", middle, corners[np.argmax(gaps)], arrowprops=arrow, **style)


def _draw_legend(ax: Axes, fig: Figure, per_line: int) -> None:
    """Draw one legend for all scatter plots: the classes and, below, the prior's circles."""
    handles = {}
    for other in fig.axes:
        handles |= {handle.get_label(): handle for handle in other.get_legend_handles_labels()[0]}
    ax.set_axis_off()
    circles = [handle for text, handle in handles.items() if isinstance(handle, Line2D)]
    classes = [handle for text, handle in handles.items() if not isinstance(handle, Line2D)]
    style = {"frameon": False, "fontsize": TEXT, "borderaxespad": 0, "borderpad": 0}
    if classes:
        style |= {"labelspacing": 0.4}
        first = ax.legend(
            handles=classes, loc="upper center", ncols=per_line, handlelength=1, **style
        )
        enlarge_marks(first)
        ax.add_artist(first)
    lines = -(-len(classes) // per_line)
    ax.legend(
        handles=circles,
        loc="upper center",
        bbox_to_anchor=(0.5, 1 - LEGEND_LINE * lines / ax.bbox.height * fig.dpi),
        ncols=3,
        **style,
    )


def _draw_table(ax: Axes, table: Mapping[str, Sequence[str]], margin: float, step: float) -> None:
    """Write names at the left, and a model's numbers below the middle of its column."""
    width = ax.bbox.width / ax.get_figure().dpi
    ax.set(xlim=(0, width), ylim=(len(table), 0))
    ax.set_axis_off()
    for y, (name, numbers) in enumerate(table.items()):
        ax.plot([0.1, width - 0.1], [y, y], color="grey", linewidth=1)
        ax.text(margin - 0.2, y + 0.75, name, fontsize=TITLE, ha="right")
        for i, text in enumerate(numbers):
            ax.text(margin + step * i + COLUMN / 2, y + 0.75, text, fontsize=TITLE, ha="center")


def _table(columns: Sequence[Mapping[str, float | int | str]]) -> dict[str, list[str]]:
    """Return the numbers as texts, {row name: one text per model}; a dash if one is missing."""
    names = list(dict.fromkeys(name for numbers in columns for name in numbers))
    return {name: _row(name, [numbers.get(name, MISSING) for numbers in columns]) for name in names}


def _row(name: str, values: Sequence[float | int | str]) -> list[str]:
    """Format a row: floats with the same number of decimals, integers and texts as they are."""
    floats = [abs(x) for x in values if not isinstance(x, str | Integral) and np.isfinite(x)]
    style = FORMATS.get(name) or (".1f" if max(floats, default=0) >= 100 else ".2f")
    return [
        x
        if isinstance(x, str)
        else format(x, "d" if isinstance(x, Integral) else style).replace("-", "\N{MINUS SIGN}")
        for x in values
    ]
