import numpy as np
import pytest

from fidle_vae.data import stroke_widths


def bar(width, length, grey=1.0, across=False):
    """Return an image of one bar."""
    image = np.zeros((28, 28, 1), "float32")
    image[4 : 4 + length, 5 : 5 + width] = grey
    return image.transpose(1, 0, 2) if across else image


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_bar_is_as_wide_as_its_ink_over_half_its_edge(width, across):
    (found,) = stroke_widths(bar(width, 20, across=across)[None])
    assert found == pytest.approx(width * 20 / (width + 20), rel=1e-5)


def test_a_paler_stroke_is_as_wide():
    pale, white = stroke_widths(np.stack([bar(3, 15, 0.5), bar(3, 15)]))
    assert pale == pytest.approx(white)


def test_two_strokes_are_as_wide_as_one():
    both = bar(2, 20) + np.roll(bar(2, 20), 10, axis=1)
    assert stroke_widths(both[None]) == pytest.approx(stroke_widths(bar(2, 20)[None]))


def test_an_empty_image_has_strokes_of_no_width():
    assert stroke_widths(np.zeros((1, 28, 28, 1))) == [0]
