"""The check of short programs with one planted mistake each; the catalogue lists them."""

import hashlib
import importlib
import re
from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import attempt
from fidle_vae.checks.engine.result import NOT_DONE, STILL_THERE, Result
from fidle_vae.checks.engine.source_code import text_of
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.course.catalogue import programs


@recorded
def program(number: int, answer: Callable) -> Result:
    """Check the corrected program `number` of a lesson: a layer's class, or a function.

    Each is listed in the catalogue, with the check of what it should do.
    """
    known = programs()
    if str(number) not in known:
        raise ValueError(
            f"number must be one of {', '.join(known)}; got {number!r}: choose one of these."
        )
    each = known[str(number)]
    check = getattr(importlib.import_module("fidle_vae.checks"), each.check)
    found = check.unrecorded(answer)._replace(check=f"program {number}")
    if found.ok:
        return found._replace(message=each.says)
    if found.mistake == NOT_DONE:
        return found
    # a name that goes on names the planted mistake together with another one
    if found.mistake.startswith(each.planted):
        if hash_program(answer) not in ("", each.digest):
            fact = re.split(r"[:.] ", found.message)[0].rstrip(".")
            kept = f" {KEPT[found.mistake]}" if found.mistake in KEPT else ""
            says = f"With your change, the mistake is still there. {fact}.{kept} {each.asks}"
            return found._replace(mistake="not_mended", message=says)
        says = f"The mistake is still there. {each.asks}"
        return found._replace(mistake=STILL_THERE, message=says)
    if found.mistake in MAY_HIDE_IT and each.planted in TRACES and TRACES[each.planted](answer):
        says = (
            "The first mistake is still there, and your change is a new one: put that line back. "
            f"{each.asks}"
        )
        return found._replace(mistake=STILL_THERE, message=says)
    if found.mistake in KEPT:
        return found._replace(message=f"Not this way. {KEPT[found.mistake]}")
    if found.mistake.startswith(("error", "no_", "returns", "several")):
        return found
    return found._replace(message=f"Your change is not the right one yet. {found.message}")


def hash_program(answer: object) -> str:
    """Return the hash of a program's code, as the catalogue keeps it; "" if it is out of reach."""
    text = text_of(answer)
    return text and hashlib.sha256(text.encode()).hexdigest()[:16]


def _twice(function, axis, *shapes):
    """Return the values of a function for arrays, and for the same twice over along an axis."""
    rng = np.random.default_rng(21)
    arrays = [rng.uniform(0.1, 0.9, shape).astype("float32") for shape in shapes]
    for given in (arrays, [np.concatenate([array, array], axis) for array in arrays]):
        values = attempt("program", function, *given)
        yield np.nan if isinstance(values, Result) else values


def _alike(one, other):
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-4)


def _averages_dimensions(kl):
    """Whether twice as many latent dimensions, all alike, change nothing."""
    return _alike(*_twice(kl, 1, (4, 3), (4, 3)))


def _grows_with_batch(loss):
    """Whether the same images twice over in a batch cost twice as much."""
    once, twice = _twice(loss, 0, *[(4, 28, 28, 1)] * 2, *[(4, 4)] * 2)
    return np.ndim(once) == 0 and _alike(2 * once, twice)


# What a planted mistake shows whatever else a student has changed.
TRACES = {
    "kl_mean_over_dimensions": _averages_dimensions,
    "loss_sum_over_batch": _grows_with_batch,
}
# What a result may be called where the planted mistake is one of two.
MAY_HIDE_IT = (
    "values",
    "values_scaled",
    "values_negative",
    "combination",
    "shape",
    "loss_sum_of_everything",
)
# What a student has changed although it was right.
KEPT = {
    "kl_mean_over_wrong_axis": "The axis was right: leave it as it was, and look at the function.",
    "conditional_networks_decoder_ignores_class_encoder_too": (
        "The encoder did, and was right: put its line back."
    ),
}
