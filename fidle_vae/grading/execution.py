"""Executes one submission within its limits, whatever it does, and says what came of it."""

import os
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
from fidle_vae.grading.submissions import Submission, printable

START = 120  # seconds in which Python must have started
GRACE = 5  # seconds that a cell has to heed its interruption
CHECK = 60  # seconds for one check, or those for all cells if they are fewer
FORGED = "It writes into what its process has to tell."
CHECKS = 300  # seconds for all checks, and to import them


class Limits(NamedTuple):
    """What a submission may take: seconds for its cells, bytes for its processes."""

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
    """Execute all cells of a submission, then the checks of its lesson; None if all shall stop.

    A cell that raises does not end it. When the time is over, the cell that runs is interrupted,
    those after it are not run, and the checks tell what is right so far.
    """
    if stopping.is_set():
        return None
    start = time.monotonic()
    findings = {name: Finding("not run") for each in statements for name in each.exercises}
    status, notes = "finished", []
    try:
        with tempfile.TemporaryDirectory(prefix="fidle-vae-", ignore_cleanup_errors=True) as folder:
            folder = lay_out(Path(folder))
            package.write(folder / "package")
            process = WatchedProcess(
                isolation, folder, _environment(folder), limits.memory, stopping
            )
            try:
                status = _run(process, submission, limits, notes)
                if changed := package.changed(folder / "package"):
                    raise Stopped("tampered", f"It changes files of the package: {_list(changed)}.")
                _judge(process, statements, limits, findings, whole=status == "finished")
            finally:
                process.end()
    except Stopped as stop:
        if stop.status == "interrupted":
            return None
        status = stop.status
        notes.append(stop.note)
    except Exception as error:  # such as a full disk: whatever it is, the others go on
        status = "failed"
        notes.append(f"It could not be run: {type(error).__name__}: {error}.")
    if status == "tampered":
        findings = dict.fromkeys(findings, Finding("not run", None, "Nothing it gave counts."))
    return Outcome(
        submission.name, submission.lesson, status, printable(" ".join(notes)),
        time.monotonic() - start, findings,
    )  # fmt: skip


def _run(process, submission, limits, notes):
    """Run the cells; give the status so far, and note what is to say of them."""
    process.receive("ready", START)
    sources = [cell.source for cell in submission.cells if cell.source.strip()]
    process.send(cells=sources, seconds=limits.seconds)
    ran = process.receive("done", limits.seconds + GRACE)
    try:
        done, failed, number = int(ran["done"]), int(ran["failed"]), int(ran["number"])
    except (KeyError, TypeError, ValueError) as error:
        raise Stopped("tampered", FORGED) from error
    if failed:
        cells = "Cell" if failed == 1 else f"{failed} cells raised an error, the first is cell"
        notes.append(f"{cells} {number}: {str(ran.get('error'))[:200]}.")
    if done < len(sources):
        notes.append(
            f"Cell {done + 1} of {len(sources)} was interrupted after "
            f"{duration(limits.seconds)}, and those after it were not run."
        )
        return "out of time"
    return "finished"


def _judge(process, statements, limits, findings, whole):
    """Run the checks, and put into `findings` what they say."""
    secret = secrets.token_hex()  # which no cell has seen
    process.send(statements=statements, seconds=min(CHECK, limits.seconds), secret=secret)
    end = time.monotonic() + CHECKS
    left = sum(len(each.exercises) for each in statements)
    while left:
        told = process.receive("secret", end - time.monotonic())
        if told["secret"] != secret:
            continue
        left -= 1
        if told.get("tampered"):
            raise Stopped("tampered", "After it ran, the checks were mistaken on known answers.")
        exercise, finding = _read(told)
        if exercise not in findings or finding.value not in LOOKS:
            raise Stopped("tampered", FORGED)
        if finding.value == "missing" and not whole:
            finding = finding._replace(value="not run")
        findings[exercise] = finding


def _read(told):
    """Give an exercise and what came of it, whatever was sent."""
    value, message = str(told.get("value")), str(told.get("message"))
    mistake = str(told["mistake"]) if told.get("mistake") else None
    return str(told.get("exercise")), Finding(value, mistake, message)


def _environment(folder):
    """Give the variables of this process, with those that lead to a submission's own folder."""
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
