import dataclasses
import statistics

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.decomposition import PCA

from fidle_vae.models.latent_space import (
    LatentPlane,
    active_units,
    gaussian_grid,
    gaussian_like,
    grid_points,
    morph_path,
)


@pytest.fixture
def codes():
    rng = np.random.default_rng(7)
    return rng.normal(size=(200, 6)) * [1, 3, 0.2, 2, 0.5, 1] @ rng.normal(size=(6, 6)) + 5


def test_no_grid_coordinate_is_infinite():
    assert np.isfinite(gaussian_grid(1000)).all()


def test_grid_coordinates_are_normal_quantiles():
    np.testing.assert_allclose(gaussian_grid(5, 0.1, 0.9), norm.ppf([0.1, 0.3, 0.5, 0.7, 0.9]))
    np.testing.assert_allclose(norm.cdf(gaussian_grid(20)), np.linspace(0.01, 0.99, 20))


@pytest.mark.parametrize(("low", "high"), [(0, 0.9), (0.1, 1), (0.9, 0.1), (0.5, 0.5)])
def test_probabilities_without_a_finite_quantile_raise(low, high):
    with pytest.raises(ValueError, match=f"0 < low < high < 1, got {low} and {high}"):
        gaussian_grid(5, low, high)


def test_plane_of_dims_reads_and_writes_those_dims():
    plane = LatentPlane.of_dims(4, (3, 1))
    assert plane.names == ("z3", "z1")
    np.testing.assert_array_equal(plane.project([[10, 11, 12, 13]]), [[13, 11]])
    np.testing.assert_array_equal(plane.lift([[13, 11]]), [[0, 11, 0, 13]])


@pytest.mark.parametrize(("d", "shape"), [(1, (8, 1)), (2, (8, 2)), (6, (8, 2))])
def test_plane_has_two_axes_or_one_where_the_space_is_a_line(d, shape):
    z = np.random.default_rng(0).normal(size=(8, d))
    for plane in (LatentPlane.of_dims(d), LatentPlane.of_pca(z)):
        assert plane.project(z).shape == shape
        assert len(plane.names) == shape[1]


def test_pca_plane_equals_that_of_scikit_learn(codes):
    plane, pca = LatentPlane.of_pca(codes), PCA(2).fit(codes)
    np.testing.assert_allclose(plane.origin, pca.mean_)
    np.testing.assert_allclose(np.abs(plane.project(codes)), np.abs(pca.transform(codes)))


def test_pca_axes_point_to_their_largest_component(codes):
    for flipped in (codes, -codes):
        axes = LatentPlane.of_pca(flipped).axes
        assert (axes.max(axis=1) == np.abs(axes).max(axis=1)).all()


def test_pca_plane_is_defined_for_a_collapsed_encoder():
    plane = LatentPlane.of_pca(np.ones((10, 3)))
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)


def test_project_undoes_lift(codes):
    points = np.random.default_rng(1).normal(size=(3, 4, 2))
    plane = LatentPlane.of_pca(codes)
    np.testing.assert_allclose(plane.project(plane.lift(points)), points)


def test_plane_cannot_be_changed():
    source = np.eye(2)
    plane = LatentPlane(np.zeros(2), source, ("a", "b"))
    source[0, 0] = 5
    assert plane.axes[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        plane.axes[0, 0] = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        plane.names = ("c", "d")


def test_grid_starts_top_left_and_first_axis_goes_right():
    points = grid_points(5, LatentPlane.of_dims(3, (0, 2)))
    high = norm.ppf(0.99)
    np.testing.assert_allclose(points[0, 0], [-high, 0, high])
    np.testing.assert_allclose(points[0, -1], [high, 0, high])
    np.testing.assert_allclose(points[-1, 0], [-high, 0, -high])


def test_a_grid_with_a_reach_is_even():
    points = grid_points(5, LatentPlane.of_dims(3, (0, 2)), reach=6)
    np.testing.assert_allclose(points[0, :, 0], [-6, -3, 0, 3, 6])
    np.testing.assert_allclose(points[:, 0, 2], [6, 3, 0, -3, -6])


def test_grid_of_a_line_is_one_row():
    points = grid_points(5, LatentPlane.of_dims(1))
    assert points.shape == (1, 5, 1)
    np.testing.assert_allclose(points[0, :, 0], norm.ppf(np.linspace(0.01, 0.99, 5)))


def test_linear_path_has_equal_steps():
    path = morph_path([0.0, 1.0], [3.0, -1.0], 4)
    np.testing.assert_allclose(path, [[0, 1], [1, 1 / 3], [2, -1 / 3], [3, -1]])


@pytest.mark.parametrize("kind", ["linear", "great_circle"])
def test_path_ends_are_exact(kind):
    start, end = np.random.default_rng(3).normal(size=(2, 6))
    path = morph_path(start, end, 7, kind)
    np.testing.assert_array_equal(path[[0, -1]], [start, end])


def test_great_circle_turns_evenly_while_its_norm_goes_linearly():
    path = morph_path([2.0, 0, 0], [0, 0, 4.0], 5, "great_circle")
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), [2, 2.5, 3, 3.5, 4])
    angles = np.degrees(np.arctan2(path[:, 2], path[:, 0]))
    np.testing.assert_allclose(angles, [0, 22.5, 45, 67.5, 90], atol=1e-9)


