import pytest

from fidle_vae.course.time_left import TimeLeft, roughly


def test_before_anything_ran_the_catalogue_is_believed():
    assert TimeLeft({"AE1": 80, "VAE1": 50}).seconds("AE1", 0, 0) == 130


def test_a_lesson_that_goes_as_expected_counts_down_to_those_after_it():
    times = TimeLeft({"AE1": 80, "VAE1": 50})
    assert times.seconds("AE1", 40, 0.5) == pytest.approx(40 + 50)
    assert times.seconds("AE1", 79.9, 1) == pytest.approx(50, abs=0.1)


def test_a_machine_that_took_twice_the_time_is_expected_to_do_so_again():
    times = TimeLeft({"AE1": 80, "VAE1": 50, "VAE2": 60})
    times.took("AE1", 160)
    assert times.seconds("VAE1", 0, 0) == 2 * (50 + 60)


def test_a_lesson_that_takes_longer_than_expected_is_judged_by_its_cells():
    assert TimeLeft({"VAE1": 50}).seconds("VAE1", 75, 0.5) == 75
    assert TimeLeft({"VAE1": 50}).seconds("VAE1", 75, 0) == 750  # not for ever


def test_a_lesson_of_unknown_time_makes_the_time_left_unknown():
    times = TimeLeft({"AE1": 80, "MINE": None, "VAE1": 50})
    assert times.seconds("AE1", 0, 0) is None
    assert times.seconds("MINE", 0, 0) is None
    times.took("MINE", 10)
    assert times.seconds("VAE1", 0, 0) == 50


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "5 s"),
        (14, "10 s"),
        (94, "90 s"),
        (100, "2 min"),
        (3590, "1 h 0 min"),
        (4500, "1 h 15 min"),
    ],
)
def test_an_estimated_time_is_said_in_round_numbers(seconds, words):
    assert roughly(seconds) == words
