"""Answers of students: right ones, and wrong ones with the diagnosis that each must get.

`python tests/planted_mistakes.py` prints the table: mistake, diagnosis, what the check says.
"""

import math
import sys

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from keras.layers import Conv2DTranspose, Dense, Flatten, Reshape
from scipy.stats import norm

import fidle_vae
from fidle_vae import checks as check
from fidle_vae.datasets import load_dataset
from fidle_vae.latent import LatentPlane, grid_points
from fidle_vae.networks import build_decoder, build_encoder

keras.utils.set_random_seed(0)  # of the networks below, the same in every run
WRONG = {}  # check: {name of the mistake: answers that make it}
RIGHT = {}  # check: answers that are right


def wrong(check_name, mistake):
    """Note an answer that makes a mistake."""

    def note(answer):
        WRONG.setdefault(check_name, {}).setdefault(mistake, []).append(answer)
        return answer

    return note


def right(check_name):
    """Note a right answer."""

    def note(answer):
        RIGHT.setdefault(check_name, []).append(answer)
        return answer

    return note


# KL

KL = {
    "kl_without_half": lambda m, v: ops.sum(m**2 + ops.exp(v) - 1 - v, axis=1),
    "kl_half_twice": lambda m, v: -0.5 * ops.sum(0.5 * (1 + v - m**2 - ops.exp(v)), axis=1),
    "kl_mean_over_dimensions": lambda m, v: -0.5 * ops.mean(1 + v - m**2 - ops.exp(v), axis=-1),
    "kl_mean_over_dimensions_without_half": lambda m, v: -ops.mean(1 + v - m**2 - ops.exp(v), -1),
    "kl_negative": lambda m, v: 0.5 * ops.sum(1 + v - m**2 - ops.exp(v), axis=1),
    "kl_sign_slip": lambda m, v: 0.5 * ops.sum(1 + v + m**2 - ops.exp(v), axis=1),
    "kl_mean_with_wrong_sign": lambda m, v: -0.5 * ops.sum(1 + v + m**2 - ops.exp(v), axis=1),
    "kl_half_on_log_variance": lambda m, v: -ops.sum(1 + v / 2 - ops.exp(v) - m**2, axis=1),
    "kl_log_variance_halved_too": lambda m, v: (
        -0.5 * ops.sum(1 + v / 2 - ops.exp(v) - m**2, axis=1)
    ),
    "kl_half_on_the_mean_only": lambda m, v: -ops.sum(1 + v - m**2 / 2 - ops.exp(v), axis=1),
    "kl_sigma_for_variance": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(0.5 * v) - 1 - v, axis=1),
    "kl_log_variance_as_log_sigma": lambda m, v: (
        0.5 * ops.sum(m**2 + ops.exp(v) ** 2 - 1 - ops.log(ops.exp(v) ** 2), axis=1)
    ),
    "kl_log_variance_as_variance": lambda m, v: 0.5 * ops.sum(m**2 + v - 1 - ops.log(v), axis=1),
    "kl_log_variance_as_sigma": lambda m, v: (
        0.5 * ops.sum(m**2 + v * v - 1 - ops.log(v * v), axis=1)
    ),
    "kl_mean_not_squared": lambda m, v: 0.5 * ops.sum(m + ops.exp(v) - 1 - v, axis=1),
    "kl_without_one": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - v, axis=1),
    "kl_one_per_image": lambda m, v: 0.5 * (ops.sum(m**2 + ops.exp(v) - v, axis=1) - 1),
    "kl_without_log_variance": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - 1, axis=1),
    "kl_without_variance": lambda m, v: -0.5 * ops.sum(1 + v - m**2, axis=1),
    "kl_without_mean": lambda m, v: 0.5 * ops.sum(ops.exp(v) - 1 - v, axis=1),
    "kl_reversed": lambda m, v: 0.5 * ops.sum((1 + m**2) / ops.exp(v) - 1 + v, axis=1),
    "kl_mean_over_batch": lambda m, v: ops.mean(0.5 * ops.sum(m**2 + ops.exp(v) - 1 - v, axis=1)),
    "kl_sum_over_batch": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - 1 - v),
    "kl_mean_over_all": lambda m, v: -0.5 * ops.mean(1 + v - m**2 - ops.exp(v)),
    "kl_not_summed": lambda m, v: 0.5 * (m**2 + ops.exp(v) - 1 - v),
    "kl_sum_over_wrong_axis": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - 1 - v, axis=0),
    "kl_keeps_axis": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - 1 - v, axis=1, keepdims=True),
}
for name, answer in KL.items():
    wrong("kl", name)(answer)


