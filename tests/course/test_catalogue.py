"""The catalogue of lessons, and what is generated from it."""

import importlib
import tomllib
from pathlib import Path

import pytest
import syllabus

from fidle_vae.course import catalogue as module
from fidle_vae.course.catalogue import Entry, catalogue, in_order, programs, questions

TOML = """
[small]
scale = 0.05
[[lesson]]
id = "B2"
title = "B2: first"
falls = [{ values = ["balance/a/x", "y"], by = 0.1 }]
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
    for function in (module.catalogue, module.small_settings):
        function.cache_clear()
    yield
    monkeypatch.undo()
    for function in (module.catalogue, module.small_settings):
        function.cache_clear()


def test_lessons_come_in_the_order_of_the_file_and_others_last(two_lessons):
    assert list(catalogue()) == ["B2", "A10"]
    assert in_order(["own", "A10", "mine", "B2"]) == ["B2", "A10", "mine", "own"]
    assert questions()["B2-1"].hint == "Section 1?"
    assert catalogue()["B2"].falls[0].by == 0.1
    assert catalogue()["A10"].bounds == {}


def test_a_field_that_there_is_not_is_an_error(two_lessons):
    with pytest.raises(TypeError, match="minuets"):
        Entry(id="C", title="C", minuets=3)


@pytest.mark.parametrize("lesson", catalogue())
def test_an_entry_is_complete(lesson):
    entry = catalogue()[lesson]
    assert entry.seconds > 0
    assert set(entry.measured) == {"mnist", "digits"}
    assert set(entry.key_metrics) <= set(entry.metrics)
    assert {"mnist", "digits"} <= set(entry.bounds)
    for name in (name for bounds in entry.bounds.values() for name in bounds):
        assert "/" in name or name in entry.metrics
    assert entry.takes_model_of is None or entry.takes_model_of in catalogue()
    assert all(key.startswith(f"{lesson}-") for key in entry.quiz)


def test_no_question_or_program_is_listed_twice_and_each_program_has_its_check():
    entries = catalogue().values()
    assert len(questions()) == sum(len(entry.quiz) for entry in entries)
    assert len(programs()) == sum(len(entry.programs) for entry in entries)
    checks = importlib.import_module("fidle_vae.checks")
    assert {each.check for each in programs().values()} <= set(checks.__all__)


def test_the_readme_has_the_table_that_the_catalogue_makes():
    readme = Path(syllabus.README).read_text(encoding="utf-8")
    assert syllabus.TABLE.search(readme)[0] == syllabus.table(), "run: python tools/syllabus.py"
