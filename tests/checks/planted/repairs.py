"""Answers to the exercises of VAE5: batch normalisation, Gaussian pixels, sharpness, programs."""

import keras
import numpy as np
from keras import ops
from scipy.stats import norm

from fidle_vae import checks as check
from fidle_vae.models import bernoulli_nll, gaussian_kl, gaussian_nll
from tests.checks.planted import called, on_every_backend, right, wrong
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED

on_every_backend("batch_norm", "gaussian_pixels", "training_loss")


def normalized(x, g, b, e, axis=(0, 1, 2), power=0.5):
    mean = ops.mean(x, axis=axis, keepdims=True)
    return g * (x - mean) / (ops.var(x, axis=axis, keepdims=True) + e) ** power + b


BATCH_NORM = {
    "batch_norm_over_images": lambda x, g, b, e: normalized(x, g, b, e, 0),
    "batch_norm_of_each_image": lambda x, g, b, e: normalized(x, g, b, e, (1, 2)),
    "batch_norm_of_channels": lambda x, g, b, e: normalized(x, g, b, e, 3),
    "batch_norm_of_whole_images": lambda x, g, b, e: normalized(x, g, b, e, (1, 2, 3)),
    "batch_norm_of_everything": lambda x, g, b, e: normalized(x, g, b, e, None),
    "batch_norm_by_variance": lambda x, g, b, e: normalized(x, g, b, e, power=1),
    "batch_norm_without_epsilon": lambda x, g, b, e: normalized(x, g, b, 0),
    "batch_norm_epsilon_outside": lambda x, g, b, e: (
        g * (x - ops.mean(x, axis=(0, 1, 2))) / (ops.std(x, axis=(0, 1, 2)) + e) + b
    ),
    "batch_norm_epsilon_subtracted": lambda x, g, b, e: normalized(x, g, b, -e),
    "batch_norm_mean_kept": lambda x, g, b, e: g * x / ops.sqrt(ops.var(x, axis=(0, 1, 2)) + e) + b,
    "batch_norm_not_divided": lambda x, g, b, e: g * (x - ops.mean(x, axis=(0, 1, 2))) + b,
    "batch_norm_without_gamma": lambda x, g, b, e: normalized(x, 1, b, e),
    "batch_norm_without_beta": lambda x, g, b, e: normalized(x, g, 0, e),
    "batch_norm_not_scaled": lambda x, g, b, e: normalized(x, 1, 0, e),
    "batch_norm_exchanged": lambda x, g, b, e: normalized(x, b, g, e),
    "batch_norm_shifted_first": lambda x, g, b, e: g * (normalized(x, 1, 0, e) + b),
    "batch_norm_unchanged": lambda x, g, b, e: g * x / (1 + e) ** 0.5 + b,
}
for name, answer in BATCH_NORM.items():
    wrong("batch_norm", name)(answer)
layer = keras.layers.BatchNormalization()  # as one that a lesson has made


@wrong("batch_norm", "made_outside")
def epsilon_of_another_layer(x, g, b, e):
    mean, variance = ops.mean(x, axis=(0, 1, 2)), ops.var(x, axis=(0, 1, 2))
    return g * ((x - mean) / ops.sqrt(variance + layer.epsilon)) + b


@wrong("batch_norm", "batch_norm_layer_in_use")
def layer_in_use(x, gamma, beta, epsilon):
    return gamma * keras.layers.BatchNormalization(epsilon=epsilon)(x) + beta


@right("batch_norm")
def by_hand(x, gamma, beta, epsilon):
    n = np.prod(x.shape[:3])
    mean = ops.sum(x, axis=(0, 1, 2)) / n
    variance = ops.sum((x - mean) ** 2, axis=(0, 1, 2)) / n
    return (x - mean) / ops.sqrt(variance + epsilon) * gamma + beta


@right("batch_norm")
def by_the_layer(x, gamma, beta, epsilon):
    layer = keras.layers.BatchNormalization(epsilon=epsilon)
    layer.build(x.shape)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    return layer(x, training=True)


