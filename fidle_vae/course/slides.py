"""Lessons as slides to project: one page each, which needs no network."""

import os
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader
from nbconvert import SlidesExporter
from nbformat import NotebookNode

from fidle_vae.common.files import atomic_path
from fidle_vae.course.catalogue import in_order
from fidle_vae.course.html import OffLine, export
from fidle_vae.course.lessons import Lesson, choose_lessons, read_notebook
from fidle_vae.course.run_lessons import run_lessons
from fidle_vae.course.slide_words import slide_words
from fidle_vae.runs.run import runs_dir

KINDS = ("slide", "subslide", "fragment", "notes", "skip", "-")
ONLY_OUTPUT, ONLY_CODE = "slide-output", "slide-code"  # tags of cells


def write_slides(lessons: Sequence[str] = (), run_dir: str | os.PathLike | None = None) -> Path:
    """Write `slides/<lesson>.html` for each lesson, and an index; return the index's path.

    The outputs of cells are taken from the last run of a lesson. A lesson that has not been run
    to its end, or whose code has changed since, is run first.

    Args:
        lessons: such as ["VAE1"]; empty for all.
        run_dir: the folder of all runs; None takes `runs_dir()`.
    """
    chosen = choose_lessons(lessons)
    root = Path(run_dir or runs_dir()).expanduser().resolve()
    for lesson in chosen:
        require_slide_marks(read_notebook(lesson.path), lesson.path)
    to_run = [lesson.id for lesson in chosen if _executed(lesson, root) is None]
    if to_run:
        print(f"Not run yet, or changed since: {', '.join(to_run)}")
        run_lessons(to_run, run_dir=root)
    for lesson in chosen:
        notebook = _executed(lesson, root)
        if notebook is None:
            raise ValueError(f"{lesson.path} was changed while it ran: make its slides again.")
        page = slides_html(notebook, lesson.entry.title, lesson.path.parent, root / lesson.id)
        _write(root / "slides" / f"{lesson.id}.html", page)
    index = _write_index(root / "slides")
    print(f"The slides are in {index}")
    return index


def slides_html(
    notebook: NotebookNode, title: str, folder: Path, run_folder: Path | None = None
) -> str:
    """Return an executed notebook as a page of slides.

    The metadata `slideshow` of a cell says whether it begins a slide; JupyterLab's property
    inspector sets it. A cell tagged `slide-output` or `claims` shows only its output, one tagged
    `slide-code` only its code. Of prose, a slide shows little; the rest is notes for the speaker.

    Args:
        notebook: executed, and marked.
        title: the page's title.
        folder: the folder of the pictures that its Markdown names.
        run_folder: the folder of the explorers that it shows; None leaves their still pictures.
    """
    return export(
        _Exporter,
        "slides.html.j2",
        notebook,
        title,
        folder,
        run_folder,
        without_code={ONLY_OUTPUT},
        without_output={ONLY_CODE},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )


def require_slide_marks(notebook: NotebookNode, path: Path) -> None:
    """Require that a notebook says what its slides are."""
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type", "-") for cell in notebook.cells]
    for number, kind in enumerate(kinds, start=1):
        if kind not in KINDS:
            raise ValueError(
                f"slide_type must be one of {', '.join(KINDS)}; got {kind!r} in cell {number} of "
                f"{path}: set it in JupyterLab, in the property inspector."
            )
    if "slide" not in kinds:
        raise ValueError(
            f"no cell of {path} begins a slide: set the slide types of its cells in JupyterLab, "
            "in the property inspector."
        )


class _Exporter(OffLine, SlidesExporter):
    lesson_page = "{0}.html"

    def default_filters(self):
        """Yield nbconvert's filters, and ours for prose."""
        yield from super().default_filters()
        yield "slide_words", slide_words


def _executed(lesson: Lesson, root: Path) -> NotebookNode | None:
    """Return the lesson as it is now with the outputs of its last run, or None if they do not fit.

    Only code is compared: prose and marks may have changed since. A run with other parameters fits
    too; the cell that sets them follows the one that it overrides.
    """
    try:
        run = read_notebook(root / lesson.id / f"{lesson.id}.ipynb")
    except (OSError, ValueError):  # not run, or damaged
        return None
    notebook = read_notebook(lesson.path)
    outputs = iter(_code(run))
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        done = next(outputs, None)
        if done is None or done.source != cell.source or not _went_well(done):
            return None
        cell.outputs, cell.execution_count = done.outputs, done.execution_count
        if "parameters" in cell.metadata.get("tags", ()):
            cells += _injected(run, cell)
    notebook.cells = cells
    return notebook if next(outputs, None) is None else None


def _code(run):
    return [cell for cell in run.cells if cell.cell_type == "code" and not _is_injected(cell)]


def _is_injected(cell):
    return "injected-parameters" in cell.metadata.get("tags", ())


def _went_well(cell):
    failed = any(output.output_type == "error" for output in cell.outputs)
    return not failed and (cell.execution_count is not None or not cell.source.strip())


def _injected(run, parameters):
    """Yield the cell with other parameters, for the slide of those that it overrides."""
    hidden = parameters.metadata.get("slideshow", {}).get("slide_type") in ("skip", "notes")
    for cell in filter(_is_injected, run.cells):
        cell.metadata["slideshow"] = {"slide_type": "skip" if hidden else "-"}
        yield cell


def _write(path, text):
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _write_index(folder):
    """Write the page that leads to all slides of the folder, in the lessons' order."""
    pages = {}
    for id in in_order({path.stem for path in folder.glob("*.html")} - {"index"}):
        text = (folder / f"{id}.html").read_text(encoding="utf-8")
        pages[f"{id}.html"] = text.partition("<title>")[2].partition("</title>")[0]
    environment = Environment(loader=PackageLoader("fidle_vae.course"), autoescape=False)
    index = environment.get_template("slides_index.html.j2").render(pages=pages)
    _write(folder / "index.html", index)
    return folder / "index.html"
