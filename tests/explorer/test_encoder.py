import functools

import keras
import numpy as np
import pytest
from keras import layers

from fidle_vae.explorer.spec.encoder import encoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models.layers import SamplingLayer
from fidle_vae.models.networks import build_encoder
from fidle_vae.runs.saved_models import PRETRAINED, load_model
from tests.helpers.javascript import run_encoders

SHAPE = (10, 9, 1)


def gaussian(*parts, shape=SHAPE, draw=False):
    """Return an encoder with these layers before its two outputs, and perhaps a draw of z."""
    image = keras.Input(shape)
    x = image
    for layer in parts:
        x = layer(x)
    x = layers.Flatten()(x)
    outputs = [layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)]
    if draw:
        outputs.append(SamplingLayer()(outputs))
    return keras.Model(image, outputs, name="encoder")


def points(*parts):
    return keras.Sequential(
        [keras.Input(SHAPE), *parts, layers.Flatten(), layers.Dense(3)], name="encoder"
    )


def two_ends():
    """Return an encoder whose two ends both begin by changing their common input."""
    image = keras.Input(SHAPE)
    x = layers.Dense(6)(layers.Flatten()(image))
    mean = layers.Dense(2)(layers.LeakyReLU(0.2)(x))
    log_var = layers.Dense(2)(layers.Activation("tanh")(x))
    return keras.Model(image, [mean, log_var])


def apart():
    """Return an encoder whose two outputs share no layer."""
    image = keras.Input(SHAPE)
    ends = [layers.Dense(2)(layers.Flatten()(image)) for _ in range(2)]
    return keras.Model(image, ends)


