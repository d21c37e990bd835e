"""Train the model that is included in the package, on MNIST at scale 1: half an hour on two cores.

    python tools/train_pretrained.py

Writes models/best.keras (weights only, no optimizer state), best.json and manifest.json to
fidle_vae/models/pretrained/, which has the layout of a run's folder.
"""

import json
import shutil
import tempfile
from pathlib import Path

from fidle_vae.common.files import atomic_path
from fidle_vae.common.keras_import import import_keras

PRETRAINED = Path(__file__).parent.parent / "fidle_vae" / "models" / "pretrained"
LIMIT = 1_500_000  # bytes, for the model


def main():
    """Train, then save what the lessons need."""
    import_keras()
    import keras

    from fidle_vae.models.vae import VAE
    from fidle_vae.training.train import train

    with tempfile.TemporaryDirectory() as folder:
        run = train(dataset="mnist", scale=1.0, seed=123, epochs=20, id="mnist", run_dir=folder)
        trained = keras.saving.load_model(run.models / "best.keras")
        vae = VAE(trained.encoder, trained.decoder, loss_weights=trained.loss_weights, seed=123)
        vae.compile(keras.optimizers.SGD())  # ready to evaluate; Adam would save them three times
        model = PRETRAINED / "models" / "best.keras"
        with atomic_path(model) as partial:
            vae.save(partial)
        shutil.copy(run.models / "best.json", model.with_suffix(".json"))
        manifest = run.manifest
    manifest["dataset"]["source"] = "MNIST, all 60,000 + 10,000 images"  # no path of this machine
    del manifest["figures"]
    with atomic_path(PRETRAINED / "manifest.json") as partial:
        partial.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    size = model.stat().st_size
    if size > LIMIT:
        raise ValueError(f"{model} has {size:,} bytes, more than {LIMIT:,}: train a smaller one.")
    print(f"{model}: {size:,} bytes")


if __name__ == "__main__":
    main()
