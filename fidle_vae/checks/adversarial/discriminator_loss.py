"""The check of the discriminator's loss, from logits."""

from collections.abc import Callable

import numpy as np
from scipy.special import expit

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
def discriminator_loss(my_d_loss: Callable) -> Result:
    """Check `my_d_loss(real, fake)`: the mean of -log D of real points, plus that of -log(1 - D).

    Both are logits, of shape (n, 1).
    """
    rng = np.random.default_rng(71)
    cases = [
        {
            "real": rng.normal(0.7, 1.5, (n, 1)).astype("float32"),
            "fake": rng.normal(-0.4, 1.5, (n, 1)).astype("float32"),
        }
        for n in (4, 5, 7)
    ]
    result = diagnose("discriminator_loss", my_d_loss, cases, [_right], MISTAKES, _logits)
    if not result.ok:
        return result
    return result._replace(message=result.message + numpy_remark(my_d_loss, (3, 1), (3, 1)))


def softplus(x):
    """Return log(1 + exp(x))."""
    return np.logaddexp(0, x)


def _logits(case, index):
    return f"the logits {short(np.ravel(case['real']))} and {short(np.ravel(case['fake']))}"


def _called_real(logits):
    return softplus(-logits).mean()


def _called_fake(logits):
    return softplus(logits).mean()


def _right(real, fake):
    return _called_real(real) + _called_fake(fake)


def _cut(logits):
    """Cut logits as Keras cuts what should be probabilities, in its precision."""
    small = np.float32(1e-7)
    return np.clip(np.float32(logits), small, 1 - small)


def _twice(real, fake):
    return _right(expit(real), expit(fake))


MISTAKES = [
    Mistake(
        "discriminator_loss_exchanged",
        "The labels are exchanged: this loss is small if real points are called fake, and fake "
        "ones real.",
        lambda real, fake: _called_fake(real) + _called_real(fake),
    ),
    Mistake(
        "discriminator_loss_sigmoid_twice",
        "The sigmoid is taken twice: once by you, and once more by the loss, which takes logits. "
        "D would stay between 0.5 and 0.73. softplus, or from_logits=True, needs the logits as "
        "they are.",
        _twice,
    ),
    Mistake(
        "discriminator_loss_sigmoid_twice_mean",
        "This is half of the loss, and the sigmoid is taken twice: once by you, and once more by "
        "the loss, which takes logits.",
        lambda real, fake: _twice(real, fake) / 2,
    ),
    Mistake(
        "discriminator_loss_no_sigmoid",
        "The logits stand where probabilities are due, with from_logits=False, its default: a "
        "logit below 0 is cut to 0, and one above 1 to 1.",
        lambda real, fake: -np.log(_cut(real)).mean() - np.log(1 - _cut(fake)).mean(),
    ),
    Mistake(
        "discriminator_loss_value",
        "This is the value V, which the discriminator makes as large as it can. An optimizer makes "
        "a loss small, so the minus is missing.",
        lambda real, fake: -_right(real, fake),
    ),
    Mistake(
        "discriminator_loss_all_real",
        "Generated points get the same label as real ones, 1: for them it is -log(1 - D).",
        lambda real, fake: _called_real(real) + _called_real(fake),
    ),
    Mistake(
        "discriminator_loss_all_fake",
        "Real points get the same label as drawn ones, 0: for them it is -log D.",
        lambda real, fake: _called_fake(real) + _called_fake(fake),
    ),
    Mistake(
        "discriminator_loss_real_only",
        "Only the real points count: who calls everything real, pays nothing.",
        lambda real, fake: _called_real(real),
    ),
    Mistake(
        "discriminator_loss_fake_only",
        "Only the drawn points count: who calls everything fake, pays nothing.",
        lambda real, fake: _called_fake(fake),
    ),
    Mistake(
        "discriminator_loss_difference",
        "The second term is subtracted: D pays for both kinds of error.",
        lambda real, fake: _called_real(real) - _called_fake(fake),
    ),
    Mistake(
        "discriminator_loss_half",
        "This is half of it, as if the mean were taken over both batches together: the mean of "
        "each is taken, and both are added up, so that nobody who knows nothing pays log 4.",
        lambda real, fake: _right(real, fake) / 2,
    ),
    Mistake(
        "discriminator_loss_sum",
        "The points of a batch are added up: take their mean, or the steps grow with batch_size.",
        lambda real, fake: len(real) * _right(real, fake),
    ),
    Mistake(
        "discriminator_loss_of_each",
        "This is a value for each pair of points: take the mean of each term.",
        lambda real, fake: softplus(-real) + softplus(fake),
    ),
    Mistake(
        "discriminator_loss_no_logarithm",
        "The logarithms are missing: this is the mean of 1 - D plus that of D.",
        lambda real, fake: (1 - expit(real)).mean() + expit(fake).mean(),
    ),
    Mistake(
        "discriminator_loss_of_logits",
        "This is the difference of the mean logits, which has no bound: D's probability is the "
        "sigmoid of a logit.",
        lambda real, fake: fake.mean() - real.mean(),
    ),
    Mistake(
        "discriminator_loss_squared",
        "These are squared errors of D: the logarithm of the probability is asked.",
        lambda real, fake: ((1 - expit(real)) ** 2).mean() + (expit(fake) ** 2).mean(),
    ),
    Mistake(
        "discriminator_loss_log_of_mean",
        "This is the logarithm of a mean: take that of each probability, then the mean.",
        lambda real, fake: -np.log(expit(real).mean()) - np.log(1 - expit(fake).mean()),
    ),
    Mistake(
        "discriminator_loss_log_of_logits",
        "The logarithms are taken of the logits, which may be below 0: D's probability is the "
        "sigmoid of a logit, and softplus has both in it.",
        lambda real, fake: -np.log(real).mean() - np.log(1 - fake).mean(),
    ),
    Mistake(
        "discriminator_loss_of_mean_logit",
        "This is the loss of the mean logit: take that of each point, then the mean.",
        lambda real, fake: softplus(-real.mean()) + softplus(fake.mean()),
    ),
    Mistake(
        "discriminator_loss_fake_twice",
        "Both terms are of the drawn points: the first one is of the real points.",
        lambda real, fake: _right(fake, fake),
    ),
    Mistake(
        "discriminator_loss_real_twice",
        "Both terms are of the real points: the second one is of the drawn points.",
        lambda real, fake: _right(real, real),
    ),
    Mistake(
        "discriminator_loss_sigmoid_of_real",
        "The sigmoid of the real points' logits is taken twice: once by you, and once more by the "
        "loss, which takes logits.",
        lambda real, fake: _right(expit(real), fake),
    ),
    Mistake(
        "discriminator_loss_sigmoid_of_fake",
        "The sigmoid of the drawn points' logits is taken twice: once by you, and once more by "
        "the loss, which takes logits.",
        lambda real, fake: _right(real, expit(fake)),
    ),
]
