"""A layer in which every place of a feature map looks at all others."""

import math

import keras
from keras import layers, ops

from fidle_vae.common.validation import require_count


@keras.saving.register_keras_serializable("fidle_vae")
class SelfAttention(layers.Layer):
    """Add to each place of a feature map what it finds at the others (Zhang et al. 2019).

    y = x + gamma attention(x), with one head over all places. gamma is one number that is learned
    and begins at 0: at first the layer returns x as it is.

    Args:
        size: numbers in a query and in a key; None takes an eighth of the channels, as the paper.
    """

    def __init__(self, size=None, **kwargs):
        super().__init__(**kwargs)
        if size is not None:
            require_count("size", size, 8)
        self.size = size

    def build(self, input_shape):
        """Make the weights, for maps of shape (batch, height, width, channels)."""
        if len(input_shape) != 4:
            raise ValueError(
                f"SelfAttention takes feature maps of shape (batch, height, width, channels), got "
                f"the shape {tuple(input_shape)}: place it before Flatten."
            )
        channels = input_shape[-1]
        size = self.size or max(1, channels // 8)
        self.attention = layers.MultiHeadAttention(1, size, value_dim=max(1, channels // 2))
        places = (None, math.prod(input_shape[1:3]), channels)
        self.attention.build(places, places)
        self.gamma = self.add_weight(shape=(), initializer="zeros", name="gamma")
        self.built = True

    def call(self, x):
        """Return maps of the shape of x."""
        return x + self.gamma * ops.reshape(self._attend(x)[0], ops.shape(x))

    def look(self, x):
        """Return at which places each place looks, (batch, height, width, height, width).

        The first two places are the one that looks; over the other two, the shares add up to 1.
        """
        x = ops.convert_to_tensor(x)
        return ops.reshape(self._attend(x)[1], (-1, *x.shape[1:3], *x.shape[1:3]))

    def _attend(self, x):
        places = ops.reshape(x, (-1, math.prod(x.shape[1:3]), x.shape[-1]))
        return self.attention(places, places, return_attention_scores=True)

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs, which is that of x."""
        return tuple(input_shape)

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "size": self.size}