@right("kl")
def kl_by_ops(z_mean, z_log_var):
    return 0.5 * ops.sum(ops.square(z_mean) + ops.exp(z_log_var) - 1.0 - z_log_var, axis=-1)


@right("kl")
def kl_by_numpy(z_mean, z_log_var):
    m, v = np.asarray(z_mean), np.asarray(z_log_var)
    return (m**2 + np.exp(v) - 1 - v).sum(axis=1) / 2


@right("kl")
def kl_dimension_by_dimension(z_mean, z_log_var):
    total = 0.0
    for j in range(z_mean.shape[1]):
        sigma = ops.exp(z_log_var[:, j] / 2)
        total = total + (z_mean[:, j] ** 2 + sigma**2 - 1) / 2 - ops.log(sigma)
    return total


def kl_as_papers_write_it(z_mean, z_log_var):
    inner = 1 + z_log_var - z_mean**2 - ops.exp(z_log_var)
    return ops.squeeze(-0.5 * ops.sum(inner, axis=1, keepdims=True), axis=1)


right("kl")(kl_as_papers_write_it)


# Reconstruction


def cross_entropy(x, p):
    return -(x * ops.log(p) + (1 - x) * ops.log(1 - p))


PIXELS = (1, 2, 3)
NLL = {
    "nll_mean_over_pixels": lambda x, p: ops.mean(cross_entropy(x, p), axis=PIXELS),
    "nll_mean_over_all": lambda x, p: ops.mean(keras.losses.binary_crossentropy(x, p)),
    "nll_mean_over_batch": lambda x, p: ops.mean(ops.sum(cross_entropy(x, p), axis=PIXELS)),
    "nll_sum_over_batch": lambda x, p: ops.sum(cross_entropy(x, p)),
    "nll_negative": lambda x, p: ops.sum(x * ops.log(p) + (1 - x) * ops.log(1 - p), axis=PIXELS),
    "nll_ink_only": lambda x, p: -ops.sum(x * ops.log(p), axis=PIXELS),
    "nll_ground_only": lambda x, p: -ops.sum((1 - x) * ops.log(1 - p), axis=PIXELS),
    "nll_terms_subtracted": lambda x, p: (
        -ops.sum(x * ops.log(p) - (1 - x) * ops.log(1 - p), axis=PIXELS)
    ),
    "nll_exchanged": lambda x, p: ops.sum(cross_entropy(p, x), axis=PIXELS),
    "nll_squared_error": lambda x, p: ops.sum(ops.square(x - p), axis=PIXELS),
    "nll_mean_squared_error": lambda x, p: ops.mean((p - x) ** 2, axis=PIXELS),
    "nll_absolute_error": lambda x, p: ops.sum(ops.abs(x - p), axis=PIXELS),
    "nll_half": lambda x, p: 0.5 * ops.sum(cross_entropy(x, p), axis=PIXELS),
    "nll_bits": lambda x, p: -ops.sum(x * ops.log2(p) + (1 - x) * ops.log2(1 - p), axis=PIXELS),
    "nll_decimal_logarithm": lambda x, p: (
        -ops.sum(x * ops.log10(p) + (1 - x) * ops.log10(1 - p), axis=PIXELS)
    ),
    "nll_of_logits": lambda x, p: ops.sum(
        ops.binary_crossentropy(x, p, from_logits=True), axis=PIXELS
    ),
    "nll_clipped_too_far": lambda x, p: ops.sum(
        cross_entropy(x, ops.clip(p, 1e-2, 1 - 1e-2)), axis=PIXELS
    ),
    "nll_not_summed": cross_entropy,
    "nll_mean_over_channels_only": keras.losses.binary_crossentropy,
    "nll_sum_over_channels_only": lambda x, p: ops.sum(cross_entropy(x, p), axis=-1),
    "nll_keeps_axes": lambda x, p: ops.sum(cross_entropy(x, p), axis=PIXELS, keepdims=True),
    "nll_keeps_axis": lambda x, p: ops.sum(
        ops.reshape(cross_entropy(x, p), (x.shape[0], -1)), axis=1, keepdims=True
    ),
    "nll_not_finite": lambda x, p: ops.sum(cross_entropy(x, p), axis=PIXELS),
}
for name, answer in NLL.items():
    wrong("reconstruction", name)(answer)


