"""What is known of each lesson: `course.toml`, the one place where lessons are listed, as data."""

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple


class Question(NamedTuple):
    """A question of a lesson's quiz."""

    digest: str  # of its answer, as tools/hash_answer.py prints it
    kind: str  # of its answer: "letter" or "number"
    hint: str


class Program(NamedTuple):
    """A program with one planted mistake, which a student finds and corrects."""

    check: str  # name of the check of what the program should do, such as "kl"
    planted: str  # the mistake in it, as that check names it
    asks: str  # a question that leads there, while the mistake is in it
    says: str  # what it was and why it matters, once it is corrected
    digest: str  # of its code as the lesson has it, by hash_program of checks/quiz/programs.py


@dataclass(frozen=True)
class Entry:
    """A lesson, as the catalogue lists it. A value of a manifest is named by its metric, or path.

    Attributes:
        id: name of its notebook, and of its run's folder.
        title: heading of its notebook.
        question: what it answers.
        teaches: what it teaches, in a few words.
        core: whether it is run where no lesson is named; the others only if they are, or all.
        seconds: that it takes at the defaults.
        datasets: what it is judged on; "drawn" alone for a lesson that has no parameter `dataset`,
            but takes a folder of pictures, or draws some.
        measured: for each dataset, its first key metric at the defaults.
        backends: those of Keras on which it runs.
        takes_model_of: the lesson whose model it takes, where that has been run.
        figures: names of the figures that it must leave.
        files: what else it must leave, as paths in its run's folder.
        metrics: names of the metrics that it must leave.
        claims: names of the claims that it must make, and that must hold at the defaults.
        key_metrics: those to show first, each with its label.
        bounds: for "all" datasets and for each, its range of a value at the defaults.
        quiz: its questions, by key.
        programs: its programs with a planted mistake, by number.
    """

    id: str
    title: str
    question: str = ""
    teaches: str = ""
    core: bool = True
    seconds: float | None = None
    datasets: list[str] = field(default_factory=lambda: ["mnist", "digits"])
    measured: dict[str, float] = field(default_factory=dict)
    backends: list[str] = field(default_factory=lambda: ["tensorflow", "jax", "torch"])
    takes_model_of: str | None = None
    figures: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    key_metrics: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    quiz: dict[str, Question] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)


@functools.cache
def catalogue() -> dict[str, Entry]:
    """Return the lessons by id, in the order in which they are taught."""
    return {fields["id"]: _read_entry(fields) for fields in _read()["lesson"]}


def in_order(ids: Iterable[str]) -> list[str]:
    """Return ids of lessons in the catalogue's order, those that it does not list at the end."""
    places = {id: place for place, id in enumerate(catalogue())}
    return sorted(ids, key=lambda id: (places.get(id, len(places)), id))


def questions() -> dict[str, Question]:
    """Return the questions of all quizzes, by key."""
    return {key: each for entry in catalogue().values() for key, each in entry.quiz.items()}


def programs() -> dict[str, Program]:
    """Return the programs with a planted mistake of all lessons, by number."""
    return {key: each for entry in catalogue().values() for key, each in entry.programs.items()}


def _read():
    return tomllib.loads((files("fidle_vae.course") / "course.toml").read_text(encoding="utf-8"))


def _read_entry(fields):
    parts = {
        "quiz": {key: Question(**each) for key, each in fields.get("quiz", {}).items()},
        "programs": {key: Program(**each) for key, each in fields.get("programs", {}).items()},
    }
    return Entry(**fields | parts)
