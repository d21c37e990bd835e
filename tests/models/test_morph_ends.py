import numpy as np
import pytest

from fidle_vae.models.morph_ends import best_copies, far_ends

pytestmark = pytest.mark.core


def test_the_best_copy_of_a_class_is_the_one_with_the_smallest_share_of_error():
    strength = np.array([1.0, 10.0, 1.0, 1.0])
    images = strength.reshape(4, 1, 1, 1) * np.ones((4, 2, 2, 1))
    copies = images - np.array([0.2, 1.0, 0.5, 0.6]).reshape(4, 1, 1, 1)
    labels = np.array([0, 0, 1, 1])
    best = best_copies(images, copies, labels, [True] * 4)
    assert best == {0: 1, 1: 2}  # 1.0 of 10 is less than 0.2 of 1


def test_only_images_whose_class_survives_are_chosen():
    images, labels = np.ones((4, 2, 2, 1)), np.array([0, 0, 1, 1])
    copies = images - np.array([0.1, 0.2, 0.1, 0.2]).reshape(4, 1, 1, 1)
    assert best_copies(images, copies, labels, [False, True, False, False]) == {0: 1}


def test_a_black_image_does_not_divide_by_zero():
    images = np.zeros((1, 2, 2, 1))
    assert best_copies(images, images, np.array([3]), [True]) == {3: 0}


def test_the_ends_are_those_between_which_the_two_paths_lie_farthest_apart():
    codes = np.array([[0.0, 1], [0, 3], [2, 0.1], [-2, 0.1], [0, 4]])
    assert far_ends(codes, {5: 2, 7: 3, 8: 0}) == (2, 3)  # on opposite sides of 0
    assert far_ends(codes, {1: 0, 2: 4, 3: 2}) == (4, 2)  # 0 and 4 lie on one ray


def test_two_images_are_needed_for_a_morph():
    with pytest.raises(ValueError, match=r"two images or more, got \{3: 0\}: the model keeps too"):
        far_ends(np.zeros((4, 2)), {3: 0})
