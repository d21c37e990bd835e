"""Train the VAEs of a published table, and write our values next to the published ones.

`python -m benchmarks.paper.table` first prints how long it will take: hours on a laptop. It writes
docs/paper_table.md and can be interrupted at any time: finished rows are kept in
docs/paper_table.json and trained models in the folder of all runs, and neither is computed again.
To start from nothing, name other files:
`python -m benchmarks.paper.table --results mine.json --output mine.md`.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from benchmarks.measure.machine import processor
from benchmarks.paper.document import document
from benchmarks.paper.row import VALIDATION, is_trained, parameters_of, run_of
from benchmarks.paper.setups import SETUPS
from fidle_vae.common.files import atomic_path, project_dir

ROW = [sys.executable, "-m", "benchmarks.paper.row"]
TRAINING_IMAGES = 60_000


def main(arguments=None):
    """Compute the missing rows, then write the document."""
    docs = project_dir() / "docs"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", choices=SETUPS, default=["d2", "d5", "d10", "d20"],
                        help="burda takes a night or two (default: the other four)")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=3, help="of each row (default: 3)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="trainings at a time")
    parser.add_argument("--epochs", type=int, help="at most (default: each row's own)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the images, for a trial")
    parser.add_argument("--results", type=Path, default=docs / "paper_table.json")
    parser.add_argument("--output", type=Path, default=docs / "paper_table.md")
    options = parser.parse_args(arguments)

    asked = [
        parameters_of(row, seed, options.epochs, options.scale)
        for seed in range(1, options.seeds + 1)
        for row in options.rows
    ]
    results = read_results(options.results)
    missing = [row for row in asked if row not in [result["parameters"] for result in results]]
    if missing:
        untrained = [p for p in missing if not is_trained(run_of(p["setup"], p["seed"]), p)]
        print(estimate(untrained, options.jobs), flush=True)
        with ThreadPoolExecutor(options.jobs) as pool:
            for result in tqdm(pool.map(compute, missing), "rows", len(missing)):
                results.append(result)
                write_results(options.results, results)
    shown = [
        row
        for row in read_results(options.results)
        if is_asked(row["parameters"], options.epochs, options.scale)
    ]
    with atomic_path(options.output) as partial:
        partial.write_text(document(shown), encoding="utf-8")
    print(f"The table is in {options.output}")


def is_asked(parameters: dict, epochs: int | None, scale: float) -> bool:
    """Whether a finished row has these epochs and this scale."""
    return parameters == parameters_of(parameters["setup"], parameters["seed"], epochs, scale)


def read_results(path: Path) -> list[dict]:
    """Read the finished rows."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def write_results(path: Path, results: list[dict]) -> None:
    """Write the finished rows, sorted by setup and seed."""
    order = list(SETUPS)
    results = sorted(
        results, key=lambda r: (order.index(r["parameters"]["setup"]), r["parameters"]["seed"])
    )
    with atomic_path(path) as partial:
        partial.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def estimate(missing: list[dict], jobs: int) -> str:
    """Return how long the rows take at most, from the time per step with all jobs running."""
    with ThreadPoolExecutor(jobs) as pool:
        seconds = {
            setup: max(pool.map(float, pool.map(_probe, [setup] * jobs)))
            for setup in dict.fromkeys(row["setup"] for row in missing)
        }
    total = sum(row["epochs"] * steps_of_epoch(row) * seconds[row["setup"]] for row in missing)
    return (
        f"{len(missing)} rows to train, {jobs} at a time: {total / jobs / 3600:.1f} hours at most"
    )


def steps_of_epoch(row: dict) -> float:
    """Return the number of training steps in an epoch of a row."""
    setup = SETUPS[row["setup"]]
    share = 1 - VALIDATION if setup.patience else 1
    return TRAINING_IMAGES * row["scale"] * share / setup.batch_size


def compute(parameters: dict) -> dict:
    """Train and measure one row in its own process; return its result."""
    options = [parameters["setup"], parameters["seed"], "--epochs", parameters["epochs"],
               "--scale", parameters["scale"]]  # fmt: skip
    _python(*options)
    manifest = run_of(parameters["setup"], parameters["seed"]).manifest
    kept = ("parameters", "metrics", "timings", "versions", "backend", "machine")
    result = {name: manifest[name] for name in kept}
    return {"date": manifest["started"][:10], "processor": processor(), **result}


def _probe(setup):
    return _python(setup, 0, "--probe").splitlines()[-1]


def _python(*arguments):
    """Run row.py on one core, on KERAS_BACKEND or JAX, the fastest for these small networks."""
    one_core = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    environment = {"KERAS_BACKEND": "jax", "XLA_FLAGS": one_core, **os.environ}
    done = subprocess.run(
        [*ROW, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))} failed:\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
