"""The figures of the lessons: functions that take arrays and return one matplotlib Figure.

Images have the shape (n, h, w, c), with c = 1 (drawn white on black) or 3, and values in [0, 1].
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.latent_scatter import axis_labels
from fidle_vae.figures.latent_scatter import latent_scatter as latent_scatter
from fidle_vae.figures.metric_styles import (
    CURVE_STYLES,
    HELD_OUT,
    drawn_metrics,
    metric,
)
from fidle_vae.figures.style import (
    COLORS,
    TEXT,
    TITLE,
    NotebookFigure,
    draw_image,
    draw_manifold,
    inches,
    label,
    require_images,
)

COLUMNS = 3  # maximum number of axes in a row of a training history


def image_grid(
    images: np.ndarray, columns: int = 10, titles: Sequence[object] = (), title: str = ""
) -> Figure:
    """Draw images row by row, with a short text above each (`titles`) and a title for all."""
    images = require_images(images, "images")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns}")
    if len(titles) not in (0, len(images)):
        raise ValueError(f"titles must hold {len(images)} texts, one per image, got {len(titles)}")
    rows = [images[i : i + columns] for i in range(0, len(images), columns)]
    return _gallery(rows, title, titles=[str(text) for text in titles])


def image_rows(rows: Mapping[str, np.ndarray], title: str = "") -> Figure:
    """Draw a row of images per entry of `rows`, named at the left; all rows have one shape."""
    if not isinstance(rows, Mapping):
        raise ValueError(
            f"rows must be a dict {{name of the row: images}}, got {type(rows).__name__}: "
            "image_grid takes images without names"
        )
    rows = {
        str(name): require_images(images, str(name) or "images") for name, images in rows.items()
    }
    shapes = {name: images.shape for name, images in rows.items()}
    if len(set(shapes.values())) != 1:
        raise ValueError(f"rows of images must be one or more, all of one shape, got {shapes}")
    return _gallery(list(rows.values()), title, names=list(rows))


def reconstructions(originals: np.ndarray, reconstructions: np.ndarray, title: str = "") -> Figure:
    """Draw a row of about ten originals above the row of their reconstructions."""
    return image_rows({"originals": originals, "reconstructions": reconstructions}, title)


def morph_strip(
    images: np.ndarray | Mapping[str, np.ndarray],
    title: str = "",
    *,
    ends: Sequence[np.ndarray] = (),
) -> Figure:
    """Draw images decoded along a path.

    Args:
        images: the images in the order of the path; to compare paths, a dict {name: images}.
        title: the text above the figure.
        ends: the two originals between whose codes the path goes, each of the shape (h, w, c);
            they stand in frames at the left and at the right of every row.
    """
    rows = images if isinstance(images, Mapping) else {"": images}
    if len(ends):
        rows = {name: _between(ends, row) for name, row in rows.items()}
    fig = image_rows(rows, title)
    fig.set_figheight(fig.get_figheight() + 0.3)
    ax, columns = fig.axes[0], len(next(iter(rows.values())))
    names = ("original", "halfway", "original") if len(ends) else ("start", "halfway", "end")
    ax.set_xticks([0, (columns - 1) / 2, columns - 1], names)
    originals = [*ax.images[::columns], *ax.images[columns - 1 :: columns]] if len(ends) else []
    for original in originals:
        left, right, bottom, top = original.get_extent()
        frame = {"fill": False, "edgecolor": COLORS[1], "linewidth": 5, "clip_on": False}
        ax.add_patch(Rectangle((left, top), right - left, bottom - top, **frame))
    return fig


def _between(ends: Sequence[np.ndarray], row: np.ndarray) -> np.ndarray:
    """Return a row of images with an original at each end."""
    row = require_images(row, "images")
    shapes = [np.shape(end) for end in ends]
    if shapes != [row.shape[1:]] * 2:
        raise ValueError(
            f"ends must be two images of shape {row.shape[1:]} like those of the path, got images "
            f"of shape {shapes}: give (x_test[i], x_test[j])."
        )
    first, last = require_images(ends, "ends")
    return np.stack([first, *row, last])


def manifold_grid(
    images: np.ndarray,
    latent_grid: Sequence[float] = (),
    title: str = "",
    axis_names: Sequence[str] = ("z0", "z1"),
    *,
    prior: bool = True,
    classes: np.ndarray | None = None,
) -> Figure:
    """Draw images decoded on a grid of the latent plane as one seamless picture.

    Args:
        images: Decoded `latent_space.grid_points`, shape (rows, columns, h, w, c).
        latent_grid: Coordinates of the columns and, if there are several rows, of the rows from
            bottom to top.
        title: The text above the figure.
        axis_names: The names of the plane's axes.
        prior: Whether the model has a prior; False for an autoencoder.
        classes: The class of each image, shape (rows, columns): lines part unlike neighbours.
    """
    images = require_images(images, "images", "(rows, columns, h, w, c)")
    rows, columns, h, w, _ = images.shape
    if classes is not None and np.shape(classes) != (rows, columns):
        raise ValueError(
            f"classes must have shape ({rows}, {columns}), one number for each image, got "
            f"{np.shape(classes)}: reshape it as the images are."
        )
    if len(latent_grid) and (len(latent_grid) != columns or rows not in (1, columns)):
        raise ValueError(
            "latent_grid must hold one coordinate per column, and per row if there are several, "
            f"got {len(latent_grid)} for {rows} rows and {columns} columns: give gaussian_grid(n)"
        )
    height, width = 7.8 * np.array([rows * h, columns * w]) / max(rows * h, columns * w)
    fig = NotebookFigure(width + 1.1, height + 1.1, title)
    ax = fig.add_subplot()
    draw_manifold(ax, images)
    if classes is not None:
        _draw_borders(ax, np.asarray(classes))
    if len(latent_grid):
        shown = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(latent_grid[0], latent_grid[-1])
        shown = shown[(shown >= latent_grid[0]) & (shown <= latent_grid[-1])]
        places = np.interp(shown, latent_grid, range(columns))
        texts = [f"{z:g}".replace("-", "\N{MINUS SIGN}") for z in shown]
        ax.set_xticks(places, texts)
        if rows > 1:
            ax.set_yticks(rows - 1 - places, texts)
        label(ax, *axis_labels(axis_names[: min(rows, 2)], prior))
    return fig


def _draw_borders(ax: Axes, classes: np.ndarray) -> None:
    """Draw a line between any two neighbours of unlike classes; the place (y, x) is 1 wide."""
    below, right = (np.argwhere(np.diff(classes, axis=axis)) for axis in (0, 1))
    lines = [[(x - 0.5, y + 0.5), (x + 0.5, y + 0.5)] for y, x in below]
    lines += [[(x + 0.5, y - 0.5), (x + 0.5, y + 0.5)] for y, x in right]
    ax.add_collection(LineCollection(lines, colors=[COLORS[1]], linewidths=3, capstyle="round"))


def training_history(history: Mapping[str, Sequence[float]]) -> Figure:
    """Draw each metric of a training by epoch, on its own axes, with its held-out `val_` curve.

    Args:
        history: {name: one value per epoch}, as `fit(...).history`. For a VAE, `r_loss`, `kl_loss`
            and `elbo` are drawn; for other models, all metrics.
    """
    curves = history if isinstance(history, Mapping) else {}
    names = drawn_metrics(curves)
    lengths = {key: len(curves[key]) for key in curves if key.removeprefix(HELD_OUT) in names}
    epochs = max(lengths.values(), default=0)
    if not epochs or set(lengths.values()) != {epochs}:
        raise ValueError(
            "history must be a dict with one value per epoch in every curve: give "
            f"`model.fit(...).history`, got {type(history).__name__} {lengths or list(curves)}"
        )
    columns = 2 if len(names) == 4 else min(len(names), COLUMNS)
    rows = -(-len(names) // columns)
    fig = NotebookFigure(3.9 * columns, 4.1 * rows + 0.5)
    axes = fig.subplots(rows, columns, squeeze=False).flat
    for name, ax in zip(names, axes, strict=False):
        for prefix, style in CURVE_STYLES.items():
            if prefix + name in curves:
                style = {"linewidth": 3, "markersize": 9, "markevery": 1 + epochs // 12} | style
                ax.plot(range(1, epochs + 1), curves[prefix + name], **style)
        title, unit = metric(name)
        ax.set_title(title, fontsize=TITLE)
        label(ax, "epoch", f"{name} ({unit})" if unit else name)
        ax.set_xlim(0.5, epochs + 0.5)
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        ax.grid(alpha=0.4)
    for ax in axes:  # unused ones
        ax.set_axis_off()
    lines = {line.get_label(): line for ax in fig.axes for line in ax.lines}
    fig.legend(handles=lines.values(), loc="outside lower center", ncols=2, fontsize=TEXT)
    return fig


def _gallery(
    rows: Sequence[np.ndarray], title: str, names: Sequence[str] = (), titles: Sequence[str] = ()
) -> Figure:
    """Draw rows of images on one Axes; the centre of an image is at x = column, y = row."""
    columns, (h, w) = len(rows[0]), rows[0].shape[1:3]
    margin = max(map(inches, names), default=-0.1) + 0.1
    width = max(np.clip((10 - margin) / columns, 0.3, 1.6), *map(inches, titles), 0)  # inches
    height = width * h / w + (0.3 if titles else 0)
    fig = NotebookFigure(width * columns + margin, height * len(rows), title)
    ax = fig.add_subplot(aspect=height / width, frame_on=False, anchor="E")
    half_w, half_h = 0.47, 0.47 * width * h / w / height
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            draw_image(ax, image, (x - half_w, x + half_w, y + half_h, y - half_h))
    for i, text in enumerate(titles):
        y, x = divmod(i, columns)
        ax.text(x, y - half_h, text, ha="center", va="bottom", fontsize=TEXT)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(len(rows) - 1 + half_h, half_h - 1), xticks=[])
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(labelsize=TEXT, length=0)
    return fig
