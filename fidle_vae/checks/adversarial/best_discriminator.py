"""The check of what the best classifier says of a point, by the two densities there."""

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def best_discriminator(my_best_d: Callable) -> Result:
    """Check `my_best_d(p, q)`: p / (p + q), of the densities at some points."""
    rng = np.random.default_rng(70)
    cases = [
        {name: rng.uniform(0.05, 2, n).astype("float32") for name in ("p", "q")} for n in (4, 5, 7)
    ]
    return diagnose("best_discriminator", my_best_d, cases, [_best], MISTAKES, _densities)


def _best(p, q):
    return p / (p + q)


def _densities(case, index):
    i = index[0] if index else 0
    return f"p = {case['p'][i]:.3g}, q = {case['q'][i]:.3g}"


MISTAKES = [
    Mistake(
        "best_discriminator_exchanged",
        "This is the probability that the point is drawn: D is that of a real one, so p stands "
        "above.",
        lambda p, q: q / (p + q),
    ),
    Mistake(
        "best_discriminator_ratio",
        "This is p / q, which may be above 1: of p + q points at this place, p are real.",
        lambda p, q: p / q,
    ),
    Mistake(
        "best_discriminator_logit",
        "This is D's logit, log(p / q): the probability is its sigmoid.",
        lambda p, q: np.log(p / q),
    ),
    Mistake(
        "best_discriminator_of_mean",
        "Below stands the mean of p and q, so that D may be 2: take their sum.",
        lambda p, q: 2 * p / (p + q),
    ),
    Mistake(
        "best_discriminator_half",
        "This is half of D: as many real points are shown as drawn ones, and that is in p and "
        "q already.",
        lambda p, q: p / (p + q) / 2,
    ),
    Mistake(
        "best_discriminator_decides",
        "This decides for the likelier one, 0 or 1: D is a probability.",
        lambda p, q: p > q,
    ),
    Mistake(
        "best_discriminator_difference",
        "This is p - q, which is no probability: what share of the points at this place is real?",
        lambda p, q: p - q,
    ),
    Mistake(
        "best_discriminator_relative_difference",
        "This is (p - q) / (p + q), from -1 to 1: only p stands above.",
        lambda p, q: (p - q) / (p + q),
    ),
    Mistake(
        "best_discriminator_cut_ratio",
        "This is p / q, cut at 1: what share of the points at this place is real?",
        lambda p, q: np.minimum(p / q, 1),
    ),
    Mistake(
        "best_discriminator_p_alone",
        "This is the density p itself: it does not say how many drawn points lie there.",
        lambda p, q: p,
    ),
    Mistake(
        "best_discriminator_softmax",
        "This is a softmax of p and q: densities are no logits, so leave out the exponentials.",
        lambda p, q: expit(p - q),
    ),
    Mistake(
        "best_discriminator_of_sums",
        "The sum goes over all points: each has its own p and q.",
        lambda p, q: p / (p.sum() + q.sum()),
    ),
    Mistake(
        "best_discriminator_share_of_all",
        "This is p by the sum of p over all points: each point has its own p and q.",
        lambda p, q: p / p.sum(),
    ),
    Mistake(
        "best_discriminator_priority",
        "This is p / p + q: the sum below the line needs brackets.",
        lambda p, q: p / p + q,
    ),
    Mistake(
        "best_discriminator_log",
        "This is log D: the probability itself is asked.",
        lambda p, q: np.log(_best(p, q)),
    ),
    Mistake(
        "best_discriminator_mean",
        "This is the mean over the points: one value for each is asked.",
        lambda p, q: _best(p, q).mean(),
    ),
    Mistake(
        "best_discriminator_of_means",
        "The sums, or means, go over all points: each has its own p and q.",
        lambda p, q: p.sum() / (p.sum() + q.sum()),
    ),
    Mistake(
        "best_discriminator_squares",
        "These are squares: of p + q points at this place, p are real.",
        lambda p, q: p**2 / (p**2 + q**2),
    ),
    Mistake(
        "best_discriminator_larger",
        "Above stands the larger one of p and q, so that D is never below 1/2: it is the share of "
        "real points, many or few.",
        lambda p, q: np.maximum(p, q) / (p + q),
    ),
    Mistake(
        "best_discriminator_of_logarithms",
        "This is a ratio of logarithms: densities are to be added up as they are.",
        lambda p, q: np.log(p) / (np.log(p) + np.log(q)),
    ),
    Mistake(
        "best_discriminator_sigmoid_of_ratio",
        "This is the sigmoid of p / q: that of its logarithm, log(p / q), is D.",
        lambda p, q: expit(p / q),
    ),
    Mistake(
        "best_discriminator_plus_one",
        "There is a 1 too many below the line: in all there are p + q points at this place.",
        lambda p, q: p / (1 + p + q),
    ),
]
