"""Inject every fault many times, count what is lost, and write docs/reliability.md.

`make torture`, in less than half an hour; `--share 0.1` for a tenth of the tries, `--only killed`
for some faults, which writes no document. The exit code is 1 if anything was lost.
"""

import argparse
import functools
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.files import atomic_path
from fidle_vae.common.wording import duration
from torture import files, processes, training

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"


class Row(NamedTuple):
    """A fault, what is promised in spite of it, and one try, which says what went wrong."""

    fault: str
    promise: str
    injected: str
    attempt: Callable[[Path, random.Random], str]
    tries: int


ROWS = {
    "killed": Row(
        "a training is killed",
        "it is reported as interrupted, with its epoch; resumed, it leaves the same weights, "
        "history, best model, images and film record as a whole one, bit for bit",
        "SIGKILL at a random moment, saving included; `fidle-vae train --resume`",
        processes.killed,
        20,
    ),
    "removed": Row(
        "the folder of a run is removed under its training",
        "the training ends with one sentence and exit code 1; no manifest is made again",
        "the folder is removed at a random moment",
        processes.removed,
        10,
    ),
    "full": Row(
        "the disk is full",
        "one sentence with the path and the mend; no partial file; an earlier run untouched",
        "a file system of 100 MB, which another thread fills at a random moment",
        processes.disk_full,
        18,
    ),
    "twice": Row(
        "two processes write one run",
        "the second one is refused, with the process, host and time of the first; a dead process "
        "keeps no lock",
        "two processes; the first one is killed",
        processes.written_twice,
        20,
    ),
    "records": Row(
        "four processes record at the same time",
        "no entry is lost, and no reader sees a part of the manifest",
        "4 x 200 entries, and a reader",
        processes.recorded_at_once,
        3,
    ),
    "diverged": Row(
        "the loss is no number",
        "the training stops and names the step; the best model is kept; all JSON is JSON",
        "all weights become NaN after a random step",
        training.diverged,
        50,
    ),
    "repeated": Row(
        "200 trainings in one process",
        "each leaves less than 3 MB of memory behind, figures included",
        "200 calls of `train`, on 200 images; the growth of the last 150",
        training.repeated,
        1,
    ),
}
TRIES_A_FILE = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all rows, write the document, and return 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="of all tries")
    parser.add_argument("--only", nargs="+", help="names of faults, such as killed or model")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    start, lines, lost_in_all = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name, row in rows(Path(folder)).items():
            if options.only and name not in options.only:
                continue
            tries = max(1, round(options.share * row.tries))
            losses = try_row(row, tries, Path(folder), options.seed)
            lost_in_all += losses.total()
            lines.append((row, tries, losses.total()))
            print(f"{name}: {tries} tries, {losses.total()} losses", flush=True)
            for sentence, count in losses.most_common(5):
                print(f"    {count} x {sentence}", flush=True)
    if not options.only:
        write(lines, 100 * options.share, time.monotonic() - start)
    return 1 if lost_in_all else 0


def rows(folder: Path) -> dict[str, Row]:
    """Return all rows, with one for each kind of damaged file."""
    return ROWS | {
        loader: Row(
            f"damaged: {loader}",
            "it is read, or refused in one sentence with the file and the mend; less than 500 MB "
            "of memory",
            "bytes, members of archives and JSON values, changed at random",
            functools.partial(_damaged, loader),
            TRIES_A_FILE,
        )
        for loader in files.LOADERS
    }


@functools.cache
def _run_to_damage(folder):
    return files.make_run(folder / "damaged")


def _damaged(loader, folder, rng):
    return files.attempt(loader, _run_to_damage(folder), rng)


def try_row(row: Row, tries: int, folder: Path, seed: int) -> Counter:
    """Return what went wrong in so many tries, and how often."""
    rng = random.Random(seed)
    found = (row.attempt(folder, rng) for _ in range(tries))
    return Counter(sentence[:300] for sentence in found if sentence)


def write(lines: Sequence[tuple[Row, int, int]], share: float, seconds: float) -> None:
    """Write docs/reliability.md."""
    table = "\n".join(
        f"| {row.fault} | {row.promise} | {row.injected} | {tries:,} | {lost} |"
        for row, tries, lost in lines
    )
    machine = f"{platform.system()} {platform.machine()}"
    head = HEAD.format(share=share, machine=machine, took=duration(seconds))
    with atomic_path(DOCUMENT) as partial:
        partial.write_text(head + table + "\n", encoding="utf-8")


HEAD = """\
# What is not lost

Each row is a fault, what is promised in spite of it, and how the fault is injected: so many tries,
and how many of them broke the promise. `make torture` does all of it and writes this page; the
tests do a few tries of each, but for the 200 trainings, and read the files that were found to break
earlier versions (tests/torture/corpus). Here are {share:.0f} % of its tries, on {machine}, in
{took}, on TensorFlow.

- A run is finished only if its manifest says so, which is the last that is written, with a digest
  of each file. `fidle-vae verify` compares them. What is not finished is running, if a process
  holds the run's lock, and interrupted otherwise.
- A new run keeps a finished one of the same name whole beside it, in `.NAME.earlier`, until it is
  finished itself.
- `fidle-vae train --resume NAME` goes on from the last epoch, or from the last step that
  `--checkpoint-every N` has saved. Lessons are short and start anew. Bit for bit holds on one
  machine with one number of threads; on another backend as far as its own kernels are
  deterministic.
- Every file is written beside its place, brought to the disk, then moved into place.

| fault | promise | injected by | tries | losses |
| --- | --- | --- | ---: | ---: |
"""

if __name__ == "__main__":
    sys.exit(main())
