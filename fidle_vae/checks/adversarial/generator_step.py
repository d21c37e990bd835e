"""The check of a generator's step: it moves the generator, by the discriminator's logits."""

import re
from collections.abc import Callable

import keras
import numpy as np
from scipy.special import expit

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    failed,
    from_arguments,
    has_words,
    not_done,
    recognise,
)

CHECK = "generator_step"
BATCH, LATENT_DIM, RATE = 6, 3, 0.1
RIGHT = "The generator moves as by our own step, the discriminator stays, and the loss is right."


@exercise
@from_arguments
def generator_step(my_generator_step: Callable) -> Result:
    """Check `my_generator_step(generator, discriminator, optimizer, z)`: one step, by the tape.

    It must move the generator's weights by the optimizer against the gradient of the
    non-saturating loss, move no other weight, and return that loss.
    """
    game = _Game()
    try:
        returned = my_generator_step(
            game.generator, game.discriminator, game.optimizer, keras.ops.convert_to_tensor(game.z)
        )
    except NotImplementedError as error:
        return failed(CHECK, error) if str(error) else not_done(CHECK)
    except Exception as error:  # the student's code may raise anything
        known = recognise(CHECK, _Failure(my_generator_step, error), ERRORS)
        return failed(CHECK, error) if known.ok else known
    if returned is ...:
        return not_done(CHECK)
    return recognise(CHECK, _Step(my_generator_step, game, returned), MISTAKES, RIGHT)


class _Game:
    """Two networks without hidden layers, whose gradients have a short formula."""

    def __init__(self):
        rng = np.random.default_rng(76)
        layer = keras.layers.Dense
        self.generator = keras.Sequential([keras.Input((LATENT_DIM,)), layer(2)])
        self.discriminator = keras.Sequential([keras.Input((2,)), layer(1)])
        for network in (self.generator, self.discriminator):
            network.may_change = True  # also by an answer that runs elsewhere
            for weight in network.trainable_variables:
                weight.assign(rng.normal(0, 0.8, weight.shape))
        self.discriminator.trainable_variables[1].assign([-1.0])
        self.optimizer = keras.optimizers.SGD(RATE)
        self.z = rng.standard_normal((BATCH, LATENT_DIM), dtype="float32")
        self.before = self.weights()

    def weights(self):
        """Return the weights of the generator, and those of the discriminator, in two rows."""
        return [
            np.concatenate([np.ravel(keras.ops.convert_to_numpy(w)) for w in each.variables])
            for each in (self.generator, self.discriminator)
        ]


class _Step:
    """What a step did, and what others would have done."""

    def __init__(self, step, game, returned):
        self.step, self.returned = step, returned
        moves = [after - before for after, before in zip(game.weights(), game.before, strict=True)]
        self.generator, self.discriminator = moves
        weights, (*slope, bias) = game.before
        kernel = weights[: 2 * LATENT_DIM].reshape(LATENT_DIM, 2)
        self.slope, self.z = np.array(slope), game.z
        self.logits = (game.z @ kernel + weights[2 * LATENT_DIM :]) @ self.slope + bias

    def moves_as(self, slopes, times=1.0):
        """Whether the generator moves as by a loss with these slopes along the logits."""
        at_points = slopes(self.logits)[:, None] * self.slope / BATCH
        gradient = np.concatenate([np.ravel(self.z.T @ at_points), at_points.sum(axis=0)])
        move = -RATE * times * gradient
        return np.allclose(self.generator, move, rtol=0.01, atol=1e-3 * np.abs(move).max())

    @property
    def times(self):
        """How many times as far as it should the generator moves, or ""."""
        for times in (BATCH, 2, 1 / 2, 1 / RATE, 0.01 / RATE, 0.001 / RATE):
            if self.moves_as(_non_saturating, times):
                return f"{times:g}"
        return ""

    @property
    def moved(self):
        """Whether the generator, and whether the discriminator moved."""
        return tuple(bool(np.abs(each).max() > 0) for each in (self.generator, self.discriminator))

    @property
    def finite(self):
        return all(np.isfinite(each).all() for each in (self.generator, self.discriminator))

    @property
    def wrong_loss(self):
        """What is wrong with the loss that is returned, or ""."""
        due = np.logaddexp(0, -self.logits).mean()
        try:
            value = np.asarray(keras.ops.convert_to_numpy(self.returned), dtype=float)
        except (TypeError, ValueError):
            return f"a {type(self.returned).__name__}"
        if value.shape:
            return f"of shape {value.shape}, where one number is due"
        return "" if abs(value - due) < 1e-3 * due else f"{value:.4g} where {due:.4g} is due"


class _Failure:
    """An error that a step raised."""

    def __init__(self, step, error):
        self.step, self.text, self.described = step, str(error), describe_error(error)

    def says(self, pattern):
        return re.search(pattern, self.text)

    @property
    def no_gradient(self):
        return self.says("No gradients provided|must be provided|None values not supported")


