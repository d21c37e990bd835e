"""Run the lessons on both datasets, for three seeds, and judge each run: `make gate`, nightly.

A lesson that draws its own pictures is run on these alone.

All at their own parameters, two at a time. The exit code is 3 if something is wrong; what, is
printed at the end. The numbers of the claims go to docs/claims.md; if lessons are named, as in
`python tools/gate.py GEN1`, their sections alone are written anew, and none if seeds or datasets
are chosen, too. `--keep` takes lessons that are finished already. Before a release also `python
tools/gate.py --scale 1 --seeds 123`, for hours: its document is another one, and only the claims
are judged.
"""

import argparse
import itertools
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from run_judge import refusals

from fidle_vae.common.files import atomic_path
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.claims import broken_claims
from fidle_vae.course.run_lessons import LessonError, run_lessons
from fidle_vae.runs.claims import Claim
from fidle_vae.runs.run import Run, runs_dir

DOCS = Path(__file__).parent.parent / "docs"
DATASETS = ("mnist", "digits")
DRAWN = "drawn"  # by the lessons themselves, which have no parameter for it
SEEDS = (123, 1, 2)
HEAD = """\
# What the lessons claim

Each claim is a sentence of a lesson with a number that the lesson measures and a bound; here are
the numbers of several runs, by dataset and seed{scale}. The sentence and its bound are those of the
first run: where it names classes, those of another run may be others. `python tools/gate.py` writes
all of this anew, `python tools/gate.py GEN1` one section.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what has to be run, judge it, write the document, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as GEN1 (default: all)")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--datasets", nargs="+", choices=DATASETS, default=DATASETS)
    parser.add_argument("--scale", type=float, help="share of the images (default: each lesson's)")
    parser.add_argument("--keep", action="store_true", help="do not repeat finished runs")
    options = parser.parse_args(arguments)
    for id in set(options.lessons) - set(catalogue()):  # before anything is removed
        parser.error(f"no lesson is named {id!r}: the lessons are {', '.join(catalogue())}")
    chosen = {} if options.scale is None else {"scale": options.scale}
    name = "claims" if options.scale is None else f"claims_scale_{options.scale:g}"
    manifests, wrong = {}, []
    for dataset, seed in itertools.product([*options.datasets, DRAWN], options.seeds):
        folder = runs_dir() / name / f"{dataset}-{seed}"
        ids = [id for id in options.lessons or catalogue() if dataset in catalogue()[id].datasets]
        runs = [Run(id, root=folder) for id in ids]
        missing = [run.id for run in runs if not (options.keep and _up_to_date(run))]
        for id in missing:  # so that no older run passes for one that was not reached
            shutil.rmtree(folder / id, ignore_errors=True)
        try:
            if missing:
                settings = {} if dataset == DRAWN else {"dataset": dataset}
                settings |= {"seed": seed, **chosen}
                run_lessons(missing, settings, run_dir=folder, jobs=2)
        except LessonError as error:
            if error.exit_code != 1:  # a signal
                raise
            print(error)
        for run in runs:
            manifests[dataset, seed, run.id] = run.manifest
            wrong += [
                f"{dataset}, {seed}, {run.id}: {sentence}" for sentence in _judge(run, chosen)
            ]
    chose_runs = tuple(options.seeds) != SEEDS or tuple(options.datasets) != DATASETS
    if not (options.lessons and chose_runs):
        _write_document(DOCS / f"{name}.md", manifests, options)
    print("\n".join(wrong or [f"Nothing is wrong with {len(manifests)} runs."]))
    return 3 if wrong else 0


def _judge(run, chosen):
    """Return what is wrong with a run; at chosen parameters, only its claims are judged."""
    if not _finished(run):
        return ["it did not reach its end"]
    return broken_claims(run.id, run.manifest) if chosen else refusals(run)


def _finished(run):
    return run.manifest.get("status") == "finished"


def _up_to_date(run):
    """Whether a lesson has reached its end, and has made the claims that it makes today."""
    return _finished(run) and set(run.manifest["claims"]) == set(catalogue()[run.id].claims)


def _write_document(path, manifests, options):
    kept = _sections(path.read_text(encoding="utf-8")) if options.lessons and path.exists() else {}
    written = {id: table(id, manifests) for id in options.lessons or catalogue()}
    sections = kept | written
    text = HEAD.format(scale="" if options.scale is None else f", at `scale = {options.scale:g}`")
    text += "".join(sections[id] for id in catalogue() if id in sections)
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _sections(text):
    """Return the sections of a document, each with its heading, by their lessons."""
    starts = [*re.finditer(r"^\n## (\w+):", text, re.MULTILINE)]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {
        start.group(1): text[start.start() : end] for start, end in zip(starts, ends, strict=True)
    }


def table(id: str, manifests: Mapping[tuple[str, int, str], Mapping]) -> str:
    """Return the claims of a lesson as a Markdown table, with a column for each run."""
    own = {key[:2]: manifest for key, manifest in manifests.items() if key[2] == id}
    runs = {key: manifest.get("claims", {}) for key, manifest in own.items()}
    head = ["claim", "bound", *(f"{dataset} {seed}" for dataset, seed in runs)]
    lines = [head, ["---"] * 2 + ["---:"] * len(runs)]
    for name, claim in max(runs.values(), key=len).items():
        row = [claim["says"].replace("|", "\\|"), Claim.of_entry(claim).bound]
        row += [_cell(claim, claims.get(name)) for claims in runs.values()]
        lines.append(row)
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    machines = ", ".join(sorted({manifest["machine"] for manifest in own.values() if manifest}))
    return f"\n## {id}: {len(lines) - 2} claims\n\nMachine: {machines}\n\n{rows}"


def _cell(first, claim):
    """Write the value of a run as the first run's claim has it, by its unit and its bounds."""
    if claim is None:
        return "not made"
    claim = Claim.of_entry({**first, "value": claim["value"]})
    return claim.measured + ("" if claim.holds else " ✗")


if __name__ == "__main__":
    sys.exit(main())
