"""Generators and discriminators, for images of any size and number of channels."""

import math

import keras
from keras import layers

from fidle_vae.common.validation import require_choice, require_count

SLOPE = 0.2  # of LeakyReLU where its input is negative


def build_generator(kind, output_shape, latent_dim, width=32, condition=0, normalize=True):
    """Build a network from latent points to images in [0, 1].

    Args:
        kind: "dcgan" (transposed convolutions, batch normalization; Radford et al. 2016) or "plain"
            (pixels doubled, then convolved; no normalization).
        output_shape: (height, width, channels) of an image.
        latent_dim: dimensions of the latent space.
        width: channels at half the size of the image; more of them draw better and take longer.
        condition: how many numbers the condition has that is joined to z, such as 10 for one of ten
            classes; 0 for none.
        normalize: whether a "dcgan" has its batch normalization; a "plain" one never has any.

    Returns:
        A functional model named "generator", z -> images; with a condition, [z, c] -> images.
    """
    _check(kind, latent_dim, width)
    z = keras.Input((latent_dim,), name="z")
    inputs, x = z, z
    if condition:
        c = keras.Input((condition,), name="condition")
        inputs, x = [z, c], layers.Concatenate()([z, c])
    height, columns, channels = output_shape
    small = (math.ceil(height / 4), math.ceil(columns / 4), 2 * width)
    normalize = normalize and kind == "dcgan"
    x = _maybe_normalized(layers.Dense(math.prod(small), use_bias=not normalize)(x), normalize)
    x = layers.Reshape(small)((layers.ReLU if kind == "dcgan" else _leaky)()(x))
    if kind == "dcgan":
        x = _grow_by_strides(x, width, normalize)
        x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")(x)
    else:
        x = _grow(_grow(x, width), width // 2)
        x = layers.Conv2D(channels, 1, activation="sigmoid")(x)
    too_high, too_wide = x.shape[1] - height, x.shape[2] - columns
    if too_high or too_wide:
        x = layers.Cropping2D(((0, too_high), (0, too_wide)))(x)
    return keras.Model(inputs, x, name="generator")


def build_discriminator(kind, input_shape, width=32, normalize=False):
    """Build a network from images to logits, high for images that it takes for real.

    Args:
        kind: "dcgan" (strided convolutions) or "plain" (one convolution more).
        input_shape: (height, width, channels) of an image.
        width: channels at half the size of the image.
        normalize: whether the second convolution has batch normalization. Not with a penalty: what
            the network says of one image would depend on the others.

    Returns:
        A functional model named "discriminator", images -> logits of shape (batch, 1).
    """
    _check(kind, 2, width)
    image = x = keras.Input(input_shape, name="image")
    if kind == "plain":
        x = _leaky()(layers.Conv2D(width // 2, 1)(x))
    x = _leaky()(layers.Conv2D(width, 4, strides=2, padding="same")(x))
    x = layers.Conv2D(2 * width, 4, strides=2, padding="same", use_bias=not normalize)(x)
    x = _leaky()(_maybe_normalized(x, normalize))
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(x)), name="discriminator")


def _grow_by_strides(x, width, normalize):
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=not normalize)(x)
    return layers.ReLU()(_maybe_normalized(x, normalize))


def _grow(x, width):
    return _leaky()(layers.Conv2D(width, 3, padding="same")(layers.UpSampling2D(2)(x)))


def _maybe_normalized(x, normalize):
    return layers.BatchNormalization()(x) if normalize else x


def _leaky():
    return layers.LeakyReLU(negative_slope=SLOPE)


def _check(kind, latent_dim, width):
    require_choice("kind", kind, ("dcgan", "plain"))
    require_count("latent_dim", latent_dim, 32)
    require_count("width", width, 32)
