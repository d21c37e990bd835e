"""What came of a submission, and what of each of its exercises."""

from typing import NamedTuple

# What an exercise can be, with the word and the sign that tell it without colour. The first three
# are those of the checks (checks.result.LOOKS), whose package cannot be loaded without Keras.
LOOKS = {
    "right": ("right", "✓"),
    "wrong": ("wrong", "✗"),
    "to do": ("to do", "…"),
    "missing": ("missing", "∅"),
    "not run": ("not run", "\N{EN DASH}"),
}


class Finding(NamedTuple):
    """What came of one exercise.

    Attributes:
        value: a key of LOOKS.
        mistake: its stable name, where one was found.
        message: one sentence, and the evidence.
    """

    value: str
    mistake: str | None = None
    message: str = ""


class Outcome(NamedTuple):
    """What came of a submission.

    Attributes:
        submission: its name.
        lesson: such as "VAE1"; empty where it is not known.
        status: "finished", "failed", "out of time", "out of memory", "tampered", "not a notebook"
            or "unknown lesson".
        note: what is to say of it, in a sentence; empty where there is nothing.
        seconds: how long it took.
        findings: of each exercise of the lesson.
    """

    submission: str
    lesson: str
    status: str
    note: str
    seconds: float
    findings: dict[str, Finding]

    @property
    def right(self) -> int:
        """How many exercises are right."""
        return sum(finding.value == "right" for finding in self.findings.values())
