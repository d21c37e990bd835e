"""The check of a model of two hands: one encoder for both, and a decoder for each."""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    Spy,
    describe_error,
    exercise,
    explain,
    outcome,
    recognise,
)

CHECK = "two_hands"
CODE = 3


@exercise
def two_hands(my_two_hands: Callable, image_shape: tuple[int, int, int] = (28, 28, 1)) -> Result:
    """Check `my_two_hands(build_encoder, build_decoder)`: [thin, bold] -> copies of both."""
    made = _Made(image_shape)
    model = outcome(CHECK, lambda: my_two_hands(made.build_encoder, made.build_decoder))
    if isinstance(model, Result):
        for errors, mistake, hint in ERRORS:
            model = explain(model, errors, mistake, hint, alone=True)
        return model
    form = recognise(CHECK, model, FORM)
    if not form.ok:
        return form
    try:
        found = _TwoHands(model, made, image_shape)
    except Exception as error:  # the student's model may raise anything
        says = f"It does not take two batches of images. {describe_error(error)}"
        return Result(CHECK, "two_hands_input", says)
    right = "Both hands go through one encoder, and each has a decoder of its own."
    return recognise(CHECK, found, MISTAKES, right)


class _Made(Spy):
    """Builds networks with weights of their own, and keeps them."""

    def __init__(self, image_shape):
        self.shape, self.encoders, self.decoders = image_shape, [], []
        self.rng = np.random.default_rng(44)

    def build_encoder(self, *args, **kwargs):
        """Build a network from images to codes."""
        self._refuse_images("build_encoder", args)
        into = [keras.Input(self.shape), layers.Flatten()]
        return self._keep(self.encoders, [*into, layers.Dense(CODE)])

    def build_decoder(self, *args, **kwargs):
        """Build a network from codes to images."""
        self._refuse_images("build_decoder", args)
        pixels = layers.Dense(int(np.prod(self.shape)), activation="sigmoid")
        out = [pixels, layers.Reshape(self.shape)]
        return self._keep(self.decoders, [keras.Input((CODE,)), *out])

    def _refuse_images(self, name, given):
        if any(isinstance(each, keras.KerasTensor) for each in given):
            raise TypeError(f"{name} got an image or a code")

    def _keep(self, kept, stack):
        network = keras.Sequential(stack)
        sizes = [weight.shape for weight in network.get_weights()]
        network.set_weights([self.rng.normal(0, size[0] ** -0.5, size) for size in sizes])
        kept.append(network)
        return network


class _Origin(NamedTuple):
    """Where an output comes from; None for what is not known."""

    image: int | None = None
    encoder: int | None = None
    decoder: int | None = None


class _TwoHands:
    """The outputs of a model for two batches, and from where each comes."""

    def __init__(self, model, made, image_shape):
        rng = np.random.default_rng(45)
        self.images = list(rng.random((2, 4, *image_shape), dtype="float32"))
        self.made = made
        outputs = _run(model, self.images)
        self.shapes = " and ".join(str(each.shape[1:]) for each in outputs)
        self.are_codes = any(each.shape[1:] == (CODE,) for each in outputs)
        self.are_images = all(each.shape[1:] == tuple(image_shape) for each in outputs)
        self.first, self.second = (self._origin(each) for each in outputs)
        self.known = None not in (*self.first, *self.second)
        other = [self.images[0], 1 - self.images[1]]
        changed = _run(model, other), _run(model, [1 - self.images[0], self.images[1]])
        self.first_sees, self.second_sees = (
            [not np.allclose(each[k], outputs[k], atol=1e-5) for each in changed[::-1]]
            for k in (0, 1)
        )
        networks = made.encoders + made.decoders
        self.unbuilt = not networks
        free = {id(weight) for weight in model.trainable_weights}
        inside = {id(weight) for weight in model.weights}
        used = [n for n in networks if any(id(weight) in inside for weight in n.weights)]
        built = {id(weight) for network in networks for weight in network.weights}
        self.strange = not inside <= built
        self.frozen = any(id(weight) not in free for n in used for weight in n.weights)

    def _origin(self, output):
        chains = itertools.product(
            enumerate(self.images), enumerate(self.made.encoders), enumerate(self.made.decoders)
        )
        for (i, image), (e, encoder), (d, decoder) in chains:
            due = ops.convert_to_numpy(decoder(encoder(image)))
            if due.shape == output.shape and np.allclose(due, output, atol=1e-4):
                return _Origin(i, e, d)
        return _Origin()

    @property
    def one_encoder(self):
        return self.first.encoder == self.second.encoder

    @property
    def one_decoder(self):
        return self.first.decoder == self.second.decoder

    @property
    def seen(self):
        """The images that the outputs come from."""
        return self.first.image, self.second.image


def _run(model, images):
    outputs = model(images, training=False)
    outputs = outputs.values() if isinstance(outputs, dict) else outputs
    return [ops.convert_to_numpy(each) for each in outputs]


def _count(model, which):
    return len(keras.tree.flatten(getattr(model, which, None) or []))


