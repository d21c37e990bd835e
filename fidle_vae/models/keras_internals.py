"""What Keras keeps to itself and we need all the same: two private things, each behind a function.

`tests/models/test_keras_internals.py` fails by name where a release of Keras moves one of them.
"""

from typing import NamedTuple

import keras


class Source(NamedTuple):
    """Where a symbolic tensor of a functional model comes from."""

    layer: keras.Layer
    output: int
    """Which of the layer's outputs it is."""
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
    """Whether Keras is compiling a step on JAX, where a layer's own weights are out of reach.

    `keras.StatelessScope` is public, to ask whether one is entered is not.
    """
    return bool(keras.src.backend.in_stateless_scope())
