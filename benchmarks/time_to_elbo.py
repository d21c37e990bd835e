"""How long until the held-out ELBO is as good as that of the course's recipe of 2023.

`python -m benchmarks.time_to_elbo` trains the recipe of 2023 (Adam, constant rate 1e-3, batches of
64, 10 epochs) on MNIST's 60,000 images, then the same network and loss with one cycle of the rate
and batches of 32 (`benchmarks/contenders/recipes.py`) for 4 epochs; `--long` adds a run of 10
epochs. Each has its own process. After every epoch, it measures the ELBO of the 10,000 held-out
images: grey levels, one draw of z, nats per image. Times include training and compilation, but not
this evaluation.
"""

import argparse
import json
import sys

from benchmarks.measure.alternation import Contender, run, table
from benchmarks.measure.machine import describe_machine
from fidle_vae.common.keras_import import import_keras
from fidle_vae.data.datasets import load_mnist

RUNS = {  # name in the table: recipe, epochs
    f"{recipe}, {epochs} epochs": (recipe, epochs)
    for recipe, epochs in (
        ("course 2023", 10),
        ("one cycle", 4),
        ("one cycle", 10),
    )
}
PEER, SHORT, LONG = RUNS
SEED = 123


def main(arguments: list[str] | None = None) -> str:
    """Train with every recipe; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="share of the images (default: 1)")
    parser.add_argument("--long", action="store_true", help=f"train {LONG}, too")
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        text = json.dumps(train(*RUNS[options.run], options.scale))
    else:
        names = RUNS if options.long else (PEER, SHORT)
        text = report(_all_runs(names, options.scale), options.scale)
    print(text)
    return text


def _all_runs(names, scale):
    results = {}
    for name in names:
        print(f"training: {name}", file=sys.stderr, flush=True)
        results[name] = run(
            Contender(["-m", "benchmarks.time_to_elbo", "--run", name, "--scale", scale])
        )
    return results


def train(recipe: str, epochs: int, scale: float) -> dict:
    """Train with a recipe; return the ELBO and the elapsed seconds after each epoch."""
    mnist = load_mnist(scale, SEED)
    import_keras()
    import keras

    from benchmarks.contenders.recipes import RECIPES
    from benchmarks.measure.held_out import HeldOutElbo

    keras.utils.set_random_seed(SEED)
    model, batch_size = RECIPES[recipe](len(mnist.x_train), epochs)
    held_out = HeldOutElbo(mnist.x_test)
    model.fit(mnist.x_train, batch_size=batch_size, epochs=epochs, callbacks=[held_out], verbose=0)
    return held_out.figures


def report(results: dict[str, dict], scale: float) -> str:
    """Return the table: when each run reached the peer's last ELBO, and its final ELBO."""
    peer = results[PEER]
    target, images = peer["elbo"][-1], round(60_000 * scale)
    rows = []
    for name, figures in results.items():
        reached = next((i for i, elbo in enumerate(figures["elbo"]) if elbo >= target), None)
        if name == PEER:
            reached = len(peer["elbo"]) - 1  # its last ELBO is the target
        last = figures["elbo"][-1]
        as_long = peer["elbo"][len(figures["elbo"]) - 1]
        row = [name, f"{last:.1f}", f"{last - as_long:+.1f}"]
        if reached is None:
            row += ["not reached", "", "", "", ""]
        else:
            wall, cpu = figures["wall"][reached], figures["cpu"][reached]
            row += [
                reached + 1,
                f"{wall:.0f}",
                f"{cpu:.0f}",
                f"{peer['wall'][-1] / wall:.2f}",
                f"{peer['cpu'][-1] / cpu:.2f}",
            ]
        rows.append(row)
    header = (
        "recipe",
        "final ELBO",
        "gain over the first after as many epochs",
        "epochs to the target",
        "wall, s",
        "CPU, s",
        "times faster, by wall",
        "times faster, by CPU",
    )
    return "\n\n".join(
        (
            describe_machine("tensorflow", "keras"),
            f"Trained on {images:,} images of MNIST, one seed. The target, the ELBO of the first "
            f"recipe at its end, is {target:.1f} nats per image of held-out grey images.",
            table(header, rows),
        )
    )


if __name__ == "__main__":
    main()
