"""How fast a training is: `VAE.fit` with its callbacks on, against three peers without any.

`python -m benchmarks.train_speed` trains the same network on the same MNIST images for the same
number of steps. After compilation and a warm-up, the contenders take turns, several times, in one
process: on a shared machine the speed changes within seconds, so processes that start minutes apart
would not run under the same conditions. Ratios are computed within a turn. "Ten steps at a time" is
Keras's `steps_per_execution=10`, which returns to Python only after every tenth step. After each
turn, the rate of a large float32 matrix product is measured in the contender's library; "share that
the steps reach" is the rate of the multiplications in the training steps, divided by that rate. On
a busy machine this share falls, because the fastest product counts. Then compare CPU times, except
PyTorch's, which include the waiting of its threads.
"""

import argparse
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from benchmarks.measure.alternation import column, ratios, spread, table
from benchmarks.measure.machine import Stopwatch, describe_machine, matmul_rate
from fidle_vae.common.keras_import import import_keras
from fidle_vae.data.datasets import load_mnist

OURS = "VAE.fit"
CONTENDERS = {  # name: the module that builds and trains a model, the library, its options
    OURS: ("benchmarks.contenders.ours", "tensorflow", {}),
    "VAE.fit, ten steps at a time": (
        "benchmarks.contenders.ours",
        "tensorflow",
        {"steps_per_execution": 10},
    ),
    "keras.io": ("benchmarks.contenders.keras_io", "tensorflow", {}),
    "course 2023": ("benchmarks.contenders.course_2023", "tensorflow", {}),
    "PyTorch": ("benchmarks.contenders.pytorch", "torch", {}),
}
BATCH_SIZE = 64
WARM_UP = 30  # steps


class Contender(NamedTuple):
    """A compiled model, and the module that trains it."""

    module: ModuleType
    model: object
    library: str


def main(arguments: list[str] | None = None) -> str:
    """Measure all contenders in turn; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=117, help="of a turn (default: 117)")
    parser.add_argument("--turns", type=int, default=6, help="of all contenders (default: 6)")
    options = parser.parse_args(arguments)
    require_options(options.steps, options.turns)
    import_keras()
    x_train = load_mnist().x_train
    contenders = {name: ready(*how, x_train) for name, how in CONTENDERS.items()}
    results = {name: [] for name in contenders}
    for _ in range(options.turns):
        for name, contender in contenders.items():
            results[name].append(measure(contender, x_train[: options.steps * BATCH_SIZE]))
    ours = contenders[OURS].model
    text = report(results, options.steps, (ours.encoder, ours.decoder))
    print(text)
    return text


def require_options(steps: int, turns: int) -> None:
    """Require at least one turn, of no more steps than MNIST has images for."""
    most = 60_000 // BATCH_SIZE
    if not 1 <= steps <= most:
        raise SystemExit(
            f"--steps must be from 1 to {most}; got {steps}: try 117, an eighth of an epoch."
        )
    if turns < 1:
        raise SystemExit(f"--turns must be 1 or more; got {turns}: try 6.")


def ready(module: str, library: str, options: dict, x_train) -> Contender:
    """Build a model, and train it until it is compiled and warmed up."""
    module = import_module(module)
    model = module.new_model(**options)
    for _ in range(2):  # Keras traces a step once more for the second fit
        module.train(model, x_train[: WARM_UP * BATCH_SIZE], BATCH_SIZE, epochs=1)
    return Contender(module, model, library)


def measure(contender: Contender, x_train) -> dict:
    """Train for one turn; return its seconds, and the GFLOP/s of a product right after it."""
    with Stopwatch() as watch:
        contender.module.train(contender.model, x_train, BATCH_SIZE, epochs=1)
    return {"wall": watch.wall, "cpu": watch.cpu, "gflops": matmul_rate(contender.library)}


def report(results: dict[str, list[dict]], steps: int, networks) -> str:
    """Return the table of the results."""
    from benchmarks.measure.flops import training_flops

    images, flops = steps * BATCH_SIZE, training_flops(*networks)
    walls, cpus = (
        {name: column(turns, figure) for name, turns in results.items()}
        for figure in ("wall", "cpu")
    )
    rows = []
    for name, turns in results.items():
        rates = column(turns, "gflops")
        reached = [images / wall * flops / 1e9 for wall in walls[name]]
        rows.append(
            [
                name,
                spread((images / wall for wall in walls[name]), ",.0f"),
                spread((1000 * cpu / images for cpu in cpus[name]), ".2f"),
                "" if name == OURS else spread(ratios(walls[name], walls[OURS])),
                "" if name == OURS else spread(ratios(cpus[name], cpus[OURS])),
                spread(rates, ".0f"),
                spread(ratios(reached, rates)),
            ]
        )
    header = (
        "contender",
        "images/s",
        "CPU ms per image",
        "its time / VAE.fit's",
        "its CPU / VAE.fit's",
        "matrix product, GFLOP/s",
        "share that the steps reach",
    )
    return "\n\n".join(
        (
            describe_machine("tensorflow", "keras", "torch"),
            f"The convolutional VAE, {flops / 1e6:.1f} million operations per image; turns of "
            f"{steps} steps of {BATCH_SIZE} images, {len(results[OURS])} per contender: "
            "median (smallest to largest). Above 1, VAE.fit is faster.",
            table(header, rows),
        )
    )


if __name__ == "__main__":
    main()
