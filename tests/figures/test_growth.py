import numpy as np

from fidle_vae.figures import growth
from fidle_vae.figures.growth import Course


def test_pixels_become_squares():
    images = np.arange(8.0).reshape(1, 2, 4, 1)
    wide = growth.doubled(images, 6)
    assert wide.shape == (1, 6, 12, 1)
    np.testing.assert_array_equal(wide, np.kron(images, np.ones((1, 3, 3, 1))))


def test_both_ways_are_drawn_from_the_step_of_the_switch_on():
    losses = {"hard": [1.1, 1.2, 1.3], "fade": [1.38, 1.37, 1.36]}
    looks = {"hard": ([1, 3], [200.0, 40.0]), "fade": ([1, 3], [10.0, 12.0])}
    left, right = growth.after_switch(losses, looks).axes
    assert [line.get_label() for line in left.lines] == ["hard", "fade"]
    assert list(left.lines[0].get_xdata()) == [1, 2, 3]
    assert list(left.lines[1].get_ydata()) == losses["fade"]
    assert [list(line.get_ydata()) for line in right.lines] == [[200, 40], [10, 12]]
    assert right.get_yscale() == "log"


def test_a_race_has_one_scale_and_marks_where_networks_grew():
    courses = {
        "growing": Course([1, 2, 3], [50.0, 30.0, 40.0], [90.0, 20.0, 10.0], np.array([1.5, 2])),
        "directly": Course([1, 3], [60.0, 30.0], [99.0, 15.0]),
    }
    left, right = growth.race(courses, 1.2).axes
    assert left.get_ylim() == right.get_ylim()
    last, averaged = left.lines[:2]
    assert list(last.get_ydata()) == [50, 30, 40]
    assert list(averaged.get_ydata()) == [90, 20, 10]
    assert [line.get_xdata()[0] for line in left.lines[3:]] == [1.5, 2]
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["the networks grow"]
    assert len(right.lines) == 3  # two curves and the floor, no switch
