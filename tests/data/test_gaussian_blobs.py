import numpy as np
import pytest
from scipy import integrate, stats

from fidle_vae.data import GaussianBlobs, ring


@pytest.fixture
def on_a_line():
    return GaussianBlobs([-2, 1, 3], [0.5, 1, 0.2], weights=[2, 1, 1])


def test_the_density_is_the_weighted_sum_of_normal_densities(on_a_line):
    x = np.linspace(-5, 5, 41)
    shares, means, sigmas = [0.5, 0.25, 0.25], [-2, 1, 3], [0.5, 1, 0.2]
    expected = stats.norm(means, sigmas).pdf(x[:, None]) @ shares
    np.testing.assert_allclose(on_a_line.density(x), expected)
    np.testing.assert_allclose(on_a_line.density(x[:, None]), expected)
    whole, _ = integrate.quad(lambda x: on_a_line.density([x])[0], -9, 9, points=[-2, 1, 3])
    assert whole == pytest.approx(1)


def test_the_density_in_space_is_that_of_scipy():
    rng = np.random.default_rng(0)
    centres, x = rng.normal(size=(4, 3)), rng.normal(size=(10, 3))
    each = [stats.multivariate_normal(c, 0.7**2).pdf(x) for c in centres]
    np.testing.assert_allclose(GaussianBlobs(centres, 0.7).density(x), np.mean(each, axis=0))


def test_draws_have_the_density(on_a_line):
    drawn = on_a_line.draw(20_000, np.random.default_rng(1))
    assert drawn.shape == (20_000, 1)
    assert drawn.dtype == np.float32

    def cdf(x):
        each = stats.norm([-2, 1, 3], [0.5, 1, 0.2]).cdf(np.asarray(x)[:, None])
        return each @ [0.5, 0.25, 0.25]

    assert stats.kstest(drawn[:, 0], cdf).pvalue > 0.01


def test_draws_in_the_plane_are_round_around_their_centres():
    blobs = GaussianBlobs(ring(4, 3.0), 0.1)
    drawn = blobs.draw(8000, np.random.default_rng(2))
    of = np.linalg.norm(drawn[:, None] - blobs.centres, axis=2).argmin(axis=1)
    assert np.bincount(of) / 8000 == pytest.approx(0.25, abs=0.02)
    away = drawn - blobs.centres[of]
    np.testing.assert_allclose(np.cov(away.T), 0.01 * np.eye(2), atol=5e-4)


def test_equal_generators_draw_equal_points(on_a_line):
    one, again, other = (on_a_line.draw(50, np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_ring_has_its_radius_and_equal_steps():
    centres = ring(8, 2.0)
    assert np.linalg.norm(centres, axis=1) == pytest.approx(2)
    steps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    assert steps == pytest.approx(2 * 2 * np.sin(np.pi / 8))
    np.testing.assert_allclose(centres[0], [2, 0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([], 1), r"centres must be rows .* got shape \(0,\): try ring\(8\)"),
        ((3.0, 1), r"centres must be rows .* got shape \(\): try ring\(8\)"),
        (([0, 1], 0), "sigma must be .* each of the 2 centres; got 0: try 0.05"),
        (([0, 1], [1, 2, 3]), r"sigma must be .* got \[1, 2, 3\]: try 0.05"),
        (([0, 1], 1, [1, -1]), r"weights must be 2 numbers .* got \[1.0, -1.0\]: leave them out"),
        (([0, 1], 1, [1]), r"weights must be 2 numbers .* got \[1.0\]: leave them out"),
        (([0, 1], 1, [0, 0]), "weights must be 2 numbers .* leave them out"),
    ],
)
def test_what_is_no_mixture_raises(arguments, says):
    with pytest.raises(ValueError, match=says):
        GaussianBlobs(*arguments)


def test_points_of_another_dimension_and_counts_below_1_raise(on_a_line):
    with pytest.raises(ValueError, match=r"x must be .* shape \(n, 1\); got \(3, 2\): reshape it"):
        on_a_line.density(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="n must be an integer of 1 or more; got 0: try 1000"):
        on_a_line.draw(0, np.random.default_rng(0))
    with pytest.raises(ValueError, match="modes must be an integer of 1 or more; got 0: try 8"):
        ring(0)
