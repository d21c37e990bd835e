"""Claims: sentences of a lesson, each held by a number that was measured in this run."""

import html
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from numbers import Real

LOOKS = {True: ("✓", "#2da44e"), False: ("✗", "#b35900")}  # mark and colour: it holds, or not


@dataclass(frozen=True)
class Claim:
    """A sentence that a number holds; a notebook shows it with the number and its bound.

    Attributes:
        name: what the manifest and the catalogue call it, such as "classes_survive".
        says: the sentence.
        value: the number measured.
        at_least: the smallest value for which the sentence is true; None for any.
        at_most: the largest one; None for any.
        unit: of the value, such as "nats"; "%" shows a fraction of 1 as a percentage,
            and "% points" the difference of two fractions as so many points.
        otherwise: why it may not hold, shown only then.
        parameters: of the run, shown if the claim does not hold.
    """

    name: str
    says: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    otherwise: str = ""
    parameters: Mapping = None

    def __post_init__(self):
        if not re.fullmatch(r"[a-z]\w*", self.name):
            raise ValueError(
                f"name must be lower-case letters, digits and '_', got {self.name!r}: "
                "such as 'classes_survive'."
            )
        if not self.says.strip():
            raise ValueError(f"says must be a sentence, got {self.says!r}: write what is claimed.")
        given = {"value": self.value, "at_least": self.at_least, "at_most": self.at_most}
        for name, number in given.items():
            if not isinstance(number, Real) and (name == "value" or number is not None):
                raise ValueError(f"{name} must be a number, got {number!r}: convert it by float().")
        if self.at_least is None and self.at_most is None:
            raise ValueError(
                f"claim {self.name!r} has no bound, so that it cannot fail: pass at_least, at_most "
                "or both."
            )

    @classmethod
    def of_entry(cls, entry: Mapping) -> "Claim":
        """Make the claim again from what a manifest keeps of it."""
        known = {field.name: entry[field.name] for field in fields(cls) if field.name in entry}
        if known.get("value", 0.0) is None:  # JSON knows no NaN
            known["value"] = math.nan
        return cls(**known)

    @property
    def holds(self) -> bool:
        """Whether the value is within the bounds; NaN is within none."""
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return bool(low <= self.value <= high)

    @property
    def bound(self) -> str:
        """The bounds in words: "at least 0.5", "2 to 12 nats"."""
        if self.at_most is None:
            return f"at least {self._number(self.at_least)}"
        if self.at_least is None:
            return f"at most {self._number(self.at_most)}"
        if self.at_least == self.at_most:
            return f"exactly {self._number(self.at_most)}"
        return f"{self._number(self.at_least, unit='')} to {self._number(self.at_most)}"

    @property
    def entry(self) -> dict:
        """The claim as a manifest keeps it."""
        entry = {name: each for name, each in asdict(self).items() if name != "parameters"}
        return entry | {"value": float(self.value), "holds": self.holds}

    @property
    def measured(self) -> str:
        """The value in words: "63 %", "6.31 nats"."""
        return self._number(self.value)

    def _number(self, value, unit=None):
        unit = self.unit if unit is None else unit
        if self.unit in ("%", "% points"):
            return f"{100 * value:.3g} {unit.removeprefix('% ')}".rstrip()
        return f"{value:.3g} {unit}".rstrip()

    def _reason(self):
        """Return why the claim may not hold."""
        values = ", ".join(f"{name} = {value!r}" for name, value in (self.parameters or {}).items())
        here = f" This run has {values}." if values else ""
        return f"{self.otherwise or 'The lesson claims it for its own parameters only.'}{here}"

    def __repr__(self):
        mark, _ = LOOKS[self.holds]
        if self.holds:
            return f"{mark} {self.says} [{self.measured}; {self.bound}]"
        return (
            f"{mark} Not in this run: {self.says} [{self.measured}; {self.bound}] {self._reason()}"
        )

    def _repr_html_(self):
        mark, colour = LOOKS[self.holds]
        says = html.escape(self.says, quote=False).replace(" %", "\N{NO-BREAK SPACE}%")
        number = f"<b>{_as_one(self.measured)}</b> <small>({_as_one(self.bound)})</small>"
        if not self.holds:
            reason = html.escape(self._reason(), quote=False)
            says = f"<b>Not in this run:</b> {says}\N{HORIZONTAL ELLIPSIS}"
            number = f"Here it is {number}. {reason}"
        style = f"margin: 0.3em 0; padding-left: 0.8em; border-left: 4px solid {colour}"
        return (
            f'<p class="claim" style="{style}">'
            f'<b style="color: {colour}">{mark}</b> {says} {number}</p>'
        )


def _as_one(number):
    """Return a number and its unit with a real minus, and no line broken between them."""
    minus = re.sub(r"(?<![\w.])-(?=\d)|(?<=\de)-(?=\d)", "\N{MINUS SIGN}", number)
    return re.sub(r"(?<=\d) (?=\S)", "\N{NO-BREAK SPACE}", minus)
