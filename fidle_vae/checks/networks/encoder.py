"""The check of an encoder, whether trained or not."""

import inspect
from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, describe_error, exercise, recognise
from fidle_vae.checks.networks.departures import departures
from fidle_vae.checks.networks.inspect_layers import (
    activations_of,
    bias_of_first_alone,
    convolves,
    depends_on_first,
    gets_smaller,
    has_linear_convolution,
    lost_convolution,
    output_names,
)
from fidle_vae.checks.networks.run_network import Outputs, build, form_of, require_wrapped

CHECK = "encoder"
BOUNDED = {  # the values that a last activation leaves to z_mean or z_log_var
    "relu": "never below 0",
    "softplus": "never below 0",
    "exp": "never below 0",
    "square": "never below 0",
    "abs": "never below 0",
    "exponential": "never below 0",
    "sigmoid": "only between 0 and 1",
    "hard_sigmoid": "only between 0 and 1",
    "tanh": "only between -1 and 1",
    "softmax": "only between 0 and 1",
}


@exercise
def encoder(
    enc: Callable,
    latent_dim: int,
    image_shape: tuple[int, int, int] = (28, 28, 1),
    convolutional: bool = False,
) -> Result:
    """Check a network from images to [z_mean, z_log_var], each (batch, latent_dim).

    A function of latent_dim is called with it, and the network that it returns is checked. With
    `convolutional`, the network must have a convolution in it, and make the image smaller.
    """
    x = np.random.default_rng(6).random((8, *image_shape), dtype="float32")
    answer, enc = enc, build(CHECK, enc, latent_dim, x)
    wrong = require_wrapped(CHECK, enc, "keras.Model(image, [z_mean, z_log_var])")
    if wrong or isinstance(enc, Result):
        return wrong or enc
    form = recognise(CHECK, enc, form_of(CHECK, image_shape))
    if not form.ok:
        return form
    try:
        found = _Codes(enc, x, latent_dim, convolutional)
    except Exception as error:  # the student's network may raise anything
        says = f"It does not take images of shape (batch, {str(image_shape)[1:]}."
        return Result(CHECK, "encoder_input", f"{says} {describe_error(error)}")
    differs = departures(enc)
    if differs and not _of_given_input(answer, enc):  # what is right may have a layer to spare
        found.lost = lost_convolution(enc)
    right = f"Two outputs of {latent_dim} values for each image, of the image alone."
    return recognise(CHECK, found, MISTAKES, right + (differs if convolutional else ""))


def _of_given_input(answer, network):
    """Whether an encoder begins at an input that others use too, whose layers are none of it."""
    if not inspect.isfunction(answer):
        return True
    inputs = getattr(network, "inputs", None) or [None]
    return any(value is inputs[0] for value in answer.__globals__.values())


class _Codes(Outputs):
    def __init__(self, network, x, latent_dim, convolutional):
        super().__init__(network, x)
        self.network, self.convolutional, self.lost = network, convolutional, ""
        self.latent_dim, self.due = latent_dim, (len(x), latent_dim)
        self.activations = activations_of(network, x.shape[1:])
        self.z_mean, self.z_log_var = [*self.outputs, None][:2]
        self.layer_names = output_names(network)
        self.in_a_row = depends_on_first(network, x.shape[1:])

    def bounded_by(self, place):
        """Describe how the last activation of an output limits it; "" if it does not."""
        activation = next(iter(self.activations[place:]), None)
        return f"{activation}, so that it is {BOUNDED[activation]}" if activation in BOUNDED else ""


