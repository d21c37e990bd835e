"""Every exercise has its ladder of hints, and no hint is the whole answer."""

import re
from pathlib import Path

import pytest

from fidle_vae import checks as check
from fidle_vae.checks.engine.summary import forget, hints_taken
from fidle_vae.checks.hints.ladder import HOLE, ladders
from fidle_vae.grading.exercises import read_exercises

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
SOLUTION = re.compile(r"# BEGIN SOLUTION\n(.*?)(?:# INSTEAD|# END SOLUTION)", re.DOTALL)


@pytest.fixture(autouse=True)
def no_hint_so_far():
    forget()
    yield
    forget()


def exercises():
    """The exercises of all lessons, but for quiz questions: a wrong answer brings its hint."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for statement in read_exercises(path):
            yield from (name for name in statement.exercises if not name.startswith("answer "))


def squeezed(code):
    return "".join(re.sub(r"#.*", "", code).split())


def test_every_exercise_and_every_program_has_its_ladder():
    assert set(exercises()) <= set(ladders())
    assert len(set(exercises())) > 20


def test_the_last_hint_alone_has_a_hole():
    for name, (nudge, formula, line) in ladders().items():
        assert HOLE in line, name
        assert HOLE not in nudge + formula, name


def test_no_hint_has_a_line_of_a_solution_that_says_it_all():
    for path in (NOTEBOOKS / "src").glob("*.py"):
        for solution in SOLUTION.findall(path.read_text(encoding="utf-8")):
            last = squeezed(solution.strip().splitlines()[-1])
            for name, ladder in ladders().items():
                assert all(last not in squeezed(rung) for rung in ladder), (name, last)


def test_each_call_shows_one_hint_more_and_the_last_ones_stay():
    seen = [check.hint("kl") for _ in range(4)]
    assert [len(each.shown) for each in seen] == [1, 2, 3, 3]
    assert seen[2].shown == ladders()["kl"]
    assert hints_taken("kl") == 3
    assert hints_taken("beta") == 0


def test_a_hint_reads_as_text_and_as_a_page():
    first = check.hint("program 2")
    assert repr(first).splitlines()[0] == "program 2: hint 1 of 3"
    assert repr(first).endswith('check.hint("program 2") again shows more.')
    check.hint("program 2")
    last = check.hint("program 2")
    assert repr(last).endswith("This is the last.")
    page = last._repr_html_()
    assert page.count("<li") == 3
    assert "<code>return -0.5 * ops.____(inner, axis=-1)</code>" in page


def test_an_unknown_name_is_told_the_names_in_one_sentence():
    says = r"name must be one of .*kl.*; got 'kll': did you mean 'kl'"
    with pytest.raises(ValueError, match=says):
        check.hint("kll")


def test_the_programs_of_the_lesson_are_named_for_one_without_its_number():
    check.kl(lambda z_mean, z_log_var: z_mean)
    with pytest.raises(ValueError, match="name must be") as raised:
        check.hint("program")
    assert "'program 2'" in str(raised.value)
    assert "program 3" not in str(raised.value)


def test_a_program_may_be_named_by_its_number():
    for name in (3, "3", "program_3", "program 3"):
        assert check.hint(name).name == "program 3"
