"""The check of a path from one code to another, for a morph."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    diagnose,
    exercise,
    explain,
)
from fidle_vae.models import morph_path


@exercise
def morph(my_path: Callable) -> Result:
    """Check `my_path(z_a, z_b, n)`: n places on the straight line from z_a to z_b, (n, d)."""
    rng = np.random.default_rng(5)
    cases = [
        {"z_a": rng.normal(size=d), "z_b": rng.normal(size=d), "n": n} for d, n in ((2, 5), (6, 9))
    ]

    def solution(z_a, z_b, n):
        return my_path(np.array(z_a), np.array(z_b), n)  # arrays, as the lesson has them

    result = diagnose("morph", solution, cases, [_line], MISTAKES)
    if result.mistake in ("shape", "values") and _ignores_codes(solution):
        says = "Your path is the same whatever the two codes are: use the arguments, z_a and z_b."
        return Result("morph", "morph_of_other_codes", says)
    hint = "t must be a column, of shape (n, 1): [:, None]."
    result = explain(result, "do not fit together", "morph_t_no_column", hint)
    places = "Give the places themselves: the lesson decodes them after the check."
    return explain(result, "z must have shape", "morph_decodes", places, alone=True)


def _ignores_codes(solution):
    a, b = np.random.default_rng(6).normal(size=(2, 6))
    one, other = (attempt("morph", solution, *codes, 4) for codes in ((a, b), (1 - a, 2 - b)))
    return not isinstance(one, Result) and np.array_equal(one, other)


def _line(a, b, n):
    return _at(np.linspace(0, 1, n), a, b)


def _at(t, a, b):
    return a + np.asarray(t)[:, None] * (b - a)


MISTAKES = [
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
        "morph_difference",
        "The path begins at 0: add z_a, so that it begins there.",
        lambda a, b, n: np.linspace(0, 1, n)[:, None] * (b - a),
    ),
    Mistake(
        "morph_subtracted",
        "The share of z_b is subtracted: both shares are added.",
        lambda a, b, n: _at(np.linspace(0, 1, n), a, -b),
    ),
    Mistake(
        "morph_not_divided",
        "t goes from 0 to n - 1: it must go from 0 to 1, as np.linspace(0, 1, n) does.",
        lambda a, b, n: _at(np.arange(n), a, b),
    ),
    Mistake(
        "morph_away",
        "The difference is the wrong way round: from z_a to z_b it is z_b - z_a.",
        lambda a, b, n: _at(-np.linspace(0, 1, n), a, b),
    ),
    Mistake(
        "morph_from_minus",
        "The path begins at -z_a: its share is 1 - t, not t - 1.",
        lambda a, b, n: _at(np.linspace(0, 1, n), -a, b),
    ),
    Mistake(
        "morph_two_dimensions_only",
        "You give two coordinates of each place, and a code may have more: take the arrays as "
        "they are.",
        lambda a, b, n: _line(a, b, n)[:, :2],
    ),
    *(
        Mistake(
            "morph_linspace",
            "np.linspace takes start, stop and count, in this order: np.linspace(0, 1, n).",
            lambda a, b, n, start=start, stop=stop, count=count: _at(
                np.linspace(start, stop(n), count), a, b
            ),
        )
        for start, stop, count in ((1, lambda n: n, 50), (0, lambda n: n, 50))
    ),
    Mistake(
        "morph_middle",
        "It gives one place, the middle of both: n places are asked, from z_a to z_b.",
        lambda a, b, n: (a + b) / 2,
    ),
    Mistake(
        "morph_start_only",
        "It gives the first place alone: does `return` stand inside the loop, or is the count, the "
        "third argument of np.linspace, 1?",
        lambda a, b, n: a[None],
    ),
    Mistake(
        "morph_great_circle",
        "This is the great circle, which goes around 0: the straight line is asked.",
        lambda a, b, n: morph_path(a, b, n, "great_circle"),
    ),
    Mistake(
        "morph_on_a_sphere",
        "You divide each place by its distance from 0: leave the line as it is.",
        lambda a, b, n: _line(a, b, n) / np.linalg.norm(_line(a, b, n), axis=1, keepdims=True),
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
