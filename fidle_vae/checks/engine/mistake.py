"""A known mistake, and how the first of several is recognised in what was observed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from fidle_vae.checks.engine.result import Result


class Mistake(NamedTuple):
    """A known mistake, an entry of a check's catalogue.

    Attributes:
        name: stable, as tests and saved summaries keep it.
        says: what is wrong, in a sentence or two for the student. `recognise` fills in {found},
            what was observed, and {seen}, what `trace` returned.
        trace: for `diagnose`, a function from the arguments of a case to the values that this
            mistake gives; for `recognise`, a function of what was observed that returns something
            true where the mistake shows.
    """

    name: str
    says: str
    trace: Callable


def recognise(check: str, found: object, mistakes: Sequence[Mistake], right: str = "") -> Result:
    """Return the first mistake that shows in what was observed, or `right`, the praise."""
    for mistake in mistakes:
        seen = mistake.trace(found)
        if seen:
            return Result(check, mistake.name, mistake.says.format(found=found, seen=seen))
    return Result(check, None, right.format(found=found))
