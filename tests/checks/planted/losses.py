"""Answers to the KL, the reconstruction and the loss."""

import keras
import numpy as np
from keras import ops

from fidle_vae import checks as check
from tests.checks.planted import called, on_every_backend, right, wrong

on_every_backend("kl", "reconstruction", "loss")

KL = {
    "kl_half_on_first_sum": lambda m, v: 0.5 * ops.sum(m**2) + ops.sum(ops.exp(v) - 1 - v, axis=1),
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
    "kl_variance_squared": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) ** 2 - 1 - v, axis=1),
    "kl_log_variance_added": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - 1 + v, axis=1),
    "kl_log_variance_squared": lambda m, v: 0.5 * ops.sum(m**2 + ops.square(v) - 1 - v, axis=1),
    "kl_log_of_log_variance": lambda m, v: 0.5 * ops.sum(m**2 + ops.exp(v) - 1 - ops.log(v), 1),
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
KL |= {
    "kl_mean_doubled": lambda m, v: ops.sum(m * 2 + ops.exp(v) - 1 - v, axis=1) / 2,
    "kl_absolute_mean": lambda m, v: ops.sum(ops.abs(m) + ops.exp(v) - 1 - v, axis=1) / 2,
    "kl_log_in_base_2": lambda m, v: (
        ops.sum(m**2 + ops.exp(v) - 1 - ops.log2(ops.exp(v)), axis=1) / 2
    ),
    "kl_bits": lambda m, v: kl_by_ops(m, v) / np.log(2),
    "kl_exchanged": lambda m, v: kl_by_ops(v, m),
    "kl_without_exp": lambda m, v: ops.sum(m**2 + v - 1 - v, axis=1) / 2,
    "kl_one_added": lambda m, v: ops.sum(m**2 + ops.exp(v) + 1 - v, axis=1) / 2,
    "kl_largest": lambda m, v: ops.max(m**2 + ops.exp(v) - 1 - v, axis=1) / 2,
    "kl_product": lambda m, v: ops.prod(m**2 + ops.exp(v) - 1 - v, axis=1) / 2,
}
KL |= {
    "kl_square_of_sum": lambda m, v: (
        (ops.sum(m, axis=1) ** 2 + ops.sum(ops.exp(v) - 1 - v, axis=1)) / 2
    ),
    "kl_bracket": lambda m, v: (ops.sum(m**2, axis=1) + ops.exp(v) - 1 - v) / 2,
    "kl_mean_over_wrong_axis": lambda m, v: ops.mean(m**2 + ops.exp(v) - 1 - v, axis=0) / 2,
    "quotient_of_zero": lambda m, v: 1 // 2 * ops.sum(m**2 + ops.exp(v) - 1 - v, axis=1),
}
KL |= {
    "kl_of_probabilities": keras.losses.kl_divergence,
    "kl_scaled": lambda m, v: kl_by_ops(m, v) / len(m),
    "kl_without_exp": lambda m, v: (lambda v: ops.sum(m**2 + v - 1 - v, 1) / 2)(ops.exp(v)),
}
for name, answer in KL.items():
    wrong("kl", name)(answer)
wrong("kl", "kl_bracket")(lambda m, v: ops.sum(m**2) + ops.exp(v) - 1 - v)
wrong("kl", "kl_of_probabilities")(lambda m, v: keras.losses.KLDivergence()(m, v))
wrong("kl", "kl_scaled")(lambda m, v: kl_by_ops(m, v) / 784)
wrong("kl", "kl_bits")(lambda m, v: kl_by_ops(m, v) * 1.44)


@wrong("kl", "kl_of_two_dimensions")
def kl_of_a_loop_over_two(z_mean, z_log_var):
    m, v = z_mean, z_log_var
    terms = [m[:, j] ** 2 + ops.exp(v[:, j]) - 1 - v[:, j] for j in range(2)]
    return sum(terms) / 2


wrong("kl", "kl_of_two_dimensions")(lambda m, v: kl_by_ops(m[:, :2], v[:, :2]))


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
    "nll_scaled": lambda x, p: ops.sum(cross_entropy(x, p), axis=PIXELS) / x.shape[1],
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
called("loss", lambda answer: check.loss(answer, WEIGHTS))


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
    "loss_reconstruction_subtracted": lambda r, kl, n, d: -K1 * r + K2 * kl,
    "loss_negative": lambda r, kl, n, d: -(K1 * r + K2 * kl),
    "loss_kl_per_pixel": lambda r, kl, n, d: K1 * r + K2 * (kl / n),
    "loss_kl_mean_over_dimensions": lambda r, kl, n, d: K1 * r + K2 * kl / d,
    "loss_kl_without_half": lambda r, kl, n, d: K1 * r + K2 * kl * 2,
    "loss_kl_half_twice": lambda r, kl, n, d: K1 * r + K2 * kl * 0.5,
    "loss_kl_sum_over_batch": lambda r, kl, n, d: K1 * r + K2 * ops.sum(kl),
    "loss_reconstruction_sum_over_batch": lambda r, kl, n, d: K1 * ops.sum(r) + K2 * kl,
    "loss_for_784_pixels": lambda r, kl, n, d: K1 * (r * n) / 784 + K2 * kl,
    "loss_without_k1": lambda r, kl, n, d: r + K2 * kl,
    "loss_weights_of_your_own": lambda r, kl, n, d: r + 1e-3 * kl,
    "loss_weights_added": lambda r, kl, n, d: K1 + r + K2 + kl,
    "loss_of_one_image": lambda r, kl, n, d: K1 * ops.mean(r) + K2 * kl[0],
    "loss_kl_scaled": lambda r, kl, n, d: K1 * r + K2 * kl / len(kl),
    "loss_reconstruction_scaled": lambda r, kl, n, d: K1 * r / n + K2 * kl,
    "loss_scaled": lambda r, kl, n, d: (K1 * r + K2 * kl) * n,
    "loss_halved": lambda r, kl, n, d: (K1 * r + K2 * kl) / 2,
    "loss_weights_inside_the_mean": lambda r, kl, n, d: (K1 * r + K2 * kl) / (K1 + K2),
}


