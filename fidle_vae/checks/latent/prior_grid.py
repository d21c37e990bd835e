"""The check of a grid over the prior of a plane."""

import inspect
from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    exercise,
    explain,
    has_words,
    recognise,
)

SIDES = (12, 7)  # of the grids that a function must make


@exercise
def grid(points: Callable | np.ndarray) -> Result:
    """Check the points of an n x n grid over the plane's prior, (n, n, 2).

    They are an array, or what a function returns: for 12 and for 7 if it takes n. Neighbours must
    enclose equal shares of N(0, 1) along each axis: z is the inverse normal CDF of evenly spaced
    shares, all above 0 and below 1.
    """
    sides = SIDES if _takes_n(points) else (None,)
    grids = []
    for n in sides:
        arguments = () if n is None else (n,)
        each = attempt("grid", lambda *n: _as_array(points, *n), *arguments)
        if isinstance(each, Result):
            return _explained(each, points)
        grids.append(each)
    if len(grids) > 1 and grids[0].shape == grids[1].shape:
        says = f"Shape {grids[0].shape} for n = 12 and for n = 7: n decides how many places."
        return Result("grid", "grid_ignores_n", says)
    if grids[0].ndim > 3 and grids[0].shape[-3] > 2:
        says = (
            f"Shape {grids[0].shape}: these are images. Return the places, (n, n, 2), and decode "
            "them after the check."
        )
        return Result("grid", "grid_of_images", says)
    right = (
        "{found.n} x {found.n} places, with equal shares of the prior between them.{found.remark}"
    )
    results = [
        recognise("grid", _Grid(each, n), MISTAKES, right)
        for each, n in zip(grids, sides, strict=True)
    ]
    if results[0].ok and not results[-1].ok:
        says = f"For n = {SIDES[0]} it is right. For n = {SIDES[1]}: {results[-1].message}"
        return results[-1]._replace(message=says)
    return next((result for result in results if not result.ok), results[0])


def _explained(result, points):
    """Add to an error what it means for a grid."""
    if result.mistake == "no_number" and has_words(points, "norm", "("):
        says = "norm is the distribution itself: the function that gives places is norm.ppf(...)."
        return Result("grid", "grid_norm_is_no_function", says)
    hints = {
        "stack.*(takes .* positional|multiple values|Axis must be|an integer is required|only int)|"
        r"np\.stack\(\w+, \w+, axis": (
            "grid_stack_of_two",
            "np.stack takes one list, with both tables in it: np.stack([xx, yy], axis=-1).",
        ),
        r"range\(": (
            "grid_range_is_no_array",
            "range(...) computes nothing: np.arange gives an array, which does.",
        ),
    }
    for errors, (mistake, hint) in hints.items():
        result = explain(result, errors, mistake, hint)
    return result


def _as_array(points, *n):
    """Return points, those that a function makes; a pair of tables counts as one array of both."""
    made = points(*n) if callable(points) else points
    return list(made) if isinstance(made, tuple) else made


def _takes_n(function):
    try:
        return callable(function) and bool(inspect.signature(function).parameters)
    except ValueError:  # a built-in
        return True


