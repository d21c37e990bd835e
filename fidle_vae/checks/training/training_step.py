"""The check of a training step: does it move the weights as the loss asks?"""

import contextlib
import functools
import inspect
import io
import logging
import warnings

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    exercise,
    failed,
    has_words,
    not_done,
    recognise,
    used_names,
)
from fidle_vae.checks.engine.small_vae import K1, K2, LATENT_DIM, PIXELS, small_vae
from fidle_vae.checks.training.our_step import (
    BATCH,
    OfSquaredErrors,
    X,
    our_losses,
    our_move,
    weights_of,
)
from fidle_vae.checks.training.step_errors import APPLY, ERRORS, Failure
from fidle_vae.checks.training.watched_model import WIDE, watched_vae
from fidle_vae.models.vae import VAE

CHECK = "train_step"


@exercise
def train_step(MyVAE: type[VAE]) -> Result:  # noqa: N803 (a class)
    """Check the method `train_step(self, x)` of a subclass of VAE: one step on a batch.

    It must move the weights by self.optimizer against the gradient of the loss, and give that loss
    in a dict; `fit` must be able to compile it. TensorFlow's tape needs Keras on TensorFlow.
    """
    written = recognise(CHECK, MyVAE, WRITTEN)
    if not written.ok:
        return written
    vae = None
    try:
        vae, notes = watched_vae(MyVAE)
        before = weights_of(vae)
        returned = _run(vae)
    except NotImplementedError as error:
        return failed(CHECK, error) if str(error) else not_done(CHECK)
    except Exception as error:  # the student's code may raise anything
        known = recognise(CHECK, Failure(error, vae, notes), ERRORS) if vae else None
        return failed(CHECK, error) if known is None or known.ok else known
    if returned is ...:
        return not_done(CHECK)
    moved = [after - b for after, b in zip(weights_of(vae), before, strict=True)]
    right = "The weights move as by our own step, and the loss is right."
    return recognise(CHECK, _Step(MyVAE, vae, moved, returned, notes), MISTAKES, right)


def _run(vae):
    with warnings.catch_warnings():  # of Keras, on missing gradients
        warnings.simplefilter("ignore", UserWarning)
        return vae.train_step(keras.ops.convert_to_tensor(X[:BATCH]))


