"""The check of a denoiser whose noise is there in training only."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    from_arguments,
    outcome,
    recognise,
    runs_elsewhere,
)

SHAPE, LEVEL, GAIN = (6, 5, 1), 0.3, 2.5


@exercise
@from_arguments
def denoiser(my_denoiser: Callable) -> Result:
    """Check `my_denoiser(autoencoder, level)`: a model with noise at its input in training only.

    The autoencoder that it gets multiplies all pixels by GAIN, and noise in front of it as well.
    """
    gain = keras.initializers.Constant(GAIN)
    image = keras.Input(SHAPE)
    louder = keras.layers.Conv2D(1, 1, use_bias=False, kernel_initializer=gain)
    autoencoder = keras.Model(image, louder(image), name="autoencoder")
    model = outcome("denoiser", lambda: my_denoiser(autoencoder, LEVEL))
    if isinstance(model, Result):
        return model
    if not isinstance(model, keras.Model):
        says = f"It gives a {type(model).__name__}: return keras.Model(image, output)."
        return Result("denoiser", "denoiser_not_wrapped", says)
    try:
        found = _Denoiser(model, autoencoder)
        found.is_ours |= runs_elsewhere(my_denoiser)  # where a copy comes back in any case
    except Exception as error:  # the student's model may raise anything
        says = f"It does not take images of shape (batch, {str(SHAPE)[1:]}. {describe_error(error)}"
        return Result("denoiser", "denoiser_fails", says)
    right = "Noise in training, none in use."
    return recognise("denoiser", found, MISTAKES, right)


class _Denoiser:
    """What a model gives in training and in use, each twice."""

    def __init__(self, model, autoencoder):
        x = np.random.default_rng(43).uniform(0, 1, (600, *SHAPE)).astype("float32")
        x[:, 0] = 0  # where noise that is multiplied leaves no trace
        self.x, self.due = x, GAIN * x
        self.training, self.training_again = (_call(model, x, True) for _ in range(2))
        self.use, self.use_again = (_call(model, x, False) for _ in range(2))
        self.called = _call(model, x)
        self.shape = self.use.shape
        mine = {id(weight) for weight in model.weights}
        self.is_ours = all(id(weight) in mine for weight in autoencoder.weights)
        self.noise = self.training - self.due if self.shape == x.shape else None

    def spreads(self, deviation):
        """Whether the output varies by this in training."""
        return abs(self.noise.std() / deviation - 1) < 0.03

    @property
    def spread(self):
        """The standard deviation at the input, in words."""
        return f"{self.noise.std() / GAIN:.2g}"

    @property
    def noise_in_use(self):
        """Whether there is noise when the model is used."""
        return not _same(self.use, self.use_again)

    @property
    def noise_in_training(self):
        """Whether the output in training is another than the autoencoder's."""
        return not _same(self.training, self.due)


def _call(model, x, training=None):
    return ops.convert_to_numpy(model(ops.convert_to_tensor(x), training=training))


def _same(a, b):
    return np.allclose(a, b, atol=1e-4)


MISTAKES = [
    Mistake(
        "denoiser_shape",
        "It gives shape {found.shape} where {found.x.shape} is expected.",
        lambda d: d.shape != d.x.shape,
    ),
    Mistake(
        "denoiser_only_in_use",
        "It is the wrong way round: there is noise when the model is used, and none in training.",
        lambda d: d.noise_in_use and not d.noise_in_training,
    ),
    Mistake(
        "denoiser_always_on",
        "There is noise when the model is used, too: the same image comes out differently at each "
        "call. In use, the image must pass as it is.",
        lambda d: d.noise_in_use,
    ),
    Mistake(
        "denoiser_on_when_called",
        "Called as model(x), it adds noise: training=True is fixed in it. Leave that to Keras, "
        "which sets it in `fit` alone.",
        lambda d: _same(d.use, d.due) and not _same(d.called, d.due),
    ),
    Mistake(
        "denoiser_without_autoencoder",
        "In use it gives its input back: the autoencoder is missing.",
        lambda d: _same(d.use, d.x),
    ),
    Mistake(
        "denoiser_same_noise",
        "The noise is the same at each call, and in use it is there as well: nothing is drawn "
        "anew. A seed that is a number always draws the same.",
        lambda d: not _same(d.use, d.due) and _same(d.use, d.training),
    ),
    Mistake(
        "denoiser_other_output",
        "In use, the output is not that of the autoencoder for the same image.",
        lambda d: not _same(d.use, d.due),
    ),
    Mistake(
        "denoiser_clone",
        "It has weights of its own: call the autoencoder that you get, not a copy, or the one "
        "that you have will not learn.",
        lambda d: not d.is_ours,
    ),
    Mistake(
        "denoiser_no_noise",
        "There is no noise in training: the output is that of the autoencoder alone.",
        lambda d: not d.noise_in_training,
    ),
    Mistake(
        "denoiser_training_not_random",
        "In training, the noise is the same at each step: it must be drawn anew, with "
        "keras.random.SeedGenerator or layers.GaussianNoise.",
        lambda d: _same(d.training, d.training_again),
    ),
    Mistake(
        "denoiser_dropout",
        "Some pixels become black: this is dropout. Noise is added to every pixel.",
        lambda d: (np.abs(d.training[:, 1:]) < 1e-6).mean() > 0.1,
    ),
    Mistake(
        "denoiser_multiplied",
        "The noise is multiplied by the image, so that black stays black: add it, as "
        "layers.GaussianNoise does.",
        lambda d: np.abs(d.noise[:, 0]).max() < 1e-4,
    ),
    Mistake(
        "denoiser_one_noise_for_all",
        "All images of a batch get the same noise: draw it in the shape of the batch.",
        lambda d: np.ptp(d.noise, axis=0).max() < 1e-4,
    ),
    Mistake(
        "denoiser_noise_behind",
        "The noise is added to the output: it belongs in front of the autoencoder, which has to "
        "remove it.",
        lambda d: d.spreads(LEVEL),
    ),
    Mistake(
        "denoiser_noise_on_both_sides",
        "There is noise in front of the autoencoder, and behind it: only what comes in is noisy.",
        lambda d: d.spreads(LEVEL * (GAIN**2 + 1) ** 0.5),
    ),
    Mistake(
        "denoiser_variance",
        "The noise has the standard deviation {found.spread}, the square of level: level is the "
        "standard deviation itself.",
        lambda d: d.spreads(GAIN * LEVEL**2),
    ),
    Mistake(
        "denoiser_root",
        "The noise has the standard deviation {found.spread}, the root of level: level is the "
        "standard deviation already.",
        lambda d: d.spreads(GAIN * LEVEL**0.5),
    ),
    Mistake(
        "denoiser_without_level",
        "The noise has the standard deviation 1, whatever level is.",
        lambda d: d.spreads(GAIN),
    ),
    Mistake(
        "denoiser_spread",
        f"The noise has the standard deviation {{found.spread}} where level, {LEVEL}, is expected.",
        lambda d: not d.spreads(GAIN * LEVEL),
    ),
]
