"""The average of a generator's weights against a plain loop over the weights of each step."""

import keras
import numpy as np
import pytest

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.averaged_weights import averaged

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)


def game(optimizer):
    keras.utils.set_random_seed(1)
    networks = (build_generator("plain", SHAPE, 3, 4), build_discriminator("plain", SHAPE, 4))
    model = Adversarial(*networks, seed=5)
    model.compile(optimizer)
    return model


def images():
    return np.random.default_rng(0).random((40, *SHAPE)).astype("float32")


def test_the_average_is_that_of_all_steps_and_the_weights_come_back():
    model = game(keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.7))
    seen = []
    keep = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda step, logs: seen.append(model.generator.get_weights())
    )
    model.fit(images(), batch_size=8, callbacks=[keep])
    assert len(seen) == 5
    expected = seen[0]  # the first weights begin the average
    for step in seen[1:]:
        expected = [0.7 * a + 0.3 * w for a, w in zip(expected, step, strict=True)]
    with averaged(model) as same:
        assert same is model
        for found, due in zip(model.generator.get_weights(), expected, strict=True):
            np.testing.assert_allclose(found, due, rtol=1e-4, atol=1e-5)
    for found, due in zip(model.generator.get_weights(), seen[-1], strict=True):
        np.testing.assert_array_equal(found, due)


def test_looking_at_the_average_does_not_change_the_training():
    ends = []
    for looks in (False, True):
        model = game(keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.7))

        def look(step, logs, model=model):
            with averaged(model):
                model.sample(2, seed=0)

        callbacks = [keras.callbacks.LambdaCallback(on_train_batch_end=look)] if looks else []
        model.fit(images(), batch_size=8, callbacks=callbacks)
        ends.append(model.sample(3, seed=0))
    np.testing.assert_allclose(*ends, atol=1e-6)


def test_the_weights_come_back_after_an_error():
    model = game(keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.7))
    model.fit(images(), batch_size=8)
    before = model.sample(2, seed=0)
    with pytest.raises(RuntimeError), averaged(model):
        raise RuntimeError
    np.testing.assert_array_equal(model.sample(2, seed=0), before)


def test_a_game_without_an_average_is_refused():
    model = game(keras.optimizers.Adam(0.01))
    with pytest.raises(ValueError, match="use_ema=True"), averaged(model):
        pass
    untrained = game(keras.optimizers.Adam(0.01, use_ema=True))
    with pytest.raises(ValueError, match="call fit first"), averaged(untrained):
        pass
