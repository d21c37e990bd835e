"""What students did that the checks told too little of, too much or the wrong thing."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae import checks as check
from tests.checks.planted.choices import MEASURED, TRUE
from tests.checks.planted.losses import loss_of_given_weights, r_of
from tests.checks.planted.models import DIGITS, LOGITS, model_of
from tests.checks.planted.networks import builder
from tests.checks.planted.paths import my_grid, ppf, product
from tests.checks.planted.sampling import MySampling, layer_of, normal
from tests.checks.planted_mistakes import CHECKS, RIGHT, WRONG

# The loss


@pytest.mark.core
def test_a_loss_with_parameters_for_the_weights_gets_them():
    for weights in ((2.0, 5e-3), (1.0, 1e-3), "elbo"):
        assert check.loss(loss_of_given_weights, weights).ok
    seen = []

    def my_loss(x, x_hat, z_mean, z_log_var, k1, k2):
        seen.append((k1, k2))
        return ops.mean(r_of(x, x_hat))

    assert check.loss(my_loss, "elbo").mistake == "loss_without_kl"
    assert seen == [(1, 1 / 784), (1, 1 / 560)]


@pytest.mark.core
def test_a_cross_entropy_of_every_pixel_is_hinted_at():
    message = check.loss(WRONG["loss"]["error"][0]).message
    assert message.endswith("a value for each pixel: take its mean.")
    other = check.loss(lambda x, x_hat, z_mean, z_log_var: y)  # noqa: F821
    assert "pixel" not in other.message


@pytest.mark.core
def test_a_loss_is_told_beside_its_two_terms():
    message = check.loss(lambda x, x_hat, z_mean, z_log_var: 0.0).message
    assert "For r_loss = 0.89, kl_loss = 632.6: 0 where 1.523 is expected." in message


# Networks


def test_a_function_of_latent_dim_builds_the_network_that_is_checked():
    seen = []

    def my_encoder(latent_dim):
        seen.append(latent_dim)
        return builder(latent_dim)

    assert check.encoder(my_encoder, 6).ok
    assert seen == [6]
    found = check.encoder(builder, 6, convolutional=True)
    assert found.mistake == "encoder_without_convolution"


@pytest.mark.parametrize("made", [None, ...])
@pytest.mark.parametrize("name", ["encoder", "decoder"])
def test_a_function_that_builds_nothing_yet_is_not_done(name, made):
    assert CHECKS[name](lambda latent_dim: made).status == "to do"


def test_an_error_of_a_function_that_builds_is_told_by_its_line():
    message = check.encoder(WRONG["encoder"]["error"][0], 2).message
    assert "`return network(code(latent_dims), code(latent_dim))" in message
    assert "raises NameError" in message


# The grid


def test_a_grid_is_asked_for_two_sides_and_both_must_be_right():
    seen = []

    def my_grid_for(n):
        seen.append(n)
        return my_grid(n) if n == 12 else product(np.linspace(-2, 2, n))

    assert check.grid(my_grid_for).mistake == "grid_even_in_z"
    assert seen == [12, 7]


@pytest.mark.parametrize(
    ("grid", "as_pictured"),
    [
        (my_grid, True),
        (my_grid(9).reshape(-1, 2), True),
        (lambda n: my_grid(n)[::-1], False),
        (lambda n: my_grid(n)[:, ::-1], False),
        (lambda n: np.stack(np.meshgrid(*2 * [ppf(0.05, 0.95, n)], indexing="ij"), -1), False),
    ],
)
def test_a_grid_that_is_no_picture_of_the_plane_is_right_with_a_remark(grid, as_pictured):
    found = check.grid(grid)
    assert found.ok
    assert ("first row is its top" in found.message) != as_pictured


def test_how_to_keep_a_grid_finite_is_not_given_away():
    message = check.grid(product(ppf(0, 1, 5))).message
    assert "linspace" not in message
    assert message.endswith("Begin above 0 and end below 1, as far from 0 as from 1.")


# The sampling layer


@pytest.mark.parametrize(
    "draw",
    [
        lambda m, v: m + ops.exp(v / 2) * keras.random.normal(m.shape),
        lambda m, v: m + np.exp(v / 2) * normal(m),
    ],
)
def test_what_needs_the_values_of_a_batch_is_told_with_its_line(draw):
    found = check.sampling_layer(layer_of(draw))
    assert found.mistake == "needs_values"
    assert "ops.shape(z_mean)" in found.message
    assert found.message.endswith("` fails.")


@pytest.mark.core
def test_noise_without_a_seed_is_refused_by_jax_only_and_in_its_own_words():
    found = check.sampling_layer(layer_of(lambda m, v: m + ops.exp(v / 2) * normal(m)))
    if keras.config.backend() == "jax":
        assert found.mistake == "not_in_a_model"
        assert "seeded random ops" in found.message
    else:
        assert found.ok


REPEATED = """
from tests.checks.planted.sampling import MySampling
from tests.checks.planted.steps import MyVAE
from fidle_vae import checks as check
for _ in range(6):  # the warning would come at the fifth
    assert check.sampling_layer(MySampling).ok
    assert check.train_step(MyVAE).ok