MISTAKES = [
    Mistake(
        "encoder_one_output",
        "It has one output: a VAE's encoder gives two, z_mean and z_log_var, each from a Dense "
        "layer of its own.",
        lambda c: c.count == 1,
    ),
    Mistake(
        "encoder_too_many_outputs",
        "It has {found.count} outputs: only z_mean and z_log_var are asked, z is drawn outside.",
        lambda c: c.count > 2,
    ),
    Mistake(
        "encoder_unequal_outputs",
        "z_mean has shape {found.z_mean.shape} and z_log_var {found.z_log_var.shape}: both must "
        "have (batch, {found.latent_dim}).",
        lambda c: c.z_mean.shape != c.z_log_var.shape,
    ),
    Mistake(
        "encoder_not_flat",
        "Shape {found.z_mean.shape} where {found.due} is expected: the features must go through "
        "Flatten before the last Dense layers.",
        lambda c: c.z_mean.ndim > 2,
    ),
    Mistake(
        "encoder_wrong_dimension",
        "Shape {found.z_mean.shape} where {found.due} is expected: the last Dense layers need "
        "latent_dim units.",
        lambda c: c.z_mean.shape != c.due,
    ),
    Mistake(
        "encoder_dict",
        "Its outputs are a dict, and a VAE takes them by their places: give keras.Model a list, "
        "[z_mean, z_log_var].",
        lambda c: c.names,
    ),
    Mistake("encoder_not_finite", "A code is NaN or infinite.", lambda c: not c.finite),
    *(
        Mistake(
            f"encoder_activation_on_{name}",
            f"{output} goes through {{seen}}: it may be any number, so its Dense layer has no "
            "activation.",
            lambda c, place=place: c.bounded_by(place),
        )
        for place, (name, output) in enumerate([("mean", "z_mean"), ("log_variance", "z_log_var")])
    ),
    Mistake(
        "encoder_ignores_image",
        "All images have the same code: an output does not depend on the image.",
        lambda c: c.constant,
    ),
    Mistake(
        "encoder_same_output_twice",
        "z_mean and z_log_var are the same values: each needs a Dense layer of its own.",
        lambda c: np.allclose(c.z_mean, c.z_log_var),
    ),
    Mistake(
        "encoder_outputs_in_a_row",
        "One output is computed from the other: put both Dense layers side by side, on the same "
        "features, as the width of a cloud does not follow from its place.",
        lambda c: c.in_a_row,
    ),
    Mistake(
        "encoder_draws",
        "The same images have different codes at each call: an encoder draws nothing, z is drawn "
        "outside.",
        lambda c: c.random,
    ),
    Mistake(
        "encoder_mixes_images",
        "An image's code depends on the other images of the batch.",
        lambda c: c.mixed,
    ),
    Mistake(
        "encoder_loses_a_convolution",
        "Of what you built, {seen}. Call each layer on what the one before it gives.",
        lambda c: c.lost,
    ),
    Mistake(
        "encoder_without_convolution",
        "All is as it should be, but there is no convolution in it: begin with Conv2D layers, "
        "which look at each neighbourhood of pixels with the same few weights.",
        lambda c: c.convolutional and not convolves(c.network),
    ),
    Mistake(
        "encoder_names_exchanged",
        "By the names of their layers the two outputs are exchanged: z_mean comes first in the "
        "list, z_log_var second.",
        lambda c: (
            ["log_var" in name for name in c.layer_names] == [True, False]
            and "mean" in c.layer_names[1]
        ),
    ),
    Mistake(
        "encoder_bias_exchanged",
        "The bias that begins at {seen:.3g} is that of the first output, which is z_mean: the "
        "log-variance begins there, and comes second in the list.",
        lambda c: bias_of_first_alone(c.network),
    ),
    Mistake(
        "encoder_linear_convolution",
        "A convolution has no activation, so that it and the next layer are no more than one "
        'linear layer: give it activation="relu".',
        lambda c: has_linear_convolution(c.network),
    ),
    Mistake(
        "encoder_keeps_the_size",
        "No convolution makes the image smaller: give them strides=2, so that the last ones see "
        "more than a few pixels, and Flatten leaves fewer values.",
        lambda c: c.convolutional and not gets_smaller(c.network),
    ),
]
