"""How a check finds out what is wrong: it knows what each mistake would give.

A function to be checked is run on a few small cases. What it gives is compared with the right
values, and then with those of a catalogue of known mistakes, computed for the same cases. So the
diagnosis is what explains every value seen, and not a guess from the code.
"""

import copy
import inspect
import re
import sysconfig
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from keras import ops

from fidle_vae.checks.engine.result import NOT_DONE, Result

OURS = Path(__file__).parents[2], Path(sysconfig.get_path("stdlib"))  # or Python's
# How Keras begins where it wraps what a layer raises.
WRAPPED = ("Exception encountered when calling", "Could not automatically infer the output shape")
TOLERANCE = 1e-4  # of float32 sums, relative; the mistakes are further apart than that


class Mistake(NamedTuple):
    """A known mistake: its stable name, one sentence for the student, and what it makes."""

    name: str
    says: str
    makes: Callable  # arguments of a case -> the values that this mistake gives


def diagnose(
    check: str,
    solution: Callable,
    cases: Sequence[dict[str, np.ndarray]],
    right: Sequence[Callable],
    mistakes: Sequence[Mistake],
    show: Callable | None = None,
) -> Result:
    """Run a student's function on all cases and say what is wrong with it.

    Args:
        check: name of the check.
        solution: the student's function.
        cases: its arguments, by name; they are given in that order, arrays as tensors.
        right: functions that give right values of a case, of which one is enough.
        mistakes: known mistakes, the likeliest first.
        show: (case, place of a value) -> what the student is told of the case; None shows its
            arguments.
    """
    show = show or _arguments
    found = []
    for case in cases:
        values = attempt(check, solution, *case.values())
        if isinstance(values, Result):
            return values
        found.append(values)
    for function in right:
        if explains(function, cases, found):
            return Result(check, None, "Every case agrees.")
    for mistake in mistakes:
        if explains(mistake.makes, cases, found):
            return Result(
                check, mistake.name, f"{mistake.says} {evidence(cases, right[0], found, show)}"
            )
    return Result(check, *unknown(cases, right[0], found, show))


def attempt(check: str, solution: Callable, *arguments) -> np.ndarray | Result:
    """Run a student's function on arrays; give its values, or what there is to say instead."""
    values = outcome(check, solution, *arguments)
    if isinstance(values, Result):
        return values
    try:
        array = np.asarray(ops.convert_to_numpy(values))
        if np.iscomplexobj(array):
            return Result(check, "no_number", "It gives complex numbers: real ones are asked.")
        return array.astype(float)
    except (TypeError, ValueError, RuntimeError):  # the last one of PyTorch
        kind = type(values).__name__
        return Result(check, "no_number", f"It gives a {kind} and not a tensor of numbers.")


def outcome(check: str, solution: Callable, *arguments) -> object:
    """Run a student's function on arrays; give what it gives, or what there is to say instead.

    It gets copies, as it may change what it is given.
    """
    own = copy.deepcopy(arguments)
    tensors = [ops.convert_to_tensor(a) if isinstance(a, np.ndarray) else a for a in own]
    try:
        with np.errstate(all="ignore"):  # the check tells of a NaN, better than a warning
            values = solution(*tensors)
    except NotImplementedError:
        return not_done(check)
    except Exception as error:  # the student's code may raise anything
        return Result(check, "error", told(error))
    if values is None or values is Ellipsis:
        return not_done(check)
    return values


def takes(function: Callable, *names: str) -> bool:
    """Tell whether a function, or a class, has parameters of these names."""
    try:
        return set(names) <= set(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # nothing that is called, or a built-in
        return False


def of_shapes(result: Result) -> bool:
    """Tell whether a result is an error of shapes that do not go together."""
    words = r"incompatible shapes|broadcast|must match the size"  # TensorFlow, NumPy, PyTorch
    return result.mistake == "error" and bool(re.search(words, result.message, re.IGNORECASE))


def explains(function: Callable, cases: Sequence[dict], found: Sequence[np.ndarray]) -> bool:
    """Tell whether a function gives what was found, in every case."""
    with np.errstate(all="ignore"):
        made = [np.asarray(function(*case.values()), dtype=float) for case in cases]
    return all(map(same, made, found))


def same(expected: np.ndarray, found: np.ndarray) -> bool:
    """Tell whether two arrays are one, to the precision of float32."""
    if expected.shape != found.shape:
        return False
    return np.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)


