"""Muon, an optimizer that learns rare directions as fast as common ones."""

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable("fidle_vae")
class Muon(keras.optimizers.Adam):
    """Adam, but the kernels of dense layers and of convolutions move by orthogonal matrices.

    A kernel is a matrix from a layer's inputs to its outputs. A few directions, those that all
    images share, fill most of its gradient, and the others are learned late. Muon (Jordan et al.
    2024) gives all of them the same length: it moves the kernel by U V^T, where U S V^T is the
    singular value decomposition of the averaged gradient. Five products of small matrices come
    near enough to it. What is no such matrix (biases, kernels from or to a few values) is Adam's.

    A step is scaled so that `learning_rate` is what a weight moves by, in root mean square. Adam's
    weights move by about as much, so that a rate that suits Adam is a rate to begin with here.

    Args:
        learning_rate: a number or a schedule.
        momentum: how much of the average gradient a step keeps.
        beta_2: of Adam, for what Muon does not take.
    """

    def __init__(self, learning_rate=1e-3, momentum=0.95, beta_2=0.99, **kwargs):
        super().__init__(learning_rate, beta_2=beta_2, **kwargs)
        self.momentum = momentum

    def update_step(self, gradient, variable, learning_rate):
        """Move one weight array."""
        if not is_matrix(variable.shape):
            super().update_step(gradient, variable, learning_rate)
            return
        average = self._momentums[self._get_variable_index(variable)]
        self.assign(average, self.momentum * average + gradient)
        ahead = self.momentum * average + gradient  # where the average will be: Nesterov's
        shape = math.prod(variable.shape[:-1]), variable.shape[-1]
        step = math.sqrt(max(shape)) * orthogonal(ops.reshape(ahead, shape))
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, rate * ops.reshape(step, variable.shape))

    def get_config(self):
        """Arguments to make this optimizer again."""
        return {**super().get_config(), "momentum": self.momentum}


def is_matrix(shape: tuple[int, ...]) -> bool:
    """Tell whether a weight array is a kernel with more than a few inputs and outputs."""
    return len(shape) >= 2 and min(shape[-2:]) > 2


def orthogonal(matrix):
    """Give U V^T of a matrix U S V^T, nearly: its singular values come to lie around 1.

    A polynomial of odd degree acts on the singular values alone. This one, five times over, lifts
    even small ones to between 0.7 and 1.2. Its coefficients are those of Jordan et al.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = ops.transpose(matrix) if tall else matrix
    x = x / (ops.norm(x) + 1e-7)
    for _ in range(5):
        square = x @ ops.transpose(x)
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return ops.transpose(x) if tall else x
