import keras
import numpy as np
import pytest
from keras import layers, ops

from fidle_vae.models import ContractiveAutoencoder, sigmoid_contraction, squared_jacobian

pytestmark = pytest.mark.core
X = np.random.default_rng(0).random((20, 9)).astype("float32")


def sums_of_differences(network, x, step=1e-2):
    """The squared Jacobian by central differences."""
    steps = step * np.eye(x.shape[1], dtype="float32")
    columns = [
        ops.convert_to_numpy(network(x + each) - network(x - each)) / (2 * step) for each in steps
    ]
    return sum((column**2).sum(axis=1) for column in columns)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    model = ContractiveAutoencoder(4, 0.1)
    model.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy")
    model.fit(X, X, epochs=5, verbose=0)
    return model


def test_the_formula_the_tape_and_differences_agree(model):
    by_hand = sigmoid_contraction(model.encoder(X), model.encoder.kernel)
    by_machine = squared_jacobian(model.encoder, X)
    np.testing.assert_allclose(ops.convert_to_numpy(by_hand), by_machine, rtol=1e-4)
    np.testing.assert_allclose(by_machine, sums_of_differences(model.encoder, X), rtol=1e-2)


def test_the_jacobian_of_a_deep_network():
    keras.utils.set_random_seed(2)
    network = keras.Sequential(
        [keras.Input((9,)), layers.Dense(6, activation="tanh"), layers.Dense(3)]
    )
    expected = sums_of_differences(network, X)
    np.testing.assert_allclose(squared_jacobian(network, X), expected, rtol=1e-2)


def test_the_penalty_is_the_mean_contraction_times_its_weight(model):
    model(X)
    (penalty,) = model.losses
    expected = 0.1 * squared_jacobian(model.encoder, X).mean()
    assert float(ops.convert_to_numpy(penalty)) == pytest.approx(expected, rel=1e-4)
    cross_entropy = keras.losses.binary_crossentropy(X, model.predict(X, verbose=0))
    total = float(ops.convert_to_numpy(ops.mean(cross_entropy))) + expected
    assert model.evaluate(X, X, verbose=0) == pytest.approx(total, rel=1e-4)


def test_the_decoder_has_the_encoders_weights():
    model = ContractiveAutoencoder(4)
    model(X)
    kernel, bias = (ops.convert_to_numpy(weight) for weight in model.encoder.weights)
    h = 1 / (1 + np.exp(-(X @ kernel + bias)))
    expected = 1 / (1 + np.exp(-(h @ kernel.T)))
    np.testing.assert_allclose(ops.convert_to_numpy(model(X)), expected, atol=1e-5)
    assert model.count_params() == 9 * 4 + 4 + 9


def test_it_is_the_same_after_saving(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.units, loaded.weight) == (4, 0.1)
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)


def test_a_large_weight_makes_the_codes_deaf():
    sizes = []
    for weight in (0.0, 1.0):
        keras.utils.set_random_seed(3)
        model = ContractiveAutoencoder(4, weight)
        model.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy")
        model.fit(X, X, epochs=20, verbose=0)
        sizes.append(squared_jacobian(model.encoder, X).mean())
    assert sizes[1] < sizes[0] / 10
