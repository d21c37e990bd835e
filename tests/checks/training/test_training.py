"""What the checks of steps, histories and trained models do beyond the planted mistakes."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from fidle_vae import checks as check
from tests.checks.planted.choices import MEASURED, TRUE
from tests.checks.planted.models import DIGITS, LOGITS, model_of
from tests.checks.planted_mistakes import RIGHT, WRONG, judge

REPEATED = """
from tests.checks.planted.sampling import MySampling
from tests.checks.planted.steps import MyVAE
from tests.checks.planted.programs import MENDED
from fidle_vae import checks as check
for _ in range(6):  # the warning would come at the fifth
    assert check.sampling_layer(MySampling).ok
    assert check.train_step(MyVAE).ok
    assert check.program(5, MENDED[5][1]).ok
"""


def test_trying_often_makes_tensorflow_say_nothing():
    done = subprocess.run(
        [sys.executable, "-c", REPEATED],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WARNING:tensorflow" not in done.stderr
    assert "retracing" not in done.stderr
    assert done.stdout == ""


def step_of(name, number=0):
    return check.train_step(WRONG["train_step"][name][number]).message


def test_a_loss_is_shown_in_four_digits():
    assert "the loss is 1.459 where 4.378 is expected." in step_of("step_wrong_loss")


def test_a_step_that_fails_when_it_is_compiled_is_described_by_its_line():
    assert "fit compiles the step, and then it fails. Line " in step_of("step_not_compiled")


@pytest.mark.core
def test_a_history_that_is_sorted_fools_nobody():
    def my_choice(history):
        history["val_loss"].sort()
        return int(np.argmin(history["val_loss"])) + 1

    assert check.best_epoch(my_choice).mistake == "constant"


@pytest.mark.core
def test_losses_that_are_changed_on_the_way_break_nothing():
    def my_mean(losses):
        total, n = 0.0, 0
        while losses:
            n += len(losses[0])
            total += losses[0].sum()
            losses[0] *= 0
            losses.pop(0)
        return total / n

    assert check.epoch_loss(my_mean).ok
    assert check.epoch_loss(lambda losses: losses.clear() or 0.0).mistake == "constant"


def test_images_that_are_overwritten_make_no_wrong_elbo_right():
    def my_measure(vae, data):
        data.x_test[:] = 0
        return vae.evaluate(data.x_test, batch_size=256, verbose=0, return_dict=True)["elbo"]

    assert check.held_out(my_measure).mistake == "held_out_black"


@pytest.mark.core
def test_measured_keys_of_no_known_k2_are_shown():
    found = check.balance(TRUE, {"strong": MEASURED[1.0], 0.5: MEASURED[1.0]})
    assert found.mistake == "balance_k2_missing"
    assert found.message.endswith(
        "k2 = 0, 0.001, 1: train with it too. Its keys are 'strong', 0.5."
    )


def test_the_message_on_a_model_without_beta_is_a_whole_sentence():
    model = model_of(0.0, LOGITS)
    networks = keras.Sequential([keras.Input((28, 28, 1))])
    networks.encoder, networks.decoder = model.encoder, model.decoder
    found = check.vae(networks, DIGITS)
    assert found.message.startswith("The posterior has collapsed (0 of 2 dims active)")
    assert check.vae(model, DIGITS).message.startswith("beta is 0.784: the posterior")


def test_what_a_trained_model_costs_is_shown_with_its_unit():
    message = judge("vae", RIGHT["vae"][0]).message
    assert "beta is 0.784: without noise, held-out images cost " in message
    assert " nats of cross-entropy and a KL of " in message
