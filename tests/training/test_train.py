import json

import keras
import numpy as np
import pytest

from fidle_vae.data.datasets import load_dataset
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.runs.run import Run
from fidle_vae.runs.saved_models import BEST, find_model
from fidle_vae.runs.state import earlier, manifest_of, status_of
from fidle_vae.training.epoch_images import read_epochs
from fidle_vae.training.record_files import read_record
from fidle_vae.training.train import train

SMALL = {"dataset": "digits", "scale": 0.02, "kind": "mlp", "epochs": 3}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(**SMALL, run_dir=tmp_path_factory.mktemp("runs"))


def test_a_training_leaves_model_pictures_history_and_manifest(run):
    assert {path.name for path in run.figures.iterdir()} == {
        "01-history.png", "02-reconstructions.png", "03-latent-scatter.png", "04-manifold.png",
        "05-morph.png", "06-samples.png",
    }  # fmt: skip
    assert list(read_epochs(run.images)) == [0, 1, 2, 3]
    manifest = run.manifest
    assert manifest["parameters"] == {
        **SMALL, "latent_dim": 2, "loss_weights": [1.0, 1e-3], "batch_size": 64, "seed": 123,
        "schedule": "constant",
    }  # fmt: skip
    assert manifest["dataset"]["digest"] == load_dataset("digits", 0.02).digest
    assert manifest["timings"]["training"] > 0
    history = json.loads((run.logs / "history.json").read_text())
    assert {len(values) for values in history.values()} == {3}
    assert not [path for path in run.path.rglob("*") if "partial" in path.name]


def test_the_elbo_in_the_manifest_is_that_of_the_best_model_on_held_out_images(run):
    x_test = load_dataset("digits", 0.02).x_test
    vae = keras.saving.load_model(run.models / "best.keras")
    rng = np.random.default_rng(0)
    z_mean, z_log_var = vae.encode(x_test)
    estimates = []
    for _ in range(20):
        z = z_mean + np.exp(z_log_var / 2) * rng.standard_normal(z_mean.shape)
        estimates.append(np.mean(bernoulli_nll(x_test, vae.decode(z))))
    kl = np.mean(keras.ops.convert_to_numpy(gaussian_kl(z_mean, z_log_var)))
    spread = max(float(np.std(estimates)), 0.05)
    assert run.manifest["metrics"]["elbo"] == pytest.approx(
        -(np.mean(estimates) + kl), abs=4 * spread
    )


def test_training_again_with_the_same_seed_gives_the_same_weights(run, tmp_path):
    weights = [
        keras.saving.load_model(each.models / "best.keras").get_weights()
        for each in (run, train(**SMALL, run_dir=tmp_path))
    ]
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_training_leaves_the_record_that_its_film_is_made_of(run):
    record = read_record(run.film, run.id)
    assert list(record.epochs) == [0, 1, 2, 3]
    history = json.loads((run.logs / "history.json").read_text())
    for name, values in history.items():
        told = [record.epochs[number].logs[name] for number in (1, 2, 3)]
        assert told == pytest.approx(values)
    assert record.fixed.class_names == tuple("0123456789")
    assert record.fixed.originals.shape == (10, 28, 28, 1)


def test_training_teaches_the_model_something(run):
    history = json.loads((run.logs / "history.json").read_text())
    assert history["val_elbo"][-1] > history["val_elbo"][0] + 10


@pytest.mark.parametrize(("kind", "latent_dim"), [("conv_bn", 1), ("mlp", 5)])
def test_any_kind_and_latent_dim_trains(tmp_path, capsys, kind, latent_dim):
    arguments = SMALL | {"kind": kind, "latent_dim": latent_dim, "epochs": 1, "scale": 0.005}
    run = train(**arguments, loss_weights="elbo", run_dir=tmp_path)
    printed = capsys.readouterr().out
    assert f"Held-out ELBO {run.manifest['metrics']['elbo']:.2f} nats per image" in printed
    assert "beta 1\n" in printed
    assert len(list(run.figures.iterdir())) == 6


def test_a_schedule_is_made_for_the_training(tmp_path):
    run = train(**SMALL | {"epochs": 2, "scale": 0.005}, schedule="one_cycle", run_dir=tmp_path)
    optimizer = keras.saving.load_model(run.models / "best.keras").optimizer
    images = len(load_dataset("digits", 0.005).x_train)
    schedule = optimizer.get_config()["learning_rate"]["config"]
    assert schedule["warmup_steps"] + schedule["decay_steps"] == 2 * -(-images // 64)
    assert run.manifest["parameters"]["schedule"] == "one_cycle"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scale": 1e-6}, r"^scale must leave 2 held-out images or more, got 1e-06, .* try 0\.01"),
        ({"seed": 2**32}, r"^seed must be an integer from 0 to 4294967295, got 4294967296"),
        ({"batch_size": 0}, r"^batch_size must be an integer of 1 or more; got 0"),
    ],
)
def test_a_value_out_of_bounds_raises_before_an_earlier_run_is_removed(tmp_path, wrong, sentence):
    run = Run("train", root=tmp_path)
    run.start(parameters={})
    run.finish(status="interrupted")
    before = (run.path / "manifest.json").read_bytes()
    with pytest.raises(ValueError, match=sentence):
        train(**SMALL | wrong, run_dir=tmp_path)
    assert (run.path / "manifest.json").read_bytes() == before


def test_more_images_a_batch_than_there_are_make_one_step_an_epoch(tmp_path):
    run = train(**SMALL | {"epochs": 2, "scale": 0.005, "batch_size": 10**6}, run_dir=tmp_path)
    optimizer = keras.saving.load_model(run.models / "best.keras").optimizer
    assert int(optimizer.iterations) in (1, 2)


def test_a_training_that_diverges_is_a_failed_run_and_the_finished_one_is_kept(run):
    arguments = SMALL | {"epochs": 1, "loss_weights": (3e38, 1.0)}
    before = run.manifest
    assert status_of(run.path) == "finished"
    with pytest.raises(ValueError, match=r"diverged: the loss is inf at step 1 of epoch 1"):
        train(**arguments, run_dir=run.path.parent)
    assert status_of(run.path) == "failed"
    assert run.manifest["metrics"] == {}
    assert "diverged" in run.manifest["error"]
    assert not list(run.models.iterdir())
    assert manifest_of(earlier(run.path)) == before
    assert find_model("train", run_dir=run.path.parent) == earlier(run.path) / BEST
