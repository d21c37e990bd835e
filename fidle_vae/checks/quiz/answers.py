"""The check of answers to quiz questions, of which only hashes are kept, in the catalogue."""

import contextlib
import hashlib
import math
import numbers
import re

import numpy as np
from keras import ops

from fidle_vae.checks.engine.result import NOT_DONE, Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.common.validation import require_choice
from fidle_vae.course.catalogue import questions

SALT = "fidle_vae"
PIXELS = 784  # of the images of all questions
# What a wrong number may lack, and what would make it right: only hashes are compared, so that
# the answer stands nowhere.
SLIPS = [
    ("the sign is wrong.", lambda value: -value),
    ("it is twice what it should be; are all numbers those of the question?", lambda v: v / 2),
    ("it is half of what it should be; are all numbers those of the question?", lambda v: 2 * v),
    *(
        ("the digits are right, the decimal point is not.", lambda value, k=k: value * 10.0**k)
        for k in (-3, -2, -1, 1, 2, 3)
    ),
    ("the number of pixels is missing.", lambda value: value * PIXELS),
    ("the number of pixels counts twice.", lambda value: value / PIXELS),
    ("it is upside down.", lambda value: 1 / value),
    ("the weights are upside down.", lambda value: PIXELS**2 / value),
    ("you divide by the number of pixels.", lambda value: value * PIXELS**2),
]


@recorded
def answer(key: str, value: object) -> Result:
    """Check the answer to the question `key`, such as "VAE1-1": a letter, or a number.

    Capital letters and surrounding spaces do not matter; numbers are compared to three
    significant digits.
    """
    known = questions()
    require_choice("key", key, known)
    check = f"answer {key}"
    if value is None or value is Ellipsis or (isinstance(value, str) and not value.strip(" ?.")):
        return Result(check, NOT_DONE, "Write your answer into the cell, and run it again.")
    digest, kind, hint = known[key]
    mistake, says = _wrong_kind(kind, value) or _compare(key, value, digest, hint)
    return Result(check, mistake, says)


def _wrong_kind(kind, value):
    """Return the mistake and its message if an answer is not of the kind asked for, else None."""
    word = normalised(value)
    if kind == "letter" and not (word and len(word) == 1 and word in "abc"):
        return "answer_kind", "Answer by a letter, a, b or c."
    if kind == "number" and re.fullmatch(r"[+-]?\d+,\d+", word or ""):
        return "answer_comma", "Write a decimal point, not a comma."
    if kind == "number" and not _is_number(word):
        return "answer_kind", "Answer by a number, such as 0.5."
    return None


def _compare(key, value, digest, hint):
    """Compare an answer with the right one, by its hash; return a mistake and a message."""
    word = normalised(value)
    if hash_answer(key, word) == digest:
        return None, "That is the answer."
    if not _is_number(word):
        return "answer_wrong", f"Not this one. {hint}"
    near = (float(word) * (1 + step / 2000) for step in range(-60, 61))  # 3 % on either side
    if digest in {hash_answer(key, number) for number in near}:
        return "answer_near", "Nearly: give three digits."
    for slip, meant in SLIPS:
        with contextlib.suppress(ZeroDivisionError, OverflowError):
            if digest == hash_answer(key, meant(float(word))):
                return "answer_slip", f"Not this one: {slip} {hint}"
    return "answer_wrong", f"Not this one. {hint} Three significant digits count."


def _is_number(word):
    try:
        return word is not None and math.isfinite(float(word))
    except ValueError:
        return False


def hash_answer(key: str, value: object) -> str:
    """Return the hash of an answer to a question, as the catalogue keeps it."""
    return hashlib.sha256(f"{SALT} {key} {normalised(value)}".encode()).hexdigest()[:16]


def normalised(value: object) -> str | None:
    """Return an answer in one spelling for all that mean the same, or None if it is not one."""
    if isinstance(value, str):
        word = value.strip().strip("().").strip().casefold()
        try:
            value = float(word)
        except ValueError:
            return word
    if isinstance(value, np.ndarray) or ops.is_tensor(value):
        value = ops.convert_to_numpy(value)
        value = value.item() if value.size == 1 else None
    if not isinstance(value, numbers.Real | np.bool_):
        return None
    return f"{float(value) + 0.0:.3g}"
