"""Mistakes of a training step that the moves of the weights show, or the model's parts."""

import numpy as np

from fidle_vae.checks.engine import Mistake, has_words
from fidle_vae.checks.engine.small_vae import K1, K2, LATENT_DIM, PIXELS
from fidle_vae.checks.training.our_step import BATCH
from fidle_vae.checks.training.step_errors import APPLY

END_OF_APPLY = ("", "_gradients")


def _moves_as(*how, **kwargs):
    return lambda step: step.moves_as(*how, **kwargs)


def _count(weights):
    return len(weights) if isinstance(weights, list | tuple) else 0


IN_THE_MOVE = [
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
            and any(
                has_words(step.kind, "optimizer", ".", f"apply{end}", "(") for end in END_OF_APPLY
            )
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
]
