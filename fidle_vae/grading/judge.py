"""The program that judges: it runs the checks, on answers that run in another process.

No code of a submission is here. For a function, a layer or a class of a student, the checks get a
stand-in, which sends arguments to the process of the submission and reads what comes back as plain
data, or as a network of Keras's own layers. The cases differ from those that a notebook shows: the
seeds of all generators are mixed with a secret one.
"""

import functools
import os
import secrets

import numpy as np

from fidle_vae.grading.findings import find, hear, say


def main() -> None:
    """Judge each statement that is asked for, until the process is ended."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that what a check prints is no message

    def ask(request):
        """Ask the process of the submission; return its reply."""
        say(replies, "ask", request)
        return hear(requests)[1]

    draw_other_cases()
    from fidle_vae.grading.stand_ins import StandIns  # which imports Keras

    while heard := hear(requests):
        say(replies, "findings", find(*heard[1], StandIns(ask)))


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
