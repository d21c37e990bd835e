import keras
import numpy as np
import pytest
import scipy.stats
from keras import ops

from fidle_vae.models.layers import SamplingLayer, VariationalLossLayer
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.networks import build_decoder, build_encoder

pytestmark = pytest.mark.core

N = 20_000
MEAN = np.tile(np.array([[-1.0, 0.0, 2.0]], dtype="float32"), (N, 1))
LOG_VAR = np.tile(np.log(np.array([[0.25, 1.0, 9.0]], dtype="float32")), (N, 1))


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def make_functional(images, loss_weights=(1.0, 1e-3), learning_rate=1e-3):
    keras.utils.set_random_seed(1)
    shape = images.shape[1:]
    encoder, decoder = build_encoder("mlp", shape, 2), build_decoder("mlp", shape, 2)
    inputs = keras.Input(shape)
    z_mean, z_log_var = encoder(inputs)
    z = SamplingLayer()([z_mean, z_log_var])
    outputs = VariationalLossLayer(loss_weights)([inputs, z_mean, z_log_var, decoder(z)])
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(learning_rate))
    return model


def test_samples_have_the_mean_and_the_standard_deviation_asked_for():
    z = numpy(SamplingLayer(seed=1)([MEAN, LOG_VAR]))
    for dim, (mean, sigma) in enumerate([(-1, 0.5), (0, 1), (2, 3)]):
        assert scipy.stats.kstest(z[:, dim], scipy.stats.norm(mean, sigma).cdf).pvalue > 0.01


def test_noise_is_independent_between_dimensions_and_images():
    eps = (numpy(SamplingLayer(seed=1)([MEAN, LOG_VAR])) - MEAN) / np.exp(LOG_VAR / 2)
    between_dims = np.corrcoef(eps.T)[np.triu_indices(3, k=1)]
    between_images = np.corrcoef(eps[:-1, 0], eps[1:, 0])[0, 1]
    assert np.all(np.abs([*between_dims, between_images]) < 4 / np.sqrt(N))


def test_each_call_draws_new_noise_and_the_seed_decides_it():
    first, same, other = SamplingLayer(seed=1), SamplingLayer(seed=1), SamplingLayer(seed=2)
    draws = [numpy(layer([MEAN, LOG_VAR])) for layer in (first, first, same, other)]
    assert not np.allclose(draws[0], draws[1])
    np.testing.assert_array_equal(draws[0], draws[2])
    assert not np.allclose(draws[0], draws[3])


def test_a_sampling_layer_continues_with_new_noise_after_save_and_load(tmp_path):
    inputs = [keras.Input((3,)), keras.Input((3,))]
    model = keras.Model(inputs, SamplingLayer(seed=1)(inputs))
    before = numpy(model([MEAN, LOG_VAR]))
    model.save(tmp_path / "sampling.keras")
    loaded = keras.saving.load_model(tmp_path / "sampling.keras")
    after = numpy(loaded([MEAN, LOG_VAR]))
    assert not np.allclose(after, before)
    np.testing.assert_array_equal(after, numpy(model([MEAN, LOG_VAR])))


def test_outputs_pass_through_and_history_is_the_mean_over_images_last_partial_batch_included(
    images,
):
    model = make_functional(images, loss_weights=(2.0, 0.5), learning_rate=0.0)
    encoder = model.get_layer("encoder")
    encoder.get_layer("z_log_var").bias.assign([-40.0, -40.0])  # no noise: results are known
    history = model.fit(images, epochs=2, batch_size=32, validation_data=(images[:37],), verbose=0)

    z_mean, z_log_var = encoder(images)
    x_hat = numpy(model.get_layer("decoder")(z_mean))
    np.testing.assert_allclose(model.predict(images, verbose=0), x_hat, rtol=1e-5)
    r_loss = numpy(bernoulli_nll(images, x_hat)) / 64
    kl_loss = numpy(gaussian_kl(z_mean, z_log_var))
    expected = {"loss": 2 * r_loss + 0.5 * kl_loss, "r_loss": r_loss, "kl_loss": kl_loss}
    assert len(images) % 32 != 0
    assert set(history.history) == {p + name for p in ("", "val_") for name in expected}
    for name, values in expected.items():
        np.testing.assert_allclose(history.history[name], [values.mean()] * 2, rtol=1e-5)
        np.testing.assert_allclose(
            history.history[f"val_{name}"], [values[:37].mean()] * 2, rtol=1e-5
        )


def test_a_functional_model_learns(images):
    model = make_functional(images, learning_rate=1e-2)
    history = model.fit(images, epochs=30, batch_size=32, verbose=0).history
    assert history["r_loss"][-1] < 0.8 * history["r_loss"][0]


def test_the_loss_layer_counts_the_elbo_with_elbo_weights(images):
    model = make_functional(images, loss_weights="elbo")
    logs = model.evaluate(images, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(logs["r_loss"] + logs["kl_loss"] / 64, rel=1e-5)


@pytest.mark.parametrize(
    "loss_weights",
    [(-1.0, 1.0), (1.0, -1e-3), (1.0, 1.0, 1.0), (0.0, 0.0), (1.0, float("nan")), "sum", 3, None],
)
def test_wrong_loss_weights_raise_with_the_value_and_a_hint(loss_weights):
    with pytest.raises(ValueError, match=r"loss_weights must be two numbers .*; got .*: try"):
        VariationalLossLayer(loss_weights)
