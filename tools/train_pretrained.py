"""Train the models that are included in the package: half an hour on two cores, most of it MNIST.

    python tools/train_pretrained.py            # all
    python tools/train_pretrained.py digits     # one

Writes models/best.keras (weights only, no optimizer state), best.json and manifest.json to
a folder of fidle_vae/models, which has the layout of a run's folder.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from fidle_vae.common.files import atomic_path
from fidle_vae.common.keras_import import import_keras

MODELS = Path(__file__).parent.parent / "fidle_vae" / "models"
FOLDERS = {"mnist": MODELS / "pretrained", "digits": MODELS / "pretrained_digits"}
LIMIT = 1_500_000  # bytes, for a model
SETTINGS = {
    "mnist": {"scale": 1.0, "epochs": 20},
    "digits": {"scale": 0.3, "epochs": 10, "batch_size": 32, "schedule": "one_cycle"},
}
SOURCES = {  # in place of a path of this machine
    "mnist": "MNIST, all 60,000 + 10,000 images",
    "digits": "made from scikit-learn's digits",
}


def main():
    """Train the chosen models, and save what the lessons need."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*", metavar="DATASET", help=", ".join(SETTINGS))
    import_keras()
    for dataset in parser.parse_args().datasets or SETTINGS:
        train_model(dataset)


def train_model(dataset):
    """Train on a dataset, and write the model with its manifest."""
    import keras

    from fidle_vae.models.vae import VAE
    from fidle_vae.training.train import train

    with tempfile.TemporaryDirectory() as folder:
        run = train(dataset=dataset, seed=123, id=dataset, run_dir=folder, **SETTINGS[dataset])
        trained = keras.saving.load_model(run.models / "best.keras")
        vae = VAE(trained.encoder, trained.decoder, loss_weights=trained.loss_weights, seed=123)
        vae.compile(keras.optimizers.SGD())  # ready to evaluate; Adam would save them three times
        model = FOLDERS[dataset] / "models" / "best.keras"
        model.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(model) as partial:
            vae.save(partial)
        shutil.copy(run.models / "best.json", model.with_suffix(".json"))
        manifest = run.manifest
    manifest["dataset"]["source"] = SOURCES[dataset]
    del manifest["figures"]
    with atomic_path(FOLDERS[dataset] / "manifest.json") as partial:
        partial.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    size = model.stat().st_size
    if size > LIMIT:
        raise ValueError(f"{model} has {size:,} bytes, more than {LIMIT:,}: train a smaller one.")
    print(f"{model}: {size:,} bytes")


if __name__ == "__main__":
    main()
