"""The checks of an encoder and of a decoder, untrained as they may be."""

import warnings
from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine.diagnosis import outcome, takes, told
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.checks.networks.inspect_layers import activations_of, convolves

BOUNDED = {  # what a last activation keeps from z_mean or z_log_var
    "relu": "never below 0",
    "softplus": "never below 0",
    "exponential": "never below 0",
    "sigmoid": "only between 0 and 1",
    "hard_sigmoid": "only between 0 and 1",
    "tanh": "only between -1 and 1",
    "softmax": "only between 0 and 1",
}


@recorded
def encoder(
    enc: Callable,
    latent_dim: int,
    image_shape: tuple[int, int, int] = (28, 28, 1),
    convolutional: bool = False,
) -> Result:
    """Check a network from images to [z_mean, z_log_var], each (batch, latent_dim).

    A function with a parameter `latent_dim` is called with it, and what it gives is checked. With
    `convolutional`, the network must have a convolution in it.
    """
    enc = _built("encoder", enc, latent_dim, "keras.Model(image, [z_mean, z_log_var])")
    if isinstance(enc, Result):
        return enc
    x = np.random.default_rng(6).random((8, *image_shape), dtype="float32")
    try:
        codes, again, alone = (_arrays(enc, images) for images in (x, x, x[:1]))
    except Exception as error:  # the student's network may raise anything
        given = f"It does not take images of shape (batch, {str(image_shape)[1:]}. {told(error)}"
        return Result("encoder", "encoder_input", given)
    activations = activations_of(enc, image_shape)
    mistake, says = _of_codes(activations, codes, again, alone, latent_dim)
    if mistake is None and convolutional and not convolves(enc):
        mistake, says = (
            "encoder_without_convolution",
            (
                "All is as it should be, but there is no convolution in it: begin with Conv2D "
                "layers, which look at each neighbourhood of pixels with the same few weights."
            ),
        )
    return Result("encoder", mistake, says)


@recorded
def decoder(
    dec: Callable, latent_dim: int = 2, image_shape: tuple[int, int, int] = (28, 28, 1)
) -> Result:
    """Check a network from z, (batch, latent_dim), to images with pixels in [0, 1].

    A function with a parameter `latent_dim` is called with it, and what it gives is checked.
    """
    dec = _built("decoder", dec, latent_dim, "keras.Model(z, image)")
    if isinstance(dec, Result):
        return dec
    z = 3 * np.random.default_rng(7).standard_normal((8, latent_dim)).astype("float32")
    try:
        images, again, alone = (_arrays(dec, codes) for codes in (z, z, z[:1]))
    except Exception as error:  # the student's network may raise anything
        given = f"It does not take z of shape (batch, {latent_dim}). {told(error)}"
        return Result("decoder", "decoder_input", given)
    activation = next(iter(activations_of(dec, (latent_dim,))), None)
    mistake, says = _of_images(activation, images, again, alone, image_shape)
    return Result("decoder", mistake, says)


def _built(check, network, latent_dim, wrapped):
    """Give the network, built by the student's function if it is one; or what there is to say."""
    builder = takes(network, "latent_dim")
    made = outcome(check, lambda: network(latent_dim=latent_dim) if builder else network)
    if isinstance(made, list | tuple | keras.KerasTensor) and not isinstance(made, Result):
        given = f"It gives a {type(made).__name__}: wrap it in {wrapped}."
        return Result(check, f"{check}_not_wrapped", given)
    return made