@right("batch_norm")
def by_rows(x, gamma, beta, epsilon):
    rows = ops.reshape(x, (-1, x.shape[-1]))
    rows = (rows - ops.mean(rows, axis=0)) / ops.sqrt(ops.var(rows, axis=0) + epsilon)
    return ops.reshape(gamma * rows + beta, x.shape)


right("batch_norm")(normalized)


def square(x, y, s):
    return ((x - y) / s) ** 2 / 2


def logs(s):
    return np.log(s) + np.log(2 * np.pi) / 2


def summed(values, axis=(1, 2, 3)):
    return ops.sum(values, axis=axis)


def size(x):
    return int(np.prod(x.shape[1:]))


GAUSSIAN = {
    "gaussian_pixels_negative": lambda x, y, s: -gaussian_nll(x, y, s),
    "gaussian_pixels_no_constants": lambda x, y, s: summed(square(x, y, s)),
    "gaussian_pixels_squared_error": lambda x, y, s: summed((x - y) ** 2),
    "gaussian_pixels_without_log_sigma": lambda x, y, s: summed(square(x, y, s) + logs(1)),
    "gaussian_pixels_without_two_pi": lambda x, y, s: summed(square(x, y, s) + np.log(s)),
    "gaussian_pixels_constants_once": lambda x, y, s: summed(square(x, y, s)) + logs(s),
    "gaussian_pixels_by_sigma": lambda x, y, s: summed((x - y) ** 2 / (2 * s) + logs(s)),
    "gaussian_pixels_times_sigma": lambda x, y, s: summed((x - y) ** 2 / 2 * s**2 + logs(s)),
    "gaussian_pixels_without_half": lambda x, y, s: summed(2 * square(x, y, s) + logs(s)),
    "gaussian_pixels_by_two_pi": lambda x, y, s: summed(square(x, y, s) / np.pi + logs(s)),
    "gaussian_pixels_two_sigma_squared": lambda x, y, s: summed(square(x, y, s) / 2 + logs(s)),
    "gaussian_pixels_log_variance": lambda x, y, s: summed(square(x, y, s) + logs(s) + np.log(s)),
    "gaussian_pixels_two_pi_whole": lambda x, y, s: summed(
        square(x, y, s) + np.log(s) + np.log(2 * np.pi)
    ),
    "gaussian_pixels_constants_subtracted": lambda x, y, s: summed(square(x, y, s) - logs(s)),
    "gaussian_pixels_mean": lambda x, y, s: ops.mean(square(x, y, s) + logs(s), axis=(1, 2, 3)),
    "gaussian_pixels_mean_error": lambda x, y, s: (
        ops.mean(square(x, y, s), axis=(1, 2, 3)) + size(x) * logs(s)
    ),
    "gaussian_pixels_one_axis": lambda x, y, s: summed(square(x, y, s) + logs(s), 1),
    "gaussian_pixels_of_all": lambda x, y, s: ops.sum(square(x, y, s) + logs(s)),
    "gaussian_pixels_mean_of_images": lambda x, y, s: ops.mean(gaussian_nll(x, y, s)),
    "gaussian_pixels_each": lambda x, y, s: square(x, y, s) + logs(s),
    "gaussian_pixels_density": lambda x, y, s: ops.exp(-gaussian_nll(x, y, s)),
    "gaussian_pixels_absolute": lambda x, y, s: summed(ops.abs(x - y) / (2 * s**2) + logs(s)),
}
for name, answer in GAUSSIAN.items():
    wrong("gaussian_pixels", name)(answer)
right("gaussian_pixels")(gaussian_nll)
right("gaussian_pixels")(lambda x, y, s: summed(square(x, y, s)) + size(x) * logs(s))
right("gaussian_pixels")(
    lambda x, y, s: summed((x - y) ** 2 / (2 * s**2) + np.log(2 * np.pi * s**2) / 2)
)
right("gaussian_pixels")(
    lambda x, y, s: (
        -norm.logpdf(ops.convert_to_numpy(x), ops.convert_to_numpy(y), float(s)).sum(axis=(1, 2, 3))
    )
)


