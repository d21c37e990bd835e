"""Executes one submission within its limits, whatever it does, and returns the outcome."""

import itertools
import os
import re
import secrets
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.files import project_dir
from fidle_vae.common.wording import duration
from fidle_vae.grading.exercises import Statement
from fidle_vae.grading.isolation import Isolation, lay_out
from fidle_vae.grading.outcome import LOOKS, Finding, Outcome
from fidle_vae.grading.package_copy import PackageCopy
from fidle_vae.grading.process import Stopped, WatchedProcess
from fidle_vae.grading.submissions import INJECTED, Submission, printable

START = 120  # seconds for Python to start
GRACE = 5  # seconds for a cell to react to its interruption
CHECK = 60  # seconds for one check; not more than for all cells
FORGED = "It writes to the channel on which its process sends results."
CHECKS = 300  # seconds for all checks and their import


class Limits(NamedTuple):
    """Limits of a submission: seconds for its cells, bytes of memory for its processes."""

    seconds: float
    memory: float


def execute(
    submission: Submission,
    statements: list[Statement],
    isolation: Isolation,
    package: PackageCopy,
    limits: Limits,
    stopping: threading.Event,
) -> Outcome | None:
    """Execute all cells of a submission, then the checks of its lesson; None if grading stops.

    A cell that raises an error does not end the submission. When its time is up, the running cell
    is interrupted, those after it are not run, and the checks find what is right so far.
    """
    if stopping.is_set():
        return None
    start = time.monotonic()
    findings = {name: Finding("not run") for each in statements for name in each.exercises}
    status, notes, unread = "finished", [], []
    try:
        with tempfile.TemporaryDirectory(prefix="fidle-vae-", ignore_cleanup_errors=True) as folder:
            folder = lay_out(Path(folder))
            package.write(folder / "package")
            process = WatchedProcess(
                isolation, folder, _environment(folder), limits.memory, stopping
            )
            try:
                status = _run(process, submission, limits, notes, unread)
                if changed := package.changed(folder / "package"):
                    raise Stopped("tampered", f"It changes files of the package: {_list(changed)}.")
                whole = status == "finished"
                _judge(process, statements, limits, findings, unread, whole)
            finally:
                process.end()
    except Stopped as stop:
        if stop.status == "interrupted":
            return None
        status = stop.status
        notes.append(stop.note)
    except Exception as error:  # such as a full disk: the other submissions go on
        status = "failed"
        notes.append(f"It could not be run: {type(error).__name__}: {error}.")
    if status == "tampered":
        findings = dict.fromkeys(findings, Finding("not run", None, "None of its results count."))
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
    process.send(cells=sources, seconds=limits.seconds)
    ran = process.receive("done", limits.seconds + GRACE)
    try:
        done, failed, number = int(ran["done"]), int(ran["failed"]), int(ran["number"])
        told = [(int(n), str(words)[:200]) for n, words in ran["unread"]]
        unread += [
            Unread(sources[n - 1], f"Syntax error in cell {numbers[n - 1]}: {printable(words)}.")
            for n, words in told
        ]
        first = numbers[number - 1] if failed else 0
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise Stopped("tampered", FORGED) from error
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


def _judge(process, statements, limits, findings, unread, whole):
    """Run the checks, and put their results into `findings`."""
    secret = secrets.token_hex()  # no cell has seen it
    process.send(statements=statements, seconds=min(CHECK, limits.seconds), secret=secret)
    end = time.monotonic() + CHECKS
    left = sum(len(each.exercises) for each in statements)
    while left:
        told = process.receive("secret", end - time.monotonic())
        if told["secret"] != secret:
            continue
        left -= 1
        if told.get("tampered"):
            raise Stopped("tampered", "After it ran, the checks judged known answers wrongly.")
        exercise, finding = _read(told)
        if exercise not in findings or finding.value not in LOOKS:
            raise Stopped("tampered", FORGED)
        if finding.value == "missing":
            lacks = rf"\b{re.escape(str(told.get('lacks')))}\b"
            cell = next((cell for cell in unread if re.search(lacks, cell.source)), None)
            if cell:
                finding = Finding("syntax error", None, cell.says)
            elif not whole:
                finding = finding._replace(value="not run")
        findings[exercise] = finding


def _read(told):
    """Return an exercise and its finding, whatever was sent."""
    value, message = str(told.get("value")), str(told.get("message"))
    mistake = str(told["mistake"]) if told.get("mistake") else None
    return str(told.get("exercise")), Finding(value, mistake, message)


def _environment(folder):
    """Return the variables of this process, changed to lead to the submission's own folder."""
    named = os.environ.get("FIDLE_DATASETS_DIR", "data")
    path = [str(folder / "package"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {
        "FIDLE_DATASETS_DIR": str(project_dir() / Path(named).expanduser()),
        "FIDLE_VAE_RUN_DIR": str(folder / "work" / "run_dir"),
        "IPYTHONDIR": str(folder / "tmp"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONPATH": os.pathsep.join(path),
        "TMPDIR": str(folder / "tmp"),
    }


def _list(names):
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