def loss_of(formula, total):
    def my_loss(x, x_hat, z_mean, z_log_var):
        n, d = x.shape[1] * x.shape[2], z_mean.shape[1]
        return total(formula(r_of(x, x_hat), kl_by_ops(z_mean, z_log_var), n, d))

    return my_loss


for name, formula in LOSS.items():
    wrong("loss", name)(loss_of(formula, ops.mean))
    if not name.endswith("_sum_over_batch"):
        wrong("loss", name)(loss_of(formula, ops.copy))
for name, total in {
    "loss_sum_over_batch": ops.sum,
    "loss_of_each_image": ops.copy,
    "loss_of_fixed_batch": lambda values: ops.sum(values) / 64,
}.items():
    wrong("loss", name)(loss_of(lambda r, kl, n, d: K1 * r + K2 * kl, total))


def loss_of_terms(r_loss, kl_loss, join=lambda r, kl: K1 * r + K2 * kl):
    """Make a loss from functions of x and x_hat, of z_mean and z_log_var, and of both terms."""
    return lambda x, x_hat, z_mean, z_log_var: join(r_loss(x, x_hat), kl_loss(z_mean, z_log_var))


def mean_kl(z_mean, z_log_var):
    return ops.mean(kl_by_ops(z_mean, z_log_var))


COSTS = {
    "loss_squared_error": lambda x, x_hat: ops.mean(keras.losses.mean_squared_error(x, x_hat)),
    "loss_squared_error_summed": lambda x, x_hat: ops.mean(ops.sum((x - x_hat) ** 2, axis=PIXELS)),
    "loss_absolute_error": lambda x, x_hat: ops.mean(keras.losses.mean_absolute_error(x, x_hat)),
    "loss_of_logits": lambda x, x_hat: ops.mean(
        keras.losses.binary_crossentropy(x, x_hat, from_logits=True)
    ),
    "loss_images_exchanged": lambda x, x_hat: ops.mean(keras.losses.binary_crossentropy(x_hat, x)),
    "loss_reconstruction_summed_over_all": lambda x, x_hat: ops.sum(
        keras.losses.binary_crossentropy(x, x_hat)
    ),
}
COSTS |= {
    "loss_ink_only": lambda x, x_hat: -ops.mean(x * ops.log(x_hat)),
    "loss_ground_only": lambda x, x_hat: -ops.mean((1 - x) * ops.log(1 - x_hat)),
    "loss_one_axis_summed": lambda x, x_hat: ops.mean(
        ops.sum(keras.losses.binary_crossentropy(x, x_hat), axis=2)
    ),
    "loss_largest_pixel": lambda x, x_hat: ops.max(keras.losses.binary_crossentropy(x, x_hat)),
    "loss_axis": lambda x, x_hat: ops.mean(
        ops.mean(keras.losses.binary_crossentropy(x, x_hat), axis=(1, 2, 3))
    ),
    "loss_of_pixels": lambda x, x_hat: keras.losses.binary_crossentropy(x, x_hat),
}
for name, cost in COSTS.items():
    wrong("loss", name)(loss_of_terms(cost, mean_kl))
wrong("loss", "loss_sum_of_everything")(
    loss_of_terms(
        lambda x, x_hat: ops.sum(keras.losses.binary_crossentropy(x, x_hat)),
        lambda m, v: ops.sum(kl_by_ops(m, v)),
    )
)
wrong("loss", "loss_kl_over_images")(
    loss_of_terms(r_of, lambda m, v: ops.sum(m**2 + ops.exp(v) - 1 - v, axis=0) / 2)
)
for join in (lambda r, kl: K1 * r + K2 * kl**2, lambda r, kl: K1 * ops.log(r) + K2 * kl):
    wrong("loss", "loss_of_a_changed_term")(
        loss_of_terms(lambda x, x_hat: ops.mean(r_of(x, x_hat)), mean_kl, join)
    )
