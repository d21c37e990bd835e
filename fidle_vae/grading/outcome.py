"""The outcome of a submission, and of each of its exercises."""

from typing import NamedTuple

# The values of a finding, each with a word and a sign that need no colour. The first three are
# those of the checks (checks.engine.result.LOOKS), whose package cannot be imported without Keras.
LOOKS = {
    "right": ("right", "✓"),
    "wrong": ("wrong", "✗"),
    "to do": ("to do", "…"),
    "syntax error": ("syntax error", "✗"),
    "missing": ("missing", "∅"),
    "not run": ("not run", "\N{EN DASH}"),
}


class Finding(NamedTuple):
    """The outcome of one exercise.

    Attributes:
        value: a key of LOOKS.
        mistake: stable name of the mistake, if one was recognized.
        message: one sentence, with the evidence.
        attempts: how often an answer was checked before the notebook was submitted, as the notebook
            says; None if it does not.
        hints: how many hints were taken, likewise.
    """

    value: str
    mistake: str | None = None
    message: str = ""
    attempts: int | None = None
    hints: int | None = None

    @property
    def practice(self) -> str:
        """The attempts and hints in words; empty if they are not known."""
        counts = (("attempt", self.attempts), ("hint", self.hints))
        said = [
            f"{count} {word}{'s' * (count != 1)}" for word, count in counts if count is not None
        ]
        return " and ".join(said)


class Outcome(NamedTuple):
    """The outcome of a submission.

    Attributes:
        submission: its name.
        lesson: such as "VAE1"; empty if unknown.
        status: "finished", "failed", "out of time", "out of memory", "not a notebook" or "unknown
            lesson".
        note: remarks in full sentences; empty if there are none.
        seconds: how long it took.
        findings: the finding of each exercise of the lesson.
    """

    submission: str
    lesson: str
    status: str
    note: str
    seconds: float
    findings: dict[str, Finding]

    @property
    def right(self) -> int:
        """Number of exercises that are right."""
        return sum(finding.value == "right" for finding in self.findings.values())
