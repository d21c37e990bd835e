"""The check of an autoencoder, whether trained or not."""

import math
from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    explain,
    from_arguments,
    recognise,
)
from fidle_vae.checks.networks import run_network
from fidle_vae.checks.networks.encoder import BOUNDED
from fidle_vae.checks.networks.inspect_layers import activations_of
from fidle_vae.checks.networks.run_network import Outputs

LATENT_DIM = 3  # that a function is asked for


@exercise
@from_arguments
def autoencoder(
    build: Callable,
    image_shape: tuple[int, int, int] = (28, 28, 1),
    latent_dim: int = LATENT_DIM,
) -> Result:
    """Check a model from images to images with layers named "encoder" and "decoder".

    A function of latent_dim is called with it, and the model that it returns is checked.
    """
    x = np.random.default_rng(8).random((8, *image_shape), dtype="float32")
    model = run_network.build("autoencoder", build, latent_dim, x)
    if isinstance(model, Result):
        return _explained(model, image_shape, latent_dim)
    form = recognise("autoencoder", model, FORM)
    if not form.ok:
        return form
    try:
        found = _Autoencoder(model, x, latent_dim)
    except Exception as error:  # the student's networks may raise anything
        says = f"It does not take images of shape (batch, {str(image_shape)[1:]}."
        return Result("autoencoder", "autoencoder_input", f"{says} {describe_error(error)}")
    right = "A model that copies images of {found.image} through {found.latent_dim} numbers."
    return recognise("autoencoder", found, MISTAKES, right)


def _explained(result, image_shape, latent_dim):
    """Add to the error of two networks that do not fit together what it means."""
    height, width, channels = image_shape
    image = rf"\(None, {height}, {width}(, {channels})?\)"
    for found, (mistake, hint) in {
        rf"layer 'decoder'.* expected shape=\(None, \d+\), found shape={image}": (
            "autoencoder_wrong_way_round",
            "The decoder gets the image: encode first, then decode, decoder(encoder(image)).",
        ),
        rf"layer 'decoder'.* expected shape={image}, found shape=\(None, \d+\)": (
            "autoencoder_decoder_of_images",
            "Your decoder begins at the image: it needs an input of its own, a code, "
            "keras.Input((latent_dim,)).",
        ),
        rf"expected shape=\(None, {latent_dim}\), found shape=\(None, \d+\)": (
            "autoencoder_networks_do_not_fit",
            "The decoder takes latent_dim numbers, and the encoder gives another count: its last "
            "layer must be Dense(latent_dim), after Flatten if there are features.",
        ),
        r"expected shape=\(None, (\d+)\), found shape=\(None, \d+, \d+, \1\)": (
            "autoencoder_without_flatten",
            "Dense acts on the last axis alone, so that your code has a height and a width still: "
            "put Flatten before it.",
        ),
    }.items():
        result = explain(result, found, mistake, hint, alone=True)
    return result


class _Autoencoder:
    def __init__(self, model, x, latent_dim):
        encoder, decoder = (model.get_layer(name) for name in ("encoder", "decoder"))
        self.latent_dim, self.image = latent_dim, x.shape[1:]
        self.pixels, self.due = math.prod(self.image), (len(x), latent_dim)
        self.codes = Outputs(encoder, x)
        self.code = self.codes.outputs[0]
        self.numbers = math.prod(self.code.shape[1:])
        self.activation = next(iter(activations_of(encoder, self.image)), None)
        self.bound = BOUNDED.get(self.activation, "")
        a, b = np.random.default_rng(9).normal(size=(2, 1, *self.image)).astype("float32")
        self.of_sums = Outputs(encoder, np.concatenate([a, b, a + b, 0 * a])).outputs[0]
        self.images = Outputs(model, x)
        self.x_hat = self.images.outputs[0]
        self.last = _last_activation(decoder)
        self.shapes = f"Shape {self.x_hat.shape} where {x.shape} is expected"
        self.misshapen = self.x_hat.shape != x.shape
        self.by_hand = Outputs(decoder, self.code).outputs[0] if self.codes.count == 1 else None

    @property
    def linear(self):
        """Whether the code of a sum of images is the sum of their codes: nothing bends."""
        a, b, both, zero = self.of_sums
        return np.allclose(a + b - zero, both, atol=1e-4)

    @property
    def out_of_range(self):
        """The range of the pixels if it is not within [0, 1], else ""."""
        low, high = self.x_hat.min(), self.x_hat.max()
        return f"{low:.2g} to {high:.2g}" if low < 0 or high > 1 else ""

    @property
    def goes_around(self):
        """Whether the output is another than the decoder's image of the encoder's code."""
        same = self.by_hand.shape == self.x_hat.shape
        return not (same and np.allclose(self.by_hand, self.x_hat, atol=1e-4))


