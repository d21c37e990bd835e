"""Likelihoods against closed forms: a linear-Gaussian VAE, whose p(x) is known exactly."""

from functools import partial
from itertools import pairwise

import keras
import numpy as np
import pytest
from scipy import stats

from fidle_vae.evaluation import likelihood
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.models.losses import bernoulli_nll, gaussian_nll

pytestmark = pytest.mark.core
SIGMA = 0.5
SHAPE = (2, 3, 1)


class LinearGaussian:
    """x = W z + b + SIGMA * noise; the encoder is the posterior, or differs by `off`."""

    def __init__(self, latent_dim=2, off=0.0):
        rng = np.random.default_rng(3)
        self.w, self.b = rng.normal(size=(6, latent_dim)), rng.normal(size=6)
        precision = np.eye(latent_dim) + self.w.T @ self.w / SIGMA**2
        # a factorized q is the posterior only if W's columns are orthogonal
        self.w = np.linalg.qr(self.w).Q * [1.5, 0.7][:latent_dim]
        precision = np.eye(latent_dim) + self.w.T @ self.w / SIGMA**2
        variance = 1 / np.diag(precision)
        gain = (self.w / SIGMA**2) * variance
        inputs = keras.Input(SHAPE)
        flat = keras.layers.Flatten()(inputs)
        z_mean = keras.layers.Dense(latent_dim)
        z_log_var = keras.layers.Dense(latent_dim)
        self.encoder = keras.Model(inputs, [z_mean(flat), z_log_var(flat)])
        z_mean.set_weights([gain, -self.b @ gain + off])
        z_log_var.set_weights([np.zeros((6, latent_dim)), np.log(variance) + off])
        z = keras.Input((latent_dim,))
        image = keras.layers.Dense(6)
        self.decoder = keras.Model(z, keras.layers.Reshape(SHAPE)(image(z)))
        image.set_weights([self.w.T, self.b])

    def images(self, n, seed=0):
        rng = np.random.default_rng(seed)
        z = rng.normal(size=(n, self.w.shape[1]))
        x = z @ self.w.T + self.b + SIGMA * rng.normal(size=(n, 6))
        return x.reshape(n, *SHAPE).astype("float32")

    def exact_nll(self, x):
        covariance = self.w @ self.w.T + SIGMA**2 * np.eye(6)
        return -stats.multivariate_normal(self.b, covariance).logpdf(x.reshape(len(x), 6))

    def estimate(self, x, samples, seed=0):
        nll = partial(gaussian_nll, sigma=SIGMA)
        return importance_sampling(
            self.encoder, self.decoder, x, samples=samples, seed=seed, nll=nll
        )


def test_nll_is_exact_if_the_encoder_is_the_posterior():
    model = LinearGaussian()
    x = model.images(20)
    for samples in (1, 7):
        found = model.estimate(x, samples)
        np.testing.assert_allclose(found.nll, model.exact_nll(x), rtol=1e-4)


def test_nll_converges_to_the_multivariate_normal_if_the_encoder_is_not_the_posterior():
    model = LinearGaussian(off=0.4)
    x = model.images(40)
    exact = model.exact_nll(x)
    gaps = [np.mean(model.estimate(x, samples).nll - exact) for samples in (1, 20, 2000)]
    assert gaps[0] > 0.2 > gaps[1] > 0
    assert abs(gaps[2]) < 0.01


def test_nll_does_not_increase_with_the_number_of_samples():
    model = LinearGaussian(off=0.6)
    x = model.images(300)
    nll = [model.estimate(x, samples).nll.mean() for samples in (1, 2, 5, 20, 100)]
    assert all(more < fewer for fewer, more in pairwise(nll))


