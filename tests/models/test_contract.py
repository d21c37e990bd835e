"""Tests for every layer and model: shapes, config, and loading its file in another process.

A new layer or model needs a line in SUBJECTS. All tests here are `core`: they run on all backends.
"""

import json

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.conditional_vae import ConditionalVAE
from fidle_vae.models.layers import SamplingLayer, VariationalLossLayer
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)


def vae(kind):
    def make():
        networks = (build(kind, SHAPE, 2) for build in (build_encoder, build_decoder))
        return VAE(*networks, loss_weights=(1.0, 3e-3))

    return make


def conditional():
    networks = (build("mlp", SHAPE, 2, condition=3) for build in (build_encoder, build_decoder))
    return ConditionalVAE(*networks, loss_weights=(1.0, 3e-3))


def functional():
    """Return a functional model with both layers, as in lesson VAE1."""
    x = keras.Input(SHAPE)
    z_mean, z_log_var = build_encoder("mlp", SHAPE, 2)(x)
    z = SamplingLayer(seed=5, name="sample")([z_mean, z_log_var])
    x_hat = build_decoder("mlp", SHAPE, 2)(z)
    return keras.Model(
        x, VariationalLossLayer((2.0, 0.5), name="cost")([x, z_mean, z_log_var, x_hat])
    )


SUBJECTS = {
    "VAE mlp": vae("mlp"),
    "VAE conv_bn": vae("conv_bn"),
    "ConditionalVAE": conditional,
    "functional": functional,
}


def given(model, images):
    """Return what a model is trained on: images, and for a conditional one their classes."""
    return (images, np.arange(len(images)) % 3) if hasattr(model, "classes") else (images,)


def called_on(model, images):
    """Return what a model is called on: the images, or a pair of them and their classes."""
    together = given(model, images)
    return together if len(together) > 1 else images


FRESH = """
import sys
from pathlib import Path
import keras
import numpy as np
import fidle_vae

folder = Path(sys.argv[1])
images = np.load(folder / "images.npy")
for path in sorted(folder.glob("*.keras")):
    model = keras.saving.load_model(path)
    keras.utils.set_random_seed(3)
    given = (images, np.arange(len(images)) % 3) if hasattr(model, "classes") else (images,)
    drawn = model.predict(given if len(given) > 1 else images, verbose=0)
    drawn = np.asarray(keras.tree.flatten(drawn)[0])
    history = model.fit(*given, epochs=2, batch_size=32, verbose=0).history
    weights = {f"weight {i}": w for i, w in enumerate(model.get_weights())}
    np.savez(path.with_suffix(".npz"), drawn=drawn, loss=history["loss"], **weights)
"""


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(7)
    return rng.random((70, *SHAPE), dtype="float32")  # batches of 32 leave a last one of 6


@pytest.fixture(scope="module")
def saved(images, tmp_path_factory, run_python):
    """Each subject, trained and saved; a fresh process has loaded and trained them further."""
    folder = tmp_path_factory.mktemp("models")
    np.save(folder / "images.npy", images)
    models = {}
    for name, make in SUBJECTS.items():
        keras.utils.set_random_seed(1)
        models[name] = make()
        models[name].compile(keras.optimizers.Adam(1e-3))
        models[name].fit(*given(models[name], images), batch_size=32, verbose=0)
        models[name].save(folder / f"{name}.keras")
    run_python(FRESH, folder)
    return {name: (model, np.load(folder / f"{name}.npz")) for name, model in models.items()}


@pytest.mark.parametrize("name", SUBJECTS)
def test_outputs_have_the_shapes_that_are_computed_without_a_call(name, images):
    model = SUBJECTS[name]()
    inputs = called_on(model, images[:5])
    symbols = [keras.Input(array.shape[1:], batch_size=5) for array in keras.tree.flatten(inputs)]
    symbolic = keras.tree.flatten(model(tuple(symbols) if len(symbols) > 1 else symbols[0]))
    for found, computed in zip(keras.tree.flatten(model(inputs)), symbolic, strict=True):
        assert tuple(found.shape) == tuple(computed.shape)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_config_rebuilds_an_object_with_the_same_config(name):
    config = json.dumps(keras.saving.serialize_keras_object(SUBJECTS[name]()))
    again = keras.saving.deserialize_keras_object(json.loads(config))
    assert json.dumps(keras.saving.serialize_keras_object(again)) == config


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_step_of_training_moves_every_weight(name, images):
    keras.utils.set_random_seed(1)
    model = SUBJECTS[name]()
    model.compile(keras.optimizers.Adam(1e-2))
    before = [ops.convert_to_numpy(v).copy() for v in model.trainable_variables]
    model.fit(*given(model, images), batch_size=70, verbose=0)
    for variable, value in zip(model.trainable_variables, before, strict=True):
        after = ops.convert_to_numpy(variable)
        assert np.isfinite(after).all(), variable.path
        assert not np.array_equal(after, value), variable.path


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_fresh_process_loads_it_and_continues_bit_for_bit(name, saved, images):
    model, fresh = saved[name]
    keras.utils.set_random_seed(3)
    drawn = keras.tree.flatten(model.predict(called_on(model, images), verbose=0))[0]
    np.testing.assert_array_equal(fresh["drawn"], drawn)  # the noise too, where there is any
    history = model.fit(*given(model, images), epochs=2, batch_size=32, verbose=0).history
    np.testing.assert_array_equal(fresh["loss"], history["loss"])
    for i, weights in enumerate(model.get_weights()):
        np.testing.assert_array_equal(fresh[f"weight {i}"], weights)
