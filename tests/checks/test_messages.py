"""What the checks of programs and of answers keep to themselves, and what they say."""

import keras
import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.quiz.programs import hash_program
from fidle_vae.course import catalogue
from tests.checks.planted.ae1 import network
from tests.checks.planted.losses import kl_by_ops
from tests.checks.planted.programs import MENDED
from tests.checks.planted.sampling import layer_of
from tests.checks.planted_mistakes import WRONG

# Programs to mend


@pytest.mark.parametrize("number", catalogue.programs())
def test_a_program_with_its_mistake_is_still_to_do(number):
    found = check.program(number, WRONG[f"program {number}"]["still_there"][0])
    assert found.status == "to do"
    assert repr(found).startswith(f"… program {number}: Not done yet. The mistake is still there. ")
    assert "Not done yet.</strong> The mistake is still there." in found._repr_html_()


@pytest.mark.parametrize(("number", "program"), catalogue.programs().items())
def test_the_catalogue_knows_a_program_as_the_lesson_has_it(number, program):
    assert hash_program(WRONG[f"program {number}"]["still_there"][0]) == program.digest


def test_a_change_that_does_not_mend_a_program_is_told_so_with_what_it_shows():
    def program_6(latent_dim):
        return network(code=lambda x, d: keras.layers.Dense(d, activation="tanh")(x))(latent_dim)

    found = check.program(6, program_6)
    assert (found.mistake, found.status) == ("not_mended", "wrong")
    assert found.message.startswith(
        "With your change, the mistake is still there. The code goes through tanh, so that it is "
    )
    assert found.message.endswith(catalogue.programs()["6"].asks)


def test_another_mistake_of_a_program_is_told_as_its_own_check_tells_it():
    found = check.program(2, lambda z_mean, z_log_var: 2 * kl_by_ops(z_mean, z_log_var))
    own = check.kl(lambda z_mean, z_log_var: 2 * kl_by_ops(z_mean, z_log_var))
    assert (found.mistake, found.status) == ("kl_without_half", "wrong")
    assert found.message == f"Your change is not the right one yet. {own.message}"


@pytest.mark.parametrize(
    ("number", "answer", "mistake"),
    [
        (1, layer_of(lambda m, v: undefined), "error"),  # noqa: F821
        (1, WRONG["sampling_layer"]["needs_values"][0], "needs_values"),
        (2, lambda z_mean, z_log_var: z_mean.undefined, "error"),
        (2, lambda z_mean, z_log_var: 1 * z_mean[:, None], "shape"),
        (2, lambda z_mean, z_log_var: kl_by_ops(z_mean, z_log_var)[:, None], "kl_keeps_axis"),
        (3, lambda x, x_hat, z_mean, z_log_var: "small", "no_number"),
        (4, lambda encoder, decoder, x: encoder(x)[:2], "forward_outputs"),
    ],
)
def test_what_is_wrong_with_the_form_of_a_program_is_told_in_its_own_words(number, answer, mistake):
    found = check.program(number, answer)
    assert found.mistake == mistake
    assert catalogue.programs()[str(number)].asks not in found.message


def test_a_second_mistake_beside_the_planted_one_is_told_as_such():
    def still_a_mean(z_mean, z_log_var):
        inner = 1 + z_log_var - ops.abs(z_mean) - ops.exp(z_log_var)
        return -0.5 * ops.mean(inner, axis=-1)

    found = check.program(2, still_a_mean)
    assert found.status == "to do"
    assert "still there, and your change is a new one: put that line back." in found.message

    def other_axis(z_mean, z_log_var):
        inner = 1 + z_log_var - z_mean**2 - ops.exp(z_log_var)
        return -0.5 * ops.mean(inner, axis=0)

    found = check.program(2, other_axis)
    assert "The axis was right: leave it as it was, and look at the function." in found.message

    def sums_still(x, x_hat, z_mean, z_log_var):
        r_loss = ops.mean(ops.binary_crossentropy(x, x_hat), axis=(1, 2, 3))
        kl_loss = ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)
        return ops.sum(r_loss) + 1e-3 * ops.sum(kl_loss)

    found = check.program(3, sums_still)
    assert "still there, and your change is a new one" in found.message


def test_a_program_is_right_once_it_is_mended():
    assert sorted(map(str, MENDED)) == sorted(catalogue.programs())
    assert {check.program(number, MENDED[number][0]).status for number in MENDED} == {"right"}


# Questions


@pytest.mark.core
@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("VAE1-1", "d", "Answer by a letter, a, b or c."),
        ("VAE1-1", 2, "Answer by a letter, a, b or c."),
        ("VAE1-3", "b", "Answer by a number, such as 0.5."),
        ("VAE1-3", "0,392", "Write a decimal point, not a comma."),
        ("VAE1-3", 0.39, "Nearly: give three digits."),
        ("VAE1-3", "(0.4)", "Nearly: give three digits."),
    ],
)
def test_an_answer_of_another_kind_is_told_what_is_asked(key, value, says):
    assert check.answer(key, value).message == says


def test_nearly_is_said_up_to_three_hundredths():
    near = [0.381, 0.385, 0.3914, 0.3926, 0.4, 0.403]
    assert {check.answer("VAE1-3", value).mistake for value in near} == {"answer_near"}
    assert {check.answer("VAE1-3", value).mistake for value in (0.379, 0.406)} == {"answer_wrong"}


@pytest.mark.core
@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0.784, "it is twice what it should be"),
        (5e-4, "the number of pixels is missing"),
        (784 / 5e-4, "the weights are upside down"),
        (1 / 0.392, "it is upside down"),
        (3.92, "the digits are right"),
        (-0.392, "the sign is wrong"),
        (5e-4 / 784, "you divide by the number of pixels"),
    ],
)
def test_a_slip_in_a_number_is_named(value, says):
    found = check.answer("VAE1-3", value)
    assert found.mistake == "answer_slip"
    assert found.message.startswith(f"Not this one: {says}")
    assert check.answer("VAE1-3", 0).mistake == "answer_wrong"
