import numpy as np
import pytest

from fidle_vae.data.image_size import halved


def test_each_pixel_is_the_mean_of_four():
    images = np.random.default_rng(0).random((3, 4, 6, 2)).astype("float32")
    found = halved(images)
    assert found.shape == (3, 2, 3, 2)
    assert found.dtype == np.float32
    for row in range(2):
        for column in range(3):
            four = images[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            np.testing.assert_allclose(found[:, row, column], four.mean(axis=(1, 2)), rtol=1e-5)


@pytest.mark.parametrize("shape", [(3, 5, 6, 1), (3, 6, 5, 1), (3, 6, 6)])
def test_what_cannot_be_halved_is_refused(shape):
    with pytest.raises(ValueError, match="h and w even; got an array of shape"):
        halved(np.zeros(shape))
