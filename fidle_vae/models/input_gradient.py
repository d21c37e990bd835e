"""The gradient of a function with respect to its inputs, within a training step of any backend."""

from collections.abc import Callable

import keras
from keras import ops


def input_gradient(function: Callable, x):
    """Return the gradient of each output of a function with respect to its own input.

    A loss may depend on it: it can be differentiated once more, with respect to weights.

    Args:
        function: (batch, ...) -> (batch,) or (batch, 1); no output may depend on other rows.
        x: where, shape (batch, ...).

    Returns:
        A tensor of the shape of x.
    """
    return _GRADIENTS[keras.config.backend()](function, ops.convert_to_tensor(x))


def _by_tape(function, x):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)


def _by_jax(function, x):
    import jax

    return jax.grad(lambda x: function(x).sum())(x)


def _by_torch(function, x):
    import torch

    with torch.enable_grad():
        x = x.detach().requires_grad_()
        return torch.autograd.grad(function(x).sum(), x, create_graph=True)[0]


_GRADIENTS = {"tensorflow": _by_tape, "jax": _by_jax, "torch": _by_torch}
