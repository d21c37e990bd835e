"""The check of short programs with one planted mistake each; the catalogue lists them."""

import importlib
from collections.abc import Callable

from fidle_vae.checks.engine.result import NOT_DONE, STILL_THERE, Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.course.catalogue import programs

# Mistakes whose own message is shown: it does not say where the planted mistake is.
OF_FORM = {
    NOT_DONE, "error", "no_number", "shape", "not_finite", "not_in_a_model", "needs_values",
    "no_gradient_to_mean", "no_gradient_to_log_variance", "kl_keeps_axis", "kl_of_two_dimensions",
    "forward_outputs", "forward_order", "forward_by_predict", "held_out_every_metric",
}  # fmt: skip


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
    if found.mistake == each.planted:
        return found._replace(mistake=STILL_THERE, message=f"It is still there. {each.asks}")
    if found.mistake in OF_FORM:
        return found
    other = "Not yet: your change is another mistake, beside the first or in its place."
    return found._replace(message=f"{other} {each.asks}")
