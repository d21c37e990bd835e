"""Figures on inference: posteriors, both ways of the KL, gradients by draws, slips of the loss."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fidle_vae.figures.charts import STYLES
from fidle_vae.figures.illustrations import EXACT, GUESS
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
from fidle_vae.models.posterior import ExactPosterior


def posteriors(
    images: np.ndarray, exact: Sequence[ExactPosterior], z: np.ndarray, decoded: np.ndarray
) -> Figure:
    """Draw which z explain each image: a row for each, above a strip of decoded images.

    Args:
        images: (n, height, width, channels).
        exact: the posterior of each.
        z: evenly spaced latent points from left to right, shape (m, 1).
        decoded: the decoder's images at these z, shape (m, height, width, channels).
    """
    images, decoded = require_images(images, "images"), require_images(decoded, "decoded")
    fig = NotebookFigure(12, 1.45 * len(images) + 1.8)
    grid = fig.add_gridspec(
        len(images) + 1, 2, width_ratios=[1, 7.5], height_ratios=[1.45] * len(images) + [0.85]
    )
    half = (z[1, 0] - z[0, 0]) / 2
    first = None
    for i, (image, each) in enumerate(zip(images, exact, strict=True)):
        each.require_one_image()
        picture, ax = fig.add_subplot(grid[i, 0]), fig.add_subplot(grid[i, 1], sharex=first)
        first = first or ax
        show_image(picture, image)
        density = np.exp(each.log_density[0])
        fill(ax, each.z, density, EXACT)
        ax.set(ylim=(0, 1.1 * density.max()), yticks=[])
        ax.tick_params(labelbottom=False)
        right = each.z[density.argmax()] < z.mean()
        text = f"log p(x) = {each.log_evidence[0]:.1f} nats".replace("-", "\N{MINUS SIGN}")
        place = {"x": 0.985 if right else 0.015, "ha": "right" if right else "left"}
        ax.text(y=0.8, s=text, va="center", fontsize=TITLE, transform=ax.transAxes, **place)
    strip = fig.add_subplot(grid[-1, 1], sharex=first)
    for place, image in zip(z[:, 0], decoded, strict=True):
        draw_image(strip, image, (place - half, place + half, 0, 1))
    strip.set(xlim=(z[0, 0] - half, z[-1, 0] + half), ylim=(0, 1), aspect="auto", yticks=[])
    label(strip, "z, and what the decoder makes of it")
    return fig


def directions(
    exact: ExactPosterior, qs: Mapping[str, Sequence[tuple]], decoded: Mapping[str, np.ndarray]
) -> Figure:
    """Draw Gaussians on one posterior, a panel for each way to fit them, and decoded means.

    Args:
        exact: the posterior of one image.
        qs: {title: pairs of z_mean and z_log_var, each of shape (1, 1)}.
        decoded: for each title, the decoder's image at the mean of each pair.
    """
    exact.require_one_image()
    density = np.exp(exact.log_density[0])
    pairs = [pair for every in qs.values() for pair in every]
    ends = np.ravel([m + n * np.exp(v / 2) for m, v in pairs for n in (-2.6, 2.6)])
    low, high = ends.min(), ends.max()
    fig = NotebookFigure(6.4 * len(qs), 6)
    axes = fig.subplots(1, len(qs), sharex=True, sharey=True, squeeze=False)[0]
    top = max(density.max(), *(np.exp(exact.log_gaussian(*pair)).max() for pair in pairs))
    for ax, (title, every) in zip(axes, qs.items(), strict=True):
        fill(ax, exact.z, density, EXACT)
        for i, (pair, image) in enumerate(zip(every, decoded[title], strict=True)):
            q = np.exp(exact.log_gaussian(*pair)[0])
            outline(ax, exact.z, q, GUESS, STYLES[i][0])
            centre = (pair[0].item() - low) / (high - low)
            inset = ax.inset_axes((np.clip(centre - 0.11, 0, 0.78), 0.74, 0.22, 0.24))
            show_image(inset, image)
        ax.set_title(title, fontsize=TITLE)
        label(ax, "z")
        ax.set(xlim=(low, high), ylim=(0, 1.4 * top), yticks=[])
    text = {"fontsize": TITLE, "va": "center", "transform": axes[0].transAxes}
    axes[0].text(0.03, 0.64, "exact", color=EXACT, **text)
    axes[0].text(0.03, 0.55, "q", color=GUESS, **text)
    return fig


def walks(ways: Mapping[str, np.ndarray], goal: float, reach: float) -> Figure:
    """Draw the ways of z_mean, (runs, steps + 1) for each kind of gradient, and where it should go.

    Args:
        ways: {title: the ways}.
        goal: the best mean.
        reach: how far above and below the goal the picture goes.
    """
    fig = NotebookFigure(4.4 * len(ways), 5)
    for i, (ax, (title, each)) in enumerate(
        zip(fig.subplots(1, len(ways), sharey=True), ways.items(), strict=True)
    ):
        ax.plot(each.T, color=COLORS[i % len(COLORS)], linewidth=2, alpha=0.6)
        ax.axhline(goal, color="black", linestyle="--", linewidth=3)
        ax.set(ylim=(goal - reach, goal + reach), xlim=(0, each.shape[1] - 1))
        ax.set_title(title, fontsize=TITLE)
        label(ax, "step", "z_mean of q" if i == 0 else "")
        ax.grid(alpha=0.4)
    return fig


def lines(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x_label: str,
    y_label: str,
    *,
    log: str = "",
) -> Figure:
    """Draw lines (x, y), each named in the legend; `log` may have "x", "y" or both."""
    fig = NotebookFigure(10, 5)
    ax = fig.add_subplot()
    for i, (name, (x, y)) in enumerate(curves.items()):
        dashes, marker = STYLES[i % len(STYLES)]
        style = {"color": COLORS[i % len(COLORS)], "linewidth": 3, "markersize": 9}
        ax.plot(x, y, dashes, marker=marker, label=name, **style)
    if "x" in log:
        ax.set_xscale("log")
        ticks = sorted({each for x, _ in curves.values() for each in x})
        ax.set_xticks(ticks, [f"{each:g}" for each in ticks])
        ax.minorticks_off()
    if "y" in log:
        ax.set_yscale("log")
    ax.grid(alpha=0.4)
    ax.legend(fontsize=TEXT)
    label(ax, x_label, y_label)
    return fig


def estimates(values: Mapping[str, np.ndarray], marks: Mapping[str, float], x_label: str) -> Figure:
    """Draw how estimates spread, a histogram for each kind, and lines at values with a name."""
    fig = NotebookFigure(10, 5)
    ax = fig.add_subplot()
    edges = np.linspace(*np.quantile(np.concatenate(list(values.values())), [0.005, 0.995]), 61)
    for i, (name, each) in enumerate(values.items()):
        style = {"histtype": "stepfilled" if i == 0 else "step", "linewidth": 3}
        style |= {"color": COLORS[(0, 1, 3)[i % 3]], "alpha": 0.5 if i == 0 else 1}
        ax.hist(each, edges, density=True, label=name, **style)
    for i, (name, value) in enumerate(marks.items()):
        ax.axvline(value, color="black", linestyle=("-", "--")[i % 2], linewidth=3, label=name)
    ax.set(yticks=[], xlim=(edges[0], edges[-1]))
    ax.legend(fontsize=TEXT, loc="upper left")
    label(ax, x_label)
    return fig


def slips(mean: Mapping[str, np.ndarray], variance: Mapping[str, np.ndarray], z: tuple) -> Figure:
    """Draw what formulas of the KL say, by the mean at variance 1, and by the variance at mean 0.

    Args:
        mean: {name: values over the means z[0]}.
        variance: {name: values over the variances z[1]}; a dot marks the lowest one.
        z: the means, and the variances.
    """
    fig = NotebookFigure(12, 5)
    axes = fig.subplots(1, 2)
    labels = f"mean of q, at {SIGMA}$^2$ = 1", f"{SIGMA}$^2$ of q, at mean 0"
    for ax, curves, x, text in zip(axes, (mean, variance), z, labels, strict=True):
        for i, (name, y) in enumerate(curves.items()):
            style = {"color": COLORS[(0, 2)[i % 2]], "linewidth": 4, "label": name}
            ax.plot(x, y, STYLES[i % len(STYLES)][0], **style)
            if ax is axes[1]:
                ax.plot(x[np.argmin(y)], np.min(y), "o", color=style["color"], markersize=14)
        ax.axhline(0, color="black", linewidth=1)
        ax.grid(alpha=0.4)
        ax.legend(fontsize=TEXT)
        label(ax, text, "what is called KL, nats" if ax is axes[0] else "")
    return fig


def trained_slips(
    steps: Sequence[int],
    far: Sequence[float],
    usual: float,
    elbos: Mapping[str, tuple[float, float]],
) -> Figure:
    """Draw how far codes go without a floor, and what each loss says beside what is true.

    Args:
        steps: of the training whose loss has no floor.
        far: mean distance of its codes from 0 after these steps.
        usual: that of the right model.
        elbos: {name: the ELBO that the loss says, and the true one}.
    """
    fig = NotebookFigure(13.4, 5)
    left, right = fig.subplots(1, 2, width_ratios=[4, 5])
    left.plot(steps, far, "s--", color=COLORS[2], linewidth=3, markersize=10)
    left.axhline(usual, color=COLORS[0], linewidth=3)
    left.set_yscale("log")
    left.set_ylim(usual / 10, 30 * max(far))
    left.text(steps[0], 8 * max(far), "the mean subtracted", color=COLORS[2], fontsize=TEXT)
    left.text(steps[0], usual / 4, "the right model", color=COLORS[0], fontsize=TEXT)
    left.set_title("how far codes are from 0", fontsize=TITLE)
    label(left, "step")
    left.grid(alpha=0.4)
    low, high = (pick(pick(pair) for pair in elbos.values()) for pick in (min, max))
    for row, (says, true) in enumerate(elbos.values()):
        right.plot([says, true], [row, row], color="0.6", linewidth=4, zorder=1)
        style = {"s": 260, "zorder": 2, "clip_on": False}
        right.scatter(true, row, color=COLORS[0], marker="o", label="true", **style)
        right.scatter(says, row, color=COLORS[2], marker=">", label="what the loss says", **style)
    right.set_yticks(range(len(elbos)), list(elbos), fontsize=TEXT)
    beside = 0.12 * (high - low)
    right.set(xlim=(low - beside, high + beside), ylim=(len(elbos) - 0.5, -0.9))
    right.legend(*[each[:2] for each in right.get_legend_handles_labels()], fontsize=TEXT, ncols=2)
    right.grid(alpha=0.4, axis="x")
    right.set_title("held-out ELBO", fontsize=TITLE)
    label(right, "nats")
    return fig


def show_image(ax: Axes, image: np.ndarray) -> None:
    """Draw an image alone in its axes."""
    ax.set(xticks=[], yticks=[], aspect="equal")
    draw_image(ax, image, (0, image.shape[1], 0, image.shape[0]))


def fill(ax: Axes, z: np.ndarray, density: np.ndarray, color: str) -> None:
    """Draw a density as an area with its outline."""
    ax.fill_between(z, density, color=color, alpha=0.25, linewidth=0)
    outline(ax, z, density, color)


def outline(ax: Axes, z: np.ndarray, density: np.ndarray, color: str, dashes: str = "-") -> None:
    """Draw a density as a line, without what would lie on the axis."""
    seen = np.where(density > 1e-3 * density.max(), density, np.nan)
    ax.plot(z, seen, dashes, color=color, linewidth=3)
