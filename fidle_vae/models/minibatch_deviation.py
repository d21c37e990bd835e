"""A layer that shows a discriminator how much the images of a batch differ."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fidle_vae")
class MinibatchDeviation(keras.layers.Layer):
    """Add the standard deviation over the batch as one more channel (Karras et al. 2018).

    It is taken of each feature, or of each channel at each pixel, over the images of the batch;
    the mean of all of them is one number, the same in the whole channel. If a generator draws
    the same image again and again, its batches have a lower one than real images.

    The outputs of an image depend on the others of its batch: predict whole batches of the size of
    training, and take no gradient penalty, which is for functions of single images.
    """

    def call(self, x):
        """Return x, (batch, ..., channels), with another channel."""
        deviation = ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))  # the root has no slope at 0
        channel = ops.zeros_like(x[..., :1]) + deviation
        return ops.concatenate([x, channel], axis=-1)

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs: one more channel."""
        return (*input_shape[:-1], input_shape[-1] + 1)
