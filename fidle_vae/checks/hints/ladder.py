"""Shows the hints for an exercise, one more at each call."""

import functools
import html
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from fidle_vae.checks.engine.result import INK
from fidle_vae.checks.engine.summary import checks_run, hints_taken, note_hint
from fidle_vae.common.validation import require_choice

RUNGS = "nudge", "formula", "line"  # from the least help to the most
HOLE = "____"  # what a student still has to write in the last hint


def hint(name: str) -> "Hint":
    """Return the next hint for an exercise, below those that were shown already; the last stays.

    Args:
        name: the name of its check, as the summary has it, such as "kl" or "program 2"; a program
            may be given by its number alone.
    """
    name = _spelled(name)
    require_choice("name", name, _of_this_lesson() if name == "program" else ladders())
    ladder = ladders()[name]
    if hints_taken(name) < len(ladder):
        note_hint(name)
    return Hint(name, ladder[: hints_taken(name)], len(ladder))


def _spelled(name):
    """Return the name of a program in the summary's spelling: of 3, "3" and "program_3" too."""
    number = re.fullmatch(r"(?:program[ _]?)?(\d+)", str(name))
    return f"program {number[1]}" if number else name


def _of_this_lesson():
    """Return the programs of the lesson whose checks were run; all of them if none was."""
    run = set(checks_run())
    here = [names for names in _lessons().values() if run & set(names)] or _lessons().values()
    return [name for names in here for name in names if name.startswith("program ")]


def ladders() -> dict[str, tuple[str, ...]]:
    """Return the hints for every exercise, by its name."""
    return {name: ladder for names in _lessons().values() for name, ladder in names.items()}


@functools.cache
def _lessons():
    """Return the hints for the exercises of each lesson."""
    return {
        path.stem: {
            name: tuple(table[rung].strip() for rung in RUNGS)
            for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items()
        }
        for path in sorted(Path(__file__).parent.glob("*.toml"))
    }


class Hint(NamedTuple):
    """The hints for an exercise that a student has asked for so far; it shows itself."""

    name: str
    shown: tuple[str, ...]
    count: int  # of all that there are

    @property
    def _title(self):
        return f"{self.name}: hint {len(self.shown)} of {self.count}"

    @property
    def _more(self):
        return f'check.hint("{self.name}") again shows more.' if self._left else "This is the last."

    @property
    def _left(self):
        return len(self.shown) < self.count

    def __repr__(self):
        rungs = (f"{number}. {text}" for number, text in enumerate(self.shown, 1))
        return "\n".join([self._title, *rungs, self._more])

    def _repr_html_(self):
        rungs = "".join(
            f'<li style="white-space: pre-wrap">{_code(text) if HOLE in text else _text(text)}</li>'
            for text in self.shown
        )
        return (
            '<div role="note" style="border-left: 6px solid #8a6d00; background: #8a6d0022; '
            f'{INK}; padding: 0.6em 1em; margin: 0.4em 0">'
            f"<strong>{html.escape(self._title)}</strong><ol>{rungs}</ol>"
            f"{html.escape(self._more)}</div>"
        )


def _text(text):
    return html.escape(text)


def _code(text):
    return f"<code>{html.escape(text)}</code>"
