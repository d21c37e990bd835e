"""The lessons' notebooks: where they are, and the parameters that each one takes."""

import ast
import difflib
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from fidle_vae.common.files import project_dir
from fidle_vae.course.catalogue import Entry, catalogue, in_order
from fidle_vae.course.markdown import headings
from fidle_vae.training.parameters import require_parameters

LARGEST = 100_000_000  # bytes of a notebook


class Lesson(NamedTuple):
    """A notebook to run, and how.

    Attributes:
        id: the notebook's name without suffix, and the name of its run's folder.
        path: where the notebook is.
        parameters: the value of each parameter.
        overrides: those values that are not the notebook's own.
        entry: the lesson in the catalogue.
    """

    id: str
    path: Path
    parameters: dict
    overrides: dict
    entry: Entry


def lessons_dir() -> Path:
    """Return the folder that holds the lessons' notebooks."""
    return project_dir() / "notebooks"


def choose_lessons(
    ids: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
    *,
    core: bool = False,
) -> list[Lesson]:
    """Return the chosen lessons, all of them by default, with parameters set and checked.

    Args:
        ids: such as ["VAE1", "VAE3"].
        core: whether an empty `ids` stands for the core of the course, and not for all lessons.
        settings: a value for each parameter to change, in the lessons that have it. Strings are
            read as on the command line: "0.1" is a number, "1,1e-3" a pair.
    """
    settings = settings or {}
    known = _find_notebooks()
    if not known:
        raise ValueError(
            f"no lesson is in {lessons_dir()}: run this in a folder of `fidle-vae start`."
        )
    for id in ids:
        if id not in known:
            raise ValueError(
                f"no lesson is named {id!r}{_suggestion(id, known)}: "
                f"the lessons are {', '.join(known)}."
            )
    beyond = {id for id, entry in catalogue().items() if core and not entry.core}
    ids = list(dict.fromkeys(ids or [id for id in known if id not in beyond]))
    defaults = {id: read_parameters(known[id]) for id in ids}
    names = list(dict.fromkeys(name for lesson in defaults.values() for name in lesson))
    for name in settings:
        if name not in names:
            raise ValueError(
                f"no parameter of {', '.join(ids)} is named {name!r}{_suggestion(name, names)}: "
                f"the parameters are {', '.join(names)}."
            )
    return [_set_parameters(id, known[id], defaults[id], settings) for id in ids]


def require_backend(lessons: Sequence[Lesson]) -> None:
    """Require that each lesson runs on the backend that KERAS_BACKEND names, if it names one."""
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    for lesson in lessons:
        if backend not in lesson.entry.backends:
            others = [each.id for each in catalogue().values() if backend in each.backends]
            raise ValueError(
                f"KERAS_BACKEND is {backend!r}, and {lesson.id} runs on "
                f"{', '.join(lesson.entry.backends)} only: unset it, or choose others, such as "
                f"{' '.join(others)}."
            )


def _find_notebooks():
    """Return the path of each lesson's notebook: in the catalogue's order, then all others."""
    paths = {path.stem: path for path in lessons_dir().glob("*.ipynb")}
    return {id: paths[id] for id in in_order(paths)}


def read_parameters(path: Path) -> dict:
    """Return the parameters of a notebook with their defaults; execute nothing."""
    tagged = [
        cell
        for cell in read_notebook(path).cells
        if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", [])
    ]
    if len(tagged) != 1:
        raise ValueError(
            f"{path.name} must have one code cell tagged `parameters`, and has {len(tagged)}: "
            "set the tag in JupyterLab, in the property inspector."
        )
    source = "".join(tagged[0]["source"])
    try:
        return dict(map(_read_assignment, ast.parse(source).body))
    except (ValueError, SyntaxError) as error:
        raise ValueError(
            f"the `parameters` cell of {path.name} must hold assignments of plain values only, "
            f"such as `scale = 0.1`; got {source!r}."
        ) from error


def read_notebook(path: Path) -> NotebookNode:
    """Return a notebook; raise a ValueError if the file is none, or is damaged."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST:,} bytes")
        with warnings.catch_warnings(action="ignore"):  # such as on cells without an id
            notebook = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
    except FileNotFoundError:
        raise
    except Exception as error:  # nbformat raises many for a damaged file
        reason = str(error).strip().split("\n")[0][:200]
        raise ValueError(
            f"{path} is not a notebook that can be read ({type(error).__name__}: {reason}): "
            "restore it, such as by `git restore` or `fidle-vae start`."
        ) from error
    return notebook


def _entry(id, path):
    """Return the catalogue's entry of a lesson; for another notebook, one with its title."""
    if id in catalogue():
        return catalogue()[id]
    prose = [
        "".join(c["source"]) for c in read_notebook(path).cells if c["cell_type"] == "markdown"
    ]
    return Entry(id, title=next(iter(headings("\n".join(prose))), id))


def _read_assignment(node):
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
    raise ValueError


def _set_parameters(id, path, defaults, settings):
    overrides = {
        name: _read_value(settings[name], default)
        for name, default in defaults.items()
        if name in settings
    }
    for name, value in overrides.items():
        if not _fits(value, defaults[name]):
            raise ValueError(
                f"{name} must be {_kind(defaults[name])}, such as {defaults[name]!r}; "
                f"got {value!r}: the parameters of {id} are "
                f"{', '.join(f'{name}={default!r}' for name, default in defaults.items())}."
            )
    parameters = defaults | overrides
    require_parameters(**parameters)
    return Lesson(id, path, parameters, overrides, _entry(id, path))


def _read_value(value, default):
    """Read a string as a literal, unless the parameter is a string."""
    if not isinstance(value, str):
        return value
    try:
        literal = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
    return value if isinstance(default, str) and not isinstance(literal, str) else literal


def _fits(value, default):
    if isinstance(default, tuple):
        same_length = isinstance(value, tuple) and len(value) == len(default)
        return same_length and all(_fits(element, 0.0) for element in value)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(default)


def _kind(default):
    if isinstance(default, tuple):
        return f"{len(default)} numbers"
    kinds = {bool: "True or False", int: "an integer", float: "a number", str: "a text"}
    return kinds.get(type(default), f"a {type(default).__name__}")


def _suggestion(word, known):
    """Return a suggestion of the known word that was probably meant, or an empty string."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower().removesuffix(".ipynb"), by_lower, n=1)
    return f", did you mean {by_lower[near[0]]!r}?" if near else ""
