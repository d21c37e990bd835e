import numpy as np
import pytest

from fidle_vae.figures.orders import attention_maps

IMAGES = np.random.default_rng(0).random((2, 8, 16, 1))
LOOKS = np.random.default_rng(1).random((2, 2, 4, 2, 4))


def test_a_place_is_marked_in_each_image_and_what_it_looks_at_stands_below():
    axes = np.array(attention_maps(IMAGES, LOOKS, (1, 2)).axes).reshape(2, 2)
    for i in range(2):
        above, below = axes[:, i]
        np.testing.assert_array_equal(above.images[0].get_array(), IMAGES[i, ..., 0])
        np.testing.assert_array_equal(below.images[0].get_array(), LOOKS[i, 1, 2])
        assert below.images[0].get_extent() == above.images[0].get_extent()
        for ax in (above, below):
            mark = ax.patches[0]
            assert (mark.get_x(), mark.get_y()) == (7.5, 3.5)
            assert (mark.get_width(), mark.get_height()) == (4, 4)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"looks must have the shape .* for 1 images"):
        attention_maps(IMAGES[:1], LOOKS, (0, 0))
    with pytest.raises(ValueError, match=r"place must be a row below 2 and a column below 4"):
        attention_maps(IMAGES, LOOKS, (2, 0))
