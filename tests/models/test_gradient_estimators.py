import numpy as np
import pytest

from fidle_vae.models.gradient_estimators import score_gradients

MEAN, SIGMA, N = 0.7, 0.5, 400_000


@pytest.fixture(scope="module")
def z():
    return MEAN + SIGMA * np.random.default_rng(0).standard_normal(N)


@pytest.mark.parametrize("baseline", [False, True])
def test_the_mean_is_the_derivative_of_the_expectation(z, baseline):
    # E z^2 = mean^2 + sigma^2, so its derivative along the mean is 2 mean
    found = score_gradients(z**2, z, MEAN, SIGMA, baseline=baseline)
    assert found.mean() == pytest.approx(2 * MEAN, abs=5 * found.std() / np.sqrt(N))


def test_a_constant_adds_noise_that_the_baseline_takes_away(z):
    plain, shifted = (
        [score_gradients(f, z, MEAN, SIGMA, baseline=each).var() for each in (False, True)]
        for f in (z**2, z**2 - 200)
    )
    assert shifted[0] > 1000 * plain[0]
    assert shifted[1] == pytest.approx(plain[1])


def test_the_baseline_is_the_mean_of_the_other_draws_of_the_same_column():
    f, z = np.array([[1.0, 10], [2, 20], [6, 60]]), np.full((3, 2), MEAN + SIGMA**2)
    found = score_gradients(f, z, MEAN, SIGMA, baseline=True)
    assert found[:, 0] == pytest.approx([1 - 4, 2 - 3.5, 6 - 1.5])
    assert found[:, 1] == pytest.approx(10 * found[:, 0])


def test_a_baseline_needs_another_draw():
    with pytest.raises(ValueError, match="two draws or more"):
        score_gradients(np.ones(1), np.ones(1), 0, 1, baseline=True)
