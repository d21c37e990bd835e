import keras
import numpy as np
import pytest

from fidle_vae.data.datasets import load_dataset
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.training.schedules import PEAK, SCHEDULES, one_cycle


def rates(schedule, steps):
    return np.array([float(schedule(step)) for step in range(steps)])


@pytest.mark.core
def test_the_rate_climbs_for_a_tenth_then_falls_to_zero_as_a_cosine():
    found = rates(one_cycle(images=100, batch_size=30, epochs=10, peak=0.5), 41)  # 40 steps
    climb = np.linspace(0, 0.5, 5)
    fall = 0.25 * (1 + np.cos(np.linspace(0, np.pi, 37)))
    np.testing.assert_allclose(found, [*climb, *fall[1:]], atol=1e-6)


def test_the_last_partial_batch_is_a_step():
    found = rates(one_cycle(images=301, batch_size=30, epochs=10), 112)  # 11 steps an epoch
    assert found.argmax() == 11
    assert found.max() == pytest.approx(PEAK)
    assert found[109] > found[110] == pytest.approx(0, abs=1e-9)
    assert found[111] == pytest.approx(0, abs=1e-9)


def test_one_step_is_enough_for_a_cycle():
    assert np.isfinite(rates(one_cycle(images=1, batch_size=64, epochs=1), 3)).all()


def test_the_constant_schedule_is_a_number():
    assert SCHEDULES["constant"](300, 30, 20) == 1e-3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"images": 0}, "images must be an integer of 1 or more; got 0: try 60000."),
        ({"batch_size": 1.5}, "batch_size must be an integer of 1 or more; got 1.5: try 64."),
        ({"epochs": -1}, "epochs must be an integer of 1 or more; got -1: try 10."),
        ({"peak": 0.0}, "peak must be a number above 0; got 0.0: try 0.003."),
        ({"peak": float("nan")}, "peak must be a number above 0; got nan: try 0.003."),
        ({"peak": "high"}, "peak must be a number above 0; got 'high': try 0.003."),
    ],
)
def test_bad_input_raises_one_sentence(arguments, sentence):
    with pytest.raises(ValueError, match="must be") as error:
        one_cycle(**({"images": 300, "batch_size": 30, "epochs": 20} | arguments))
    assert str(error.value) == sentence


def trained(rate, data, epochs):
    keras.utils.set_random_seed(1)
    vae = VAE(build_encoder("mlp", (28, 28, 1), 2), build_decoder("mlp", (28, 28, 1), 2), seed=1)
    vae.compile(keras.optimizers.Adam(rate))
    vae.fit(data.x_train, batch_size=32, epochs=epochs, verbose=0)
    return vae


def test_a_cycle_gets_further_than_a_constant_rate_in_as_many_epochs():
    data = load_dataset("digits", 0.05, 1)
    elbos = [
        trained(SCHEDULES[name](len(data.x_train), 32, 2), data, 2).evaluate(
            data.x_test, verbose=0, return_dict=True
        )["elbo"]
        for name in ("constant", "one_cycle")
    ]
    assert elbos[1] > elbos[0] + 1


@pytest.mark.core
def test_a_model_trained_with_it_is_saved_and_loaded(tmp_path):
    data = load_dataset("digits", 0.005, 1)
    vae = trained(one_cycle(len(data.x_train), 32, 1), data, 1)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.saving.load_model(tmp_path / "vae.keras")
    assert float(loaded.optimizer.learning_rate) == float(vae.optimizer.learning_rate)
    np.testing.assert_array_equal(loaded.get_weights()[0], vae.get_weights()[0])
