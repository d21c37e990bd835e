"""The result of a check, as a terminal and a notebook show it."""

import html
from typing import NamedTuple

# Status: its word and sign, which need no colour; the border of its box, and a tint of it behind.
LOOKS = {
    "right": ("Right", "✓", "#1a7f37", "#1a7f3722"),
    "wrong": ("Not right", "✗", "#b42318", "#b4231822"),
    "to do": ("Not done yet", "…", "#6b6b6b", "#6b6b6b22"),
}
# The colour of text on a tint, which is light or dark as the page is.
INK = "color: var(--jp-content-font-color1, inherit)"
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
            f'{INK}; padding: 0.6em 1em; margin: 0.4em 0; white-space: pre-wrap">'
            f"<strong>{sign} {html.escape(self.check)}: {word}.</strong> "
            f"{html.escape(self.message)}</div>"
        )
