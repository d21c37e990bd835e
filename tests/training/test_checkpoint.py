"""A training that was interrupted and resumed leaves what one without interruption leaves."""

import json
import random
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from fidle_vae.data.batches import ShuffledBatches
from fidle_vae.data.binarization import BinarizedImages
from fidle_vae.data.datasets import Dataset
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run
from fidle_vae.runs.state import status_of
from fidle_vae.training.checkpoint import Place, read_checkpoint, restore_model
from fidle_vae.training.fit_run import CHECKPOINT, fit_run
from fidle_vae.training.kl_warmup import BetaWarmup
from fidle_vae.training.train import train

SHAPE = (8, 8, 1)
EPOCHS, STEPS = 4, 5  # of 40 images in batches of 8
SMALL = {"dataset": "digits", "scale": 0.005, "kind": "mlp", "epochs": 3, "batch_size": 64}


@pytest.fixture
def data(images):
    y = np.arange(len(images)) % 2
    return Dataset(images[:40], y[:40], images[40:], y[40:], "blobs", "", "", ("a", "b"))


class InterruptAt(keras.callbacks.Callback):
    """Raises KeyboardInterrupt before a step, counted from 0 over all epochs."""

    def __init__(self, step):
        super().__init__()
        self.left = step

    def on_train_batch_begin(self, batch, logs=None):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1


def compiled(kind="mlp"):
    keras.utils.set_random_seed(3)
    vae = VAE(build_encoder(kind, SHAPE, 2), build_decoder(kind, SHAPE, 2), seed=5)
    vae.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-2, 20)))
    return vae


def remembering():
    """Return callbacks that remember something, in the midst of whose epochs one may be stopped."""
    plateau = keras.callbacks.ReduceLROnPlateau("val_loss", patience=1, min_delta=10.0)
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=3, min_delta=10.0, mode="min", restore_best_weights=True
    )
    return {"warm-up": [BetaWarmup(3)], "stopping": [stop], "plateau": [plateau], "": []}


def trained(run, data, stops=(), *, callbacks="", kind="mlp", train=None, every=None):
    """Train in a run, interrupted before some steps, and return all that it leaves."""
    run.start(parameters={}, dataset=data, seed=1)
    for stop in (*stops, None):
        vae = compiled(kind)
        if callbacks == "plateau":
            vae.compile(keras.optimizers.Adam(1e-2))
        options = {"callbacks": remembering()[callbacks], "checkpoint_every": every}
        if train:
            options["train"] = train(data.x_train)
        if stop is not None:
            options["callbacks"].append(InterruptAt(stop))
        how = {"epochs": EPOCHS, "batch_size": 8, "verbose": 0} | options
        if stop is None:
            fitted = fit_run(run, vae, data, **how)
        else:
            with pytest.raises(KeyboardInterrupt):
                fit_run(run, vae, data, **how)
            run.resume()
    files = {
        path.relative_to(run.path).as_posix(): path.read_bytes()
        for path in run.path.rglob("*")
        if path.suffix in (".png", ".npz", ".json")
        and path.name not in ("manifest.json", CHECKPOINT)
    }
    return {
        "last": vae.get_weights(),
        "best": fitted.model.get_weights(),
        "optimizer": [np.array(each) for each in vae.optimizer.variables],
        "history": fitted.history,
        "metrics": fitted.metrics,
        "files": files,
    }


def assert_same(there, here):
    assert here["history"] == there["history"]
    assert here["metrics"] == there["metrics"]
    assert here["files"].keys() == there["files"].keys()
    assert [name for name in here["files"] if here["files"][name] != there["files"][name]] == []
    for part in ("last", "best", "optimizer"):
        for ours, theirs in zip(here[part], there[part], strict=True):
            np.testing.assert_array_equal(ours, theirs)


CASES = {
    "at first": ({}, None, (0,)),
    "twice": ({}, None, (7, 12)),
    "within epochs": ({}, 3, (2, 3, 12, 1)),
    "warm-up": ({"callbacks": "warm-up"}, 2, (8,)),
    "stopping": ({"callbacks": "stopping"}, None, (16,)),
    "plateau": ({"callbacks": "plateau"}, 2, (13,)),
    "norms": ({"kind": "conv_bn"}, 2, (8,)),
    "drawn": ({"train": lambda x: BinarizedImages(x, 8, seed=4)}, 2, (3, 7)),
}
ON_ALL_BACKENDS = ("within epochs", "norms")


@pytest.mark.parametrize(
    ("setting", "every", "stops"),
    [
        pytest.param(*case, id=name, marks=[pytest.mark.core] if name in ON_ALL_BACKENDS else [])
        for name, case in CASES.items()
    ],
)
def test_an_interrupted_training_leaves_what_a_whole_one_leaves(
    data, tmp_path, setting, every, stops
):
    whole = trained(Run("whole", root=tmp_path), data, **setting)
    parts = trained(Run("parts", root=tmp_path), data, stops, every=every, **setting)
    assert len(whole["history"]["loss"]) == EPOCHS
    assert_same(whole, parts)


