"""The check of the generator's loss, from the discriminator's logits of its points."""

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from fidle_vae.checks.adversarial.discriminator_loss import softplus
from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    from_arguments,
    numpy_remark,
    short,
)


@exercise
@from_arguments
def generator_loss(my_g_loss: Callable) -> Result:
    """Check `my_g_loss(fake)`: the mean of -log D of drawn points, by their logits (n, 1)."""
    rng = np.random.default_rng(72)
    cases = [{"fake": rng.normal(-1, 1.5, (n, 1)).astype("float32")} for n in (4, 5, 7)]
    result = diagnose("generator_loss", my_g_loss, cases, [_right], MISTAKES, _logits)
    if not result.ok:
        return result
    return result._replace(message=result.message + numpy_remark(my_g_loss, (3, 1)))


def _logits(case, index):
    return f"the logits {short(np.ravel(case['fake']))}"


def _right(fake):
    return softplus(-fake).mean()


MISTAKES = [
    Mistake(
        "generator_loss_minimax",
        "This is minimax, the mean of log(1 - D): the same aim, but hardly a slope where D is near "
        "0. Non-saturating is asked, -log D.",
        lambda fake: -softplus(fake).mean(),
    ),
    Mistake(
        "generator_loss_of_discriminator",
        "This is the discriminator's own term, -log(1 - D): with it, the generator learns to be "
        "found out.",
        lambda fake: softplus(fake).mean(),
    ),
    Mistake(
        "generator_loss_sign",
        "The minus is missing: this is the mean of log D, and an optimizer makes it small, so that "
        "D says 0 of everything drawn.",
        lambda fake: -_right(fake),
    ),
    Mistake(
        "generator_loss_sigmoid_twice",
        "The sigmoid is taken twice: once by you, and once more by the loss, which takes logits.",
        lambda fake: _right(expit(fake)),
    ),
    Mistake(
        "generator_loss_no_sigmoid",
        "The logits stand where probabilities are due, with from_logits=False, its default.",
        lambda fake: -np.log(np.clip(fake, 1e-7, 1 - 1e-7)).mean(),
    ),
    Mistake(
        "generator_loss_sum",
        "The points of a batch are added up: take their mean, or the steps grow with batch_size.",
        lambda fake: softplus(-fake).sum(),
    ),
    Mistake(
        "generator_loss_of_each",
        "This is a value for each point: take their mean.",
        lambda fake: softplus(-fake),
    ),
    Mistake(
        "generator_loss_no_logarithm",
        "The logarithm is missing: this is the mean of 1 - D.",
        lambda fake: (1 - expit(fake)).mean(),
    ),
    Mistake(
        "generator_loss_minus_d",
        "The logarithm is missing: this is the mean of -D.",
        lambda fake: -expit(fake).mean(),
    ),
    Mistake(
        "generator_loss_of_logits",
        "This is minus the mean logit, which has no bound: D's probability is the sigmoid of a "
        "logit.",
        lambda fake: -fake.mean(),
    ),
    Mistake(
        "generator_loss_squared",
        "This is a squared error of D: the logarithm of the probability is asked.",
        lambda fake: ((1 - expit(fake)) ** 2).mean(),
    ),
    Mistake(
        "generator_loss_log_of_mean",
        "This is the logarithm of a mean: take that of each probability, then the mean.",
        lambda fake: -np.log(expit(fake).mean()),
    ),
    Mistake(
        "generator_loss_target_half",
        "The target is D = 1/2, as at the end of the game: the generator wants to be called real, "
        "D = 1, and 1/2 comes of itself, as the discriminator resists.",
        lambda fake: (softplus(-fake) + softplus(fake)).mean() / 2,
    ),
    Mistake(
        "generator_loss_log_of_logits",
        "The logarithm is taken of the logits, which may be below 0: D's probability is the "
        "sigmoid of a logit, and softplus has both in it.",
        lambda fake: -np.log(fake).mean(),
    ),
    Mistake(
        "generator_loss_of_mean_logit",
        "This is the loss of the mean logit: take that of each point, then the mean.",
        lambda fake: softplus(-fake.mean()),
    ),
    Mistake(
        "generator_loss_both_labels",
        "The points are to be called both real and drawn: the generator wants only real, -log D.",
        lambda fake: (softplus(-fake) + softplus(fake)).mean(),
    ),
]
