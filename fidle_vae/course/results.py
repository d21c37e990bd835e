"""What lessons left behind, as their runs' manifests have it: for the screen, JSON and JUnit."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fidle_vae.common.json_numbers import finite
from fidle_vae.common.junit import Case, Suite
from fidle_vae.course.claims import broken_claims
from fidle_vae.course.lessons import Lesson
from fidle_vae.runs.claims import Claim
from fidle_vae.runs.run import Run


@dataclass(frozen=True)
class LessonResult:
    """The result of a lesson that ran, or was to run.

    Attributes:
        id: such as "VAE1".
        title: its heading.
        status: "finished", "failed", "interrupted" or "not run".
        seconds: how long it took.
        error: why it stopped early; empty if it did not.
        dataset: the name and source of its images, and how many there are; None before they load.
        parameters: those it ran with.
        metrics: by name.
        claims: the entry of each claim made, by name, see `runs.claims`.
        broken: a sentence for each claim that does not hold; for a finished lesson, also for those
            of the catalogue that were not made.
    """

    id: str
    title: str
    status: str = "not run"
    seconds: float = 0.0
    error: str = ""
    dataset: dict | None = None
    parameters: dict = field(default_factory=dict)
    metrics: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def read_result(run: Run) -> LessonResult:
    """Return the result of a lesson that has just run, from its manifest."""
    manifest = run.manifest
    lesson, claims = manifest["lesson"], manifest.get("claims") or {}
    broken = broken_claims(run.id, manifest)
    if manifest["status"] != "finished":
        broken = [sentence for sentence in broken if _name(sentence) in claims]
    return LessonResult(
        run.id, lesson["title"], manifest["status"], lesson["seconds"], manifest.get("error", ""),
        manifest["dataset"], manifest["parameters"], manifest["metrics"], claims, broken,
    )  # fmt: skip


class DatasetNews:
    """Says which dataset lessons take: once, and again if another one takes another."""

    def __init__(self):
        self._shown = None

    def line(self, lesson: Lesson, run: Run) -> str | None:
        """Return a line on the dataset of a lesson that runs, if it is known by now and new."""
        dataset = run.manifest["dataset"]
        if dataset is None or dataset["name"] == self._shown:
            return None
        self._shown = dataset["name"]
        automatic = lesson.parameters.get("dataset") == "auto" and dataset["name"] != "mnist"
        why = ", because MNIST was not found and could not be downloaded" if automatic else ""
        return f"Dataset: {dataset['name']}{why}"


def as_json(results: Iterable[LessonResult], root: Path) -> str:
    """Return all results as one JSON document; numbers that JSON does not know become null."""
    document = {"run_dir": str(root), "lessons": [asdict(result) for result in results]}
    return json.dumps(finite(document), indent=2)


def as_suite(result: LessonResult) -> Suite:
    """Return a result as a test suite: a case for the lesson, and one for each claim."""
    outcome = {"finished": "passed", "not run": "skipped"}.get(result.status, "error")
    broken = {_name(sentence): sentence for sentence in result.broken}
    cases = [Case("lesson", outcome, result.error, result.seconds)]
    for name in dict.fromkeys([*result.claims, *broken]):
        outcome = "failure" if name in broken else "passed"
        cases.append(Case(name, outcome, broken.get(name, ""), output=_measured(result, name)))
    return Suite(result.id, cases)


def _measured(result, name):
    """Return a claim in words, with its number and bound; nothing if it was not made."""
    entry = result.claims.get(name)
    return repr(Claim.of_entry(entry)) if entry else ""


def _name(sentence):
    """Return the name of the claim that a sentence of `broken_claims` is about."""
    return sentence.split()[1]
