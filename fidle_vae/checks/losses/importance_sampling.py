"""The check of an estimate by importance sampling, which is closer than the ELBO."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, short


@exercise
def importance(my_nll: Callable) -> Result:
    """Check `my_nll(log_p, log_q)`: the negative log-likelihood of each image, shape (batch,).

    Both are of shape (L, batch): log p(x, z_l) and log q(z_l given x) of L draws of each image. It
    is -(logsumexp over l of log_p - log_q, minus log L).
    """
    near = [_draws(seed, L, level) for seed, L, level in ((16, 4, [-3, -6, -2]), (17, 6, [-5] * 4))]
    result = diagnose("importance", my_nll, near, [_nll], MISTAKES, show, _terms)
    if not result.ok:
        return result
    far = [_draws(18, 5, [-4000, -2000, -900])]  # as those of an image of 784 pixels are
    return diagnose("importance", my_nll, far, [_nll], MISTAKES_OF_RANGE, show, _terms)


def show(case, index):
    """Write the log weights of one image."""
    weights = case["log_p"] - case["log_q"]
    return f"log p - log q = {short(weights[:, index[0] if index else 0])}"


def _draws(seed, draws, levels):
    """Draw log q, and log p around a level for each image."""
    rng = np.random.default_rng(seed)
    shape = draws, len(levels)
    log_p = np.array(levels) + rng.normal(0, 1.5, shape)
    return {"log_p": log_p.astype("float32"), "log_q": rng.normal(1, 1, shape).astype("float32")}


def _terms(log_p, log_q):
    """Return log weights, log p and log q in double precision, which the formulas call w, p, q."""
    p, q = log_p.astype(float), log_q.astype(float)
    return p - q, p, q


def _nll(w, *_):
    return np.log(len(w)) - _lse(w)


def _lse(values, axis=0):
    """Return log(sum(exp(values))) without leaving the range of numbers."""
    return np.logaddexp.reduce(values, axis=axis)


def _shares(w):
    return np.exp(w - _lse(w))


def _out_of_range(w, reference):
    """Return the estimates, infinite where all weights beside a reference are 0 in float32."""
    return np.where((w - reference).max(axis=0) > -80, _nll(w), np.inf)


MISTAKES = [
    Mistake(
        "importance_weights_upside_down",
        "The weights are upside down, exp(log_q - log_p), a softmax over +loss: the draws that "
        "explain the image worst count most.",
        lambda w, p, q: np.log(len(w)) - _lse(-w),
    ),
    Mistake(
        "importance_weights_upside_down_without_minus",
        "You sum exp(log_q - log_p), the inverse of each weight, and leave out the minus in front: "
        "that estimates something else; the weight is exp(log_p - log_q).",
        lambda w, p, q: _lse(-w) - np.log(len(w)),
    ),
    Mistake(
        "importance_without_log_l",
        "log L is missing: it is the mean of the weights that counts, not their sum, so more draws "
        "would look better by themselves.",
        lambda w, p, q: -_lse(w),
    ),
    Mistake(
        "importance_log_l_twice",
        "log L has the wrong sign: -(logsumexp - log L) is log L - logsumexp.",
        lambda w, p, q: -_lse(w) - np.log(len(w)),
    ),
    Mistake(
        "importance_mean_of_logs",
        "You take the mean of the logarithms, which is the ELBO: the logarithm of the mean is "
        "never smaller (Jensen), and that is what is asked.",
        lambda w, p, q: -w.mean(axis=0),
    ),
    Mistake(
        "importance_sign",
        "The sign is wrong: this is the log-likelihood, and its negative is asked.",
        lambda w, p, q: _lse(w) - np.log(len(w)),
    ),
    Mistake(
        "importance_without_q",
        "log_q is not used: z was drawn from q and not from the prior, so each draw is divided by "
        "how often q makes it.",
        lambda w, p, q: np.log(len(w)) - _lse(p),
    ),
    Mistake(
        "importance_q_added",
        "log_q is added: a draw that q makes often must count less, so subtract it.",
        lambda w, p, q: np.log(len(w)) - _lse(p + q),
    ),
    Mistake(
        "importance_sums_apart",
        "log_p and log_q are summed apart from each other: each draw has a weight of its own, "
        "log_p - log_q, before anything is summed.",
        lambda w, p, q: _lse(q) - _lse(p),
    ),
    Mistake(
        "importance_largest",
        "You take the largest weight alone: all draws count, by logsumexp.",
        lambda w, p, q: -w.max(axis=0),
    ),
    Mistake(
        "importance_largest_of_l",
        "You take the largest weight alone, divided by L: all draws count, by logsumexp.",
        lambda w, p, q: np.log(len(w)) - w.max(axis=0),
    ),
    Mistake(
        "importance_self_normalised",
        "You weigh log_p - log_q by a softmax of itself: no average of logarithms gives the "
        "likelihood; it is the logarithm of the mean weight.",
        lambda w, p, q: -(_shares(w) * w).sum(axis=0),
    ),
    Mistake(
        "importance_softmax_upside_down",
        "You weigh log_p - log_q by a softmax over +loss: the worst draws count most; and what is "
        "asked is the logarithm of the mean weight.",
        lambda w, p, q: -(_shares(-w) * w).sum(axis=0),
    ),
    Mistake(
        "importance_without_log",
        "The logarithm is missing: this is minus the mean weight, a likelihood, not nats.",
        lambda w, p, q: -np.exp(w).mean(axis=0),
    ),
    Mistake(
        "importance_sum_of_logs",
        "You sum the logarithms, as if the draws were different images: they are draws for one.",
        lambda w, p, q: -w.sum(axis=0),
    ),
    Mistake(
        "importance_log_of_batch",
        "You subtract the logarithm of the number of images: L is that of draws, the first axis.",
        lambda w, p, q: np.log(w.shape[1]) - _lse(w),
    ),
    Mistake(
        "importance_for_500_draws",
        "You subtract log 500, whatever the number of draws: L is the length of the first axis.",
        lambda w, p, q: np.log(500) - _lse(w),
    ),
    Mistake(
        "importance_over_images",
        "You sum over the images: the draws of an image are along the first axis, axis=0.",
        lambda w, p, q: np.log(w.shape[1]) - _lse(w, axis=1),
    ),
    Mistake(
        "importance_over_images_of_l",
        "You sum over the images, and subtract log L: the draws are along the first axis, axis=0.",
        lambda w, p, q: np.log(len(w)) - _lse(w, axis=1),
    ),
    Mistake(
        "importance_mean_over_images",
        "You average over the images too: give one value for each.",
        lambda w, p, q: _nll(w).mean(),
    ),
    Mistake(
        "importance_over_everything",
        "You sum over draws and images at once: give one value for each image, axis=0.",
        lambda w, p, q: np.log(len(w)) - _lse(w.ravel()),
    ),
    Mistake(
        "importance_every_draw",
        "You give a value for each draw: those of an image become one, by logsumexp.",
        lambda w, p, q: -w,
    ),
    Mistake(
        "importance_keeps_axis",
        "The values are right, the shape is not: drop the axis of the draws (keepdims).",
        lambda w, p, q: _nll(w)[None],
    ),
]
MISTAKES_OF_RANGE = [
    Mistake(
        "importance_out_of_range",
        "Images of many pixels have weights like exp(-2000), which the computer takes for 0, and "
        "log 0 is infinite: subtract the largest log weight of each image before exp and add it "
        "again after log, or use keras.ops.logsumexp.",
        lambda w, p, q: _out_of_range(w, 0),
    ),
    Mistake(
        "importance_one_largest_for_all",
        "You subtract one largest log weight for the whole batch, so that the weights of less "
        "likely images become 0 and log 0 infinite: subtract that of each image, axis=0.",
        lambda w, p, q: _out_of_range(w, w.max()),
    ),
]
