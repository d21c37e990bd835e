"""Any model can be trained in a run."""

import json
import shutil

import keras
import numpy as np
import pytest
from keras import layers

from fidle_vae.data.datasets import Dataset
from fidle_vae.models.networks import build_decoder
from fidle_vae.runs.run import Run
from fidle_vae.training.divergence import DivergedError
from fidle_vae.training.epoch_images import read_epochs
from fidle_vae.training.fit_run import SHOWN, fit_run
from fidle_vae.training.record_files import read_record
from fidle_vae.training.train import train

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)


@pytest.fixture
def data(images):
    y = np.arange(len(images)) % 2
    return Dataset(images[:40], y[:40], images[40:], y[40:], "blobs", "", "", ("a", "b"))


@pytest.fixture
def run(data, tmp_path):
    run = Run("R", root=tmp_path)
    run.start(parameters={}, dataset=data, seed=1)
    return run


def autoencoder():
    keras.utils.set_random_seed(1)
    encoder = keras.Sequential(
        [keras.Input(SHAPE), layers.Flatten(), layers.Dense(2)], name="encoder"
    )
    x = keras.Input(SHAPE)
    model = keras.Model(x, build_decoder("mlp", SHAPE, 2)(encoder(x)))
    model.compile("adam", "mse", metrics=["mae"])
    return model


def test_an_autoencoder_leaves_its_best_epoch_pictures_log_and_metrics(data, run):
    pairs = {"train": (data.x_train, data.x_train), "held_out": (data.x_test, data.x_test)}
    rates = keras.callbacks.LearningRateScheduler(lambda epoch: [1e-3, -1e-3][epoch])
    trained = fit_run(
        run, autoencoder(), data, epochs=2, batch_size=16, callbacks=[rates], verbose=0, **pairs
    )
    assert trained.history["val_loss"][0] < trained.history["val_loss"][1]  # it unlearns
    assert list(read_epochs(run.images, "reconstructed")) == [0, 1, 2]
    assert (run.film / "epoch-002.npz").exists()
    assert json.loads((run.logs / "history.json").read_text()) == trained.history
    assert set(trained.history) == {"loss", "mae", "val_loss", "val_mae", "learning_rate"}
    errors = np.square(trained.model.predict(data.x_test, verbose=0) - data.x_test)
    assert run.manifest["metrics"] == pytest.approx(trained.metrics)
    assert trained.metrics["loss"] == pytest.approx(errors.mean(), rel=1e-4)
    assert trained.metrics["loss"] == pytest.approx(min(trained.history["val_loss"]), rel=1e-4)
    assert run.manifest["timings"]["training"] > 0


def test_a_classifier_trains_on_pairs_without_pictures(data, run):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    pairs = {"train": (data.x_train, data.y_train), "held_out": (data.x_test, data.y_test)}
    trained = fit_run(run, model, data, epochs=1, pictures=False, verbose=0, **pairs)
    assert set(trained.metrics) == {"loss", "accuracy"}
    assert not list(run.images.iterdir())
    assert not list(run.film.iterdir())


def test_a_conditional_model_is_shown_with_the_classes_of_the_images(data, run):
    keras.utils.set_random_seed(1)
    networks = []
    for name, shape, units in (("encoder", SHAPE, 2), ("decoder", (2,), 64)):
        x, c = keras.Input(shape), keras.Input((2,))
        y = layers.Dense(units, "sigmoid")(layers.Concatenate()([layers.Flatten()(x), c]))
        y = layers.Reshape(SHAPE)(y) if name == "decoder" else y
        networks.append(keras.Model([x, c], y, name=name))
    x, c = keras.Input(SHAPE), keras.Input((2,))
    model = keras.Model([x, c], networks[1]([networks[0]([x, c]), c]))
    model.compile("adam", "mse")
    pairs = {
        name: ([x, keras.utils.to_categorical(y, 2)], x)
        for name, x, y in (
            ("train", data.x_train, data.y_train),
            ("held_out", data.x_test, data.y_test),
        )
    }
    fit_run(run, model, data, epochs=1, monitor=None, verbose=0, **pairs)
    due = model.predict(pairs["held_out"][0], verbose=0)
    np.testing.assert_allclose(read_epochs(run.images)[1], due[:SHOWN], atol=0.5001 / 255)
    record = read_record(run.film, "R")
    shown = [np.abs(data.x_test - x).sum((1, 2, 3)).argmin() for x in record.fixed.originals]
    kept = record.epochs[1].reconstructed[-1]
    np.testing.assert_allclose(kept, due[shown], atol=0.5001 / 255)


