"""Run lessons with the chosen parameters; write executed notebooks, HTML pages and a report."""

import contextlib
import functools
import itertools
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import nbformat

from fidle_vae.common.files import atomic_path
from fidle_vae.common.junit import require_junit, write_junit
from fidle_vae.common.sharing import beside_others, one_gpu_each
from fidle_vae.common.validation import require_count
from fidle_vae.common.wording import duration, number
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.execute import Stop, execute
from fidle_vae.course.html import notebook_html
from fidle_vae.course.lessons import Lesson, choose_lessons, read_notebook, require_backend
from fidle_vae.course.progress import Progress
from fidle_vae.course.results import DatasetNews, LessonResult, as_json, as_suite, read_result
from fidle_vae.course.signals import StopSignals
from fidle_vae.course.time_left import TimeLeft
from fidle_vae.runs.report import write_report
from fidle_vae.runs.run import TOKEN, Run, runs_dir
from fidle_vae.runs.saved_models import find_model


class LessonError(ChildProcessError):
    """Raised when a lesson did not reach its end.

    Attributes:
        exit_code: 1 if it failed; 130 or 143 if SIGINT or SIGTERM ended it.
    """

    def __init__(self, message: str, exit_code: int):
        super().__init__(message)
        self.exit_code = exit_code


class BrokenClaimsError(ValueError):
    """Raised when all lessons reached their end, and a claim of one does not hold."""

    exit_code = 3


def run_lessons(
    lessons: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
    run_dir: str | os.PathLike | None = None,
    *,
    everything: bool = False,
    jobs: int = 1,
    strict: bool = False,
    json: bool = False,
    junit: str | os.PathLike | None = None,
) -> Path:
    """Execute lessons, each in a kernel of its own, and return the path of the report on them.

    If a lesson fails or is interrupted, its results so far are kept, no other lesson is started,
    and a LessonError is raised.

    Args:
        lessons: such as ["VAE1"]; empty for the core of the course.
        settings: a value for each parameter to change; see `choose_lessons`.
        run_dir: the folder of all runs; None takes `runs_dir()`.
        everything: whether to run all lessons, and not only the core.
        jobs: how many lessons to run at the same time; each then shows its start and its end only.
        strict: whether to raise BrokenClaimsError, once all lessons have run and the report is
            written, if a claim that the catalogue lists does not hold.
        json: whether to print the results as JSON; the progress then goes to standard error.
        junit: where to write the results as JUnit XML, if anywhere.
    """
    require_junit(junit)
    require_count("jobs", jobs)
    standard_output = sys.stdout
    with contextlib.redirect_stdout(sys.stderr) if json else contextlib.nullcontext():
        if lessons and everything:
            named = ", ".join(lessons)
            raise ValueError(f"all lessons are asked for, and {named}: leave out one of the two.")
        chosen = choose_lessons(lessons, settings, core=not everything)
        require_backend(chosen)
        root = Path(run_dir or runs_dir()).expanduser().resolve()  # kernels work in another folder
        _find_models(chosen, root)
        results = {lesson.id: LessonResult(lesson.id, lesson.entry.title) for lesson in chosen}
        try:
            report = _run_all(chosen, root, results, jobs)
        finally:
            if junit:
                write_junit(junit, [as_suite(result) for result in results.values()])
            if json:
                print(as_json(results.values(), root), file=standard_output)
        print(f"The report is in {report}")
    broken = {id: len(result.broken) for id, result in results.items() if result.broken}
    if strict and broken:
        where = ", ".join(f"{count} of {id}" for id, count in broken.items())
        raise BrokenClaimsError(f"claims are broken: {where}; each is listed above.")
    return report


def _run_all(chosen, root, results, jobs):
    """Run the lessons, put their results into `results`, and return the path of the report."""
    runs = {lesson.id: Run(lesson.id, root=root) for lesson in chosen}
    time_left = TimeLeft({x.id: x.entry.seconds if jobs == 1 else None for x in chosen})
    datasets, shares = DatasetNews(), _shares(jobs)
    waiting, running, done, stops = list(chosen), {}, [], []
    with StopSignals() as signals, ThreadPoolExecutor(jobs) as pool:
        while waiting or running:
            busy = [lesson for lesson, _, _ in running.values()]
            over = stops or (signals.received and done)
            for lesson in [] if over else _ready(waiting, busy, jobs):
                waiting.remove(lesson)
                place = f"{chosen.index(lesson) + 1} of {len(chosen)}"
                news = functools.partial(datasets.line, lesson, runs[lesson.id])
                progress = Progress(lesson.id, place, time_left, news, alone=jobs == 1)
                share = shares.pop(0)
                work = lesson, runs[lesson.id], signals, progress, share
                running[pool.submit(_run_lesson, *work)] = lesson, progress, share
            if not running:
                break
            # not for longer: on Windows, no signal comes to a thread that waits
            for future in wait(running, timeout=0.5, return_when=FIRST_COMPLETED).done:
                lesson, progress, share = running.pop(future)
                shares.append(share)
                stop = future.result()
                results[lesson.id] = result = read_result(runs[lesson.id])
                progress.done(_describe_end(lesson, result))
                for sentence in result.broken:
                    print(f"    {sentence}", flush=True)
                time_left.took(lesson.id, result.seconds)
                report = write_report(root)
                done.append(runs[lesson.id])
                stops += [(done[-1], stop)] if stop else []
        if stops or waiting:
            run, stop = stops[0] if stops else (done[-1], None)
            exit_code = 128 + signals.received if signals.received else 1
            raise LessonError(_explain(run, stop, [each.id for each in waiting]), exit_code)
    return report


