"""The summary of a notebook: the last result of each of its checks."""

import functools
import html
import json
import os
from collections.abc import Callable
from pathlib import Path

from fidle_vae.checks.engine.result import LOOKS, Result
from fidle_vae.common.files import atomic_path

_results: dict[str, Result] = {}


def recorded(check: Callable) -> Callable:
    """Decorate a check, so that the summary knows its last result."""

    @functools.wraps(check)
    def run(*args, **kwargs):
        result = check(*args, **kwargs)
        _results[result.check] = result
        return result

    run.unrecorded = check  # for a check that calls another one
    return run


class Summary(tuple[Result, ...]):
    """The last result of every check, in the order of their first run."""

    @property
    def counts(self) -> dict[str, int]:
        """The number of results that are right, wrong and to do."""
        return {status: sum(result.status == status for result in self) for status in LOOKS}

    def save(self, path: str | os.PathLike) -> "Summary":
        """Save each check's status, mistake and message as JSON; return the summary, to show."""
        text = json.dumps(
            {
                result.check: {
                    "status": result.status, "mistake": result.mistake, "message": result.message,
                }
                for result in self
            },
            indent=1,
        )  # fmt: skip
        with atomic_path(Path(path)) as partial:
            partial.write_text(text + "\n", encoding="utf-8")
        return self

    def __repr__(self):
        if not self:
            return "No check was run yet."
        lines = [
            f"{LOOKS[result.status][1]} {result.check:<16} {LOOKS[result.status][0]}"
            for result in self
        ]
        return "\n".join([*lines, self._total()])

    def _repr_html_(self):
        if not self:
            return "<p>No check was run yet.</p>"
        rows = "".join(
            f'<tr><td style="color: {LOOKS[result.status][2]}">{LOOKS[result.status][1]}</td>'
            f'<td style="text-align: left">{html.escape(result.check)}</td>'
            f'<td style="text-align: left">{LOOKS[result.status][0]}</td></tr>'
            for result in self
        )
        return f"<table>{rows}</table><p>{self._total()}</p>"

    def _total(self):
        return ", ".join(f"{count} {status}" for status, count in self.counts.items()) + "."


def summary() -> Summary:
    """Return what is done, to do and wrong so far; it shows itself, `save(path)` writes a file."""
    return Summary(_results.values())


def forget() -> None:
    """Forget all results."""
    _results.clear()
