"""The scatter plot of the latent codes."""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.patheffects import withStroke

from fidle_vae.figures.style import COLORS, SIGMA, TEXT, NotebookFigure, inches, label
from fidle_vae.models.latent_space import LatentPlane

MARKERS = "osD^vPXp<>"  # distinguish the classes as the colours do


def latent_scatter(
    z: np.ndarray,
    labels: np.ndarray | None = None,
    class_names: Sequence[str] = (),
    plane: LatentPlane | None = None,
    *,
    prior: bool = True,
    draws: np.ndarray | None = None,
    sigma: np.ndarray | None = None,
) -> Figure:
    """Draw the latent codes, with the prior at 1, 2 and 3 standard deviations.

    Args:
        z: Latent codes, shape (n, d). If there is one axis only, each class has its own row.
        labels: The class of each code, an integer from 0, shape (n,).
        class_names: The name of each class; by default its number.
        plane: The plane to project onto; by default the first two dimensions.
        prior: Whether the model has a prior; False for an autoencoder.
        draws: Further points, in black: where somebody draws new codes, shape (m, d).
        sigma: The standard deviations of each code's cloud, shape (n, d): instead of a point, the
            cloud is drawn, out to two of them.
    """
    codes = sort_codes(z, labels, class_names, plane)
    if draws is not None and np.shape(draws)[1:] != np.shape(z)[1:]:
        raise ValueError(
            f"draws must have shape (m, {np.shape(z)[1]}) as the codes have, got "
            f"{np.shape(draws)}: draw as many numbers for each point."
        )
    if sigma is not None and np.shape(sigma) != np.shape(z):
        raise ValueError(
            f"sigma must have the shape of the codes, {np.shape(z)}, got {np.shape(sigma)}: give "
            "exp(z_log_var / 2) of the same images."
        )
    flat = len(codes.centre) == 1
    fig = NotebookFigure(10, 2 + 0.6 * len(codes.names) if flat else 7.2)
    ax = fig.add_subplot()
    draw_codes(ax, codes, size=1 if sigma is None else 0.3, prior=prior)
    if sigma is not None:
        _draw_clouds(ax, codes, np.asarray(sigma, float))
    if draws is not None:
        points = codes.plane.project(np.asarray(draws, float))
        rows = np.full(len(points), -0.3) if points.shape[1] == 1 else points[:, 1]
        ax.scatter(points[:, 0], rows, s=12, color="black", linewidth=0, label="draws")
    handles = ax.get_legend_handles_labels()[0]  # an empty name has no entry in the legend
    if flat:
        ax.set(yticks=range(len(codes.names)), yticklabels=codes.names.values())
        handles = handles[-3:] if prior else []  # each row has its name already
    else:
        ax.set_aspect("equal", adjustable="datalim")
        _name_classes(ax, {name: codes.of_class(k) for k, name in codes.names.items()})
    if handles:
        place = {"loc": "center left", "bbox_to_anchor": (1, 0.5), "fontsize": TEXT}
        enlarge_marks(ax.legend(handles=handles, **place))
    return fig


class PlottedCodes(NamedTuple):
    """Latent codes projected onto a plane, with their classes."""

    points: np.ndarray  # (n, 2); on a single axis, the second coordinate is the row of the class
    labels: np.ndarray  # (n,)
    names: dict[int, str]  # of the classes that occur in the labels
    plane: LatentPlane
    centre: np.ndarray  # the centre of the prior in the plane, shape (1,) or (2,)

    def of_class(self, k: int) -> np.ndarray:
        """Return the points of one class."""
        return self.points[self.labels == k]


def sort_codes(
    z: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    plane: LatentPlane | None,
    name: str = "z",
) -> PlottedCodes:
    """Check codes and labels, and project the codes onto `plane`; `name` is for error messages."""
    z = np.asarray(z, float)
    if z.ndim != 2 or 0 in z.shape or not np.isfinite(z).all():
        raise ValueError(
            f"{name} must hold finite codes of shape (n, d), got shape {z.shape} with "
            f"{np.sum(~np.isfinite(z))} not finite: give the z_mean of some images"
        )
    labels, names = _classes(labels, class_names, len(z))
    plane = plane or LatentPlane.of_dims(z.shape[1])
    points, centre = plane.project(z), plane.project(np.zeros(z.shape[1]))
    if len(centre) == 1:
        row = np.searchsorted(list(names), labels)
        points = np.c_[points, row + np.random.default_rng(0).uniform(-0.3, 0.3, len(z))]
    return PlottedCodes(points, labels, names, plane, centre)


