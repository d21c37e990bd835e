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
    from_arguments,
)
from fidle_vae.models import morph_path


@exercise
@from_arguments
def morph(my_path: Callable) -> Result:
    """Check `my_path(z_a, z_b, n)`: n places on the straight line from z_a to z_b, (n, d)."""
    rng = np.random.default_rng(5)
    cases = [
        {"z_a": rng.normal(size=d), "z_b": rng.normal(size=d), "n": n} for d, n in ((2, 5), (6, 9))
    ]
    # arrays, as the lesson has them
    result = diagnose("morph", my_path, cases, [_line], MISTAKES, arrays=True)
    if (result.mistake or "").startswith("values") and result.mistake != "values_whole":
        z_a, z_b = cases[1]["z_a"], cases[1]["z_b"]
        path = attempt("morph", lambda: my_path(z_a.copy(), z_b.copy(), 5))
        result = _by_shares(result, path, z_a, z_b)
    hint = "t must be a column, of shape (n, 1): [:, None]."
    result = explain(result, "do not fit together", "morph_t_no_column", hint)
    places = "Give the places themselves: the lesson decodes them after the check."
    return explain(result, "z must have shape", "morph_decodes", places, alone=True)


def _by_shares(result, path, a, b):
    """Say by which shares of z_a and z_b each place is made, if that is how it is made."""
    if np.shape(path) != (5, len(a)):
        return result
    of_ends = np.stack([a, b, np.ones_like(a)], axis=1)
    shares = np.linalg.lstsq(of_ends, path.T, rcond=None)[0]
    if not np.allclose(of_ends @ shares, path.T, atol=1e-6):
        return result
    of_a, of_b, number = shares
    due = np.linspace(0, 1, len(path))
    if np.allclose(of_a + of_b, 1) and np.allclose(number, 0):
        says = (
            f"Your places lie on the line, at the wrong t: {_list(of_b)}, one after the other, "
            f"where {_list(due)} are expected."
        )
        return Result("morph", "morph_other_t", says)
    says = "; ".join(
        f"your share of {name} is {_list(share)} where {_list(right)} is expected"
        for name, share, right in (("z_a", of_a, 1 - due), ("z_b", of_b, due))
        if not np.allclose(share, right)
    )
    if not np.allclose(number, 0):
        says += f"; a number is added, {_list(number)}: do brackets miss, as around 1 - t?"
        return Result("morph", "morph_number_added", f"From place to place, {says}")
    return Result("morph", "morph_other_shares", f"From place to place, {says}.")


def _list(numbers):
    return ", ".join(f"{number:.3g}" for number in np.round(numbers, 6) + 0.0)


def _line(a, b, n):
    return _at(np.linspace(0, 1, n), a, b)


def _at(t, a, b):
    return a + np.asarray(t)[:, None] * (b - a)


def _by_sines(a, b, n):
    """Return the great circle between codes as far from 0 as each other, taken for any two."""
    t = np.linspace(0, 1, n)[:, None]
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


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
    *(
        Mistake(
            "morph_great_circle",
            "This is the great circle, which goes around 0: the straight line is asked.",
            formula,
        )
        for formula in (lambda a, b, n: morph_path(a, b, n, "great_circle"), _by_sines)
    ),
    Mistake(
        "morph_on_a_sphere",
        "You divide each place by its distance from 0: leave the line as it is.",
        lambda a, b, n: _line(a, b, n) / np.linalg.norm(_line(a, b, n), axis=1, keepdims=True),
    ),
]