"""


def test_trying_often_makes_tensorflow_say_nothing():
    command = [sys.executable, "-c", REPEATED]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING:tensorflow" not in done.stderr
    assert "retracing" not in done.stderr
    assert done.stdout == ""


# The KL


@pytest.mark.core
def test_a_kl_of_two_dimensions_only_is_told_that_there_are_others():
    for answer in WRONG["kl"]["kl_of_two_dimensions"]:
        message = check.kl(answer).message
        assert message.startswith("It is right for 2 latent dimensions, but the check also uses 6")


# The training step


def step_of(name, number=0):
    return check.train_step(WRONG["train_step"][name][number])


def test_a_class_is_told_of_itself_and_a_function_of_the_vae():
    assert "vae.loss_weights" in step_of("step_without_weights").message
    assert "self.loss_weights" in step_of("step_without_weights", 1).message
    for answer in WRONG["train_step"].values():
        for each in answer:
            if isinstance(each, type):
                assert "vae." not in check.train_step(each).message


def test_a_loss_is_told_in_four_digits():
    assert "the loss is 8.755 where 4.378 is expected." in step_of("step_wrong_loss").message


def test_a_step_that_fails_when_it_is_compiled_is_told_by_its_line():
    assert "fit compiles the step, and then it fails. Line " in step_of("step_not_compiled").message


# Others


@pytest.mark.core
def test_measured_keys_that_mean_nothing_are_shown():
    found = check.balance(TRUE, {"strong": MEASURED[1.0], 0.5: MEASURED[1.0]})
    assert found.mistake == "balance_k2_missing"
    assert found.message.endswith(
        "k2 = 0, 0.001, 1: train with it too. Its keys are 'strong', 0.5."
    )


@pytest.mark.core
def test_complex_numbers_are_told_without_a_warning(recwarn):
    found = check.epoch_loss(lambda losses: np.concatenate(losses).mean() + 0j)
    assert found.mistake == "no_number"
    assert len(recwarn) == 0


def test_a_model_without_beta_is_told_in_a_whole_sentence():
    model = model_of(0.0, LOGITS)
    networks = keras.Sequential([keras.Input((28, 28, 1))])
    networks.encoder, networks.decoder = model.encoder, model.decoder
    found = check.vae(networks, DIGITS)
    assert found.message.startswith("The posterior has collapsed (0 of 2 dims active)")
    assert check.vae(model, DIGITS).message.startswith("beta is 0.784: the posterior")


def test_what_a_trained_model_costs_is_told_with_its_unit():
    message = CHECKS["vae"](RIGHT["vae"][0]).message
    assert "beta is 0.784: without noise, held-out images cost " in message
    assert " nats of cross-entropy and a KL of " in message


def test_noise_that_is_forgotten_is_no_noise_that_is_shared():
    assert check.sampling_layer(layer_of(lambda m, v: m + ops.exp(v / 2))).mistake == "no_noise"
    shared = WRONG["sampling_layer"]["noise_shared_by_batch"][0]
    assert check.sampling_layer(shared).mistake == "noise_shared_by_batch"
    assert check.sampling_layer(MySampling).ok
