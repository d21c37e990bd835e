import re

import keras
import numpy as np
import pytest

from fidle_vae import EpochLines

pytestmark = pytest.mark.core

ELBO = {"elbo": -158.32, "kl_loss": 5.9, "loss": 0.207, "r_loss": 0.20113}


def lines(capsys):
    """The lines printed, with their times as "T"."""
    printed = capsys.readouterr().out
    return re.sub(r"\d+\.\d s$", "T", printed, flags=re.MULTILINE).splitlines()


def show(*epochs, total=10, capsys):
    callback = EpochLines()
    callback.set_params({"epochs": total})
    for epoch, logs in enumerate(epochs):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
    return lines(capsys)


def held_out(logs):
    return {f"val_{name}": value + 0.01 for name, value in logs.items()}


def test_the_elbo_comes_first_and_the_weighted_loss_is_left_out(capsys):
    assert show(ELBO | held_out(ELBO), capsys=capsys) == [
        "epoch  1/10   ELBO -158.3 (held out -158.3)   kl_loss 5.90 (5.91)   "
        "r_loss 0.2011 (0.2111)   T"
    ]


def test_without_held_out_images_no_value_is_in_parentheses(capsys):
    assert show(ELBO, ELBO, total=2, capsys=capsys) == [
        f"epoch {epoch}/2   ELBO -158.3   kl_loss 5.90   r_loss 0.2011   T" for epoch in (1, 2)
    ]


def test_a_model_without_an_elbo_shows_its_loss(capsys):
    logs = {"loss": 0.0462, "val_loss": 0.0471, "learning_rate": 1e-4}
    assert show(logs, total=1, capsys=capsys) == [
        "epoch 1/1   loss 0.0462 (held out 0.0471)   learning_rate 0.0001   T"
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.56, "1234.6"),
        (31.416, "31.42"),
        (0.5, "0.5000"),
        (0.000123, "0.000123"),
        (0.0, "0"),
        (2.5e7, "2.5e+07"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_values_of_any_size_can_be_read(value, text, capsys):
    assert show({"loss": value}, total=1, capsys=capsys) == [f"epoch 1/1   loss {text}   T"]


def test_a_training_prints_its_history_and_nothing_else(make_vae, images, capsys):
    history = make_vae().fit(
        images, validation_data=images[:10], epochs=2, callbacks=[EpochLines()], verbose=0
    ).history  # fmt: skip
    printed = lines(capsys)
    assert [line.split("   ")[0] for line in printed] == ["epoch 1/2", "epoch 2/2"]
    elbos = [float(re.search(r"ELBO (\S+)", line)[1]) for line in printed]
    assert elbos == pytest.approx(history["elbo"], abs=0.051)
    shown = [float(re.search(r"held out (\S+)\)", line)[1]) for line in printed]
    assert shown == pytest.approx(history["val_elbo"], abs=0.051)


def test_an_autoencoder_prints_its_loss_and_metrics(images, capsys):
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(images, np.zeros_like(images), epochs=1, callbacks=[EpochLines()], verbose=0)
    assert re.fullmatch(r"epoch 1/1   loss \d\.\d{4}   mae \d\.\d{4}   T", *lines(capsys))


def test_it_says_how_long_an_epoch_took(monkeypatch, capsys):
    times = iter([100.0, 102.13])
    monkeypatch.setattr("fidle_vae.training.epoch_lines.time.perf_counter", lambda: next(times))
    callback = EpochLines()
    callback.set_params({"epochs": 1})
    callback.on_epoch_begin(0)
    callback.on_epoch_end(0, {"loss": 1.0})
    assert capsys.readouterr().out == "epoch 1/1   loss 1.00   2.1 s\n"
