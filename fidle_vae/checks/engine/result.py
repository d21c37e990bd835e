"""The result of a check, as a terminal and a notebook show it."""

import html
from typing import NamedTuple

# Status: its word and sign, which need no colour; the border and background of its box.
LOOKS = {
    "right": ("Right", "✓", "#1a7f37", "#e9f7ec"),
    "wrong": ("Not right", "✗", "#b42318", "#fdeeec"),
    "to do": ("Not done yet", "…", "#6b6b6b", "#f3f3f3"),
}
NOT_DONE = "not_done"
STILL_THERE = "still_there"  # the planted mistake of a program to debug
SURPRISED = "balance_prediction"  # another result than was predicted, which is no mistake


class Result(NamedTuple):
    """What a check found. It shows itself where it is the last value of a cell."""

    check: str  # its name, such as "kl"
    mistake: str | None  # a stable name; None where all is right
    message: str  # one sentence, and the evidence

    @property
    def ok(self) -> bool:
        """Whether the answer is right."""
        return self.mistake is None

    @property
    def status(self) -> str:
        """One of "right", "wrong" and "to do"."""
        to_do = self.mistake in (NOT_DONE, STILL_THERE, SURPRISED)
        return "right" if self.ok else "to do" if to_do else "wrong"

    @property
    def word(self) -> str:
        """What stands in front of the message."""
        return "You were surprised" if self.mistake == SURPRISED else LOOKS[self.status][0]

    def __repr__(self):
        word, sign = self.word, LOOKS[self.status][1]
        return f"{sign} {self.check}: {word}. {self.message}"

    def _repr_html_(self):
        word, (_, sign, border, background) = self.word, LOOKS[self.status]
        return (
            f'<div role="status" style="border-left: 6px solid {border}; background: {background}; '
            'color: #1b1b1b; padding: 0.6em 1em; margin: 0.4em 0; white-space: pre-wrap">'
            f"<strong>{sign} {html.escape(self.check)}: {word}.</strong> "
            f"{html.escape(self.message)}</div>"
        )
