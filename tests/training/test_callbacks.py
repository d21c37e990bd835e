import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.common.files import atomic_path
from fidle_vae.models.layers import SamplingLayer, VariationalLossLayer
from fidle_vae.runs.image_sheets import read_sheet
from fidle_vae.training.best_model import BestModelCallback
from fidle_vae.training.epoch_images import ImagesCallback, read_epochs
from fidle_vae.training.kl_warmup import BetaWarmup

pytestmark = pytest.mark.core

Z = np.array([[0.0, 0.0], [1.0, -2.0], [3.0, 3.0]], dtype="float32")


@pytest.fixture(params=["subclass", "functional"])
def model(request, make_vae):
    """A VAE, written in each of the two ways."""
    vae = make_vae(learning_rate=1e-2)
    if request.param == "subclass":
        return vae
    inputs = keras.Input((8, 8, 1))
    z_mean, z_log_var = vae.encoder(inputs)
    x_hat = vae.decoder(SamplingLayer()([z_mean, z_log_var]))
    outputs = VariationalLossLayer()([inputs, z_mean, z_log_var, x_hat])
    functional = keras.Model(inputs, outputs)
    functional.compile(keras.optimizers.Adam(1e-2))
    return functional


def decoded(model, z):
    return ops.convert_to_numpy(model.get_layer("decoder")(z, training=False))


def reconstructed(model, x):
    return decoded(model, model.get_layer("encoder")(x, training=False)[0])


def test_the_sheets_hold_what_the_model_decoded_at_each_epoch(model, images, tmp_path):
    def note(*_):
        truth.append((reconstructed(model, images[:7]), decoded(model, Z)))

    truth = []
    notes = keras.callbacks.LambdaCallback(on_train_begin=note, on_epoch_end=note)
    pictures = ImagesCallback(images[:7], tmp_path, z=Z)
    model.fit(images, epochs=3, batch_size=32, callbacks=[pictures, notes], verbose=0)

    for column, name in enumerate(("reconstructed", "decoded")):
        epochs = read_epochs(tmp_path, name)
        assert list(epochs) == [0, 1, 2, 3]
        for epoch, sheet in epochs.items():
            np.testing.assert_allclose(sheet, truth[epoch][column], atol=0.5001 / 255)
        assert np.abs(epochs[3] - epochs[0]).max() > 3 / 255


def test_the_latent_points_are_the_same_at_every_epoch_and_by_default_seeded(
    make_vae, tmp_path, images
):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        pictures = ImagesCallback(images[:2], tmp_path / name, seed=seed)
        vae = make_vae(learning_rate=0.0)
        vae.fit(images, epochs=2, callbacks=[pictures], verbose=0)
    a, b, c = (read_epochs(tmp_path / name, "decoded") for name in "abc")
    np.testing.assert_array_equal(a[0], a[2])
    np.testing.assert_array_equal(a[0], b[0])
    assert not np.array_equal(a[0], c[0])
    assert len(a[0]) == 20


def test_a_new_training_replaces_the_sheets_and_a_resumed_one_keeps_them(
    make_vae, tmp_path, images
):
    vae = make_vae()
    pictures = ImagesCallback(images[:2], tmp_path)
    vae.fit(images, epochs=4, callbacks=[pictures], verbose=0)
    third = read_epochs(tmp_path)[3]
    vae.fit(images, initial_epoch=3, epochs=5, callbacks=[pictures], verbose=0)
    assert list(read_epochs(tmp_path)) == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(read_epochs(tmp_path)[3], third)
    vae.fit(images, epochs=1, callbacks=[pictures], verbose=0)
    assert list(read_epochs(tmp_path)) == [0, 1]


def test_a_model_without_a_decoder_raises_before_training(images, tmp_path):
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Dense(1, name="head")])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="needs a layer named 'decoder'; the model has head"):
        model.fit(images, images, callbacks=[ImagesCallback(images, tmp_path)], verbose=0)
    assert not list(tmp_path.iterdir())