def _of_codes(activations, codes, again, alone, latent_dim):
    """Name what is wrong with the outputs of an encoder, and say it."""
    count = len(codes)
    if count == 1:
        return "encoder_one_output", (
            "It has one output: a VAE's encoder gives two, z_mean and z_log_var, each from a Dense "
            "layer of its own."
        )
    if count > 2:
        return "encoder_too_many_outputs", (
            f"It has {count} outputs: only z_mean and z_log_var are asked, z is drawn outside."
        )
    z_mean, z_log_var = codes
    if z_mean.shape != z_log_var.shape:
        return "encoder_unequal_outputs", (
            f"z_mean has shape {z_mean.shape} and z_log_var {z_log_var.shape}: both must have "
            f"(batch, {latent_dim})."
        )
    if z_mean.ndim > 2:
        return "encoder_not_flat", (
            f"Shape {z_mean.shape} where (8, {latent_dim}) is expected: the features must go "
            "through Flatten before the last Dense layers."
        )
    if z_mean.shape != (8, latent_dim):
        return "encoder_wrong_dimension", (
            f"Shape {z_mean.shape} where (8, {latent_dim}) is expected: the last Dense layers need "
            "latent_dim units."
        )
    if not all(np.isfinite(code).all() for code in codes):
        return "encoder_not_finite", "A code is NaN or infinite."
    for name, what, activation in zip(
        ("mean", "log_variance"), ("z_mean", "z_log_var"), activations, strict=False
    ):
        if activation in BOUNDED:
            return f"encoder_activation_on_{name}", (
                f"{what} goes through {activation}, so that it is {BOUNDED[activation]}: it may be "
                "any number, so its Dense layer has no activation."
            )
    if any(np.ptp(code, axis=0).max() < 1e-7 for code in codes):
        return "encoder_ignores_image", (
            "All images have the same code: an output does not depend on the image."
        )
    if np.allclose(z_mean, z_log_var):
        return "encoder_same_output_twice", (
            "z_mean and z_log_var are the same values: each needs a Dense layer of its own."
        )
    if not _same(codes, again):
        return "encoder_draws", (
            "The same images have other codes at each call: an encoder draws nothing, z is drawn "
            "outside."
        )
    if not _same([code[:1] for code in codes], alone):
        return "encoder_mixes_images", "An image's code depends on the other images of the batch."
    return None, f"Two outputs of {latent_dim} values for each image, of the image alone."


def _of_images(activation, images, again, alone, image_shape):
    """Name what is wrong with the output of a decoder, and say it."""
    if len(images) > 1:
        return "decoder_many_outputs", f"It has {len(images)} outputs: only the images are asked."
    (x_hat,), expected = images, (8, *image_shape)
    if x_hat.shape != expected:
        given = f"Shape {x_hat.shape} where {expected} is expected"
        if x_hat.size == np.prod(expected):
            if x_hat.ndim == 2:
                return "decoder_flat", f"{given}: its values must be put into the form of an image."
            return "decoder_reshaped", f"{given}: the values are enough, their form is another."
        if x_hat.ndim == 4 and x_hat.shape[1:3] != image_shape[:2]:
            return "decoder_size", (
                f"{given}: strides and the first Reshape decide on height and width."
            )
        if x_hat.ndim == 4:
            return "decoder_channels", (
                f"{given}: the last layer needs as many filters as an image has channels."
            )
        return "decoder_shape", f"{given}."
    if not np.isfinite(x_hat).all():
        return "decoder_not_finite", "A pixel is NaN or infinite."
    pixels = x_hat.reshape(8, -1)
    if activation == "softmax" or np.allclose(pixels.sum(axis=1), 1, atol=1e-4):
        return "decoder_softmax", (
            "softmax makes values add up to 1: each pixel is a probability of its own, so take "
            "sigmoid."
        )
    if activation == "tanh":
        return "decoder_tanh", "tanh gives pixels from -1 to 1: take sigmoid, for 0 to 1."
    if activation in ("relu", "softplus"):
        return "decoder_relu", f"{activation} gives pixels above 1: take sigmoid, for 0 to 1."
    if np.ptp(x_hat, axis=0).max() < 1e-7:
        return "decoder_ignores_z", "Every z has the same image: the output does not depend on z."
    if not _same(images, again):
        return (
            "decoder_draws",
            "The same z has another image at each call: a decoder draws nothing.",
        )
    if not _same([x_hat[:1]], alone):
        return "decoder_mixes_images", "An image depends on the other z of the batch."
    if x_hat.min() < 0 or x_hat.max() > 1:
        return "decoder_out_of_range", (
            f"Pixels go from {x_hat.min():.2g} to {x_hat.max():.2g}: give the last layer "
            'activation="sigmoid", for 0 to 1.'
        )
    return None, f"Images of {image_shape}, pixels in [0, 1], of z alone."


def _arrays(network, inputs):
    """Call a network; give its outputs as a list of arrays."""
    how = {"training": False} if isinstance(network, keras.Layer) else {}
    with warnings.catch_warnings():  # Keras's own, on an odd activation, say
        warnings.simplefilter("ignore", UserWarning)
        outputs = network(ops.convert_to_tensor(inputs), **how)
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [ops.convert_to_numpy(output) for output in outputs]


def _same(some, others):
    return all(np.allclose(a, b, atol=1e-4) for a, b in zip(some, others, strict=True))
