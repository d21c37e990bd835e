"""How a check finds out what is wrong: it knows the trace that each known mistake leaves.

The diagnosis explains all that was seen of a student's code; it is not a guess from its text.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.checks.engine.combination import combination_of
from fidle_vae.checks.engine.general_mistakes import CHANGED, GENERAL, TOLERANCE, Answers
from fidle_vae.checks.engine.mistake import Mistake, recognise
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.student_code import attempt


def diagnose(
    check: str,
    solution: Callable,
    cases: Sequence[dict],
    right: Sequence[Callable],
    mistakes: Sequence[Mistake],
    show: Callable | None = None,
    terms: Callable | None = None,
    parts: Mapping[str, Callable] | None = None,
    product: bool = False,
    arrays: bool = False,
) -> Result:
    """Run a student's function on cases and return the first mistake that explains all values.

    Args:
        check: name of the check.
        solution: the student's function.
        cases: its arguments, by name and in the order of the call; arrays arrive as tensors.
        right: formulas of right values, of which one is enough.
        mistakes: known mistakes, the likeliest first.
        show: (case, index of a value) -> the words for the case; by default its arguments.
        terms: arguments of a case -> arguments of all formulas; by default the same, with arrays
            in double precision.
        parts: formulas that other values may be a sum of, by their names; see combination.py.
        product: whether they may be a product of powers of the parts instead.
        arrays: whether arrays arrive as such; then it is noticed if the function changes them.
    """
    found, changed = [], {}
    run = _on_arrays if arrays else _on_tensors
    for case in cases:
        values = run(check, solution, case, changed)
        if isinstance(values, Result):
            return values
        found.append(values)
    given = [(terms or _in_double)(*case.values()) for case in cases]
    expected = _values(right[0], given)
    if any(_agree(_values(formula, given), found) for formula in right):
        remark = Answers(expected, found, None, changed).changed
        remark = f" One remark: it changes {CHANGED.format(seen=remark)}" if remark else ""
        return Result(check, None, f"Every case agrees.{remark}")
    shown = _first_difference(cases, expected, found, show or _arguments)
    for mistake in mistakes:
        if _agree(_values(mistake.trace, given), found):
            return Result(check, mistake.name, f"{mistake.says} {shown}")
    again = run(check, solution, cases[0], {})
    general = recognise(check, Answers(expected, found, again, changed), GENERAL)
    if not general.ok:
        return general._replace(message=f"{general.message} {shown}")
    return Result(check, *_unknown(expected, found, shown, _Parts(parts or {}, given, product)))


def _on_tensors(check, solution, case, changed):
    return attempt(check, solution, *case.values())


def _on_arrays(check, solution, case, changed):
    """Run a function on copies of arrays, and note which of them it changes."""
    own = copy.deepcopy(case)
    values = attempt(check, lambda: solution(*own.values()))
    for name, value in case.items():
        if isinstance(value, np.ndarray) and not np.array_equal(own[name], value, equal_nan=True):
            changed[name] = True
    return values


class _Parts(NamedTuple):
    """What values may be put together from."""

    formulas: Mapping[str, Callable]
    given: Sequence[Sequence]
    product: bool

    def words(self, values, case):
        """Describe values by the parts, those of one case if all cannot be; or return ""."""
        every, one = slice(None), slice(case, case + 1)
        return self.formulas and (self._words(values, every) or self._words(values, one))

    def _words(self, values, cases):
        return combination_of(self.formulas, self.given[cases], values[cases], self.product)


def _in_double(*arguments):
    return keras.tree.map_structure(
        lambda value: value.astype(float) if isinstance(value, np.ndarray) else value, arguments
    )


def _values(formula, given):
    with np.errstate(all="ignore"):  # a mistake may well divide by 0
        return [np.asarray(formula(*arguments), dtype=float) for arguments in given]


def _agree(expected, found):
    """Whether all values are the same, NaN included, to the precision of float32."""
    return all(
        a.shape == b.shape and np.allclose(b, a, TOLERANCE, TOLERANCE, equal_nan=True)
        for a, b in zip(expected, found, strict=True)
    )


def _unknown(expected, found, shown, parts):
    """Name what is wrong where no known mistake explains it: shape, NaN or values."""
    for right, values in zip(expected, found, strict=True):
        if values.shape != right.shape:
            return "shape", _shapes(values.shape, right.shape)
    if not all(np.isfinite(values).all() for values in found):
        return "not_finite", f"A value is NaN or infinite. {shown}"
    case = next(i for i, each in enumerate(found) if not _agree([expected[i]], [each]))
    yours, due = (parts.words(values, case) for values in (found, expected))
    if yours and parts.product:  # the right product would be the whole answer
        return "combination", f"Yours is {yours}: is each part to multiply or to divide? {shown}"
    if yours and due:
        return "combination", f"Yours is {yours} where {due} is expected. {shown}"
    return "values", f"The values are not right. {shown}"


def _first_difference(cases, expected, found, show):
    """Write the first wrong value beside the right one."""
    for case, right, values in zip(cases, expected, found, strict=True):
        if right.shape != values.shape:
            return _shapes(values.shape, right.shape)
        close = np.isclose(values, right, rtol=TOLERANCE, atol=TOLERANCE)
        if not close.all():
            index = np.unravel_index(np.argmin(close), close.shape)
            value, due = values[index], right[index]
            return f"For {show(case, index)}: {value:.4g} where {due:.4g} is expected."
    return ""


def _shapes(found, expected):
    if expected == ():
        return f"It gives values of shape {found} where one number is expected."
    if found == ():
        return f"It gives one number where values of shape {expected} are expected."
    return f"Shape {found} where {expected} is expected."


def place(index) -> str:
    """Write the place of a value in an array."""
    return "[" + ", ".join(str(int(each)) for each in index) + "]"


def _arguments(case, index):
    return ", ".join(f"{name} = {short(value, index)}" for name, value in case.items())


def short(value, index=()) -> str:
    """Write a value for a message: the row of one image, or the range of more than six values."""
    if isinstance(value, list):
        return "[" + ", ".join(map(short, value)) + "]"
    if np.ndim(value) == 0:
        return f"{float(value):.4g}"
    values = np.ravel(value[index[0]] if index and np.ndim(value) > 1 else value)
    if len(values) > 6:
        return f"{len(values)} values from {values.min():.2g} to {values.max():.2g}"
    numbers = (f"{each:.4g}" if abs(each) >= 1000 else f"{each:.3g}" for each in values)
    return "[" + ", ".join(numbers) + "]"
