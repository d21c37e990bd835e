"""Trials a minute: plain calls of `train` one after the other, and `fidle-vae sweep` on two cores.

`python -m benchmarks.sweep_throughput` trains the same eight small VAEs in each way, in turn, each
time in a fresh process and a fresh folder, so that times include all that starts. Plain calls use
both cores for each training, as TensorFlow does by itself; "without pictures" leaves out what a
trial leaves out, the figures and images of `train`, and measures what a trial measures.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.measure.alternation import Contender, alternate, column, ratios, spread, table
from benchmarks.measure.machine import describe_machine
from fidle_vae.common.keras_import import import_keras
from fidle_vae.common.sharing import THREADS

OVER, SEEDS = {"k2": [1e-4, 1e-3], "latent_dim": [2, 10]}, 2
TRIALS = 8
SMALL = {"dataset": "mnist", "kind": "mlp"}
PLAIN, BARE = "train, one after the other", "the same without pictures"
SWEEPS = {
    "sweep --jobs 1": {"jobs": 1},
    "sweep --jobs 2": {"jobs": 2},
    "sweep --engine ray --jobs 2": {"jobs": 2, "engine": "ray"},
}


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.1, help="of the images (default: 0.1)")
    parser.add_argument("--epochs", type=int, default=5, help="of a training (default: 5)")
    parser.add_argument("--rounds", type=int, default=3, help="of all ways (default: 3)")
    options = parser.parse_args(arguments)
    sizes = {"scale": options.scale, "epochs": options.epochs}
    ways = {way: _process(way, sizes) for way in (PLAIN, BARE, *SWEEPS)}
    text = report(alternate(ways, options.rounds), sizes)
    print(text)
    return text


def _process(way, sizes):
    call = f"from benchmarks import sweep_throughput as own; own.train_all({way!r}, {sizes})"
    return Contender(["-c", call], dict.fromkeys(THREADS, "2" if way in (PLAIN, BARE) else "1"))


def train_all(way: str, sizes: dict) -> None:
    """Train all trials in one way."""
    with tempfile.TemporaryDirectory() as folder:
        if way in SWEEPS:
            from fidle_vae.sweeps.sweep import sweep

            sweep(OVER, seeds=SEEDS, run_dir=folder, **SMALL, **sizes, **SWEEPS[way])
            return
        import_keras()
        from fidle_vae.sweeps.grid import make_trials
        from fidle_vae.sweeps.trial import run_trial
        from fidle_vae.training.train import train

        for trial in make_trials(OVER, SEEDS, SMALL | sizes):
            if way == PLAIN:
                train(**trial.parameters, id=trial.name, run_dir=folder)
            else:
                run_trial(Path(folder), trial)


def report(results: dict[str, list[dict]], sizes: dict) -> str:
    """Return the table of the results."""
    bare = column(results[BARE], "process_wall")
    rows = []
    for way, runs in results.items():
        wall = column(runs, "process_wall")
        minutes = [60 * TRIALS / seconds for seconds in wall]
        rows.append([way, spread(wall, ".0f"), spread(minutes, ".1f"), spread(ratios(bare, wall))])
    return "\n\n".join(
        (
            describe_machine("tensorflow", "keras", "ray"),
            f"{TRIALS} trainings, scale {sizes['scale']:g}, {sizes['epochs']} epochs. Rounds: "
            f"{len(bare)}; median (smallest to largest).",
            table(["way", "wall, s", "trials a minute", "times as fast as without pictures"], rows),
        )
    )


if __name__ == "__main__":
    main()
