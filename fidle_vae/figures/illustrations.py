"""Figures of ideas: how a point is sampled, what the KL loss penalizes, why an ELBO is a bound."""

from collections.abc import Sequence

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from scipy.stats import norm

from fidle_vae.figures.style import (
    COLORS,
    SIGMA,
    TEXT,
    TITLE,
    NotebookFigure,
    draw_image,
    label,
    require_images,
)
from fidle_vae.models.losses import gaussian_kl
from fidle_vae.models.posterior import Bound, ExactPosterior

OUTLINE = [withStroke(linewidth=4, foreground="white")]
ARROW = {"arrowstyle": "->", "linewidth": 2, "shrinkB": 8}
NOTE = {"fontsize": TEXT, "ha": "center", "va": "center", "arrowprops": ARROW}
TURN = np.linspace(0, 2 * np.pi, 201)
EXACT, GUESS, PRIOR = COLORS[0], COLORS[2], "0.35"  # posterior, q, prior
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
        label(ax, f"{name}0", f"{name}1")
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


def image_posterior(
    x: np.ndarray,
    exact: ExactPosterior,
    z_mean: np.ndarray,
    z_log_var: np.ndarray,
    z: np.ndarray,
    decoded: np.ndarray,
) -> Figure:
    """Draw which z explain an image: prior, exact posterior and q, over a strip of decoded images.

    Args:
        x: The image, shape (height, width, channels).
        exact: The posterior of this image alone, such as `exact_posterior(model, x[None])`.
        z_mean: Mean of the encoder's q(z|x) for it, shape (1,).
        z_log_var: log sigma^2 of it, shape (1,).
        z: Evenly spaced latent points from left to right, shape (n, 1).
        decoded: The decoder's images at these z, shape (n, height, width, channels).
    """
    exact.require_one_image()
    (x,), decoded = require_images([x], "x"), require_images(decoded, "decoded")
    places = np.linspace(z[0, 0], z[-1, 0], len(decoded))
    density = np.exp(exact.log_density[0])
    q = np.exp(exact.log_gaussian([z_mean], [z_log_var])[0])
    fig = NotebookFigure(12, 6)
    grid = fig.add_gridspec(2, 2, width_ratios=[1, 5], height_ratios=[5, 1])
    picture, above = (fig.add_subplot(grid[0, i]) for i in (0, 1))
    strip = fig.add_subplot(grid[1, 1], sharex=above)
    picture.set_title("image x", fontsize=TITLE)
    picture.set(xticks=[], yticks=[], aspect="equal")
    draw_image(picture, x, (0, 1, 0, x.shape[0] / x.shape[1]))
    half = (places[1] - places[0]) / 2
    for place, image in zip(places, decoded, strict=True):
        draw_image(strip, image, (place - half, place + half, 0, 1))
    _fill(above, exact.z, np.exp(exact.log_prior), PRIOR)
    _fill(above, exact.z, density, EXACT)
    _plot(above, exact.z, q, GUESS)
    top = 1.1 * max(density.max(), q.max())
    above.set_ylim(0, top)
    high = exact.z[np.maximum(density, q) > 0.5 * top]
    strip.set_xlim(min(places[0], high[0]) - half, max(places[-1], high[-1]) + half)
    strip.set(ylim=(0, 1), aspect="auto", yticks=[])
    label(above, "", "density")
    above.tick_params(labelbottom=False)
    label(strip, f"z ({SIGMA} of the prior), and what the decoder makes of it")

    side = 1 if high.mean() < places.mean() else -1  # of the peaks, where there is more room
    text = {"fontsize": TITLE, "va": "center", "ha": "left" if side > 0 else "right"}
    beside = (high[-1] if side > 0 else high[0]) + 0.3 * side
    above.text(beside, 0.86 * top, "exact posterior:\nthe z that explain x", color=EXACT, **text)
    above.text(beside, 0.62 * top, "q: what the\nencoder says", color=GUESS, **text)
    far = 1.9 * side
    above.text(far, norm.pdf(far) + 0.1 * top, "prior", color=PRIOR, **text | {"ha": "center"})
    return fig


