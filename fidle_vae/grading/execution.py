"""Executes one submission within its limits, whatever it does, and returns the outcome."""

import itertools
import json
import re
import tempfile
import threading
import time
from pathlib import Path

from fidle_vae.common.wording import duration
from fidle_vae.grading.exercises import Statement
from fidle_vae.grading.outcome import LOOKS, Finding, Outcome
from fidle_vae.grading.process import JUDGE, UNREADABLE, WORKER, Stopped, WatchedProcess
from fidle_vae.grading.submissions import INJECTED, Submission, printable

START = 120  # seconds for Python, or Keras, to start
GRACE = 5  # seconds for a cell to react to its interruption
CHECK = 60  # seconds for one check; not more than for all cells
CHECKS = 300  # seconds for all checks
LONGEST = 1000  # characters of a message
UNCONFIRMED = "In its own process it looks right; with other cases, judged outside, it is not: "


def execute(
    submission: Submission,
    statements: list[Statement],
    isolated: bool,
    seconds: float,
    memory: float,
    stopping: threading.Event,
) -> Outcome | None:
    """Execute all cells of a submission, then the checks of its lesson; None if grading stops.

    A cell that raises an error does not end the submission. When its time is up, the running cell
    is interrupted, those after it are not run, and the checks find what is right so far.

    Args:
        submission: what to execute.
        statements: the checks of its lesson.
        isolated: whether it runs in bubblewrap.
        seconds: the time for its cells.
        memory: the number of bytes that its processes and files may hold.
        stopping: set when all grading must stop.
    """
    if stopping.is_set():
        return None
    start = time.monotonic()
    findings = {name: Finding("not run") for each in statements for name in each.exercises}
    status, notes, unread = "finished", [], []
    try:
        with tempfile.TemporaryDirectory(prefix="fidle-vae-", ignore_cleanup_errors=True) as folder:
            how = isolated, Path(folder), memory, stopping
            worker, judge = (WatchedProcess(program, *how) for program in (WORKER, JUDGE))
            try:
                status = _run(worker, submission, seconds, notes, unread)
                end = time.monotonic() + CHECKS
                for statement in statements:
                    found = _find(worker, judge, statement, min(CHECK, seconds), end)
                    for name, said in found.items():
                        findings[name] = _with_cause(said, unread, status == "finished")
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


def _run(worker, submission, seconds, notes, unread):
    """Run the cells; return the status so far.

    Sentences are added to `notes`, and to `unread` each cell that Python could not read: its
    source, and a sentence.
    """
    worker.receive(START, "ready")
    cells = [cell for cell in submission.cells if cell.source.strip()]
    sources = [cell.source for cell in cells]
    # as a notebook numbers its cells, which knows nothing of the one that grading adds
    numbers = list(itertools.accumulate(int(INJECTED not in cell.tags) for cell in cells))
    worker.send("cells", [sources, seconds])
    ran = worker.read(seconds + GRACE, "ran")
    try:
        done, failed, number = int(ran["done"]), int(ran["failed"]), int(ran["number"])
        for n, words in ran["unread"]:
            says = f"Syntax error in cell {numbers[n - 1]}: {printable(str(words)[:200])}."
            unread.append((sources[n - 1], says))
        first = numbers[number - 1] if failed else 0
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Stopped("failed", UNREADABLE) from error
    if failed:
        cells = "Cell" if failed == 1 else f"{failed} cells raised an error, the first is cell"
        notes.append(f"{cells} {first}: {str(ran.get('error'))[:200]}.")
    if done < len(sources):
        notes.append(
            f"Cell {numbers[done]} of {numbers[-1]} was interrupted after "
            f"{duration(seconds)}, and those after it were not run."
        )
        return "out of time"
    return "finished"


def _find(worker, judge, statement, seconds, end):
    """Return what the submission's own process says of each exercise; the judge confirms "right".

    The judge uses the answers by asking for it.
    """

    def left():
        return max(0, min(START + seconds + GRACE, end - time.monotonic()))

    worker.send("check", [*statement, seconds])
    said = worker.read(left(), "findings")
    found = {name: _require_finding(said.get(name)) for name in statement.exercises}
    if all(each["value"] != "right" for each in found.values()):
        return found
    judge.send("judge", statement)
    while (message := judge.receive(left(), "ask", "findings"))[0] == "ask":
        worker.send("answer", message[1])
        judge.send("reply", worker.receive(left(), "reply")[1])
    for name, verdict in json.loads(message[1]).items():
        if found[name]["value"] == "right" and verdict["value"] != "right":
            says = UNCONFIRMED + verdict["message"]
            found[name] = {"value": "wrong", "mistake": "not_confirmed", "message": says}
    return found


def _require_finding(said):
    """Return a finding as a submission's process sent it, which may be anything."""
    said = said if isinstance(said, dict) else {}
    if str(said.get("value")) not in LOOKS:
        raise Stopped("failed", UNREADABLE)
    return {name: str(said[name])[:LONGEST] for name in said if said[name] is not None}


def _with_cause(said, unread, whole):
    """Return a finding; what is missing has the cell that could not be read, or was not run."""
    finding = Finding(said["value"], said.get("mistake"), said.get("message", ""))
    if finding.value == "missing":
        lacks = rf"\b{re.escape(said.get('lacks', ''))}\b"
        if says := next((says for source, says in unread if re.search(lacks, source)), None):
            return Finding("syntax error", None, says)
        if not whole:
            return finding._replace(value="not run")
    return finding
