import keras
import numpy as np
import pytest
from scipy.stats import norm

from fidle_vae.models import build_decoder, build_encoder
from fidle_vae.models.gaussian_vae import GaussianVAE

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)
IMAGES = np.random.default_rng(0).uniform(0.2, 0.8, (40, *SHAPE)).astype("float32")


def model(**options):
    keras.utils.set_random_seed(3)
    networks = [build("mlp", SHAPE, 2) for build in (build_encoder, build_decoder)]
    vae = GaussianVAE(*networks, seed=5, **options)
    vae.compile(keras.optimizers.Adam(3e-3))
    return vae


def test_its_loss_is_the_log_density_of_scipy_and_the_kl():
    vae = model(sigma=0.3)
    x_hat, z_mean, z_log_var = (keras.ops.convert_to_numpy(each) for each in vae(IMAGES))
    due = -norm.logpdf(IMAGES, x_hat, 0.3).sum(axis=(1, 2, 3))
    due += (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).sum(axis=1) / 2
    loss = vae.compute_loss(IMAGES, y_pred=(x_hat, z_mean, z_log_var))
    assert float(keras.ops.convert_to_numpy(loss)) == pytest.approx(due.mean(), rel=1e-4)


def test_a_given_sigma_stays():
    vae = model(sigma=0.3)
    vae.fit(IMAGES, batch_size=10, epochs=2, verbose=0)
    assert vae.sigma == pytest.approx(0.3)


def test_a_learned_sigma_becomes_the_error_that_is_left():
    vae = model(sigma=1.0, learn=True)
    vae.fit(IMAGES, batch_size=10, epochs=30, verbose=0)
    x_hat = keras.ops.convert_to_numpy(vae(IMAGES)[0])
    assert vae.sigma == pytest.approx(np.sqrt(((IMAGES - x_hat) ** 2).mean()), rel=0.1)


def test_it_is_saved_with_its_sigma(tmp_path):
    vae = model(sigma=0.5, learn=True)
    vae.fit(IMAGES, batch_size=10, epochs=1, verbose=0)
    vae.save(tmp_path / "vae.keras")
    again = keras.saving.load_model(tmp_path / "vae.keras")
    assert vae.sigma != pytest.approx(0.5, rel=1e-3)
    assert again.sigma == pytest.approx(vae.sigma)
    assert np.allclose(again.reconstruct(IMAGES), vae.reconstruct(IMAGES), atol=1e-6)
    vae.save_weights(tmp_path / "vae.weights.h5")
    again.slow_log_sigma.assign(0.0)
    again.load_weights(tmp_path / "vae.weights.h5")
    assert again.sigma == pytest.approx(vae.sigma)


@pytest.mark.parametrize("sigma", [0, -0.1, "learned", float("inf")])
def test_sigma_is_a_number_above_0(sigma):
    with pytest.raises(ValueError, match="sigma must be"):
        model(sigma=sigma)
