"""What a sweep costs beside its trainings: disk, time and memory at 10, 1,000 and 10,000 trials.

`python -m benchmarks.sweep_scale` trains one small VAE, copies its run for all other trials (as
hard links, which take no room), and calls the sweep, which finds all of them finished: it verifies
the digest of each file, and writes the table and the page.
"""

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks.measure.alternation import Contender, run, table
from benchmarks.measure.machine import describe_machine

SEEDS, MOST = 10, 60_000  # of a setting; a file may have some 65,000 hard links
SMALL = {"dataset": "digits", "scale": 0.01, "kind": "mlp", "epochs": 1}
CALL = "from benchmarks import sweep_scale as own; own."


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, nargs="+", default=[10, 1000, 10_000])
    rows, wanted = [], parser.parse_args(arguments).trials
    for trials in wanted:
        if trials < SEEDS or trials % SEEDS or trials > MOST:
            parser.error(f"--trials must be multiples of {SEEDS} up to {MOST:,}, got {trials}")
    for trials in wanted:
        with tempfile.TemporaryDirectory() as folder:
            run(Contender(["-c", f"{CALL}fill({folder!r}, {trials})"]))
            values = run(Contender(["-c", f"{CALL}find({folder!r}, {trials})"]))
            sizes = {path.name: path.stat().st_size for path in Path(folder, "sweep").iterdir()}
            one = next(path for path in Path(folder, "sweep").glob("*_seed-1"))
            disk = sum(path.stat().st_size for path in one.rglob("*") if path.is_file())
        rows.append(
            [
                f"{trials:,}",
                f"{disk * trials / 1e9:,.2f}",
                f"{values['process_wall']:,.1f}",
                f"{1000 * values['process_wall'] / trials:,.1f}",
                f"{values['process_peak'] / 1e6:,.0f}",
                f"{sizes['results.csv'] / 1e6:,.2f}",
                f"{sizes['index.html'] / 1e6:,.2f}",
            ]
        )
    head = ["trials", "GB in runs", "s to go on", "ms a trial", "MB of memory"]
    text = "\n\n".join(
        (
            describe_machine("keras", "matplotlib"),
            f"Runs of the MLP, {SEEDS} seeds of each setting, all finished before: a second call.",
            table([*head, "MB of results.csv", "MB of index.html"], rows),
        )
    )
    print(text)
    return text


def settings(trials: int) -> dict:
    """Return what to sweep for so many trials."""
    return {"k2": [1e-4 * (1 + i) for i in range(trials // SEEDS)]}


def fill(folder: str, trials: int) -> None:
    """Train one trial, and copy its run for all others."""
    from fidle_vae.runs.state import digest_of, manifest_of
    from fidle_vae.sweeps.grid import make_trials
    from fidle_vae.sweeps.sweep import sweep

    every = make_trials(settings(trials), SEEDS, SMALL)
    root = sweep({"k2": settings(trials)["k2"][:1]}, seeds=1, run_dir=folder, **SMALL)
    first = root / every[0].name
    content = manifest_of(first)
    for trial in every[1:]:
        shutil.copytree(first, root / trial.name, copy_function=os.link)
        (root / trial.name / "manifest.json").unlink()
        own = content | {"id": trial.name, "parameters": trial.parameters}
        text = json.dumps(own | {"digest": digest_of(own)})
        (root / trial.name / "manifest.json").write_text(text, encoding="utf-8")


def find(folder: str, trials: int) -> None:
    """Call the sweep, of which nothing is left to train."""
    from fidle_vae.sweeps.sweep import sweep

    sweep(settings(trials), seeds=SEEDS, run_dir=folder, **SMALL)


if __name__ == "__main__":
    main()