class Scripted(keras.callbacks.Callback):
    """Sets the monitored values, so that the best epoch is known."""

    def __init__(self, name, values):
        super().__init__()
        self.name, self.values, self.weights = name, values, []

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]
        self.weights.append([ops.convert_to_numpy(v) for v in self.model.trainable_variables])


@pytest.mark.parametrize(
    ("monitor", "values", "best"),
    [("val_loss", [3.0, 1.0, 2.0], 2), ("val_elbo", [-3.0, -1.0, -2.0], 2), ("loss", [1, 2, 3], 1)],
)
def test_the_best_epoch_is_kept_whole_with_its_record(
    make_vae, images, tmp_path, monitor, values, best
):
    vae = make_vae()
    scripted = Scripted(monitor, values)
    keep = BestModelCallback(tmp_path / "models" / "best.keras", monitor)
    # the held-out loss is scripted, so that the best epoch is known
    vae.fit(images, epochs=3, validation_data=images, callbacks=[scripted, keep], verbose=0)
    record = json.loads((tmp_path / "models" / "best.json").read_text())
    assert record == {"epoch": best, "monitor": monitor, "value": values[best - 1]}
    loaded = keras.saving.load_model(keep.path)
    for variable, expected in zip(
        loaded.trainable_variables, scripted.weights[best - 1], strict=True
    ):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), expected)
    assert loaded.loss_weights == vae.loss_weights
    assert int(loaded.optimizer.iterations) == best * 3
    assert {path.name for path in keep.path.parent.iterdir()} == {"best.keras", "best.json"}


def test_a_new_best_model_never_lies_beside_the_record_of_an_older_one(
    make_vae, images, tmp_path, monkeypatch
):
    vae = make_vae()
    keep = BestModelCallback(tmp_path / "best.keras")
    vae.fit(images, validation_data=images, callbacks=[keep], verbose=0)
    before = keep.path.read_bytes()
    weight = vae.trainable_variables[0]
    weight.assign(weight.value + 1)

    def killed_at_the_record(path):
        if path.suffix == ".json":
            raise KeyboardInterrupt
        return atomic_path(path)

    monkeypatch.setattr("fidle_vae.training.best_model.atomic_path", killed_at_the_record)
    with pytest.raises(KeyboardInterrupt):
        keep.on_epoch_end(1, {"val_loss": 0.0})
    assert keep.path.read_bytes() != before
    assert {path.name for path in tmp_path.iterdir()} == {"best.keras"}


def test_the_best_model_watches_the_held_out_loss_by_default(tmp_path):
    assert BestModelCallback(tmp_path / "best.keras").monitor == "val_loss"


def test_a_save_that_fails_keeps_the_earlier_best_model(make_vae, images, tmp_path, monkeypatch):
    vae = make_vae()
    keep = BestModelCallback(tmp_path / "best.keras", "loss")
    vae.fit(images, callbacks=[keep], verbose=0)
    before = keep.path.read_bytes()

    def disk_full(path, **_):
        Path(path).write_bytes(b"half a mod")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vae, "save", disk_full)
    with pytest.raises(OSError, match=r"best\.keras cannot be written: the disk is full"):
        vae.fit(images, epochs=5, callbacks=[keep], verbose=0)
    assert keep.path.read_bytes() == before


def test_a_monitor_that_no_epoch_has_raises_before_training(make_vae, images, tmp_path):
    vae = make_vae()
    keep = BestModelCallback(tmp_path / "best.keras", "val_los")
    with pytest.raises(ValueError, match=r"monitor must be one of .*val_loss.*; got 'val_los'"):
        vae.fit(images, validation_data=images, callbacks=[keep], verbose=0)
    assert int(vae.optimizer.iterations) == 0


def test_a_held_out_monitor_without_held_out_images_raises(make_vae, images, tmp_path):
    keep = BestModelCallback(tmp_path / "best.keras")
    with pytest.raises(
        ValueError, match=r"monitor must be one of .*got 'val_loss'.*validation_data"
    ):
        make_vae().fit(images, callbacks=[keep], verbose=0)