def mse(x, y, axis=None):
    return ((x - y) ** 2).mean(axis=axis)


IMAGE = (1, 2, 3)
BEST_SIGMA = {
    "best_sigma_variance": mse,
    "best_sigma_standard_deviation": lambda x, y: np.std(x - y),
    "best_sigma_absolute": lambda x, y: np.mean(np.abs(x - y)),
    "best_sigma_mean_error": lambda x, y: np.mean(x - y),
    "best_sigma_mean_of_roots": lambda x, y: np.sqrt(mse(x, y, IMAGE)).mean(),
    "best_sigma_of_each": lambda x, y: np.sqrt(mse(x, y, IMAGE)),
    "best_sigma_of_each_pixel": lambda x, y: np.sqrt(mse(x, y, 0)),
    "best_sigma_sum": lambda x, y: np.linalg.norm(x - y),
    "best_sigma_sum_of_pixels": lambda x, y: np.sqrt(((x - y) ** 2).sum(axis=IMAGE).mean()),
    "best_sigma_halved": lambda x, y: np.sqrt(mse(x, y) / 2),
    "best_sigma_log": lambda x, y: np.log(mse(x, y)) / 2,
    "best_sigma_of_images": lambda x, y: np.std(x),
    "best_sigma_largest": lambda x, y: np.abs(x - y).max(),
}
for name, answer in BEST_SIGMA.items():
    wrong("best_sigma", name)(numpy(answer))


@wrong("best_sigma", "best_sigma_end_of_grid")
def with_one_logarithm(x, x_hat):
    candidates = np.linspace(0.01, 1, 100)
    costs = [ops.sum((x - x_hat) ** 2) / (2 * s**2) + np.log(s) for s in candidates]
    return candidates[np.argmin(costs)]


@wrong("best_sigma", "best_sigma_of_grid")
def with_all_logarithms(x, x_hat):
    candidates = np.linspace(0.02, 1, 50)
    costs = [np.mean((x - x_hat) ** 2) / (2 * s**2) + np.log(s) for s in candidates]
    return min(candidates, key=dict(zip(candidates, costs, strict=True)).get)


right("best_sigma")(lambda x, y: ops.sqrt(ops.mean((x - y) ** 2)))
right("best_sigma")(numpy(lambda x, y: np.linalg.norm(x - y) / x.size**0.5))
right("best_sigma")(numpy(lambda x, y: np.exp(np.log(mse(x, y)) / 2)))
right("best_sigma")(numpy(lambda x, y: np.hypot(np.std(x - y), np.mean(x - y))))


def lengths(x):
    return np.hypot(np.diff(x, axis=1)[:, :, :-1], np.diff(x, axis=2)[:, :-1])


