"""Memory and speed of training on a folder of pictures, streamed from disk and in memory.

`python -m benchmarks.own_pictures` draws 20,000 pictures, reads them, and trains a VAE on them for
an epoch, once with all of them in memory and once batch by batch from disk, each in a process of
its own. `--pictures 100000 --only streamed` shows what a large folder takes.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.measure.alternation import Contender, alternate, column, ratios, run, spread, table
from benchmarks.measure.machine import describe_machine
from fidle_vae.common.keras_import import import_keras

IMPORTS, MEMORY, STREAMED = "imports alone", "in memory", "streamed"
CALL = "from benchmarks import own_pictures as own; own."


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3, help="of all rows (default: 3)")
    parser.add_argument("--only", choices=(MEMORY, STREAMED), help="one way alone")
    parser.add_argument("--kind", default="mlp", help="network (default: mlp, the fastest)")
    options = parser.parse_args(arguments)
    ways = {MEMORY: 1.0, STREAMED: 0.0}
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "pictures")
        run(Contender(["-c", f"{CALL}draw({str(folder)!r}, {options.pictures})"]))
        reading = run(Contender(["-c", f"{CALL}read({str(folder)!r})"]))
        contenders = {IMPORTS: Contender(["-c", "from fidle_vae import VAE"])} | {
            way: Contender(["-c", f"{CALL}train({str(folder)!r}, {share}, {options.kind!r})"])
            for way, share in ways.items()
            if options.only in (None, way)
        }
        try:
            text = report(options, reading, alternate(contenders, options.rounds))
        finally:
            shutil.rmtree(reading["kept"])
    print(text)
    return text


def report(options, reading: dict, results: dict[str, list[dict]]) -> str:
    """Return the table; memory is what is used beyond the imports."""
    start = column(results.pop(IMPORTS), "process_peak")
    speeds = {way: column(runs, "speed") for way, runs in results.items()}
    rows = [
        [
            way,
            spread(
                (
                    (peak - before) / 1e6
                    for peak, before in zip(column(runs, "process_peak"), start, strict=True)
                ),
                ",.0f",
            ),
            spread(speeds[way], ",.0f"),
            spread(ratios(speeds[way], speeds[MEMORY])) if MEMORY in speeds else "",
        ]
        for way, runs in results.items()
    ]
    return "\n\n".join(
        (
            describe_machine("numpy", "keras", "tensorflow", "pillow"),
            f"{options.pictures:,} pictures of 64 x 64 in colour, network {options.kind}, one "
            f"epoch. Rounds: {options.rounds}; median (smallest to largest). As float32 they are "
            f"{options.pictures * 64 * 64 * 3 * 4 / 1e6:,.0f} MB. Reading them for the first time "
            f"took {reading['seconds']:.0f} s ({options.pictures / reading['seconds']:,.0f} a "
            f"second) and a peak of {reading['process_peak'] / 1e6:,.0f} MB, imports included.",
            table(
                ["pictures", "MB beyond the imports", "images a second", "that / in memory"], rows
            ),
        )
    )


def draw(folder: str, pictures: int) -> None:
    """Draw pictures of soft colours, JPEG of 96 x 80 pixels, into a new folder."""
    import numpy as np
    from PIL import Image

    Path(folder).mkdir()
    rng = np.random.default_rng(0)
    for i in range(pictures):
        colours = Image.fromarray(rng.integers(0, 256, (5, 6, 3), dtype=np.uint8))
        colours.resize((96, 80), Image.Resampling.BICUBIC).save(f"{folder}/{i:06d}.jpg")


def read(folder: str) -> None:
    """Read all pictures of a folder for the first time."""
    from fidle_vae.data.datasets import load_images

    start = time.perf_counter()
    kept = load_images(folder, memory=0).x_train.path.parent
    print(json.dumps({"seconds": time.perf_counter() - start, "kept": str(kept)}))


def train(folder: str, memory: float, kind: str) -> None:
    """Train on a folder for an epoch, as `fit_run` does, after a step that compiles."""
    from fidle_vae.data.batches import ShuffledBatches
    from fidle_vae.data.datasets import load_images

    data = load_images(folder, memory=memory)
    import_keras()
    from fidle_vae.models.networks import build_decoder, build_encoder
    from fidle_vae.models.vae import VAE

    shape = data.image_shape
    vae = VAE(build_encoder(kind, shape, 8), build_decoder(kind, shape, 8), loss_weights="elbo")
    vae.compile("adam")
    vae.fit(ShuffledBatches(data.x_train[:64], seed=0), shuffle=False, verbose=0)
    start = time.perf_counter()
    vae.fit(
        ShuffledBatches(data.x_train, seed=0),
        validation_data=data.x_test,
        shuffle=False,
        verbose=0,
    )
    print(json.dumps({"speed": len(data.x_train) / (time.perf_counter() - start)}))


if __name__ == "__main__":
    main()
