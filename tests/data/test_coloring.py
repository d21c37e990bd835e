import numpy as np
import pytest

from fidle_vae.data import color_wheel, nearest_color, paint, paint_of, saturation

rng = np.random.default_rng(0)


def test_the_wheel_begins_with_red_and_its_opposite_colours_make_grey():
    wheel = color_wheel(10)
    np.testing.assert_allclose(wheel[0], [1, 0, 0])
    np.testing.assert_allclose(wheel[:5] + wheel[5:], 1, atol=1e-6)
    assert len(np.unique(wheel.round(3), axis=0)) == 10
    np.testing.assert_allclose(color_wheel(3), np.eye(3), atol=1e-6)


def test_painting_keeps_black_and_the_paint_is_found_again():
    x = rng.random((5, 4, 3, 1)) * (rng.random((5, 4, 3, 1)) < 0.5)
    colors = rng.random((5, 3))
    painted = paint(x, colors)
    assert painted.shape == (5, 4, 3, 3)
    assert (painted[np.broadcast_to(x == 0, painted.shape)] == 0).all()
    np.testing.assert_allclose(painted[2, 1, 1], x[2, 1, 1, 0] * colors[2])
    np.testing.assert_allclose(paint_of(painted, x), colors)


def test_a_black_image_has_no_paint():
    black = np.zeros((1, 2, 2, 1))
    np.testing.assert_array_equal(paint_of(paint(black, np.ones((1, 3))), black), 0)


def test_the_nearest_colour_of_a_wheel():
    wheel = color_wheel(6)
    order = rng.permutation(6)
    assert (nearest_color(wheel[order] * 0.9 + 0.05, wheel) == order).all()


def test_saturation_is_0_for_grey_and_1_for_pure_colours():
    assert saturation(np.array([[0.4, 0.4, 0.4], [0, 0, 0]])) == pytest.approx(0)
    assert saturation(color_wheel(7)) == pytest.approx(1)
    assert saturation(color_wheel(7) / 2 + 0.25) == pytest.approx(0.5)