def _ready(waiting, busy, jobs):
    """Return the lessons that can start now: not before the one whose model they take.

    Of several at a time, those that others wait for come first, so that no core waits at the end.
    """
    ahead = [lesson.id for lesson in (*waiting, *busy)]
    ready = [lesson for lesson in waiting if lesson.entry.takes_model_of not in ahead]
    if jobs > 1:
        awaited = [lesson.entry.takes_model_of for lesson in waiting]
        ready.sort(key=lambda lesson: lesson.id not in awaited)
    return ready[: jobs - len(busy)]


def _shares(jobs):
    """Return what shares cores and GPUs among `jobs` kernels: the variables of each."""
    if jobs == 1:
        return [{}]
    common = beside_others(max(1, (os.cpu_count() or 1) // jobs))
    return [common | gpu for gpu in itertools.islice(one_gpu_each(), jobs)]


def _describe_end(lesson, result):
    """Return how a lesson ended, with its first key metric and its claims."""
    if result.status != "finished":
        return f"{result.status} after {duration(result.seconds)}"
    parts = [f"done in {duration(result.seconds)}"]
    labels = lesson.entry.key_metrics
    if first := next((name for name in labels if name in result.metrics), None):
        parts.append(f"{labels[first].split(',')[0]} {number(result.metrics[first], first)}")
    if result.claims:
        held = sum(claim["holds"] for claim in result.claims.values())
        parts.append(f"claims {held} of {len(result.claims)}")
    return "   ".join(parts)


def _find_models(chosen, root):
    """Resolve the model that a lesson loads, before any work: its kernel has another folder."""
    for lesson in chosen:
        model = lesson.overrides.get("model", "auto")
        if model != "auto" and model not in [other.id for other in chosen]:
            lesson.overrides["model"] = str(find_model(model, run_dir=root))


def _run_lesson(
    lesson: Lesson, run: Run, signals: StopSignals, progress: Progress, shares: Mapping[str, str]
) -> Stop | None:
    """Run one lesson and write its notebook and manifest; return why it stopped early, or None."""
    notebook = _load_notebook(lesson)
    title, key_metrics = lesson.entry.title, lesson.entry.key_metrics
    # so that no older result passes for this run's if the lesson fails before its own start
    run.start(parameters=lesson.parameters, seed=lesson.parameters.get("seed"))

    start = time.perf_counter()
    environment = {"FIDLE_VAE_RUN_DIR": str(run.path.parent), TOKEN: run.token, **shares}
    stop = execute(notebook, lesson.path.parent, environment, progress, signals)
    seconds = round(time.perf_counter() - start, 1)

    entries = {"title": title, "seconds": seconds}
    entries |= {"order": _order(lesson), "key_metrics": key_metrics}
    if stop and stop.place:
        entries |= {"cell": stop.place.number, "section": stop.place.section}
    run.record(lesson=entries)
    with atomic_path(run.path / f"{lesson.id}.ipynb") as partial:
        nbformat.write(notebook, partial)
    with atomic_path(run.path / f"{lesson.id}.html") as partial:
        page = notebook_html(notebook, title, lesson.path.parent, run.path)
        partial.write_text(page, encoding="utf-8")
    run.finish(*(stop.status, stop.error) if stop else ())
    return stop


def _order(lesson):
    """Return the lesson's place in the catalogue, or None if it is not there."""
    known = list(catalogue())
    return known.index(lesson.id) if lesson.id in known else None


def _load_notebook(lesson):
    """Read the notebook, and insert a cell with the parameters that differ, as papermill does."""
    notebook = read_notebook(lesson.path)
    if lesson.overrides:
        lines = [f"{name} = {value!r}" for name, value in lesson.overrides.items()]
        cell = nbformat.v4.new_code_cell(
            "\n".join(["# Parameters", *lines]), metadata={"tags": ["injected-parameters"]}
        )
        if "id" not in notebook.cells[0]:  # before nbformat 4.5
            del cell["id"]
        tags = [each.metadata.get("tags", ()) for each in notebook.cells]
        place = next(i for i, names in enumerate(tags) if "parameters" in names)
        notebook.cells.insert(place + 1, cell)
    return notebook


def _explain(run, stop, left):
    """Return a sentence on what stopped, where and why, and on what was not run."""
    if stop:
        where = f" in {stop.place}" if stop.place else ""
        verb = "failed" if stop.status == "failed" else "was interrupted"
        error = re.sub(r"(?<!\.)\.$", "", stop.error)  # a full stop, not an ellipsis
        sentence = f"{run.id} {verb}{where}: {error}; the notebook so far is in {run.path}"
    else:
        sentence = f"interrupted after {run.id}, which is in {run.path}"
    return sentence + (f"; not run: {', '.join(left)}." if left else ".")