def _all_are(kind):
    return lambda m: isinstance(m, list | tuple) and all(isinstance(each, kind) for each in m)


ERRORS = [
    (
        "build_(encoder|decoder) got an image",
        "two_hands_not_called",
        "brackets are missing where the networks are made: build_encoder() gives a network, and "
        "that is called on the image.",
    ),
    (
        rf"expected shape=\(None, {CODE}\), found shape=\(None, \d+, \d+",
        "two_hands_decodes_images",
        "a decoder gets images: encode first, decoder(encoder(image)).",
    ),
    (
        rf"expected shape=\(None, \d+, \d+, \d\), found shape=\(None, {CODE}\)",
        "two_hands_encodes_codes",
        "an encoder gets codes: it takes an image, decoder(encoder(image)).",
    ),
    (
        "used 2 times in the model",
        "two_hands_same_name",
        "two networks of one name, as a clone and its original: call one and the same encoder on "
        "both images.",
    ),
    (
        "got an unexpected keyword|positional argument",
        "two_hands_arguments",
        "build_encoder() and build_decoder() need no arguments; what they return is called on a "
        "tensor.",
    ),
]
FORM = [
    Mistake(
        "two_hands_two_models",
        "It gives several models side by side: give one, keras.Model([thin, bold], [copy, copy]).",
        _all_are(keras.Model),
    ),
    Mistake(
        "two_hands_not_wrapped",
        "It gives tensors: wrap them in keras.Model([thin, bold], outputs).",
        lambda m: isinstance(m, keras.KerasTensor) or _all_are(keras.KerasTensor)(m),
    ),
    Mistake(
        "two_hands_no_model",
        "It gives no model: return keras.Model([thin, bold], [copy of thin, copy of bold]).",
        lambda m: not isinstance(m, keras.Model),
    ),
    Mistake(
        "two_hands_one_input",
        "The model takes one batch of images: it needs an input for each hand, [thin, bold].",
        lambda m: _count(m, "inputs") == 1,
    ),
    Mistake(
        "two_hands_inputs",
        "The model does not take two inputs, [thin, bold].",
        lambda m: _count(m, "inputs") != 2,
    ),
    Mistake(
        "two_hands_one_output",
        "The model has one output: give a list of two, the copy of thin and that of bold.",
        lambda m: _count(m, "outputs") == 1,
    ),
    Mistake(
        "two_hands_outputs",
        "The model has more than two outputs. It learns from copies alone: for a swap there is no "
        "answer to learn from.",
        lambda m: _count(m, "outputs") != 2,
    ),
]
MISTAKES = [
    Mistake(
        "two_hands_not_built",
        "The networks of build_encoder and build_decoder are not in it: call these functions, and "
        "then the networks that they return.",
        lambda m: m.unbuilt,
    ),
    Mistake(
        "two_hands_codes",
        "An output is a code, not an image: decode it. The shapes are {found.shapes}.",
        lambda m: m.are_codes,
    ),
    Mistake(
        "two_hands_shape",
        "The outputs have shapes {found.shapes}: copies have the shape of an image.",
        lambda m: not m.are_images,
    ),
    Mistake(
        "two_hands_mixed",
        "An output changes with both images: each copy is made of one image alone.",
        lambda m: all(m.first_sees) or all(m.second_sees),
    ),
    Mistake(
        "two_hands_same_image",
        "Both outputs are made of the same image: the first is of thin, the second of bold.",
        lambda m: m.first_sees == m.second_sees,
    ),
    Mistake(
        "two_hands_crossed",
        "The first output is made of the bold digit, and the second of the thin one: as it trains "
        "on copies, each output must be of its own hand.",
        lambda m: m.known and m.seen == (1, 0),
    ),
    Mistake(
        "two_hands_apart",
        "Nothing is shared: each hand has an encoder of its own. These are the two autoencoders of "
        "section 2.",
        lambda m: m.known and not m.one_encoder and not m.one_decoder,
    ),
    Mistake(
        "two_hands_wrong_half",
        "It is the other way round: two encoders share one decoder. One encoder, two decoders.",
        lambda m: m.known and not m.one_encoder and m.one_decoder,
    ),
    Mistake(
        "two_hands_one_decoder",
        "Both hands share the decoder too: then nothing knows which hand to write in. Build one "
        "for each.",
        lambda m: m.known and m.one_decoder,
    ),
    Mistake(
        "two_hands_frozen",
        "Some of the weights are frozen: all three networks must learn.",
        lambda m: m.frozen,
    ),
    Mistake(
        "two_hands_cloned",
        "There are weights in it that build_encoder and build_decoder have not made. A clone, too, "
        "has weights of its own: call one and the same encoder on both images.",
        lambda m: m.strange and not m.known,
    ),
    Mistake(
        "two_hands_other_way",
        "An output is not what a decoder makes of an encoder's code: it must be "
        "decoder(encoder(image)), and nothing more.",
        lambda m: not m.known,
    ),
]
