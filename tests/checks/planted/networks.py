"""Answers to the encoder and the decoder."""

import math

import keras
from keras import ops
from keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Flatten,
    MaxPooling2D,
    ReLU,
    Reshape,
    SeparableConv2D,
)

from fidle_vae import checks as check
from fidle_vae.models.networks import build_decoder, build_encoder
from tests.checks.planted import called, right, unfinished, wrong

called("encoder", lambda answer: check.encoder(answer, 2))
called("convolutional encoder", lambda answer: check.encoder(answer, 2, convolutional=True))
for name in ("encoder", "convolutional encoder", "decoder"):
    unfinished(name, None, ..., lambda latent_dim: None, lambda latent_dim: ...)

keras.utils.set_random_seed(0)  # the networks below are the same in every run


def network(*outputs, inputs=(28, 28, 1)):
    """Make a functional model from functions of its input."""
    x = keras.Input(inputs)
    return keras.Model(x, [output(x) for output in outputs])


def code(units, activation=None):
    return lambda x: Dense(units, activation=activation)(Flatten()(x))


shared = Dense(2)
ENCODERS = {
    "encoder_one_output": network(code(2)),
    "encoder_too_many_outputs": network(code(2), code(2), code(2)),
    "encoder_unequal_outputs": network(code(2), code(3)),
    "encoder_not_flat": network(Dense(2), Dense(2)),
    "encoder_wrong_dimension": network(code(3), code(3)),
    "encoder_ignores_image": network(lambda x: code(2)(0 * x), code(2)),
    "encoder_same_output_twice": network(*2 * [lambda x: shared(Flatten()(x))]),
    "encoder_draws": lambda x: (
        x[:, 4, :2, 0] + keras.random.normal((x.shape[0], 2)),
        x[:, 5, :2, 0],
    ),
    "encoder_mixes_images": network(lambda x: code(2)(x - ops.mean(x, axis=0)), code(2)),
    "encoder_activation_on_mean": network(code(2, "relu"), code(2)),
    "encoder_activation_on_log_variance": network(code(2), code(2, "softplus")),
    "encoder_not_wrapped": [network(code(2)), network(code(2))],
    "encoder_not_finite": network(lambda x: ops.log(-1 - ops.abs(code(2)(x))), code(2)),
    "encoder_begins_elsewhere": network(code(2), code(2), inputs=(784,)),
}
for name, answer in ENCODERS.items():
    wrong("encoder", name)(answer)
wrong("encoder", "encoder_activation_on_mean")(network(code(2, "tanh"), code(2)))
wrong("encoder", "encoder_activation_on_mean")(
    network(lambda x: Dense(2, "relu")(-ops.abs(code(2)(x)) - 1), code(2))
)


class MyEncoder(keras.Model):
    """An encoder as a class: it has no list of outputs."""

    def __init__(self, activation=None):
        super().__init__()
        self.features = keras.Sequential([Flatten(), Dense(8, activation="relu")])
        self.z_mean, self.z_log_var = Dense(2), Dense(2, activation=activation)

    def call(self, x):
        x = self.features(x)
        return self.z_mean(x), self.z_log_var(x)


@wrong("encoder", "encoder_input")
class WithASlip(MyEncoder):
    def call(self, x):
        return self.z_mean(self.feature(x))


class MyConvolutions(MyEncoder):
    """The same with a convolution, in a layer within a layer."""

    def __init__(self):
        super().__init__()
        self.features = keras.Sequential([Block(), Flatten()])


class Block(keras.layers.Layer):
    """A layer with layers of its own, in a list."""

    def __init__(self):
        super().__init__()
        self.steps = [Conv2D(2, 3, strides=2), ReLU()]

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return x


wrong("encoder", "encoder_activation_on_log_variance")(MyEncoder("relu"))
wrong("encoder", "encoder_activation_on_mean")(network(lambda x: ReLU()(code(2)(x)), code(2)))
right("encoder")(MyEncoder())
right("encoder")(network(code(2), code(2)))
right("encoder")(build_encoder("conv", (28, 28, 1), 2))
right("encoder")(build_encoder("conv_bn", (28, 28, 1), 2))


