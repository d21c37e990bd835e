"""The check of the encoder and the decoder of a conditional VAE."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    explain,
    from_arguments,
    outcome,
    recognise,
)

CHECK = "conditional_networks"
SHAPE, LATENT_DIM, CLASSES = (6, 5, 1), 3, 4
BATCH = 7
APART = 1e-6  # outputs that differ by less are the same
FOREIGN = "conditional_networks_foreign_input"
OTHERS_INPUT = (
    "the output of this model does not come from its inputs alone. Is an input of the other "
    "network in it? The encoder's are the image and its c; the decoder has its own, z and asked."
)


@exercise
@from_arguments
def conditional_networks(build: Callable) -> Result:
    """Check `build(image_shape, latent_dim, classes)`: encoder and decoder, both with a condition.

    The encoder takes [image, class as zeros and a one], and gives the means and the log-variances;
    the decoder takes [z, class].
    """
    keras.utils.set_random_seed(8)
    networks = outcome(CHECK, build, SHAPE, LATENT_DIM, CLASSES)
    if isinstance(networks, Result):
        return explain(networks, "does not come from its input", FOREIGN, OTHERS_INPUT, alone=True)
    form = recognise(CHECK, networks, FORM)
    if not form.ok:
        return form
    try:
        found = _Pair(*networks)
    except Exception as error:  # the student's networks may raise anything
        says = f"The two networks cannot be run. {describe_error(error)}"
        return Result(CHECK, "conditional_networks_fails", says)
    return recognise(CHECK, found, MISTAKES, "Both networks look at both of their inputs.")


class _Pair:
    """What the two networks give, and which of their inputs change it."""

    def __init__(self, encoder, decoder):
        rng = np.random.default_rng(45)
        images = rng.random((2, BATCH, *SHAPE), dtype="float32")
        z = 2 * rng.standard_normal((2, BATCH, LATENT_DIM), dtype="float32")
        one_hot = np.eye(CLASSES, dtype="float32")[np.arange(BATCH) % CLASSES]
        classes = one_hot, np.roll(one_hot, 1, axis=1)
        self.codes, self.encoder_sees = _outputs(encoder, images, classes)
        (self.x_hat, *_), self.decoder_sees = _outputs(decoder, z, classes)

    @property
    def shapes_of_codes(self):
        shapes = [code.shape for code in self.codes]
        return "" if shapes == [(BATCH, LATENT_DIM)] * 2 else ", ".join(map(str, shapes))

    @property
    def shape_of_images(self):
        return "" if self.x_hat.shape == (BATCH, *SHAPE) else str(self.x_hat.shape)

    @property
    def out_of_range(self):
        low, high = self.x_hat.min(), self.x_hat.max()
        return f"{low:.2g} to {high:.2g}" if low < 0 or high > 1 else ""


def _outputs(network, firsts, classes):
    """Return the outputs of a network, and for each input whether another one changes them."""
    outputs, *others = (
        _as_list(network([ops.convert_to_tensor(each) for each in pair]))
        for pair in (
            (firsts[0], classes[0]),
            (firsts[1], classes[0]),
            (firsts[0], classes[1]),
        )
    )
    sees = [
        all(np.abs(a - b).max() > APART for a, b in zip(outputs, other, strict=True))
        for other in others
    ]
    return outputs, sees


def _as_list(outputs):
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [ops.convert_to_numpy(each) for each in outputs]


def _takes(network, shape):
    shapes = [tuple(each.shape[1:]) for each in getattr(network, "inputs", None) or ()]
    return shapes == [shape, (CLASSES,)]


def _is_pair(networks):
    return (
        isinstance(networks, tuple | list)
        and len(networks) == 2
        and all(isinstance(each, keras.Model) for each in networks)
    )


FORM = [
    Mistake(
        "conditional_networks_no_pair",
        "It must give two models, with a comma between them: the encoder and the decoder.",
        lambda networks: not _is_pair(networks),
    ),
    Mistake(
        "conditional_networks_exchanged",
        "The two networks are exchanged: the encoder comes first.",
        lambda networks: _takes(networks[1], SHAPE) and _takes(networks[0], (LATENT_DIM,)),
    ),
    Mistake(
        "conditional_networks_encoder_inputs",
        "The encoder must have two inputs, the image and the class: keras.Model([image, c], ...).",
        lambda networks: not _takes(networks[0], SHAPE),
    ),
    Mistake(
        "conditional_networks_decoder_inputs",
        "The decoder must have two inputs, z and the class: keras.Model([z, asked], ...).",
        lambda networks: not _takes(networks[1], (LATENT_DIM,)),
    ),
]
MISTAKES = [
    Mistake(
        "conditional_networks_codes",
        "The encoder gives the shapes {seen}: means and log-variances are due, each of latent_dim "
        "numbers for an image.",
        lambda pair: pair.shapes_of_codes,
    ),
    Mistake(
        "conditional_networks_image",
        "The decoder gives the shape {seen}: images of image_shape are due.",
        lambda pair: pair.shape_of_images,
    ),
    Mistake(
        "conditional_networks_range",
        'Pixels go from {seen}: give the last layer activation="sigmoid", for 0 to 1.',
        lambda pair: pair.out_of_range,
    ),
    Mistake(
        "conditional_networks_decoder_ignores_class_encoder_too",
        "Neither network looks at the class: what is asked for must get to the pixels, and what is "
        "known to the codes.",
        lambda pair: not pair.decoder_sees[1] and not pair.encoder_sees[1],
    ),
    Mistake(
        "conditional_networks_decoder_ignores_class",
        "The decoder draws the same image whatever the class is: what it is asked for does not get "
        "to its pixels.",
        lambda pair: not pair.decoder_sees[1],
    ),
    Mistake(
        "conditional_networks_decoder_ignores_z",
        "The decoder draws the same image whatever z is: all images of a class would be one.",
        lambda pair: not pair.decoder_sees[0],
    ),
    Mistake(
        "conditional_networks_encoder_ignores_class",
        "The means or the log-variances are the same whatever the class is: both come from the "
        "image and the class.",
        lambda pair: not pair.encoder_sees[1],
    ),
    Mistake(
        "conditional_networks_encoder_ignores_image",
        "The means or the log-variances are the same whatever the image is: both come from the "
        "image and the class.",
        lambda pair: not pair.encoder_sees[0],
    ),
]
