"""The program that judges: it runs the checks, on answers that run in another process.

No code of a submission is here. For a function, a layer or a class of a student, the checks get a
stand-in, which sends arguments to the process of the submission and reads what comes back as plain
data, or as a network of Keras's own layers. The cases differ from those that a notebook shows: the
seeds of all generators are mixed with a secret one.
"""

import contextlib
import functools
import os
import secrets

import numpy as np

from fidle_vae.grading.worker import hear, say

LONGEST = 1000  # characters of a message


def main() -> None:
    """Judge each statement that is asked for, until the process is ended."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def ask(request):
        """Ask the process of the submission; return its reply."""
        say(replies, "says", request)
        return hear(requests)[1]

    draw_other_cases()
    from fidle_vae.grading.stand_ins import StandIns  # which imports Keras

    say(replies, "ready", True)
    while heard := hear(requests):
        code, exercises = heard[1]
        say(replies, "says", {"verdicts": judge(code, exercises, StandIns(ask))})


def judge(code: str, exercises: list[str], names: dict) -> dict[str, dict]:
    """Execute a statement such as `check.kl(my_kl)`; return what the checks say of each exercise.

    Args:
        code: the statement.
        exercises: the names of its results.
        names: what the statement may name, such as `my_kl`.
    """
    from fidle_vae import checks
    from fidle_vae.checks.engine.summary import forget, summary

    forget()
    error = ""
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
            exec(compile(code, "<check>", "exec"), {}, names | {"check": checks})
    except BaseException as raised:  # what comes back may be anything
        error = f"it cannot be checked: {type(raised).__name__}: {raised}"
    found = {result.check: result for result in summary()}
    return {
        each: {
            "right": each in found and found[each].ok,
            "message": (found[each].message if each in found else error)[:LONGEST],
        }
        for each in exercises
    }


def draw_other_cases() -> None:
    """Mix a secret number into all seeds of NumPy's generators, of whatever is imported later.

    A seed in a list stays, for what must not change.
    """
    secret = secrets.randbits(64)
    for name in ("default_rng", "PCG64"):
        plain = getattr(np.random, name)
        setattr(np.random, name, functools.partial(_with_other_seed, plain, secret))


def _with_other_seed(plain, secret, seed=None):
    return plain([secret, seed] if isinstance(seed, int) else seed)
