"""Writes the outcomes of submissions: a CSV for programs, a page for people."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from fidle_vae.common.files import atomic_path
from fidle_vae.common.wording import duration
from fidle_vae.grading.outcome import LOOKS, Outcome

COLUMNS = ["submission", "lesson", "status", "right", "of", "seconds"]


def write_tables(path: Path, outcomes: Sequence[Outcome], count: int, isolation: str) -> None:
    """Write `path`, a .csv, and the page beside it, .html; each is written whole or not at all.

    Args:
        path: path of the CSV, such as grades.csv.
        outcomes: outcomes so far, of all lessons.
        count: number of submissions.
        isolation: a sentence on how they ran.
    """
    outcomes = sorted(outcomes, key=lambda outcome: outcome.submission)
    with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        _write_csv(file, outcomes)
    page = _environment().get_template("grades.html.j2").render(
        lessons=[_describe(id, group) for id, group in _by_lesson(outcomes).items()],
        others=[outcome for outcome in outcomes if not outcome.lesson],
        done=len(outcomes),
        count=count,
        isolation=isolation,
        looks=LOOKS,
        table=path.name,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )  # fmt: skip
    with atomic_path(path.with_suffix(".html")) as partial:
        partial.write_text(page, encoding="utf-8")


def _write_csv(file, outcomes):
    groups = _by_lesson(outcomes).values()
    exercises = [name for group in groups for outcome in group for name in outcome.findings]
    exercises = list(dict.fromkeys(exercises))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*COLUMNS, *exercises, "note"])
    for outcome in outcomes:
        counts = [outcome.right, len(outcome.findings)] if outcome.lesson else ["", ""]
        values = [outcome.findings.get(name) for name in exercises]
        writer.writerow(
            [
                _harmless(outcome.submission), outcome.lesson, outcome.status, *counts,
                f"{outcome.seconds:.1f}", *(value.value if value else "" for value in values),
                _harmless(outcome.note),
            ]
        )  # fmt: skip


def _harmless(text):
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _by_lesson(outcomes):
    ids = sorted({outcome.lesson for outcome in outcomes if outcome.lesson})
    return {id: [outcome for outcome in outcomes if outcome.lesson == id] for id in ids}


def _describe(id, outcomes):
    """Return what the page shows of a lesson: its submissions, and counts for each exercise."""
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.findings))
    return {"id": id, "outcomes": outcomes, "exercises": [_count(name, outcomes) for name in names]}


def _count(name, outcomes):
    findings = [outcome.findings[name] for outcome in outcomes if name in outcome.findings]
    values = Counter(finding.value for finding in findings)
    mistakes = Counter(finding.mistake for finding in findings if finding.value == "wrong")
    return {
        "name": name,
        "counts": {value: values[value] for value in LOOKS if values[value]},
        "mistakes": [
            {"name": mistake, "count": count, "says": _commonest(mistake, findings)}
            for mistake, count in mistakes.most_common()
        ],
    }


def _commonest(mistake, findings):
    """Return the most common message for a mistake, without its evidence.

    If there are several messages, it is introduced as an example.
    """
    said = Counter(
        re.split(r"(?<=[.!?]) (?=For |Line )", finding.message)[0]
        for finding in findings
        if finding.mistake == mistake
    )
    return "Such as: " * (len(said) > 1) + said.most_common(1)[0][0]


def _environment():
    environment = Environment(
        loader=PackageLoader("fidle_vae.grading", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"duration": duration, "breakable": _breakable}
    return environment


def _breakable(name):
    """Allow a long name to break after "_" and "/"."""
    return Markup("<wbr>").join(re.split(r"(?<=[_/])", name))
