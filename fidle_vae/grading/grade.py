"""The command `fidle-vae grade`: execute submissions, and write what each has right."""

import contextlib
import math
import os
import re
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from numbers import Real
from pathlib import Path

from fidle_vae.common.junit import require_junit, write_junit
from fidle_vae.common.validation import require_count
from fidle_vae.common.wording import duration
from fidle_vae.course.lessons import Lesson, choose_lessons, require_backend
from fidle_vae.course.signals import StopSignals
from fidle_vae.data.datasets import load_dataset
from fidle_vae.grading.execution import execute
from fidle_vae.grading.exercises import read_exercises
from fidle_vae.grading.isolation import SAYS, require_isolation
from fidle_vae.grading.outcome import Outcome
from fidle_vae.grading.results import as_json, as_suite
from fidle_vae.grading.submissions import Submission, read_submissions
from fidle_vae.grading.tables import write_tables


class GradingInterruptedError(InterruptedError):
    """A signal ended the grading; the tables hold the outcomes so far.

    Attributes:
        exit_code: 130 or 143, for SIGINT or SIGTERM.
    """

    def __init__(self, message: str, exit_code: int):
        super().__init__(message)
        self.exit_code = exit_code


def grade(
    submissions: str | os.PathLike,
    output: str | os.PathLike = "grades.csv",
    settings: Mapping[str, object] | None = None,
    minutes: float = 10,
    memory: float = 4,
    jobs: int = 1,
    *,
    json: bool = False,
    junit: str | os.PathLike | None = None,
    unsafe: bool = False,
    allow_root: bool = False,
) -> Path:
    """Execute all notebooks of a folder, and write what each has right: a CSV and a page.

    Each notebook runs in a process of its own, in bubblewrap. A notebook that hangs, crashes or
    uses too much memory spoils only its own row. Both files are written again after each
    submission. What is right is judged in another process, in which no code of a submission runs.

    Args:
        submissions: the folder; its subfolders are searched too.
        output: the CSV; the page is written beside it, with the suffix .html.
        settings: parameters to change in the lessons, with their values; see `choose_lessons`.
        minutes: time limit for the cells of a submission; its checks may take five more.
        memory: GB for the processes and files of a submission; its judge may take as much.
        jobs: number of submissions to execute at once.
        json: whether to print all outcomes as JSON; the progress then goes to standard error.
        junit: where to write the outcomes as JUnit XML, if anywhere.
        unsafe: whether to run submissions without isolation where bubblewrap does not work.
        allow_root: whether to run submissions as root, if you are.

    Attempts and hints are in the page, the JSON and the JUnit XML as the outputs saved in a
    notebook say, which a student can change.

    Returns:
        The path of the CSV.
    """
    if not str(submissions).strip():
        raise ValueError(f"submissions must be a folder, got {str(submissions)!r}: name it.")
    folder, output = (Path(path).expanduser().resolve() for path in (submissions, output))
    _require_output(output)
    _require_amount("minutes", minutes, 10)
    _require_amount("memory", memory, 4)
    require_count("jobs", jobs)
    require_junit(junit)
    known = {lesson.id: lesson for lesson in choose_lessons()}
    found = read_submissions(folder, list(known))
    met = [id for id in known if any(submission.lesson == id for submission in found)]
    lessons = choose_lessons(met, settings) if met else []
    require_backend(lessons)
    exercises = {lesson.id: read_exercises(lesson.path) for lesson in lessons}
    if lessons and not any(exercises.values()):
        raise ValueError(
            f"no cell of {', '.join(met)} is tagged `check`, so nothing can be graded: "
            "take a version of the lessons that has exercises."
        )
    isolated = require_isolation(unsafe, allow_root)
    standard_output = sys.stdout
    with contextlib.redirect_stdout(sys.stderr) if json else contextlib.nullcontext():
        _prepare_images(lessons)
        print(f"{len(found)} submissions are in {folder}.\n{SAYS[isolated]}", flush=True)
        by_id, outcomes = {lesson.id: lesson for lesson in lessons}, []

        def run(submission, stopping):
            lesson = by_id[submission.lesson]
            submission = _set_parameters(submission, lesson.overrides)
            limits = minutes * 60, memory * 1e9
            return execute(submission, exercises[lesson.id], isolated, *limits, stopping)

        def keep(outcome):
            outcomes.append(outcome)
            write_tables(output, outcomes, len(found), SAYS[isolated])
            print(_line(outcome), flush=True)

        try:
            received = _execute_all(found, run, keep, jobs)
        finally:
            outcomes.sort(key=lambda outcome: outcome.submission)
            if junit:
                write_junit(junit, [as_suite(outcome) for outcome in outcomes])
            if json:
                print(as_json(outcomes, output, len(found)), file=standard_output)
        if len(outcomes) < len(found):
            raise GradingInterruptedError(
                f"stopped by {signal.Signals(received).name} after {len(outcomes)} of {len(found)} "
                f"submissions, which are in {output}.",
                128 + received,
            )
        print(f"The grades are in {output}, and to read in {output.with_suffix('.html')}")
    return output


def _execute_all(found, run, keep, jobs):
    """Run submissions, and keep each outcome; return the signal that ended it early, or None."""
    stopping = threading.Event()
    with StopSignals() as signals, ThreadPoolExecutor(jobs) as pool:
        signals.listeners.add(stopping.set)
        try:
            for submission in found:
                if submission.problem:
                    keep(Outcome(submission.name, "", *submission.problem, 0.0, {}))
            running = {pool.submit(run, each, stopping) for each in found if not each.problem}
            while running:
                # not for longer: a signal may come just before a wait, and does not end it
                ended, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in ended:
                    if outcome := future.result():
                        keep(outcome)
        finally:
            stopping.set()  # also if the tables cannot be written
    return signals.received


def _line(outcome):
    status = "" if outcome.status == "finished" else f"{outcome.status}, "
    if not outcome.lesson:
        return f"{outcome.submission}: {outcome.status}"
    score = f"{outcome.right} of {len(outcome.findings)} right"
    return f"{outcome.submission}: {status}{score}, {duration(outcome.seconds)}"


def _set_parameters(submission: Submission, overrides: dict) -> Submission:
    """Change the parameters at the end of the cell of the defaults."""
    changes = "".join(f"\n{name} = {value!r}" for name, value in overrides.items())
    cells = (
        cell._replace(source=cell.source + changes) if "parameters" in cell.tags else cell
        for cell in submission.cells
    )
    return submission._replace(cells=tuple(cells))


def _prepare_images(lessons: list[Lesson]) -> None:
    """Load the images once now, because a submission can neither download nor store them."""
    names = {
        lesson.parameters.get("dataset", "auto")
        for lesson in lessons
        if re.search(r"\bload_(dataset|mnist)\b", lesson.path.read_text(encoding="utf-8"))
    }
    for name in sorted(names):
        load_dataset(name, 0.001)


def _require_output(output):
    if output.suffix != ".csv":
        raise ValueError(f"output must end in .csv, got {output.name!r}: try grades.csv.")
    if not output.parent.is_dir() or not os.access(output.parent, os.W_OK):
        raise ValueError(f"output cannot be written into {output.parent}: name another folder.")
    for path in (output, output.with_suffix(".html")):
        if path.is_dir():
            raise ValueError(f"output {path} is a folder: name a file.")


def _require_amount(name, value, trial):
    fits = isinstance(value, Real) and not isinstance(value, bool) and 0 < value < math.inf
    if not fits:
        raise ValueError(f"{name} must be a number above 0; got {value!r}: try {trial}.")
