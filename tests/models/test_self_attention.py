import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.self_attention import SelfAttention

pytestmark = pytest.mark.core
RNG = np.random.default_rng(0)


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def maps():
    return RNG.standard_normal((2, 3, 4, 8)).astype("float32")


def test_at_first_it_returns_its_input():
    x = maps()
    np.testing.assert_array_equal(numbers(SelfAttention()(x)), x)


def test_each_place_gets_what_it_looks_at():
    """The formula, written for one image and one place at a time."""
    x, layer = maps(), SelfAttention(size=2)
    layer.build(x.shape)
    layer.gamma.assign(0.7)
    inner = layer.attention
    (q, k, v, o) = (
        (numbers(each.kernel), numbers(each.bias))
        for each in (
            inner.query_dense,
            inner.key_dense,
            inner.value_dense,
            inner.output_dense,
        )
    )
    found, looked = numbers(layer(x)), numbers(layer.look(x))
    for image, drawn, shares in zip(x, found, looked, strict=True):
        places = image.reshape(12, 8)
        queries, keys, values = (places @ a[:, 0] + b for a, b in (q, k, v))
        for i in range(12):
            scores = np.exp(keys @ queries[i] / np.sqrt(2))
            weights = scores / scores.sum()
            due = places[i] + 0.7 * (weights @ values @ o[0][0] + o[1])
            np.testing.assert_allclose(drawn.reshape(12, 8)[i], due, rtol=1e-3, atol=1e-4)
            np.testing.assert_allclose(shares.reshape(12, 12)[i], weights, rtol=1e-3, atol=1e-5)


def test_the_shares_of_a_place_add_up_to_1():
    x, layer = maps(), SelfAttention()
    layer(x)
    looked = numbers(layer.look(x))
    assert looked.shape == (2, 3, 4, 3, 4)
    np.testing.assert_allclose(looked.sum(axis=(3, 4)), 1, rtol=1e-5)


def test_it_is_made_again_from_its_config_and_has_a_shape():
    layer = SelfAttention.from_config(SelfAttention(size=5, name="look").get_config())
    assert (layer.size, layer.name) == (5, "look")
    assert layer(keras.Input((3, 4, 8))).shape == (None, 3, 4, 8)


def test_what_is_no_map_is_refused():
    with pytest.raises(ValueError, match=r"got the shape \(None, 8\): place it before Flatten"):
        SelfAttention()(keras.Input((8,)))
    with pytest.raises(ValueError, match="size must be"):
        SelfAttention(size=0)
