"""The check of the KL divergence of two lists of probabilities."""

from collections.abc import Callable

import numpy as np
from scipy.special import rel_entr

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    diagnose,
    exercise,
    from_arguments,
    short,
)

ZEROS = [  # in p, and in both
    ([0, 0, 0.2, 0.8, 0], [0.1, 0.1, 0.3, 0.4, 0.1]),
    ([0.5, 0, 0.5], [0.25, 0, 0.75]),
    ([1, 0], [0.3, 0.7]),
]
EXCLUDED = {"p": np.float32([0.25, 0.25, 0.5]), "q": np.float32([0.5, 0.5, 0])}


@exercise
@from_arguments
def discrete_kl(my_discrete_kl: Callable) -> Result:
    """Check `my_discrete_kl(p, q)`: sum p log(p / q), in nats, with all that a 0 may do."""
    name, rng = "discrete_kl", np.random.default_rng(42)
    cases = [_case(*rng.dirichlet(np.ones(n), 2)) for n in (3, 4, 6)]
    result = diagnose(name, my_discrete_kl, cases, [_kl], MISTAKES, _lists)
    if not result.ok:
        return result
    cases = [_case(*pair) for pair in ZEROS]
    result = diagnose(name, my_discrete_kl, cases, [_kl], MISTAKES_OF_ZEROS, _lists)
    if not result.ok:
        return result
    value = attempt(name, my_discrete_kl, *EXCLUDED.values())
    if isinstance(value, Result) or value == np.inf:
        return value if isinstance(value, Result) else result
    says = (
        f"For {_lists(EXCLUDED, ())} it gives {value:.4g}, but P has half of its probability where "
        "Q has none: this KL is infinite. Leave out places only where p is 0, and add no small "
        "number to q."
    )
    return Result(name, "discrete_kl_finite", says)


def _case(p, q):
    return {"p": np.float32(p), "q": np.float32(q)}


def _lists(case, index):
    return f"P = {short(case['p'])}, Q = {short(case['q'])}"


def _kl(p, q):
    return rel_entr(p, q).sum()


SMALL_NUMBERS = [
    Mistake(
        "discrete_kl_small_number",
        f"{small:g} is added to avoid log 0, and changes the value: sum over the places where p is "
        "above 0 instead.",
        lambda p, q, small=small: (p * np.log((p + small) / (q + small))).sum(),
    )
    for small in (1e-1, 1e-2, 1e-3)
]
MISTAKES = [
    *SMALL_NUMBERS,
    Mistake(
        "discrete_kl_exchanged",
        "This is KL(Q, P): P comes first, and it is also what weighs the terms.",
        lambda p, q: _kl(q, p),
    ),
    Mistake(
        "discrete_kl_weighed_by_q",
        "The terms are weighed by q: the mean is over the first one, P.",
        lambda p, q: -_kl(q, p),
    ),
    Mistake(
        "discrete_kl_upside_down",
        "This is sum p log(q / p), whose sign is wrong: p stands above.",
        lambda p, q: -_kl(p, q),
    ),
    Mistake(
        "discrete_kl_cross_entropy",
        "This is the cross-entropy, -sum p log q: sum p log p is missing, so that the KL of P from "
        "itself would not be 0.",
        lambda p, q: -(p * np.log(q)).sum(),
    ),
    Mistake(
        "discrete_kl_entropy",
        "This is the entropy of P, and knows nothing of Q.",
        lambda p, q: -(p * np.log(p)).sum(),
    ),
    Mistake(
        "discrete_kl_not_weighed",
        "The logarithms are added up as they are: each counts as often as P gives it, so times p.",
        lambda p, q: np.log(p / q).sum(),
    ),
    Mistake(
        "discrete_kl_no_logarithm",
        "The logarithm is missing: this is sum p (p / q).",
        lambda p, q: (p * p / q).sum(),
    ),
    Mistake(
        "discrete_kl_logarithm_outside",
        "This is the logarithm of a sum: take that of each quotient, then the sum.",
        lambda p, q: np.log((p * p / q).sum()),
    ),
    Mistake(
        "discrete_kl_mean",
        "The terms are averaged over the places: p is their weight already, so add them up.",
        lambda p, q: _kl(p, q) / len(p),
    ),
    Mistake("discrete_kl_terms", "These are the terms: add them up.", rel_entr),
    Mistake(
        "discrete_kl_first_term",
        "This is the first term alone: all of them are added up. A `return` inside a loop ends it "
        "in its first round.",
        lambda p, q: rel_entr(p, q)[0],
    ),
    Mistake(
        "discrete_kl_both_ways",
        "Both ways are added up: KL(P, Q) alone is asked.",
        lambda p, q: _kl(p, q) + _kl(q, p),
    ),
    Mistake(
        "discrete_kl_mean_of_both_ways",
        "This is the mean of both ways: KL(P, Q) alone is asked.",
        lambda p, q: (_kl(p, q) + _kl(q, p)) / 2,
    ),
    Mistake(
        "discrete_kl_jensen_shannon",
        "This is the Jensen-Shannon divergence, from the mean of P and Q: from Q itself is asked.",
        lambda p, q: (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2,
    ),
    Mistake(
        "discrete_kl_absolute",
        "The terms are added without their signs: those where p is below q are negative.",
        lambda p, q: np.abs(rel_entr(p, q)).sum(),
    ),
    Mistake(
        "discrete_kl_bits",
        "The logarithm has the base 2: in nats it is the natural one, np.log.",
        lambda p, q: _kl(p, q) / np.log(2),
    ),
    Mistake(
        "discrete_kl_decimal",
        "The logarithm has the base 10: in nats it is the natural one, np.log.",
        lambda p, q: _kl(p, q) / np.log(10),
    ),
    Mistake(
        "discrete_kl_difference",
        "This is sum p (p - q): a KL compares by the logarithm of the quotient.",
        lambda p, q: (p * (p - q)).sum(),
    ),
]
MISTAKES_OF_ZEROS = [
    Mistake(
        "discrete_kl_infinite_for_any_zero",
        "A 0 in q makes it infinite only where p is above 0: where both are 0, P asks for nothing "
        "that Q lacks.",
        lambda p, q: np.inf if (q == 0).any() else _kl(p, q),
    ),
    Mistake(
        "discrete_kl_zero_is_nan",
        "Without zeros it is right, but 0 times np.log(0) is nan to NumPy: sum over the places "
        "where p is above 0.",
        lambda p, q: (p * np.log(p / q)).sum(),
    ),
    Mistake(
        "discrete_kl_both_are_zero",
        "With a 0 in p it is right, but not where p and q are 0 together, 0 / 0: leave that place "
        "out before you divide.",
        lambda p, q: np.where(p > 0, rel_entr(p, q), 0 * (p / q)).sum(),
    ),
    *SMALL_NUMBERS,
]