@right("reconstruction")
def nll_clipped(x, x_hat):
    return ops.sum(cross_entropy(x, ops.clip(x_hat, 1e-7, 1 - 1e-7)), axis=PIXELS)


@right("reconstruction")
def nll_of_keras(x, x_hat):
    pixels = ops.prod(ops.shape(x)[1:])
    flat = [ops.reshape(images, (ops.shape(x)[0], -1)) for images in (x, x_hat)]
    return keras.losses.binary_crossentropy(*flat) * ops.cast(pixels, "float32")


@right("reconstruction")
def nll_by_numpy(x, x_hat):
    x, p = np.asarray(x, "float64"), np.clip(np.asarray(x_hat, "float64"), 1e-9, 1 - 1e-9)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3))


# Loss

K1, K2 = WEIGHTS = 2.0, 5e-3


def r_of(x, x_hat):
    return ops.mean(ops.binary_crossentropy(x, x_hat), axis=PIXELS)


LOSS = {
    "loss_kl_unweighted": lambda r, kl, n, d: K1 * r + kl,
    "loss_unweighted": lambda r, kl, n, d: r + kl,
    "loss_weights_exchanged": lambda r, kl, n, d: K2 * r + K1 * kl,
    "loss_one_weight_for_both": lambda r, kl, n, d: (r + kl) * K1,
    "loss_reconstruction_summed": lambda r, kl, n, d: K1 * r * n + K2 * kl,
    "loss_without_kl": lambda r, kl, n, d: K1 * r,
    "loss_without_reconstruction": lambda r, kl, n, d: kl * K2,
    "loss_kl_subtracted": lambda r, kl, n, d: K1 * r - K2 * kl,
    "loss_negative": lambda r, kl, n, d: -(K1 * r + K2 * kl),
    "loss_kl_per_pixel": lambda r, kl, n, d: K1 * r + K2 * (kl / n),
    "loss_kl_mean_over_dimensions": lambda r, kl, n, d: K1 * r + K2 * kl / d,
    "loss_kl_without_half": lambda r, kl, n, d: K1 * r + K2 * kl * 2,
    "loss_kl_half_twice": lambda r, kl, n, d: K1 * r + K2 * kl * 0.5,
    "loss_for_784_pixels": lambda r, kl, n, d: K1 * (r * n) / 784 + K2 * kl,
    "loss_weights_inside_the_mean": lambda r, kl, n, d: (K1 * r + K2 * kl) / (K1 + K2),
}


def loss_of(formula, total):
    def my_loss(x, x_hat, z_mean, z_log_var):
        n, d = x.shape[1] * x.shape[2], z_mean.shape[1]
        return total(formula(r_of(x, x_hat), kl_by_ops(z_mean, z_log_var), n, d))

    return my_loss


for name, formula in LOSS.items():
    wrong("loss", name)(loss_of(formula, ops.mean))
    wrong("loss", name)(loss_of(formula, ops.copy))
wrong("loss", "loss_sum_over_batch")(loss_of(lambda r, kl, n, d: K1 * r + K2 * kl, ops.sum))
for total in (ops.mean, ops.copy):
    right("loss")(loss_of(lambda r, kl, n, d: K1 * r + K2 * kl, total))


# Sampling


def normal(x, seed=None):
    return keras.random.normal(ops.shape(x), seed=seed)


