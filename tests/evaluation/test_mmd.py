import numpy as np
import pytest
from sklearn.metrics.pairwise import polynomial_kernel

from fidle_vae.evaluation.mmd import inverse_multiquadratic, kid, squared_mmd


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


@pytest.mark.parametrize("shape", [(5, 2), (6, 3), (2, 3)])
def test_mmd_of_samples_that_cannot_be_paired_raises(shape):
    with pytest.raises(ValueError, match=r"two samples of one shape .* draw as many of one"):
        squared_mmd(np.zeros((5, 3) if shape != (2, 3) else shape), np.zeros(shape))


def test_kid_agrees_with_the_sums_of_a_polynomial_kernel_over_all_pairs():
    """Of 601 points, which are more than one piece."""
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(601, 5)), rng.gamma(2, 0.5, (601, 5))
    others = ~np.eye(601, dtype=bool)
    of_x, of_y, across = (
        polynomial_kernel(*pair, degree=3, gamma=1 / 5, coef0=1)[others].mean()
        for pair in ((x, x), (y, y), (x, y))
    )
    assert kid(x, y).value == pytest.approx(of_x + of_y - 2 * across, rel=1e-9)


def moments(mean):
    """Return mean, second and third moments of N(mean, I) as tensors."""
    eye = np.eye(len(mean))
    second = np.einsum("i,j->ij", mean, mean) + eye
    third = np.einsum("i,j,k->ijk", mean, mean, mean)
    for one, two in (("i", "jk"), ("j", "ik"), ("k", "ij")):
        third = third + np.einsum(f"{one},{two}->ijk", mean, eye)
    return mean, second, third


def test_kid_of_shifted_gaussians_is_the_difference_of_their_first_three_moments():
    """E (a . b / d + 1)^3 is a sum of products of moments, and the squared MMD one of squares."""
    shift, d = np.array([1.0, -0.5, 0.2]), 3
    pairs = zip((3 / d, 3 / d**2, 1 / d**3), moments(shift), moments(np.zeros(d)), strict=True)
    expected = sum(factor * np.sum((p - q) ** 2) for factor, p, q in pairs)
    rng = np.random.default_rng(9)
    found = [kid(rng.normal(size=(400, d)) + shift, rng.normal(size=(400, d))) for _ in range(60)]
    values, errors = np.array(found).T
    assert abs(values.mean() - expected) < 3 * values.std() / np.sqrt(len(values))
    assert np.mean(errors) == pytest.approx(values.std(), rel=0.25)
    assert expected > 5 * np.mean(errors)


def test_kid_of_equal_sets_is_zero_within_its_error_for_any_number_of_points():
    rng = np.random.default_rng(10)
    for n in (50, 500):
        found = [kid(rng.normal(size=(n, 4)), rng.normal(size=(n, 4))) for _ in range(60)]
        values, errors = np.array(found).T
        assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))
        assert np.mean(np.abs(values) < 3 * errors) > 0.95


def test_the_kernel_of_mmd_is_one_s_own_choice():
    """With the scalar product, it is the squared distance of means, without what is by chance."""
    rng = np.random.default_rng(11)
    x, y = rng.normal(1, 1, (300, 2)), rng.normal(size=(300, 2))
    linear = squared_mmd(x, y, kernel=lambda a, b: a @ b.T).value
    by_chance = (x - y).var(axis=0, ddof=1).sum() / 300
    means = np.sum((x.mean(axis=0) - y.mean(axis=0)) ** 2)
    assert linear == pytest.approx(means - by_chance)
    assert squared_mmd(x, y) == squared_mmd(x, y, inverse_multiquadratic)
