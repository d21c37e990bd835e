"""What a minute of training buys: the settings that were tried for the lessons' defaults.

`python -m benchmarks.defaults` trains a VAE with two latent dimensions under each of `SETTINGS`, on
MNIST and on the digits, each in its own process, and writes docs/defaults.md: the CPU time of
`fit`, the ELBO of the held-out images (the same ones for all settings: a tenth of them) and how
many copies of them a classifier still takes for the same digit. The lessons take the last setting.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.measure.alternation import Contender, run
from benchmarks.measure.machine import Stopwatch, describe_machine
from fidle_vae.common.files import atomic_path
from fidle_vae.common.keras_import import import_keras
from fidle_vae.common.sharing import THREADS
from fidle_vae.data.datasets import load_dataset

DOCUMENT = Path(__file__).parent.parent / "docs" / "defaults.md"
DATASETS = ("mnist", "digits")
SEED = 123
HEAD = """\
# What a minute of training buys

Written by `python -m benchmarks.defaults`. A VAE with two latent dimensions and
`loss_weights = (1, 1e-3)`, trained with Adam under several settings, one after the other, each in
its own process, seed {seed}. *Images* are those seen in all epochs together. *CPU s* is the CPU
time of `fit` in one thread, compilation included: on an idle core that is the elapsed time. *ELBO*
is in nats per image, of a tenth of the test images (grey levels). *Survive* is the share of their
copies that a classifier, trained on 18,000 training images, still takes for the same digit. The
lessons VAE1 and VAE2 take the last row: convolutions are what they show. A network of dense layers,
mlp, is as good here, and faster.
"""


class Setting(NamedTuple):
    """How a VAE is trained."""

    kind: str
    scale: float
    batch_size: int
    epochs: int
    schedule: str = "one_cycle"


SETTINGS = (
    Setting("conv", 0.1, 64, 10, "constant"),
    Setting("conv", 0.1, 64, 10),
    Setting("conv", 0.1, 32, 10),
    Setting("conv", 0.3, 64, 3),
    Setting("conv", 0.3, 32, 8),
    Setting("mlp", 0.3, 32, 8),
    Setting("strided", 0.1, 32, 24),
    Setting("strided", 0.3, 32, 8, "constant"),
    Setting("strided", 0.3, 64, 8),
    Setting("strided", 0.3, 64, 16),
    Setting("strided", 0.6, 32, 4),
    Setting("strided", 0.3, 32, 8),
)


def main(arguments: list[str] | None = None, path: Path = DOCUMENT) -> None:
    """Train under every setting, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", nargs=2, metavar=("DATASET", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        dataset, number = options.run
        print(json.dumps(measure(dataset, SETTINGS[int(number)])))
        return
    text = HEAD.format(seed=SEED)
    for dataset in DATASETS:
        results = []
        for number, setting in enumerate(SETTINGS):
            print(f"{dataset}: {setting}", file=sys.stderr, flush=True)
            command = ["-m", "benchmarks.defaults", "--run", dataset, number]
            results.append(run(Contender(command, dict.fromkeys(THREADS, "1"))))
        text += f"\n## {dataset}\n\n{table(results)}"
    text += f"\n{describe_machine('tensorflow', 'keras')}\n"
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")
    print(f"written: {path}", file=sys.stderr)


def measure(dataset: str, setting: Setting) -> dict:
    """Train under a setting; return the seconds, the ELBO and the share of copies that survive."""
    data, judged_by = (load_dataset(dataset, scale, SEED) for scale in (setting.scale, 0.3))
    held_out = load_dataset(dataset, 0.1, SEED)
    import_keras()
    import keras

    from fidle_vae.evaluation import recognize, train_classifier
    from fidle_vae.models import VAE, build_decoder, build_encoder
    from fidle_vae.training.schedules import SCHEDULES

    shape = data.x_train.shape[1:]
    keras.utils.set_random_seed(SEED)
    networks = (build(setting.kind, shape, 2) for build in (build_encoder, build_decoder))
    vae = VAE(*networks, loss_weights=(1.0, 1e-3), seed=SEED)
    rate = SCHEDULES[setting.schedule](len(data.x_train), setting.batch_size, setting.epochs)
    vae.compile(keras.optimizers.Adam(rate))
    with Stopwatch() as watch:
        how = {"batch_size": setting.batch_size, "epochs": setting.epochs, "verbose": 0}
        vae.fit(data.x_train, **how)
    found = vae.evaluate(held_out.x_test, batch_size=250, verbose=0, return_dict=True)
    copies = recognize(train_classifier(judged_by), vae.reconstruct(held_out.x_test))
    survive = float(np.mean(copies == held_out.y_test))
    images = len(data.x_train) * setting.epochs
    return {"setting": setting, "images": images, "seconds": watch.cpu} | {
        "elbo": found["elbo"],
        "survive": survive,
    }


def table(results: list[dict]) -> str:
    """Return the Markdown table of all settings."""
    names = "network", "scale", "batch", "epochs", "rate", "images", "CPU s", "ELBO", "survive"
    lines = [names, ["---"] * 2 + ["---:"] * (len(names) - 2)]
    for result in results:
        kind, scale, batch, epochs, schedule = result["setting"]
        numbers = f"{result['images']:,}", f"{result['seconds']:.0f}", f"{result['elbo']:.1f}"
        survive = f"{100 * result['survive']:.0f} %"
        lines.append([kind, str(scale), str(batch), str(epochs), schedule, *numbers, survive])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
