"""The engine of the checks: what a file with a check imports.

A check is a catalogue of `Mistake`s and one decorated function:

    @exercise
    def beta(my_beta):
        return diagnose("beta", my_beta, CASES, [right_beta], MISTAKES)

`diagnose` runs a function on cases and compares values; `recognise` looks for the first mistake
that fits what a check observed by itself. Both know the mistakes that any code may have: see
known_errors.py, code_slips.py, general_mistakes.py and combination.py.
"""

from fidle_vae.checks.engine.code_slips import from_arguments
from fidle_vae.checks.engine.diagnosis import diagnose, place, short
from fidle_vae.checks.engine.either import diagnose_either
from fidle_vae.checks.engine.known_errors import describe_error, explain, failed, line_of
from fidle_vae.checks.engine.mistake import Mistake, recognise
from fidle_vae.checks.engine.result import NOT_DONE, STILL_THERE, SURPRISED, Result
from fidle_vae.checks.engine.source_code import has_words, used_names, uses
from fidle_vae.checks.engine.student_code import (
    Spy,
    attempt,
    has_parameters,
    is_open,
    not_done,
    numpy_remark,
    outcome,
    required_parameters,
    runs_elsewhere,
)
from fidle_vae.checks.engine.summary import exercise, recorded

__all__ = [
    "NOT_DONE", "STILL_THERE", "SURPRISED", "Mistake", "Result", "Spy", "attempt", "describe_error",
    "diagnose", "diagnose_either", "exercise", "explain", "failed", "from_arguments",
    "has_parameters", "has_words", "is_open", "line_of", "not_done", "numpy_remark", "outcome",
    "place", "recognise", "recorded", "required_parameters", "runs_elsewhere", "short",
    "used_names", "uses",
]  # fmt: skip
