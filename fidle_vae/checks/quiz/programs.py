"""The check of short programs with one planted mistake each; the catalogue lists them."""

import importlib
from collections.abc import Callable

from fidle_vae.checks.engine.result import NOT_DONE, STILL_THERE, Result
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
        says = f"The mistake is still there. {each.asks}"
        return found._replace(mistake=STILL_THERE, message=says)
    if found.mistake in UNEXPLAINED and each.planted in UNDONE:
        undone = check.unrecorded(UNDONE[each.planted](answer))
        if undone.mistake not in UNEXPLAINED:
            says = (
                "The first mistake is still there, and your change is a new one: put that line "
                f"back. {each.asks}"
            )
            return found._replace(mistake=STILL_THERE, message=says)
    if found.mistake in KEPT:
        return found._replace(message=f"Not this way. {KEPT[found.mistake]}")
    if found.mistake.startswith(("error", "no_", "returns", "several")):
        return found
    return found._replace(message=f"Your change is not the right one yet. {found.message}")


def _times_dimensions(kl):
    return lambda z_mean, z_log_var: kl(z_mean, z_log_var) * z_mean.shape[1]


def _per_image(loss):
    return lambda x, x_hat, z_mean, z_log_var: loss(x, x_hat, z_mean, z_log_var) / x.shape[0]


# For a planted mistake, what turns its values into right ones: if then only another mistake is
# left, a student has changed another line.
UNDONE = {"kl_mean_over_dimensions": _times_dimensions, "loss_sum_over_batch": _per_image}
UNEXPLAINED = ("values", "values_scaled", "combination", "shape")
# What a student has changed although it was right.
KEPT = {
    "kl_mean_over_wrong_axis": ("The axis was right: leave it as it was, and look at the function.")
}
