"""Train the style generator that is included in the package: 23 minutes beside other work.

    python tools/train_style.py

Writes models/best.keras (the generator alone, with averaged weights) and manifest.json to
fidle_vae/models/pretrained_style, which has the layout of a run's folder.
"""

import json
import tempfile
from pathlib import Path

from fidle_vae.common.files import atomic_path
from fidle_vae.common.keras_import import import_keras

FOLDER = Path(__file__).parent.parent / "fidle_vae" / "models" / "pretrained_style"
LIMIT = 1_500_000  # bytes
SETTINGS = {"dataset": "mnist", "scale": 1.0, "seed": 123, "latent_dim": 32, "batch_size": 64}
LENGTH = {"epochs": 60, "images_per_epoch": 6400}
PLAYERS = {"width": 32, "mixed": 0.5, "discriminator_width": 32, "penalty_weight": 0.5}
ADAM = {"learning_rate": 1e-3, "beta_1": 0.0, "beta_2": 0.99}
MOMENTUM = 0.995  # of the average of the generator's weights: over the last 200 steps or so


def main():
    """Train, judge and save the generator."""
    import_keras()
    import keras
    import numpy as np

    from fidle_vae.data.datasets import load_dataset
    from fidle_vae.evaluation.classifier import load_classifier
    from fidle_vae.models import Adversarial, build_discriminator
    from fidle_vae.models.style_generator import build_style_generator
    from fidle_vae.runs.run import Run

    seed = SETTINGS["seed"]
    keras.utils.set_random_seed(seed)
    data = load_dataset(SETTINGS["dataset"], SETTINGS["scale"], seed)
    shape = data.x_train.shape[1:]
    generator = build_style_generator(
        shape, SETTINGS["latent_dim"], PLAYERS["width"], PLAYERS["mixed"], seed
    )
    game = Adversarial(
        generator,
        build_discriminator("plain", shape, PLAYERS["discriminator_width"]),
        penalty="r1",
        penalty_weight=PLAYERS["penalty_weight"],
        seed=seed,
    )
    averaging = keras.optimizers.Adam(**ADAM, use_ema=True, ema_momentum=MOMENTUM)
    game.compile(averaging, keras.optimizers.Adam(**ADAM))
    judge = load_classifier(SETTINGS["dataset"])
    with tempfile.TemporaryDirectory() as folder:
        settings = {**SETTINGS, **LENGTH, **PLAYERS, **ADAM, "ema_momentum": MOMENTUM}
        run = Run("style", data, root=folder, **settings)
        with run.timed("training"):
            rng = np.random.default_rng(seed)
            for epoch in range(LENGTH["epochs"]):
                rows = rng.choice(len(data.x_train), LENGTH["images_per_epoch"], replace=False)
                losses = game.fit(data.x_train[rows], batch_size=SETTINGS["batch_size"]).history
                print(epoch + 1, {name: round(each[-1], 3) for name, each in losses.items()})
            averaging.finalize_variable_values(generator.trainable_variables)
        run.record(metrics=measure(game.sample(2000, seed=seed), data, judge))
        manifest = run.manifest
    manifest["dataset"]["source"] = "MNIST, all 60,000 + 10,000 images"
    del manifest["figures"], manifest["claims"]
    model = FOLDER / "models" / "best.keras"
    model.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(model) as partial:
        generator.save(partial)
    with atomic_path(FOLDER / "manifest.json") as partial:
        partial.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    size = model.stat().st_size
    if size > LIMIT:
        raise ValueError(f"{model} has {size:,} bytes, more than {LIMIT:,}: train a smaller one.")
    print(f"{model}: {size:,} bytes, {manifest['metrics']}")


def measure(drawn, data, judge):
    """Return how good draws are, beside as many held-out and training images in random order."""
    import numpy as np

    from fidle_vae.evaluation.draw_quality import judge_draws

    rng = np.random.default_rng(SETTINGS["seed"])
    real, train = (rng.permutation(each) for each in (data.x_test, data.x_train))
    found = judge_draws(drawn, real, train, judge)
    measures = ("distance", "floor", "coverage", "confident", "copied")
    return {name: float(getattr(found, name)) for name in measures}


if __name__ == "__main__":
    main()
