"""What the checks of losses do beyond the planted mistakes."""

import numpy as np
import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.losses import weighted_loss
from tests.checks.planted.losses import loss_of_given_weights, r_of
from tests.checks.planted_mistakes import WRONG


def test_loss_weights_are_checked_before_any_work():
    with pytest.raises(ValueError, match="loss_weights must be two numbers"):
        check.loss(None, (1, -1))


@pytest.mark.core
def test_a_loss_with_parameters_for_the_weights_gets_them():
    for weights in ((2.0, 5e-3), (1.0, 1e-3), "elbo"):
        assert check.loss(loss_of_given_weights, weights).ok
    seen = []

    def my_loss(x, x_hat, z_mean, z_log_var, k1, k2):
        seen.append((k1, k2))
        return ops.mean(r_of(x, x_hat))

    assert check.loss(my_loss, "elbo").mistake == "loss_without_kl"
    assert seen[:4] == [(1, 1 / 784), (1, 1 / 560), (1, 1 / 140), (1, 1 / 64)]


@pytest.mark.core
def test_a_cross_entropy_of_every_pixel_is_hinted_at():
    message = check.loss(WRONG["loss"]["loss_of_every_pixel"][0]).message
    assert message.endswith("a value for each pixel: take its mean.")
    other = check.loss(lambda x, x_hat, z_mean, z_log_var: y)  # noqa: F821
    assert "pixel" not in other.message


@pytest.mark.core
def test_a_loss_is_shown_beside_its_two_terms():
    message = check.loss(lambda x, x_hat, z_mean, z_log_var: 0.0).message
    assert (
        "For r_loss = 0.89, kl_loss = 632.6, k1 = 1, k2 = 0.001: 0 where 1.523 is expected."
        in message
    )


def test_the_course_weights_tell_a_loss_apart_from_its_mistakes():
    known = {mistake.name: mistake.trace for mistake in weighted_loss.FORMULAS}
    for name in ("loss_kl_unweighted", "loss_without_kl", "loss_kl_subtracted"):

        def my_loss(x, x_hat, z_mean, z_log_var, formula=known[name]):
            kl = ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2
            return ops.mean(formula(r_of(x, x_hat), kl, 1.0, 1e-3, 784, 2))

        assert check.loss(my_loss).mistake == name


@pytest.mark.core
def test_a_kl_of_two_dimensions_only_is_said_to_be_right_for_these():
    for answer in WRONG["kl"]["kl_of_two_dimensions"]:
        message = check.kl(answer).message
        assert message.startswith("It is right for 2 latent dimensions, but the check also uses 6")


def test_a_loss_for_one_image_shape_only_is_no_right_one():
    def my_beta(n_pixels, k1, k2):
        return np.float64(0.784)

    assert check.beta(my_beta).mistake == "constant"


@pytest.mark.core
def test_no_message_on_beta_has_the_whole_formula_in_it():
    for answers in WRONG["beta"].values():
        for answer in answers:
            assert "n_pixels k2 / k1" not in check.beta(answer).message


@pytest.mark.core
def test_a_right_answer_by_numpy_is_told_that_no_gradient_passes():
    def by_numpy(z_mean, z_log_var):
        m, v = np.asarray(z_mean), np.asarray(z_log_var)
        return (m**2 + np.exp(v) - 1 - v).sum(axis=1) / 2

    def with_a_constant(z_mean, z_log_var):
        half = np.float32(0.5)
        return half * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)

    assert "no gradient passes" in check.kl(by_numpy).message
    assert check.kl(with_a_constant).message == "Every case agrees."

    def loss_with_numpy(x, x_hat, z_mean, z_log_var, k1, k2):
        r_each = np.asarray(r_of(x, x_hat))
        return k1 * np.mean(r_each) + k2 * np.mean(by_numpy(z_mean, z_log_var))

    assert "no gradient passes" in check.loss(loss_with_numpy).message


@pytest.mark.core
def test_a_right_loss_that_is_a_bare_number_is_told_that_no_gradient_passes():
    message = check.loss(lambda *terms: float(loss_of_given_weights(*terms, 1.0, 1e-3))).message
    assert message.startswith("Every case agrees. One remark: it gives a bare number, as float()")
