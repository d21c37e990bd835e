import keras
import numpy as np
import pytest
from scipy import integrate, stats

from fidle_vae.models.losses import bernoulli_nll
from fidle_vae.models.posterior import exact_posterior

pytestmark = pytest.mark.core

SHAPE = (1, 2, 1)
SLOPE, BIAS = np.array([3.0, -1.5]), np.array([0.4, 1.0])
IMAGES = np.array([[1, 0], [1, 1], [0.2, 0.9]], "float32").reshape(-1, *SHAPE)
Z_MEAN = np.array([[1.2], [0.0], [-2.0]])
SIGMA = np.array([[0.7], [1.0], [0.05]])
Z_LOG_VAR = 2 * np.log(SIGMA)


def probabilities(z):
    """Return the two pixels of a toy decoder."""
    return 1 / (1 + np.exp(-(SLOPE * z + BIAS)))


def toy_decoder(z):
    return probabilities(z).reshape(-1, *SHAPE)


def joint(z, x):
    """Return p(x given z) p(z) of one image of two pixels."""
    x_hat, x = probabilities(z), x.ravel()
    return np.prod(x_hat**x * (1 - x_hat) ** (1 - x)) * stats.norm.pdf(z)


@pytest.fixture(scope="module")
def exact():
    return exact_posterior(toy_decoder, IMAGES)


@pytest.fixture(scope="module")
def evidence():
    """Return p(x) of each image, integrated by SciPy."""
    return [integrate.quad(joint, -12, 12, args=(x,), epsabs=1e-13)[0] for x in IMAGES]


def test_log_evidence_is_the_integral_that_scipy_finds(exact, evidence):
    np.testing.assert_allclose(exact.log_evidence, np.log(evidence), atol=1e-7)


def test_the_posterior_is_likelihood_times_prior_over_evidence(exact, evidence):
    for x, p_x, log_density in zip(IMAGES, evidence, exact.log_density, strict=True):
        for i in (1500, 2000, 2100, 2700):
            expected = joint(exact.z[i], x) / p_x
            assert np.exp(log_density[i]) == pytest.approx(expected, rel=1e-6)


def test_densities_integrate_to_1(exact):
    q = exact.log_gaussian(Z_MEAN, Z_LOG_VAR)
    for log_density in (exact.log_density, q, exact.log_prior[None]):
        np.testing.assert_allclose(np.exp(log_density).sum(axis=1) * exact.spacing, 1)


def test_the_elbo_and_its_gap_are_the_integrals_that_scipy_finds(exact, evidence):
    found = exact.bound(Z_MEAN, Z_LOG_VAR)
    for i, (x, p_x) in enumerate(zip(IMAGES, evidence, strict=True)):
        q = stats.norm(Z_MEAN[i, 0], SIGMA[i, 0])

        def surplus(z, q=q, x=x):
            return np.log(joint(z, x) / q.pdf(z))

        elbo = q.expect(surplus, *q.ppf([1e-15, 1 - 1e-15]))
        gap = q.expect(lambda z, p_x=p_x: np.log(p_x) - surplus(z), *q.ppf([1e-15, 1 - 1e-15]))
        assert found.elbo[i] == pytest.approx(elbo, abs=1e-6)
        assert found.gap[i] == pytest.approx(gap, abs=1e-6)


def test_elbo_and_gap_add_up_to_the_log_evidence_and_no_gap_is_negative(exact):
    rng = np.random.default_rng(0)
    for _ in range(50):
        q = rng.uniform(-3, 3, (3, 1)), rng.uniform(-8, 0, (3, 1))
        elbo, gap = exact.bound(*q)
        np.testing.assert_allclose(elbo + gap, exact.log_evidence, atol=1e-9)
        assert np.all(elbo <= exact.log_evidence)
        assert np.all(gap > 0)