# Functions that build an encoder


def builder(latent_dim):
    return network(code(latent_dim), code(latent_dim))


@wrong("encoder", "error")
def with_a_slip(latent_dim):
    return network(code(latent_dims), code(latent_dim))  # noqa: F821


@wrong("encoder", "encoder_not_wrapped")
def of_two_tensors(latent_dim):
    x = keras.Input((28, 28, 1))
    return code(latent_dim)(x), code(latent_dim)(x)


def in_a_row(latent_dim, activation=None):
    x = keras.Input((28, 28, 1))
    z_mean = Dense(latent_dim)(Flatten()(x))
    return keras.Model(x, [z_mean, Dense(latent_dim, activation=activation)(z_mean)])


def of_names(latent_dim):
    model = builder(latent_dim)
    return keras.Model(model.input, dict(zip(("z_mean", "z_log_var"), model.outputs, strict=True)))


wrong("encoder", "encoder_outputs_in_a_row")(in_a_row)
wrong("encoder", "encoder_outputs_in_a_row")(
    lambda latent_dim: (lambda m: keras.Model(m.input, m.outputs[::-1]))(in_a_row(latent_dim))
)
wrong("encoder", "encoder_dict")(of_names)
wrong("encoder", "encoder_names_exchanged")(
    network(
        lambda x: Dense(2, name="z_log_var")(Flatten()(x)),
        lambda x: Dense(2, name="z_mean")(Flatten()(x)),
    )
)
wrong("encoder", "encoder_activation_on_log_variance")(
    network(code(2), lambda x: ops.exp(code(2)(x)))
)
wrong("encoder", "error_parameters")(lambda: builder(2))
right("encoder")(lambda d: builder(d))
right("encoder")(builder)
right("encoder")(lambda latent_dim, width=3: builder(latent_dim))
wrong("encoder", "encoder_not_wrapped")(lambda latent_dim: keras.Input((28, 28, 1)))
wrong("encoder", "encoder_wrong_dimension")(lambda latent_dim: builder(6))
wrong("encoder", "encoder_one_output")(lambda latent_dim: Dense(latent_dim))
wrong("convolutional encoder", "encoder_without_convolution")(builder)


def deep(convolution):
    """Make an encoder with a convolution two models deep."""
    x = keras.Input((28, 28, 1))
    outer = keras.Sequential([keras.Sequential([convolution, ReLU()]), Flatten()])
    features = outer(x)
    return keras.Model(x, [Dense(2)(features), Dense(2)(features)])


def of_convolutions(*steps):
    """Make an encoder of these layers in a row."""
    x = features = keras.Input((28, 28, 1))
    for step in steps:
        features = step(features)
    return keras.Model(x, [code(2)(features), code(2)(features)])


@wrong("convolutional encoder", "encoder_loses_a_convolution")
def of_convolutions_side_by_side(latent_dim):
    image = keras.Input((28, 28, 1))
    for filters in (4, 8):
        x = Conv2D(filters, 3, strides=2, activation="relu")(image)
    return keras.Model(image, [code(latent_dim)(x), code(latent_dim)(x)])


@wrong("encoder", "encoder_bias_exchanged")
def with_the_bias_of_the_mean(latent_dim):
    image = keras.Input((28, 28, 1))
    narrow = keras.initializers.Constant(-3.0)
    x = Flatten()(image)
    return keras.Model(image, [Dense(2, bias_initializer=narrow)(x), Dense(2)(x)])


for steps in (
    [Conv2D(3, 3)],
    [Conv2D(3, 3), Conv2D(3, 3, activation="relu")],
    [Conv2D(3, 3), BatchNormalization(), AveragePooling2D(2), Conv2D(3, 3, activation="relu")],
):
    wrong("convolutional encoder", "encoder_linear_convolution")(of_convolutions(*steps))
