"""Runs an answer that may be written for tensors, with ops, or for arrays, with NumPy."""

from collections.abc import Callable

from fidle_vae.checks.engine.diagnosis import diagnose
from fidle_vae.checks.engine.result import Result


def diagnose_either(
    check: str, solution: Callable, *arguments, arrays_first: bool = False
) -> Result:
    """Return what `diagnose` finds with tensors, or with arrays if those raise an error.

    Args:
        check: name of the check.
        solution: the student's function.
        arguments: those of `diagnose`.
        arrays_first: whether arrays come first, and tensors where those raise an error.
    """
    result = diagnose(check, solution, *arguments, arrays=arrays_first)
    if not _raised(result):
        return result
    other = diagnose(check, solution, *arguments, arrays=not arrays_first)
    is_of_arrays = not arrays_first and "attribute" in result.message  # such as keys.T
    return other if is_of_arrays or not _raised(other) else result


def _raised(result):
    return (result.mistake or "").startswith("error")