def test_steps_within_an_epoch_are_not_done_again(data, tmp_path):
    run = Run("R", root=tmp_path)
    run.start(parameters={}, dataset=data, seed=1)
    stop = InterruptAt(STEPS + 4)
    with pytest.raises(KeyboardInterrupt):
        fit_run(run, compiled(), data, epochs=2, batch_size=8, checkpoint_every=2,
                callbacks=[stop], verbose=0)  # fmt: skip
    assert read_checkpoint(run.path / CHECKPOINT)["place"] == Place(1, 3)
    run.resume()
    seen = []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    fit_run(run, compiled(), data, epochs=2, batch_size=8, callbacks=[note], verbose=0)
    assert len(seen) == STEPS - 3


def test_a_checkpoint_that_does_not_fit_is_refused(data, tmp_path, monkeypatch):
    run = Run("R", root=tmp_path)
    run.start(parameters={}, dataset=data, seed=1)
    fit_run(run, compiled(), data, epochs=1, verbose=0)
    path = run.path / CHECKPOINT
    other = VAE(build_encoder("mlp", SHAPE, 3), build_decoder("mlp", SHAPE, 3))
    other.compile("adam")
    run.resume()
    with pytest.raises(ValueError, match=r"^the checkpoint belongs to another model: its model v"):
        fit_run(run, other, data, epochs=2, verbose=0)
    run.resume()
    sentence = (
        r"of a training with ImagesCallback, TrainingRecord, BestModelCallback, and this one has "
        r"BestModelCallback: go on with the command that began it"
    )
    with pytest.raises(ValueError, match=sentence):  # as `train --resume` in a sweep's folder
        fit_run(run, compiled(), data, epochs=2, verbose=0, pictures=False)
    content = read_checkpoint(path)
    with pytest.raises(ValueError, match=r"^the checkpoint was made on abacus, and Keras runs on"):
        restore_model(compiled(), content | {"backend": "abacus"})
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"checkpoint\.npz is damaged \(.*\): train from the beg"):
        read_checkpoint(path)


def test_batches_of_an_epoch_depend_on_seed_and_epoch_alone():
    x = np.arange(10)
    one, other = ShuffledBatches((x, -x), 4, seed=1), ShuffledBatches((x, -x), 4, seed=1)
    one.on_epoch_end()
    other.begin(epoch=1)
    for a, b in zip(map(one.__getitem__, range(3)), map(other.__getitem__, range(3)), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(other[0][0], -other[0][1])
    rest = ShuffledBatches(x, 4, seed=1)
    rest.begin(epoch=1, batch=1)
    assert len(rest) == 2
    np.testing.assert_array_equal(rest[0][0], other[1][0])
    seen = np.concatenate([one[i][0] for i in range(len(one))])
    assert sorted(seen) == list(x)
    assert list(seen) != list(x)


def test_a_killed_training_is_interrupted_and_resumed_by_name(tmp_path):
    whole = train(**SMALL, id="whole", run_dir=tmp_path)
    code = f"""
from fidle_vae.training.train import train
train(**{SMALL!r}, id="killed", run_dir={str(tmp_path)!r})
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    lines = iter(process.stdout.readline, "")
    next(line for line in lines if line.startswith("epoch 1/3"))
    time.sleep(random.random() / 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    folder = tmp_path / "killed"
    assert status_of(folder) == "interrupted"
    resumed = train(resume="killed", run_dir=tmp_path)
    assert status_of(folder) == "finished"
    assert resumed.manifest["parameters"] == whole.manifest["parameters"]
    assert len(resumed.manifest["resumed"]) == 1
    for name in ("logs/history.json", "film/epoch-003.npz", "images/epoch-003-decoded.png"):
        assert (resumed.path / name).read_bytes() == (whole.path / name).read_bytes()
    weights = [
        keras.saving.load_model(run.models / "best.keras").get_weights() for run in (whole, resumed)
    ]
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not (folder / CHECKPOINT).exists()


def test_what_cannot_be_resumed_is_refused_in_one_sentence(tmp_path):
    lesson = Run("VAE1", root=tmp_path, scale=0.1)
    finished = Run("done", root=tmp_path)
    finished.start(parameters=SMALL | {"seed": 123, "latent_dim": 2, "loss_weights": [1.0, 1e-3],
                                       "schedule": "constant"})  # fmt: skip
    with pytest.raises(ValueError, match=r"^run must be one of VAE1, done in .*; got 'VAE9'"):
        train(resume="VAE9", run_dir=tmp_path)
    assert not (tmp_path / "VAE9").exists()
    with pytest.raises(ValueError, match=r"^run VAE1 .* was not made by `fidle-vae train` \(it "):
        train(resume=lesson.id, run_dir=tmp_path)
    with pytest.raises(ValueError, match=r"^epochs must be left out with resume, got 7: run don"):
        train(resume="done", epochs=7, run_dir=tmp_path)
    with pytest.raises(ValueError, match=r"^run done cannot be resumed: its images of None ar"):
        train(resume="done", run_dir=tmp_path)
    manifest = json.loads((finished.path / "manifest.json").read_text())
    digest = train(**SMALL, id="other", run_dir=tmp_path).manifest["dataset"]
    (finished.path / "manifest.json").write_text(json.dumps(manifest | {"dataset": digest}))
    finished.finish()
    with pytest.raises(ValueError, match=r"^run done in .* is finished: there is nothing to res"):
        train(resume="done", run_dir=tmp_path)
