"""The checks of a grid over the prior, and of a morph from one code to another."""

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from fidle_vae.checks.diagnosis import Mistake, attempt, diagnose
from fidle_vae.checks.result import Result
from fidle_vae.checks.summary import recorded


@recorded
def grid(points: Callable | np.ndarray) -> Result:
    """Check the points of an n x n grid over the plane's prior, (n, n, 2) or (n * n, 2).

    Neighbours must enclose equal shares of N(0, 1) along each axis: z is the inverse normal CDF of
    evenly spaced shares, all above 0 and below 1.
    """
    points = attempt("grid", lambda: points() if callable(points) else points)
    if isinstance(points, Result):
        return points
    n = round((points.size / 2) ** 0.5)
    if points.shape not in ((n, n, 2), (n * n, 2)) or n < 3:
        given = f"Shape {points.shape} where (n, n, 2) or (n * n, 2) is expected, n of 3 or more."
        return Result("grid", "grid_shape", given)
    points = points.reshape(-1, 2)
    mistake, says = _mistake_of_grid(points, n)
    return Result("grid", mistake, says)


def _mistake_of_grid(points, n):
    if not np.isfinite(points).all():
        return "grid_infinite", (
            "A coordinate is infinite: the inverse CDF of 0 and of 1 is. Begin above 0 and end "
            "below 1, as np.linspace(0.05, 0.95, n) does."
        )
    axes = [np.unique(column.round(6)) for column in points.T]
    if min(map(len, axes)) == 1:
        return "grid_one_axis", "One coordinate is the same everywhere: both must vary."
    if len(np.unique(points.round(6), axis=0)) < n * n:
        return "grid_repeats", (
            f"Points are repeated: each of {n} values of one coordinate must meet each of the "
            "other, as np.meshgrid makes them."
        )
    if {len(axis) for axis in axes} != {n}:
        return "grid_not_a_product", (
            f"The coordinates take {len(axes[0])} and {len(axes[1])} values where {n} are expected."
        )
    axis = axes[0]
    if all(_even(axis) and axis.min() >= 0 and axis.max() <= 1 for axis in axes):
        return "grid_of_shares", (
            "These are shares, from 0 to 1, and not yet places: apply the inverse normal CDF, "
            "scipy.stats.norm.ppf."
        )
    if all(map(_even, axes)):
        return "grid_even_in_z", (
            "The places are evenly spaced in z, so that most of them lie where the prior hardly "
            "is: space the shares evenly, then apply scipy.stats.norm.ppf."
        )
    if axis.min() > 0 and axis.max() < 1:
        return "grid_cdf", (
            "All coordinates lie between 0 and 1: you applied the CDF, and its inverse is asked, "
            "scipy.stats.norm.ppf."
        )
    shares = [norm.cdf(axis) for axis in axes]
    if not all(map(_even, shares)):
        return "grid_shares", (
            "The shares of the prior between neighbours are not equal: take evenly spaced shares, "
            "then scipy.stats.norm.ppf, with mean 0 and scale 1."
        )
    if any(abs(share.mean() - 0.5) > 0.01 for share in shares):
        return "grid_off_centre", (
            "The grid is not centred on the prior: begin as far above 0 as you end below 1."
        )
    if any(share.max() - share.min() < 0.5 for share in shares):
        return "grid_too_narrow", "The grid covers less than half of the prior along an axis."
    return None, f"{n} x {n} places, with equal shares of the prior between them."


def _even(values):
    steps = np.diff(values)
    return np.ptp(steps) < 1e-3 * abs(steps.mean()) + 1e-5


@recorded
def morph(my_path: Callable) -> Result:
    """Check `my_path(z_a, z_b, n)`: n places on the straight line from z_a to z_b, (n, d)."""
    rng = np.random.default_rng(5)
    cases = [
        {"z_a": rng.normal(size=d), "z_b": rng.normal(size=d), "n": n} for d, n in ((2, 5), (6, 9))
    ]
    return diagnose("morph", my_path, cases, [_line], MORPH_MISTAKES)


def _line(a, b, n):
    return _at(np.linspace(0, 1, n), a, b)


def _at(t, a, b):
    return a + np.asarray(t)[:, None] * (b - a)


MORPH_MISTAKES = [
    Mistake(
        "morph_reversed",
        "The path goes from z_b to z_a: it must begin at z_a.",
        lambda a, b, n: _line(b, a, n),
    ),
    Mistake(
        "morph_without_end",
        "The path stops before z_b: the last place must be z_b itself (np.linspace includes it, "
        "np.arange does not).",
        lambda a, b, n: _at(np.arange(n) / n, a, b),
    ),
    Mistake(
        "morph_without_start",
        "The path begins after z_a: the first place must be z_a itself.",
        lambda a, b, n: _at(np.arange(1, n + 1) / n, a, b),
    ),
    Mistake(
        "morph_without_ends",
        "Both ends are missing: the first place is z_a, the last one z_b.",
        lambda a, b, n: _at(np.arange(1, n + 1) / (n + 1), a, b),
    ),
    Mistake(
        "morph_one_place_more",
        "There is one place too many: n counts the places, both ends included.",
        lambda a, b, n: _line(a, b, n + 1),
    ),
    Mistake(
        "morph_one_place_less",
        "There is one place too few: n counts the places, both ends included.",
        lambda a, b, n: _line(a, b, n - 1),
    ),
    Mistake(
        "morph_turned",
        "Rows and columns are exchanged: a row is a place, of shape (d,).",
        lambda a, b, n: _line(a, b, n).T,
    ),
    Mistake(
        "morph_beyond",
        "z_b is added and z_a not taken away: t goes from z_a to z_b in a * (1 - t) + b * t.",
        lambda a, b, n: a + np.linspace(0, 1, n)[:, None] * b,
    ),
    Mistake(
        "morph_first_dimension_only",
        "Only the first dimension moves: all of them go from z_a to z_b.",
        lambda a, b, n: np.concatenate([_line(a, b, n)[:, :1], np.tile(a[1:], (n, 1))], axis=1),
    ),
    Mistake(
        "morph_stands_still",
        "All places are z_a: t must grow from 0 to 1 along the path.",
        lambda a, b, n: np.tile(a, (n, 1)),
    ),
    Mistake(
        "morph_uneven",
        "The steps grow along the path: t itself must be evenly spaced.",
        lambda a, b, n: _at(np.linspace(0, 1, n) ** 2, a, b),
    ),
    Mistake(
        "morph_of_weights_above_one",
        "The two weights do not add up to 1: they are 1 - t and t.",
        lambda a, b, n: a + np.linspace(0, 1, n)[:, None] * (a + b),
    ),
]
