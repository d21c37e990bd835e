"""Executes one submission within its limits, whatever it does, and returns the outcome."""

import itertools
import json
import re
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.wording import duration
from fidle_vae.grading.exercises import Statement
from fidle_vae.grading.isolation import Isolation
from fidle_vae.grading.outcome import LOOKS, Finding, Outcome
from fidle_vae.grading.process import JUDGE, UNREADABLE, WORKER, Stopped, WatchedProcess
from fidle_vae.grading.submissions import INJECTED, Submission, printable

START = 120  # seconds for Python, or Keras, to start
GRACE = 5  # seconds for a cell to react to its interruption
CHECK = 60  # seconds for one check; not more than for all cells
CHECKS = 300  # seconds for all checks
LONGEST = 1000  # characters of a message
VERDICTS = b'{"verdicts"'
UNCONFIRMED = "In its own process it looks right; with other cases, judged outside, it is not: "


class Limits(NamedTuple):
    """Limits of a submission: seconds for its cells, bytes of memory for its processes."""

    seconds: float
    memory: float


def execute(
    submission: Submission,
    statements: list[Statement],
    isolation: Isolation,
    limits: Limits,
    stopping: threading.Event,
) -> Outcome | None:
    """Execute all cells of a submission, then the checks of its lesson; None if grading stops.

    A cell that raises an error does not end the submission. When its time is up, the running cell
    is interrupted, those after it are not run, and the checks find what is right so far.

    Args:
        submission: what to execute.
        statements: the checks of its lesson.
        isolation: where it runs.
        limits: what it may take.
        stopping: set when all grading must stop.
    """
    if stopping.is_set():
        return None
    start = time.monotonic()
    findings = {name: Finding("not run") for each in statements for name in each.exercises}
    status, notes, unread = "finished", [], []
    try:
        with tempfile.TemporaryDirectory(prefix="fidle-vae-", ignore_cleanup_errors=True) as folder:
            how = isolation, Path(folder), limits.memory, stopping
            worker, judge = (WatchedProcess(program, *how) for program in (WORKER, JUDGE))
            try:
                status = _run(worker, submission, limits, notes, unread)
                end = time.monotonic() + CHECKS
                seconds = min(CHECK, limits.seconds)
                court = _Court(worker, judge, seconds, end)
                for statement in statements:
                    found = court.find(statement)
                    findings |= _with_causes(found, unread, status == "finished")
            finally:
                worker.end()
                judge.end()
    except Stopped as stop:
        if stop.status == "interrupted":
            return None
        status = stop.status
        notes.append(stop.note)
    except Exception as error:  # such as a full disk: the other submissions go on
        status = "failed"
        notes.append(f"It could not be run: {type(error).__name__}: {error}.")
    for name, practice in submission.practice.items():
        if name in findings:
            findings[name] = findings[name]._replace(**practice._asdict())
    return Outcome(
        submission.name, submission.lesson, status, printable(" ".join(notes)),
        time.monotonic() - start, findings,
    )  # fmt: skip


class Unread(NamedTuple):
    """A cell that Python could not read: its source, and a sentence with its number."""

    source: str
    says: str


def _run(process, submission, limits, notes, unread):
    """Run the cells; return the status so far, and add to `notes` and `unread`."""
    process.receive("ready", START)
    cells = [cell for cell in submission.cells if cell.source.strip()]
    sources = [cell.source for cell in cells]
    # as a notebook numbers its cells, which knows nothing of the one that grading adds
    numbers = list(itertools.accumulate(int(INJECTED not in cell.tags) for cell in cells))
    process.send("cells", [sources, limits.seconds])
    ran = process.read("ran", limits.seconds + GRACE)
    try:
        done, failed, number = int(ran["done"]), int(ran["failed"]), int(ran["number"])
        told = [(int(n), str(words)[:200]) for n, words in ran["unread"]]
        unread += [
            Unread(sources[n - 1], f"Syntax error in cell {numbers[n - 1]}: {printable(words)}.")
            for n, words in told
        ]
        first = numbers[number - 1] if failed else 0
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Stopped("failed", UNREADABLE) from error
    if failed:
        cells = "Cell" if failed == 1 else f"{failed} cells raised an error, the first is cell"
        notes.append(f"{cells} {first}: {str(ran.get('error'))[:200]}.")
    if done < len(sources):
        notes.append(
            f"Cell {numbers[done]} of {numbers[-1]} was interrupted after "
            f"{duration(limits.seconds)}, and those after it were not run."
        )
        return "out of time"
    return "finished"


class _Court:
    """Finds what a submission has right: what its own process calls right, the judge confirms."""

    def __init__(self, worker, judge, seconds, end):
        self._worker, self._judge = worker, judge
        self._seconds, self._end = seconds, end
        self._begun = self._ready = False  # whether Keras is there in each of them

    def find(self, statement: Statement) -> dict[str, dict]:
        """Return the finding of each exercise of a statement, in words of the submission."""
        self._worker.send("check", [*statement, self._seconds])
        said = self._worker.read("findings", self._left(0 if self._begun else START))
        self._begun = True
        found = {name: _read(said.get(name)) for name in statement.exercises}
        if any(each["value"] == "right" for each in found.values()):
            verdicts = self._verdicts(statement)
            for name, each in found.items():
                if each["value"] == "right" and not verdicts[name]["right"]:
                    says = UNCONFIRMED + verdicts[name]["message"]
                    found[name] = {"value": "wrong", "mistake": "not_confirmed", "message": says}
        return found

    def _verdicts(self, statement):
        """Return what the judge says of a statement, who uses the answers by asking for it."""
        if not self._ready:
            self._judge.receive("ready", START)
            self._ready = True
        self._judge.send("judge", statement)
        while True:
            says = self._judge.receive("says", self._left())
            if says.startswith(VERDICTS):
                return json.loads(says)["verdicts"]
            self._worker.send("answer", says)
            self._judge.send("reply", self._worker.receive("reply", self._left()))

    def _left(self, more=0):
        return max(0, min(self._seconds + GRACE + more, self._end - time.monotonic()))


def _read(said):
    """Return a finding, whatever was sent."""
    said = said if isinstance(said, dict) else {}
    value = str(said.get("value"))
    if value not in LOOKS:
        raise Stopped("failed", UNREADABLE)
    mistake = str(said["mistake"])[:LONGEST] if said.get("mistake") else None
    message = str(said.get("message"))[:LONGEST]
    return {"value": value, "mistake": mistake, "message": message, "lacks": said.get("lacks")}


def _with_causes(found, unread, whole):
    """Return findings; what is missing has the cell that could not be read, or was not run."""
    findings = {}
    for name, said in found.items():
        lacks = rf"\b{re.escape(str(said.pop('lacks', None)))}\b"
        findings[name] = finding = Finding(**said)
        if finding.value == "missing":
            cell = next((cell for cell in unread if re.search(lacks, cell.source)), None)
            if cell:
                findings[name] = Finding("syntax error", None, cell.says)
            elif not whole:
                findings[name] = finding._replace(value="not run")
    return findings