class _Step:
    """What a step did: how it moved the weights, and what it returned."""

    def __init__(self, kind, vae, moved, returned, notes):
        self.kind, self.moved, self.returned, self.notes = kind, moved, returned, notes
        self.of_encoder = len(vae.encoder.trainable_variables)  # the first moves are these
        self.trained = len(vae.trainable_variables)
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
        ours, moved = _row(our_move(K1, K2)), _row(self.moved)
        factor = moved @ ours / (ours @ ours)
        same = factor > 0 and abs(factor - 1) > 0.05
        return f"{factor:.3g}" if same and self.moves_as(K1, K2, factor=factor) else ""

    @property
    def other_weights(self):
        """The weights of both terms by which the weights move, in words, or ""."""
        return self._mixture_of(VAE)

    @property
    def of_squared_errors(self):
        """As `other_weights`, where the squared error stands for r_loss."""
        return self._mixture_of(OfSquaredErrors)

    def _mixture_of(self, kind):
        terms = [_row(our_move(*weights, kind=kind)) for weights in ((1.0, 0.0), (0.0, 1.0))]
        terms, moved = np.stack(terms, axis=1), _row(self.moved)
        factors = np.linalg.lstsq(terms, moved, rcond=None)[0]
        fits = np.abs(terms @ factors - moved).max() < 0.02 * np.abs(moved).max()
        r, kl = np.where(np.abs(factors) < 1e-5, 0, factors)  # of float32
        return f"{r:.2g} r_loss + {kl:.2g} kl_loss" if fits else ""

    @functools.cached_property
    def noise(self):
        """What a step in wide clouds added to z_mean; see `Notes`."""
        try:
            vae, notes = watched_vae(self.kind, log_var=WIDE)
            with contextlib.redirect_stdout(io.StringIO()):  # it has printed already
                _run(vae)
        except Exception:  # the student's code may raise anything
            return None
        return notes.noise

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

    def loss_is(self, expected):
        """Whether the loss is a number, or nearly."""
        found = float(keras.ops.convert_to_numpy(self.loss))
        return abs(found - expected) <= 1e-3 * abs(expected)

    @property
    def wrong_loss(self):
        """The loss beside the right one if it is another, or ""."""
        found, expected = float(keras.ops.convert_to_numpy(self.loss)), our_losses()["loss"]
        return "" if self.loss_is(expected) else f"{found:.4g} where {expected:.4g} is expected"

    @property
    def loss_of_a_term(self):
        """The name of the term that stands for the loss, or ""."""
        terms = ("r_loss", "kl_loss", "elbo")
        return next((name for name in terms if self.loss_is(our_losses()[name])), "")

    @property
    def loss_factor(self):
        """By what whole number the right loss is multiplied, or ""."""
        factor = float(keras.ops.convert_to_numpy(self.loss)) / our_losses()["loss"]
        whole = round(factor)
        return f"{whole}" if whole > 1 and abs(factor - whole) < 1e-2 else ""

    @property
    def more_than_numbers(self):
        """The names of a dict whose values are no numbers, or ""."""
        values = self.returned.items() if isinstance(self.returned, dict) else ()
        return ", ".join(f'"{name}"' for name, value in values if isinstance(value, list | tuple))

    @functools.cached_property
    def error_of_fit(self):
        """What `fit` raises, or None."""
        logger = logging.getLogger("tensorflow")  # it warns of a step that is compiled often
        disabled, logger.disabled = logger.disabled, True
        try:
            vae = small_vae(self.kind)
            vae.compile(keras.optimizers.SGD(0.1), jit_compile=False)
            with contextlib.redirect_stdout(io.StringIO()):
                vae.fit(X, batch_size=BATCH, verbose=0)
        except Exception as error:  # the student's code may raise anything
            return error
        finally:
            logger.disabled = disabled


def _row(moves):
    return np.concatenate([np.ravel(move) for move in moves])


def _moves_as(*how, **kwargs):
    return lambda step: step.moves_as(*how, **kwargs)


def _own_code(kind):
    """Return the code of the step that a class has itself, or None."""
    return getattr(vars(kind).get("train_step"), "__code__", None)


def _name(function):
    return getattr(function, "__name__", "This")


def _names(kind):
    """Return the names that a step uses and does not make itself."""
    return used_names(_own_code(kind))


def _keras_step(kind):
    """Return the method by which Keras takes the whole step, if the code uses one."""
    return next(iter(sorted({"train_step", "train_on_batch", "fit"} & _names(kind))), "")


def _other_parameters(kind):
    """Return the parameters of a step if it cannot be called with self and x, or ""."""
    step = vars(kind)["train_step"]
    try:
        signature = inspect.signature(step)
        signature.bind(None, None)
    except TypeError:
        return str(signature)
    return ""


END_OF_APPLY = ("", "_gradients")


def _count(weights):
    return len(weights) if isinstance(weights, list | tuple) else 0