def _non_saturating(logits):
    return expit(logits) - 1


def _minimax(logits):
    return -expit(logits)


def _sigmoid_twice(logits):
    d = expit(logits)
    return _non_saturating(d) * d * (1 - d)


def _cuts(each):
    return any(has_words(each.step, word) for word in ("stop_gradient", "numpy", "predict"))


ERRORS = [
    Mistake(
        "generator_step_cut",
        "No gradient reaches the generator: stop_gradient, predict or numpy() cuts the way from "
        "its weights to the loss. Cut is what the discriminator learns from; here the gradient "
        "must pass through the discriminator.",
        lambda failure: failure.no_gradient and _cuts(failure),
    ),
    Mistake(
        "generator_step_outside_tape",
        "No gradient reaches the generator: its points, their logits and the loss must all be "
        "computed inside the tape.",
        lambda failure: failure.no_gradient,
    ),
    Mistake(
        "generator_step_tape_without_brackets",
        "The tape is made by a call: write `with tf.GradientTape() as tape`, with brackets.",
        lambda failure: failure.says("context manager"),
    ),
    Mistake(
        "generator_step_gradients_alone",
        "apply_gradients takes pairs, zip(gradients, weights); apply takes both, "
        "optimizer.apply(gradients, generator.trainable_variables).",
        lambda failure: failure.says(
            r"values to unpack|not iterable|_unique_id|apply_gradients\(\) takes"
        ),
    ),
    Mistake(
        "generator_step_noise_judged",
        "{found.described} The discriminator judges points, not noise: hand it generator(z).",
        lambda failure: failure.says(
            f"expected axis -1 of input shape to have value 2.*{LATENT_DIM}\\)|"
            f"found shape=\\({BATCH}, {LATENT_DIM}\\)"
        ),
    ),
]
MISTAKES = [
    Mistake(
        "generator_step_not_finite",
        "A weight is NaN or infinite after the step.",
        lambda step: not step.finite,
    ),
    Mistake(
        "generator_step_moves_nothing",
        "No weight moves: the optimizer must do it, "
        "optimizer.apply(gradients, generator.trainable_variables).",
        lambda step: step.moved == (False, False),
    ),
    Mistake(
        "generator_step_moves_discriminator",
        "The discriminator moves, and the generator does not: whose trainable_variables do you "
        "take?",
        lambda step: step.moved == (False, True),
    ),
    Mistake(
        "generator_step_moves_both",
        "Both networks move: in its own step, the generator would teach the discriminator to be "
        "fooled. Ask for the gradients of generator.trainable_variables alone.",
        lambda step: step.moved == (True, True),
    ),
    Mistake(
        "generator_step_uphill",
        "The generator moves the wrong way round, so that its points look less real: the loss is "
        "-log D, softplus(-logits).",
        lambda step: step.moves_as(_non_saturating, -1),
    ),
    Mistake(
        "generator_step_of_discriminator",
        "The generator moves by the discriminator's term, softplus(logits), and learns to be found "
        "out: it wants its points to be called real, softplus(-logits).",
        lambda step: step.moves_as(_minimax, -1),
    ),
    Mistake(
        "generator_step_minimax",
        "The generator moves by minimax's loss, -softplus(logits): non-saturating is asked, "
        "softplus(-logits).",
        lambda step: step.moves_as(_minimax),
    ),
    Mistake(
        "generator_step_sigmoid_twice",
        "The sigmoid is taken twice: the loss takes logits.",
        lambda step: step.moves_as(_sigmoid_twice),
    ),
    Mistake(
        "generator_step_of_logits",
        "The generator moves by the mean logit alone: the loss is softplus(-logits).",
        lambda step: step.moves_as(lambda logits: -np.ones_like(logits)),
    ),
    Mistake(
        "generator_step_minus_d",
        "The generator moves by the mean of -D: the logarithm is missing.",
        lambda step: step.moves_as(lambda logits: -expit(logits) * expit(-logits)),
    ),
    Mistake(
        "generator_step_times",
        "The generator moves the right way, but {seen} times as far: is the loss a mean over the "
        "batch, is it the optimizer that you got, and is there one step?",
        lambda step: step.times,
    ),
    Mistake(
        "generator_step_other",
        "The generator moves, but not against the gradient of the mean of softplus(-logits), with "
        "the logits discriminator(generator(z)).",
        lambda step: not step.moves_as(_non_saturating),
    ),
    Mistake(
        "generator_step_gives_nothing",
        "The generator moves as it should: return the loss, too.",
        lambda step: step.returned is None,
    ),
    Mistake(
        "generator_step_wrong_loss",
        "The generator moves as it should, but what you return is {seen}: return the loss that the "
        "gradients are of.",
        lambda step: step.wrong_loss,
    ),
]
