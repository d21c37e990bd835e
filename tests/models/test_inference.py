import numpy as np
import pytest
from scipy.stats import entropy, norm

from fidle_vae.models.inference import climb, discrete_kl, find_humps
from fidle_vae.models.posterior import ExactPosterior

Z = np.linspace(-10, 10, 5001)


def posterior(*shares_means_sigmas):
    """Return posteriors that are mixtures of Gaussians, each a list of (share, mean, sigma)."""
    rows = [
        np.log(sum(w * norm.pdf(Z, m, s) for w, m, s in humps) + 1e-300) - norm.logpdf(Z)
        for humps in shares_means_sigmas
    ]
    return ExactPosterior(Z, np.array(rows))


def test_two_humps_are_found_with_their_shares_means_and_distance():
    one, two, three = (
        [(1, 0.5, 0.2)],
        [(0.3, -1, 0.2), (0.7, 2, 0.3)],
        [(0.3, -2, 0.2), (0.3, 0, 0.2), (0.4, 2, 0.2)],
    )
    humps = find_humps(posterior(two, one, three))
    assert humps.share == pytest.approx([0.3, np.nan, np.nan], abs=1e-4, nan_ok=True)
    assert humps.left[0] == pytest.approx(-1, abs=1e-3)
    assert humps.right[0] == pytest.approx(2, abs=1e-3)
    assert humps.apart[0] == pytest.approx(3 / 0.5, rel=1e-3)


def test_teeth_of_rounding_are_no_humps():
    smooth = posterior([(0.3, -1, 0.3), (0.7, 2, 0.2)])
    noise = np.random.default_rng(0).normal(0, 0.05, smooth.log_likelihood.shape)  # nats
    jagged = find_humps(ExactPosterior(Z, smooth.log_likelihood + noise))
    assert jagged.share == pytest.approx(0.3, abs=0.02)
    assert jagged.apart == pytest.approx(3 / 0.5, rel=0.02)


def test_humps_that_run_into_each_other_are_one():
    assert np.isnan(find_humps(posterior([(0.5, -0.5, 0.4), (0.5, 0.5, 0.4)])).share).all()


@pytest.mark.parametrize(("start", "log_var"), [(0.0, 0.0), (-3.0, -2.0)])
def test_q_climbs_to_a_posterior_that_is_a_gaussian(start, log_var):
    exact = posterior([(1, 1.5, 0.1)])
    means, log_vars = climb(exact, start, log_var, 80)
    assert (means[0], log_vars[0]) == (start, log_var)
    assert means[-1] == pytest.approx(1.5, abs=1e-4)
    assert log_vars[-1] == pytest.approx(2 * np.log(0.1), abs=1e-3)
    same = ExactPosterior(Z, np.repeat(exact.log_likelihood, 81, axis=0))
    elbo = same.bound(means[:, None], log_vars[:, None]).elbo
    assert np.diff(elbo).min() > -1e-6
    assert elbo[-1] == pytest.approx(exact.log_evidence[0], abs=1e-4)


@pytest.mark.parametrize(("start", "share"), [(-1.2, 0.3), (2.2, 0.7)])
def test_q_stays_on_a_hump_and_lacks_minus_the_logarithm_of_its_share(start, share):
    exact = posterior([(0.3, -1, 0.2), (0.7, 2, 0.3)])
    means, log_vars = climb(exact, start, -3, 80)
    gap = exact.bound(means[-1:, None], log_vars[-1:, None]).gap[0]
    assert gap == pytest.approx(-np.log(share), abs=1e-3)


def test_q_stays_on_the_grid_where_the_posterior_ends_at_its_border():
    flat = ExactPosterior(Z, 8 * Z[None])  # the posterior is N(8, 1), and 3 sigma are not within
    means, log_vars = climb(flat, 0, 0, 80)
    assert np.all(means + 3 * np.exp(log_vars / 2) <= 10)
    assert means[-1] > 6


def test_climb_takes_one_image_and_some_steps():
    two = posterior([(1, 0, 1)], [(1, 0, 1)])
    with pytest.raises(ValueError, match="posterior of one image, got 2"):
        climb(two, 0, 0, 5)
    with pytest.raises(ValueError, match="steps must be"):
        climb(two.of(0), 0, 0, 0)


def test_the_kl_of_two_lists_is_that_of_scipy_with_all_that_a_zero_may_do():
    p, q = [0, 0, 0.2, 0.8, 0], [0.1, 0.1, 0.3, 0.4, 0.1]
    assert discrete_kl(p, q) == pytest.approx(0.4734, abs=5e-5)
    assert discrete_kl(q, p) == np.inf
    assert discrete_kl(p, p) == 0
    a, b = np.random.default_rng(0).dirichlet(np.ones(7), 2)
    assert discrete_kl(a, b) == pytest.approx(entropy(a, b))


@pytest.mark.parametrize(("p", "q"), [([0.5, 0.5], [1.0]), ([[0.5, 0.5]], [[0.5, 0.5]])])
def test_lists_of_two_lengths_have_no_kl(p, q):
    with pytest.raises(ValueError, match="lists of one length"):
        discrete_kl(p, q)