DRAWS = {
    "sigma_is_the_variance": lambda m, v: m + ops.exp(v) * normal(m),
    "noise_not_scaled": lambda m, v: m + normal(m),
    "sigma_is_the_log_variance": lambda m, v: m + v * normal(m),
    "sigma_is_half_the_log_variance": lambda m, v: m + 0.5 * v * normal(m),
    "sigma_upside_down": lambda m, v: m + normal(m) / ops.exp(0.5 * v),
    "sigma_of_log_sigma_twice": lambda m, v: m + ops.exp(v) ** 2 * normal(m),
    "sigma_halved": lambda m, v: m + 0.5 * ops.exp(v / 2) * normal(m),
    "sigma_of_a_quarter": lambda m, v: m + ops.sqrt(ops.exp(v / 2)) * normal(m),
    "noise_times_mean": lambda m, v: m + m * ops.exp(v / 2) * normal(m),
    "mean_missing": lambda m, v: ops.exp(v / 2) * normal(m),
    "sigma_scales_the_mean": lambda m, v: ops.exp(v / 2) * (m + normal(m)),
    "arguments_exchanged": lambda v, m: m + ops.exp(v / 2) * normal(m),
    "mean_subtracted": lambda m, v: ops.exp(v / 2) * normal(m) - m,
    "no_noise": lambda m, v: m + ops.exp(v / 2) * 0,
    "noise_comes_back": lambda m, v: m + ops.exp(v / 2) * normal(m, seed=1),
    "noise_shared_by_batch": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.normal((1, m.shape[-1]))
    ),
    "noise_shared_by_dimensions": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.normal((ops.shape(m)[0], 1))
    ),
    "noise_of_one_sign": lambda m, v: m + ops.exp(v / 2) * ops.abs(normal(m)),
    "noise_uniform": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.uniform(ops.shape(m), -(3**0.5), 3**0.5)
    ),
    "not_finite": lambda m, v: m + ops.sqrt(v) * normal(m),
    "shape": lambda m, v: ops.sum(m + ops.exp(v / 2) * normal(m), axis=1),
    "no_gradient_to_log_variance": lambda m, v, seed: (
        m + ops.stop_gradient(ops.exp(v / 2)) * normal(m, seed)
    ),
    "no_gradient_to_mean": lambda m, v, seed: (
        ops.stop_gradient(m) + ops.exp(v / 2) * normal(m, seed)
    ),
    "not_in_a_model": lambda m, v: ops.convert_to_tensor(
        np.random.default_rng().normal(np.asarray(m), np.exp(np.asarray(v) / 2))
    ),
    "error": lambda m, v: m + ops.exp(v / 2) * normal(n),  # noqa: F821
}


