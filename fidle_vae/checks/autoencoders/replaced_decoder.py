"""The check of a classifier made of an encoder that is kept, and a new head."""

from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    from_arguments,
    outcome,
    recognise,
)
from fidle_vae.checks.networks.inspect_layers import activations_of
from fidle_vae.checks.networks.run_network import Outputs

LATENT_DIM, CLASSES = 4, 7


@exercise
@from_arguments
def classifier(my_classifier: Callable, image_shape: tuple[int, int, int] = (28, 28, 1)) -> Result:
    """Check `my_classifier(encoder, n_classes)`: images -> probabilities, the encoder frozen."""
    encoder = _encoder(image_shape)
    before = [weight.copy() for weight in encoder.get_weights()]
    model = outcome("classifier", lambda: my_classifier(encoder, CLASSES))
    if isinstance(model, Result):
        return model
    if not isinstance(model, keras.Model):
        says = f"It gives a {type(model).__name__}: return a keras.Model, from images to classes."
        return Result("classifier", "classifier_not_wrapped", says)
    if getattr(model, "input_shape", None) == (None, LATENT_DIM):
        says = "Your model begins at the code: begin at the image, and call the encoder on it."
        return Result("classifier", "classifier_of_codes", says)
    x = np.random.default_rng(5).random((8, *image_shape), dtype="float32")
    try:
        found = _Classifier(model, encoder, before, x)
    except Exception as error:  # the student's network may raise anything
        says = f"It does not take images of shape (batch, {str(image_shape)[1:]}."
        says += f" {describe_error(error)}"
        return Result("classifier", "classifier_input", says)
    right = "The encoder is kept and frozen; {found.trained} weights of the head are left to learn."
    return recognise("classifier", found, MISTAKES, right)


def _encoder(image_shape):
    image = keras.Input(image_shape)
    x = keras.layers.Dense(5, activation="relu")(keras.layers.Flatten()(image))
    encoder = keras.Model(image, keras.layers.Dense(LATENT_DIM)(x), name="encoder")
    rng = np.random.default_rng([2])  # a list: never other weights, whose ReLU may give 0 alone
    encoder.set_weights([rng.normal(size=weight.shape) for weight in encoder.get_weights()])
    return encoder


class _Classifier(Outputs):
    def __init__(self, model, encoder, before, x):
        super().__init__(model, x)
        self.p, self.due = self.outputs[0], (len(x), CLASSES)
        self.activation = next(iter(activations_of(model, x.shape[1:])), None)
        own = {id(weight) for weight in encoder.weights}
        free = [weight for weight in model.trainable_weights if id(weight) not in own]
        self.unfrozen = len(model.trainable_weights) - len(free)
        self.partly_frozen = 0 < self.unfrozen < len(own)
        self.weights = len(own)
        self.inside = sum(id(weight) in own for weight in model.weights)
        self.trained = sum(int(np.prod(weight.shape)) for weight in free)
        now = encoder.get_weights()
        self.changed = any(not np.array_equal(a, b) for a, b in zip(before, now, strict=True))
        # a copy of the encoder with its weights will do as well
        values = [keras.ops.convert_to_numpy(weight) for weight in model.weights]
        self.copied = all(
            any(a.shape == b.shape and np.allclose(a, b) for b in values) for a in before
        )
        frozen = [keras.ops.convert_to_numpy(weight) for weight in model.non_trainable_weights]
        self.frozen_copy = all(
            any(a.shape == b.shape and np.allclose(a, b) for b in frozen) for a in before
        )

    @property
    def sums(self):
        """The sum over the classes of the first image."""
        return f"{self.p[0].sum():.3g}"


MISTAKES = [
    Mistake(
        "classifier_image",
        "Shape {found.p.shape} where {found.due} is expected: the decoder is still there. A "
        "classifier gives a probability for each class.",
        lambda c: c.p.ndim == 4,
    ),
    Mistake(
        "classifier_gives_codes",
        "Shape {found.p.shape} where {found.due} is expected: these are codes. Add a Dense layer "
        "with n_classes units.",
        lambda c: c.p.shape == (c.due[0], LATENT_DIM),
    ),
    Mistake(
        "classifier_decides",
        "Shape {found.p.shape} where {found.due} is expected: it decides on one class. Give the "
        "probability of each.",
        lambda c: c.p.shape == c.due[:1],
    ),
    Mistake(
        "classifier_ten_classes",
        "Shape {found.p.shape} where {found.due} is expected: the number of classes is n_classes, "
        "not always 10.",
        lambda c: c.p.shape == (c.due[0], 10),
    ),
    Mistake(
        "classifier_one_unit",
        "Shape {found.p.shape} where {found.due} is expected: one unit gives one probability. Take "
        "one for each class, n_classes.",
        lambda c: c.p.shape == (c.due[0], 1),
    ),
    Mistake(
        "classifier_shape",
        "Shape {found.p.shape} where {found.due} is expected.",
        lambda c: c.p.shape != c.due,
    ),
    Mistake(
        "classifier_without_encoder",
        "The encoder is not in it, nor a copy with its weights: what it has learned is lost.",
        lambda c: not c.inside and not c.copied,
    ),
    Mistake(
        "classifier_of_a_part",
        "A part of the encoder is left out: keep all of it, up to the code, and let the new layer "
        "begin there.",
        lambda c: 0 < c.inside < c.weights and not c.copied,
    ),
    Mistake(
        "classifier_resets_encoder",
        "The encoder has got other weights: keep what it has learned.",
        lambda c: c.changed,
    ),
    Mistake(
        "classifier_partly_frozen",
        "Only a part of the encoder is frozen: encoder.trainable = False freezes all of it.",
        lambda c: c.partly_frozen,
    ),
    Mistake(
        "classifier_not_frozen",
        "The encoder is trained too: freeze it before you build the model, encoder.trainable = "
        "False.",
        lambda c: c.unfrozen or not (c.inside or c.frozen_copy),
    ),
    Mistake(
        "classifier_nothing_to_learn",
        "Everything is frozen, the head too: only the encoder is to be frozen.",
        lambda c: not c.trained,
    ),
    Mistake(
        "classifier_sigmoid",
        "sigmoid gives each class a probability of its own, and they add up to {found.sums}: an "
        "image has one class, so take softmax.",
        lambda c: c.activation == "sigmoid",
    ),
    Mistake(
        "classifier_without_softmax",
        "The outputs are no probabilities, they add up to {found.sums}: give the last layer "
        'activation="softmax".',
        lambda c: c.p.min() < 0 or not np.allclose(c.p.sum(axis=1), 1, atol=1e-3),
    ),
    Mistake(
        "classifier_random",
        "The same image gets other probabilities at each call.",
        lambda c: c.random,
    ),
    Mistake(
        "classifier_ignores_image",
        "All images get the same probabilities.",
        lambda c: c.constant,
    ),
]
