"""Runs a student's code, and sees whether it is there at all."""

import ast
import contextlib
import copy
import dis
import inspect
import io
import textwrap
import warnings
from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine.known_errors import failed
from fidle_vae.checks.engine.result import NOT_DONE, Result
from fidle_vae.checks.engine.source_code import METHODS, words_of

IDLE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}  # steps that do nothing


def attempt(check: str, solution: Callable, *arguments) -> np.ndarray | Result:
    """Run a student's function; return its values as an array, or the result if it has none."""
    values = outcome(check, solution, *arguments)
    if isinstance(values, Result):
        return values
    if isinstance(values, tuple):
        return _several(check, len(values))
    try:
        array = np.asarray(ops.convert_to_numpy(values))
        if array.dtype.kind in "US":  # text, which astype would turn into numbers
            raise TypeError
        if np.iscomplexobj(array):
            return Result(check, "no_number", "It gives complex numbers: real ones are asked.")
        return array.astype(float)
    except (TypeError, ValueError, RuntimeError):  # PyTorch raises the last one
        kind = type(values).__name__
        says = f"It gives a {kind} and not a tensor of numbers.{_remark(values)}"
        return Result(check, "no_number", says)


def _remark(values):
    if isinstance(values, str):
        return _of_text(values)
    if isinstance(values, dict):
        return " Give the value itself, without the dict around it."
    if inspect.isgenerator(values):
        return " Round brackets around `for` make one: take square ones, for a list."
    return " Call it: brackets are missing behind its name." if callable(values) else ""


def _of_text(text):
    if any(letter.isdigit() for letter in text):
        return f' Give the number itself, and not the text "{text}".'
    return f' This is the text "{text}": write the formula as code, without quotes.'


def outcome(check: str, solution: Callable, *arguments) -> object:
    """Run a student's function; return what it returns, or a `Result` if that is nothing.

    Arrays are passed as tensors, and all arguments as copies: the function may change them.
    """
    own = copy.deepcopy(arguments)
    tensors = [ops.convert_to_tensor(a) if isinstance(a, np.ndarray) else a for a in own]
    printed = io.StringIO()
    try:
        # the check reports a NaN itself
        with np.errstate(all="ignore"), contextlib.redirect_stdout(printed):
            values = solution(*tensors)
    except NotImplementedError as error:  # a library says what it does not have
        return failed(check, error) if str(error) else not_done(check)
    except Exception as error:  # the student's code may raise anything
        return failed(check, error)
    finally:
        print(printed.getvalue(), end="")
    if values is Ellipsis:
        return not_done(check)
    return _nothing(check, printed.getvalue()) if values is None else values


def _several(check, count):
    if count == 1:
        says = "A comma ends your `return`, which makes a tuple of its value: remove the comma."
    else:
        says = f"It returns {count} values, with commas between them: return one."
    return Result(check, "several_values", says)


def _nothing(check, printed):
    if printed:
        says = "Your function prints its result and returns nothing: write `return`, not `print`."
        return Result(check, "prints", says)
    return Result(check, "returns_nothing", "Your function returns nothing: is `return` missing?")


def is_open(value: object) -> bool:
    """Whether a value stands for what is still to be written: None or an ellipsis."""
    return value is None or value is Ellipsis


def not_done(check: str) -> Result:
    """Return the result of an exercise that is not done yet."""
    return Result(check, NOT_DONE, "Complete the cell above, run it, then run this one again.")


def is_untouched(answer: object) -> bool:
    """Whether an answer is still as the lesson gives it: a function, or a class, of dots."""
    if is_open(answer):
        return True
    if isinstance(answer, type):
        return any(is_untouched(vars(answer)[name]) for name in METHODS if name in vars(answer))
    if not inspect.isfunction(answer):
        return False
    try:
        function = ast.parse(textwrap.dedent(inspect.getsource(answer))).body[0]
    except (OSError, SyntaxError):  # no file, or a lambda amid other code
        function = None
    if isinstance(function, ast.FunctionDef):
        return _is_stub(function)
    steps = {(step.opname, step.argval) for step in dis.get_instructions(answer)}
    return {name for name, _ in steps} <= IDLE and {
        value for name, value in steps if name.endswith("_CONST")
    } <= {None, ...}


def _is_stub(function):
    """Whether a function has only dots, after its docstring and at most one line that was given.

    Such a line unpacks or converts what the function gets: it computes nothing.
    """
    *before, last = function.body
    if before and isinstance(before[0], ast.Expr) and isinstance(before[0].value, ast.Constant):
        before = before[1:]
    computes = any(isinstance(node, ast.BinOp) for line in before for node in ast.walk(line))
    idle = isinstance(last, ast.Pass) or (
        isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant)
    )
    return idle and len(before) <= 1 and not computes


def required_parameters(function: Callable) -> int:
    """Return how many arguments a function must be given by place; 0 if that cannot be found."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # not callable, or a built-in
        return 0
    by_place = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    return sum(each.kind in by_place and each.default is each.empty for each in parameters)


class Spy:
    """Notes how an answer uses it: it stays beside its check where the answer runs elsewhere."""


def runs_elsewhere(answer: object) -> bool:
    """Whether an answer is a stand-in for one in another process, as where submissions are graded.

    Its values can be seen, but neither its text nor whether a gradient passes through it.
    """
    return getattr(answer, "runs_elsewhere", False) is True


def has_parameters(function: Callable, *names: str) -> bool:
    """Whether a function, or a class, has parameters of these names."""
    try:
        return set(names) <= set(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # not callable, or a built-in
        return False


def numpy_remark(function: Callable, *arguments: tuple[int, ...] | float) -> str:
    """Return a remark on a right function that gives NumPy's values or a float; or "".

    NumPy can take neither the tensors of a layer, which have no values yet (TensorFlow, JAX), nor
    those that a gradient is asked of (PyTorch, which gives the tensors of a layer some values).

    Args:
        function: the student's.
        arguments: the shape of each tensor that it takes, then numbers, passed as they are.
    """
    shapes = [each for each in arguments if isinstance(each, tuple)]
    numbers = arguments[len(shapes) :]
    by_numpy = {"np", "numpy"} & set(words_of(function))
    tensors = [keras.KerasTensor(shape) for shape in shapes]
    try:
        with warnings.catch_warnings():  # of PyTorch, on float()
            warnings.simplefilter("ignore")
            value = function(*(keras.Variable("zeros", shape).value for shape in shapes), *numbers)
        if by_numpy:
            keras.layers.Lambda(lambda tensors: function(*tensors, *numbers))(tensors)
    except Exception:  # the student's code, or NumPy, may raise anything
        value = None
        if by_numpy:
            return (
                " One remark: NumPy computes values only, and no gradient passes through it, so "
                "that a model could not learn. Use ops, as in ops.exp."
            )
    if isinstance(value, float):
        return (
            " One remark: it gives a bare number, as float() does, and no gradient passes through "
            "it, so that a model could not learn. Give the tensor as it is."
        )
    return ""
