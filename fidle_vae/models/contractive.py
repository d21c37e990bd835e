"""A contractive autoencoder: one sigmoid layer whose codes are to change little with the image."""

import keras
import numpy as np
from keras import layers, ops


def sigmoid_contraction(h, kernel):
    """Squared Frobenius norm of the Jacobian dh/dx of one sigmoid layer, h = sigmoid(x W + b).

    sum_j (h_j (1 - h_j))^2 sum_i W_ij^2, because dh_j/dx_i = h_j (1 - h_j) W_ij.

    Args:
        h: outputs of the layer, shape (batch, units).
        kernel: W, shape (inputs, units).

    Returns:
        shape (batch,).
    """
    slopes = ops.square(h * (1 - h))
    return ops.sum(slopes * ops.sum(ops.square(kernel), axis=0), axis=-1)


def squared_jacobian(network: keras.Layer, x: np.ndarray) -> np.ndarray:
    """Return the same norm of any network, by automatic differentiation, shape (batch,).

    Args:
        network: a layer or model from (batch, inputs) to (batch, outputs); no output may depend on
            other images of its batch.
        x: vectors, shape (batch, inputs).
    """
    x = ops.convert_to_tensor(x, dtype=keras.config.floatx())
    jacobian = _JACOBIANS[keras.config.backend()](network, x)  # (batch, outputs, inputs)
    return ops.convert_to_numpy(ops.sum(ops.square(jacobian), axis=(1, 2)))


def _by_tape(network, x):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(x)
        h = network(x)
    return tape.batch_jacobian(h, x)


def _by_jax(network, x):
    import jax

    return jax.vmap(jax.jacrev(lambda row: network(row[None])[0]))(x)


def _by_torch(network, x):
    import torch

    of_one = torch.func.jacrev(lambda row: network(row[None])[0])
    return torch.stack([of_one(row) for row in x]).detach()


_JACOBIANS = {"tensorflow": _by_tape, "jax": _by_jax, "torch": _by_torch}


@keras.saving.register_keras_serializable("fidle_vae")
class ContractiveAutoencoder(keras.Model):
    """An autoencoder of one sigmoid layer each way, with `weight` times the contraction as penalty.

    It takes and gives vectors with values in [0, 1]; `encoder` gives the codes. The decoder has the
    encoder's kernel, transposed. This leaves no way around the penalty: with a kernel of its own,
    small codes could be made up for by large weights.

    Args:
        units: numbers in a code.
        weight: of the penalty, which is the mean of `sigmoid_contraction`; 0 for none.
    """

    def __init__(self, units: int, weight: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.weight = units, weight
        self.encoder = layers.Dense(units, activation="sigmoid", name="encoder")

    def build(self, input_shape):
        """Make the encoder's weights, and the decoder's bias."""
        self.encoder.build(input_shape)
        self.bias = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="bias")

    def call(self, x):
        """Return the copies of a batch, and add the penalty to the loss."""
        h, kernel = self.encoder(x), self.encoder.kernel
        self.add_loss(self.weight * ops.mean(sigmoid_contraction(h, kernel)))
        return ops.sigmoid(ops.matmul(h, ops.transpose(kernel)) + self.bias)

    def get_config(self):
        """Return the arguments that make this model again."""
        return {**super().get_config(), "units": self.units, "weight": self.weight}