class _Grid:
    """The points of a grid of side n; of any side if n is None."""

    def __init__(self, points, n):
        self.shape, self.side = points.shape, n
        self.n = n or round((points.size / 2) ** 0.5)
        self.due = f"({n}, {n}, 2)" if n else "(n, n, 2)"
        self.which = f"for n = {n}" if n else "n of 3 or more"
        self.misshapen = self.n < 3 or self.shape != (self.n, self.n, 2)
        self.points = None if self.misshapen else points.reshape(-1, 2)

    @property
    def off_by(self):
        """How many places are too many or too few along both axes, in words; or ""."""
        square = len(self.shape) == 3 and self.shape[0] == self.shape[1] and self.shape[2] == 2
        more = self.shape[0] - self.side if square and self.side else 0
        number = {1: "is one place", 2: "are two places", 3: "are three places"}.get(abs(more))
        return f"{number} too {'many' if more > 0 else 'few'}" if number else ""

    @property
    def squeezed(self):
        """The coordinate that alone has unequal shares: "first" or "second"; or ""."""
        even = [_even(share) for share in self.shares]
        return {(False, True): "first", (True, False): "second"}.get(tuple(even), "")

    @property
    def axes(self):
        """The values that each coordinate takes."""
        return [np.unique(column.round(6)) for column in self.points.T]

    @property
    def counts(self):
        return [len(axis) for axis in self.axes]

    @property
    def shares(self):
        return [norm.cdf(axis) for axis in self.axes]

    @property
    def left_out(self):
        """The share below the first place, if it is far more than that of a place; else ""."""
        share = max(min(share.min(), 1 - share.max()) for share in self.shares)
        return f"{share:.0%}" if share > 1.5 / (self.n + 1) else ""

    @property
    def remark(self):
        """Remarks on a right grid: how a picture would be turned, and the share left outside."""
        table = self.points.reshape(self.n, self.n, 2)
        ways = [_way(table[..., place]) for place in (0, 1)]
        turned = [
            f"the {name} coordinate {way}"
            for name, way, right in zip(("first", "second"), ways, WAYS, strict=True)
            if way != right
        ]
        says = ""
        if turned:
            says = (
                f" One remark: {', and '.join(turned)}. In a picture, whose first row is its top, "
                f"the first {WAYS[0]}, and the second {WAYS[1]}."
            )
        outside, due = self.shares[0].min(), 1 / (2 * self.n)
        if not np.isclose(outside, due, rtol=0.02):
            says += f" {'Another' if says else 'One'} remark: " + (
                f"your first place has {outside:.1%} of the prior below it, and the middle of the "
                f"first of {self.n} equal parts {due:.1%}. The middles are at (i + 0.5) / n."
            )
        return says


WAYS = "rises along a row", "falls from row to row"  # of both coordinates, in a picture


def _way(values):
    """Say how a coordinate changes in a table of places."""
    steps = [np.diff(values, axis=axis) for axis in (0, 1)]
    axis = int(abs(steps[1]).max() > abs(steps[0]).max())
    way = "rises" if (steps[axis] > 0).all() else "falls" if (steps[axis] < 0).all() else "jumps"
    return f"{way} {('from row to row', 'along a row')[axis]}"


def _even(values):
    steps = np.diff(values)
    return np.ptp(steps) < 1e-3 * abs(steps.mean()) + 1e-5


