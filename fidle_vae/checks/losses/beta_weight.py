"""The check of beta, the weight of the KL against the log-likelihood."""

import inspect
import math
from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    has_parameters,
    runs_elsewhere,
)

# First the weights of the course, as the message shows this case; then other numbers.
CASES = [
    {"n_pixels": 784, "k1": 1.0, "k2": 1e-3},
    {"n_pixels": 12, "k1": 2.0, "k2": 3.0},
    {"n_pixels": 300, "k1": 0.5, "k2": 0.02},
    {"n_pixels": 7, "k1": 5.0, "k2": 0.3},
    {"n_pixels": 64, "k1": 3.0, "k2": 11.0},
    {"n_pixels": 2352, "k1": 1.7, "k2": 0.6},
]


@exercise
def beta(my_beta: Callable) -> Result:
    """Check `my_beta(n_pixels, k1, k2)`: n_pixels * k2 / k1, the weight once both are in nats."""
    cases = CASES
    if runs_elsewhere(my_beta):  # where no table of the values must do
        n_pixels, k1, k2 = np.random.default_rng(9).uniform(1, 9, 3).tolist()
        cases = [*CASES, {"n_pixels": round(100 * n_pixels), "k1": k1, "k2": k2}]
    result = diagnose("beta", my_beta, cases, [right_beta], MISTAKES, parts=PARTS, product=True)
    if not result.ok and _takes_another_order(my_beta):
        says = "The check calls your function with n_pixels, k1, k2, in this order: keep it."
        return Result("beta", "beta_order", says)
    return explain(
        result,
        "name '(kl_loss|r_loss|kl|loss)' is not defined",
        "beta_of_the_terms",
        "beta is a factor alone, made of n_pixels, k1 and k2. The terms themselves are not in it.",
        alone=True,
    )


def _takes_another_order(function):
    """Whether the weights have their names, and stand in other places than the exercise has."""
    if not has_parameters(function, "k1", "k2"):
        return False
    names = list(inspect.signature(function).parameters)
    return len(names) == 3 and names[1:] != ["k1", "k2"]


def right_beta(n, k1, k2):
    """Return the weight of the KL against the negative log-likelihood."""
    return n * k2 / k1


PARTS = {
    "n_pixels": lambda n, k1, k2: n,
    "k2": lambda n, k1, k2: k2,
    "k1": lambda n, k1, k2: k1,
}
MISTAKES = [
    Mistake(
        "beta_without_pixels",
        "The pixels are missing: r_loss is a mean over them, the KL is a sum, so k2 / k1 alone "
        "does not weigh nats against nats.",
        lambda n, k1, k2: k2 / k1,
    ),
    Mistake(
        "beta_upside_down",
        "The weights are upside down: the more the KL weighs, the larger beta.",
        lambda n, k1, k2: n * k1 / k2,
    ),
    Mistake(
        "beta_inverse",
        "This is 1 / beta, the weight of the reconstruction against the KL.",
        lambda n, k1, k2: k1 / (n * k2),
    ),
    Mistake(
        "beta_without_k1",
        "k1 is not used: what counts is k2 beside it, so that twice both weights is the same beta.",
        lambda n, k1, k2: n * k2,
    ),
    Mistake(
        "beta_without_k2",
        "k2 is not used: without it nothing says what the KL weighs.",
        lambda n, k1, k2: n / k1,
    ),
    Mistake(
        "beta_divided_by_pixels",
        "You divide by the pixels: it is r_loss that was divided by them, so beta is multiplied.",
        lambda n, k1, k2: k2 / k1 / n,
    ),
    Mistake(
        "beta_product",
        "You multiply by k1: the more the reconstruction weighs, the less does the KL beside it.",
        lambda n, k1, k2: n * k1 * k2,
    ),
    Mistake(
        "beta_share",
        "You divide by k1 + k2: beta compares the two weights, it is not a share of both.",
        lambda n, k1, k2: n * k2 / (k1 + k2),
    ),
    *(
        Mistake(
            "beta_share_of_weights",
            "This is the share of one weight in both: beta is no share, it sets k2 beside k1. And "
            "r_loss is a mean over n_pixels, which must count too.",
            formula,
        )
        for formula in (lambda n, k1, k2: k1 / (k1 + k2), lambda n, k1, k2: k2 / (k1 + k2))
    ),
    Mistake(
        "beta_is_n_pixels",
        "That is the factor between a mean over pixels and their sum; k1 and k2 are missing. "
        "Multiply the whole loss until r_loss is the sum, with weight 1: what does the KL have "
        "then?",
        lambda n, k1, k2: n,
    ),
    Mistake(
        "beta_pixels_squared",
        "The number of pixels is squared: n_pixels is all of an image's pixels already.",
        lambda n, k1, k2: n**2 * k2 / k1,
    ),
    Mistake(
        "beta_of_one_side",
        "You take the root of n_pixels, one side of the image: r_loss is a mean over all pixels.",
        lambda n, k1, k2: math.sqrt(n) * k2 / k1,
    ),
    Mistake(
        "beta_for_784_pixels",
        "You multiply by 784, whatever the size of the image: use n_pixels.",
        lambda n, k1, k2: 784 * k2 / k1,
    ),
    Mistake(
        "beta_is_k2",
        "This is k2 itself: beta is the weight of the KL once the likelihood weighs 1, both in "
        "nats.",
        lambda n, k1, k2: k2,
    ),
    Mistake(
        "beta_sum",
        "You add n_pixels: r_loss is multiplied by it, and so is beta.",
        lambda n, k1, k2: n + k2 / k1,
    ),
    Mistake(
        "beta_of_weighted_pixels",
        "You add the two weighted terms, which is a loss: beta is one factor beside the other.",
        lambda n, k1, k2: k1 * n + k2,
    ),
    *(
        Mistake(
            "beta_adds",
            "You add or subtract: beta is one factor, made of products and a ratio only.",
            formula,
        )
        for formula in (
            lambda n, k1, k2: n * k2 - k1,
            lambda n, k1, k2: n * k2 + k1,
            lambda n, k1, k2: n * (k1 + k2),
            lambda n, k1, k2: n * (k2 - k1),
            lambda n, k1, k2: n * k2 / (n * k2 + k1),
            lambda n, k1, k2: n * k2 / (k2 - k1),
            lambda n, k1, k2: k1 + k2,
            lambda n, k1, k2: n + k1 + k2,
            lambda n, k1, k2: n * k1 + n * k2 / k1,
        )
    ),
    Mistake(
        "beta_negative",
        "The sign is wrong: weights are never negative, and neither is beta.",
        lambda n, k1, k2: -n * k2 / k1,
    ),
]
