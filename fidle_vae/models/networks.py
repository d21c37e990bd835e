"""Encoders and decoders of several kinds, for images of any size and number of channels."""

import math
from numbers import Integral

import keras
from keras import layers

from fidle_vae.common.validation import require_choice, require_count

# Start with narrow Gaussians, sigma = exp(-3 / 2) = 0.22. With sigma = 1 the first steps show the
# decoder only noise: it learns to ignore z, and may need hundreds of steps to use it again.
NARROW = keras.initializers.Constant(-3.0)


def build_encoder(kind, input_shape, latent_dim, condition=0):
    """Build a network from images to the two parameters of q(z given x), z_mean and z_log_var.

    Args:
        kind: "strided" (two convolutions with a stride of 2), "conv" (four convolutions), "conv_bn"
            (two, with batch normalization), "deep" (as many as halve the image to about 4 x 4, for
            pictures of any size) or "mlp".
        input_shape: (height, width, channels) of an image.
        latent_dim: dimensions of the latent space, 1 or more.
        condition: how many numbers the condition has that the network takes beside the image, such
            as 10 for one of ten classes; 0 for none.

    Returns:
        A functional model named "encoder", images -> [z_mean, z_log_var]; with a condition,
        [images, conditions] -> [z_mean, z_log_var].
    """
    _check(kind, input_shape, latent_dim, condition)
    image = keras.Input(input_shape, name="image")
    features, _ = NETWORKS[kind]
    inputs, x = _beside(image, features(image), condition)
    if condition:  # what a stroke means depends on the class
        x = layers.Dense(64, activation="relu")(x)
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, bias_initializer=NARROW, name="z_log_var")(x)
    return keras.Model(inputs, [z_mean, z_log_var], name="encoder")


def build_decoder(kind, output_shape, latent_dim, condition=0):
    """Build a network from a latent point to an image, the mirror of the encoder of that kind.

    Args:
        kind: "strided", "conv", "conv_bn", "deep" or "mlp".
        output_shape: (height, width, channels) of an image.
        latent_dim: dimensions of the latent space, 1 or more.
        condition: how many numbers the condition has that the network takes beside z; 0 for none.

    Returns:
        A functional model named "decoder", z -> images in [0, 1]; with a condition,
        [z, conditions] -> images.
    """
    _check(kind, output_shape, latent_dim, condition)
    z = keras.Input((latent_dim,), name="z")
    _, image = NETWORKS[kind]
    inputs, x = _beside(z, z, condition)
    return keras.Model(inputs, image(x, output_shape), name="decoder")


def _beside(inputs, x, condition):
    """Return the inputs with that of the condition, if there is one, and `x` joined to it."""
    if not condition:
        return inputs, x
    c = keras.Input((condition,), name="condition")
    return [inputs, c], layers.Concatenate()([x, c])


def _strided_features(x):
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
    return layers.Dense(128, activation="relu")(layers.Flatten()(x))


def _strided_image(x, shape):
    height, width, channels = shape
    small = (math.ceil(height / 4), math.ceil(width / 4), 64)  # what two strides of 2 leave
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dense(math.prod(small), activation="relu")(x)
    x = layers.Reshape(small)(x)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid")(x)
    return _crop(x, height, width)


def _conv_features(x):
    x = layers.Conv2D(32, 3, strides=1, padding="same", activation="relu")(x)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(64, 3, strides=1, padding="same", activation="relu")(x)
    return layers.Dense(16, activation="relu")(layers.Flatten()(x))


def _conv_image(x, shape):
    height, width, channels = shape
    small = (math.ceil(height / 4), math.ceil(width / 4), 64)
    x = layers.Dense(math.prod(small), activation="relu")(x)
    x = layers.Reshape(small)(x)
    x = layers.Conv2DTranspose(64, 3, strides=1, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(channels, 3, strides=1, padding="same", activation="sigmoid")(x)
    return _crop(x, height, width)


def _conv_bn_features(x):
    x = _normalized(layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False), x)
    x = _normalized(layers.Conv2D(64, 3, strides=2, padding="same", use_bias=False), x)
    return _normalized(layers.Dense(20, use_bias=False), layers.Flatten()(x))


def _conv_bn_image(x, shape):
    height, width, channels = shape
    small = (math.ceil(height / 4), math.ceil(width / 4), 64)
    x = _normalized(layers.Dense(20, use_bias=False), x)
    x = _normalized(layers.Dense(math.prod(small), use_bias=False), x)
    x = layers.Reshape(small)(x)
    x = _normalized(layers.Conv2DTranspose(32, 3, strides=2, padding="same", use_bias=False), x)
    x = layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid")(x)
    return _crop(x, height, width)


def _deep_features(x):
    for width in _deep_widths(*x.shape[1:3]):
        x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
    return layers.Dense(256, activation="relu")(layers.Flatten()(x))


def _deep_image(x, shape):
    height, width, channels = shape
    widths = _deep_widths(height, width)
    small = *(math.ceil(side / 2 ** len(widths)) for side in (height, width)), widths[-1]
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dense(math.prod(small), activation="relu")(x)
    x = layers.Reshape(small)(x)
    for filters in widths[-2::-1]:
        x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid")(x)
    return _crop(x, height, width)


def _deep_widths(height, width):
    """Return the filters of each layer: twice as many where an image is half as high."""
    halvings = max(1, round(math.log2(min(height, width) / 4)))
    return [min(32 * 2**i, 256) for i in range(halvings)]


def _mlp_features(x):
    x = layers.Dense(256, activation="relu")(layers.Flatten()(x))
    return layers.Dense(128, activation="relu")(x)


def _mlp_image(x, shape):
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dense(math.prod(shape), activation="sigmoid")(x)
    return layers.Reshape(shape)(x)


def _normalized(layer, x):
    """Apply `layer`, batch normalization (whose shift replaces the layer's bias) and ReLU."""
    return layers.ReLU()(layers.BatchNormalization()(layer(x)))


def _crop(x, height, width):
    """Crop the rows and columns that strides of 2 add where they do not divide the size."""
    too_high, too_wide = x.shape[1] - height, x.shape[2] - width
    if too_high or too_wide:
        x = layers.Cropping2D(((0, too_high), (0, too_wide)))(x)
    return x


NETWORKS = {
    "strided": (_strided_features, _strided_image),
    "conv": (_conv_features, _conv_image),
    "conv_bn": (_conv_bn_features, _conv_bn_image),
    "deep": (_deep_features, _deep_image),
    "mlp": (_mlp_features, _mlp_image),
}


def require_kind(kind):
    """Raise ValueError if `kind` is not a known kind of network."""
    require_choice("kind", kind, NETWORKS)


def _check(kind, shape, latent_dim, condition):
    require_kind(kind)
    require_count("latent_dim", latent_dim, 2)
    if condition:
        require_count("condition", condition, 10)
    if len(shape) != 3 or not all(isinstance(n, Integral) and n >= 1 for n in shape):
        raise ValueError(
            f"an image's shape must be (height, width, channels), each 1 or more; got {shape!r}: "
            "for MNIST it is (28, 28, 1)."
        )
