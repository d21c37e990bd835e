import itertools

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models import build_pixel_chain, pixel_chain

ALL = np.array(list(itertools.product((0, 1), repeat=5)), dtype="float32")


@pytest.fixture(scope="module")
def x():
    """Images of 5 pixels: the second is like the first, the last is the opposite of the fourth."""
    x = np.random.default_rng(0).integers(0, 2, (512, 5)).astype("float32")
    x[:, 1], x[:, 4] = x[:, 0], 1 - x[:, 3]
    return x


@pytest.fixture(scope="module")
def chain(x):
    keras.utils.set_random_seed(1)
    chain = build_pixel_chain(np.full(5, 0.5))
    chain.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy")
    chain.fit(x, x, epochs=30, batch_size=64, verbose=0)
    return chain


def test_the_probabilities_of_all_images_add_up_to_1(chain):
    assert np.exp(pixel_chain.log_prob(chain, ALL)).sum() == pytest.approx(1, abs=1e-5)


def test_it_begins_with_independent_pixels():
    shares = np.array([0.1, 0.3, 0.8])
    chain = build_pixel_chain(shares)
    image = np.array([[1, 0, 1]], "float32")
    expected = np.log(0.1 * 0.7 * 0.8)
    assert pixel_chain.log_prob(chain, image) == pytest.approx(expected, rel=1e-5)


def test_it_learns_what_goes_together(chain, x):
    assert pixel_chain.log_prob(chain, x).mean() > 3 * np.log(0.5) - 0.1  # 3 free pixels
    broken = x.copy()
    broken[:, 1] = 1 - broken[:, 1]
    assert pixel_chain.log_prob(chain, broken).mean() < -6


def test_no_unit_sees_its_own_pixel_or_a_later_one(chain):
    kernel = ops.convert_to_numpy(chain.layers[-1].kernel)
    assert not np.tril(kernel).any()
    assert kernel[0, 1] > 2


def test_its_draws_obey_what_it_has_learned(chain):
    drawn = pixel_chain.draw(chain, 2000, np.random.default_rng(2))
    assert (drawn[:, 0] == drawn[:, 1]).mean() > 0.95
    assert (drawn[:, 3] != drawn[:, 4]).mean() > 0.95
    assert drawn.mean(axis=0) == pytest.approx(0.5, abs=0.08)
    assert set(np.unique(drawn)) == {0, 1}


def test_it_is_saved_and_loaded(chain, tmp_path):
    chain.save(tmp_path / "chain.keras")
    again = keras.saving.load_model(tmp_path / "chain.keras")
    assert np.array_equal(pixel_chain.log_prob(chain, ALL), pixel_chain.log_prob(again, ALL))
