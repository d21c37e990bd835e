"""Each planted mistake gets its own diagnosis, and right answers pass."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.engine.diagnosis import Mistake, diagnose
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.latent import grids_and_paths as paths
from fidle_vae.checks.latent import worst_reconstruction as reconstructions
from fidle_vae.checks.losses import beta_weight as ratio
from fidle_vae.checks.losses import cross_entropy as likelihood
from fidle_vae.checks.losses import importance_sampling as importances
from fidle_vae.checks.losses import kl_divergence as divergence
from fidle_vae.checks.losses import weighted_loss as weighing
from fidle_vae.checks.networks import forward_pass as passes
from fidle_vae.checks.networks import sampling_layers as sampling
from fidle_vae.checks.training import best_epochs as histories
from fidle_vae.checks.training import epoch_mean as averages
from fidle_vae.checks.training import held_out_elbo as unseen
from fidle_vae.checks.training import training_step as steps
from tests.checks.planted_mistakes import CHECKS, RIGHT, WRONG


@functools.cache
def found_of(name, mistake, number):
    """Give what is found in a planted answer, which is run once."""
    return CHECKS[name](WRONG[name][mistake][number])


OF_TENSORS = ("kl", "reconstruction", "loss", "sampling_layer", "beta", "epoch_loss")
OF_TENSORS += ("best_epoch", "importance", "film", "balance", "answer")


def planted(answers):
    """Give the answers of each check; those made of tensors must be told on every backend."""
    for name in CHECKS:
        yield name, pytest.mark.core if name in OF_TENSORS else (), answers[name]


@pytest.mark.parametrize(
    ("name", "mistake", "number"),
    [
        pytest.param(name, mistake, number, id=f"{mistake}-{number}", marks=marks)
        for name, marks, mistakes in planted(WRONG)
        for mistake, answers in mistakes.items()
        for number in range(len(answers))
    ],
)
def test_a_planted_mistake_gets_its_diagnosis(name, mistake, number):
    found = found_of(name, mistake, number)
    assert found.mistake == mistake, found
    assert not found.ok
    assert found.check == name
    assert len(found.message) > 20
    assert "\x1b" not in found.message
    assert found.message.rstrip()[-1] in ".)?"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{number}", marks=marks)
        for name, marks, answers in planted(RIGHT)
        for number, answer in enumerate(answers)
    ],
)
def test_a_right_answer_passes(name, answer):
    found = CHECKS[name](answer)
    assert found.ok, found
    assert found.status == "right"


def named(mistakes):
    return {mistake.name: mistake.says for mistake in mistakes}


# The known mistakes of each check, with what is said of them
KNOWN = {
    "kl": [named(divergence.MISTAKES)],
    "reconstruction": [named(likelihood.MISTAKES)],
    "loss": [
        {name: says for name, (says, _) in weighing.MISTAKES.items()},
        {name: says for name, says, _ in weighing.TOTALS},
    ],
    "sampling_layer": [
        {name: says for name, (_, says) in (sampling.SPREADS | sampling.CENTRES).items()}
    ],
    "morph": [named(paths.MORPH_MISTAKES)],
    "train_step": [{name: says for name, (*_, says) in steps.OTHER_LOSSES.items()}],
    "beta": [named(ratio.MISTAKES)],
    "epoch_loss": [named(averages.MISTAKES), named(averages.OF_FIXED_SIZE)],
    "best_epoch": [{name: says for name, (says, _) in histories.MISTAKES.items()}],
    "importance": [named(importances.MISTAKES), named(importances.MISTAKES_OF_RANGE)],
    "forward": [dict(passes.WRONG_IMAGES.values())],
    "held_out": [{name: says for name, (says, _) in unseen.MISTAKES.items()}],
    "worst": [{name: says for name, (says, _) in reconstructions.MISTAKES.items()}],
}
LISTS = (
    divergence.MISTAKES, likelihood.MISTAKES, paths.MORPH_MISTAKES, ratio.MISTAKES,
    averages.MISTAKES, [*importances.MISTAKES, *importances.MISTAKES_OF_RANGE],
)  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_mistake_is_planted(name):
    assert {mistake for part in KNOWN[name] for mistake in part} <= set(WRONG[name])


@pytest.mark.parametrize("mistakes", LISTS, ids=lambda mistakes: mistakes[0].name)
def test_no_two_mistakes_of_a_check_have_one_name(mistakes):
    assert len(named(mistakes)) == len(mistakes)


@pytest.mark.parametrize("name", KNOWN)
def test_no_two_mistakes_of_a_check_are_told_in_the_same_words(name):
    sentences = [says for part in KNOWN[name] for says in part.values()]
    assert all(isinstance(sentence, str) for sentence in sentences)
    assert len(set(sentences)) == len(sentences)


PROGRAMS = [f"program {number}" for number in range(1, 6)]  # which all say the same: a question


@pytest.mark.parametrize("name", [name for name in WRONG if name not in PROGRAMS])
def test_no_two_mistakes_get_the_same_message(name):
    said = {}
    for mistake in WRONG[name]:
        said.setdefault(found_of(name, mistake, 0).message, set()).add(mistake)
    assert {message: names for message, names in said.items() if len(names) > 1} == {}


def stub(*arguments):
    raise NotImplementedError


class Stub(keras.layers.Layer):
    def call(self, inputs):
        return ...


FUNCTIONS = ["kl", "reconstruction", "loss", "morph", "train_step", "grid", "beta", "epoch_loss"]
FUNCTIONS += ["best_epoch", "importance", "film", "forward", "held_out", "worst"]
FUNCTIONS += PROGRAMS[1:]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("answer", [stub, lambda *arguments: None, lambda *arguments: ...])
def test_what_is_not_done_yet_is_said_to_be(name, answer):
    found = CHECKS[name](answer)
    assert (found.mistake, found.status) == ("not_done", "to do")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("sampling_layer", Stub),
        ("sampling_layer", ...),
        ("program 1", Stub),
        ("program 1", None),
        ("encoder", None),
        ("convolutional encoder", ...),
        ("decoder", ...),
        *(("answer", ("VAE1-1", value)) for value in (None, ..., "", " ", "?", " ? ", "...")),
    ],
)
def test_what_is_not_made_yet_is_said_to_be(name, answer):
    assert CHECKS[name](answer).status == "to do"


def test_an_error_is_told_by_the_line_that_raised_it():
    def my_kl(z_mean, z_log_var):
        half = 0.5
        return half * ops.sum(z_means**2, axis=1)  # noqa: F821

    found = check.kl(my_kl)
    assert found.mistake == "error"
    assert "`return half * ops.sum(z_means**2, axis=1)" in found.message
    assert "raises NameError: name 'z_means' is not defined." in found.message
    assert "\n" not in found.message


def test_an_error_without_its_source_is_told_by_its_line():
    names, source = {}, "def my_kl(z_mean, z_log_var):\n    return undefined"
    exec(compile(source, "<ipython-input-3-0a1b>", "exec"), names)
    found = check.kl(names["my_kl"])
    assert found.message == "Line 2 raises NameError: name 'undefined' is not defined."


def test_a_function_of_other_arguments_is_told():
    assert "positional argument" in check.kl(lambda z_mean: z_mean).message


def test_an_unknown_mistake_gets_the_first_case_that_fails():
    found = check.kl(lambda z_mean, z_log_var: 7 + 0 * ops.sum(z_mean, axis=1))
    assert found.mistake == "values"
    assert found.message.startswith("The values are not right. For z_mean = [")
    assert "0.518, 1.23]" in found.message
    assert ": 7 where " in found.message
    assert found.message.endswith(" is expected.")


@pytest.mark.parametrize(
    ("answer", "mistake", "sentence"),
    [
        (lambda m, v: ops.sum(m) * ops.ones((2, 2)), "shape", "Shape (2, 2) where (5,) is expec"),
        (lambda m, v: ops.sum(m, axis=1) * np.nan, "not_finite", "NaN or infinite"),
        (lambda m, v: "half", "no_number", "gives a str"),
    ],
)
def test_what_is_no_kl_at_all_is_told(answer, mistake, sentence):
    found = check.kl(answer)
    assert found.mistake == mistake
    assert sentence in found.message


def test_the_likeliest_of_two_mistakes_that_give_the_same_is_named():
    cases = [{"x": np.ones(3)}]
    mistakes = [Mistake(name, f"It is {name}.", lambda x: 2 * x) for name in ("first", "second")]
    found = diagnose("x", lambda x: x * 2, cases, [lambda x: x], mistakes)
    assert found.mistake == "first"


def test_a_mistake_must_explain_every_case():
    cases = [{"x": np.zeros(3)}, {"x": np.ones(3)}]
    mistakes = [Mistake("double", "It is double.", lambda x: 2 * x)]
    found = diagnose("x", lambda x: x * 3, cases, [lambda x: x], mistakes)
    assert found.mistake == "values"


def test_loss_weights_are_checked_before_any_work():
    with pytest.raises(ValueError, match="loss_weights must be two numbers"):
        check.loss(None, (1, -1))


def test_the_course_weights_tell_a_loss_apart_from_its_mistakes():
    for name in ("loss_kl_unweighted", "loss_without_kl", "loss_kl_subtracted"):
        formula = weighing.MISTAKES[name][1]

        def my_loss(x, x_hat, z_mean, z_log_var, formula=formula):
            r = ops.mean(ops.binary_crossentropy(x, x_hat), axis=(1, 2, 3))
            kl = ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2
            return ops.mean(formula(r, kl, 1.0, 1e-3, 784, 2))

        assert check.loss(my_loss).mistake == name


def test_a_result_reads_without_colour_in_a_terminal_and_in_a_notebook():
    for mistake, word, sign in ((None, "Right", "✓"), ("x", "Not right", "✗")):
        result = Result("kl", mistake, "Is 1 < 2?")
        assert repr(result) == f"{sign} kl: {word}. Is 1 < 2?"
        page = result._repr_html_()
        assert f"{sign} kl: {word}." in page
        assert "Is 1 &lt; 2?" in page
    assert repr(Result("kl", "not_done", "Go on.")) == "… kl: Not done yet. Go on."
