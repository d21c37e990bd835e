"""Figures of two ideas: how a latent point is sampled, and what the KL loss penalizes."""

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from fidle_vae.figures.latent_scatter import axis_labels
from fidle_vae.figures.style import COLORS, SIGMA, TEXT, TITLE, NotebookFigure, label
from fidle_vae.models.losses import gaussian_kl

OUTLINE = [withStroke(linewidth=4, foreground="white")]
ARROW = {"arrowstyle": "->", "linewidth": 2, "shrinkB": 8}
NOTE = {"fontsize": TEXT, "ha": "center", "va": "center", "arrowprops": ARROW}
TURN = np.linspace(0, 2 * np.pi, 201)
CIRCLE = np.c_[np.cos(TURN), np.sin(TURN)]


def sampling(z_mean: np.ndarray, z_log_var: np.ndarray, eps: np.ndarray) -> Figure:
    """Draw noise eps and the points z = z_mean + sigma * eps, where sigma = exp(z_log_var / 2).

    Args:
        z_mean: Mean of q(z|x) for one image, shape (2,).
        z_log_var: log sigma^2 for that image, shape (2,).
        eps: Points drawn from N(0, I), shape (n, 2); up to three of them are numbered.
    """
    z_mean, z_log_var, eps = (np.asarray(a, float) for a in (z_mean, z_log_var, eps))
    _require_points(z_mean, z_log_var, eps)
    sigma = np.exp(z_log_var / 2)
    far = np.abs([*eps, *(z_mean + sigma * eps), *(2 * CIRCLE), *(z_mean + 2 * sigma * CIRCLE)])
    limit = max(1.05 * far.max(), 1.2 * np.abs(z_mean).max())  # a little room for the numbers

    values = f"z_mean = ({z_mean[0]:.2f}, {z_mean[1]:.2f})"
    values += f"    {SIGMA} = exp(z_log_var / 2) = ({sigma[0]:.2f}, {sigma[1]:.2f})"
    fig = NotebookFigure(12, 6, values.replace("-", "\N{MINUS SIGN}"))
    left, between, right = fig.subplots(1, 3, width_ratios=[5, 1.1, 5])
    _draw_gaussian(left, np.zeros(2), np.ones(2), eps)
    _draw_gaussian(right, z_mean, sigma, eps)
    left.set_title(r"eps $\sim\ \mathcal{N}(0,\ I)$", fontsize=TITLE)
    right.set_title(rf"z = z_mean + {SIGMA} $\cdot$ eps", fontsize=TITLE)
    for ax, name in ((left, "eps"), (right, "z")):
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        label(ax, *axis_labels((f"{name}0", f"{name}1"), prior=name == "z"))
    room = -1 if z_mean[1] > 0 else 1  # the side of the centre with more room for its name
    name_at = np.array([z_mean[0], z_mean[1] + room * (2 * sigma[1] + 0.4 * limit)])
    right.annotate(
        "z_mean",
        z_mean,
        name_at.clip([-0.75 * limit, -0.9 * limit], [0.75 * limit, 0.9 * limit]),
        **NOTE,
        path_effects=OUTLINE,
    )

    between.set_axis_off()
    between.annotate(
        f"stretch\nby {SIGMA},\nshift by\nz_mean\n",
        (0.5, 0.5),
        xycoords="axes fraction",
        ha="center",
        va="bottom",
        fontsize=TEXT,
    )
    between.annotate(
        "",
        (1, 0.5),
        (0, 0.5),
        xycoords="axes fraction",
        textcoords="axes fraction",
        arrowprops={"arrowstyle": "simple,head_width=1.2,head_length=1.2", "color": "black"},
    )
    fig.legend(handles=left.lines[:2], loc="outside lower center", ncols=2, fontsize=TEXT)
    return fig


