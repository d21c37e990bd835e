import numpy as np
import pytest
from scipy.stats import entropy

from fidle_vae.evaluation import jpeg, psnr, rounded_bits

rng = np.random.default_rng(0)


def test_rounded_bits_is_the_entropy_of_each_column_added_up():
    whole = np.stack([rng.integers(-2, 2, 900), rng.binomial(8, 0.3, 900)], axis=1)
    expected = sum(entropy(np.unique(each, return_counts=True)[1], base=2) for each in whole.T)
    assert rounded_bits(whole) == pytest.approx(expected)
    assert rounded_bits(np.repeat([[0], [1], [2], [3]], 5, axis=0)) == pytest.approx(2)
    assert rounded_bits(np.ones((7, 3))) == 0


@pytest.mark.parametrize("n", [1, 7, 12, 100])
def test_jpeg_gives_the_images_back_in_their_order_and_better_for_more_bits(n):
    x = np.clip(rng.random((n, 1, 1, 1)) + 0.1 * rng.random((n, 28, 28, 1)), 0, 1)
    (few, rough), (many, fine) = (jpeg(x, quality) for quality in (10, 95))
    assert rough.shape == fine.shape == x.shape
    assert few < many
    assert psnr(x, rough).mean() < psnr(x, fine).mean()
    np.testing.assert_allclose(fine.mean(axis=(1, 2, 3)), x.mean(axis=(1, 2, 3)), atol=0.02, rtol=0)
