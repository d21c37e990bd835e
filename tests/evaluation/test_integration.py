import keras
import numpy as np
import pytest
from scipy import integrate, stats

from fidle_vae.evaluation.integration import integrated_nll
from fidle_vae.evaluation.likelihood import importance_sampling

pytestmark = pytest.mark.core
SHAPE = (2, 2, 1)


def decoder(latent_dim):
    """Return a decoder of four pixels, and the same in NumPy."""
    weights = 2 * np.random.default_rng(4).normal(size=(latent_dim, 4))
    bias = np.array([0.5, -1.0, 0.0, 2.0])
    z = keras.Input((latent_dim,))
    dense = keras.layers.Dense(4, activation="sigmoid")
    model = keras.Model(z, keras.layers.Reshape(SHAPE)(dense(z)))
    dense.set_weights([weights, bias])
    return model, lambda *z: 1 / (1 + np.exp(-(np.array(z) @ weights + bias)))


IMAGES = np.array([[1, 0, 0, 1], [0, 1, 1, 1], [0.3, 0.9, 0, 1]], "float32").reshape(3, *SHAPE)


def likelihood(x, x_hat):
    return np.prod(x_hat ** x.ravel() * (1 - x_hat) ** (1 - x.ravel()))


def test_one_dimension_is_integrated_as_by_scipy():
    model, x_hat = decoder(1)
    expected = [
        integrate.quad(lambda z, x=x: likelihood(x, x_hat(z)) * stats.norm.pdf(z), -9, 9)[0]
        for x in IMAGES
    ]
    np.testing.assert_allclose(integrated_nll(model, IMAGES), -np.log(expected), atol=5e-4)


def test_two_dimensions_are_integrated_as_by_scipy():
    model, x_hat = decoder(2)

    def density(a, b, x):
        return likelihood(x, x_hat(a, b)) * stats.norm.pdf(a) * stats.norm.pdf(b)

    expected = [
        integrate.dblquad(density, -7, 7, -7, 7, args=(x,), epsabs=1e-6)[0] for x in IMAGES[:2]
    ]
    found = integrated_nll(model, IMAGES)
    np.testing.assert_allclose(found[:2], -np.log(expected), atol=1e-3)


def test_importance_sampling_converges_to_the_integral_from_above():
    model, _ = decoder(2)
    inputs = keras.Input(SHAPE)
    flat = keras.layers.Flatten()(inputs)
    sure = keras.initializers.Constant(-2.0)
    dense = {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.1, seed=5)}
    z_mean = keras.layers.Dense(2, "tanh", **dense)(flat)
    z_log_var = keras.layers.Dense(2, bias_initializer=sure, **dense)(flat)
    encoder = keras.Model(inputs, [z_mean, z_log_var])
    exact = integrated_nll(model, IMAGES).mean()
    few, many = (
        importance_sampling(encoder, model, np.repeat(IMAGES, 50, axis=0), samples=n).nll.mean()
        for n in (2, 3000)
    )
    assert few > many + 0.05
    assert exact - 0.05 < many < exact + 0.5


def test_a_finer_grid_changes_little():
    model, _ = decoder(2)
    coarse, fine = (integrated_nll(model, IMAGES, side) for side in (60, 240))
    np.testing.assert_allclose(coarse, fine, atol=5e-3)
    assert np.abs(coarse - fine).max() > 1e-7


def test_more_than_two_dimensions_raise():
    model, _ = decoder(3)
    with pytest.raises(ValueError, match="one or two latent dimensions; it has 3: use importance"):
        integrated_nll(model, IMAGES)
