"""Writes results as JUnit XML, the form in which CI services show tests."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from fidle_vae.common.files import atomic_path


class Case(NamedTuple):
    """A test case: passed, or a "failure", an "error" or "skipped", with a message."""

    name: str
    outcome: str = "passed"
    message: str = ""
    seconds: float = 0.0
    output: str = ""
    """What it printed, or measured."""


class Suite(NamedTuple):
    """Test cases that belong together, such as those of a lesson."""

    name: str
    cases: Sequence[Case]


def write_junit(path: str | os.PathLike, suites: Sequence[Suite]) -> None:
    """Write test suites as JUnit XML, whole or not at all."""
    root = ET.Element("testsuites", _counts([case for suite in suites for case in suite.cases]))
    for suite in suites:
        group = ET.SubElement(
            root, "testsuite", {"name": _legal(suite.name), **_counts(suite.cases)}
        )
        for case in suite.cases:
            _add_case(group, suite.name, case)
    ET.indent(root)
    with atomic_path(Path(path)) as partial:
        ET.ElementTree(root).write(partial, encoding="utf-8", xml_declaration=True)


def require_junit(path: str | os.PathLike | None) -> None:
    """Raise ValueError if no file can be written at a path, before any work."""
    if path is None:
        return
    folder = Path(path).resolve().parent
    if Path(path).is_dir() or not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise ValueError(
            f"junit must be a file in a folder that can be written, got {str(path)!r}: "
            "try results.xml."
        )


def _add_case(group, suite, case):
    names = {"classname": _legal(suite), "name": _legal(case.name), "time": f"{case.seconds:.1f}"}
    element = ET.SubElement(group, "testcase", names)
    if case.outcome != "passed":
        ET.SubElement(element, case.outcome, {"message": _legal(case.message)})
    if case.output:
        ET.SubElement(element, "system-out").text = _legal(case.output)


def _counts(cases):
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
        "skipped": str(outcomes.count("skipped")),
        "time": f"{sum(case.seconds for case in cases):.1f}",
    }


def _legal(text):
    """Return a text without the characters that XML forbids, such as those of colours."""
    return re.sub(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "", text)
