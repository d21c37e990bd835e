import numpy as np
import pytest

from fidle_vae.evaluation.aggregate import aggregate_kl


def test_codes_drawn_from_the_prior_have_no_information_and_no_distance():
    nothing = np.zeros((500, 3))
    found = aggregate_kl(nothing, nothing)
    assert found["mutual_information"].value == pytest.approx(0, abs=1e-9)
    assert found["aggregate_kl"].value == pytest.approx(0, abs=1e-9)


def test_gaussian_codes_have_the_mutual_information_of_a_gaussian_channel():
    """With z = mean + noise, mean ~ N(0, a) and noise ~ N(0, s), q(z) is N(0, a + s)."""
    a, s, dims = 0.6, 0.4, 2
    mean = np.sqrt(a) * np.random.default_rng(1).standard_normal((5000, dims))
    found = aggregate_kl(mean, np.full_like(mean, np.log(s)))
    information = dims * np.log((a + s) / s) / 2
    assert found["mutual_information"].value == pytest.approx(information, abs=0.03)
    assert abs(found["aggregate_kl"].value) < 4 * found["aggregate_kl"].error


def test_the_aggregate_kl_is_that_of_the_gaussian_that_the_codes_form():
    mean = np.random.default_rng(1).normal(0.8, 1.2, (5000, 1))
    found = aggregate_kl(mean, np.full_like(mean, np.log(0.25)))
    variance = 1.2**2 + 0.25
    expected = (variance + 0.8**2 - 1 - np.log(variance)) / 2
    assert found["aggregate_kl"].value == pytest.approx(expected, abs=0.04)
    assert 0.003 < found["aggregate_kl"].error < 0.03


def test_both_add_up_to_the_mean_kl():
    rng = np.random.default_rng(2)
    mean, log_var = rng.normal(size=(700, 4)), rng.normal(-2, 1, (700, 4))
    found = aggregate_kl(mean, log_var)
    kl = np.sum(mean**2 + np.exp(log_var) - 1 - log_var, axis=1) / 2
    total = found["mutual_information"].value + found["aggregate_kl"].value
    assert total == pytest.approx(kl.mean())


def test_the_information_is_at_most_the_log_of_the_number_of_images():
    mean = 1e3 * np.random.default_rng(3).standard_normal((600, 2))  # all far apart
    found = aggregate_kl(mean, np.full_like(mean, -8.0))
    assert found["mutual_information"].value == pytest.approx(np.log(600), abs=1e-3)
