import numpy as np
import pytest

from fidle_vae.figures import pictures


def test_a_frame_shows_the_middle_that_is_cut_out():
    wide, tall = np.full((30, 50, 3), 0.5), np.full((60, 20, 3), 0.5)
    figure = pictures.cuts([wide, tall], np.full((2, 8, 8, 3), 0.5), ["50 x 30", "20 x 60"])
    frames = [ax.patches[0] for ax in figure.axes if ax.patches]
    assert [frame.get_bbox().bounds for frame in frames] == [(10, 0, 30, 30), (0, 20, 20, 20)]


def test_pictures_and_images_must_be_as_many():
    with pytest.raises(ValueError, match="originals must be as many as the images, 2; got 1"):
        pictures.cuts([np.zeros((9, 9, 3))], np.zeros((2, 8, 8, 3)))


def test_codes_have_the_colour_of_their_hue_and_grey_where_there_is_none():
    points, read = np.random.default_rng(0).normal(size=(2, 4, 2))
    hues = np.array([0, 1 / 3, 2 / 3, np.nan])
    labels = np.array([0, 1, 1, 0])
    left, right = pictures.class_and_hue(points, labels, ("a", "b"), read, hues).axes
    assert [len(each.get_offsets()) for each in left.collections] == [2, 2]
    colors = right.collections[0].get_facecolors()[:, :3]
    assert colors[:3].argmax(axis=1).tolist() == [0, 1, 2]
    assert np.ptp(colors[3]) == 0
    np.testing.assert_allclose(right.collections[0].get_offsets(), read)


def test_codes_without_classes_have_no_legend():
    points = np.zeros((3, 2))
    figure = pictures.class_and_hue(points, None, (), points, np.full(3, np.nan))
    assert figure.legends == []