SHARP = {
    "sharp_no_root": lambda x: (lengths(x) ** 2).mean(axis=(1, 2)),
    "sharp_root_of_mean": lambda x: np.sqrt((lengths(x) ** 2).mean(axis=(1, 2))),
    "sharp_absolute": lambda x: (
        np.abs(np.diff(x, axis=1)[:, :, :-1]) + np.abs(np.diff(x, axis=2)[:, :-1])
    ).mean(axis=(1, 2)),
    "sharp_signed": lambda x: (np.diff(x, axis=1)[:, :, :-1] + np.diff(x, axis=2)[:, :-1]).mean(
        axis=(1, 2)
    ),
    "sharp_down_only": lambda x: np.abs(np.diff(x, axis=1)[:, :, :-1]).mean(axis=(1, 2)),
    "sharp_right_only": lambda x: np.abs(np.diff(x, axis=2)[:, :-1]).mean(axis=(1, 2)),
    "sharp_sum": lambda x: lengths(x).sum(axis=(1, 2)),
    "sharp_one_for_all": lambda x: lengths(x).mean(),
    "sharp_over_images": lambda x: lengths(x).mean(axis=0),
    "sharp_each": lengths,
    "sharp_largest": lambda x: lengths(x).max(axis=(1, 2)),
    "sharp_above_and_left": lambda x: np.hypot(
        x[:, 1:, 1:] - x[:, :-1, 1:], x[:, 1:, 1:] - x[:, 1:, :-1]
    ).mean(axis=(1, 2)),
    "sharp_diagonal": lambda x: np.abs(x[:, 1:, 1:] - x[:, :-1, :-1]).mean(axis=(1, 2)),
    "sharp_central": lambda x: np.hypot(*np.gradient(x, axis=(1, 2))).mean(axis=(1, 2)),
    "sharp_between_images": lambda x: np.hypot(
        np.diff(x, axis=0)[:, :-1], np.diff(x, axis=1)[:-1]
    ).mean(axis=(1, 2)),
    "sharp_of_all_pixels": lambda x: lengths(x).sum(axis=(1, 2)) / x[0].size,
}
for name, answer in SHARP.items():
    wrong("sharp", name)(numpy(answer))


@wrong("sharp", "sharp_two_shapes")
def parts_of_two_shapes(x):
    down = x[:, 1:] - x[:, :-1]
    right = x[:, :, 1:] - x[:, :, :-1]
    return ops.mean(ops.sqrt(down**2 + right**2), axis=(1, 2))


wrong("sharp", "sharp_two_shapes")(
    numpy(lambda x: np.hypot(np.diff(x, axis=2), np.diff(x, axis=1)).mean(axis=(1, 2)))
)


@right("sharp")
def by_ops(x):
    down = x[:, 1:, :-1] - x[:, :-1, :-1]
    across = x[:, :-1, 1:] - x[:, :-1, :-1]
    return ops.mean(ops.sqrt(down**2 + across**2), axis=(1, 2))


right("sharp")(numpy(lambda x: lengths(x).mean(axis=(1, 2))))
right("sharp")(numpy(lambda x: [lengths(each[None]).mean() for each in x]))
right("sharp")(
    numpy(
        lambda x: np.abs(np.diff(x, axis=1)[:, :, :-1] + 1j * np.diff(x, axis=2)[:, :-1]).mean(
            axis=(1, 2)
        )
    )
)


def cost(x, p):
    return -x * np.log(p) - (1 - x) * np.log(1 - p)


IMAGE_NLL = {
    "image_nll_one_axis_summed": lambda x, p: cost(x, p).sum(axis=-1).mean(axis=-1),
    "image_nll_other_axis_summed": lambda x, p: cost(x, p).sum(axis=1).mean(axis=-1),
    "image_nll_columns_left": lambda x, p: cost(x, p).sum(axis=-1),
    "image_nll_rows_left": lambda x, p: cost(x, p).sum(axis=1),
    "image_nll_means_of_rows": lambda x, p: cost(x, p).mean(axis=-1),
    "image_nll_mean": lambda x, p: cost(x, p).mean(axis=(1, 2)),
    "image_nll_negative": lambda x, p: -cost(x, p).sum(axis=(1, 2)),
    "image_nll_of_all": lambda x, p: cost(x, p).sum(),
    "image_nll_mean_of_images": lambda x, p: cost(x, p).sum(axis=(1, 2)).mean(),
    "image_nll_over_images": lambda x, p: cost(x, p).sum(axis=0),
    "image_nll_each": cost,
    "image_nll_ink_only": lambda x, p: (-x * np.log(p)).sum(axis=(1, 2)),
    "image_nll_ground_only": lambda x, p: (-(1 - x) * np.log(1 - p)).sum(axis=(1, 2)),
    "image_nll_exchanged": lambda x, p: cost(p, x).sum(axis=(1, 2)),
    "image_nll_squared_error": lambda x, p: ((x - p) ** 2).sum(axis=(1, 2)),
}
for name, answer in IMAGE_NLL.items():
    wrong("image_nll", name)(numpy(answer))
