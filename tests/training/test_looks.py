import time

import keras
import numpy as np
import pytest

from fidle_vae.training.looks import Looks

pytestmark = pytest.mark.core


def trained(callback, epochs=2):
    """Train one weight on 6 images of 1, 3 steps an epoch."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    x = np.ones((6, 1), "float32")
    model.fit(x, x, batch_size=2, epochs=epochs, verbose=0, callbacks=[callback])
    return model


def test_it_looks_after_the_chosen_steps_over_all_epochs():
    looks = Looks(lambda model: float(model.get_weights()[0][0, 0]), at=(1, 4, 6, 99))
    model = trained(looks)
    assert looks.steps == [1, 4, 6]
    errors = 1 - np.array(looks.found)  # each step keeps 0.8 of the error
    np.testing.assert_allclose(errors, errors[0] * 0.8 ** np.array([0, 3, 5]), rtol=1e-3)
    assert looks.found[-1] == pytest.approx(float(model.get_weights()[0][0, 0]))
    assert len(looks.losses["loss"]) == 6


def test_the_time_of_the_looks_is_not_counted():
    def slow(model):
        end = time.process_time() + 0.6
        while time.process_time() < end:
            pass

    looks = Looks(slow, at=range(2, 7))
    begin = time.process_time()
    trained(looks)
    assert time.process_time() - begin > 3
    assert 0 < looks.seconds[0] <= looks.seconds[-1] <= looks.all_seconds
    assert looks.all_seconds < time.process_time() - begin - 2.9


def test_a_step_before_the_first_is_refused():
    with pytest.raises(ValueError, match="steps from 1 on, got 0"):
        Looks(len, at=(0, 3))
