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
        return found._replace(mistake=STILL_THERE, message=f"It is still there. {each.asks}")
    return found._replace(message=f"Not yet, and now it is another mistake. {found.message}")
