import numpy as np
import pytest
from scipy import stats

from fidle_vae.data import GaussianBlobs, ring
from fidle_vae.evaluation.modes import good_share, modes_found


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_good_points_of_a_gaussian_are_those_within_three_sigma(dimensions):
    centres = 9 * np.eye(dimensions)
    points = GaussianBlobs(centres, 0.5).draw(20_000, np.random.default_rng(0))
    expected = stats.chi2(dimensions).cdf(9)
    assert good_share(points, centres, 0.5) == pytest.approx(expected, abs=0.004)
    assert good_share(points + 50, centres, 0.5) == 0


def test_all_modes_of_the_true_distribution_are_found_and_collapse_is_counted():
    centres = ring(8)
    points = GaussianBlobs(centres, 0.05).draw(2000, np.random.default_rng(1))
    assert modes_found(points, centres, 0.05) == 8
    assert modes_found(points[points[:, 0] > 1], centres, 0.05) == 3
    assert modes_found(np.zeros((100, 2)), centres, 0.05) == 0


def test_a_mode_is_found_from_its_share_of_all_points_on():
    centres = np.array([[0.0], [10], [20]])
    points = np.repeat([[0.0], [10.2], [20], [50]], [50, 7, 3, 40], axis=0)
    assert modes_found(points, centres, 0.1, share=0.03) == 3
    assert modes_found(points, centres, 0.1, share=0.07) == 2
    assert modes_found(points, centres, 0.1, share=0.08) == 1
    assert modes_found(points, centres, 0.05, share=0.03) == 2  # 10.2 is four sigma away


def test_a_point_counts_for_the_nearest_mode_only():
    assert modes_found(np.zeros((10, 2)), np.array([[0, 0], [0.2, 0]]), 0.1) == 1


@pytest.mark.parametrize(
    ("points", "centres", "sigma", "says"),
    [
        ((9, 2), (3, 1), 1, r"points and centres must .* \(9, 2\) and \(3, 1\): pass \(n, d\)"),
        ((9,), (3,), 1, "points and centres must .* pass"),
        ((0, 2), (3, 2), 1, "points must hold at least one point, got none: draw some thousands"),
        ((9, 2), (3, 2), 0, "sigma must be above 0, got 0: pass that of the modes"),
    ],
)
def test_what_has_no_modes_raises(points, centres, sigma, says):
    for measure in (good_share, modes_found):
        with pytest.raises(ValueError, match=says):
            measure(np.zeros(points), np.zeros(centres), sigma)
