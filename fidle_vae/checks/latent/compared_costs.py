"""Finds what a search for the worst image compares, and how that is put together."""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from fidle_vae.checks.engine import Result
from fidle_vae.checks.engine.combination import combination_of
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.models.vae import VAE

PLACES = "argmax", "argmin", "argsort"


def by_costs(result: Result, my_worst: Callable, vae: VAE, sets: Sequence[np.ndarray]) -> Result:
    """Say which costs a function compares, where its index is wrong; else return the result."""
    costs = [_compared(my_worst, vae, images) for images in sets]
    if any(each is None for each in costs):
        return result
    given = [(x, np.asarray(vae.reconstruct(x)), right_kl(*vae.encode(x))) for x in sets]
    words = combination_of(PARTS, given, costs)
    if words:
        due = "-x log(x_hat) - (1 - x) log(1 - x_hat)"
        says = f"You compare {words}, over the pixels of each image, where {due} is expected."
        return Result(result.check, "worst_of_other_costs", says)
    words = combination_of(FACTORS, given, costs, product=True)
    if words:
        says = f"You compare {words} where the cross-entropy itself is expected."
        return Result(result.check, "worst_of_weighted_costs", says)
    due = [right_nll(x, x_hat) for x, x_hat, _ in given]
    pairs = zip(costs, due, strict=True)
    mine, nats = next((a, b) for a, b in pairs if np.argmax(a) != np.argmax(b))
    i, worst = np.argmax(mine), np.argmax(nats)
    says = (
        f"You compare {mine[i]:.4g} for image {i} and {mine[worst]:.4g} for image {worst}. Their "
        f"cross-entropies, summed over the pixels, are {nats[i]:.4g} and {nats[worst]:.4g} nats."
    )
    return Result(result.check, "worst_of_unknown_costs", says)


def _compared(my_worst, vae, images):
    """Return the numbers, one an image, whose largest a function looks for; None if not seen."""
    asked, kept = [], []

    def watch(frame, event, called):
        if event == "c_call" and called.__name__ in PLACES:
            asked.append(getattr(called, "__self__", None))
        elif event == "return" and frame.f_code is getattr(my_worst, "__code__", None):
            kept.extend(frame.f_locals.values())

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        my_worst(vae, images.copy())
    finally:
        sys.setprofile(before)
    for value in [*asked, *kept]:
        if isinstance(value, np.ndarray | list) and np.shape(value) == (len(images),):
            return np.asarray(value, float)
    return None


def _sums(formula):
    """Return the formula of a sum over pixels."""

    def values(x, x_hat, kl):
        x, x_hat = (np.clip(np.asarray(each, float), 1e-7, 1 - 1e-7) for each in (x, x_hat))
        return formula(x, x_hat).sum(axis=(1, 2, 3))

    return values


# What costs may be a sum of, and what they may be multiplied or divided by.
PARTS = {
    "x log(x_hat)": _sums(lambda x, p: x * np.log(p)),
    "(1 - x) log(1 - x_hat)": _sums(lambda x, p: (1 - x) * np.log(1 - p)),
    "x log(1 - x_hat)": _sums(lambda x, p: x * np.log(1 - p)),
    "(1 - x) log(x_hat)": _sums(lambda x, p: (1 - x) * np.log(p)),
    "x log(x)": _sums(lambda x, p: x * np.log(x)),
    "(1 - x) log(1 - x)": _sums(lambda x, p: (1 - x) * np.log(1 - x)),
    "x_hat log(x)": _sums(lambda x, p: p * np.log(x)),
    "(1 - x_hat) log(1 - x)": _sums(lambda x, p: (1 - p) * np.log(1 - x)),
    "(x - x_hat)^2": _sums(lambda x, p: (x - p) ** 2),
    "|x - x_hat|": _sums(lambda x, p: np.abs(x - p)),
    "1": _sums(lambda x, p: np.ones_like(x)),
    "x": _sums(lambda x, p: x),
    "x_hat": _sums(lambda x, p: p),
    "the KL": lambda x, x_hat, kl: kl,
}
FACTORS = {
    "the cross-entropy": lambda x, x_hat, kl: right_nll(x, x_hat),
    "the sum of x": _sums(lambda x, p: x),
}
