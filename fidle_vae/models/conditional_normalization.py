"""A layer through which a condition acts on feature maps."""

import keras
from keras import layers


@keras.saving.register_keras_serializable("fidle_vae")
class ConditionalBatchNormalization(layers.Layer):
    """Batch normalization whose scale and shift follow from a condition (de Vries et al. 2017).

    Takes [x, c], x of shape (batch, ..., channels) and c of shape (batch, numbers): one-hot classes
    or attributes. First x is normalized, then each channel is scaled and shifted:

        y = (1 + scale(c)) (x - mean) / sqrt(variance + epsilon) + shift(c)

    scale and shift are linear in c and begin at 0, so that all conditions begin equal.

    Args:
        momentum: of the running mean and variance, which predictions take.
        epsilon: added to the variance.
    """

    def __init__(self, momentum=0.99, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.epsilon = momentum, epsilon
        self.normalization = layers.BatchNormalization(
            momentum=momentum, epsilon=epsilon, center=False, scale=False
        )

    def build(self, input_shape):
        """Make the weights, for the channels of x and the numbers of the condition."""
        x_shape, c_shape = input_shape
        self.normalization.build(x_shape)
        self.scale, self.shift = (
            layers.Dense(x_shape[-1], use_bias=bias, kernel_initializer="zeros", name=name)
            for name, bias in (("scale", False), ("shift", True))
        )
        for layer in (self.scale, self.shift):
            layer.build(c_shape)
        self.built = True

    def call(self, inputs, training=None):
        """Return the normalized x, scaled and shifted as its condition asks."""
        x, c = inputs
        x = self.normalization(x, training=training)
        return (1 + _over_places(self.scale(c), x)) * x + _over_places(self.shift(c), x)

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs, which is that of x."""
        return tuple(input_shape[0])

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}


def _over_places(numbers, x):
    """Return a number for each channel, (batch, channels), in a shape that fits x."""
    between = (1,) * (len(x.shape) - 2)
    return keras.ops.reshape(numbers, (-1, *between, x.shape[-1]))
