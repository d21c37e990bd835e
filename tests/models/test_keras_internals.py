import gc

import keras
import numpy as np
import pytest

from fidle_vae.models.keras_internals import compiles_a_step, freeing_graphs, source_of

pytestmark = pytest.mark.core


def test_source_of_a_tensor_is_its_layer_and_the_tensors_that_layer_was_called_on():
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


def test_source_of_a_tensor_has_its_index_among_the_outputs():
    inputs = keras.Input((2,))
    two = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(3)(inputs)])
    outputs = two(keras.Input((2,)))
    assert [source_of(tensor).output for tensor in outputs] == [0, 1]


def test_a_stateless_scope_is_detected():
    assert not compiles_a_step()
    variable = keras.Variable(np.zeros(1, "float32"))
    with keras.StatelessScope(state_mapping=[(variable, variable.value)]):
        assert compiles_a_step()
    assert not compiles_a_step()


def test_a_training_leaves_no_graph():
    def train():
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        model.compile("adam", loss="mse")
        with freeing_graphs():
            model.fit(np.zeros((4, 3)), np.zeros((4, 2)), verbose=0)

    def graphs():
        gc.collect()
        return sum(type(each).__name__ == "FuncGraph" for each in gc.get_objects())

    train()
    before = graphs()
    for _ in range(3):
        train()
    assert graphs() == before
