import numpy as np
import pytest
from scipy.linalg import sqrtm

from fidle_vae.evaluation.samples import (
    class_coverage,
    confident_share,
    frechet_distance,
    kinds_shown,
)


def test_frechet_distance_of_a_set_to_itself_is_zero():
    x = np.random.default_rng(0).normal(size=(200, 5))
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_shifted_and_scaled_gaussians_is_the_closed_form():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200_000, 3)) * [1, 2, 3]
    y = rng.normal(size=(200_000, 3)) * [2, 2, 1] + [1, 0, -2]
    assert frechet_distance(x, y) == pytest.approx(5 + (1 + 0 + 4), rel=0.02)


def test_frechet_distance_agrees_with_the_matrix_square_root():
    rng = np.random.default_rng(2)
    x, y = (rng.normal(size=(300, 6)) @ rng.normal(size=(6, 6)) for _ in range(2))
    a, b = np.cov(x.T), np.cov(y.T)
    means = np.sum((x.mean(axis=0) - y.mean(axis=0)) ** 2)
    expected = means + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert frechet_distance(x, y) == pytest.approx(expected)
    assert frechet_distance(y, x) == pytest.approx(expected)


def test_frechet_distance_takes_features_that_never_vary():
    rng = np.random.default_rng(3)
    x, y = (np.hstack([rng.normal(size=(50, 2)), np.zeros((50, 2))]) for _ in range(2))
    assert 0 < frechet_distance(x, y) < 0.5


def test_coverage_counts_classes_that_are_equally_frequent():
    assert class_coverage(np.eye(10)) == pytest.approx(10)
    assert class_coverage(np.eye(10)[[3] * 20]) == pytest.approx(1)
    assert class_coverage(np.eye(10)[[0, 1, 2, 2, 1, 0]]) == pytest.approx(3)


def test_coverage_is_below_the_count_if_a_class_is_rare():
    shares = np.array([0.9, 0.1])
    probabilities = np.eye(4)[[0] * 9 + [1]]
    assert class_coverage(probabilities) == pytest.approx(np.exp(-np.sum(shares * np.log(shares))))


def test_the_confident_share_counts_samples_whose_likeliest_class_is_above_the_threshold():
    probabilities = np.array([[0.95, 0.05], [0.3, 0.7], [0.09, 0.91], [0.5, 0.5]])
    assert confident_share(probabilities) == 0.5
    assert confident_share(probabilities, threshold=0.6) == 0.75


def test_a_kind_is_shown_if_it_makes_up_a_share_of_the_samples():
    probabilities = np.eye(4)[[0] * 90 + [1] * 7 + [3] * 3]
    assert kinds_shown(probabilities) == 3
    assert kinds_shown(probabilities, share=0.05) == 2
    assert kinds_shown(probabilities[:90]) == 1
