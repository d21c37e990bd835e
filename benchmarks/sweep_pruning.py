"""How many epochs Optuna's pruning saves in a sweep, and what it costs of the best ELBO.

`python -m benchmarks.sweep_pruning` runs the sweep of README.md twice, the weight of the KL by the
latent dimensions with three seeds: each trial to its end, then with `--search optuna`. Networks are
fully connected; the ELBO is that of the sweep's table, on 2,000 held-out images of MNIST.
"""

import argparse
import csv
import tempfile
import time
from pathlib import Path

from benchmarks.measure.alternation import table
from benchmarks.measure.machine import describe_machine
from fidle_vae.sweeps.sweep import RESULTS, sweep

OVER = {"k2": [1e-4, 5e-4, 1e-3, 5e-3], "latent_dim": [2, 5, 10]}


def main(arguments: list[str] | None = None) -> str:
    """Run both sweeps; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist", help="default: mnist")
    parser.add_argument("--scale", type=float, default=0.1, help="of the images (default: 0.1)")
    parser.add_argument("--epochs", type=int, default=10, help="of a trial (default: 10)")
    parser.add_argument("--seeds", type=int, default=3, help="of each setting (default: 3)")
    options = vars(parser.parse_args(arguments))
    with tempfile.TemporaryDirectory() as folder:
        found = {search: run(search, folder, options) for search in ("grid", "optuna")}
    text = report(found)
    print(text)
    return text


def run(search: str, folder: str, options: dict) -> dict:
    """Run the sweep with one way to search; return its trials, as the table has them."""
    start = time.perf_counter()
    root = sweep(OVER, search=search, name=search, kind="mlp", run_dir=folder, **options)
    with (Path(root) / RESULTS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {"rows": rows, "minutes": (time.perf_counter() - start) / 60}


def report(found: dict[str, dict]) -> str:
    """Return the table: epochs, time and best trial of each way."""
    whole = epochs_of(found["grid"])
    lines = []
    for search, each in found.items():
        finished = [row for row in each["rows"] if row["status"] == "finished"]
        best = max(finished, key=lambda row: float(row["elbo"]))
        lines.append(
            [
                search,
                f"{len(finished)} of {len(each['rows'])}",
                epochs_of(each),
                f"{whole / epochs_of(each):.2f}",
                f"{each['minutes']:.1f}",
                f"{float(best['elbo']):.2f}",
                best["trial"],
            ]
        )
    header = (
        "search",
        "trained to the end",
        "epochs",
        "times fewer",
        "minutes",
        "best ELBO",
        "of the trial",
    )
    return "\n\n".join((describe_machine("tensorflow", "keras", "optuna"), table(header, lines)))


def epochs_of(sweep: dict) -> int:
    """Return how many epochs all trials of a sweep took together."""
    return sum(int(row["epochs"]) for row in sweep["rows"])


if __name__ == "__main__":
    main()
