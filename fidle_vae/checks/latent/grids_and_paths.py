"""The checks of a grid over the prior, and of a morph from one code to another."""

import inspect
from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from fidle_vae.checks.engine.diagnosis import Mistake, attempt, diagnose, of_shapes
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded

SIDES = (12, 7)  # of the grids that a function is asked for


@recorded
def grid(points: Callable | np.ndarray) -> Result:
    """Check the points of an n x n grid over the plane's prior, (n, n, 2) or (n * n, 2).

    They are an array, or what a function gives, for 12 and for 7 if it takes n. Neighbours must
    enclose equal shares of N(0, 1) along each axis: z is the inverse normal CDF of evenly spaced
    shares, all above 0 and below 1.
    """
    asked = SIDES if _takes_n(points) else (None,)
    found = []
    for n in asked:
        arguments = () if n is None else (n,)
        each = attempt("grid", points if callable(points) else lambda: points, *arguments)
        if isinstance(each, Result):
            return each
        found.append(each)
    if len(found) > 1 and found[0].shape == found[1].shape:
        given = f"Shape {found[0].shape} for n = 12 and for n = 7: n decides how many places."
        return Result("grid", "grid_ignores_n", given)
    results = [_of_grid(each, n) for each, n in zip(found, asked, strict=True)]
    return next((result for result in results if not result.ok), results[0])


def _takes_n(function):
    try:
        return callable(function) and bool(inspect.signature(function).parameters)
    except ValueError:  # a built-in
        return True


def _of_grid(points, n):
    """Say what is wrong with a grid's shape, or with its places."""
    shape = points.shape
    if len(shape) == 3 and shape[0] == 2 and shape[1] == shape[2]:
        given = f"Shape {shape}: put the coordinates last, np.stack(..., axis=-1)."
        return Result("grid", "grid_coordinates_first", given)
    side = n or round((points.size / 2) ** 0.5)
    if shape not in ((side, side, 2), (side**2, 2)) or side < 3:
        due = f"({n}, {n}, 2) or ({n * n}, 2)" if n else "(n, n, 2) or (n * n, 2)"
        which = f"for n = {n}" if n else "n of 3 or more"
        given = f"Shape {shape} where {due} is expected, {which}."
        return Result("grid", "grid_shape", given)
    mistake, says = _mistake_of_grid(points.reshape(-1, 2), side)
    if mistake is None and not _as_pictured(points.reshape(side, side, 2)):
        says += (
            " One remark: a picture's first row is its top, so let the second coordinate fall from "
            "row to row, and the first one rise along a row (np.meshgrid(axis, axis[::-1]))."
        )
    return Result("grid", mistake, says)


def _as_pictured(points):
    """Tell whether the places stand as on a map: the first row at the top."""
    return (np.diff(points[..., 0], axis=1) > 0).all() and (
        np.diff(points[..., 1], axis=0) < 0
    ).all()


def _mistake_of_grid(points, n):
    if not np.isfinite(points).all():
        return "grid_infinite", (
            "A coordinate is infinite: the inverse CDF of 0 and of 1 is. Begin above 0 and end "
            "below 1, as far from 0 as from 1."
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

    def solution(z_a, z_b, n):
        return my_path(np.array(z_a), np.array(z_b), n)  # arrays, as the lesson has them

    result = diagnose("morph", solution, cases, [_line], MORPH_MISTAKES)
    if of_shapes(result):
        says = f"t must be a column, of shape (n, 1): [:, None]. {result.message}"
        return Result("morph", "morph_t_no_column", says)
    return result


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
