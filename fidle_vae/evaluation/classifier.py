"""The small classifier that samples are judged with, trained once for each dataset."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from fidle_vae.common.files import atomic_path
from fidle_vae.data.batches import ShuffledBatches
from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.data.disk_images import DiskImages
from fidle_vae.data.image_folder import PREFIX
from fidle_vae.models.optimizer import build_optimizer
from fidle_vae.models.parts import forward
from fidle_vae.runs.run import runs_dir
from fidle_vae.runs.saved_models import load_model

FEATURES = 32
SEED = 0


def load_classifier(dataset: str, run_dir=None) -> keras.Model:
    """Return the classifier of a dataset: images -> [features (n, 32), class probabilities].

    It is trained on all training images, and saved in `classifiers/` in the folder of all runs.
    Compare distances only if they were measured with the same classifier.
    """
    own = load_dataset(dataset) if dataset.startswith(PREFIX) else None  # may have changed
    name = f"folder-{own.digest[:16]}" if own else dataset
    path = Path(run_dir or runs_dir()) / "classifiers" / f"{name}.keras"
    if not path.exists():
        print(f"Training the classifier that judges samples of {dataset}; it is saved as {path}")
        with atomic_path(path) as partial:
            train_classifier(own or load_dataset(dataset)).save(partial)
    try:
        return load_model(path)
    except ValueError as error:
        raise ValueError(f"{error} Or remove {path}, and it is trained anew.") from error


def train_classifier(data: Dataset, epochs: int = 2) -> keras.Model:
    """Train a small convolutional network on the labelled training images of a dataset."""
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input(data.x_train.shape[1:])
    x = layers.Conv2D(16, 5, strides=2, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    features = layers.Dense(FEATURES, activation="relu", name="features")(layers.Flatten()(x))
    classes = layers.Dense(len(data.class_names), activation="softmax", name="classes")(features)
    trained = keras.Model(inputs, classes)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * -(-len(data.x_train) // 64))
    trained.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    build_optimizer(trained)
    pair = data.x_train, data.y_train
    if isinstance(data.x_train, DiskImages):
        trained.fit(ShuffledBatches(pair, seed=SEED), epochs=epochs, shuffle=False, verbose=0)
    else:
        trained.fit(*pair, batch_size=64, epochs=epochs, verbose=0)
    return keras.Model(inputs, [features, classes], name="classifier")


def look(classifier: keras.Model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return features and class probabilities of images."""
    return tuple(forward(classifier, x, batch_size=500))


def recognize(classifier: keras.Model, x: np.ndarray) -> np.ndarray:
    """Return the class, a number, that the classifier sees in each image."""
    return look(classifier, x)[1].argmax(axis=1)
