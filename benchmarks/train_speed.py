"""How fast a training is: `VAE.fit` with its callbacks on, against three peers without any.

`python -m benchmarks.train_speed` trains the same network on the same MNIST images for the same
number of steps, one contender after the other, each in a fresh process, and again. A process
compiles and warms up before its time is taken. Ten steps at a time is `steps_per_execution` of
Keras, which has Python look in at every tenth step only. Between its epochs a process measures the
rate of a large float32 matrix product, in the library and with the threads that also train. The
share is what the steps' multiplications reach of that rate. On a busy machine it falls, as the
fastest product counts; compare CPU times then, but not PyTorch's, which grows with the waiting of
its threads.
"""

import argparse
import json
import statistics
from importlib import import_module

from benchmarks.alternation import Contender, alternate, column, ratios, spread, table
from benchmarks.machine import Stopwatch, describe_machine, matmul_rate
from fidle_vae.datasets import load_mnist
from fidle_vae.quiet import import_keras

OURS = "VAE.fit"
CONTENDERS = {  # name: the module that makes and trains a model, the library, how it is made
    OURS: ("benchmarks.ours", "tensorflow", {}),
    "VAE.fit, ten steps at a time": ("benchmarks.ours", "tensorflow", {"steps_per_execution": 10}),
    "keras.io": ("benchmarks.peers.keras_io", "tensorflow", {}),
    "course 2023": ("benchmarks.peers.course_2023", "tensorflow", {}),
    "PyTorch": ("benchmarks.peers.pytorch", "torch", {}),
}
BATCH_SIZE = 64
WARM_UP = 30  # steps


def main(arguments: list[str] | None = None) -> str:
    """Measure all contenders in turn; print and give the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=234, help="of an epoch (default: 234)")
    parser.add_argument("--rounds", type=int, default=3, help="of all contenders (default: 3)")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    check_steps(options.steps)
    if options.contender:
        text = json.dumps(measure(*CONTENDERS[options.contender], options.steps))
    else:
        contenders = {name: process(name, options.steps) for name in CONTENDERS}
        text = report(alternate(contenders, options.rounds), options.steps)
    print(text)
    return text


def check_steps(steps: int) -> None:
    """Refuse an epoch that MNIST has not enough images for."""
    most = 60_000 // BATCH_SIZE
    if not 1 <= steps <= most:
        raise SystemExit(
            f"--steps must be from 1 to {most}; got {steps}: try 234, a quarter of an epoch."
        )


def process(name: str, steps: int) -> Contender:
    """Give the process that measures one contender."""
    return Contender(["-m", "benchmarks.train_speed", "--contender", name, "--steps", steps])


def measure(module: str, library: str, options: dict, steps: int, epochs: int = 2) -> dict:
    """Train one contender in this process: seconds of an epoch, and GFLOP/s of a product."""
    if library == "tensorflow":
        import_keras()
    contender = import_module(module)
    model = contender.new_model(**options)
    x_train = load_mnist().x_train[: steps * BATCH_SIZE]
    for _ in range(2):  # Keras traces a step once more for the second fit
        contender.train(model, x_train[: WARM_UP * BATCH_SIZE], BATCH_SIZE, epochs=1)
    rates, watches = [matmul_rate(library)], []
    for _ in range(epochs):
        with Stopwatch() as watch:
            contender.train(model, x_train, BATCH_SIZE, epochs=1)
        watches.append(watch)
        rates.append(matmul_rate(library))
    figures = {
        "wall": statistics.median(watch.wall for watch in watches),
        "cpu": statistics.median(watch.cpu for watch in watches),
        "gflops": statistics.median(rates),
    }
    if contender.__name__ == CONTENDERS[OURS][0]:
        from benchmarks.flops import training_flops

        figures["flops"] = training_flops(model.encoder, model.decoder)
    return figures


def report(results: dict[str, list[dict]], steps: int) -> str:
    """Format what was measured."""
    images, flops = steps * BATCH_SIZE, results[OURS][0]["flops"]
    speeds = {
        name: [images / wall for wall in column(runs, "wall")] for name, runs in results.items()
    }
    rows = []
    for name, runs in results.items():
        rates = column(runs, "gflops")
        steps_rate = [speed * flops / 1e9 for speed in speeds[name]]
        rows.append(
            [
                name,
                spread(speeds[name], ",.0f"),
                spread((1000 * cpu / images for cpu in column(runs, "cpu")), ".2f"),
                "" if name == OURS else spread(ratios(speeds[OURS], speeds[name])),
                spread(rates, ".0f"),
                spread(ratios(steps_rate, rates)),
            ]
        )
    header = (
        "contender",
        "images/s",
        "CPU ms an image",
        "VAE.fit's speed / its speed",
        "matrix product, GFLOP/s",
        "share that the steps reach",
    )
    rounds = len(results[OURS])
    return "\n\n".join(
        (
            describe_machine("tensorflow", "keras", "torch"),
            f"The convolutional VAE, {flops / 1e6:.1f} million operations an image; epochs of "
            f"{steps} steps of {BATCH_SIZE} images; {rounds} rounds: median, least and most.",
            table(header, rows),
        )
    )


if __name__ == "__main__":
    main()
