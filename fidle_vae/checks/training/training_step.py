"""The check of a training step: does it move the weights as the loss asks?"""

import functools
import logging
import re
from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    failed,
    line_of,
    not_done,
    recognise,
)
from fidle_vae.checks.engine.small_vae import K1, K2, LATENT_DIM, PIXELS, small_vae
from fidle_vae.checks.training.our_step import BATCH, X, our_loss, our_move, weights_of
from fidle_vae.models.vae import VAE

CHECK = "train_step"


@exercise
def train_step(my_step: Callable | type[VAE]) -> Result:
    """Check `my_step(vae, x)`, or the `train_step` of a subclass of VAE: one step on a batch.

    It must move the weights by vae.optimizer against the gradient of the loss, and give that loss,
    alone or in a dict; a subclass gives a dict, and `fit` must be able to compile its step.
    TensorFlow's tape needs Keras on TensorFlow.
    """
    subclass = my_step if isinstance(my_step, type) else None
    written = recognise(CHECK, my_step, WRITTEN)
    if not written.ok:
        return written
    try:
        vae = small_vae(subclass or VAE)
        before, x = weights_of(vae), keras.ops.convert_to_tensor(X[:BATCH])
        returned = vae.train_step(x) if subclass else my_step(vae, x)
    except NotImplementedError:
        return not_done(CHECK)
    except Exception as error:  # the student's code may raise anything
        known = recognise(CHECK, error, ERRORS)
        return failed(CHECK, error) if known.ok else _of_self(known, subclass)
    moved = [after - b for after, b in zip(weights_of(vae), before, strict=True)]
    right = "The weights move as by our own step, and the loss is right."
    step = _Step(moved, len(vae.encoder.trainable_variables), returned, subclass)
    result = recognise(CHECK, step, MISTAKES, right)
    return _of_self(result, subclass)


def _of_self(result, subclass):
    """Return a result whose message speaks of `self` where the step is a method."""
    return result._replace(message=result.message.replace("vae.", "self.")) if subclass else result


class _Step:
    """What a step did: how it moved the weights, and what it returned."""

    def __init__(self, moved, of_encoder, returned, subclass):
        self.moved, self.of_encoder = moved, of_encoder  # the first moves are the encoder's
        self.returned, self.subclass = returned, subclass
        self.loss = returned.get("loss") if isinstance(returned, dict) else returned
        self.still = [np.abs(move).max() == 0 for move in moved]

    def moves_as(self, k1, k2, steps=1, factor=1):
        """Whether the weights move as by our own step with these loss weights, times a factor."""
        expected = [factor * move for move in our_move(k1, k2, steps)]
        far = max(np.abs(move).max() for move in expected)  # smaller moves may be noise
        return all(
            np.abs(a - b).max() <= 0.02 * np.abs(b).max() + 1e-3 * far
            for a, b in zip(self.moved, expected, strict=True)
        )

    @property
    def length(self):
        """How many times as far as by our own step the weights move, the same way; else ""."""
        ours = np.concatenate([np.ravel(move) for move in our_move(K1, K2)])
        moved = np.concatenate([np.ravel(move) for move in self.moved])
        factor = moved @ ours / (ours @ ours)
        same = factor > 0 and abs(factor - 1) > 0.05
        return f"{factor:.3g}" if same and self.moves_as(K1, K2, factor=factor) else ""

    @property
    def no_number(self):
        """What keeps the loss from being one number, or ""."""
        if self.loss is None:
            return "is None: give the one that the gradients are of"
        try:
            shape = np.asarray(keras.ops.convert_to_numpy(self.loss), dtype=float).shape
        except (TypeError, ValueError):
            return f"is a {type(self.loss).__name__}, no number"
        return f"has shape {shape}: give one number" if shape else ""

    @property
    def wrong_loss(self):
        """The loss beside the right one if it is another, or ""."""
        found, expected = float(keras.ops.convert_to_numpy(self.loss)), our_loss()
        right = abs(found - expected) <= 1e-3 * abs(expected)
        return "" if right else f"{found:.4g} where {expected:.4g} is expected"

    @functools.cached_property
    def error_of_fit(self):
        """What the `fit` of a subclass raises, or None."""
        logger = logging.getLogger("tensorflow")  # it warns of a step that is compiled often
        disabled, logger.disabled = logger.disabled, True
        try:
            vae = small_vae(self.subclass)
            vae.compile(keras.optimizers.SGD(0.1), jit_compile=False)
            vae.fit(X, batch_size=BATCH, verbose=0)
        except Exception as error:  # the student's code may raise anything
            return error
        finally:
            logger.disabled = disabled


def _moves_as(*how, **kwargs):
    return lambda step: step.moves_as(*how, **kwargs)


def _line_has(words):
    return lambda error: words in line_of(error)


