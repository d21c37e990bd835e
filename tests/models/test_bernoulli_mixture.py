import itertools

import numpy as np
import pytest

from fidle_vae.models import BernoulliMixture, fit_mixture

ALL = np.array(list(itertools.product((0, 1), repeat=6)), dtype=float)  # all images of 6 pixels


@pytest.fixture
def mixture():
    means = np.random.default_rng(0).uniform(0.1, 0.9, (3, 6))
    return BernoulliMixture([0.5, 0.3, 0.2], means)


def test_the_probabilities_of_all_images_add_up_to_1(mixture):
    assert np.exp(mixture.log_prob(ALL)).sum() == pytest.approx(1)


def test_log_prob_is_the_sum_over_all_prototypes(mixture):
    x = ALL[11]
    given_z = np.where(x == 1, mixture.means, 1 - mixture.means).prod(axis=1)
    assert np.exp(mixture.log_prob(x[None])) == pytest.approx(mixture.weights @ given_z)
    joint = mixture.weights * given_z
    assert mixture.responsibilities(x[None])[0] == pytest.approx(joint / joint.sum())


def test_far_fewer_than_the_smallest_number_is_no_problem():
    means = np.full((2, 3000), 0.1)
    mixture = BernoulliMixture([0.5, 0.5], means)
    x = np.ones((1, 3000))
    assert mixture.log_prob(x) == pytest.approx(3000 * np.log(0.1))
    assert mixture.responsibilities(x) == pytest.approx(0.5)


def test_draws_are_distributed_as_the_mixture_says(mixture):
    images, z = mixture.draw(100_000, np.random.default_rng(1))
    assert np.bincount(z) / len(z) == pytest.approx(mixture.weights, abs=0.01)
    for each in range(3):
        assert images[z == each].mean(axis=0) == pytest.approx(mixture.means[each], abs=0.02)
    again, _ = mixture.draw(100_000, np.random.default_rng(1))
    assert np.array_equal(images, again)


def test_em_finds_the_prototypes_that_made_the_images_and_never_falls():
    truth = BernoulliMixture([0.6, 0.4], [[0.95] * 8 + [0.05] * 8, [0.05] * 8 + [0.95] * 8])
    x, _ = truth.draw(2000, np.random.default_rng(2))
    found, history = fit_mixture(x, 2, seed=3)
    order = np.argsort(-found.weights)
    assert found.weights[order] == pytest.approx([0.6, 0.4], abs=0.04)
    assert found.means[order] == pytest.approx(truth.means, abs=0.04)
    assert np.diff(history).min() > -1e-9
    assert history[-1] == pytest.approx(truth.log_prob(x).mean(), abs=0.1)


def test_em_never_falls_where_images_are_few():
    x = np.random.default_rng(5).integers(0, 2, (20, 12))
    _, history = fit_mixture(x, 6, seed=1)
    assert np.diff(history).min() > -1e-9
    assert history[-1] > history[0] + 0.5


def test_one_prototype_is_the_mean_image():
    x = np.random.default_rng(4).integers(0, 2, (50, 5))
    found, _ = fit_mixture(x, 1, seed=0, steps=1)
    assert found.means[0] == pytest.approx((x.sum(axis=0) + 0.5) / 51)
    assert found.weights == pytest.approx([1])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"k": 0}, "k must be"), ({"steps": 0}, "steps must be"), ({"seed": -1}, "seed must be")],
)
def test_what_cannot_be_fitted_is_named(wrong, says):
    with pytest.raises(ValueError, match=says):
        fit_mixture(np.zeros((4, 3)), **{"k": 2, "seed": 0, **wrong})
