"""The summary of a notebook: the best result of each of its checks, with attempts and hints."""

import collections
import functools
import html
import inspect
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from fidle_vae.checks.engine.code_slips import told_slip
from fidle_vae.checks.engine.result import LOOKS, NOT_DONE, Result
from fidle_vae.checks.engine.student_code import is_untouched, not_done
from fidle_vae.common.files import atomic_path
from fidle_vae.common.validation import require_choice

MIME_TYPE = "application/vnd.fidle-vae.exercises+json"  # of the entries, in a notebook's outputs

_checks: list[str] = []  # names of all checks
_results: dict[str, Result] = {}  # the last of each, but a right one stays
_tried_again: set[str] = set()  # the checks with a wrong try after a right one
_attempts: collections.Counter[str] = collections.Counter()
_hints: collections.Counter[str] = collections.Counter()


def recorded(check: Callable) -> Callable:
    """Decorate a check, so that the summary knows its result and the number of attempts.

    The last result counts, but one that is right stays: later tries lose nothing.
    """
    _checks.append(check.__name__)

    @functools.wraps(check)
    def run(*args, **kwargs):
        result = check(*args, **kwargs)
        before = _results.get(result.check)
        was_right = before is not None and before.ok
        if result.status != "to do" and not (result.ok and was_right):
            _attempts[result.check] += 1
        if result.status == "wrong" and was_right:
            _tried_again.add(result.check)
        else:
            _tried_again.discard(result.check)
        if result.ok or not was_right:
            _results[result.check] = result
        return result

    run.unrecorded = check  # for a check that calls another one
    return run


def exercise(check: Callable) -> Callable:
    """Decorate a check of code, its first argument: as `recorded`, and it knows what is no code.

    A stub is not done yet. A value in the place of a function is another mistake than a function
    that fails.
    """
    parameter = next(iter(inspect.signature(check).parameters))

    @functools.wraps(check)
    def judged(answer, *args, **kwargs):
        result = check(answer, *args, **kwargs)
        if result.ok or result.mistake == NOT_DONE:
            return result
        if is_untouched(answer):
            return not_done(result.check)
        if not callable(answer) and re.search("^error|_input$", result.mistake):
            name = check.__name__
            says = (
                f"check.{name} takes the function itself, and not a value of it: give it the name "
                f"alone, without brackets behind it, as in check.{name}({parameter})."
            )
            return Result(result.check, "no_function", says)
        return told_slip(result, answer)

    return recorded(judged)


class Summary(tuple[Result, ...]):
    """The result of every check, in the order of their first run: the last, or the right one.

    Attributes:
        attempts: how often each exercise was checked with an answer in it, by its name; a right
            answer that is checked again counts once.
        hints: how many of its hints were taken.
        tried_again: the exercises that were right, and whose last try was wrong.
    """

    attempts: Mapping[str, int]
    hints: Mapping[str, int]
    tried_again: frozenset[str]

    def __new__(cls, results: Iterable[Result], attempts=(), hints=(), tried_again=()):
        """Make a summary of results."""
        self = super().__new__(cls, results)
        self.tried_again = frozenset(tried_again)
        self.attempts, self.hints = collections.Counter(attempts), collections.Counter(hints)
        return self

    @property
    def counts(self) -> dict[str, int]:
        """The number of results that are right, wrong and to do."""
        return {status: sum(result.status == status for result in self) for status in LOOKS}

    @property
    def entries(self) -> dict[str, dict]:
        """Status, mistake, message, attempts and hints of each exercise, by its name."""
        return {
            result.check: {
                "status": result.status,
                "mistake": result.mistake,
                "message": result.message,
                "attempts": self.attempts[result.check],
                "hints": self.hints[result.check],
            }
            for result in self
        }

    def save(self, path: str | os.PathLike) -> "Summary":
        """Save the entries as JSON; return the summary, to show."""
        with atomic_path(Path(path)) as partial:
            partial.write_text(json.dumps(self.entries, indent=1) + "\n", encoding="utf-8")
        return self

    def __repr__(self):
        if not self:
            return "No check was run yet."
        lines = [
            f"{LOOKS[result.status][1]} {result.check:<16} {LOOKS[result.status][0]:<12} "
            f"{self._effort(result)}".rstrip()
            for result in self
        ]
        return "\n".join([*lines, self._total()])

    def _repr_html_(self):
        if not self:
            return "<p>No check was run yet.</p>"
        rows = "".join(
            f'<tr><td style="color: {LOOKS[result.status][2]}">{LOOKS[result.status][1]}</td>'
            f'<td style="text-align: left">{html.escape(result.check)}</td>'
            f'<td style="text-align: left">{LOOKS[result.status][0]}</td>'
            f'<td style="text-align: left"><small>{self._effort(result)}</small></td></tr>'
            for result in self
        )
        return f"<table>{rows}</table><p>{self._total()}</p>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {MIME_TYPE: self.entries}

    def _effort(self, result):
        counted = {"attempt": self.attempts[result.check], "hint": self.hints[result.check]}
        words = [
            f"{count} {word}{'s' if count > 1 else ''}" for word, count in counted.items() if count
        ]
        later = ["the last of them not right"] if result.check in self.tried_again else []
        return ", ".join(words[:1] + later + words[1:])

    def _total(self):
        return ", ".join(f"{count} {status}" for status, count in self.counts.items()) + "."


def summary() -> Summary:
    """Return what is done, to do and wrong so far; it shows itself, `save(path)` writes a file."""
    return Summary(_results.values(), _attempts, _hints, _tried_again)


def passed(name: str) -> bool:
    """Whether a check was passed; False if it was not run yet. A later wrong try changes nothing.

    Args:
        name: its name, as the summary has it, such as "kl" or "program 2".
    """
    require_choice("name", str(name).partition(" ")[0], _checks)
    return name in _results and _results[name].ok


def note_hint(name: str) -> None:
    """Note that one more hint for an exercise was shown."""
    _hints[name] += 1


def checks_run() -> list[str]:
    """Return the names of the checks that were run, as the summary has them."""
    return list(_results)


def hints_taken(name: str) -> int:
    """Return how many hints for an exercise were shown."""
    return _hints[name]


def forget() -> None:
    """Forget all results, attempts and hints."""
    for noted in (_results, _attempts, _hints, _tried_again):
        noted.clear()
