"""The check of answers to the questions that the lessons ask, which are kept as hashes only."""

import hashlib
import numbers

import numpy as np
from keras import ops

from fidle_vae.checks.result import NOT_DONE, Result
from fidle_vae.checks.summary import recorded
from fidle_vae.parameters import check_choice

SALT = "fidle_vae"
# Question: the hash of its answer, as tools/hash_answer.py prints it, and a hint.
ANSWERS = {
    "VAE1-1": ("3b184718874aa050", "Section 3: what does the gradient have to pass?"),
    "VAE1-2": ("248d3e4a5bb1a371", "Section 4, the figure: where is the curve lowest?"),
    "VAE1-3": ("a97356bcec52de92", "Section 5: n pixels times k2 by k1."),
    "VAE2-1": ("03c20f17cd8dd1d0", "Section 3: which images does a model learn by heart?"),
    "VAE2-2": (
        "35256e404e5d17c2",
        "Section 5, the last column: what does the decoder give, whatever z is?",
    ),
    "VAE2-3": ("1f13585452e52050", "Section 2: what does the tape need to have seen?"),
    "VAE3-1": ("b11d77e8dcbf65af", "Section 6: what goes into the decoder there?"),
    "VAE3-2": ("9a6d9774004bf910", "Section 3: how far from 0 has the decoder been trained?"),
    "VAE3-3": ("7f59d2b6688eb009", "Section 7: what would each class need to have of its own?"),
}


@recorded
def answer(key: str, value: object) -> Result:
    """Check the answer to the question `key`, such as "VAE1-1": a letter, a word or a number.

    Capitals and spaces around do not matter, and of a number three significant digits count.
    """
    check_choice("key", key, ANSWERS)
    check = f"answer {key}"
    if value is None or value is Ellipsis or (isinstance(value, str) and not value.strip()):
        return Result(check, NOT_DONE, "Write your answer into the cell, and run it again.")
    word = normalised(value)
    if word is None:
        given = f"It is a {type(value).__name__}: give a letter, a word or a number."
        return Result(check, "answer_kind", given)
    digest, hint = ANSWERS[key]
    if entry(key, word) != digest:
        digits = " Three significant digits count." * word[-1:].isdigit()
        return Result(check, "answer_wrong", f"Not this one. {hint}{digits}")
    return Result(check, None, "That is the answer.")


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
