import keras
import numpy as np
import pytest

from fidle_vae.models.keras_internals import compiles_a_step, source_of

pytestmark = pytest.mark.core


def test_a_tensor_is_followed_back_through_its_layer_to_what_that_was_called_on():
    a, b = keras.Input((3,)), keras.Input((3,))
    dense = keras.layers.Dense(2)
    dense(b)  # an earlier call of the same layer is another node
    hidden = dense(a)
    total = keras.layers.Add()([hidden, dense(b)])
    layer, output, inputs = source_of(total)
    assert (type(layer), output) == (keras.layers.Add, 0)
    assert inputs[0] is hidden
    layer, _, inputs = source_of(hidden)
    assert layer is dense
    assert len(inputs) == 1
    assert inputs[0] is a


def test_the_number_of_an_output_is_known():
    inputs = keras.Input((2,))
    two = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(3)(inputs)])
    outputs = two(keras.Input((2,)))
    assert [source_of(tensor).output for tensor in outputs] == [0, 1]


def test_a_stateless_scope_is_noticed():
    assert not compiles_a_step()
    variable = keras.Variable(np.zeros(1, "float32"))
    with keras.StatelessScope(state_mapping=[(variable, variable.value)]):
        assert compiles_a_step()
    assert not compiles_a_step()