def test_one_sample_gives_the_monte_carlo_elbo():
    model = LinearGaussian(off=0.6)
    x = model.images(1)
    many = np.repeat(x, 4000, axis=0)
    one = model.estimate(many, samples=1)  # 4000 draws of one z
    error = one.nll.std() / np.sqrt(len(many))
    assert one.nll.std() > 0.1
    assert abs(one.nll.mean() + one.elbo.mean()) < 4 * error
    # written out with SciPy, with the same draws of z
    z_mean, z_log_var = (keras.ops.convert_to_numpy(c)[0] for c in model.encoder(x))
    rng = np.random.default_rng(1)
    z = z_mean + np.exp(z_log_var / 2) * rng.normal(size=(4000, 2))
    log_w = (
        stats.norm(z @ model.w.T + model.b, SIGMA).logpdf(x.reshape(1, 6)).sum(axis=1)
        + stats.norm.logpdf(z).sum(axis=1)
        - stats.norm(z_mean, np.exp(z_log_var / 2)).logpdf(z).sum(axis=1)
    )
    assert abs(-log_w.mean() - one.nll.mean()) < 4 * np.hypot(error, log_w.std() / np.sqrt(4000))


def test_kl_and_reconstruction_are_the_terms_of_the_elbo_by_monte_carlo():
    model = LinearGaussian(off=0.6)
    x = model.images(3)
    found = model.estimate(x, samples=20_000)
    z_mean, z_log_var = (keras.ops.convert_to_numpy(c) for c in model.encoder(x))
    q = stats.norm(z_mean, np.exp(z_log_var / 2))
    z = q.rvs(size=(200_000, 3, 2), random_state=np.random.default_rng(2))
    kl = (q.logpdf(z) - stats.norm.logpdf(z)).sum(axis=-1)
    np.testing.assert_allclose(found.kl, kl.mean(axis=0), atol=5 * kl.std() / np.sqrt(len(z)))
    image = stats.norm(z @ model.w.T + model.b, SIGMA)
    reconstruction = -image.logpdf(x.reshape(3, 6)).sum(axis=-1)
    np.testing.assert_allclose(found.reconstruction, reconstruction.mean(axis=0), rtol=0.02)
    np.testing.assert_array_equal(found.elbo, -(found.reconstruction + found.kl))


def test_batches_change_nothing_but_the_draws(monkeypatch):
    """Images and samples are processed in batches; every image and sample counts once."""
    model = LinearGaussian(off=0.4)
    x = model.images(23)
    whole = model.estimate(x, samples=3000)
    monkeypatch.setattr(likelihood, "DECODED_AT_ONCE", 700)  # 700, 700, 700, 700 and 200
    pieces = model.estimate(x, samples=3000)
    assert pieces.nll.shape == whole.nll.shape == (23,)
    np.testing.assert_allclose(pieces.nll, whole.nll, atol=0.05)
    monkeypatch.setattr(likelihood, "DECODED_AT_ONCE", 20)  # 10 images at once, a last 3
    assert model.estimate(x, samples=2).nll.shape == (23,)


def test_the_same_seed_gives_the_same_numbers_and_another_one_others():
    model = LinearGaussian(off=0.4)
    x = model.images(5)
    first, again, other = (model.estimate(x, 10, seed=seed).nll for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).min() > 1e-4


def test_the_default_likelihood_is_bernoulli(make_vae, images):
    vae = make_vae()
    found = importance_sampling(vae.encoder, vae.decoder, images, samples=400)
    z_mean, z_log_var = (keras.ops.convert_to_numpy(c) for c in vae.encoder(images))
    eps = np.random.default_rng(5).normal(size=(60, *z_mean.shape))
    x_hat = [vae.decode(z_mean + np.exp(z_log_var / 2) * e) for e in eps]
    reconstruction = [keras.ops.convert_to_numpy(bernoulli_nll(images, x)) for x in x_hat]
    np.testing.assert_allclose(found.reconstruction, np.mean(reconstruction, axis=0), rtol=2e-3)
    assert found.nll.mean() < -found.elbo.mean()


def test_samples_must_be_a_count():
    model = LinearGaussian()
    with pytest.raises(ValueError, match="samples must be an integer of 1 or more; got 0"):
        model.estimate(model.images(1), samples=0)
