"""How fast a trained VAE is used: encoding, decoding, log-likelihood, a grid of images.

`python -m benchmarks.evaluate_speed` uses the model that is included in the package, in one
process: each row after a warm-up, the rows of a group in turn. Speeds are in images per second; for
the likelihood, each sample that is decoded and compared with the image counts as one image.
"""

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.measure.alternation import ratios, spread, table
from benchmarks.measure.machine import describe_machine
from fidle_vae.common.keras_import import import_keras
from fidle_vae.data.datasets import load_mnist

IMAGES = 10_000  # held-out ones
SIDE = 20  # images along a grid
SAMPLES = 500  # of z per image, for the likelihood
ONE_BY_ONE = 40  # calls of `predict`; each takes as long as decoding hundreds of images


class Work(NamedTuple):
    """A call to time, and the number of images it encodes or decodes."""

    run: Callable
    images: int


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of each group (default: 5)")
    parser.add_argument(
        "--images", type=int, default=IMAGES, help=f"held-out ones (default: {IMAGES})"
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more; got {options.rounds}: try 5.")
    if not 1 <= options.images <= IMAGES:
        parser.error(f"--images must be from 1 to {IMAGES}; got {options.images}: try {IMAGES}.")
    rows = []
    for group, works in groups(options.images).items():
        rows += report(group, measure(works, options.rounds))
    text = "\n\n".join(
        (
            describe_machine("keras", "tensorflow"),
            f"Rounds: {options.rounds}; median (smallest to largest).",
            table(["", "images/s", "speed of the group's first row / its speed"], rows),
        )
    )
    print(text)
    return text


def groups(images: int) -> dict[str, dict[str, Work]]:
    """Return the calls to time; the others of a group are compared with its first."""
    import_keras()
    from fidle_vae.evaluation.likelihood import importance_sampling
    from fidle_vae.models.latent_space import LatentPlane, grid_points
    from fidle_vae.runs.saved_models import PRETRAINED, load_model

    vae = load_model(PRETRAINED)
    x = load_mnist().x_test[:images]
    z, _ = vae.encode(x)
    few = x[: max(1, len(x) // SAMPLES)]  # so that about as many images are decoded
    grid = grid_points(SIDE, LatentPlane.of_dims(vae.latent_dim)).reshape(-1, vae.latent_dim)
    grid = grid.astype("float32")

    def likelihood():
        importance_sampling(vae.encoder, vae.decoder, few, samples=SAMPLES)

    def predict_each():
        for point in grid[:ONE_BY_ONE]:
            vae.decoder.predict(point[None], verbose=0)

    return {
        "encode": {
            "vae.encode": Work(lambda: vae.encode(x), len(x)),
            "encoder.predict": Work(lambda: vae.encoder.predict(x, verbose=0), len(x)),
        },
        "decode": {
            "vae.decode": Work(lambda: vae.decode(z), len(z)),
            "decoder.predict": Work(lambda: vae.decoder.predict(z, verbose=0), len(z)),
            f"likelihood, {SAMPLES} samples": Work(likelihood, SAMPLES * len(few)),
        },
        f"grid of {SIDE} x {SIDE}": {
            "vae.decode, once": Work(lambda: vae.decode(grid), len(grid)),
            "vae.decode, each image": Work(
                lambda: [vae.decode(point[None]) for point in grid], len(grid)
            ),
            "decoder.predict, each image": Work(predict_each, ONE_BY_ONE),
        },
    }


def measure(works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Time each in turn, after a warm-up round; return images per second for each round."""
    speeds = {name: [] for name in works}
    for number in range(1 + rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work.run()
            if number:
                speeds[name].append(work.images / (time.perf_counter() - start))
    return speeds


def report(group: str, speeds: dict[str, list[float]]) -> list[list[str]]:
    """Return the rows of a group."""
    first = next(iter(speeds.values()))
    return [
        [
            f"{group}: {name}",
            spread(values, ",.0f"),
            "" if values is first else spread(ratios(first, values), ",.2f"),
        ]
        for name, values in speeds.items()
    ]


if __name__ == "__main__":
    main()
