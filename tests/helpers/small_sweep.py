"""A sweep of four trainings that takes seconds, and what tests ask of its folder."""

import csv
import re

OVER = {"k2": [1e-3, 1e-2]}
SMALL = {"dataset": "digits", "scale": 0.005, "kind": "mlp", "epochs": 2, "seeds": 2}
COMMAND = [
    "sweep", "--over", "k2=1e-3,1e-2", "--dataset", "digits", "--scale", "0.005",
    "--kind", "mlp", "--epochs", "2", "--seeds", "2",
]  # fmt: skip


def results(root):
    """Return the rows of a sweep's table, without the times."""
    with (root / "results.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "seconds": ""} for row in csv.DictReader(file)]


def trainings(root):
    """Return how many trainings were begun or resumed in the processes of a sweep."""
    logs = [path.read_text(encoding="utf-8") for path in root.glob("worker-*.log")]
    return sum(len(re.findall(r"^Training on", log, re.MULTILINE)) for log in logs)
