"""Run the lessons on both datasets, for three seeds, and write docs/claims.md: `make claims`.

All at the lessons' own parameters, two lessons at a time, about 40 minutes on two cores; before a
release also `python tools/claims.py --scale 1 --seeds 123`, for hours, which adds its own document.
The exit code is 3 if a claim does not hold. `--keep` takes lessons that are finished already.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from fidle_vae.common.files import atomic_path
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.claims import broken_claims
from fidle_vae.course.run_lessons import run_lessons
from fidle_vae.runs import runs_dir
from fidle_vae.runs.claims import Claim

DOCS = Path(__file__).parent.parent / "docs"
DATASETS = ("mnist", "digits")
HEAD = """\
# What the lessons claim

Written by `{command}`. Each claim is a sentence of a lesson with a number that the lesson measures
and a bound; here are the numbers on {datasets}, seeds {seeds}{scale}. The sentence and its bound
are those of the first run: where it names classes, those of another run may be others.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what has to be run, write the document, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[123, 1, 2])
    parser.add_argument("--datasets", nargs="+", choices=DATASETS, default=DATASETS)
    parser.add_argument("--scale", type=float, help="share of the images (default: each lesson's)")
    parser.add_argument("--keep", action="store_true", help="do not repeat finished runs")
    options = parser.parse_args(arguments)
    chosen = {} if options.scale is None else {"scale": options.scale}
    name = "claims" if options.scale is None else f"claims_scale_{options.scale:g}"
    manifests, broken = {}, []
    for dataset in options.datasets:
        for seed in options.seeds:
            folder = runs_dir() / name / f"{dataset}-{seed}"
            ids = [id for id in catalogue() if not (options.keep and _finished(folder, id))]
            if ids:
                settings = {"dataset": dataset, "seed": seed, **chosen}
                run_lessons(ids, settings, run_dir=folder, jobs=2)
            for id in catalogue():
                manifest = _read(folder, id)
                manifests[dataset, seed, id] = manifest
                broken += [f"{dataset}, {seed}, {id}: {x}" for x in broken_claims(id, manifest)]
    command = " ".join(["python tools/claims.py", *(arguments or sys.argv[1:])])
    text = HEAD.format(
        command=command,
        datasets=" and ".join(options.datasets),
        seeds=", ".join(map(str, options.seeds)),
        scale="" if options.scale is None else f", at `scale = {options.scale:g}`",
    )
    text += "".join(table(id, manifests) for id in catalogue())
    machine = next(iter(manifests.values()))["machine"]
    text += f"\nMachine: {machine}\n"
    with atomic_path(DOCS / f"{name}.md") as partial:
        partial.write_text(text, encoding="utf-8")
    print("\n".join(broken or [f"all claims hold: docs/{name}.md"]))
    return 3 if broken else 0


def table(id: str, manifests: Mapping[tuple[str, int, str], Mapping]) -> str:
    """Return the claims of a lesson as a Markdown table, with a column for each run."""
    runs = {key[:2]: manifest["claims"] for key, manifest in manifests.items() if key[2] == id}
    head = ["claim", "bound", *(f"{dataset} {seed}" for dataset, seed in runs)]
    lines = [head, ["---"] * 2 + ["---:"] * len(runs)]
    for name, claim in next(iter(runs.values())).items():
        row = [claim["says"].replace("|", "\\|"), Claim.of_entry(claim).bound]
        row += [_cell(claim, claims.get(name)) for claims in runs.values()]
        lines.append(row)
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"\n## {id}: {len(lines) - 2} claims\n\n{rows}"


def _cell(first, claim):
    """Write the value of a run as the first run's claim has it, by its unit and its bounds."""
    if claim is None:
        return "not made"
    claim = Claim.of_entry({**first, "value": claim["value"]})
    return claim.measured + ("" if claim.holds else " ✗")


def _finished(folder, id):
    """Whether a lesson has reached its end, and has made the claims that it makes today."""
    manifest = _read(folder, id)
    status = (manifest.get("lesson") or {}).get("status")
    return status == "finished" and set(manifest.get("claims", ())) == set(catalogue()[id].claims)


def _read(folder, id):
    path = folder / id / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
