"""Constraints that keep a critic from being steep: they act after each step of the optimizer."""

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable("fidle_vae")
class ClipWeights(keras.constraints.Constraint):
    """Move each weight into [-limit, limit] (WGAN, Arjovsky et al. 2017).

    Args:
        limit: above 0; 0.01 in the paper.
    """

    def __init__(self, limit=0.01):
        if isinstance(limit, bool) or not (isinstance(limit, int | float) and 0 < limit < math.inf):
            raise ValueError(f"limit must be a number above 0, got {limit!r}: try 0.01.")
        self.limit = limit

    def __call__(self, value):
        """Return the clipped weights."""
        return ops.clip(value, -self.limit, self.limit)

    def get_config(self):
        """Return the arguments that make this constraint again."""
        return {"limit": self.limit}


@keras.saving.register_keras_serializable("fidle_vae")
class UnitSpectralNorm(keras.constraints.Constraint):
    """Divide a kernel by its spectral norm (after Miyato et al. 2018).

    The norm is the largest singular value of the kernel as a matrix of (inputs, outputs), where
    the inputs of a convolution are those of one place: no input is stretched by more than that.

    `keras.layers.SpectralNormalization` overwrites the kernel too, but in each call in training
    mode, by an estimate. Predictions right after a step then see another norm, the generator's step
    changes the discriminator, and two calls in one step are an error on PyTorch. After the step of
    the optimizer, the norm is 1 whoever looks.
    """

    def __call__(self, value):
        """Return the kernel with a spectral norm of 1."""
        matrix = ops.reshape(value, (-1, value.shape[-1]))
        if matrix.shape[0] < matrix.shape[1]:
            matrix = ops.transpose(matrix)
        squares = ops.linalg.eigh(ops.matmul(ops.transpose(matrix), matrix))[0]  # ascending
        return value / ops.sqrt(ops.maximum(squares[-1], 1e-12))