def _own_code(my_step):
    """Return the code of a function, or that of the step that a class has itself, or None."""
    step = vars(my_step).get("train_step") if isinstance(my_step, type) else my_step
    return getattr(step, "__code__", None)


def _names_of_globals(my_step):
    code = _own_code(my_step)
    return {*code.co_names, *code.co_freevars} if code else set()


def _keras_step(my_step):
    """Return the method by which Keras takes the whole step, if the code uses one."""
    code = _own_code(my_step)
    used = {"train_step", "train_on_batch", "fit"} & set(code.co_names) if code else ()
    return next(iter(sorted(used)), "")


WRITTEN = [
    Mistake(
        "step_of_an_instance",
        "This is a model, not its class: give the check the class itself, without brackets behind "
        "its name.",
        lambda my_step: isinstance(my_step, keras.Model),
    ),
    Mistake(
        "step_of_no_vae",
        "The class is no VAE: derive it from VAE, as in class MyVAE(VAE), which has the encoder, "
        "the decoder and the loss.",
        lambda my_step: isinstance(my_step, type) and not issubclass(my_step, VAE),
    ),
    Mistake(
        "step_of_another_model",
        "Your step uses `vae`, which is another model: in a method, the model itself is `self`.",
        lambda my_step: isinstance(my_step, type) and "vae" in _names_of_globals(my_step),
    ),
    Mistake(
        "step_not_written",
        "The class has no method train_step of its own, so Keras's is used: write one, with this "
        "name.",
        lambda my_step: isinstance(my_step, type) and not _own_code(my_step),
    ),
    Mistake(
        "step_by_keras",
        "{seen} is Keras's own step: write it by hand, with the tape, the gradients and the "
        "optimizer.",
        _keras_step,
    ),
]
ERRORS = [
    Mistake(
        "step_outside_tape",
        "The tape has seen nothing that leads from the weights to the loss: put the call of the "
        "model and the loss inside `with tf.GradientTape()`.",
        lambda error: "No gradients provided" in str(error),
    ),
    Mistake(
        "step_tape_without_brackets",
        "The tape is made by a call: write `with tf.GradientTape() as tape`, with brackets.",
        lambda error: "context manager" in str(error) and "GradientTape" in line_of(error),
    ),
    Mistake(
        "step_function_called",
        "differentiate takes the function itself, which it calls: give its name without brackets.",
        lambda error: re.search(r"Tensor'? object is not callable", str(error)),
    ),
    Mistake(
        "step_function_returns_nothing",
        "The function that you give to differentiate returns nothing, or no tensor: let it return "
        "the loss as it is, without float().",
        lambda error: (
            _line_has("gradient(")(error) and re.search("received None|type_value", str(error))
        ),
    ),
    Mistake(
        "step_without_its_weights",
        "differentiate takes two arguments: the function, and vae.trainable_variables.",
        lambda error: "missing 1 required positional argument: 'weights'" in str(error),
    ),
    Mistake(
        "step_loss_comes_first",
        "differentiate gives the loss first, then the gradients: loss, gradients = ...",
        lambda error: "Scalar tensor has no" in str(error) or "0-d tensor" in str(error),
    ),
    Mistake(
        "step_is_a_set",
        'A dict has a colon between a name and its value: {{"loss": loss}}.',
        lambda error: "unhashable" in str(error),
    ),
    Mistake(
        "step_pairs_or_two",
        "apply_gradients takes one list of pairs, zip(gradients, vae.trainable_variables). With "
        "two arguments it is vae.optimizer.apply(gradients, vae.trainable_variables).",
        lambda error: _line_has("apply_gradients")(error) and "positional arguments" in str(error),
    ),
    Mistake(
        "step_apply_alone",
        "The optimizer must know the weights too: "
        "vae.optimizer.apply(gradients, vae.trainable_variables).",
        lambda error: "without `variables`" in str(error),
    ),
    Mistake(
        "step_apply_exchanged",
        "The gradients come first: vae.optimizer.apply(gradients, vae.trainable_variables).",
        lambda error: _line_has(".apply(")(error) and "_unique_id" in str(error),
    ),
    Mistake(
        "step_gradients_alone",
        "apply_gradients takes pairs, each of a gradient and its weight, in this order: "
        "zip(gradients, vae.trainable_variables).",
        lambda error: (
            _line_has("apply_gradients")(error)
            and re.search("values to unpack|no attribute|not iterable", str(error))
            and "NoneType" not in str(error)
        ),
    ),
    Mistake(
        "step_gradients_missing",
        "The tape gives no gradients: ask for those of the loss by the weights, in this order, "
        "tape.gradient(loss, vae.trainable_variables).",
        lambda error: _line_has(".apply")(error) and "NoneType" in str(error),
    ),
    Mistake(
        "step_loss_arguments",
        "compute_loss takes two arguments by name: x=x, and y_pred= what the model makes of x, "
        "vae(x, training=True).",
        lambda error: _line_has("compute_loss(")(error) and not isinstance(error, NameError),
    ),
]
MISTAKES = [
    Mistake(
        "step_not_finite",
        "A weight is NaN or infinite after the step.",
        lambda step: not all(np.isfinite(move).all() for move in step.moved),
    ),
    Mistake(
        "step_moves_nothing",
        "No weight moves: the optimizer must do it, "
        "vae.optimizer.apply(gradients, vae.trainable_variables).",
        lambda step: all(step.still),
    ),
    Mistake(
        "step_without_kl",
        "The KL is not in the loss: the weights move as without it.",
        _moves_as(K1, 0.0),
    ),
    Mistake(
        "step_without_reconstruction",
        "The reconstruction is not in the loss: the weights move as without it.",
        _moves_as(0.0, K2),
    ),
    Mistake(
        "step_without_weights",
        "The loss weights, vae.loss_weights, are not used.",
        _moves_as(1.0, 1.0),
    ),
    Mistake(
        "step_weights_exchanged",
        "The loss weights are exchanged: k1 weighs r_loss.",
        _moves_as(K2, K1),
    ),
    Mistake("step_kl_unweighted", "k2 is not used: the KL counts fully.", _moves_as(K1, 1.0)),
    Mistake(
        "step_kl_without_half",
        "The KL is twice what it should be: its 1/2 is missing.",
        _moves_as(K1, 2 * K2),
    ),
    Mistake("step_kl_half_twice", "The KL is half of what it should be.", _moves_as(K1, K2 / 2)),
    Mistake(
        "step_kl_mean_over_dimensions",
        "The KL is averaged over the latent dimensions: sum it.",
        _moves_as(K1, K2 / LATENT_DIM),
    ),
    Mistake(
        "step_kl_per_pixel",
        "The KL is divided by the number of pixels.",
        _moves_as(K1, K2 / PIXELS),
    ),
    Mistake(
        "step_reconstruction_summed",
        "The cross-entropy is summed over the pixels: r_loss is their mean.",
        _moves_as(K1 * PIXELS, K2),
    ),
    Mistake(
        "step_moves_decoder_only",
        "Only the decoder moves: take the gradients of all of vae.trainable_variables, and let z "
        "be computed from z_mean inside the tape.",
        lambda step: all(step.still[: step.of_encoder]),
    ),
    Mistake(
        "step_moves_encoder_only",
        "Only the encoder moves: take the gradients of all of vae.trainable_variables.",
        lambda step: all(step.still[step.of_encoder :]),
    ),
    Mistake(
        "step_uphill",
        "The weights move uphill: the optimizer takes the gradient as it is.",
        _moves_as(K1, K2, factor=-1),
    ),
    Mistake(
        "step_sum_over_batch",
        f"The step is {BATCH} times too far for a batch of {BATCH}: take the mean over images.",
        _moves_as(K1, K2, factor=BATCH),
    ),
    Mistake(
        "step_twice", "The optimizer is applied twice in one step.", _moves_as(K1, K2, steps=2)
    ),
    Mistake(
        "step_without_optimizer",
        "The weights move in the right direction, but {seen} times as far as the optimizer moves "
        "them: let vae.optimizer do it.",
        lambda step: step.length,
    ),
    Mistake(
        "step_other",
        "The weights do not move as the optimizer would move them against the gradient of "
        "k1 * r_loss + k2 * kl_loss.",
        lambda step: not step.moves_as(K1, K2),
    ),
    Mistake(
        "step_gives_nothing",
        "The weights move as they should; return the loss too.",
        lambda step: step.returned is None,
    ),
    Mistake(
        "step_gives_no_loss",
        'The weights move as they should; the dict has {seen} and no "loss".',
        lambda step: (
            isinstance(step.returned, dict)
            and "loss" not in step.returned
            and str(sorted(step.returned))
        ),
    ),
    Mistake(
        "step_loss_is_no_number",
        "The weights move as they should; the loss {seen}.",
        lambda step: step.no_number,
    ),
    Mistake(
        "step_wrong_loss",
        "The weights move as they should; the loss is {seen}.",
        lambda step: step.wrong_loss,
    ),
    Mistake(
        "step_gives_no_dict",
        'The weights move as they should, but give the loss in a dict, {{"loss": loss}}: fit takes '
        "its items.",
        lambda step: step.subclass and not isinstance(step.returned, dict),
    ),
    Mistake(
        "step_gives_no_tensor",
        "fit compiles the step: give the tensor itself, not float(loss) or loss.numpy().",
        lambda step: step.subclass and step.error_of_fit and not keras.ops.is_tensor(step.loss),
    ),
    Mistake(
        "step_not_compiled",
        "fit compiles the step, and then it fails. {seen}",
        lambda step: step.subclass and step.error_of_fit and describe_error(step.error_of_fit),
    ),
]
