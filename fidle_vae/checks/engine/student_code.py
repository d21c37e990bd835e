"""Runs a student's code, and describes what it raises by the student's own line."""

import copy
import inspect
import re
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
from keras import ops

from fidle_vae.checks.engine.result import NOT_DONE, Result

# Folders whose lines are not the student's: this package and Python's own library.
NOT_THE_STUDENTS = Path(__file__).parents[2], Path(sysconfig.get_path("stdlib"))
# How Keras begins where it wraps what a layer raises.
WRAPPED = ("Exception encountered when calling", "Could not automatically infer the output shape")


def attempt(check: str, solution: Callable, *arguments) -> np.ndarray | Result:
    """Run a student's function; return its values as an array, or the result if it has none."""
    values = outcome(check, solution, *arguments)
    if isinstance(values, Result):
        return values
    try:
        array = np.asarray(ops.convert_to_numpy(values))
        if np.iscomplexobj(array):
            return Result(check, "no_number", "It gives complex numbers: real ones are asked.")
        return array.astype(float)
    except (TypeError, ValueError, RuntimeError):  # PyTorch raises the last one
        kind = type(values).__name__
        return Result(check, "no_number", f"It gives a {kind} and not a tensor of numbers.")


def outcome(check: str, solution: Callable, *arguments) -> object:
    """Run a student's function; return what it returns, or a `Result` if it is a stub or fails.

    Arrays are passed as tensors, and all arguments as copies: the function may change them.
    """
    own = copy.deepcopy(arguments)
    tensors = [ops.convert_to_tensor(a) if isinstance(a, np.ndarray) else a for a in own]
    try:
        with np.errstate(all="ignore"):  # the check reports a NaN itself
            values = solution(*tensors)
    except NotImplementedError:
        return not_done(check)
    except Exception as error:  # the student's code may raise anything
        return Result(check, "error", describe_error(error))
    return not_done(check) if is_open(values) else values


def is_open(value: object) -> bool:
    """Whether a value stands for what is still to be written: None or an ellipsis."""
    return value is None or value is Ellipsis


def not_done(check: str) -> Result:
    """Return the result of an exercise that is not done yet."""
    return Result(check, NOT_DONE, "Complete the cell above, run it, then run this one again.")


def has_parameters(function: Callable, *names: str) -> bool:
    """Whether a function, or a class, has parameters of these names."""
    try:
        return set(names) <= set(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # not callable, or a built-in
        return False


def is_shape_error(result: Result) -> bool:
    """Whether a result is an error about shapes that do not fit together."""
    words = r"incompatible shapes|broadcast|must match the size"  # TensorFlow, NumPy, PyTorch
    return result.mistake == "error" and bool(re.search(words, result.message, re.IGNORECASE))


def describe_error(error: BaseException) -> str:
    """Describe an error of the student's code: the line that raised it, its kind, its message."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # Keras writes in bold
    plain = re.sub(r"\{\{.*?\}\} ?| \[Op:.*", "", plain)  # TensorFlow names its operations
    words = [line.strip() for line in plain.splitlines() if line.strip()]
    while len(words) > 1 and words[0].startswith(WRAPPED):
        words = words[1:]
    what = f"{type(error).__name__}: {words[0] if words else ''}".rstrip(". :")
    line = line_of(error)
    return f"{line} raises {what}." if line else f"It cannot be run: {what}."


def line_of(error: BaseException) -> str:
    """Return the last line of the student's own code that an error went through, or ""."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame for frame in frames if _is_of_student(Path(frame.filename))]
    if not lines:
        return ""
    line = f", `{lines[-1].line}`," if lines[-1].line else ""  # the source may be out of reach
    return f"Line {lines[-1].lineno}{line}"


def _is_of_student(path):
    if path.name.startswith("<"):  # code without a file: a cell in IPython, or made by a package
        return path.name.startswith("<ipython-input")
    packaged = {"site-packages", "dist-packages"} & set(path.parts) or path.suffix == ".pyx"
    return not packaged and not any(path.is_relative_to(folder) for folder in NOT_THE_STUDENTS)