for name in ("image_nll", "program 16"):
    wrong(name, "image_nll_by_losses")(
        lambda x, p: ops.sum(keras.losses.binary_crossentropy(x, p), axis=-1)
    )
RIGHT_IMAGE_NLL = [
    bernoulli_nll,
    numpy(lambda x, p: cost(x, p).sum(axis=(1, 2))),
    numpy(lambda x, p: cost(x, p).reshape(len(x), -1).sum(axis=1)),
    numpy(lambda x, p: cost(x, p).mean(axis=(1, 2)) * x[0].size),
]
for answer in RIGHT_IMAGE_NLL:
    right("image_nll")(answer)


def of(vae, x, encoder, decoder):
    """Return the loss, with each network told that it is trained or not."""
    z_mean, z_log_var = vae.encoder(x, training=encoder)
    x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]), training=decoder)
    return vae.compute_loss(x=x, y_pred=(x_hat, z_mean, z_log_var))


def through(vae, x):
    return vae.compute_loss(x=x, y_pred=vae(x, training=True))


def in_use(vae, x):
    return vae.compute_loss(x=x, y_pred=vae(x))


def told_after(vae, x):
    return vae.compute_loss(x=x, y_pred=vae(x), training=True)


def made_trainable(vae, x):
    vae.trainable = True
    return vae.compute_loss(x=x, y_pred=vae(x))


def of_each_image(vae, x):
    x_hat, z_mean, z_log_var = vae(x, training=True)
    return bernoulli_nll(x, x_hat) + gaussian_kl(z_mean, z_log_var)


TRAINING_LOSS = {
    "training_loss_not_called": lambda vae, x: ops.mean(x),
    "training_loss_in_use": in_use,
    "training_loss_in_use_trainable": made_trainable,
    "training_loss_in_use_told_after": told_after,
    "training_loss_encoder_alone": lambda vae, x: of(vae, x, True, False),
    "training_loss_decoder_alone": lambda vae, x: of(vae, x, False, True),
    "training_loss_twice": lambda vae, x: (through(vae, x) + through(vae, x)) / 2,
    "training_loss_of_each_image": of_each_image,
    "training_loss_negative": lambda vae, x: -through(vae, x),
    "training_loss_in_nats": lambda vae, x: vae.n_pixels * through(vae, x),
    "training_loss_other": lambda vae, x: ops.mean((x - vae(x, training=True)[0]) ** 2),
}
for name, answer in TRAINING_LOSS.items():
    wrong("training_loss", name)(answer)
wrong("training_loss", "training_loss_in_use")(
    lambda vae, x: vae.compute_loss(x=x, y_pred=vae(x, training=False))
)
RIGHT_TRAINING_LOSS = [
    through,
    lambda vae, x: of(vae, x, True, True),
    lambda vae, x: vae.compute_loss(x, y_pred=vae.call(x, training=True), training=True),
]
for answer in RIGHT_TRAINING_LOSS:
    right("training_loss")(answer)

MENDED[16], MENDED[17] = RIGHT_IMAGE_NLL, RIGHT_TRAINING_LOSS
for number in (16, 17):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
for name in ("image_nll_negative", "image_nll_mean", "image_nll_of_all"):
    wrong("program 16", name)(numpy(IMAGE_NLL[name]))
for name in ("training_loss_encoder_alone", "training_loss_twice", "training_loss_of_each_image"):
    wrong("program 17", name)(TRAINING_LOSS[name])


@wrong("program 16", "not_mended")
def program_16(x, x_hat):
    nats = -x * ops.log(x_hat) - (1 - x) * ops.log(1 - x_hat)
    return ops.mean(ops.sum(nats, axis=2), axis=1)


wrong("program 17", "not_mended")(made_trainable)
wrong("program 17", "not_mended")(told_after)


@wrong("program 17", "not_mended")
def program_17(vae, x):
    outputs = vae(x, training=False)
    return vae.compute_loss(x=x, y_pred=outputs)
