"""The weights of the two terms of a VAE's loss."""

import math
from collections.abc import Iterable


def resolve_loss_weights(loss_weights: Iterable[float] | str, n_pixels: int) -> tuple[float, float]:
    """Return `loss_weights` as the pair (k1, k2) in loss = k1 * r_loss + k2 * kl_loss.

    Args:
        loss_weights: two numbers, or "elbo" for the weights that make the loss the negative ELBO
            divided by `n_pixels`.
        n_pixels: number of values in an image, by which r_loss is divided.

    Raises:
        ValueError: `loss_weights` is neither a valid pair nor "elbo".
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