def test_without_held_out_images_the_last_epoch_is_kept(data, run, make_vae):
    vae = make_vae()
    trained = fit_run(run, vae, data, epochs=2, held_out=(), monitor=None, verbose=0)
    kept = keras.saving.load_model(run.models / "best.keras").get_weights()
    for ours, theirs in zip(vae.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert trained.metrics == run.manifest["metrics"] == {}
    assert not [name for name in trained.history if name.startswith("val_")]


def test_a_training_that_diverges_stops_at_that_step(data, run, make_vae):
    vae = make_vae(loss_weights=(3e38, 1.0))
    sentence = (
        r"^the training of run R diverged: the loss is inf at step 1 of epoch 1\. Try a smaller"
    )
    with pytest.raises(DivergedError, match=sentence):
        fit_run(run, vae, data, epochs=1, verbose=0)


class Poison(keras.callbacks.Callback):
    """Makes all weights NaN before an epoch, as a division by zero would."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            for weight in self.model.trainable_variables:
                weight.assign(np.full(weight.shape, np.nan))


def test_the_best_model_of_the_epochs_before_is_kept(data, run, make_vae):
    callbacks = [Poison(epoch=1)]
    with pytest.raises(
        DivergedError, match=r"the loss is nan at step 1 of epoch 2\. Try a smaller"
    ):
        fit_run(run, make_vae(), data, epochs=3, batch_size=16, callbacks=callbacks, verbose=0)
    kept = keras.saving.load_model(run.models / "best.keras")
    assert all(np.isfinite(weight).all() for weight in kept.get_weights())
    assert json.loads((run.models / "best.json").read_text())["epoch"] == 1


def test_a_folder_that_is_removed_under_a_training_ends_it(data, run, make_vae):
    remove = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda *_, **__: shutil.rmtree(run.path)
    )
    with pytest.raises(OSError, match=r"run directory .* was removed"):
        fit_run(run, make_vae(), data, batch_size=40, epochs=2, callbacks=[remove], verbose=0)
    assert not run.path.exists()


@pytest.mark.parametrize("rate", [-1e-3, float("nan"), float("inf"), 1e6])
def test_a_learning_rate_that_cannot_be_meant_raises_before_training(data, run, make_vae, rate):
    vae = make_vae()
    vae.compile(keras.optimizers.SGD(1.0))
    vae.optimizer.learning_rate = rate
    before = vae.get_weights()
    with pytest.raises(ValueError, match=r"^learning_rate must be from 0 to 1000, got "):
        fit_run(run, vae, data, epochs=1, verbose=0)
    for ours, theirs in zip(vae.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 0}, "epochs must be an integer of 1 or more; got 0"),
        ({"epochs": 1, "batch_size": 0}, "batch_size must be an integer of 1 or more; got 0"),
        ({"epochs": 1, "monitor": "val_fun"}, "monitor must be one of .*; got 'val_fun'"),
    ],
)
def test_a_wrong_argument_raises_before_training(data, run, make_vae, options, sentence):
    vae = make_vae()
    before = vae.get_weights()
    with pytest.raises(ValueError, match=f"^{sentence}"):
        fit_run(run, vae, data, verbose=0, **options)
    for ours, theirs in zip(vae.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": 4294967296},
        {"latent_dim": 0},
        {"kind": "cnn"},
        {"schedule": "fast"},
        {"loss_weights": (0, 0)},
        {"batch_size": 1.5},
        {"scale": 2},
        {"scale": 1e-9},
    ],
)
def test_a_wrong_argument_leaves_the_earlier_run_as_it_was(wrong, tmp_path):
    run = Run("train", root=tmp_path)
    run.start(parameters={"of": "an earlier run"})
    (run.images / "epoch-001-decoded.png").write_bytes(b"kept")
    before = run.manifest
    with pytest.raises(ValueError, match=next(iter(wrong))):
        train(**{"dataset": "digits", "epochs": 1, "run_dir": tmp_path} | wrong)
    assert run.manifest == before
    assert (run.images / "epoch-001-decoded.png").read_bytes() == b"kept"


def test_a_dataset_that_does_not_load_leaves_the_earlier_run_as_it_was(tmp_path, monkeypatch):
    def missing(*_):
        raise FileNotFoundError("no such dataset here")

    run = Run("train", root=tmp_path)
    run.start(parameters={"of": "an earlier run"})
    before = run.manifest
    monkeypatch.setattr("fidle_vae.training.train.load_dataset", missing)
    with pytest.raises(FileNotFoundError, match="no such dataset"):
        train(epochs=1, run_dir=tmp_path)
    assert run.manifest == before


def test_a_line_for_each_epoch_is_printed_and_silence_is_kept(data, run, make_vae, capsys):
    options = {"epochs": 2, "monitor": None, "pictures": False}
    fit_run(run, make_vae(), data, **options)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2   ELBO -")
    assert second.startswith("epoch 2/2   ELBO -")
    vae = make_vae()
    fit_run(run, vae, data, verbose=0, **options)
    assert capsys.readouterr().out == ""
    assert vae.optimizer.iterations == 2  # a second training in a run is one of its own