WRITTEN = [
    Mistake(
        "step_of_an_instance",
        "This is a model, not its class: give the check the class itself, without brackets behind "
        "its name.",
        lambda kind: isinstance(kind, keras.Model),
    ),
    Mistake(
        "step_of_a_function",
        "{seen} is a function, and `fit` calls a method of a model: write train_step in your "
        "class, and give the check the class, as in check.train_step(MyVAE).",
        lambda kind: callable(kind) and not isinstance(kind, type) and _name(kind),
    ),
    Mistake(
        "step_of_no_class",
        "This is a {seen} and no class: give the check your class alone, check.train_step(MyVAE).",
        lambda kind: not isinstance(kind, type) and type(kind).__name__,
    ),
    Mistake(
        "step_of_no_vae",
        "The class is no VAE: derive it from VAE, as in class MyVAE(VAE), which has the encoder, "
        "the decoder and the loss.",
        lambda kind: not issubclass(kind, VAE),
    ),
    Mistake(
        "step_not_written",
        "The class has no method train_step of its own, so Keras's is used: write one, with this "
        "name.",
        lambda kind: not _own_code(kind),
    ),
    Mistake(
        "step_parameters",
        "fit gives the method the model and a batch: its parameters are self and x, and yours are "
        "{seen}.",
        _other_parameters,
    ),
    Mistake(
        "step_of_another_model",
        "Your step uses `vae`, which is another model: in a method, the model itself is `self`.",
        lambda kind: "vae" in _names(kind),
    ),
    Mistake(
        "step_by_keras",
        "{seen} is Keras's own step: write it by hand, with the gradients and the optimizer.",
        _keras_step,
    ),
    Mistake(
        "step_by_function",
        "train_step_by_hand makes a number of its loss, and fit, which compiles the step, needs "
        "the tensor: write the step itself here, with self for vae.",
        lambda kind: "train_step_by_hand" in _names(kind),
    ),
    Mistake(
        "step_new_optimizer",
        "Your step makes an optimizer of its own, anew for each batch, which knows nothing of the "
        "steps before: take the one that compile gave the model, self.optimizer.",
        lambda kind: {"optimizers", "Adam", "SGD"} & _names(kind),
    ),
]
MISTAKES = [
    Mistake(
        "step_not_finite",
        "A weight is NaN or infinite after the step.",
        lambda step: not all(np.isfinite(move).all() for move in step.moved),
    ),
    Mistake(
        "step_returns_too_early",
        "No weight moves: the line with the optimizer stands behind `return`, and is never "
        "reached.",
        lambda step: (
            all(step.still)
            and not step.notes.applied
            and any(has_words(step.kind, "optimizer", ".", f"apply{end}") for end in END_OF_APPLY)
        ),
    ),
    Mistake(
        "step_moves_nothing",
        f"No weight moves: the optimizer must do it, {APPLY}.",
        lambda step: all(step.still),
    ),
    Mistake(
        "step_without_kl",
        "The KL is not in the loss: the weights move as without it.",
        _moves_as(K1, 0.0),
    ),
    *(
        Mistake(
            "step_without_reconstruction",
            "The reconstruction is not in the loss: the weights move as without it.",
            _moves_as(0.0, k2),
        )
        for k2 in (K2, 1.0)
    ),
    Mistake(
        "step_reconstruction_alone",
        "Only r_loss is in the loss: its weight k1 is missing, and the KL with k2.",
        lambda step: step.other_weights == "1 r_loss + 0 kl_loss",
    ),
    Mistake(
        "step_without_k1",
        "k1 is not used: r_loss counts as it is.",
        _moves_as(1.0, K2),
    ),
    Mistake(
        "step_without_weights",
        "The loss weights, self.loss_weights, are not used.",
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
        "Only the decoder moves: take the gradients of all of self.trainable_variables, and let z "
        "be computed from z_mean inside the tape.",
        lambda step: all(step.still[: step.of_encoder]),
    ),
    Mistake(
        "step_moves_encoder_only",
        "Only the encoder moves: take the gradients of all of self.trainable_variables.",
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
        "step_twice",
        "The optimizer is applied twice in one step.",
        lambda step: (
            len(step.notes.applied) == 2
            and (step.moves_as(K1, K2, steps=2) or step.moves_as(K1, K2, factor=2))
        ),
    ),
    Mistake(
        "step_without_optimizer",
        "The weights move in the right direction, but {seen} times as far as the optimizer moves "
        "them: let self.optimizer do it.",
        lambda step: not step.notes.applied and step.length,
    ),
    Mistake(
        "step_without_optimizer",
        "The weights move, but the model's own optimizer does not move them: let self.optimizer "
        "do it.",
        lambda step: not step.notes.applied,
    ),
    Mistake(
        "step_too_far",
        "The weights move {seen} times as far as they should: something multiplies the loss or the "
        "gradients, and both are right as they are.",
        lambda step: step.length,
    ),
    Mistake(
        "step_other_weights",
        "The weights move as for a loss of {seen}, and this model's loss_weights are "
        f"({K1:g}, {K2:g}): take both from self.loss_weights, or the whole loss from "
        "self.compute_loss.",
        lambda step: not step.moves_as(K1, K2) and step.other_weights,
    ),
    Mistake(
        "step_by_squared_error",
        "The weights move as for the squared error of the pixels: the model's own loss is asked, "
        "self.compute_loss, which has their cross-entropy and the KL.",
        lambda step: not step.moves_as(K1, K2) and step.of_squared_errors,
    ),
    Mistake(
        "step_other",
        "The weights do not move as the optimizer would move them against the gradient of "
        "k1 * r_loss + k2 * kl_loss.",
        lambda step: not step.moves_as(K1, K2),
    ),
    Mistake(
        "step_all_weights",
        "The weights move as they should, but you take all variables of the model: some are not "
        "trained, such as the state of its noise. Take self.trainable_variables.",
        lambda step: any(_count(weights) > step.trained for _, weights in step.notes.applied),
    ),
    Mistake(
        "step_decodes_mean",
        "z_mean is decoded, and no z is drawn: the decoder would learn nothing of what lies "
        "between the means. self(x, training=True) draws.",
        lambda step: step.noise is not None and np.abs(step.noise).max() < 1e-4,
    ),
    Mistake(
        "step_without_noise",
        "z is z_mean and the same share of sigma for every image, without noise: let the model "
        "draw it, self.sampling([z_mean, z_log_var]).",
        lambda step: step.noise is not None and np.ptp(step.noise) < 1e-3,
    ),
    Mistake(
        "step_not_in_training",
        "The step does not say that it trains, to {seen}: give training=True to each call, so that "
        "a layer such as Dropout works.",
        lambda step: step.notes.not_training,
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
            and str([name if isinstance(name, str) else "no text" for name in step.returned])
        ),
    ),
    Mistake(
        "step_is_a_set",
        'A dict has a colon between a name and its value: {{"loss": loss}}.',
        lambda step: isinstance(step.returned, set),
    ),
    Mistake(
        "step_gives_a_tuple",
        "The weights move as they should, but the step gives a {seen}: fit takes a dict, "
        '{{"loss": loss}}.',
        lambda step: isinstance(step.returned, list | tuple) and type(step.returned).__name__,
    ),
    Mistake(
        "step_loss_is_no_number",
        "The weights move as they should; the loss {seen}.",
        lambda step: step.no_number,
    ),
    Mistake(
        "step_loss_of_trackers",
        "The weights move as they should; the loss is 0, as the tracker of that name was given "
        "none: give your own loss.",
        lambda step: float(keras.ops.convert_to_numpy(step.loss)) == 0,
    ),
    Mistake(
        "step_loss_after_the_move",
        "The weights move as they should; the loss is computed once more, after the move: give the "
        "one that the gradients are of.",
        lambda step: step.loss_is(our_losses(1)["loss"]),
    ),
    Mistake(
        "step_loss_of_a_term",
        "The weights move as they should; what you give as the loss is {seen}.",
        lambda step: step.loss_of_a_term,
    ),
    Mistake(
        "step_loss_multiplied",
        "The weights move as they should; the loss is {seen} times what it is: it is a mean over "
        "images, so give it as it is.",
        lambda step: step.loss_factor,
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
        lambda step: not isinstance(step.returned, dict),
    ),
    Mistake(
        "step_gives_lists",
        "The weights move as they should; fit shows a number for each name of the dict, and {seen} "
        "is a list: the loss is enough.",
        lambda step: step.more_than_numbers,
    ),
    Mistake(
        "step_gives_no_tensor",
        "fit compiles the step: give the tensor itself, not float(loss) or loss.numpy().",
        lambda step: step.error_of_fit and not keras.ops.is_tensor(step.loss),
    ),
    Mistake(
        "step_not_compiled",
        "fit compiles the step, and then it fails. {seen}",
        lambda step: step.error_of_fit and describe_error(step.error_of_fit),
    ),
]
