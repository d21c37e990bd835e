"""Access to two private parts of Keras, each behind one function.

If a release of Keras moves one of them, `tests/models/test_keras_internals.py` fails and names it.
"""

from typing import NamedTuple

import keras


class Source(NamedTuple):
    """Where a symbolic tensor of a functional model comes from."""

    layer: keras.Layer
    output: int
    """Index of the tensor among the layer's outputs."""
    inputs: list
    """The tensors that the layer was called on."""


def source_of(tensor) -> Source:
    """Return the layer that made a symbolic tensor, and what that layer was called on.

    Keras offers no public way from a tensor back through the graph: `clone_model` with a
    `call_function` walks it, but makes new layers and draws new weights.
    """
    layer, call, output = tensor._keras_history
    return Source(layer, output, layer._inbound_nodes[call].input_tensors)


def compiles_a_step() -> bool:
    """Whether Keras is compiling a step on JAX, during which a layer cannot read its own weights.

    `keras.StatelessScope` is public, but there is no public way to ask whether one is entered.
    """
    return bool(keras.src.backend.in_stateless_scope())
