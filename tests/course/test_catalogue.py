"""The catalogue of lessons, and what is generated from it."""

import ast
import importlib
import tomllib
from pathlib import Path

import pytest
import syllabus

from fidle_vae.course import catalogue as module
from fidle_vae.course.catalogue import Entry, catalogue, in_order, programs, questions

SOURCES = Path(syllabus.README).parent / "notebooks" / "src"
TOML = """
[[lesson]]
id = "B2"
title = "B2: first"
claims = ["it_is_small"]
[lesson.quiz.B2-1]
digest = "0"
kind = "letter"
hint = "Section 1?"
[[lesson]]
id = "A10"
title = "A10: second"
"""


@pytest.fixture
def two_lessons(monkeypatch):
    """A catalogue of two lessons, whose order is not that of their names."""
    entries = tomllib.loads(TOML)
    monkeypatch.setattr(module, "_read", lambda: entries)
    module.catalogue.cache_clear()
    yield
    monkeypatch.undo()
    module.catalogue.cache_clear()


def test_lessons_come_in_the_order_of_the_file_and_others_last(two_lessons):
    assert list(catalogue()) == ["B2", "A10"]
    assert in_order(["own", "A10", "mine", "B2"]) == ["B2", "A10", "mine", "own"]
    assert questions()["B2-1"].hint == "Section 1?"
    assert catalogue()["B2"].claims == ["it_is_small"]
    assert catalogue()["A10"].bounds == {}


def test_a_field_that_there_is_not_is_an_error(two_lessons):
    with pytest.raises(TypeError, match="minuets"):
        Entry(id="C", title="C", minuets=3)


@pytest.mark.parametrize("lesson", catalogue())
def test_an_entry_is_complete(lesson):
    entry = catalogue()[lesson]
    assert entry.seconds > 0
    assert set(entry.measured) == set(entry.datasets)
    assert set(entry.datasets) in ({"mnist", "digits"}, {"drawn"})
    assert set(entry.key_metrics) <= set(entry.metrics)
    assert ({"all"} if "drawn" in entry.datasets else {"mnist", "digits"}) <= set(entry.bounds)
    for name in (name for bounds in entry.bounds.values() for name in bounds):
        assert "/" in name or name in entry.metrics
    assert entry.takes_model_of is None or entry.takes_model_of in catalogue()
    assert all(key.startswith(f"{lesson}-") for key in entry.quiz)


@pytest.mark.parametrize("lesson", catalogue())
def test_the_catalogue_lists_the_claims_that_a_lesson_makes(lesson):
    source = (SOURCES / f"{lesson}.py").read_text(encoding="utf-8")
    made = [
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "run.claim"
    ]
    assert made == catalogue()[lesson].claims
    assert len(made) == len(set(made)) >= 10


def test_no_question_or_program_is_listed_twice_and_each_program_has_its_check():
    entries = catalogue().values()
    assert len(questions()) == sum(len(entry.quiz) for entry in entries)
    assert len(programs()) == sum(len(entry.programs) for entry in entries)
    checks = importlib.import_module("fidle_vae.checks")
    assert {each.check for each in programs().values()} <= set(checks.__all__)


def test_the_readme_has_the_table_that_the_catalogue_makes():
    readme = Path(syllabus.README).read_text(encoding="utf-8")
    assert syllabus.TABLE.search(readme)[0] == syllabus.table(), "run: python tools/syllabus.py"
