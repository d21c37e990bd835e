import keras
import numpy as np
import pytest
import scipy.stats
from keras import ops

from fidle_vae.models.losses import bernoulli_nll, gaussian_kl, gaussian_nll

pytestmark = pytest.mark.core

rng = np.random.default_rng(0)
X = rng.random((5, 6, 4, 1), dtype="float32")
X_HAT = rng.uniform(0.02, 0.98, X.shape).astype("float32")
Z_MEAN = rng.normal(size=(5, 3)).astype("float32")
Z_LOG_VAR = rng.normal(size=(5, 3)).astype("float32")


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def test_kl_is_zero_for_a_standard_normal():
    np.testing.assert_array_equal(numpy(gaussian_kl(np.zeros((4, 3)), np.zeros((4, 3)))), 0)


def test_kl_agrees_with_monte_carlo_for_every_image():
    sigma = np.exp(Z_LOG_VAR / 2)
    z = Z_MEAN + sigma * rng.normal(size=(200_000, 5, 3))
    log_ratio = scipy.stats.norm.logpdf(z, Z_MEAN, sigma) - scipy.stats.norm.logpdf(z)
    estimates = log_ratio.sum(axis=-1)
    error = estimates.std(axis=0) / np.sqrt(len(estimates))
    assert np.all(
        np.abs(estimates.mean(axis=0) - numpy(gaussian_kl(Z_MEAN, Z_LOG_VAR))) < 4 * error
    )


def test_kl_of_a_shift_is_half_its_square_in_each_dimension():
    kl = numpy(gaussian_kl(np.array([[3.0, 4.0]]), np.zeros((1, 2))))
    np.testing.assert_allclose(kl, [(9 + 16) / 2])


def test_kl_adds_up_over_latent_dimensions():
    one = numpy(gaussian_kl(Z_MEAN[:, :1], Z_LOG_VAR[:, :1]))
    six = numpy(gaussian_kl(np.repeat(Z_MEAN[:, :1], 6, 1), np.repeat(Z_LOG_VAR[:, :1], 6, 1)))
    np.testing.assert_allclose(six, 6 * one, rtol=1e-5)


def test_bernoulli_nll_is_scipys_for_black_and_white_images():
    binary = (X > 0.5).astype("float32")
    expected = -scipy.stats.bernoulli.logpmf(binary, X_HAT).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(numpy(bernoulli_nll(binary, X_HAT)), expected, rtol=1e-5)


def test_bernoulli_nll_of_grey_levels_is_the_cross_entropy_of_all_pixels():
    expected = -(X * np.log(X_HAT) + (1 - X) * np.log1p(-X_HAT)).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(numpy(bernoulli_nll(X, X_HAT)), expected, rtol=1e-5)


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_bernoulli_nll_stays_finite_where_the_decoder_is_certain(certain):
    x_hat = np.full(X.shape, certain, dtype="float32")
    nll = numpy(bernoulli_nll(X, x_hat))
    assert np.all(np.isfinite(nll))
    assert np.all(nll > 0)


@pytest.mark.parametrize("sigma", [0.1, 1.0, 2.5])
def test_gaussian_nll_is_scipys_with_its_constant(sigma):
    expected = -scipy.stats.norm.logpdf(X, X_HAT, sigma).sum(axis=(1, 2, 3))
    actual = gaussian_nll(X, X_HAT, sigma)
    np.testing.assert_allclose(numpy(actual), expected, rtol=1e-4)


def test_each_loss_gives_one_float32_number_for_each_image():
    losses = (bernoulli_nll(X, X_HAT), gaussian_nll(X, X_HAT, 0.3), gaussian_kl(Z_MEAN, Z_LOG_VAR))
    for loss in losses:
        assert tuple(loss.shape) == (5,)
        assert keras.backend.standardize_dtype(loss.dtype) == "float32"