def layer_of(draw):
    class MyLayer(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.generator = keras.random.SeedGenerator(5)

        def call(self, inputs):
            seeds = [self.generator] if draw.__code__.co_argcount == 3 else []
            return draw(*inputs, *seeds)

    return MyLayer


for name, draw in DRAWS.items():
    wrong("sampling_layer", name)(layer_of(draw))


@right("sampling_layer")
class MySampling(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(7)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


right("sampling_layer")(layer_of(lambda m, v, seed: m + ops.sqrt(ops.exp(v)) * normal(m, seed)))
right("sampling_layer")(fidle_vae.SamplingLayer)


# Grid and morph


def product(axis):
    return np.stack(np.meshgrid(axis, axis), axis=-1)


def ppf(*bounds):
    return norm.ppf(np.linspace(*bounds))


GRIDS = {
    "grid_infinite": product(ppf(0, 1, 10)),
    "grid_even_in_z": product(np.linspace(-3, 3, 10)),
    "grid_of_shares": product(np.linspace(0.05, 0.95, 10)),
    "grid_cdf": product(norm.cdf(np.linspace(-2, 2, 10))),
    "grid_shares": product(norm.ppf(np.linspace(0.05, 0.95, 10), scale=2)),
    "grid_off_centre": product(ppf(0.01, 0.8, 10)),
    "grid_too_narrow": product(ppf(0.4, 0.6, 10)),
    "grid_one_axis": np.stack([product(ppf(0.05, 0.95, 10))[..., 0], np.zeros((10, 10))], axis=-1),
    "grid_repeats": np.repeat(product(ppf(0.05, 0.95, 10))[..., :1], 2, axis=-1),
    "grid_shape": ppf(0.05, 0.95, 10),
    "grid_not_a_product": np.random.default_rng(0).normal(size=(10, 10, 2)),
}
for name, points in GRIDS.items():
    wrong("grid", name)(points)
for points in (
    product(ppf(0.05, 0.95, 10)),
    product(ppf(0.01, 0.99, 15)[::-1]).reshape(-1, 2),
    product(norm.ppf((np.arange(8) + 0.5) / 8)),
    grid_points(12, LatentPlane.of_dims(2)),
    lambda: product(ppf(0.05, 0.95, 10)),
):
    right("grid")(points)


def path(t_of, mix=lambda t, a, b: (1 - t) * a + t * b):
    return lambda a, b, n: np.array([mix(t, np.array(a), np.array(b)) for t in t_of(n)])


PATHS = {
    "morph_reversed": path(lambda n: np.linspace(1, 0, n)),
    "morph_without_end": path(lambda n: np.linspace(0, 1, n, endpoint=False)),
    "morph_without_start": path(lambda n: np.linspace(0, 1, n + 1)[1:]),
    "morph_without_ends": path(lambda n: np.linspace(0, 1, n + 2)[1:-1]),
    "morph_one_place_more": path(lambda n: np.linspace(0, 1, n + 1)),
    "morph_one_place_less": path(lambda n: np.linspace(0, 1, n - 1)),
    "morph_turned": lambda a, b, n: np.linspace(np.array(a), np.array(b), n).T,
    "morph_beyond": path(lambda n: np.linspace(0, 1, n), lambda t, a, b: a + t * b),
    "morph_first_dimension_only": path(
        lambda n: np.linspace(0, 1, n), lambda t, a, b: np.array([a[0] + t * (b - a)[0], *a[1:]])
    ),
    "morph_stands_still": path(lambda n: np.zeros(n)),
    "morph_uneven": path(lambda n: np.linspace(0, 1, n) ** 2),
    "morph_of_weights_above_one": path(
        lambda n: np.linspace(0, 1, n), lambda t, a, b: (1 + t) * a + t * b
    ),
}
for name, answer in PATHS.items():
    wrong("morph", name)(answer)
right("morph")(path(lambda n: np.linspace(0, 1, n)))
right("morph")(lambda a, b, n: np.linspace(np.array(a), np.array(b), n))
right("morph")(lambda a, b, n: ops.linspace(a, b, n))


# Networks


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
    "encoder_not_finite": network(lambda x: ops.log(-1 - ops.abs(code(2)(x))), code(2)),
    "encoder_input": network(code(2), code(2), inputs=(784,)),
}
for name, answer in ENCODERS.items():
    wrong("encoder", name)(answer)
wrong("encoder", "encoder_activation_on_mean")(network(code(2, "tanh"), code(2)))
wrong("encoder", "encoder_activation_on_mean")(
    network(lambda x: Dense(2, "relu")(-ops.abs(code(2)(x)) - 1), code(2))
)
right("encoder")(network(code(2), code(2)))
right("encoder")(build_encoder("conv", (28, 28, 1), 2))
right("encoder")(build_encoder("conv_bn", (28, 28, 1), 2))


def image(activation="sigmoid", shape=(28, 28, 1)):
    return lambda z: Reshape(shape)(Dense(math.prod(shape), activation=activation)(z))


def picture(activation, filters=1, side=28):
    def output(z):
        small = Reshape((side // 2, side // 2, 4))(Dense(side**2)(z))
        return Conv2DTranspose(filters, 3, strides=2, padding="same", activation=activation)(small)

    return network(output, inputs=(2,))


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
    "decoder_input": network(image(), inputs=(5,)),
    "decoder_shape": network(Dense(10, activation="sigmoid"), inputs=(2,)),
}
for name, answer in DECODERS.items():
    wrong("decoder", name)(answer)
wrong("decoder", "decoder_softmax")(picture("softmax"))
right("decoder")(network(image(), inputs=(2,)))
right("decoder")(build_decoder("conv", (28, 28, 1), 2))
right("decoder")(picture("sigmoid"))


# Training steps, by TensorFlow's tape


def terms(vae, x):
    z_mean, z_log_var = vae.encoder(x, training=True)
    x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]), training=True)
    r_loss = tf.reduce_mean(keras.losses.binary_crossentropy(x, x_hat))
    kl = 0.5 * (z_mean**2 + tf.exp(z_log_var) - 1 - z_log_var)
    return r_loss, kl


