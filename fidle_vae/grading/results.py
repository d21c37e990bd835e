"""Outcomes of submissions for programs: as JSON, and as test suites for JUnit XML."""

import json
from collections.abc import Sequence
from pathlib import Path

from fidle_vae.common.junit import Case, Suite
from fidle_vae.grading.outcome import Outcome

OUTCOMES = {"right": "passed", "to do": "skipped", "not run": "skipped"}  # others are failures


def as_json(outcomes: Sequence[Outcome], table: Path, count: int) -> str:
    """Return the outcomes as one JSON document.

    Args:
        outcomes: in the order to list them.
        table: path of the CSV.
        count: number of submissions, of which some may not have been graded.
    """
    document = {
        "table": str(table),
        "page": str(table.with_suffix(".html")),
        "submissions": count,
        "outcomes": [_describe(outcome) for outcome in outcomes],
    }
    return json.dumps(document, indent=2)


def _describe(outcome):
    findings = {name: finding._asdict() for name, finding in outcome.findings.items()}
    return outcome._asdict() | {
        "seconds": round(outcome.seconds, 1),
        "right": outcome.right,
        "of": len(outcome.findings),
        "findings": findings,
    }


def as_suite(outcome: Outcome) -> Suite:
    """Return an outcome as a test suite: a case for the notebook, and one for each exercise."""
    status = "passed" if outcome.status == "finished" else "error"
    words = f"{outcome.status}. {outcome.note}" if status == "error" else ""
    cases = [Case("notebook", status, words, outcome.seconds, "" if words else outcome.note)]
    for name, finding in outcome.findings.items():
        said = f"{finding.value}: {finding.message}" if finding.message else finding.value
        practice = f"{finding.practice}, as the notebook says" if finding.practice else ""
        cases.append(Case(name, OUTCOMES.get(finding.value, "failure"), said, output=practice))
    return Suite(outcome.submission, cases)
