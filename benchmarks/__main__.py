"""Run all benchmarks that a laptop can run, one after the other, and write docs/benchmarks.md.

`python -m benchmarks` runs each in its own process. If one fails, the document names it, the others
still run, and the exit code is 1. `python -m benchmarks memory scaling` runs only these two and
keeps the other sections. The document is written at the end.
"""

import argparse
import ast
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.files import atomic_path

HERE = Path(__file__).parent
DOCUMENT = HERE.parent / "docs" / "benchmarks.md"
NAMES = ("train_speed", "time_to_elbo", "startup", "memory", "scaling", "evaluate_speed")
HEAD = """# Benchmarks

Written by `make bench`, which calls `python -m benchmarks`. Each section is the output of its
command and names the machine. A value with brackets is the median over several rounds, with the
smallest and the largest value. The contenders of a table ran in turn, and ratios compare runs of
the same round: on a busy machine, they are more reliable than the seconds.

More benchmarks are run by hand: `python -m benchmarks.backends`,
`python -m benchmarks.explorer_frames`, `python -m benchmarks.decoder_runtime`, which has
[its own page](decoder_runtime.md), and `python -m benchmarks.sweep_throughput`, `sweep_pruning`,
`sweep_scale` and `own_pictures`, whose figures are in [scale.md](scale.md).
"""


class Section(NamedTuple):
    """The output of a benchmark."""

    name: str
    text: str  # Markdown
    minutes: float
    exit_code: int


def main(names: Sequence[str] = NAMES, path: Path = DOCUMENT) -> int:
    """Run the benchmarks and write the document; return the exit code."""
    sections = []
    for number, name in enumerate(names, 1):
        print(f"{name}, {number} of {len(names)}", file=sys.stderr, flush=True)
        sections.append(run(name))
    parts = {**read_parts(path), **{section.name: part(section) for section in sections}}
    order = [*NAMES, *(name for name in parts if name not in NAMES)]
    text = "\n".join([HEAD, *(parts[name] for name in order if name in parts)])
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")
    failed = [section.name for section in sections if section.exit_code]
    if failed:
        print(f"failed: {', '.join(failed)}; their messages are above", file=sys.stderr)
    print(f"written: {path}", file=sys.stderr)
    return 1 if failed else 0


def read_parts(path: Path) -> dict[str, str]:
    """Return the sections of an existing document by name, or {} if there is no document."""
    if not path.exists():
        return {}
    _, *parts = path.read_text(encoding="utf-8").split("\n## ")
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def run(name: str) -> Section:
    """Run one benchmark in its own process, and show its progress."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"],
        cwd=HERE.parent,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    minutes = (time.perf_counter() - start) / 60
    return Section(name, done.stdout.strip(), minutes, done.returncode)


def part(section: Section) -> str:
    """Return a section as Markdown, with the docstring of its module."""
    text = section.text
    if section.exit_code:
        text = f"**Failed**, with exit code {section.exit_code}: there are no figures."
    return (
        f"## {section.name}\n\n{_docstring(section.name)}\n\n{text}\n\n"
        f"`python -m benchmarks.{section.name}`, {section.minutes:.1f} minutes, {date.today()}.\n"
    )


def _docstring(name):
    """Return the docstring of a benchmark without importing it."""
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Run benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; all if none")
    asked = parser.parse_args().names
    if wrong := sorted(set(asked) - set(NAMES)):
        parser.error(f"NAME must be one of {', '.join(NAMES)}; got {', '.join(wrong)}")
    sys.exit(main(asked or NAMES))
