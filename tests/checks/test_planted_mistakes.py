"""Each planted mistake gets its own diagnosis, and right answers pass."""

import importlib
import pkgutil

import keras
import pytest

from fidle_vae import checks as check
from fidle_vae.checks.engine import NOT_DONE, Mistake
from tests.checks.planted import CORE, UNFINISHED
from tests.checks.planted_mistakes import RIGHT, WRONG, judge

# of the answers that make a mistake; JAX compiles each for a second
MOST = None if keras.config.backend() == "tensorflow" else 1


def checks_of(answers):
    return [pytest.param(name, marks=pytest.mark.core if name in CORE else ()) for name in answers]


@pytest.mark.parametrize("name", checks_of(WRONG))
def test_each_planted_mistake_gets_its_diagnosis_and_a_sentence_of_its_own(name):
    judged = [
        (mistake, judge(name, answer))
        for mistake, answers in WRONG[name].items()
        for answer in answers[:MOST]
    ]
    missed = [(mistake, found) for mistake, found in judged if found.mistake != mistake]
    assert not missed
    said = {}
    for mistake, found in judged:
        assert found.check in (name, name.split()[-1]) or found.check.startswith(f"{name} ")
        assert len(found.message) > 20, found
        assert found.message.rstrip()[-1] in ".)?", found
        assert not any(word in found.message for word in ("\x1b", "{seen", "{found")), found
        said.setdefault(found.message, set()).add(mistake)
    if not name.startswith("program"):  # which all ask the same question
        assert {message: names for message, names in said.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", checks_of(RIGHT))
def test_right_answers_pass(name):
    found = [judge(name, answer) for answer in RIGHT[name]]
    assert [result for result in found if result.status != "right"] == []


def catalogues():
    """Every list of mistakes in the package, wherever it is."""
    for module in pkgutil.walk_packages(check.__path__, f"{check.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, list) and value and isinstance(value[0], Mistake):
                yield value


def test_every_known_mistake_is_planted():
    known = {mistake.name for catalogue in catalogues() for mistake in catalogue}
    assert len(known) > 200
    assert known - {mistake for mistakes in WRONG.values() for mistake in mistakes} <= {NOT_DONE}


def test_every_check_has_planted_answers_wrong_and_right_ones():
    assert set(WRONG) == set(RIGHT)
    helpers = {"hint", "passed", "summary"}
    assert set(check.__all__) - helpers <= {word for name in WRONG for word in name.split()}


def refused(*arguments):
    raise NotImplementedError


def of_dots(*arguments):
    """Compute it."""
    given = arguments  # noqa: F841
    ...  # your code here


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_done_yet_is_to_do(name):
    stubs = refused, of_dots, lambda *arguments: ...
    for answer in UNFINISHED.get(name, stubs):
        assert judge(name, answer).status == "to do"
