"""The terms of the VAE losses, in nats per image."""

import math

import keras
from keras import ops


def bernoulli_nll(x, x_hat):
    """Negative log-likelihood of `x` under independent Bernoulli pixels of mean `x_hat`.

    -sum_pixels [x log x_hat + (1 - x) log(1 - x_hat)]. For grey levels, where `x` is not 0 or 1,
    the same formula is the usual cross-entropy.

    Args:
        x: images in [0, 1], shape (batch, ...).
        x_hat: the decoder's images in [0, 1], same shape.

    Returns:
        nats per image, shape (batch,).
    """
    x, x_hat = _tensors(x, x_hat)
    x_hat = ops.clip(x_hat, keras.config.epsilon(), 1 - keras.config.epsilon())  # log(0) is -inf
    return _sum_per_image(-x * ops.log(x_hat) - (1 - x) * ops.log(1 - x_hat))


def gaussian_nll(x, x_hat, sigma):
    """Negative log-likelihood of `x` under independent Gaussian pixels N(x_hat, sigma^2).

    sum_pixels [(x - x_hat)^2 / (2 sigma^2) + log(sigma sqrt(2 pi))], with its normalizing constant.

    Args:
        x: images, shape (batch, ...).
        x_hat: the decoder's images, same shape.
        sigma: standard deviation of a pixel, a number or a tensor that broadcasts to `x`.

    Returns:
        nats per image, shape (batch,).
    """
    x, x_hat, sigma = _tensors(x, x_hat, sigma)
    square = ops.square((x - x_hat) / sigma)
    return _sum_per_image(square / 2 + ops.log(sigma) + math.log(2 * math.pi) / 2)


def gaussian_kl(z_mean, z_log_var):
    """KL divergence of the Gaussian N(z_mean, exp(z_log_var)) from the prior N(0, I).

    1/2 sum_dims (z_mean^2 + exp(z_log_var) - 1 - z_log_var). The factor 1/2 is included, and the
    latent dimensions are summed, not averaged: so latent_dim does not change the balance of the
    loss.

    Args:
        z_mean: shape (batch, latent_dim).
        z_log_var: log sigma^2, shape (batch, latent_dim).

    Returns:
        nats per image, shape (batch,).
    """
    z_mean, z_log_var = _tensors(z_mean, z_log_var)
    return ops.sum(ops.square(z_mean) + ops.exp(z_log_var) - 1 - z_log_var, axis=-1) / 2


def _tensors(*arrays):
    """Convert NumPy arrays and numbers to tensors, on every backend."""
    return (ops.convert_to_tensor(array, dtype=keras.config.floatx()) for array in arrays)


def _sum_per_image(per_pixel):
    return ops.sum(per_pixel, axis=tuple(range(1, len(per_pixel.shape))))