def not_done(check: str) -> Result:
    """Say that there is nothing to check yet."""
    return Result(check, NOT_DONE, "Complete the cell above, run it, then run this one again.")


def unknown(cases, right, found, show) -> tuple[str, str]:
    """Name what is wrong where no known mistake explains it: shape, NaN or values."""
    for case, values in zip(cases, found, strict=True):
        expected = np.asarray(right(*case.values()))
        if values.shape != expected.shape:
            return "shape", _beside(values.shape, expected.shape)
    shown = evidence(cases, right, found, show)
    if not all(np.isfinite(values).all() for values in found):
        return "not_finite", f"A value is NaN or infinite. {shown}"
    return "values", f"The values are not right. {shown}"


def evidence(cases, right, found, show) -> str:
    """Show the first value that is wrong, beside what it should be."""
    for case, values in zip(cases, found, strict=True):
        expected = np.asarray(right(*case.values()))
        if expected.shape != values.shape:
            return _beside(values.shape, expected.shape)
        close = np.isclose(values, expected, rtol=TOLERANCE, atol=TOLERANCE)
        if not close.all():
            place = np.unravel_index(np.argmin(close), close.shape)
            value, due = values[place], expected[place]
            return f"For {show(case, place)}: {value:.4g} where {due:.4g} is expected."
    return ""


def _beside(found, expected):
    """Write a shape beside that which is expected."""
    if expected == ():
        return f"It gives values of shape {found} where one number is expected."
    if found == ():
        return f"It gives one number where values of shape {expected} are expected."
    return f"Shape {found} where {expected} is expected."


def _arguments(case, place):
    return ", ".join(f"{name} = {short(value, place)}" for name, value in case.items())


def short(value, place=()) -> str:
    """Write a value of a case: what an image has of it, or how many values if they are many."""
    if isinstance(value, list):
        return "[" + ", ".join(short(each) for each in value) + "]"
    if np.ndim(value) == 0:
        return f"{float(value):.4g}"
    values = np.ravel(value[place[0]] if place and np.ndim(value) > 1 else value)
    if len(values) > 6:
        return f"{len(values)} values from {values.min():.2g} to {values.max():.2g}"
    return (
        "["
        + ", ".join(f"{each:.4g}" if abs(each) >= 1000 else f"{each:.3g}" for each in values)
        + "]"
    )


def told(error: BaseException) -> str:
    """Tell an error of the student's code: its kind, what it says, the line that raised it."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # Keras writes in bold
    plain = re.sub(r"\{\{.*?\}\} ?| \[Op:.*", "", plain)  # TensorFlow names its operations
    words = [line.strip() for line in plain.splitlines() if line.strip()]
    while len(words) > 1 and words[0].startswith(WRAPPED):
        words = words[1:]
    what = f"{type(error).__name__}: {words[0] if words else ''}".rstrip(". :")
    line = line_of(error)
    return f"{line} raises {what}." if line else f"It cannot be run: {what}."


def line_of(error: BaseException) -> str:
    """Name the last line of the student's own that an error went through, if there is one."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if _of_student(frame)]
    if not lines:
        return ""
    line = f", `{lines[-1].line}`," if lines[-1].line else ""  # the source may be out of reach
    return f"Line {lines[-1].lineno}{line}"


def _of_student(frame):
    """Tell whether a line of a traceback is neither a package's, nor Python's, nor ours."""
    path = Path(frame.filename)
    if path.name.startswith("<"):  # code without a file: a cell in IPython, or made by a package
        return path.name.startswith("<ipython-input")
    packaged = {"site-packages", "dist-packages"} & set(path.parts) or path.suffix == ".pyx"
    return not packaged and not any(path.is_relative_to(ours) for ours in OURS)