def kl_penalty() -> Figure:
    """Draw the kl_loss of one latent dimension, as a function of its mean and of its sigma."""
    fig = NotebookFigure(12, 5.4)
    left, right = fig.subplots(1, 2, sharey=True)
    z_mean = np.linspace(-3, 3, 301)
    sigma = np.linspace(0.01, 3.5, 350)
    left.plot(z_mean, _kl(z_mean, np.zeros_like(z_mean)), color=COLORS[0], linewidth=4)
    right.plot(sigma, _kl(np.zeros_like(sigma), 2 * np.log(sigma)), color=COLORS[0], linewidth=4)
    left.set_title(f"{SIGMA} = 1: the place matters", fontsize=TITLE)
    right.set_title("z_mean = 0: the width matters", fontsize=TITLE)
    label(left, f"z_mean ({SIGMA} of the prior)", "kl_loss (nats per dimension)")
    label(right, f"{SIGMA} = exp(z_log_var / 2)")
    for ax, prior in ((left, 0), (right, 1)):
        ax.plot(prior, 0, "o", color="black", markersize=12, clip_on=False, zorder=3)
        ax.grid(alpha=0.4)
        ax.set_ylim(0, 4.6)
    notes = (
        (left, "the prior:\nnothing to pay", (0, 0), (0, 1.3)),
        (left, "far from\nthe centre", (-2.6, 3.38), (-0.9, 3.6)),
        (right, "the prior", (1, 0), (1, 0.9)),
        (right, f"too narrow:\n{SIGMA} \N{RIGHTWARDS ARROW} 0", (0.05, 2.5), (0.9, 3.3)),
        (right, "too wide", (3.0, 2.9), (2.2, 3.4)),
    )
    for ax, text, point, place in notes:
        ax.annotate(text, point, place, **NOTE, path_effects=OUTLINE)
    return fig


def _kl(z_mean: np.ndarray, z_log_var: np.ndarray) -> np.ndarray:
    """Return the KL divergence of each pair of numbers, in nats."""
    return keras.ops.convert_to_numpy(gaussian_kl(z_mean[:, None], z_log_var[:, None]))


def _draw_gaussian(ax: Axes, centre: np.ndarray, sigma: np.ndarray, eps: np.ndarray) -> None:
    """Draw the points centre + sigma * eps and their ellipses; number up to three points."""
    points = centre + sigma * eps
    for scale, dashes in ((1, "-"), (2, "--")):
        x, y = (centre + scale * sigma * CIRCLE).T
        ax.plot(x, y, dashes, color="black", linewidth=2.5, label=f"{scale}{SIGMA}")
    ax.axhline(0, color="grey", linewidth=1, zorder=0)
    ax.axvline(0, color="grey", linewidth=1, zorder=0)
    ax.scatter(*points.T, color=COLORS[0], s=40, alpha=0.45, linewidth=0)
    ax.plot(*centre, "P", color="black", markersize=15, markeredgecolor="white")
    for number, i in enumerate(_well_apart(eps)):
        style = {
            "color": (COLORS[1], COLORS[2], COLORS[4])[number],
            "marker": "osD"[number],
            "edgecolor": "black",
        }
        ax.scatter(*points[i], s=130, zorder=3, **style)
        outward = 18 * sigma * eps[i] / max(np.linalg.norm(sigma * eps[i]), 1e-9)
        ax.annotate(
            str(number + 1),
            points[i],
            outward,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=TITLE,
            weight="bold",
            path_effects=OUTLINE,
            zorder=4,
        )


def _well_apart(eps: np.ndarray) -> list[int]:
    """Return up to three points in different directions, each about 1.5 from the centre."""
    corners = 1.5 * CIRCLE[[20, 85, 150]]
    return list(dict.fromkeys(np.linalg.norm(eps - corner, axis=1).argmin() for corner in corners))


def _require_points(z_mean: np.ndarray, z_log_var: np.ndarray, eps: np.ndarray) -> None:
    for name, array in (("z_mean", z_mean), ("z_log_var", z_log_var)):
        if array.shape != (2,) or not np.isfinite(array).all():
            raise ValueError(
                f"{name} must be two finite numbers, of one image in two latent dimensions, "
                f"got {array.tolist()}: give {name}[0] of an encoder with latent_dim = 2"
            )
    if eps.ndim != 2 or eps.shape[1] != 2 or not len(eps) or not np.isfinite(eps).all():
        raise ValueError(
            f"eps must hold finite points of shape (n, 2), got shape {eps.shape} with "
            f"{np.sum(~np.isfinite(eps))} not finite: "
            "give np.random.default_rng(0).standard_normal((100, 2))"
        )
