"""The check of a decoder, whether trained or not."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, describe_error, exercise, recognise
from fidle_vae.checks.networks.inspect_layers import activations_of
from fidle_vae.checks.networks.run_network import Outputs, build, require_wrapped


@exercise
def decoder(
    dec: Callable, latent_dim: int = 2, image_shape: tuple[int, int, int] = (28, 28, 1)
) -> Result:
    """Check a network from z, (batch, latent_dim), to images with pixels in [0, 1].

    A function of latent_dim is called with it, and the network that it returns is checked.
    """
    z = 3 * np.random.default_rng(7).standard_normal((8, latent_dim)).astype("float32")
    dec = build("decoder", dec, latent_dim, z)
    wrong = require_wrapped("decoder", dec, "keras.Model(z, image)")
    if wrong or isinstance(dec, Result):
        return wrong or dec
    try:
        found = _Images(dec, z, image_shape)
    except Exception as error:  # the student's network may raise anything
        says = f"It does not take z of shape (batch, {latent_dim}). {describe_error(error)}"
        return Result("decoder", "decoder_input", says)
    right = f"Images of {image_shape}, pixels in [0, 1], of z alone."
    return recognise("decoder", found, MISTAKES, right)


class _Images(Outputs):
    def __init__(self, network, z, image_shape):
        super().__init__(network, z)
        self.activation = next(iter(activations_of(network, z.shape[1:])), None)
        self.x_hat, self.due = self.outputs[0], (len(z), *image_shape)
        self.misshapen = self.x_hat.shape != self.due
        self.shapes = f"Shape {self.x_hat.shape} where {self.due} is expected"

    @property
    def adds_up_to_1(self):
        return np.allclose(self.x_hat.reshape(len(self.x_hat), -1).sum(axis=1), 1, atol=1e-4)

    @property
    def out_of_range(self):
        """The range of the pixels if it is not within [0, 1], else ""."""
        low, high = self.x_hat.min(), self.x_hat.max()
        return f"{low:.2g} to {high:.2g}" if low < 0 or high > 1 else ""


MISTAKES = [
    Mistake(
        "decoder_many_outputs",
        "It has {found.count} outputs: only the images are asked.",
        lambda y: y.count > 1,
    ),
    Mistake(
        "decoder_flat",
        "{found.shapes}: its values must be put into the form of an image.",
        lambda y: y.x_hat.ndim == 2 and y.x_hat.size == np.prod(y.due),
    ),
    Mistake(
        "decoder_reshaped",
        "{found.shapes}: the number of values is right, their form is not.",
        lambda y: y.misshapen and y.x_hat.size == np.prod(y.due),
    ),
    Mistake(
        "decoder_size",
        "{found.shapes}: strides and the first Reshape decide the height and the width.",
        lambda y: y.x_hat.ndim == 4 and y.x_hat.shape[1:3] != y.due[1:3],
    ),
    Mistake(
        "decoder_channels",
        "{found.shapes}: the last layer needs as many filters as an image has channels.",
        lambda y: y.x_hat.ndim == 4 and y.misshapen,
    ),
    Mistake("decoder_shape", "{found.shapes}.", lambda y: y.misshapen),
    Mistake("decoder_not_finite", "A pixel is NaN or infinite.", lambda y: not y.finite),
    Mistake(
        "decoder_softmax",
        "softmax makes values add up to 1: each pixel is a probability of its own, so take "
        "sigmoid.",
        lambda y: y.activation == "softmax" or y.adds_up_to_1,
    ),
    Mistake(
        "decoder_tanh",
        "tanh gives pixels from -1 to 1: take sigmoid, for 0 to 1.",
        lambda y: y.activation == "tanh",
    ),
    Mistake(
        "decoder_relu",
        "{found.activation} gives pixels above 1: take sigmoid, for 0 to 1.",
        lambda y: y.activation in ("relu", "softplus"),
    ),
    Mistake(
        "decoder_ignores_z",
        "Every z has the same image: the output does not depend on z.",
        lambda y: y.constant,
    ),
    Mistake(
        "decoder_draws",
        "The same z has a different image at each call: a decoder draws nothing.",
        lambda y: y.random,
    ),
    Mistake(
        "decoder_mixes_images", "An image depends on the other z of the batch.", lambda y: y.mixed
    ),
    Mistake(
        "decoder_out_of_range",
        'Pixels go from {seen}: give the last layer activation="sigmoid", for 0 to 1.',
        lambda y: y.out_of_range,
    ),
]
