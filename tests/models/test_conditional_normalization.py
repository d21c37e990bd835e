import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.conditional_normalization import ConditionalBatchNormalization

pytestmark = pytest.mark.core
RNG = np.random.default_rng(0)


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def learned(x, c):
    """Return a layer with weights as after a training."""
    layer = ConditionalBatchNormalization(momentum=0.5, epsilon=0.01)
    layer.build((x.shape, c.shape))
    for weight in layer.trainable_variables:
        weight.assign(RNG.normal(0, 1, weight.shape))
    return layer


@pytest.mark.parametrize("shape", [(6, 4), (6, 3, 5, 4)])
def test_it_normalizes_over_the_batch_and_then_each_image_as_its_condition_asks(shape):
    x, c = RNG.normal(3, 2, shape), np.eye(3)[[0, 1, 2, 2, 0, 1]]
    layer = learned(x, c)
    axes = tuple(range(x.ndim - 1))
    normal = (x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes) + 0.01)
    scale, shift = numbers(layer.scale.kernel), numbers(layer.shift.kernel)
    bias = numbers(layer.shift.bias)
    found = numbers(layer([x.astype("float32"), c.astype("float32")], training=True))
    for i, asked in enumerate(c.argmax(axis=1)):
        due = (1 + scale[asked]) * normal[i] + shift[asked] + bias
        np.testing.assert_allclose(found[i], due, rtol=1e-3, atol=1e-3)


def test_at_first_it_is_batch_normalization_for_every_condition():
    x = RNG.normal(3, 2, (8, 2, 2, 3)).astype("float32")
    plain = keras.layers.BatchNormalization()(x, training=True)
    for c in (0, 1):
        one_hot = np.eye(2, dtype="float32")[[c] * 8]
        found = ConditionalBatchNormalization()([x, one_hot], training=True)
        np.testing.assert_allclose(numbers(found), numbers(plain), rtol=1e-4, atol=1e-5)


def test_predictions_take_the_running_mean_so_that_no_image_depends_on_others():
    x, c = RNG.normal(3, 2, (8, 2, 2, 3)).astype("float32"), np.eye(2, dtype="float32")[[0, 1] * 4]
    layer = learned(x, c)
    before = numbers(layer([x, c]))
    layer([x, c], training=True)
    after = numbers(layer([x, c]))
    assert np.abs(before - after).max() > 0.1
    np.testing.assert_allclose(numbers(layer([x[:1], c[:1]])), after[:1], rtol=1e-5, atol=1e-5)


def test_it_is_made_again_from_its_config_and_has_a_shape():
    layer = ConditionalBatchNormalization(momentum=0.5, epsilon=0.01, name="asked")
    again = ConditionalBatchNormalization.from_config(layer.get_config())
    assert (again.momentum, again.epsilon, again.name) == (0.5, 0.01, "asked")
    inputs = [keras.Input((3, 5, 4)), keras.Input((10,))]
    assert again(inputs).shape == (None, 3, 5, 4)