POOLS = [
    {"pool_size": size, "strides": strides, "padding": padding}
    for size in (2, 3, (3, 2))
    for strides in (None, 2, (1, 3))
    for padding in ("same", "valid")
]
CASES = {
    "strides": lambda: gaussian(layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")),
    "valid": lambda: gaussian(layers.Conv2D(4, (3, 2), strides=(2, 1), activation="elu")),
    "batch normalization": lambda: gaussian(
        layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU()
    ),
    "dropout": lambda: gaussian(layers.Dropout(0.5), layers.Conv2D(3, 3)),
    "global maximum": lambda: gaussian(layers.Conv2D(5, 3), layers.GlobalMaxPooling2D()),
    "global mean": lambda: gaussian(layers.Conv2D(5, 3), layers.GlobalAveragePooling2D()),
    "global mean with its axes": lambda: gaussian(
        layers.Conv2D(5, 3), layers.GlobalAveragePooling2D(keepdims=True)
    ),
    "points": lambda: points(layers.Conv2D(4, 3)),
    "a draw of z": lambda: gaussian(layers.Dense(3), draw=True),
    "two ends": two_ends,
    "apart": apart,
} | {
    f"{kind.__name__} {options}": functools.partial(
        lambda kind, options: gaussian(layers.Conv2D(3, 1), kind(**options)), kind, options
    )
    for kind in (layers.MaxPooling2D, layers.AveragePooling2D)
    for options in POOLS
}
COURSE = {
    f"{kind} {shape}": functools.partial(build_encoder, kind, shape, 2)
    for kind in ("conv", "conv_bn", "mlp")
    for shape in ((28, 28, 1), (11, 9, 1))
} | {"pretrained": lambda: load_model(PRETRAINED).encoder}


def randomize(model, seed):
    """Set every weight to a value other than 0 and 1."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.dtype == "float32":
            size = np.sqrt(np.prod(weight.shape[:-1])) if weight.name == "kernel" else 1
            values = rng.uniform(0.3, 1.0, weight.shape) / size
            signs = 1 if weight.name == "moving_variance" else rng.choice([-1, 1], weight.shape)
            weight.assign(values * signs)


@pytest.fixture(scope="module")
def encoded(tmp_path_factory):
    """Codes of random images by every encoder, from node and from Keras: {name: (seen, known)}."""
    models = {name: make() for name, make in (CASES | COURSE).items()}
    for seed, (name, model) in enumerate(models.items()):
        if name != "pretrained":
            randomize(model, seed)
    packer, jobs, images = Packer(), {}, {}
    for name, model in models.items():
        noise = np.random.default_rng(2).random((3, *model.input_shape[1:]), "float32")
        images[name] = noise * np.float32([0.2, 0.6, 1]).reshape(3, 1, 1, 1)
        for precision in ("float32", "float16") if name in COURSE else ("float32",):
            spec = encoder_spec(model, packer, precision=precision)
            flat = images[name].reshape(3, -1).tolist()
            jobs[name, precision] = {"spec": spec, "images": flat}
    folder = tmp_path_factory.mktemp("encoded")
    answer = run_encoders(folder, packer.data, encoders=list(jobs.values()))["codes"]
    results = {}
    for (name, precision), codes in zip(jobs, answer, strict=True):
        outputs = keras.tree.flatten(models[name](images[name], training=False))[:2]
        known = [keras.ops.convert_to_numpy(output) for output in outputs]
        results[name, precision] = codes, known
    return results


@pytest.mark.parametrize("name", [*CASES, *COURSE])
def test_node_encodes_what_keras_encodes(encoded, name):
    codes, (mean, *log_var) = encoded[name, "float32"]
    np.testing.assert_allclose([code["mean"] for code in codes], mean, rtol=1e-4, atol=1e-5)
    if log_var:
        seen = [code["logVar"] for code in codes]
        np.testing.assert_allclose(seen, log_var[0], rtol=1e-4, atol=1e-5)
    else:
        assert [code["logVar"] for code in codes] == [None] * 3
    assert mean.std(axis=0).min() > 5e-4  # the codes differ


@pytest.mark.parametrize("name", COURSE)
def test_float16_moves_a_code_by_less_than_a_hundredth(encoded, name):
    codes, (mean, log_var) = encoded[name, "float16"]
    far = np.abs([code["mean"] for code in codes] - mean).max()
    assert 0 < far < 1e-2
    assert np.abs([code["logVar"] for code in codes] - log_var).max() < 2e-2


def branches():
    image = keras.Input(SHAPE)
    x = layers.Dense(4)(image)
    x = layers.Flatten()(layers.Add()([x, layers.Dense(4)(x)]))
    return keras.Model(image, [layers.Dense(2)(x), layers.Dense(2)(x)])


def conditional():
    image, label = keras.Input(SHAPE), keras.Input((3,))
    x = layers.Concatenate()([layers.Flatten()(image), label])
    return keras.Model([image, label], [layers.Dense(2)(x), layers.Dense(2)(x)])


class OfItsOwn(keras.Model):
    def call(self, x):
        return x


def too_large():
    model = points()
    model.layers[-1].kernel.assign(np.full((90, 3), 1e5))
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: None,
        OfItsOwn,
        branches,
        conditional,
        too_large,
        lambda: gaussian(layers.LayerNormalization()),
        lambda: gaussian(shape=(8, 8, 3)),
        lambda: gaussian(shape=(28, 20, 1)),
        lambda: gaussian(layers.GlobalMaxPooling2D(), shape=(None, None, 1)),
        lambda: keras.Sequential([keras.Input((90,)), layers.Dense(2)]),
        lambda: keras.Sequential([keras.Input(SHAPE), layers.Conv2D(2, 3)]),
    ],
)
def test_an_encoder_that_the_explorer_cannot_run_has_no_description_and_takes_no_room(make):
    packer = Packer()
    kept = packer.add([1, 2], "int32")
    assert encoder_spec(make(), packer) is None
    assert len(packer.data) == 8
    assert packer.add([3], "int32")["offset"] == kept["offset"] + 8


def test_the_encoder_takes_two_bytes_for_a_weight():
    packer, encoder = Packer(), build_encoder("conv", (28, 28, 1), 2)
    encoder_spec(encoder, packer)
    assert 2 <= len(packer.data) / encoder.count_params() < 2.01
