"""What may be asked of a training, checked before any work starts."""

import difflib
import math
from collections.abc import Iterable
from numbers import Integral

from fidle_vae.datasets import check_arguments

# Each with a value to try.
COUNTS = {
    "latent_dim": 2,
    "batch_size": 64,
    "epochs": 10,
    "codes": 2000,
    "samples": 500,
    "side": 300,
    "images": 60_000,
    "jobs": 1,
}


def check_parameters(**parameters) -> None:
    """Refuse a value that no training can take; names that are not known here pass."""
    defaults = {"dataset": "auto", "scale": 1.0, "seed": 0}
    check_arguments(*(parameters.get(name, value) for name, value in defaults.items()))
    for name in COUNTS:
        if name in parameters:
            check_count(name, parameters[name])
    if "loss_weights" in parameters:
        resolve_loss_weights(parameters["loss_weights"], n_pixels=1)


def check_count(name: str, value: int) -> None:
    """Refuse what is no integer of 1 or more."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(
            f"{name} must be an integer of 1 or more; got {value!r}: try {COUNTS[name]}."
        )


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Refuse what is none of the names to choose from."""
    if value not in choices:
        near = difflib.get_close_matches(str(value), choices, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "choose one of these."
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}: {hint}")


def resolve_loss_weights(loss_weights: Iterable[float] | str, n_pixels: int) -> tuple[float, float]:
    """Check `loss_weights` and give it as the pair (k1, k2) of loss = k1 * r_loss + k2 * kl_loss.

    Args:
        loss_weights: two numbers, or "elbo" for the weights that make the loss the negative ELBO
            divided by `n_pixels`.
        n_pixels: how many values an image holds, by which r_loss is divided.
    """
    if isinstance(loss_weights, str) and loss_weights == "elbo":
        return 1.0, 1 / n_pixels
    try:
        k1, k2 = (float(k) for k in loss_weights)
        valid = 0 <= k1 < math.inf and 0 <= k2 < math.inf and k1 + k2 > 0
    except (TypeError, ValueError):
        valid = False
    if not valid or isinstance(loss_weights, str):
        raise ValueError(
            f"loss_weights must be two numbers (k1, k2), neither negative nor both zero, "
            f'or "elbo"; got {loss_weights!r}: try (1.0, 1e-3).'
        )
    return k1, k2
