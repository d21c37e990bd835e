"""Executes one submission within its limits, whatever it does, and returns the outcome."""

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
from fidle_vae.grading.submissions import Submission, printable

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
    note = ""
    try:
        with tempfile.TemporaryDirectory(prefix="fidle-vae-", ignore_cleanup_errors=True) as folder:
            how = isolated, Path(folder), memory, stopping
            worker, judge = (WatchedProcess(program, *how) for program in (WORKER, JUDGE))
            try:
                status, note, unread = _run(worker, submission, seconds)
                end = time.monotonic() + CHECKS
                for statement in statements:
                    found = _find(worker, judge, statement, min(CHECK, seconds), end)
                    for name, said in found.items():
                        findings[name] = _with_cause(said, unread, status == "finished")
            finally:
                worker.end()
                judge.end()
    except Stopped as stop:
        status, reason = stop.args
        if status == "interrupted":
            return None
        note = f"{note} {reason}"
    except Exception as error:  # such as a full disk: the other submissions go on
        status, note = "failed", f"{note} It could not be run: {type(error).__name__}: {error}."
    for name, practice in submission.practice.items():
        if name in findings:
            findings[name] = findings[name]._replace(**practice._asdict())
    return Outcome(
        submission.name, submission.lesson, status, printable(note.strip()),
        time.monotonic() - start, findings,
    )  # fmt: skip


def _run(worker, submission, seconds):
    """Run the cells; return the status so far, a note, and which cells Python could not read.

    Of each of those: its source, and a sentence.
    """
    worker.receive(START, "ready")
    sources = [cell.source for cell in submission.cells if cell.source.strip()]
    worker.send("cells", [sources, seconds])
    ran = worker.read(seconds + GRACE, "ran")
    try:
        done = int(ran["done"])
        errors = [(int(n), unread, printable(str(says)[:200])) for n, unread, says in ran["errors"]]
        unread = [
            (sources[n - 1], f"Syntax error in cell {n}: {says.partition(': ')[2]}.")
            for n, unread, says in errors
            if unread
        ]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Stopped("failed", UNREADABLE) from error
    status = note = ""
    if errors:
        many = f"{len(errors)} cells raised an error, the first is cell"
        note = f"{'Cell' if len(errors) == 1 else many} {errors[0][0]}: {errors[0][2]}."
    if done < len(sources):
        status = "out of time"
        note += f" Cell {done + 1} of {len(sources)} was interrupted after {duration(seconds)}, "
        note += "and those after it were not run."
    return status or "finished", note, unread


def _find(worker, judge, statement, seconds, end):
    """Return what the submission's own process says of each exercise; the judge confirms "right".

    The judge uses the answers by asking for it.
    """

    def left():
        return max(0, min(START + seconds + GRACE, end - time.monotonic()))

    worker.send("check", [*statement, seconds])
    said = worker.read(left(), "findings")
    found = {name: _require_finding(said.get(name)) for name in statement.exercises}
    right = [name for name, each in found.items() if each["value"] == "right"]
    if right:
        judge.send("judge", statement)
        while (message := judge.receive(left(), "ask", "findings"))[0] == "ask":
            worker.send("answer", message[1])
            judge.send("reply", worker.receive(left(), "reply")[1])
        verdicts = json.loads(message[1])
        for name in right:
            if verdicts[name]["value"] != "right":
                says = UNCONFIRMED + verdicts[name]["message"]
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
