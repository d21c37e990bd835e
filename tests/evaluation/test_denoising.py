import numpy as np
import pytest
from scipy import ndimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from fidle_vae.data import add_noise
from fidle_vae.evaluation import best_filters, psnr, ssim
from fidle_vae.evaluation.denoising import FILTERS, median_filter

rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def squares():
    """White squares on black at several places."""
    x = np.zeros((6, 16, 16, 1))
    for i, image in enumerate(x):
        image[2 + i : 8 + i, 3 : 9 + i % 3] = 1
    return x


def test_psnr_is_that_of_scikit_image():
    x, x_hat = rng.random((2, 5, 9, 8, 3))
    x_hat *= np.linspace(0.2, 1, 5).reshape(-1, 1, 1, 1)
    expected = [peak_signal_noise_ratio(*two, data_range=1) for two in zip(x, x_hat, strict=True)]
    np.testing.assert_allclose(psnr(x, x_hat), expected)
    assert psnr(x, x + 0.1) == pytest.approx(20)


def test_ssim_is_1_for_the_image_itself_and_that_of_its_plane(squares):
    noisy = add_noise(squares, 0.2, 0).clip(0, 1)
    assert ssim(squares, squares) == pytest.approx(1)
    pairs = zip(squares[..., 0], noisy[..., 0], strict=True)
    expected = [structural_similarity(*two, data_range=1) for two in pairs]
    np.testing.assert_allclose(ssim(squares, noisy.astype(float)), expected)


def test_the_median_filter_is_that_of_scipy(squares):
    noisy = add_noise(squares, 0.3, 0)
    expected = ndimage.median_filter(noisy, (1, 3, 3, 1), mode="nearest").clip(0, 1)
    np.testing.assert_allclose(median_filter(noisy, 0.3, 3), expected, atol=1e-6)


@pytest.mark.parametrize("level", [0.2, 0.6])
def test_each_filter_is_taken_in_its_best_setting_and_helps(squares, level):
    noisy = add_noise(squares, level, 1)
    tuned = best_filters(squares, noisy, level)
    assert set(tuned) == set(FILTERS)
    for name, (filter_, settings) in FILTERS.items():
        scores = [psnr(squares, filter_(noisy, level, each)).mean() for each in settings]
        cleaned = tuned[name](noisy)
        assert cleaned.shape == squares.shape
        assert 0 <= cleaned.min() <= cleaned.max() <= 1
        assert psnr(squares, cleaned).mean() == pytest.approx(max(scores))
        assert max(scores) > psnr(squares, noisy.clip(0, 1)).mean()
