"""A still picture of an explorer, shown where no widget can run."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.comparison import Comparison, compare_models
from fidle_vae.figures.latent_scatter import PlottedCodes, draw_codes, enlarge_marks, sort_codes
from fidle_vae.figures.style import SIGMA, TEXT, TITLE, NotebookFigure, draw_manifold, inches
from fidle_vae.models.latent_space import LatentPlane, gaussian_grid, grid_points
from fidle_vae.models.parts import Parts

IMAGES = 12  # along each side of the plane
SHARE = 0.995  # of the codes are in view, as when explorer.js starts
LEAST = 3.4  # minimum standard deviations of the prior in view on each side


def still_picture(decoders: Mapping[str, keras.Model], content: dict, data: bytes) -> Figure:
    """Draw the codes, if there are any, and images decoded on a grid of the plane.

    Args:
        decoders: The decoders, by the name of their model.
        content: The content of the explorer, as `explorer_content` returns it.
        data: The bytes that it refers to.
    """
    described, given = content["models"], content.get("plane", {})
    plane = LatentPlane.of_dims(described[0]["decoder"]["inputDim"])
    if given:
        plane = LatentPlane(given["origin"], given["axes"], tuple(given["names"]))
    if "start" in content:  # the plane that the explorer opens on goes through it
        start = np.array(content["start"])
        offset = start - plane.lift(plane.project(start))
        plane = LatentPlane(plane.origin + offset, plane.axes, plane.names)
    reach = given["shell"][1] if "shell" in given else None
    title = content["title"]
    if "notice" in content:
        title += f" ({content['notice']})"
    labels = _read(content["labels"], data) if "labels" in content else None
    class_names = content.get("classNames", ())
    models = [
        Comparison(
            name=model["name"],
            z=_read(model["codes"], data) if "codes" in model else None,
            labels=labels,
            manifold=_decode_plane(decoder, model["decoder"], plane, reach),
            numbers={},
            plane=plane,
        )
        for model, decoder in zip(described, decoders.values(), strict=True)
    ]
    has_codes = all(model.z is not None for model in models)
    if has_codes and len(models) > 1:
        return compare_models(models, class_names, title)

    fig = NotebookFigure(6.4 * (has_codes + len(models)), 6.8, title)
    axes = list(fig.subplots(1, has_codes + len(models), squeeze=False)[0])
    if has_codes:
        _draw_codes(axes.pop(0), sort_codes(models[0].z, labels, class_names, plane))
    far = reach or gaussian_grid(2)[1]
    words = f"decoded, from \N{MINUS SIGN}{far:.1f} to {far:.1f} {SIGMA}"
    for ax, model in zip(axes, models, strict=True):
        draw_manifold(ax, model.manifold)
        ax.set_title(model.name if len(models) > 1 else words, fontsize=TITLE)
    return fig


def _draw_codes(ax: Axes, codes: PlottedCodes) -> None:
    """Draw nearly all codes, with the prior in the middle."""
    draw_codes(ax, codes)
    ax.set_title("held-out codes", fontsize=TITLE)
    middle, k = codes.centre, len(codes.centre)
    far = np.abs(codes.points[:, :k] - middle).max(axis=1)
    far = max(LEAST, 1.05 * np.quantile(far, SHARE))
    ax.set_xlim(middle[0] - far, middle[0] + far)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    handles = ax.get_legend_handles_labels()[0]  # an empty name has no entry
    if k == 2:
        ax.set_ylim(middle[1] - far, middle[1] + far)
        ax.set_aspect("equal")
        ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    else:
        ax.set(yticks=range(len(codes.names)), yticklabels=codes.names.values())
        handles = handles[-3:]  # each row has its name already
    fig = ax.get_figure()
    legend = fig.legend(
        handles=handles,
        loc="outside lower center",
        ncols=_columns([inches(handle.get_label()) for handle in handles], fig.get_figwidth()),
        fontsize=TEXT,
        frameon=False,
    )
    enlarge_marks(legend)


def _columns(widths: Sequence[float], room: float) -> int:
    """Return how many columns of a legend with entries of these widths fit into `room`."""
    for rows in range(1, len(widths)):
        columns = [max(widths[i : i + rows]) + 0.9 for i in range(0, len(widths), rows)]
        if sum(columns) < room:
            return len(columns)
    return 1


def _read(reference: Mapping, data: bytes) -> np.ndarray:
    """Return the array that a `Packer` put into `data`."""
    dtype = np.dtype(reference["dtype"]).newbyteorder("<")
    count = int(np.prod(reference["shape"]))
    return np.frombuffer(data, dtype, count, reference["offset"]).reshape(reference["shape"])


def _decode_plane(
    decoder: keras.Model, spec: Mapping, plane: LatentPlane, reach: float | None
) -> np.ndarray:
    """Return images decoded on a grid of the plane, (rows, columns, h, w, c), in [0, 1].

    A conditional decoder draws another class in each column.
    """
    z = grid_points(IMAGES, plane, reach)
    columns = np.arange(z.shape[0] * z.shape[1]) % z.shape[1]
    labels = columns % spec["classes"] if spec["classes"] else None
    low, high = spec["range"]
    images = Parts(None, decoder).decode(z.reshape(-1, z.shape[-1]), labels)
    images = (images - low) / (high - low)
    return images.clip(0, 1).reshape(*z.shape[:2], *spec["outputShape"])