def evidence_bound(exact: ExactPosterior, z_mean: np.ndarray, z_log_var: np.ndarray) -> Figure:
    """Draw four q of one image on its exact posterior, and the ELBO of each below log p(x).

    They are the encoder's q, the best Gaussian, that one moved aside, and that one too wide, in
    the order of their ELBO.

    Args:
        exact: The posterior of this image alone, such as `exact_posterior(model, x[None])`.
        z_mean: Mean of the encoder's q(z|x) for this image, shape (1,).
        z_log_var: log sigma^2 of it, shape (1,).
    """
    mean, log_var = exact.best_gaussian()
    qs = {
        "the encoder's q": (np.array([z_mean], float), np.array([z_log_var], float)),
        "the best q": (mean, log_var),
        f"moved by 2{SIGMA}": (mean + 2 * np.exp(log_var / 2), log_var),
        "3 times as wide": (mean, log_var + 2 * np.log(3)),
    }
    bounds = {name: exact.bound(*q) for name, q in qs.items()}
    order = sorted(qs, key=lambda name: bounds[name].elbo[0])

    fig = NotebookFigure(12, 6.6)
    grid = fig.add_gridspec(2, len(qs), height_ratios=[4, 5])
    ax = None
    for column, name in enumerate(order):
        ax = fig.add_subplot(grid[0, column], sharex=ax, sharey=ax)
        ax.set_title(name, fontsize=TITLE)
        _fill(ax, exact.z, np.exp(exact.log_density[0]), EXACT)
        _plot(ax, exact.z, np.exp(exact.log_gaussian(*qs[name])[0]), GUESS)
        label(ax, "z")
        ax.set_yticks([])
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    ends = [m + n * np.exp(v / 2) for m, v in qs.values() for n in (-3, 3)]
    ax.set(xlim=(np.min(ends), np.max(ends)), ylim=(0, ax.get_ylim()[1]))
    first = fig.axes[0]
    text = {"transform": first.transAxes, "fontsize": TEXT, "va": "top", "path_effects": OUTLINE}
    first.text(0.04, 0.95, "exact\nposterior", color=EXACT, **text)
    first.text(0.96, 0.95, "q", color=GUESS, ha="right", **text)
    levels = fig.add_subplot(grid[1, :])
    _draw_levels(levels, exact.log_evidence[0], [bounds[name] for name in order])
    return fig


def _draw_levels(ax: Axes, log_evidence: float, bounds: Sequence[Bound]) -> None:
    """Draw a bar for each ELBO, and its gap up to the line log p(x)."""
    largest = max(bound.gap[0] for bound in bounds)
    low, high = log_evidence - 1.7 * largest, log_evidence + 0.45 * largest
    text = {"ha": "center", "fontsize": TITLE}
    for i, bound in enumerate(bounds):
        elbo, gap = bound.elbo[0], bound.gap[0]
        ax.bar(i, elbo - low, 0.55, low, color=GUESS, alpha=0.3)
        ax.bar(i, gap, 0.55, elbo, color="white", edgecolor=GUESS, hatch="//", linewidth=2)
        ax.text(i, elbo - 0.07 * largest, f"ELBO\n{_number(elbo)}", va="top", **text)
        size = f"{gap:.2f}" if gap >= 0.01 else "< 0.01"
        ax.text(i, log_evidence + 0.1 * largest, f"gap {size}", va="bottom", color=GUESS, **text)
    ax.axhline(log_evidence, color=EXACT, linewidth=5)
    ax.set(xlim=(-0.5, len(bounds) - 0.5), ylim=(low, high), xticks=[])
    ax.set_yticks([log_evidence], [f"log p(x)\n{_number(log_evidence)}"])
    label(ax, "in nats: log p(x) = ELBO + gap, and the gap is KL(q, exact posterior)")
    ax.tick_params(axis="y", colors=EXACT, labelsize=TITLE)


def _fill(ax: Axes, z: np.ndarray, density: np.ndarray, color: str) -> None:
    ax.fill_between(z, density, color=color, alpha=0.25, linewidth=0)
    _plot(ax, z, density, color)


def _plot(ax: Axes, z: np.ndarray, density: np.ndarray, color: str) -> None:
    seen = density > 1e-3 * density.max()  # the rest would lie on the axis
    ax.plot(z[seen], density[seen], color=color, linewidth=3)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


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
