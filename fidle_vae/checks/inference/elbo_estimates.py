"""The checks of two estimates of the ELBO from draws: with the KL's formula, and without."""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, short
from fidle_vae.checks.losses.kl_mistakes import right_kl


@exercise
@from_arguments
def elbo_of_draws(my_elbo: Callable) -> Result:
    """Check `my_elbo(log_likelihood, z_mean, z_log_var)`: mean over the draws, less the KL."""
    rng = np.random.default_rng(44)
    cases = [
        {
            "log_likelihood": rng.normal(-4, 2, (draws, n)).astype("float32"),
            "z_mean": rng.normal(0, 1.5, (n, d)).astype("float32"),
            "z_log_var": rng.uniform(-2, 1, (n, d)).astype("float32"),
        }
        for draws, n, d in ((3, 3, 2), (4, 4, 3))  # as many: a wrong axis raises no error
    ]
    return diagnose("elbo_of_draws", my_elbo, cases, [_elbo], MISTAKES, _image)


@exercise
@from_arguments
def elbo_by_draws(my_elbo: Callable) -> Result:
    """Check `my_elbo(log_joint, log_q)`: the mean of their difference over the draws."""
    rng = np.random.default_rng(45)
    cases = [
        {
            "log_joint": rng.normal(-20, 2, shape).astype("float32"),
            "log_q": rng.normal(-1, 1, shape).astype("float32"),
        }
        for shape in ((3, 4), (6, 2), (1, 3))
    ]
    return diagnose("elbo_by_draws", my_elbo, cases, [_drawn], MISTAKES_OF_DRAWS, _weights)


def _image(case, index):
    i = index[0] if index else 0
    z_mean, z_log_var = (short(case[name][i]) for name in ("z_mean", "z_log_var"))
    draws = short(case["log_likelihood"][:, i])
    return f"log p(x | z) = {draws}, z_mean = {z_mean}, z_log_var = {z_log_var}"


def _weights(case, index):
    i = index[0] if index else 0
    return f"log p(x, z) - log q(z) = {short((case['log_joint'] - case['log_q'])[:, i])}"


def _elbo(ll, m, v):
    return ll.mean(axis=0) - right_kl(m, v)


MISTAKES = [
    Mistake(
        "elbo_of_draws_kl_added",
        "The KL is added: it is what q costs, so subtract it.",
        lambda ll, m, v: ll.mean(axis=0) + right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_loss",
        "This is the loss, minus the ELBO: turn its sign.",
        lambda ll, m, v: -_elbo(ll, m, v),
    ),
    Mistake(
        "elbo_of_draws_loss_of_other_sign",
        "Minus log p(x | z) less the KL: this is no bound of anything. Which of the two must have "
        "the minus?",
        lambda ll, m, v: -ll.mean(axis=0) - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_without_kl",
        "The KL is missing: without it, q would collapse to the best z.",
        lambda ll, m, v: ll.mean(axis=0),
    ),
    Mistake(
        "elbo_of_draws_kl_alone",
        "This is minus the KL: how well the draws explain the image is missing.",
        lambda ll, m, v: -right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_mean_inside",
        "The mean is taken of p(x | z), and then its logarithm: the ELBO is a mean of logarithms.",
        lambda ll, m, v: logsumexp(ll, axis=0) - np.log(len(ll)) - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_sum",
        "The draws are added up, so that more draws would count more: take their mean.",
        lambda ll, m, v: ll.sum(axis=0) - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_one_draw",
        "This is the first draw alone: the mean over all of them is asked.",
        lambda ll, m, v: ll[0] - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_best_draw",
        "This is the best draw alone: the mean over all of them is asked.",
        lambda ll, m, v: ll.max(axis=0) - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_of_each_draw",
        "This is a value for each draw: take the mean over the first axis.",
        lambda ll, m, v: ll - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_over_images",
        "The mean goes over the images: a row is a draw, so over the draws of each image, axis=0.",
        lambda ll, m, v: ll.mean(axis=1) - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_one_for_all",
        "This is the mean over the images too: give one value for each.",
        lambda ll, m, v: _elbo(ll, m, v).mean(),
    ),
    Mistake(
        "elbo_of_draws_mean_of_all",
        "log p(x | z) is averaged over the images too: each has its own, axis=0.",
        lambda ll, m, v: ll.mean() - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_mean_kl",
        "The KL is averaged over the images: each has its own.",
        lambda ll, m, v: ll.mean(axis=0) - right_kl(m, v).mean(),
    ),
    Mistake(
        "elbo_of_draws_kl_by_l",
        "The KL is divided by L: it does not come from draws, and counts whole.",
        lambda ll, m, v: ll.mean(axis=0) - right_kl(m, v) / len(ll),
    ),
    Mistake(
        "elbo_of_draws_kl_times_l",
        "The KL is subtracted once for each draw: once is enough.",
        lambda ll, m, v: ll.mean(axis=0) - right_kl(m, v) * len(ll),
    ),
    Mistake(
        "elbo_of_draws_kl_halved",
        "The KL is halved: gaussian_kl has its 1/2 already.",
        lambda ll, m, v: ll.mean(axis=0) - right_kl(m, v) / 2,
    ),
    Mistake(
        "elbo_of_draws_kl_doubled",
        "The KL counts twice: gaussian_kl has its 1/2 already.",
        lambda ll, m, v: ll.mean(axis=0) - right_kl(m, v) * 2,
    ),
    Mistake(
        "elbo_of_draws_exchanged",
        "z_mean and z_log_var are exchanged in the KL: mind the order.",
        lambda ll, m, v: ll.mean(axis=0) - right_kl(v, m),
    ),
    Mistake(
        "elbo_of_draws_no_logarithm",
        "np.exp is taken of log p(x | z): the mean of the logarithms is asked.",
        lambda ll, m, v: np.exp(ll).mean(axis=0) - right_kl(m, v),
    ),
    Mistake(
        "elbo_of_draws_keeps_axis",
        "The values are right, the shape is not: drop the axis of the draws.",
        lambda ll, m, v: _elbo(ll, m, v)[None],
    ),
]


