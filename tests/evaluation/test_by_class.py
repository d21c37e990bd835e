import numpy as np
import pytest

from fidle_vae.evaluation import by_class

NAMES = ("round", "flat", "long")


def test_each_class_has_its_own_mean_and_the_largest_comes_first():
    shares = by_class([True, False, True, True, False], [0, 0, 2, 2, 1], NAMES)
    assert list(shares.items()) == [("long", 1.0), ("round", 0.5), ("flat", 0.0)]


def test_a_class_without_images_is_left_out():
    assert by_class(np.array([1, 1]), np.array([0, 2]), NAMES) == {"round": 1.0, "long": 1.0}


def test_values_that_are_not_one_per_label_are_an_error():
    with pytest.raises(ValueError, match=r"got shape \(2, 2\) for \(2,\)"):
        by_class(np.ones((2, 2)), [0, 1], NAMES)
