"""The check of a training step: does it move the weights as the loss asks?"""

import logging
from collections.abc import Callable
from contextlib import contextmanager

import keras
import numpy as np

from fidle_vae.checks.engine.diagnosis import not_done, told
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.small_vae import K1, K2, LATENT_DIM, PIXELS, SHAPE, small_vae
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.models.vae import VAE

CHECK = "train_step"
BATCH = 6
OUTSIDE = (
    "The tape has seen nothing that leads from the weights to the loss: put the call of the model "
    "and the loss inside `with tf.GradientTape()`."
)
# Loss weights with which our own step moves as a mistaken one does, and what to say of it.
OTHER_LOSSES = {
    "step_without_kl": (K1, 0.0, "The KL is not in the loss: the weights move as without it."),
    "step_without_reconstruction": (
        0.0,
        K2,
        "The reconstruction is not in the loss: the weights move as without it.",
    ),
    "step_without_weights": (1.0, 1.0, "The loss weights, vae.loss_weights, are not used."),
    "step_weights_exchanged": (K2, K1, "The loss weights are exchanged: k1 weighs r_loss."),
    "step_kl_unweighted": (K1, 1.0, "k2 is not used: the KL counts fully."),
    "step_kl_without_half": (K1, 2 * K2, "The KL is twice what it should be: its 1/2 is missing."),
    "step_kl_half_twice": (K1, K2 / 2, "The KL is half of what it should be."),
    "step_kl_mean_over_dimensions": (
        K1,
        K2 / LATENT_DIM,
        "The KL is averaged over the latent dimensions: sum it.",
    ),
    "step_kl_per_pixel": (K1, K2 / PIXELS, "The KL is divided by the number of pixels."),
    "step_reconstruction_summed": (
        K1 * PIXELS,
        K2,
        "The cross-entropy is summed over the pixels: r_loss is their mean.",
    ),
}


@recorded
def train_step(my_step: Callable | type[VAE]) -> Result:
    """Check `my_step(vae, x)`, or the `train_step` of a subclass of VAE: one step on a batch.

    It must move the weights by vae.optimizer against the gradient of the loss, and give that loss,
    alone or in a dict; a subclass gives a dict, and `fit` must be able to compile its step.
    TensorFlow's tape needs Keras on TensorFlow.
    """
    kind, step = VAE, my_step
    if isinstance(my_step, type):
        kind, step = my_step, lambda vae, x: vae.train_step(x)
    if my_step is None or my_step is Ellipsis:
        return not_done(CHECK)
    x = np.random.default_rng(8).random((BATCH, *SHAPE), dtype="float32")
    try:
        vae = small_vae(kind)
        before = _weights(vae)
        returned = step(vae, keras.ops.convert_to_tensor(x))
    except NotImplementedError:
        return not_done(CHECK)
    except Exception as error:  # the student's code may raise anything
        if "No gradients provided" in str(error):
            return Result(CHECK, "step_outside_tape", OUTSIDE)
        return Result(CHECK, "error", told(error))
    moved = [after - b for after, b in zip(_weights(vae), before, strict=True)]
    mistake, says = _of_move(moved, x)
    if mistake == "step_moves_nothing" and (returned is None or returned is Ellipsis):
        return not_done(CHECK)
    if mistake is None:
        mistake, says = _of_value(returned, x)
    if isinstance(my_step, type):
        if mistake is None:
            mistake, says = _of_fit(kind, returned) or (mistake, says)
        says = says.replace("vae.", "self.")
    return Result(CHECK, mistake, says)


