"""The check of an estimate by importance sampling: how likely an image is, better than the ELBO."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine.diagnosis import Mistake, diagnose, short
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.checks.losses.importance_mistakes import MISTAKES, log_weights, right_nll


@recorded
def importance(my_nll: Callable) -> Result:
    """Check `my_nll(log_p, log_q)`: the negative log-likelihood of each image, shape (batch,).

    Both are of shape (L, batch): log p(x, z_l) and log q(z_l given x) of L draws of each image. It
    is -(logsumexp over l of log_p - log_q, minus log L).
    """
    near = [_draws(seed, L, level) for seed, L, level in ((16, 4, [-3, -6, -2]), (17, 6, [-5] * 4))]
    result = diagnose("importance", my_nll, near, [right_nll], MISTAKES, show)
    if not result.ok:
        return result
    far = [_draws(18, 5, [-4000, -2000, -900])]  # as those of an image of 784 pixels are
    return diagnose("importance", my_nll, far, [right_nll], MISTAKES_OF_RANGE, show)


def show(case, place):
    """Tell of a case the logarithms of an image's weights."""
    weights = case["log_p"] - case["log_q"]
    return f"log p - log q = {short(weights[:, place[0] if place else 0])}"


def _draws(seed, draws, levels):
    """Make log p and log q of some draws, log p around a level for each image."""
    rng = np.random.default_rng(seed)
    shape = draws, len(levels)
    log_p = np.array(levels) + rng.normal(0, 1.5, shape)
    return {"log_p": log_p.astype("float32"), "log_q": rng.normal(1, 1, shape).astype("float32")}


def _lost(reference):
    """Make what is left where weights are far below that which is made to be 1."""

    def values(log_p, log_q):
        log_w = log_weights(log_p, log_q)
        kept = (log_w - reference(log_w)).max(axis=0) > -80  # exp of less is 0 in float32
        return np.where(kept, right_nll(log_p, log_q), np.inf)

    return values


MISTAKES_OF_RANGE = [
    Mistake(
        "importance_out_of_range",
        "Images of many pixels have weights like exp(-2000), which the computer takes for 0, and "
        "log 0 is infinite: subtract the largest log weight of each image before exp and add it "
        "again after log, or use keras.ops.logsumexp.",
        _lost(lambda log_w: 0),
    ),
    Mistake(
        "importance_one_largest_for_all",
        "You subtract one largest log weight for the whole batch, so that the weights of less "
        "likely images become 0 and log 0 infinite: subtract that of each image, axis=0.",
        _lost(np.max),
    ),
]
