"""The check of answers to the questions that the lessons ask, which are kept as hashes only."""

import hashlib
import math
import numbers
import re

import numpy as np
from keras import ops

from fidle_vae.checks.engine.result import NOT_DONE, Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.common.validation import require_choice

SALT = "fidle_vae"
# Question: the hash of its answer, as tools/hash_answer.py prints it, its kind, and a hint.
ANSWERS = {
    "VAE1-1": ("3b184718874aa050", "letter", "Section 3: what does the gradient have to pass?"),
    "VAE1-2": ("248d3e4a5bb1a371", "letter", "Section 4, the figure: where is the curve lowest?"),
    "VAE1-3": ("a97356bcec52de92", "number", "Section 5: what did you find for beta?"),
    "VAE2-1": (
        "03c20f17cd8dd1d0",
        "letter",
        "Section 3: which images does a model learn by heart?",
    ),
    "VAE2-2": (
        "35256e404e5d17c2",
        "letter",
        "Section 5, the last column: what does the decoder give, whatever z is?",
    ),
    "VAE2-3": ("1f13585452e52050", "letter", "Section 2: what does the tape need to have seen?"),
    "VAE3-1": ("b11d77e8dcbf65af", "letter", "Section 6: what goes into the decoder there?"),
    "VAE3-2": (
        "9a6d9774004bf910",
        "letter",
        "Section 4: how far from 0 has the decoder been trained?",
    ),
    "VAE3-3": (
        "7f59d2b6688eb009",
        "letter",
        "Section 7: what would each class need to have of its own?",
    ),
}


@recorded
def answer(key: str, value: object) -> Result:
    """Check the answer to the question `key`, such as "VAE1-1": a letter, or a number.

    Capitals and spaces around do not matter, and of a number three significant digits count.
    """
    require_choice("key", key, ANSWERS)
    check = f"answer {key}"
    if value is None or value is Ellipsis or (isinstance(value, str) and not value.strip(" ?.")):
        return Result(check, NOT_DONE, "Write your answer into the cell, and run it again.")
    digest, kind, hint = ANSWERS[key]
    mistake, says = _of_kind(kind, value) or _of_value(key, value, digest, hint)
    return Result(check, mistake, says)


def _of_kind(kind, value):
    """Say what keeps an answer from being one of its kind, or nothing."""
    word = normalised(value)
    if kind == "letter" and not (word and len(word) == 1 and word in "abc"):
        return "answer_kind", "Answer by a letter, a, b or c."
    if kind == "number" and re.fullmatch(r"[+-]?\d+,\d+", word or ""):
        return "answer_comma", "Write a decimal point, not a comma."
    if kind == "number" and not _is_number(word):
        return "answer_kind", "Answer by a number, such as 0.5."
    return None


def _of_value(key, value, digest, hint):
    """Compare an answer with the right one, of which the hash is known."""
    word = normalised(value)
    if entry(key, word) == digest:
        return None, "That is the answer."
    if not _is_number(word):
        return "answer_wrong", f"Not this one. {hint}"
    near = (float(word) * (1 + step / 2000) for step in range(-60, 61))  # 3 % on either side
    if digest in {entry(key, number) for number in near}:
        return "answer_near", "Nearly: give three digits."
    return "answer_wrong", f"Not this one. {hint} Three significant digits count."


def _is_number(word):
    try:
        return word is not None and math.isfinite(float(word))
    except ValueError:
        return False


def entry(key: str, value: object) -> str:
    """Give the hash of an answer to a question, which is what ANSWERS has of it."""
    return hashlib.sha256(f"{SALT} {key} {normalised(value)}".encode()).hexdigest()[:16]


def normalised(value: object) -> str | None:
    """Write answers that mean the same in the same way; give None for what is no answer."""
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
