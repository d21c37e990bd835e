"""Known mistakes of an estimate by importance sampling."""

import numpy as np

from fidle_vae.checks.engine.diagnosis import Mistake


def right_nll(log_p, log_q):
    """Give the estimate of each image, in double precision."""
    return np.log(len(log_p)) - _lse(log_weights(log_p, log_q))


def log_weights(log_p, log_q):
    """Give the logarithm of the weight of each draw, in double precision."""
    return np.asarray(log_p, float) - np.asarray(log_q, float)


def _lse(values, axis=0):
    """Give the logarithm of a sum of exponentials, without leaving the range of numbers."""
    return np.logaddexp.reduce(np.asarray(values, float), axis=axis)


def _shares(values):
    return np.exp(values - _lse(values))


def _of_weights(formula):
    """Make a mistake of the logarithms of the weights, w, and of their number for an image, n."""
    return lambda log_p, log_q: formula(log_weights(log_p, log_q), len(log_p))


MISTAKES = [
    Mistake(
        "importance_weights_upside_down",
        "The weights are upside down, exp(log_q - log_p), a softmax over +loss: the draws that "
        "explain the image worst count most.",
        _of_weights(lambda w, n: np.log(n) - _lse(-w)),
    ),
    Mistake(
        "importance_weights_upside_down_without_minus",
        "You sum exp(log_q - log_p), the inverse of each weight, and leave out the minus in front: "
        "that estimates something else; the weight is exp(log_p - log_q).",
        _of_weights(lambda w, n: _lse(-w) - np.log(n)),
    ),
    Mistake(
        "importance_without_log_l",
        "log L is missing: it is the mean of the weights that counts, not their sum, so more draws "
        "would look better by themselves.",
        _of_weights(lambda w, n: -_lse(w)),
    ),
    Mistake(
        "importance_log_l_twice",
        "log L has the wrong sign: -(logsumexp - log L) is log L - logsumexp.",
        _of_weights(lambda w, n: -_lse(w) - np.log(n)),
    ),
    Mistake(
        "importance_mean_of_logs",
        "You take the mean of the logarithms, which is the ELBO: the logarithm of the mean is "
        "never smaller (Jensen), and that is what is asked.",
        _of_weights(lambda w, n: -w.mean(axis=0)),
    ),
    Mistake(
        "importance_sign",
        "The sign is wrong: this is the log-likelihood, and its negative is asked.",
        _of_weights(lambda w, n: _lse(w) - np.log(n)),
    ),
    Mistake(
        "importance_without_q",
        "log_q is not used: z was drawn from q and not from the prior, so each draw is divided by "
        "how often q makes it.",
        lambda p, q: np.log(len(p)) - _lse(p),
    ),
    Mistake(
        "importance_q_added",
        "log_q is added: a draw that q makes often must count less, so subtract it.",
        lambda p, q: np.log(len(p)) - _lse(np.asarray(p, float) + q),
    ),
    Mistake(
        "importance_sums_apart",
        "log_p and log_q are summed apart from each other: each draw has a weight of its own, "
        "log_p - log_q, before anything is summed.",
        lambda p, q: _lse(q) - _lse(p),
    ),
    Mistake(
        "importance_largest",
        "You take the largest weight alone: all draws count, by logsumexp.",
        _of_weights(lambda w, n: -w.max(axis=0)),
    ),
    Mistake(
        "importance_largest_of_l",
        "You take the largest weight alone, divided by L: all draws count, by logsumexp.",
        _of_weights(lambda w, n: np.log(n) - w.max(axis=0)),
    ),
    Mistake(
        "importance_self_normalised",
        "You weigh log_p - log_q by a softmax of itself: no average of logarithms gives the "
        "likelihood; it is the logarithm of the mean weight.",
        _of_weights(lambda w, n: -(_shares(w) * w).sum(axis=0)),
    ),
    Mistake(
        "importance_softmax_upside_down",
        "You weigh log_p - log_q by a softmax over +loss: the worst draws count most; and what is "
        "asked is the logarithm of the mean weight.",
        _of_weights(lambda w, n: -(_shares(-w) * w).sum(axis=0)),
    ),
    Mistake(
        "importance_without_log",
        "The logarithm is missing: this is minus the mean weight, a likelihood and no nats.",
        _of_weights(lambda w, n: -np.exp(w).mean(axis=0)),
    ),
    Mistake(
        "importance_sum_of_logs",
        "You sum the logarithms, as if the draws were different images: they are draws for one.",
        _of_weights(lambda w, n: -w.sum(axis=0)),
    ),
    Mistake(
        "importance_log_of_batch",
        "You subtract the logarithm of the number of images: L is that of draws, the first axis.",
        _of_weights(lambda w, n: np.log(w.shape[1]) - _lse(w)),
    ),
    Mistake(
        "importance_for_500_draws",
        "You subtract log 500, whatever the number of draws: L is the length of the first axis.",
        _of_weights(lambda w, n: np.log(500) - _lse(w)),
    ),
    Mistake(
        "importance_over_images",
        "You sum over the images: the draws of an image are along the first axis, axis=0.",
        _of_weights(lambda w, n: np.log(w.shape[1]) - _lse(w, axis=1)),
    ),
    Mistake(
        "importance_over_images_of_l",
        "You sum over the images, and subtract log L: the draws are along the first axis, axis=0.",
        _of_weights(lambda w, n: np.log(n) - _lse(w, axis=1)),
    ),
    Mistake(
        "importance_mean_over_images",
        "You average over the images too: give one value for each.",
        lambda p, q: right_nll(p, q).mean(),
    ),
    Mistake(
        "importance_over_everything",
        "You sum over draws and images at once: give one value for each image, axis=0.",
        _of_weights(lambda w, n: np.log(n) - _lse(w.ravel())),
    ),
    Mistake(
        "importance_every_draw",
        "You give a value for each draw: those of an image become one, by logsumexp.",
        _of_weights(lambda w, n: -w),
    ),
    Mistake(
        "importance_keeps_axis",
        "The values are right, the shape is not: drop the axis of the draws (keepdims).",
        lambda p, q: right_nll(p, q)[None],
    ),
]