MISTAKES = [
    Mistake(
        "grid_coordinates_first",
        "Shape {found.shape}: put the coordinates last, np.stack(..., axis=-1).",
        lambda g: len(g.shape) == 3 and g.shape[0] == 2 and g.shape[1] == g.shape[2],
    ),
    Mistake(
        "grid_flat",
        "Shape {found.shape}: the places stand in one list. A picture needs rows and columns, "
        "{found.due}, as np.meshgrid makes them.",
        lambda g: g.shape == (g.n**2, 2) and g.n >= 3,
    ),
    Mistake(
        "grid_one_axis_only",
        "Shape {found.shape}: these are the places along one axis. np.meshgrid makes a table of "
        "two axes, and np.stack puts both tables together, {found.due}.",
        lambda g: len(g.shape) == 1,
    ),
    Mistake(
        "grid_diagonal",
        "Shape {found.shape}: each value of one axis meets only one of the other. np.meshgrid lets "
        "each meet all, {found.due}.",
        lambda g: len(g.shape) == 2 and g.shape[1] == 2,
    ),
    Mistake(
        "grid_side_by_side",
        "Shape {found.shape}: the two tables stand side by side. np.stack(..., axis=-1) makes a "
        "new axis for them, {found.due}.",
        lambda g: len(g.shape) == 2 and sorted(g.shape)[1] == 2 * sorted(g.shape)[0],
    ),
    Mistake(
        "grid_coordinates_in_the_middle",
        "Shape {found.shape}: the coordinates stand in the middle. Put them last, "
        "np.stack(..., axis=-1).",
        lambda g: len(g.shape) == 3 and g.shape[1] == 2 and g.shape[0] == g.shape[2],
    ),
    Mistake(
        "grid_count_of_places",
        "Shape {found.shape} where {found.due} is expected: along an axis there {seen}. Count "
        "them: n equal parts have n middles and n + 1 edges, with both ends of the line.",
        lambda g: g.off_by,
    ),
    Mistake(
        "grid_shape",
        "Shape {found.shape} where {found.due} is expected, {found.which}.",
        lambda g: g.misshapen,
    ),
    Mistake(
        "grid_beyond_shares",
        "A coordinate is NaN, as norm.ppf gives it for a share below 0 or above 1: look at what "
        "you give it. Is a bracket missing?",
        lambda g: np.isnan(g.points).any(),
    ),
    Mistake(
        "grid_infinite",
        "A coordinate is infinite, as the inverse CDF of 0 and of 1 is. Begin above 0 and end "
        "below 1, as far from 0 as from 1.",
        lambda g: not np.isfinite(g.points).all(),
    ),
    Mistake(
        "grid_one_axis",
        "One coordinate is the same everywhere: both must vary.",
        lambda g: min(g.counts) == 1,
    ),
    Mistake(
        "grid_density",
        "All coordinates lie between 0 and 0.4, as the density of N(0, 1) does, norm.pdf: the "
        "inverse of the distribution function is asked, norm.ppf.",
        lambda g: all(axis.min() > 0 and axis.max() < 0.3990 for axis in g.axes),
    ),
    Mistake(
        "grid_random",
        "The places are drawn at random: a grid has the same places each time, at equal shares.",
        lambda g: g.counts == [g.n**2, g.n**2],
    ),
    Mistake(
        "grid_repeats",
        "Points are repeated: each of {found.n} values of one coordinate must meet each of the "
        "other, as np.meshgrid makes them.",
        lambda g: len(np.unique(g.points.round(6), axis=0)) < g.n * g.n,
    ),
    Mistake(
        "grid_not_a_product",
        "The coordinates take {found.counts[0]} and {found.counts[1]} values where {found.n} are "
        "expected.",
        lambda g: g.counts != [g.n, g.n],
    ),
    Mistake(
        "grid_of_shares",
        "These are shares, from 0 to 1, and not yet places: apply the inverse normal CDF, "
        "scipy.stats.norm.ppf.",
        lambda g: all(_even(axis) and axis.min() >= 0 and axis.max() <= 1 for axis in g.axes),
    ),
    Mistake(
        "grid_even_in_z",
        "The places are evenly spaced in z, so that most of them lie where the prior has little "
        "mass: space the shares evenly, then apply scipy.stats.norm.ppf.",
        lambda g: all(map(_even, g.axes)),
    ),
    Mistake(
        "grid_cdf",
        "All coordinates lie between 0 and 1: you applied the CDF, and its inverse is asked, "
        "scipy.stats.norm.ppf.",
        lambda g: g.axes[0].min() > 0 and g.axes[0].max() < 1,
    ),
    Mistake(
        "grid_one_axis_uneven",
        "Only the {seen} coordinate is uneven: there, the shares of the prior between neighbours "
        "are not equal. Use the same values for both.",
        lambda g: g.squeezed,
    ),
    Mistake(
        "grid_shares",
        "The shares of the prior between neighbours are not equal: take evenly spaced shares, "
        "then scipy.stats.norm.ppf, with mean 0 and scale 1.",
        lambda g: not all(map(_even, g.shares)),
    ),
    Mistake(
        "grid_off_centre",
        "The grid is not centred on the prior: begin as far above 0 as you end below 1.",
        lambda g: any(abs(share.mean() - 0.5) > 0.01 for share in g.shares),
    ),
    Mistake(
        "grid_too_narrow",
        "The grid leaves out {seen} of the prior at each end of an axis: with {found.n} places, "
        "begin at about 1 / (2 * {found.n}) and end as far below 1.",
        lambda g: g.left_out,
    ),
]