@pytest.mark.parametrize(
    ("start", "end"),
    [([1.0], [-2.0]), ([0.0, 0], [1.0, 2]), ([1.0, 2], [-2.0, -4]), ([1, 2], [2, 4])],
)
def test_great_circle_is_the_straight_line_where_it_is_not_defined(start, end):
    circle, line = (morph_path(start, end, 5, kind) for kind in ("great_circle", "linear"))
    np.testing.assert_array_equal(circle, line)


def test_active_units_are_those_whose_mean_varies_with_the_image():
    spread = np.array([1.0, 0.0, 0.11, 0.09])  # standard deviations; the threshold is 0.1 squared
    z_mean = np.array([[1.0], [-1.0]]).repeat(50, axis=1).reshape(-1, 1) * spread + [0, 5, 5, 5]
    active = active_units(z_mean.astype("float32"))
    assert active.dtype == bool
    assert active.tolist() == [True, False, True, False]
    assert active_units(z_mean, threshold=0.008).tolist() == [True, False, True, True]


def test_active_units_take_the_variance_of_the_population():
    two_images = np.array([[0.1], [-0.1]]) * 0.9  # 0.0081; divided by n - 1 it would be 0.0162
    assert statistics.pvariance(two_images[:, 0]) < 0.01 < statistics.variance(two_images[:, 0])
    assert not active_units(two_images).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LatentPlane.of_dims(2, (0, 2)), r"dims must be .* from 0 to 1 .*, got \(0, 2\)"),
        (lambda: LatentPlane.of_dims(2, (1, 1)), r"dims must be .*, got \(1, 1\)"),
        (lambda: LatentPlane.of_dims(4, (0, 1, 2)), r"dims must be .*, got \(0, 1, 2\)"),
        (lambda: LatentPlane.of_pca(np.ones((1, 3))), r"codes must have shape .*, got \(1, 3\)"),
        (lambda: LatentPlane.of_pca(np.full((4, 3), np.nan)), "codes must be finite"),
        (lambda: LatentPlane(np.zeros(3), np.eye(2), ("a", "b")), r"got \(3,\) and \(2, 2\)"),
        (lambda: LatentPlane(np.zeros(2), [[1, 0], [1, 1]], ("a", "b")), "must be orthonormal"),
        (lambda: LatentPlane(np.zeros(2), np.eye(2), ("a",)), r"names must hold 2 .*\('a',\)"),
        (lambda: LatentPlane.of_dims(2).project(np.ones((5, 3))), r"z must .*got \(5, 3\)"),
        (lambda: LatentPlane.of_dims(3).lift(np.ones((5, 3))), r"points must .*got \(5, 3\)"),
        (lambda: active_units(np.ones(3)), r"z_mean must .* shape \(n, d\), got shape \(3,\)"),
        (lambda: active_units(np.ones((1, 3))), r"two images or more.* got shape \(1, 3\)"),
        (lambda: active_units(np.full((3, 2), np.nan)), "z_mean must .* 6 not finite"),
        (lambda: active_units(np.ones((3, 2)), -1), "threshold must be .* got -1: try 0.01"),
        (lambda: gaussian_grid(1), "n must be at least 2, got 1"),
        (lambda: morph_path([0], [1], 1), "n must be at least 2.* got 1"),
        (lambda: morph_path([0, 1], [1], 3), r"start and end .* got \(2,\) and \(1,\)"),
        (lambda: morph_path([0], [1], 3, "cubic"), "kind must be .* got 'cubic'"),
    ],
)
def test_bad_input_raises_an_error_with_its_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("d", [1, 2])
def test_one_or_two_dimensions_are_shown_as_they_are(d):
    plane = LatentPlane.of_codes(np.random.default_rng(0).normal(3, 5, (50, d)))
    np.testing.assert_array_equal(plane.origin, np.zeros(d))
    np.testing.assert_array_equal(plane.axes, np.eye(d))


def test_more_dimensions_are_shown_along_the_largest_variance_of_codes(codes):
    ours, theirs = LatentPlane.of_codes(codes), LatentPlane.of_pca(codes)
    np.testing.assert_array_equal(ours.axes, theirs.axes)
    assert ours.names == ("PC 1", "PC 2")


def test_draws_like_codes_have_their_mean_and_covariance():
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((500, 2)) @ [[2, 1], [0, 0.5]] + [3, -1]
    draws = gaussian_like(codes, 100_000, np.random.default_rng(1))
    assert draws.shape == (100_000, 2)
    np.testing.assert_allclose(draws.mean(axis=0), codes.mean(axis=0), atol=0.03)
    np.testing.assert_allclose(np.cov(draws.T), np.cov(codes.T), atol=0.08)
    again = gaussian_like(codes, 100_000, np.random.default_rng(1))
    np.testing.assert_array_equal(draws, again)
    assert gaussian_like(codes[:, :1], 5, rng).shape == (5, 1)


@pytest.mark.parametrize("shape", [(5,), (1, 2)])
def test_draws_like_codes_need_the_codes_of_several_images(shape):
    with pytest.raises(ValueError, match=r"codes must have shape \(images, d\) with 2 images"):
        gaussian_like(np.zeros(shape), 3, np.random.default_rng(0))
