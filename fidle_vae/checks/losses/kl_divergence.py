"""The check of the KL divergence from N(0, I)."""

import re
from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Result,
    attempt,
    diagnose,
    exercise,
    numpy_remark,
)
from fidle_vae.checks.losses.kl_mistakes import CLOSED_EARLY, MISTAKES, PARTS, right_kl


@exercise
def kl(my_kl: Callable) -> Result:
    """Check `my_kl(z_mean, z_log_var)`: the KL from N(0, I), nats per image, shape (batch,)."""
    rng = np.random.default_rng(1)
    cases = [
        {
            "z_mean": rng.normal(0, 1.5, shape).astype("float32"),
            "z_log_var": rng.uniform(-2, 1.5, shape).astype("float32"),
        }
        for shape in ((5, 2), (12, 6), (9, 1))
    ]
    result = diagnose("kl", my_kl, cases, [right_kl], MISTAKES, parts=PARTS)
    if result.ok:
        return result._replace(message=result.message + numpy_remark(my_kl, (4, 2), (4, 2)))
    if result.mistake == "error_shapes" and _is_square_of_square(my_kl, rng):
        says = f"{result.message} A sum, {CLOSED_EARLY}"
        return Result("kl", "kl_bracket", says)
    unexplained = result.mistake and re.search("^error|^values$|^combination$", result.mistake)
    if unexplained and diagnose("kl", my_kl, cases[:1], [right_kl], []).ok:
        only = "It is right for 2 latent dimensions, but the check also uses 6 and 1 of them: "
        says = f"{only}take all of axis 1, however many they are. {result.message}"
        return Result("kl", "kl_of_two_dimensions", says)
    return result


def _is_square_of_square(my_kl, rng):
    """Whether as many images as dimensions make a table: a sum then meets what is not summed."""
    square = rng.normal(size=(5, 5)).astype("float32")
    return np.shape(attempt("kl", my_kl, square, square)) == (5, 5)
