"""The engine of the checks: what a file with a check imports.

A check is a catalogue of `Mistake`s and one decorated function:

    @recorded
    def beta(my_beta):
        return diagnose("beta", my_beta, CASES, [right_beta], MISTAKES)

`diagnose` runs a function on cases and compares values; `recognise` looks for the first mistake
that fits what a check observed by itself.
"""

from fidle_vae.checks.engine.diagnosis import Mistake, diagnose, recognise, short
from fidle_vae.checks.engine.result import NOT_DONE, STILL_THERE, Result
from fidle_vae.checks.engine.student_code import (
    attempt,
    describe_error,
    has_parameters,
    is_open,
    is_shape_error,
    line_of,
    not_done,
    outcome,
)
from fidle_vae.checks.engine.summary import recorded

__all__ = [
    "NOT_DONE", "STILL_THERE", "Mistake", "Result", "attempt", "describe_error", "diagnose",
    "has_parameters", "is_open", "is_shape_error", "line_of", "not_done", "outcome",
    "recognise", "recorded", "short",
]  # fmt: skip
