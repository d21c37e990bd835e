"""Mistakes that any function of numbers may make, for where no mistake of its exercise fits."""

from collections.abc import Callable, Sequence

import numpy as np

from fidle_vae.checks.engine.mistake import Mistake

TOLERANCE = 1e-4  # relative, of float32 sums; values of different mistakes are further apart


class Answers:
    """What was expected in each case, and what a student's function gave; `again` in the first.

    `changed` are the names of its arguments that it has changed.
    """

    def __init__(
        self,
        expected: Sequence[np.ndarray],
        found: Sequence[np.ndarray],
        again: object,
        changed: Sequence[str] = (),
    ):
        self.expected, self.found, self.again = expected, found, again
        self.changed = " and ".join(f"`{name}`" for name in changed)
        self.shapes = [values.shape for values in found]
        self.due_shapes = [values.shape for values in expected]
        self.in_shape = self.shapes == self.due_shapes
        joined = (np.concatenate([np.ravel(each) for each in every]) for every in (expected, found))
        self.due, self.values = joined

    @property
    def constant(self) -> str:
        """The one number that it gives in all cases, where several are expected; else ""."""
        alike = self.in_shape and len(self.found) > 1 and np.ptp(self.values) == 0
        return f"{self.values[0]:.4g}" if alike and np.ptp(self.due) > 0 else ""

    @property
    def random(self) -> bool:
        """Whether the same case has other values at the next call."""
        first, again = self.found[0], self.again
        if np.shape(again) != first.shape:
            return True
        return not np.allclose(again, first, TOLERANCE, TOLERANCE, equal_nan=True)

    @property
    def factor(self) -> str:
        """By what all expected values are multiplied; "" where it is not one number."""
        if not self._comparable or np.any(self.due == 0):
            return ""
        found = self._one(self.values / self.due)
        return "" if found == "1" else found

    @property
    def shift(self) -> str:
        """What is added to all expected values; "" where it is not one number."""
        return self._one(self.values - self.due) if self._comparable else ""

    @property
    def coarse(self) -> bool:
        """Whether all values are nearly the expected ones, as in half precision."""
        if not self._comparable:
            return False
        return np.allclose(self.values, self.due, 1e-3, 1e-3 * min(1, np.abs(self.due).max()))

    @property
    def fixed_shape(self) -> str:
        """The shapes due, where the length found does not change with the case; else ""."""
        fits = all(len(a) == len(b) > 0 for a, b in zip(self.shapes, self.due_shapes, strict=True))
        lengths, due = (
            {shape[:1] for shape in shapes} for shapes in (self.shapes, self.due_shapes)
        )
        return ", ".join(map(str, self.due_shapes)) if fits and len(lengths) == 1 < len(due) else ""

    def is_of_due(self, change: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Whether the values of every case are the expected ones, changed."""
        with np.errstate(all="ignore"):
            changed = [np.asarray(change(values), float) for values in self.expected]
        return self.shapes == [values.shape for values in changed] and all(
            np.isfinite(a).all() and np.allclose(a, b, TOLERANCE, TOLERANCE)
            for a, b in zip(changed, self.found, strict=True)
        )

    @property
    def _comparable(self):
        """Whether there are enough different numbers for what they have in common to say a lot."""
        return self.in_shape and len(self.due) > 2 and np.isfinite(self.values).all()

    def _one(self, numbers):
        middle = np.median(numbers)
        return f"{middle:.4g}" if np.allclose(numbers, middle, 1e-3, 1e-6) else ""


def _is(change):
    return lambda answers: answers.is_of_due(change)


CHANGED = "the array {seen} itself, as += and its like do: make a new one, as in z = z + 1."
GENERAL = [
    Mistake(
        "argument_changed",
        f"Your function changes {CHANGED}",
        lambda answers: answers.changed,
    ),
    Mistake(
        "random",
        "The same arguments give other values at each call: nothing is to be drawn at random.",
        lambda answers: answers.random,
    ),
    Mistake(
        "constant",
        "It gives {seen} whatever it gets: the arguments must decide it.",
        lambda answers: answers.constant,
    ),
    Mistake("values_negative", "The sign is wrong.", _is(np.negative)),
    Mistake("values_inverse", "This is the inverse, 1 / value.", _is(np.reciprocal)),
    Mistake("values_root", "This is the square root of what is expected.", _is(np.sqrt)),
    Mistake("values_squared", "This is the square of what is expected.", _is(np.square)),
    Mistake("values_logarithm", "This is the logarithm of what is expected.", _is(np.log)),
    Mistake("values_exponential", "This is the exponential of what is expected.", _is(np.exp)),
    Mistake(
        "values_whole",
        "Your values are cut to whole numbers, as `//`, int() and round() do: use `/`.",
        lambda answers: any(map(answers.is_of_due, (np.floor, np.round, np.trunc))),
    ),
    Mistake(
        "values_rounded",
        "Your values are rounded: give them as they are.",
        lambda answers: any(answers.is_of_due(lambda v, n=n: np.round(v, n)) for n in (1, 2, 3)),
    ),
    Mistake(
        "values_coarse",
        "Your values are nearly right, to about three digits: are they rounded, or of half "
        "precision, float16?",
        lambda answers: answers.coarse,
    ),
    Mistake(
        "values_scaled",
        "All your values are {seen} times what is expected.",
        lambda answers: answers.factor,
    ),
    Mistake(
        "values_shifted",
        "All your values differ from what is expected by {seen}.",
        lambda answers: answers.shift,
    ),
    Mistake(
        "first_only",
        "This is the value of the first one alone: does `return` stand inside the loop, or is "
        "there an index too many?",
        lambda answers: answers.due_shapes[0] != () and answers.is_of_due(lambda v: v[0]),
    ),
    Mistake(
        "turned",
        "Rows and columns are exchanged.",
        lambda answers: len(answers.due_shapes[0]) > 1 and answers.is_of_due(np.transpose),
    ),
    Mistake(
        "form",
        "The values are right, their form is not: it has an axis more or less than is asked.",
        lambda answers: (
            not answers.in_shape
            and [each.size for each in answers.found] == [each.size for each in answers.expected]
            and np.allclose(answers.values, answers.due, TOLERANCE, TOLERANCE)
        ),
    ),
    Mistake(
        "shape_fixed",
        "It gives as many in every case, {found.shapes[0][0]}, where the shapes {seen} are "
        "expected: how many must follow from the arguments.",
        lambda answers: answers.fixed_shape,
    ),
]
