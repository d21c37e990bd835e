"""The same training on TensorFlow, JAX and PyTorch: seconds with compilation, images per second.

`python -m benchmarks.backends` trains the MLP and the convolutional VAE on a tenth of MNIST for
three epochs, on each installed backend, each in a fresh process; `--full` uses all of MNIST and 10
epochs. All use the same images, batches of 64 and number of steps, and end with nearly the same
ELBO: only the random draws differ. A second training on JAX keeps all images on the device and
compiles an epoch into one program (`benchmarks/contenders/compiled_epochs.py`), which suits a GPU.
The table names the device; for a GPU, install the backend's build for it.
"""

import argparse
import importlib.util
import json
import time

from benchmarks.measure.alternation import Contender, alternate, column, ratios, spread, table
from benchmarks.measure.machine import describe_machine
from fidle_vae.common.keras_import import import_keras
from fidle_vae.data.datasets import load_mnist

KINDS = ("mlp", "conv")
BACKENDS = ("tensorflow", "jax", "torch")
COMPILED = "jax, compiled epochs"


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="all of MNIST, 10 epochs")
    parser.add_argument("--rounds", type=int, default=3, help="of all backends (default: 3)")
    options = parser.parse_args(arguments)
    scale, epochs = (1.0, 10) if options.full else (0.1, 3)
    installed = [backend for backend in BACKENDS if importlib.util.find_spec(backend)]
    text = "\n\n".join(
        (
            describe_machine("keras", *installed),
            f"Scale {scale:g}, {epochs} epochs. Rounds: {options.rounds}; "
            "median (smallest to largest).",
            *(
                report(kind, alternate(contenders(kind, installed, scale, epochs), options.rounds))
                for kind in KINDS
            ),
        )
    )
    print(text)
    return text


def contenders(kind: str, backends: list[str], scale: float, epochs: int) -> dict[str, Contender]:
    """Return one process per backend, and two for JAX."""
    names = [*backends, COMPILED] if "jax" in backends else backends
    return {name: _process(name, kind, scale, epochs) for name in names}


def _process(name, kind, scale, epochs):
    arguments = f"{kind!r}, {scale}, {epochs}, compiled={name == COMPILED}"
    call = f"from benchmarks import backends; backends.train({arguments})"
    return Contender(["-c", call], {"KERAS_BACKEND": name.split(",")[0]})


def report(kind: str, results: dict[str, list[dict]]) -> str:
    """Return the table of one kind of network."""
    first = column(next(iter(results.values())), "training")
    rows = []
    for name, runs in results.items():
        training = column(runs, "training")
        rows.append(
            [
                f"{name} on {runs[0]['device']}",
                spread(training, ".1f"),
                spread(ratios(training, first)),
                spread(column(runs, "first_epoch"), ".1f"),
                spread(column(runs, "speed"), ",.0f"),
                spread(column(runs, "elbo"), ".1f"),
            ]
        )
    header = (
        kind,
        "training, s",
        f"that / {next(iter(results))}'s",
        "its first epoch, with compilation, s",
        "images/s after it",
        "held-out ELBO, nats",
    )
    return table(header, rows)


def train(kind: str, scale: float, epochs: int, compiled: bool = False) -> None:
    """Train on the backend of this process, and print the measured values."""
    import_keras()
    import keras

    from benchmarks.contenders.ours import new_model
    from fidle_vae.runs.environment import environment

    mnist = load_mnist(scale)
    keras.utils.set_random_seed(123)
    vae = new_model(kind)
    ends = (_compiled if compiled else _fit)(vae, mnist.x_train, epochs)
    figures = {
        "device": environment()["device"],
        "training": ends[-1],
        "first_epoch": ends[0],
        "speed": len(mnist.x_train) * (epochs - 1) / (ends[-1] - ends[0]),
        "elbo": vae.evaluate(mnist.x_test, verbose=0, return_dict=True)["elbo"],
    }
    print(json.dumps(figures))


def _fit(vae, x, epochs):
    """Train with `fit`; return the seconds until the end of each epoch."""
    import keras

    start, ends = time.perf_counter(), []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter() - start)
    )
    vae.fit(x, batch_size=64, epochs=epochs, callbacks=[note], verbose=0)
    return ends


def _compiled(vae, x, epochs):
    from benchmarks.contenders import compiled_epochs

    return [epoch.seconds for epoch in compiled_epochs.train(vae, x, 64, epochs)]


if __name__ == "__main__":
    main()
