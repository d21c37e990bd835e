"""Peak memory of loading MNIST at scale 1 and of training, compared with the 2023 course's loader.

`python -m benchmarks.memory` starts a fresh process for each row and reports its peak resident
memory, as counted by the system. Both loaders read and verify the same files. Both trainings use
the lessons' network, with 100 training steps and 100 batches of held-out images.
"""

import argparse

from benchmarks.measure.alternation import Contender, alternate, column, ratios, spread, table
from benchmarks.measure.machine import describe_machine
from fidle_vae.common.keras_import import import_keras
from fidle_vae.data.datasets import load_mnist

STEPS = 100
IMPORTS, OURS, THEIRS = "imports alone", "fidle_vae", "the 2023 way"
CALL = "from benchmarks import memory; memory."
LOADING = {
    IMPORTS: Contender(["-c", "import fidle_vae.data.datasets"]),
    OURS: Contender(["-c", f"{CALL}load_ours()"]),
    THEIRS: Contender(["-c", f"{CALL}load_theirs()"]),
}
TRAINING = {
    IMPORTS: Contender(["-c", "from fidle_vae import VAE"]),
    OURS: Contender(["-c", f"{CALL}train(*memory.load_ours())"]),
    THEIRS: Contender(["-c", f"{CALL}train(*memory.load_theirs())"]),
}


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of all rows (default: 3)")
    rounds = parser.parse_args(arguments).rounds
    text = "\n\n".join(
        (
            describe_machine("numpy", "keras", "tensorflow"),
            f"Rounds: {rounds}; median (smallest to largest).",
            report("loading", alternate(LOADING, rounds)),
            report(f"loading, and {STEPS} steps of training", alternate(TRAINING, rounds)),
        )
    )
    print(text)
    return text


def report(what: str, results: dict[str, list[dict]]) -> str:
    """Return the table of peaks; the ratio compares what is used beyond the imports."""
    peaks = {name: column(runs, "process_peak") for name, runs in results.items()}
    beyond = {
        name: [peak - start for peak, start in zip(values, peaks[IMPORTS], strict=True)]
        for name, values in peaks.items()
    }
    rows = [
        [
            name,
            _megabytes(values),
            "" if name == IMPORTS else _megabytes(beyond[name]),
            "" if name in (IMPORTS, OURS) else spread(ratios(beyond[name], beyond[OURS])),
        ]
        for name, values in peaks.items()
    ]
    return table([what, "peak, MB", "beyond the imports, MB", f"that / {OURS}'s"], rows)


def _megabytes(values):
    return spread((value / 1e6 for value in values), ",.0f")


def load_ours():
    """Load all of MNIST with the package; return the training and test images."""
    mnist = load_mnist()
    return mnist.x_train, mnist.x_test


def load_theirs():
    """Load all of MNIST the 2023 way; return the training and test images."""
    from benchmarks.contenders.loader_2023 import load

    x_train, _, x_test, _ = load()
    return x_train, x_test


def train(x_train, x_test, steps=STEPS):
    """Train the lessons' network in the process that is measured."""
    import_keras()
    from benchmarks.contenders.ours import new_model

    new_model().fit(
        x_train,
        validation_data=x_test,
        batch_size=64,
        steps_per_epoch=steps,
        validation_steps=steps,
        verbose=0,
    )


if __name__ == "__main__":
    main()