def _drawn(joint, q):
    return (joint - q).mean(axis=0)


MISTAKES_OF_DRAWS = [
    Mistake(
        "elbo_by_draws_mean_inside",
        "The mean is inside the logarithm: this is another bound, which rises with L. The ELBO is "
        "the mean of the logarithms.",
        lambda p, q: logsumexp(p - q, axis=0) - np.log(len(p)),
    ),
    Mistake(
        "elbo_by_draws_mean_inside_less_log",
        "The mean is still inside the logarithm, and log L is taken off: the rise is not log L. "
        "Take the mean of the logarithms.",
        lambda p, q: logsumexp(p - q, axis=0) - 2 * np.log(len(p)),
    ),
    Mistake(
        "elbo_by_draws_sum_inside",
        "A sum is inside the logarithm: the ELBO is the mean of the logarithms.",
        lambda p, q: logsumexp(p - q, axis=0),
    ),
    Mistake(
        "elbo_by_draws_sum",
        "The draws are added up: take their mean.",
        lambda p, q: (p - q).sum(axis=0),
    ),
    Mistake(
        "elbo_by_draws_without_q",
        "log q(z) is missing: it must be subtracted.",
        lambda p, q: p.mean(axis=0),
    ),
    Mistake(
        "elbo_by_draws_q_added",
        "log q(z) is added: it must be subtracted.",
        lambda p, q: (p + q).mean(axis=0),
    ),
    Mistake(
        "elbo_by_draws_negative",
        "This is minus the ELBO: log p(x, z) comes first.",
        lambda p, q: (q - p).mean(axis=0),
    ),
    Mistake(
        "elbo_by_draws_no_logarithm",
        "This is the mean of p(x, z) / q(z), an estimate of p(x): the mean of the logarithms is "
        "asked.",
        lambda p, q: np.exp(p - q).mean(axis=0),
    ),
    Mistake(
        "elbo_by_draws_quotient",
        "The logarithms are divided: the logarithm of a quotient is their difference.",
        lambda p, q: (p / q).mean(axis=0),
    ),
    Mistake(
        "elbo_by_draws_means_inside",
        "The means of p(x, z) and of q(z) are taken by themselves: the difference is that of each "
        "draw.",
        lambda p, q: logsumexp(p, axis=0) - logsumexp(q, axis=0),
    ),
    Mistake(
        "elbo_by_draws_over_images",
        "The mean goes over the images: over the draws of each, axis=0.",
        lambda p, q: (p - q).mean(axis=1),
    ),
    Mistake(
        "elbo_by_draws_one_for_all",
        "This is one number for all images: each has its own, axis=0.",
        lambda p, q: (p - q).mean(),
    ),
    Mistake(
        "elbo_by_draws_first",
        "This is the first draw alone: the mean of all of them is asked.",
        lambda p, q: (p - q)[0],
    ),
    Mistake(
        "elbo_by_draws_largest",
        "This is the best draw alone: the mean of all of them is asked.",
        lambda p, q: (p - q).max(axis=0),
    ),
    Mistake(
        "elbo_by_draws_each",
        "This is a value for each draw: take the mean over the first axis.",
        lambda p, q: p - q,
    ),
    Mistake(
        "elbo_by_draws_median",
        "This is the median of the draws: their mean is asked.",
        lambda p, q: np.median(p - q, axis=0),
    ),
]