def test_the_gap_is_0_where_q_is_the_posterior():
    blind = exact_posterior(lambda z: np.full((len(z), *SHAPE), 0.3), IMAGES)
    np.testing.assert_allclose(blind.bound(np.zeros((3, 1)), np.zeros((3, 1))).gap, 0, atol=1e-9)
    np.testing.assert_allclose(blind.log_evidence[:2], np.log([0.3 * 0.7, 0.3 * 0.3]), atol=1e-9)


def test_a_keras_model_of_any_form_is_taken():
    z = keras.Input((1,))
    dense = keras.layers.Dense(2, activation="sigmoid")
    decoder = keras.Model(z, keras.layers.Reshape(SHAPE)(dense(z)), name="decoder")
    dense.set_weights([SLOPE[None], BIAS])
    whole = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(1)])
    whole.add(decoder)
    expected = exact_posterior(toy_decoder, IMAGES).log_evidence
    for model in (decoder, whole):
        np.testing.assert_allclose(exact_posterior(model, IMAGES).log_evidence, expected, atol=1e-5)


def test_the_likelihood_is_that_of_the_loss(exact):
    i = 2345
    x_hat = np.repeat(toy_decoder(exact.z[i]), 3, axis=0)
    nll = keras.ops.convert_to_numpy(bernoulli_nll(IMAGES, x_hat))
    np.testing.assert_allclose(exact.log_likelihood[:, i], -nll, atol=1e-5)


def test_pixels_that_the_decoder_is_sure_of_keep_the_evidence_finite():
    sure = exact_posterior(lambda z: np.ones((len(z), *SHAPE)), IMAGES)
    assert np.isfinite(sure.log_evidence).all()


def test_one_image_of_many_is_picked_out(exact):
    one = exact.of(1)
    assert one.log_evidence == exact.log_evidence[1:2]
    np.testing.assert_array_equal(one.log_density, exact.log_density[[1]])


def test_mean_and_variance_are_those_of_the_posterior(exact, evidence):
    for i, (x, p_x) in enumerate(zip(IMAGES, evidence, strict=True)):
        first, second = (
            integrate.quad(lambda z, n=n, x=x: z**n * joint(z, x), -12, 12, epsabs=1e-12)[0] / p_x
            for n in (1, 2)
        )
        assert exact.mean[i, 0] == pytest.approx(first, abs=1e-6)
        assert np.exp(exact.log_var[i, 0]) == pytest.approx(second - first**2, abs=1e-6)


def test_no_other_gaussian_has_a_larger_elbo_than_the_best_one(exact):
    one = exact.of(2)
    z_mean, z_log_var = one.best_gaussian()
    best = one.bound(z_mean, z_log_var)
    for step in (0.01, 0.5):
        for a, b in ((step, 0), (-step, 0), (0, step), (0, -step)):
            assert one.bound(z_mean + a, z_log_var + b).elbo < best.elbo
    assert best.elbo > one.bound(one.mean, one.log_var).elbo
    with pytest.raises(ValueError, match=r"one image, got 3 images: pick one out by exact.of\(i\)"):
        exact.best_gaussian()


def test_bad_input_raises_and_says_what_to_pass(exact):
    z = keras.Input((2,))
    with pytest.raises(ValueError, match="one latent dimension; it has 2: train one with latent"):
        exact_posterior(keras.Model(z, keras.layers.Dense(2)(z)), IMAGES)
    with pytest.raises(ValueError, match=r"x must be images .* \(1, 2, 1\): a single image"):
        exact_posterior(toy_decoder, IMAGES[0])
    with pytest.raises(ValueError, match="points must be an integer"):
        exact_posterior(toy_decoder, IMAGES, points=0)
    with pytest.raises(ValueError, match=r"z_mean must have shape \(3, 1\).* got \(3,\)"):
        exact.bound(Z_MEAN[:, 0], Z_LOG_VAR)
    with pytest.raises(ValueError, match=r"q must lie on the grid, from -10 to 10 .* mean 9"):
        exact.bound(np.array([[0.0], [9], [0]]), np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"in steps of 0.004, got mean 1.2 and sigma 0.001:"):
        exact.bound(Z_MEAN, np.full((3, 1), 2 * np.log(1e-3)))
