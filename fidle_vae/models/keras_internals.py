"""Access to private parts of Keras and TensorFlow, each behind one function.

If a release moves one of them, `tests/models/test_keras_internals.py` fails and names it.
"""

import contextlib
import gc
from collections.abc import Iterator
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


@contextlib.contextmanager
def freeing_graphs() -> Iterator[None]:
    """Free the graphs of a training at its end, which TensorFlow would keep as long as it runs.

    Keras's optimizer sums gradients by an operation whose own gradient TensorFlow registers anew in
    each graph, and never removes; the graph, the images and the model stay with it.
    """
    if keras.config.backend() != "tensorflow":
        yield
        return
    from tensorflow.python.framework import ops

    registered = ops.gradient_registry._registry
    before = set(registered)
    try:
        yield
    finally:
        for name in set(registered) - before:
            if name.startswith("CustomGradient-"):
                del registered[name]
        gc.collect()
