import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.minibatch_deviation import MinibatchDeviation

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)


@pytest.mark.parametrize("shape", [(6, 4), (6, 3, 5, 4)])
def test_one_channel_more_has_the_mean_deviation_over_the_batch(shape):
    x = np.random.default_rng(0).normal(2, 3, shape).astype("float32")
    found = ops.convert_to_numpy(MinibatchDeviation()(x))
    np.testing.assert_array_equal(found[..., :-1], x)
    np.testing.assert_allclose(found[..., -1], x.std(axis=0).mean(), rtol=1e-4)


def test_equal_images_have_none():
    x = np.repeat(np.random.default_rng(0).random((1, 3, 3, 2)), 5, axis=0).astype("float32")
    assert ops.convert_to_numpy(MinibatchDeviation()(x))[..., -1].max() < 1e-3


def test_a_discriminator_with_it_tells_equal_images_from_different_ones_and_learns():
    """Every single image is a real one: only their company betrays the generator."""
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    x = rng.random((512, *SHAPE)).astype("float32")
    copies = np.repeat(x[::32], 32, axis=0)  # each batch is one image
    network = build_discriminator("plain", SHAPE, 4, deviation=True)
    network.compile(keras.optimizers.Adam(3e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    for _ in range(12):
        for start in range(0, 512, 32):
            network.train_on_batch(x[start : start + 32], np.ones((32, 1)))
            network.train_on_batch(copies[start : start + 32], np.zeros((32, 1)))
    varied, equal = (ops.convert_to_numpy(network(each[:32])) for each in (x, copies))
    assert varied.min() > equal.max()


def test_a_symbolic_batch_has_the_right_shape():
    assert MinibatchDeviation()(keras.Input((3, 5, 4))).shape == (None, 3, 5, 5)


@pytest.mark.parametrize("penalty", ["r1", "gradient_penalty"])
def test_no_penalty_goes_with_it(penalty):
    networks = (
        build_generator("plain", SHAPE, 3, 4),
        build_discriminator("plain", SHAPE, 4, deviation=True),
    )
    with pytest.raises(ValueError, match=f"penalty must be None .* got '{penalty}'"):
        Adversarial(*networks, penalty=penalty)
