"""How a mistake is found, and how the evidence is written."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.engine import Mistake, Result, diagnose, recognise
from fidle_vae.checks.engine.combination import combination_of

TWICE = Mistake("twice", "It is doubled.", lambda x: 2 * x)
ALIKE = Mistake("alike", "It is doubled too.", lambda x: x + x)


def diagnosed(answer, mistakes, *cases):
    return diagnose("x", answer, [{"x": case} for case in cases], [lambda x: x], mistakes)


def test_the_likeliest_of_two_mistakes_that_give_the_same_is_named():
    assert diagnosed(lambda x: x * 2, [TWICE, ALIKE], np.ones(3)).mistake == "twice"


def test_a_mistake_must_explain_every_case():
    assert diagnosed(lambda x: x * 3, [TWICE], np.zeros(3), np.ones(3)).mistake == "values"


def test_formulas_may_be_of_terms_of_a_case():
    found = diagnose(
        "x", lambda x: x**2 + 1, [{"x": 3.0}], [lambda square, x: square],
        [Mistake("one_more", "One more.", lambda square, x: square + 1)],
        terms=lambda x: (x**2, x),
    )  # fmt: skip
    assert found == Result("x", "one_more", "One more. For x = 3: 10 where 9 is expected.")


def test_the_first_mistake_that_shows_in_what_was_observed_is_named_with_what_was_seen():
    mistakes = [
        Mistake("negative", "It is {found.value}.", lambda found: found.value < 0),
        Mistake("odd", "{seen} is left of {found.value}.", lambda found: found.value % 2),
    ]
    assert recognise("x", SimpleNamespace(value=-3), mistakes).message == "It is -3."
    assert recognise("x", SimpleNamespace(value=3), mistakes).message == "1 is left of 3."
    right = recognise("x", SimpleNamespace(value=4), mistakes, "{found.value} is even.")
    assert right == Result("x", None, "4 is even.")


def test_an_unknown_mistake_gets_the_first_case_that_fails():
    found = check.kl(lambda z_mean, z_log_var: 7 + ops.cos(ops.sum(z_mean, axis=1)))
    assert found.mistake == "values"
    assert found.message.startswith("The values are not right. For z_mean = [")
    assert "0.518, 1.23]" in found.message
    assert re.search(r": [\d.]+ where [\d.]+ is expected\.$", found.message)


@pytest.mark.parametrize(
    ("answer", "mistake", "sentence"),
    [
        (lambda m, v: ops.sum(m) * ops.ones((2, 2)), "shape", "Shape (2, 2) where (5,) is expec"),
        (lambda m, v: ops.sum(m, axis=1) * np.nan, "not_finite", "NaN or infinite"),
        (lambda m, v: "half", "no_number", "gives a str"),
    ],
)
def test_what_is_no_kl_at_all_is_described(answer, mistake, sentence):
    found = check.kl(answer)
    assert found.mistake == mistake
    assert sentence in found.message


def test_a_result_reads_without_colour_in_a_terminal_and_in_a_notebook():
    for mistake, word, sign in ((None, "Right", "✓"), ("x", "Not right", "✗")):
        result = Result("kl", mistake, "Is 1 < 2?")
        assert repr(result) == f"{sign} kl: {word}. Is 1 < 2?"
        page = result._repr_html_()
        assert f"{sign} kl: {word}." in page
        assert "Is 1 &lt; 2?" in page
    assert repr(Result("kl", "not_done", "Go on.")) == "… kl: Not done yet. Go on."


PARTS = {"x^2": lambda x, y: x**2, "x": lambda x, y: x, "y": lambda x, y: y}
GIVEN = [np.random.default_rng(seed).uniform(0.5, 2, (2, 4)) for seed in range(2)]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (lambda x, y: 2 * x**2 - y / 2, "2 x^2 - 0.5 y"),
        (lambda x, y: -x, "-x"),
        (lambda x, y: np.sin(9 * x), ""),  # it is made of other parts
    ],
)
def test_values_are_told_as_a_sum_of_parts(formula, words):
    assert combination_of(PARTS, GIVEN, [formula(*each) for each in GIVEN]) == words


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (lambda x, y: 2 * x**2 / y, "2 x^2 / y"),
        (lambda x, y: 1 / x, "1 / x"),
        (lambda x, y: x + y, ""),
    ],
)
def test_values_are_told_as_a_product_of_powers(formula, words):
    parts = {"x": lambda x, y: x, "y": lambda x, y: y}
    assert combination_of(parts, GIVEN, [formula(*each) for each in GIVEN], product=True) == words


def test_too_few_values_are_no_evidence_of_a_sum():
    few = [each[:, :1] for each in GIVEN]
    assert combination_of(PARTS, few, [x for x, y in few]) == ""