def step_of(loss_of, change=lambda gradients: gradients, give=lambda loss: loss, weights=None):
    """Make a training step of a loss(k1, k2, r_loss, kl of each image and dimension)."""

    def my_step(vae, x):
        k1, k2 = vae.loss_weights
        with tf.GradientTape() as tape:
            loss = loss_of(k1, k2, *terms(vae, x))
        moved = weights(vae) if weights else vae.trainable_variables
        gradients = change(tape.gradient(loss, moved))
        vae.optimizer.apply_gradients(zip(gradients, moved, strict=True))
        return give(loss)

    return my_step


def mean_kl(kl):
    return tf.reduce_mean(tf.reduce_sum(kl, axis=1))


def asked(k1, k2, r, kl):
    return k1 * r + k2 * mean_kl(kl)


def twice(vae, x):
    step_of(asked)(vae, x)
    return step_of(asked)(vae, x)


def without_move(vae, x):
    with tf.GradientTape() as tape:
        loss = asked(*vae.loss_weights, *terms(vae, x))
    tape.gradient(loss, vae.trainable_variables)
    return loss


def outside_the_tape(vae, x):
    loss = asked(*vae.loss_weights, *terms(vae, x))
    with tf.GradientTape() as tape:
        pass
    gradients = tape.gradient(loss, vae.trainable_variables)
    vae.optimizer.apply_gradients(zip(gradients, vae.trainable_variables, strict=True))
    return loss


def z_from_numpy(vae, x):
    with tf.GradientTape() as tape:
        z_mean, z_log_var = vae.encoder(x)
        x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]).numpy())
        loss = vae.loss_weights[0] * tf.reduce_mean(keras.losses.binary_crossentropy(x, x_hat))
    weights = vae.decoder.trainable_variables
    vae.optimizer.build(vae.trainable_variables)
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        weight.assign_sub(0.1 * gradient)
    return loss


def encoder_by_hand(vae, x):
    with tf.GradientTape() as tape:
        loss = asked(*vae.loss_weights, *terms(vae, x))
    weights = vae.encoder.trainable_variables
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        weight.assign_sub(0.1 * gradient)
    return loss


STEPS = {
    "step_without_kl": step_of(lambda k1, k2, r, kl: k1 * r + 0 * mean_kl(kl)),
    "step_without_reconstruction": step_of(lambda k1, k2, r, kl: 0 * r + k2 * mean_kl(kl)),
    "step_without_weights": step_of(lambda k1, k2, r, kl: r + mean_kl(kl)),
    "step_weights_exchanged": step_of(lambda k1, k2, r, kl: k2 * r + k1 * mean_kl(kl)),
    "step_kl_unweighted": step_of(lambda k1, k2, r, kl: k1 * r + mean_kl(kl)),
    "step_kl_without_half": step_of(lambda k1, k2, r, kl: k1 * r + k2 * mean_kl(2 * kl)),
    "step_kl_half_twice": step_of(lambda k1, k2, r, kl: k1 * r + k2 * mean_kl(kl / 2)),
    "step_kl_mean_over_dimensions": step_of(lambda k1, k2, r, kl: k1 * r + k2 * tf.reduce_mean(kl)),
    "step_kl_per_pixel": step_of(lambda k1, k2, r, kl: k1 * r + k2 * mean_kl(kl) / 16),
    "step_reconstruction_summed": step_of(lambda k1, k2, r, kl: k1 * r * 16 + k2 * mean_kl(kl)),
    "step_sum_over_batch": step_of(lambda k1, k2, r, kl: k1 * r * len(kl) + k2 * tf.reduce_sum(kl)),
    "step_uphill": step_of(asked, change=lambda gradients: [-g for g in gradients]),
    "step_not_finite": step_of(asked, change=lambda gradients: [g / 0 for g in gradients]),
    "step_moves_nothing": without_move,
    "step_moves_decoder_only": z_from_numpy,
    "step_moves_encoder_only": encoder_by_hand,
    "step_twice": twice,
    "step_gives_nothing": step_of(asked, give=lambda loss: None),
    "step_wrong_loss": step_of(asked, give=lambda loss: 2 * loss),
    "step_gives_no_loss": step_of(asked, give=lambda loss: {"r_loss": loss}),
    "step_loss_is_no_number": step_of(asked, give=lambda loss: "small"),
    "step_other": step_of(asked, change=lambda gradients: [tf.sign(g) for g in gradients]),
    "error": outside_the_tape,
}
for name, answer in STEPS.items():
    wrong("train_step", name)(answer)
