"""Whether time or memory grows faster than the data: loading and training at four scales.

`python -m benchmarks.scaling` starts a fresh process for each scale. After compilation, it trains
for three epochs and evaluates the held-out images after each. The network is the MLP, whose steps
are short enough to make the overhead per image visible. Memory is the growth of the peak from
before loading to the end of training. All values are per image, and those of training also per
epoch. Loading reads and verifies all 70,000 images at any scale, so an image costs more at a
smaller scale.
"""

import argparse
import json
import sys

from benchmarks.measure.alternation import Contender, alternate, column, ratios, spread, table
from benchmarks.measure.machine import Stopwatch, describe_machine
from fidle_vae.common.keras_import import import_keras
from fidle_vae.data.datasets import load_mnist

SCALES = (0.1, 0.2, 0.5, 1.0)
EPOCHS = 3
WARM_UP = 0.01  # the scale of the data used for compilation
WARM_UP_EPOCHS = 20  # until the backend's own memory, which does not depend on the data, is stable
COLUMNS = {  # what a process measures, and its unit
    "loading": "µs",
    "loading, CPU": "µs",
    "training": "µs",
    "training, CPU": "µs",
    "memory": "kB",
}


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of all scales (default: 3)")
    rounds = parser.parse_args(arguments).rounds
    call = "from benchmarks import scaling; scaling.measure({}, scaling.EPOCHS)"
    contenders = {scale: Contender(["-c", call.format(scale)]) for scale in SCALES}
    text = report(alternate(contenders, rounds))
    print(text)
    return text


def report(results: dict[float, list[dict]]) -> str:
    """Return the tables; every scale is compared with the last one."""
    last = list(results)[-1]
    figures, compared = [], []
    for scale, runs in results.items():
        values = {name: column(runs, name) for name in COLUMNS}
        of_last = {name: column(results[last], name) for name in COLUMNS}
        figures.append([scale, *(spread(values[name], ".1f") for name in COLUMNS)])
        compared.append([scale, *(spread(ratios(values[name], of_last[name])) for name in COLUMNS)])
    return "\n\n".join(
        (
            describe_machine("numpy", "keras", "tensorflow"),
            f"The MLP, {EPOCHS} epochs. Rounds: {len(results[last])}; median (smallest to "
            "largest), per image. The pixels of an image take 3.1 kB.",
            table(["scale", *(f"{name}, {unit}" for name, unit in COLUMNS.items())], figures),
            table([f"ratio to scale {last:g}", *COLUMNS], compared),
        )
    )


def measure(scale: float, epochs: int) -> None:
    """Load and train in the process that is measured; print the values."""
    import_keras()
    from benchmarks.contenders.ours import new_model

    vae = new_model("mlp")
    for _ in range(2):  # Keras traces a step again for the second fit
        _fit(vae, load_mnist(WARM_UP), WARM_UP_EPOCHS)

    before = _peak_memory()
    with Stopwatch() as loading:
        mnist = load_mnist(scale)
    with Stopwatch() as training:
        _fit(vae, mnist, epochs)
    images = len(mnist.x_train) + len(mnist.x_test)
    figures = {
        "loading": 1e6 * loading.wall / images,
        "loading, CPU": 1e6 * loading.cpu / images,
        "training": 1e6 * training.wall / epochs / images,
        "training, CPU": 1e6 * training.cpu / epochs / images,
        "memory": (_peak_memory() - before) / 1e3 / images,
    }
    print(json.dumps(figures))


def _fit(vae, mnist, epochs):
    vae.fit(mnist.x_train, validation_data=mnist.x_test, batch_size=64, epochs=epochs, verbose=0)


def _peak_memory():
    """Return the peak resident memory of this process so far, in bytes."""
    import resource  # not available on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
