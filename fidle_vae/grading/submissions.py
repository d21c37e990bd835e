"""Finds and reads submitted notebooks, before any of them runs."""

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from fidle_vae.course.markdown import headings

LARGEST = 50_000_000  # bytes; larger notebooks are not read
EXERCISES = "application/vnd.fidle-vae.exercises+json"  # the data of a summary in an output
MOST = 100_000  # attempts that are believed


class Cell(NamedTuple):
    """A code cell and its tags."""

    source: str
    tags: tuple[str, ...] = ()


class Practice(NamedTuple):
    """How a student came to an answer; None where the notebook does not say."""

    attempts: int | None = None
    hints: int | None = None


class Submission(NamedTuple):
    """A notebook that was submitted.

    Attributes:
        name: its path in the folder without suffix, such as "alice/VAE1".
        lesson: id of its lesson, such as "VAE1"; empty if unknown.
        cells: its code cells.
        problem: why it cannot be graded, as a status and a sentence, or None.
        practice: attempts and hints of each exercise, as the outputs saved in the notebook say.
    """

    name: str
    lesson: str = ""
    cells: tuple[Cell, ...] = ()
    problem: tuple[str, str] | None = None
    practice: Mapping[str, Practice] = MappingProxyType({})


def read_submissions(folder: Path, lessons: Collection[str]) -> list[Submission]:
    """Read all notebooks in a folder and its subfolders, except hidden ones, in order of name.

    Args:
        folder: for example the download from a learning platform, with a subfolder per student.
        lessons: ids of the known lessons, such as ["VAE1", "VAE2"].
    """
    if not folder.is_dir():
        raise ValueError(f"submissions must be a folder, got {str(folder)!r}: use an existing one.")
    paths = sorted(
        path
        for path in folder.rglob("*.ipynb")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not paths:
        raise ValueError(f"no notebook (.ipynb) is in {folder}: name the folder that holds them.")
    return [
        _read(path, printable(path.relative_to(folder).with_suffix("").as_posix()), lessons)
        for path in paths
    ]


def printable(text: str) -> str:
    """Return a text without characters that could confuse a terminal or a file."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _read(path, name, lessons):
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 1_000_000} MB")
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
        cells = [(cell["cell_type"], _source(cell), _tags(cell)) for cell in notebook["cells"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError) as error:
        words = printable(f"{type(error).__name__}: {error}")[:200]
        return Submission(
            name, problem=("not a notebook", f"It is not a notebook that can be read ({words}).")
        )
    prose = "\n".join(source for kind, source, _ in cells if kind == "markdown")
    named = _lesson_in_metadata(notebook)
    lesson = named or _lesson_in_name(path.stem, lessons) or _lesson_in_title(prose, lessons)
    if lesson not in lessons:
        what = f"It says that it is lesson {printable(named)[:50]!r}" if named else (
            "Neither its metadata nor its file's name nor its title says which lesson it is"
        )  # fmt: skip
        sentence = f"{what}: the lessons are {', '.join(lessons)}."
        return Submission(name, problem=("unknown lesson", sentence))
    code = tuple(Cell(source, tags) for kind, source, tags in cells if kind == "code")
    return Submission(name, lesson, code, practice=_practice(notebook))


def _practice(notebook):
    """Return the practice that the summaries in saved outputs tell of; later ones count.

    A student may have written anything there.
    """
    found = {}
    for cell in notebook["cells"]:
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            data = output.get("data") if isinstance(output, dict) else None
            told = data.get(EXERCISES) if isinstance(data, dict) else None
            for exercise, entry in told.items() if isinstance(told, dict) else ():
                if isinstance(entry, dict):
                    found[exercise] = Practice(
                        *(_count(entry.get(key)) for key in Practice._fields)
                    )
    return found


def _count(value):
    return value if type(value) is int and 0 <= value <= MOST else None


def _source(cell):
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _tags(cell):
    tags = (cell.get("metadata") or {}).get("tags") or []
    return tuple(map(str, tags))


def _lesson_in_metadata(notebook):
    """Return the lesson in the metadata, which editors keep in a student's copy."""
    metadata = notebook.get("metadata")
    ours = metadata.get("fidle_vae") if isinstance(metadata, dict) else None
    lesson = ours.get("lesson") if isinstance(ours, dict) else None
    return lesson if isinstance(lesson, str) else ""


def _lesson_in_name(stem, lessons):
    """Return the lesson in a name such as "dupont_vae1 (2)"; VAE10 does not contain VAE1."""
    found = [
        id for id in lessons if re.search(rf"{re.escape(id)}(?!\d)", stem, flags=re.IGNORECASE)
    ]
    return max(found, key=len, default="")


def _lesson_in_title(prose, lessons):
    """Return the lesson in a title such as "# VAE1: First steps"."""
    title = next(iter(headings(prose)), "")
    return next((id for id in lessons if re.match(rf"{re.escape(id)}\b", title)), "")
