"""How a check tells an error, what it hands over, and what it keeps to itself."""

import textwrap

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.engine.diagnosis import outcome, told
from fidle_vae.checks.quiz import programs
from fidle_vae.course import catalogue
from tests.checks.planted.losses import kl_by_ops
from tests.checks.planted.models import model_of
from tests.checks.planted.programs import MENDED
from tests.checks.planted.sampling import layer_of
from tests.checks.planted_mistakes import CHECKS, WRONG

# The student's own line


def raised(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return told(error)


@pytest.mark.core
@pytest.mark.parametrize(
    "mistake",
    [
        lambda: np.random.RandomState(0).normal(size="two"),  # .pyx
        lambda: np.random.default_rng(0).normal(size="two"),
        lambda: model_of().reconstruct(np.zeros((28, 28, 1))),  # our package
        lambda: textwrap.dedent(3),  # the standard library
        lambda: keras.layers.Dense(-2),  # a package
        lambda: exec(compile("1 / 0", "<string>", "exec")),  # no file
    ],
)
def test_the_line_that_is_told_is_the_students_own(mistake):
    assert "raises" in raised(mistake)
    assert f"Line {mistake.__code__.co_firstlineno}, `lambda: " in raised(mistake)


def test_an_error_without_any_line_of_the_student_says_so():
    found = outcome("x", keras.layers.Dense, -2)
    assert found.message.startswith("It cannot be run: ValueError: Received an invalid value")


@pytest.mark.parametrize("name", ["/tmp/ipykernel_123/456.py", "<ipython-input-4-abc>"])
def test_a_cell_is_the_students_own(name):
    names = {}
    exec(compile("def my_kl(z_mean, z_log_var):\n    1 / 0", name, "exec"), names)
    assert raised(names["my_kl"], 0, 0) == "Line 2 raises ZeroDivisionError: division by zero."


def test_what_tensorflow_adds_to_its_messages_is_left_out():
    found = check.kl(lambda z_mean, z_log_var: ops.matmul(z_mean, z_log_var)).message
    assert "Matrix size-incompatible: In[0]: [5,2], In[1]: [5,2]." in found
    assert "Op:" not in found
    assert "{{" not in found


@pytest.mark.core
def test_what_keras_wraps_around_an_error_of_a_layer_is_left_out():
    infer = "Could not automatically infer the output shape / dtype of 'x'. Error encountered:"
    for said in (f"Exception encountered when calling X.call().\n\n\x1b[1m{infer}", infer):
        found = told(ValueError(f"{said}\n\nThe reason.\x1b[0m\n\nArguments received"))
        assert found == "It cannot be run: ValueError: The reason."
    assert told(ValueError(infer)).endswith("Error encountered.")


# What is handed over


@pytest.mark.core
def test_a_history_that_is_sorted_fools_nobody():
    def my_choice(history):
        history["val_loss"].sort()
        return int(np.argmin(history["val_loss"])) + 1

    assert check.best_epoch(my_choice).mistake == "values"


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
    assert check.epoch_loss(lambda losses: losses.clear() or 0.0).mistake == "values"


def test_images_may_be_overwritten():
    def my_worst(vae, images):
        images *= 0
        return 0

    assert check.worst(my_worst).mistake == "worst_of_one_number"


@pytest.mark.core
def test_what_is_handed_over_is_a_copy():
    given = {"a": [np.ones(3)]}
    outcome("x", lambda a: a["a"][0].fill(7), given)
    assert given["a"][0].tolist() == [1, 1, 1]


@pytest.mark.core
def test_codes_are_handed_over_as_arrays():
    seen = []
    check.morph(lambda z_a, z_b, n: seen.extend([z_a, z_b]))
    assert [type(each) for each in seen] == 2 * [np.ndarray]
    assert check.morph(lambda z_a, z_b, n: np.linspace(z_a, z_b, n).copy()).ok


# Programs to mend


@pytest.mark.parametrize("number", catalogue.programs())
def test_a_program_with_its_mistake_is_still_to_do(number):
    found = check.program(number, WRONG[f"program {number}"]["still_there"][0])
    assert found.status == "to do"
    assert repr(found).startswith(f"… program {number}: Not done yet. It is still there. ")
    assert "Not done yet.</strong> It is still there." in found._repr_html_()


def test_another_mistake_of_a_program_does_not_give_the_answer_away():
    for name, mistakes in WRONG.items():
        for mistake in set(mistakes) - programs.OF_FORM - {"still_there"}:
            if name.startswith("program"):
                found = CHECKS[name](mistakes[mistake][0])
                question = catalogue.programs()[name.removeprefix("program ")].asks
                assert (found.mistake, found.status) == (mistake, "wrong")
                assert found.message == (
                    "Not yet: your change is another mistake, beside the first or in its place. "
                    f"{question}"
                )


@pytest.mark.parametrize(
    ("number", "answer", "mistake"),
    [
        (1, layer_of(lambda m, v: undefined), "error"),  # noqa: F821
        (1, WRONG["sampling_layer"]["needs_values"][0], "needs_values"),
        (2, lambda z_mean, z_log_var: z_mean.undefined, "error"),
        (2, lambda z_mean, z_log_var: 0 * z_mean[:, None], "shape"),
        (2, lambda z_mean, z_log_var: kl_by_ops(z_mean, z_log_var)[:, None], "kl_keeps_axis"),
        (3, lambda x, x_hat, z_mean, z_log_var: "small", "no_number"),
        (4, lambda encoder, decoder, x: encoder(x)[:2], "forward_outputs"),
    ],
)
def test_what_is_wrong_with_the_form_of_a_program_is_told_in_its_own_words(number, answer, mistake):
    found = check.program(number, answer)
    assert found.mistake == mistake
    assert "Not yet" not in found.message


def test_a_program_is_right_once_it_is_mended():
    assert [check.program(number, MENDED[number][0]).status for number in MENDED] == 5 * ["right"]


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
