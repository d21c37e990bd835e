import keras
import numpy as np
import pytest
from keras import ops
from scipy.stats import norm

from fidle_vae.models import VectorVAE, build_vector_networks
from fidle_vae.training import one_cycle

pytestmark = pytest.mark.core
rng = np.random.default_rng(0)
FACTOR = rng.normal(size=(1, 6))
X = (3 * rng.normal(size=(400, 1)) @ FACTOR + 5).astype("float32")  # any values, on a line


def trained(sigma):
    keras.utils.set_random_seed(1)
    model = VectorVAE(*build_vector_networks(6, 2, width=16), sigma=sigma, seed=2)
    model.compile(keras.optimizers.Adam(one_cycle(400, 20, 12, peak=0.02)))
    model.fit(X, epochs=12, batch_size=20, verbose=0)
    return model


@pytest.fixture(scope="module")
def model():
    return trained(0.5)


def test_the_loss_is_the_negative_elbo_with_its_constants(model):
    z_mean, z_log_var = model.encode(X[:9])
    x_hat = model.decode(z_mean)
    nll = -norm.logpdf(X[:9], x_hat, 0.5).sum(axis=1)
    kl = (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).sum(axis=1) / 2
    loss = model.compute_loss(x=X[:9], y_pred=(x_hat, z_mean, z_log_var))
    assert float(ops.convert_to_numpy(loss)) == pytest.approx((nll + kl).mean(), rel=1e-4)


def test_it_learns_what_rows_have_in_common(model):
    assert np.abs(model.reconstruct(X) - X).mean() < 0.4 * np.abs(X - X.mean(axis=0)).mean()


def test_more_noise_leaves_less_in_the_code(model):
    kl = [each.evaluate(X, verbose=0, return_dict=True)["kl_loss"] for each in (model, trained(8))]
    assert kl[1] < kl[0] / 2


def test_it_is_the_same_after_saving(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.sigma == pytest.approx(0.5)
    np.testing.assert_allclose(loaded.reconstruct(X), model.reconstruct(X), atol=1e-5)


def test_what_does_not_fit_is_said(model):
    with pytest.raises(ValueError, match="x must hold rows of 6 numbers"):
        model.fit(X[:, :5])
    with pytest.raises(ValueError, match="sigma must be a number above 0"):
        VectorVAE(*build_vector_networks(6, 2), sigma=0)
    with pytest.raises(ValueError, match="latent_dim"):
        build_vector_networks(6, 0)
