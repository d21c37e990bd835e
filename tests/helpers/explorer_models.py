"""Small models to explore, and their outputs by Keras."""

import functools
import math
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.explorer.content import explorer_content
from fidle_vae.models.parts import Parts, parts
from fidle_vae.runs.saved_models import PRETRAINED, load_model

GREY, COLOUR = (8, 8, 1), (6, 5, 3)
CLASSES = ("blob", "spot", "stain")


def blobs(shape, labels=True):
    """Return 120 different soft blobs in whole steps of 1/255, of three classes."""
    rng = np.random.default_rng(5)
    height, width, channels = shape
    row, column = np.mgrid[:height, :width]
    y, x = rng.uniform(1, height - 1, (120, 1, 1)), rng.uniform(1, width - 1, (120, 1, 1))
    blob = np.exp(-((row - y) ** 2 + (column - x) ** 2) / rng.uniform(2, 9, (120, 1, 1)))
    tint = rng.uniform(0.3, 1, (120, 1, 1, channels))
    images = (np.rint(255 * blob[..., None] * tint) / 255).astype("float32")
    classes = rng.integers(0, len(CLASSES), 120) if labels else None
    return Dataset(images, classes, images, classes, "blobs", "", "", CLASSES if labels else ())


def ten_classes():
    """Return the same blobs in ten classes, with the names of Fashion-MNIST's."""
    names = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
    )  # fmt: skip
    labels = np.arange(120) % 10
    return blobs(GREY)._replace(y_train=labels, y_test=labels, class_names=names)


def decoder(shape, latent_dim, seed=1, last="sigmoid"):
    """Return a decoder whose images change so slowly that two decimals of z suffice."""
    keras.utils.set_random_seed(seed)
    z = keras.Input((latent_dim,))
    x = layers.Dense(12, "tanh")(z)
    pixels = layers.Dense(
        math.prod(shape), last, kernel_initializer=keras.initializers.RandomNormal(stddev=0.4)
    )
    return keras.Model(z, layers.Reshape(shape)(pixels(x)), name="decoder")


def autoencoder(shape, latent_dim, seed=1, spread=1.2):
    """Return a model with a linear encoder, whose codes of the blobs have this spread in sigma."""
    keras.utils.set_random_seed(seed)
    image = keras.Input(shape)
    to_code = layers.Dense(latent_dim)
    encoder = keras.Model(image, to_code(layers.Flatten()(image)), name="encoder")
    codes = keras.ops.convert_to_numpy(encoder(blobs(shape).x_test))
    scale = spread / codes.std(axis=0)
    to_code.set_weights([to_code.get_weights()[0] * scale, -codes.mean(axis=0) * scale])
    return keras.Model(image, decoder(shape, latent_dim, seed)(encoder(image)))


def conditional(shape, latent_dim, seed=1):
    """Return an autoencoder that takes the class, too; what it draws changes with the class."""
    keras.utils.set_random_seed(seed)
    image, one_hot = keras.Input(shape), keras.Input((len(CLASSES),))
    code = layers.Dense(latent_dim)(layers.Concatenate()([layers.Flatten()(image), one_hot]))
    encoder = keras.Model([image, one_hot], code, name="encoder")
    z, asked = keras.Input((latent_dim,)), keras.Input((len(CLASSES),))
    drawn = decoder(shape, latent_dim + len(CLASSES), seed)(layers.Concatenate()([z, asked]))
    asks = keras.Model([z, asked], drawn, name="decoder")
    return keras.Model([image, one_hot], asks([encoder([image, one_hot]), one_hot]))


MODELS = {
    "conditional": lambda: ({"a model": conditional(GREY, 2)}, blobs(GREY)),
    "conditional, four": lambda: ({"a model": conditional(GREY, 4)}, blobs(GREY)),
    "conditional and plain": lambda: (
        {"asked": conditional(GREY, 2), "plain": autoencoder(GREY, 2)},
        blobs(GREY),
    ),
    "grey": lambda: ({"a model": autoencoder(GREY, 2)}, blobs(GREY)),
    "colour": lambda: ({"a model": autoencoder(COLOUR, 2)}, blobs(COLOUR)),
    "line": lambda: ({"a model": autoencoder(GREY, 1)}, blobs(GREY)),
    "three": lambda: ({"a model": autoencoder(GREY, 3)}, blobs(GREY)),
    "six": lambda: ({"a model": autoencoder(GREY, 6)}, blobs(GREY)),
    "two": lambda: (
        {"one": autoencoder(GREY, 2), "other": autoencoder(GREY, 2, seed=2)},
        blobs(GREY),
    ),
    "ten classes": lambda: ({"a model": autoencoder(GREY, 2)}, ten_classes()),
    "two, ten classes": lambda: (
        {"one": autoencoder(GREY, 2), "other": autoencoder(GREY, 2, seed=2)},
        ten_classes(),
    ),
    "bare": lambda: ({"a model": decoder(COLOUR, 2, last="tanh")}, None),
    "deep bare": lambda: ({"a model": decoder(GREY, 9)}, None),
    "half bare": lambda: (
        {"bare": decoder(GREY, 2, seed=3), "a model": autoencoder(GREY, 2)},
        blobs(GREY),
    ),
    "no labels": lambda: ({"a model": autoencoder(GREY, 2)}, blobs(GREY, labels=False)),
    "far": lambda: ({"a model": autoencoder(GREY, 2, spread=20)}, blobs(GREY)),
    "pretrained": lambda: ({"pretrained": load_model(PRETRAINED)}, load_dataset("auto", scale=0.2)),
}


class Shown(NamedTuple):
    """What an explorer shows, computed by Keras."""

    content: dict
    data: bytes
    decoders: list
    encoders: list  # for each model, or None
    codes: list  # for each model, (n, d), or None
    dataset: Dataset | None


@functools.cache
def shown(name):
    """Return one of MODELS with the content of its explorer."""
    models, dataset = MODELS[name]()
    content, data = explorer_content(models, dataset)
    decoders = [getattr(model, "decoder", model) for model in models.values()]
    codes, encoders = [], []
    for i, model in enumerate(models.values()):
        by_name = {layer.name: layer for layer in model.layers}
        decoders[i] = by_name.get("decoder", decoders[i])
        encoder = getattr(model, "encoder", by_name.get("encoder"))
        encoders.append(encoder)
        y = None if dataset is None or dataset.y_test is None else dataset.y_test[:2000]
        codes.append(encoder and parts(model).encode(dataset.x_test[:2000], y).mean)
    return Shown(content, data, decoders, encoders, codes, dataset)


def decoded(decoder, z, label=0):
    """Return the image of a latent point as a browser shows it: (h, w, 3), 0 to 255."""
    image = Parts(None, decoder).decode([z], [label])[0]
    if decoder.layers[-2].get_config().get("activation") == "tanh":
        image = (image + 1) / 2
    return as_bytes(image)


def as_bytes(image):
    return np.broadcast_to(np.rint(255 * image.clip(0, 1)), (*image.shape[:2], 3)).astype(int)


def assert_same_image(seen, expected, within=2):
    assert seen.shape == expected.shape
    assert np.abs(seen - expected).max() <= within


def whole_view(plane, codes, shell=0):
    """Return the first view, [x, y, half]: three sigma of the prior, nearly all codes or draws."""
    centre = plane.project(np.zeros(len(plane.origin)))
    half = max(3.4, 1.15 * shell)
    if len(codes):
        far = np.abs(plane.project(codes) - centre).max(axis=1)
        half = max(half, 1.05 * np.quantile(far, 0.995, method="lower"))
    return centre[0], centre[1] if len(centre) > 1 else 0, half