def _last_activation(network):
    """Return the name of the last activation, before layers that only change the shape."""
    forms = keras.layers.Reshape, keras.layers.Flatten, keras.layers.Cropping2D
    rest = [layer for layer in getattr(network, "layers", ()) if not isinstance(layer, forms)]
    activation = getattr(rest[-1], "activation", None) if rest else None
    return getattr(activation, "__name__", "")


def _names(model):
    return {layer.name for layer in model.layers}


def _layer_of_these_names(model):
    """Return the encoder, or the decoder, that is a single layer of Keras; or None."""
    parts = (model.get_layer(name) for name in ("encoder", "decoder"))
    kinds = tuple(vars(keras.layers).values())
    return next((part for part in parts if type(part) in kinds), None)


def _are_exchanged(model):
    """Whether the decoder takes the model's images, and the encoder does not."""
    image, *inputs = (
        getattr(network, "input_shape", None)
        for network in (model, model.get_layer("encoder"), model.get_layer("decoder"))
    )
    return inputs[1] == image != inputs[0]


FORM = [
    Mistake(
        "autoencoder_two_networks",
        "It gives encoder and decoder side by side: put them in a row, "
        "keras.Model(image, decoder(encoder(image))).",
        lambda m: isinstance(m, list | tuple) and all(isinstance(n, keras.Model) for n in m),
    ),
    Mistake(
        "autoencoder_not_wrapped",
        "It gives no model: wrap the output in keras.Model(image, output).",
        lambda m: not isinstance(m, keras.Model),
    ),
    Mistake(
        "autoencoder_encoder_only",
        "It gives the encoder alone: the decoder makes an image of its code.",
        lambda m: m.name == "encoder",
    ),
    Mistake(
        "autoencoder_decoder_only",
        "It gives the decoder alone: an image must go in, through the encoder.",
        lambda m: m.name == "decoder",
    ),
    Mistake(
        "autoencoder_without_names",
        'It has no layer "encoder" or no layer "decoder": build two models with these names, as in '
        'keras.Model(image, z, name="encoder"), and call them in a row.',
        lambda m: not {"encoder", "decoder"} <= _names(m),
    ),
    Mistake(
        "autoencoder_layers_with_names",
        '"{seen.name}" is a layer of the kind {seen.__class__.__name__}: it must be a keras.Model '
        "of its own, from its input to its output.",
        _layer_of_these_names,
    ),
    Mistake(
        "autoencoder_names_exchanged",
        'The names are exchanged: the model that takes images is called "encoder".',
        _are_exchanged,
    ),
]
MISTAKES = [
    Mistake(
        "autoencoder_code_of_a_vae",
        "The encoder has {found.codes.count} outputs: an autoencoder's code is one list of "
        "numbers.",
        lambda a: a.codes.count > 1,
    ),
    Mistake(
        "autoencoder_code_larger",
        "The code has {found.numbers} numbers and the image {found.pixels}: nothing has to be left "
        "out, so nothing has to be learned. A bottleneck has latent_dim numbers.",
        lambda a: a.numbers >= a.pixels,
    ),
    Mistake(
        "autoencoder_code_not_flat",
        "The code has shape {found.code.shape} where {found.due} is expected: put Flatten before "
        "the last Dense layer of the encoder.",
        lambda a: a.code.ndim > 2,
    ),
    Mistake(
        "autoencoder_code_dimension",
        "The code has shape {found.code.shape} where {found.due} is expected: the encoder's last "
        "layer must be Dense(latent_dim), after Flatten if there are features.",
        lambda a: a.code.shape != a.due,
    ),
    Mistake(
        "autoencoder_activation_on_code",
        "The code goes through {found.activation}, so that it is {seen}: a part of the latent "
        "space stays empty. The encoder's last layer has no activation.",
        lambda a: a.bound,
    ),
    Mistake(
        "autoencoder_flat",
        "{found.shapes}: let the decoder end in Reshape(image_shape).",
        lambda a: a.misshapen and a.x_hat.ndim == 2 and a.x_hat[0].size == a.pixels,
    ),
    Mistake(
        "autoencoder_no_channel",
        "{found.shapes}: the last axis, of the channels, is missing.",
        lambda a: a.misshapen and a.x_hat.shape == (8, *a.image[:-1]),
    ),
    Mistake(
        "autoencoder_size",
        "{found.shapes}: the decoder must come back to the input's height and width. Each "
        "up-sampling doubles them, so begin with a quarter of the size for two.",
        lambda a: a.x_hat.ndim == 4 and a.x_hat.shape[1:3] != a.image[:2],
    ),
    Mistake(
        "autoencoder_channels",
        "{found.shapes}: the last layer needs as many filters as an image has channels.",
        lambda a: a.x_hat.ndim == 4 and a.misshapen,
    ),
    Mistake(
        "autoencoder_labels",
        "{found.shapes}: this gives a few numbers for an image, as a classifier does. An "
        "autoencoder gives an image.",
        lambda a: a.x_hat.ndim == 2 and a.x_hat.shape[1] < 100,
    ),
    Mistake("autoencoder_shape", "{found.shapes}.", lambda a: a.misshapen),
    Mistake(
        "autoencoder_not_finite",
        "A code or a pixel is NaN or infinite.",
        lambda a: not (a.codes.finite and a.images.finite),
    ),
    Mistake(
        "autoencoder_draws",
        "The same image has another code or copy at each call: nothing in it may be drawn at "
        "random.",
        lambda a: a.codes.random or a.images.random,
    ),
    Mistake(
        "autoencoder_goes_around",
        "The output is not the decoder's image of the code: something goes around the bottleneck. "
        "It must be decoder(encoder(image)).",
        lambda a: a.goes_around,
    ),
    Mistake(
        "autoencoder_softmax",
        "softmax makes all pixels of an image add up to 1: take sigmoid, each pixel is a value of "
        "its own.",
        lambda a: a.last == "softmax" or np.allclose(a.x_hat.reshape(8, -1).sum(axis=1), 1, 1e-3),
    ),
    Mistake(
        "autoencoder_out_of_range",
        'Pixels go from {seen}: give the decoder\'s last layer activation="sigmoid", for 0 to 1.',
        lambda a: a.out_of_range,
    ),
    Mistake(
        "autoencoder_relu",
        "The decoder's last activation is {found.last}, and it may give pixels above 1: take "
        "sigmoid.",
        lambda a: a.last in ("relu", "softplus"),
    ),
    Mistake(
        "autoencoder_mixes_images",
        "A copy depends on the other images of the batch.",
        lambda a: a.codes.mixed or a.images.mixed,
    ),
    Mistake(
        "autoencoder_ignores_image",
        "All images have the same code or the same copy.",
        lambda a: a.codes.constant or a.images.constant,
    ),
    Mistake(
        "autoencoder_linear",
        "The shapes are right, but the encoder is linear: without an activation in its hidden "
        "layer it can find nothing that PCA cannot.",
        lambda a: a.linear,
    ),
]