right("train_step")(step_of(asked))
right("train_step")(step_of(asked, give=lambda loss: {"loss": loss}))


@right("train_step")
class MyVAE(fidle_vae.VAE):
    def train_step(self, x):
        return {"loss": step_of(asked)(self, x)}


# Trained models


def model_of(encoder_scale=1.0, decoder_bias=None, activation="sigmoid"):
    """Make a VAE whose decoder gives one image, that of `decoder_bias`, whatever z is."""
    keras.utils.set_random_seed(3)
    x, z = keras.Input((28, 28, 1)), keras.Input((2,))
    codes = Dense(2, name="z_mean"), Dense(2, kernel_initializer="zeros")
    pixels = Dense(784, activation=activation, kernel_initializer="zeros")
    encoder = keras.Model(x, [code(Flatten()(x)) for code in codes])
    decoder = keras.Model(z, Reshape((28, 28, 1))(pixels(z)))
    codes[0].kernel.assign(encoder_scale * codes[0].kernel)
    if decoder_bias is not None:
        pixels.bias.assign(np.ravel(decoder_bias))
    return fidle_vae.VAE(encoder, decoder)


def trained(images, epochs, rate=2e-3):
    keras.utils.set_random_seed(4)
    networks = (build("mlp", (28, 28, 1), 2) for build in (build_encoder, build_decoder))
    model = fidle_vae.VAE(*networks)
    model.compile(keras.optimizers.Adam(rate))
    model.fit(images, batch_size=25, epochs=epochs, verbose=0)
    return model


DIGITS = load_dataset("digits", 0.05)
FEW = DIGITS._replace(x_train=DIGITS.x_train[:50])
MEAN = np.clip(DIGITS.x_train.mean(axis=0), 1e-3, 1)
LOGITS = np.log(MEAN / (1 - MEAN))
MODELS = {
    "vae_not_trained": lambda: (model_of(), DIGITS),
    "vae_collapsed": lambda: (model_of(0.0, LOGITS), DIGITS),
    "vae_without_prior": lambda: (model_of(30.0, LOGITS), DIGITS),
    "vae_not_finite": lambda: (model_of(np.nan, LOGITS), DIGITS),
    "vae_out_of_range": lambda: (model_of(1.0, LOGITS, activation=None), DIGITS),
    "vae_learned_by_heart": lambda: (trained(FEW.x_train, 50, 1e-2), FEW),
    "vae_without_networks": lambda: (keras.Sequential([keras.Input((28, 28, 1)), Flatten()]), FEW),
    "vae_other_images": lambda: (
        fidle_vae.VAE(build_encoder("mlp", (8, 8, 1), 2), build_decoder("mlp", (8, 8, 1), 2)),
        FEW,
    ),
}
for name, answer in MODELS.items():
    wrong("vae", name)(answer)
right("vae")(lambda: (trained(DIGITS.x_train, 2), DIGITS))


CHECKS = {
    "kl": check.kl,
    "reconstruction": check.reconstruction,
    "loss": lambda answer: check.loss(answer, WEIGHTS),
    "sampling_layer": check.sampling_layer,
    "grid": check.grid,
    "morph": check.morph,
    "encoder": lambda answer: check.encoder(answer, 2),
    "decoder": check.decoder,
    "train_step": check.train_step,
    "vae": lambda made: check.vae(*made()),
}


def main():
    """Print the table; give how many answers did not get their diagnosis."""
    planted = [
        (name, mistake, answer)
        for name, mistakes in WRONG.items()
        for mistake, answers in mistakes.items()
        for answer in answers
    ]
    missed = 0
    print("| check | mistake | what it says |\n| --- | --- | --- |")
    for name, mistake, answer in planted:
        found = CHECKS[name](answer)
        taken = "" if found.mistake == mistake else f", TAKEN FOR {found.mistake}"
        missed += bool(taken)
        print(f"| {name} | {mistake}{taken} | {found.message} |")
    print(f"\n{len(planted)} wrong answers, {missed} of them taken for something else.")
    return missed


if __name__ == "__main__":
    sys.exit(main() > 0)
