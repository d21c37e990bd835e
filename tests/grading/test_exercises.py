import pytest

from fidle_vae.grading.exercises import read_exercises
from tests.helpers.small_submissions import CHECKS, EXERCISES, write_project


def names(tmp_path, *checks):
    return [each.exercises for each in read_exercises(write_project(tmp_path, checks=checks))]


def test_each_statement_of_a_check_cell_is_kept_with_what_it_checks(tmp_path):
    found = read_exercises(write_project(tmp_path, checks=CHECKS))
    assert [name for each in found for name in each.exercises] == EXERCISES
    assert [each.code for each in found][-1] == "check.answer('VAE1-1', q1)"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("check.kl(my_kl)", ["kl"]),
        ("check.loss(my_loss, (1.0, 1e-3))", ["loss"]),
        ("check.program(3, program_3)", ["program 3"]),
        ('check.answer("VAE1-1", "b")', ["answer VAE1-1"]),
        ("display(check.kl(f), check.loss(g))", ["kl", "loss"]),
        ("check.answer(key, 3)", ["answer"]),
        ("check.summary()", []),
        ("plt.kl(f)", []),
        ("x = check.kl(f) or check.kl(g)", ["kl"]),
    ],
)
def test_results_are_named_after_the_calls(tmp_path, code, expected):
    assert names(tmp_path, code) == [expected]


def test_a_lesson_without_checks_has_no_exercises(tmp_path):
    assert names(tmp_path) == []
