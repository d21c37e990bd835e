"""Run lessons: parameters in, executed notebooks, their HTML and a report out."""

import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from fidle_vae.common.files import atomic_path
from fidle_vae.common.wording import duration
from fidle_vae.course.execute import Stop, execute
from fidle_vae.course.html import notebook_html
from fidle_vae.course.lessons import Lesson, choose_lessons
from fidle_vae.course.markdown import headings
from fidle_vae.course.progress import Progress
from fidle_vae.course.signals import StopSignals
from fidle_vae.runs.report import write_report
from fidle_vae.runs.run import Run, runs_dir
from fidle_vae.runs.saved_models import find_model


class LessonError(ChildProcessError):
    """A lesson did not reach its end.

    Attributes:
        exit_code: 1 where it failed; 130 or 143 where SIGINT or SIGTERM ended it.
    """

    def __init__(self, message: str, exit_code: int):
        super().__init__(message)
        self.exit_code = exit_code


def run_lessons(
    lessons: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
    run_dir: str | os.PathLike | None = None,
) -> Path:
    """Execute lessons, each in a kernel of its own, and give the path of the report on them.

    A lesson that fails or is interrupted is kept as far as it came, the next are not started,
    and a LessonError says so.

    Args:
        lessons: such as ["VAE1"]; empty for all.
        settings: a value for each parameter to change; see `choose_lessons`.
        run_dir: the folder of all runs; None takes `runs_dir()`.
    """
    chosen = choose_lessons(lessons, settings)
    root = Path(run_dir or runs_dir()).expanduser().resolve()  # kernels work in another folder
    _find_models(chosen, root)
    runs = [Run(lesson.id, root=root) for lesson in chosen]
    with StopSignals() as signals:
        for lesson, run in zip(chosen, runs, strict=True):
            stop = _run_lesson(lesson, run, signals)
            report = write_report(root)
            left = [other.id for other in chosen[chosen.index(lesson) + 1 :]]
            if stop or (signals.received and left):
                exit_code = 128 + signals.received if signals.received else 1
                raise LessonError(_explain(run, stop, left), exit_code)
    print(f"The report is in {report}")
    return report


def _find_models(chosen, root):
    """Find the model that a lesson shall load, before any work; the lesson sees another folder."""
    for lesson in chosen:
        model = lesson.overrides.get("model", "auto")
        if model != "auto" and model not in [other.id for other in chosen]:
            lesson.overrides["model"] = str(find_model(model, run_dir=root))


def _run_lesson(lesson: Lesson, run: Run, signals: StopSignals) -> Stop | None:
    """Run one lesson and leave its notebook and manifest; give why it stopped early, or None."""
    notebook = _load_notebook(lesson)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    title = next(iter(headings(prose)), lesson.id)
    # so that no older result passes for this one's, should the lesson fail before its own start
    run.start(parameters=lesson.parameters, seed=lesson.parameters.get("seed"))
    run.record(lesson={"status": "running"})

    progress, start = Progress(lesson.id), time.perf_counter()
    environment = {"FIDLE_VAE_RUN_DIR": str(run.path.parent)}
    stop = execute(notebook, lesson.path.parent, environment, progress, signals)
    seconds = round(time.perf_counter() - start, 1)

    entries = {"title": title, "status": stop.status if stop else "finished", "seconds": seconds}
    if stop:
        entries["error"] = stop.error
    if stop and stop.place:
        entries |= {"cell": stop.place.number, "section": stop.place.section}
    run.record(lesson=entries)
    with atomic_path(run.path / f"{lesson.id}.ipynb") as partial:
        nbformat.write(notebook, partial)
    with atomic_path(run.path / f"{lesson.id}.html") as partial:
        partial.write_text(notebook_html(notebook, title, lesson.path.parent), encoding="utf-8")
    if stop:
        progress.done(f"{stop.status} after {duration(seconds)}")
    else:
        elbo = run.manifest["metrics"].get("elbo")
        progress.done(f"done in {duration(seconds)}" + (f"  elbo {elbo:.2f}" if elbo else ""))
    return stop


def _load_notebook(lesson):
    """Read the notebook; put in a cell with the parameters that differ, as papermill does."""
    notebook = load_notebook_node(str(lesson.path))
    if lesson.overrides:
        notebook = parameterize_notebook(
            notebook, lesson.overrides, kernel_name="python3", language="python"
        )
        for cell in notebook.cells:
            if "injected-parameters" in cell.metadata.tags:  # papermill makes a tuple a string
                cell.source = "# Parameters\n" + "\n".join(
                    f"{name} = {value!r}" for name, value in lesson.overrides.items()
                )
    return notebook


def _explain(run, stop, left):
    """Say in one sentence what stopped, where, why, and what was not run for that."""
    if stop:
        where = f" in {stop.place}" if stop.place else ""
        verb = "failed" if stop.status == "failed" else "was interrupted"
        error = re.sub(r"(?<!\.)\.$", "", stop.error)  # a full stop, not an ellipsis
        sentence = f"{run.id} {verb}{where}: {error}; the notebook so far is in {run.path}"
    else:
        sentence = f"interrupted after {run.id}, which is in {run.path}"
    return sentence + (f"; not run: {', '.join(left)}." if left else ".")
