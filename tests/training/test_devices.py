"""Two devices that share each batch train the model that one device trains."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from fidle_vae.data.batches import ShuffledBatches
from fidle_vae.training.devices import on_devices, share_loss
from fidle_vae.training.fit_run import _multiple

# The noise of z is nearly nothing, as each device of TensorFlow draws its own.
TRAINING = """
import json, os, sys
backend, devices, root, images, held_out = sys.argv[1], *map(json.loads, sys.argv[2:])
os.environ["KERAS_BACKEND"] = backend
if backend == "jax":
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=3"
else:
    import tensorflow as tf
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
import numpy as np
import fidle_vae.training.train as module
from fidle_vae.data.datasets import Dataset
x = np.random.default_rng(0).random((images + held_out, 8, 8, 1), dtype="float32")
y = np.arange(len(x)) % 2
data = Dataset(x[:images], y[:images], x[images:], y[images:], "d", "", "1", ("a", "b"))
module.load_dataset = lambda *_: data
build = module.build_encoder
def build_encoder(*network):
    encoder = build(*network)
    widths = encoder.get_layer("z_log_var")
    widths.trainable = False
    widths.kernel.assign(0 * widths.kernel)
    widths.bias.assign([-30.0, -30.0])
    return encoder
module.build_encoder = build_encoder
run = module.train(dataset="digits", kind="mlp", epochs=3, batch_size=18, run_dir=root,
                   devices=devices, id=f"{backend}-{devices}")
model = module.keras.saving.load_model(run.models / "best.keras")
print(json.dumps({"metrics": run.manifest["metrics"],
                  "weights": [float(abs(np.asarray(w)).sum()) for w in model.get_weights()],
                  "history": json.loads((run.logs / "history.json").read_text())}))
"""


def train(backend, devices, root, images=60, held_out=300):
    """Train in a process of its own, which may divide its CPU into devices; return what it says."""
    words = map(json.dumps, (devices, str(root), images, held_out))
    done = subprocess.run(
        [sys.executable, "-c", TRAINING, backend, *words],
        capture_output=True, text=True, check=False,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(("backend", "many"), [("tensorflow", 2), ("jax", 3)])
def test_several_devices_train_the_model_of_one(backend, many, tmp_path):
    said = {devices: train(backend, devices, tmp_path) for devices in (1, many)}
    assert f"on {many} devices" in said[many]
    assert "on 1" not in said[1]
    one, two = (json.loads(said[devices].splitlines()[-1]) for devices in (1, many))
    assert one["history"]["loss"][2] < one["history"]["loss"][0]
    for name in ("history", "metrics"):
        assert two[name].keys() == one[name].keys()
        for key, values in one[name].items():
            np.testing.assert_allclose(two[name][key], values, rtol=1e-4, err_msg=key)
    np.testing.assert_allclose(two["weights"], one["weights"], rtol=1e-4)


def test_images_that_devices_cannot_share_are_left_out():
    images = np.arange(61)[:, None]
    stream = ShuffledBatches(images, 16, seed=1, multiple=2)
    seen = np.concatenate([stream[i][0] for i in range(len(stream))])
    assert [len(stream[i][0]) for i in range(len(stream))] == [16, 16, 16, 12]
    assert len(np.unique(seen)) == 60
    stream.begin(0, batch=3)
    np.testing.assert_array_equal(stream[0][0], seen[48:])
    pair = _multiple((images, np.arange(61)), 4)
    assert [len(each) for each in pair] == [60, 60]
    assert _multiple((), 4) == ()
    with pytest.raises(ValueError, match="devices must be at most 3, one for each held-out image"):
        _multiple(np.zeros((3, 8)), 4)


def test_a_loss_is_divided_once(monkeypatch):
    monkeypatch.setattr("fidle_vae.training.devices.devices_in_use", lambda: 2)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compute_loss = lambda: 6.0
    for _ in range(2):  # as two calls of `fit_run` do
        share_loss(model)
    assert model.compute_loss() == 3


@pytest.mark.core
@pytest.mark.parametrize("devices", [0, -1, 1.5, "all", True])
def test_a_wrong_number_of_devices_raises_one_sentence(devices):
    if keras.backend.backend() == "torch":
        sentence = "devices can be chosen on TensorFlow and JAX: leave it out"
    else:
        sentence = "devices must be an integer of 1 or more; got "
    with pytest.raises(ValueError, match=sentence), on_devices(devices, 64):
        pass


def test_more_devices_than_there_are_raise_one_sentence(monkeypatch):
    with (
        pytest.raises(
            ValueError, match=r"devices must be at most \d+ here, got 99: the tensorflow"
        ),
        on_devices(99, 64),
    ):
        pass
    monkeypatch.setattr("fidle_vae.training.devices._names", lambda: ["a", "b", "c"])
    with (
        pytest.raises(ValueError, match="multiple of the 3 devices, got 64: try 63"),
        on_devices("auto", 64),
    ):
        pass
