"""The second of two generators: it makes a small image large, and adds what it lacks."""

import math

import keras
from keras import layers

from fidle_vae.models.adversarial_networks import SLOPE


def build_second_stage(small_shape, latent_dim, width=24):
    """Build a network from small images, as conditions, to images of twice the size.

    The small image is doubled, and a correction is added, which is 0 before the training. Two
    stages were the idea of Denton et al. 2015 and Zhang et al. 2017.

    Args:
        small_shape: (height, width, channels) of a small image.
        latent_dim: dimensions of the noise, for what the small image leaves open.
        width: channels of the two convolutions.

    Returns:
        A functional model named "generator", [z, c] -> images in [0, 1], for `Adversarial`; c is
        the small image as a row of numbers.
    """
    height, columns, channels = small_shape
    z = keras.Input((latent_dim,), name="z")
    c = keras.Input((math.prod(small_shape),), name="condition")
    small = layers.Reshape(small_shape)(c)
    open_ = layers.Reshape((height, columns, 1))(layers.Dense(height * columns)(z))
    x = _convolved(layers.Concatenate()([small, open_]), width)
    x = _convolved(layers.UpSampling2D(2)(x), width)
    correction = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(x)
    doubled = layers.UpSampling2D(2, interpolation="bilinear")(small)
    images = layers.ReLU(max_value=1.0)(layers.Add()([doubled, correction]))
    return keras.Model([z, c], images, name="generator")


def _convolved(x, width):
    x = layers.Conv2D(width, 3, padding="same")(x)
    return layers.LeakyReLU(negative_slope=SLOPE)(x)