def test_the_path_of_a_model_must_end_in_keras(tmp_path):
    with pytest.raises(ValueError, match=r"path must end in \.keras; got .*best\.h5"):
        BestModelCallback(tmp_path / "best.h5")


def test_the_sheets_are_ordinary_pictures(make_vae, images, tmp_path):
    make_vae().fit(images, callbacks=[ImagesCallback(images[:12], tmp_path)], verbose=0)
    path = tmp_path / "epoch-001-reconstructed.png"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert read_sheet(path).shape == (12, 8, 8, 1)


def test_the_share_of_the_kl_grows_by_epoch_in_training_but_is_one_on_held_out_images(
    make_vae, images
):
    vae = make_vae(loss_weights=(2.0, 0.5), learning_rate=1e-2)
    fit = vae.fit(
        images,
        epochs=5,
        batch_size=32,
        validation_data=images[:40],
        callbacks=[BetaWarmup(3)],
        verbose=0,
    )
    found = {name: np.array(values) for name, values in fit.history.items()}
    share = np.array([1 / 3, 2 / 3, 1, 1, 1])
    expected = 2 * found["r_loss"] + share * 0.5 * found["kl_loss"]
    np.testing.assert_allclose(found["loss"], expected, rtol=1e-5)
    held_out = 2 * found["val_r_loss"] + 0.5 * found["val_kl_loss"]
    np.testing.assert_allclose(found["val_loss"], held_out, rtol=1e-5)
    np.testing.assert_allclose(found["elbo"], -(64 * found["r_loss"] + found["kl_loss"]), rtol=1e-5)
    assert found["kl_loss"].min() > 0.05  # large enough that a share of it shows


def test_the_share_is_one_again_after_a_training_shorter_than_the_warm_up(make_vae, images):
    vae = make_vae(loss_weights=(1.0, 0.5))
    history = vae.fit(images, epochs=2, callbacks=[BetaWarmup(100)], verbose=0).history
    assert history["loss"][1] < history["r_loss"][1] + 0.011 * history["kl_loss"][1]
    assert float(vae.kl_share) == 1
    history = vae.fit(images, verbose=0).history
    assert history["loss"][0] == pytest.approx(
        history["r_loss"][0] + history["kl_loss"][0] / 2, rel=1e-5
    )


def test_a_warm_up_continues_in_a_resumed_training(make_vae, images):
    vae = make_vae(loss_weights=(1.0, 0.5))
    fit = vae.fit(images, initial_epoch=6, epochs=7, callbacks=[BetaWarmup(10)], verbose=0)
    found = {name: values[0] for name, values in fit.history.items()}
    assert found["loss"] == pytest.approx(found["r_loss"] + 0.35 * found["kl_loss"], rel=1e-5)


def test_a_model_saved_during_a_warm_up_is_loaded_with_a_share_of_one(make_vae, images, tmp_path):
    vae = make_vae(loss_weights=(1.0, 0.5), learning_rate=1e-2)
    keep = BestModelCallback(tmp_path / "best.keras", "loss")
    vae.fit(images, callbacks=[BetaWarmup(10), keep], verbose=0)
    loaded = keras.saving.load_model(keep.path)
    assert float(loaded.kl_share) == 1
    for variable, saved in zip(loaded.trainable_variables, vae.trainable_variables, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), ops.convert_to_numpy(saved))
    history = loaded.fit(images, verbose=0).history
    assert history["loss"][0] == pytest.approx(
        history["r_loss"][0] + history["kl_loss"][0] / 2, rel=1e-5
    )


def test_a_warm_up_of_a_model_without_a_share_raises(images):
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"BetaWarmup needs a fidle_vae VAE; .* a Sequential: put"):
        model.fit(images, images.reshape(70, 64), callbacks=[BetaWarmup(3)], verbose=0)


@pytest.mark.parametrize("epochs", [0, 2.5, "ten", True])
def test_a_wrong_number_of_warm_up_epochs_raises(epochs):
    with pytest.raises(ValueError, match="epochs must be an integer of 1 or more; got"):
        BetaWarmup(epochs)