def _of_move(moved, x):
    """Compare how the weights moved with our own step, and with those of known mistakes."""
    right = _our_move(x, K1, K2)
    parts = len(small_vae(VAE).encoder.trainable_variables)  # the encoder's come first
    still = [np.abs(move).max() == 0 for move in moved]
    if not all(np.isfinite(move).all() for move in moved):
        return "step_not_finite", "A weight is NaN or infinite after the step."
    if all(still):
        return "step_moves_nothing", (
            "No weight moves: give gradients and weights to vae.optimizer.apply_gradients."
        )
    for name, (k1, k2, says) in OTHER_LOSSES.items():
        if _same(moved, _our_move(x, k1, k2)):
            return name, says
    if all(still[:parts]):
        return "step_moves_decoder_only", (
            "Only the decoder moves: take the gradients of all of vae.trainable_variables, and "
            "let z be computed from z_mean inside the tape."
        )
    if all(still[parts:]):
        return "step_moves_encoder_only", (
            "Only the encoder moves: take the gradients of all of vae.trainable_variables."
        )
    if _same(moved, right):
        return None, ""
    if _same(moved, [-move for move in right]):
        return "step_uphill", "The weights move uphill: the optimizer takes the gradient as it is."
    if _same(moved, [BATCH * move for move in right]):
        return "step_sum_over_batch", (
            f"The step is {BATCH} times too far for a batch of {BATCH}: take the mean over images."
        )
    if _same(moved, _our_move(x, K1, K2, steps=2)):
        return "step_twice", "The optimizer is applied twice in one step."
    return "step_other", (
        "The weights do not move as the optimizer would move them against the gradient of "
        "k1 * r_loss + k2 * kl_loss."
    )


def _of_value(returned, x):
    """Compare the loss that a step gives with the right one."""
    expected = small_vae(VAE).evaluate(x, verbose=0, return_dict=True)["loss"]
    if returned is None:
        return "step_gives_nothing", "The weights move as they should; return the loss too."
    if isinstance(returned, dict):
        if "loss" not in returned:
            return "step_gives_no_loss", (
                f'The weights move as they should; the dict has {sorted(returned)} and no "loss".'
            )
        returned = returned["loss"]
    try:
        found = np.asarray(keras.ops.convert_to_numpy(returned), dtype=float)
    except (TypeError, ValueError):
        return "step_loss_is_no_number", (
            f"The weights move as they should; the loss is a {type(returned).__name__}, no number."
        )
    if found.shape != ():
        return "step_loss_is_no_number", (
            f"The weights move as they should; the loss has shape {found.shape}: give one number."
        )
    if not abs(found - expected) <= 1e-3 * abs(expected):
        return "step_wrong_loss", (
            f"The weights move as they should; the loss is {found:.4g} where {expected:.4g} is "
            "expected."
        )
    return None, "The weights move as by our own step, and the loss is right."


def _of_fit(kind, returned):
    """Say what keeps `fit` from using the step of a subclass, or nothing."""
    if not isinstance(returned, dict):
        return "step_gives_no_dict", (
            'The weights move as they should, but give the loss in a dict, {"loss": loss}: fit '
            "takes its items."
        )
    x = np.random.default_rng(8).random((2 * BATCH, *SHAPE), dtype="float32")
    try:
        vae = small_vae(kind)
        vae.compile(keras.optimizers.SGD(0.1), jit_compile=False)
        with _quiet():
            vae.fit(x, batch_size=BATCH, verbose=0)
    except Exception as error:  # the student's code may raise anything
        if not keras.ops.is_tensor(returned["loss"]):
            return "step_gives_no_tensor", (
                "fit compiles the step: give the tensor itself, not float(loss) or loss.numpy()."
            )
        return "step_not_compiled", f"fit compiles the step, and then it fails. {told(error)}"
    return None


@contextmanager
def _quiet():
    """Keep TensorFlow from warning that the step of a student who tries often is compiled often."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _our_move(x, k1, k2, steps=1):
    vae = small_vae(VAE)
    vae.loss_weights = (k1, k2)
    before = _weights(vae)
    for _ in range(steps):
        vae.train_on_batch(x)
    return [after - b for after, b in zip(_weights(vae), before, strict=True)]


def _weights(vae):
    return [
        keras.ops.convert_to_numpy(weight).astype(float)
        for network in (vae.encoder, vae.decoder)
        for weight in network.trainable_variables
    ]


def _same(moved, expected):
    far = max(np.abs(move).max() for move in expected)  # what is tiny beside it may be noise
    return all(
        np.abs(a - b).max() <= 0.02 * np.abs(b).max() + 1e-3 * far
        for a, b in zip(moved, expected, strict=True)
    )