wrong("loss", "loss_of_a_class")(loss_of_terms(keras.losses.BinaryCrossentropy, mean_kl))
wrong("loss", "loss_codes_exchanged")(
    loss_of_terms(lambda x, x_hat: ops.mean(r_of(x, x_hat)), lambda m, v: mean_kl(v, m))
)
wrong("loss", "loss_product")(
    loss_of_terms(
        lambda x, x_hat: ops.mean(r_of(x, x_hat)), mean_kl, lambda r, kl: K1 * r * K2 * kl
    )
)
for axis in (0, (0, 1)):  # (28, 28) and (28,) are left
    wrong("loss", "loss_of_pixels")(
        loss_of_terms(
            lambda x, x_hat, axis=axis: ops.mean(keras.losses.binary_crossentropy(x, x_hat), axis),
            mean_kl,
        )
    )
wrong("loss", "loss_of_images")(
    loss_of_terms(lambda x, x_hat: ops.mean(r_of(x, x_hat)), lambda m, v: kl_by_ops(m, v))
)
WEIGHTED = {  # what takes its weights, and is checked with several of them
    "loss_k1_before_both": lambda r, kl, k1, k2: k1 * (r + k2 * kl),
    "loss_k2_before_both": lambda r, kl, k1, k2: k2 * (k1 * r + kl),
    "loss_kl_without_half": lambda r, kl, k1, k2: k1 * r + k2 * 2 * kl,
    "loss_one_weight_for_both": lambda r, kl, k1, k2: k2 * (r + kl),
    "loss_pixels_divided_twice": lambda r, kl, k1, k2: k1 * r / 784 + k2 * kl,
    "loss_kl_times_pixels": lambda r, kl, k1, k2: k1 * r + 784 * k2 / k1 * kl,
    "loss_reconstruction_times_784": lambda r, kl, k1, k2: 784 * k1 * r + k2 * kl,
    "combination": lambda r, kl, k1, k2: 0.3 * k1 * r + k2 * kl,
    "loss_weights_of_your_own": lambda r, kl, k1, k2: 2.0 * r + 5e-3 * kl,
    "loss_weights_divide": lambda r, kl, k1, k2: r / k1 + kl / k2,
    "loss_weights_as_powers": lambda r, kl, k1, k2: r**k1 + kl**k2,
    "loss_weights_multiplied": lambda r, kl, k1, k2: k1 * k2 * (r + kl),
    "loss_weights_summed": lambda r, kl, k1, k2: (k1 + k2) * (r + kl),
    "loss_of_a_ratio": lambda r, kl, k1, k2: r + k2 / k1 * kl,
}


def loss_of_weights(formula):
    def my_loss(x, x_hat, z_mean, z_log_var, k1, k2):
        return formula(ops.mean(r_of(x, x_hat)), mean_kl(z_mean, z_log_var), k1, k2)

    return my_loss


for name, formula in WEIGHTED.items():
    wrong("loss", name)(loss_of_weights(formula))
for formula in (
    lambda r, kl, k1, k2: 784 * r + kl,
    lambda r, kl, k1, k2: 2 * r + k2 * kl,
    lambda r, kl, k1, k2: k1 * r + 5e-3 * kl,
):
    wrong("loss", "loss_weights_of_your_own")(loss_of_weights(formula))


@wrong("loss", "quotient_of_zero")
def loss_of_a_quotient(x, x_hat, z_mean, z_log_var, k1, k2):
    kl = 1 // 2 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)
    return k1 * ops.mean(r_of(x, x_hat)) + k2 * ops.mean(kl)


wrong("loss", "combination")(loss_of(lambda r, kl, n, d: 7 * r + K2 * kl, ops.mean))


@right("loss")
def loss_of_other_names(x, x_hat, z_mean, z_log_var, a, b):
    return ops.mean(a * r_of(x, x_hat) + b * kl_by_ops(z_mean, z_log_var))


@wrong("loss", "loss_of_every_pixel")
def loss_of_every_pixel(x, x_hat, z_mean, z_log_var):
    r_loss = keras.losses.binary_crossentropy(x, x_hat)  # (batch, height, width)
    return ops.mean(K1 * r_loss + K2 * kl_by_ops(z_mean, z_log_var))


@wrong("loss", "loss_without_kl")
def loss_that_uses_one_weight(x, x_hat, z_mean, z_log_var, k1, k2):
    return k1 * ops.mean(r_of(x, x_hat))


@right("loss")
def loss_of_given_weights(x, x_hat, z_mean, z_log_var, k1, k2):
    return ops.mean(k1 * r_of(x, x_hat) + k2 * kl_by_ops(z_mean, z_log_var))


@right("loss")
def loss_of_two_means(x, x_hat, z_mean, z_log_var, k2=0.0, k1=0.0):
    return k1 * ops.mean(r_of(x, x_hat)) + k2 * ops.mean(kl_by_ops(z_mean, z_log_var))


right("loss")(loss_of(lambda r, kl, n, d: K1 * r + K2 * kl, ops.mean))