def draw_codes(ax: Axes, codes: PlottedCodes, size: float = 1.0, prior: bool = True) -> None:
    """Draw the codes class by class, the prior, if there is one, and the names of the axes."""
    n = len(codes.points)
    shares = 1 + n // 1_000  # each share has all classes: drawn last, one class would hide others
    for share, (k, name) in itertools.product(range(shares), codes.names.items()):
        style = {"color": COLORS[k % len(COLORS)], "marker": MARKERS[k % len(MARKERS)]}
        style |= {"s": size * np.clip(120_000 / n, 12, 80), "alpha": 0.7, "linewidth": 0}
        ax.scatter(*codes.of_class(k)[share::shares].T, label="" if share else name, **style)
    if prior:
        _draw_prior(ax, codes.centre)
    label(ax, *axis_labels(codes.plane.names, prior))
    if len(codes.centre) == 1:
        ax.set(ylim=(len(codes.names) - 0.5, -0.5), yticks=[])
        ax.tick_params(axis="y", length=0)


def _draw_clouds(ax: Axes, codes: PlottedCodes, sigma: np.ndarray) -> None:
    """Draw each code's cloud in the colour of its class: an ellipse, or a line on a single axis."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    axes, variances = codes.plane.axes, np.maximum(sigma, 1e-6) ** 2
    roots = np.linalg.cholesky(np.einsum("kd,nd,ld->nkl", axes, variances, axes))
    circle = 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1)[:, : len(axes)]
    outlines = circle @ roots.swapaxes(1, 2)
    if len(axes) == 1:
        outlines = np.insert(outlines, 1, 0, axis=2)
    colors = [COLORS[k % len(COLORS)] for k in codes.labels]
    style = {"facecolors": colors, "edgecolors": colors if len(axes) == 1 else "none"}
    shapes = codes.points[:, None] + outlines
    ax.add_collection(PolyCollection(shapes, alpha=0.3, zorder=0.9, **style))


def axis_labels(names: Sequence[str], prior: bool = True) -> list[str]:
    """Return what to write at the axes of a plane: their names and, with a prior, their unit."""
    return [f"{name} ({SIGMA} of the prior)" if prior else name for name in names]


def enlarge_marks(legend: Legend) -> None:
    """Enlarge the class markers of a legend to the size of its text."""
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set(sizes=[120], alpha=1)


def _draw_prior(ax: Axes, centre: np.ndarray) -> None:
    """Draw circles around the centre, or lines on both sides of it if there is one axis only."""
    turn = np.linspace(0, 2 * np.pi, 200)
    for sigma, dashes in ((1, "-"), (2, "--"), (3, ":")):
        style = {"color": "black", "linestyle": dashes, "linewidth": 2.5}
        if len(centre) == 1:
            ax.axvline(centre[0] - sigma, **style)
            ax.axvline(centre[0] + sigma, **style, label=f"prior, {sigma}{SIGMA}")
        else:
            x, y = centre[0] + sigma * np.cos(turn), centre[1] + sigma * np.sin(turn)
            ax.plot(x, y, **style, label=f"prior, {sigma}{SIGMA}")


def _name_classes(ax: Axes, groups: Mapping[str, np.ndarray]) -> None:
    """Write each class's name at its median, moved up or down until no two names overlap."""
    # one inch in data units: the axes are at least 6 inches wide and high
    inch = max(np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())) / 6
    places = {name: np.median(points, axis=0) for name, points in groups.items()}
    for a, b in list(itertools.combinations(places, 2)) * 100:
        across, up = places[b] - places[a]
        if abs(across) < inches(f"{a} {b}") / 2 * inch and abs(up) < 0.3 * inch:
            push = np.copysign(0.15 * inch - abs(up) / 2, up)
            places[a][1] -= push
            places[b][1] += push
    style = {"fontsize": TEXT, "weight": "bold", "ha": "center", "va": "center"}
    for name, place in places.items():
        ax.text(*place, name, path_effects=[withStroke(linewidth=4, foreground="white")], **style)


def _classes(
    labels: np.ndarray | None, class_names: Sequence[str], n: int
) -> tuple[np.ndarray, dict[int, str]]:
    """Return labels and the names of their classes; without labels, one class without a name."""
    if labels is None:
        return np.zeros(n, int), {0: ""}
    labels = np.asarray(labels)
    if labels.shape != (n,) or labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ValueError(
            f"labels must hold one integer from 0 per code, shape ({n},), got {labels.dtype} "
            f"of shape {labels.shape}: give the classes of the same images as z"
        )
    known = class_names if len(class_names) else range(int(labels.max()) + 1)
    if labels.max() >= len(known):
        raise ValueError(f"class_names must have {labels.max() + 1} names, got {len(known)}")
    return labels, {int(k): str(known[k]) for k in np.unique(labels)}