wrong("convolutional encoder", "encoder_keeps_the_size")(
    of_convolutions(Conv2D(3, 3, activation="relu"), Conv2D(3, 3, activation="relu"))
)
for steps in (
    [Conv2D(3, 3, strides=2, activation="relu")],
    [Conv2D(3, 3, strides=2), BatchNormalization(), ReLU()],
    [Conv2D(3, 3), MaxPooling2D(), Conv2D(3, 3), Activation("tanh")],
):
    right("convolutional encoder")(of_convolutions(*steps))
wrong("convolutional encoder", "encoder_without_convolution")(network(code(2), code(2)))
wrong("convolutional encoder", "encoder_without_convolution")(MyEncoder())
wrong("convolutional encoder", "encoder_without_convolution")(deep(Dense(3)))
wrong("convolutional encoder", "encoder_without_convolution")(build_encoder("mlp", (28, 28, 1), 2))
wrong("convolutional encoder", "encoder_activation_on_mean")(network(code(2, "relu"), code(2)))
right("convolutional encoder")(build_encoder("conv_bn", (28, 28, 1), 2))
right("convolutional encoder")(MyConvolutions())
right("convolutional encoder")(lambda x: (x[:, 4, :2, 0], x[:, 5, :2, 0]))
for convolution in (
    Conv2D(3, 3, strides=2),
    SeparableConv2D(3, 3, strides=2),
    DepthwiseConv2D(3, strides=2, depthwise_initializer="ones"),
):
    right("convolutional encoder")(deep(convolution))


def image(activation="sigmoid", shape=(28, 28, 1)):
    return lambda z: Reshape(shape)(Dense(math.prod(shape), activation=activation)(z))


def picture(activation, filters=1, side=28):
    def output(z):
        small = Reshape((side // 2, side // 2, 4))(Dense(side**2)(z))
        return Conv2DTranspose(filters, 3, strides=2, padding="same", activation=activation)(small)

    return network(output, inputs=(2,))


class MyDecoder(keras.Model):
    """A decoder as a class."""

    def __init__(self, activation):
        super().__init__()
        self.small = keras.Sequential([Dense(196), Reshape((14, 14, 1))])
        self.large = Conv2DTranspose(1, 3, strides=2, padding="same", activation=activation)

    def call(self, z):
        return self.large(self.small(z))


DECODERS = {
    "decoder_many_outputs": network(image(), image(), inputs=(2,)),
    "decoder_flat": network(Dense(784, activation="sigmoid"), inputs=(2,)),
    "decoder_reshaped": network(image(shape=(28, 28)), inputs=(2,)),
    "decoder_size": picture("sigmoid", side=14),
    "decoder_channels": picture("sigmoid", filters=3),
    "decoder_ignores_z": network(lambda z: image()(0 * z), inputs=(2,)),
    "decoder_mixes_images": network(lambda z: image()(z - ops.mean(z, axis=0)), inputs=(2,)),
    "decoder_draws": lambda z: (
        ops.reshape(z[:, :1] ** 2, (-1, 1, 1, 1)) * keras.random.uniform((1, 28, 28, 1))
    ),
    "decoder_softmax": network(image("softmax"), inputs=(2,)),
    "decoder_tanh": picture("tanh"),
    "decoder_relu": picture("relu"),
    "decoder_out_of_range": picture(None),
    "decoder_not_finite": network(lambda z: ops.log(-image()(z)), inputs=(2,)),
    "decoder_not_wrapped": [Dense(784), Reshape((28, 28, 1))],
    "decoder_input": network(image(), inputs=(5,)),
    "decoder_shape": network(Dense(10, activation="sigmoid"), inputs=(2,)),
}
for name, answer in DECODERS.items():
    wrong("decoder", name)(answer)
wrong("decoder", "decoder_softmax")(picture("softmax"))
wrong("decoder", "decoder_relu")(MyDecoder("relu"))
right("decoder")(MyDecoder("sigmoid"))
right("decoder")(network(image(), inputs=(2,)))
right("decoder")(build_decoder("conv", (28, 28, 1), 2))
right("decoder")(picture("sigmoid"))
right("decoder")(lambda latent_dim: network(image(), inputs=(latent_dim,)))
