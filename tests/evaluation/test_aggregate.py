import numpy as np
import pytest
from scipy import stats

from fidle_vae.evaluation.aggregate import Estimate, aggregate_kl, squared_mmd


def test_an_estimate_has_the_standard_error_of_the_mean():
    values = np.random.default_rng(0).normal(3, 2, 10_000)
    value, error = Estimate.of_mean(values)
    assert value == pytest.approx(values.mean())
    assert error == pytest.approx(stats.sem(values))
    assert Estimate.of_mean([1.5]) == (1.5, None)


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


def brute_force_mmd(x, y):
    """Return the unbiased estimate of Gretton et al., term by term."""
    n, scale = len(x), 2 * x.shape[1]

    def k(a, b):
        return scale / (scale + np.sum((a - b) ** 2))

    of_x = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    of_y = sum(k(y[i], y[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    across = sum(k(x[i], y[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return of_x + of_y - 2 * across


def test_mmd_agrees_with_its_definition_term_by_term():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(25, 3)), rng.normal(0.5, 1, (25, 3))
    assert squared_mmd(x, y).value == pytest.approx(brute_force_mmd(x, y), abs=1e-12)


def test_mmd_of_the_prior_against_itself_is_zero_within_its_error():
    rng = np.random.default_rng(5)
    found = [squared_mmd(rng.normal(size=(300, 2)), rng.normal(size=(300, 2))) for _ in range(100)]
    values, errors = np.array(found).T
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))  # unbiased
    assert values.std() < np.sqrt(np.mean(errors**2)) < 2 * values.std()
    assert np.mean(np.abs(values) < 2 * errors) > 0.95


def test_the_error_of_mmd_is_its_spread_also_for_different_distributions():
    rng = np.random.default_rng(6)
    found = [
        squared_mmd(rng.normal(0.5, 1, (300, 2)), rng.normal(size=(300, 2))) for _ in range(100)
    ]
    values, errors = np.array(found).T
    assert values.mean() > 10 * values.std() / np.sqrt(len(values))
    assert np.mean(errors) == pytest.approx(values.std(), rel=0.25)


def test_mmd_takes_samples_of_any_length_in_pieces():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(1203, 2)), rng.normal(1, 1, (1203, 2))
    whole = squared_mmd(x, y).value
    assert whole == pytest.approx(np.mean([squared_mmd(x, y[::-1]).value, whole]), abs=2e-3)
    assert whole > 0.05


@pytest.mark.parametrize("shape", [(5, 2), (6, 3), (2, 3)])
def test_mmd_of_samples_that_cannot_be_paired_raises(shape):
    with pytest.raises(ValueError, match=r"two samples of one shape .* draw as many of one"):
        squared_mmd(np.zeros((5, 3) if shape != (2, 3) else shape), np.zeros(shape))
