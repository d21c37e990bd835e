"""Points around a few centres: a distribution whose density is known, for small experiments."""

import numpy as np

from fidle_vae.common.validation import require_count


class GaussianBlobs:
    """A mixture of round Gaussians in any dimension: p(x) = sum_k w_k N(x; c_k, sigma_k^2 I).

    `GaussianBlobs(ring(8), 0.05)` has eight modes in the plane, `GaussianBlobs([-2, 1], [0.5, 1])`
    two on a line.

    Args:
        centres: c_k, shape (k, d), or k numbers on a line.
        sigma: standard deviation along each axis: one number, or k.
        weights: w_k, k numbers, which are divided by their sum; None for equal ones.
    """

    def __init__(self, centres, sigma, weights=None):
        centres = np.asarray(centres, float)
        self.centres = centres[:, None] if centres.ndim == 1 else centres
        if self.centres.ndim != 2 or not self.centres.size:
            raise ValueError(
                f"centres must be rows of coordinates, (k, d), or k numbers; got shape "
                f"{centres.shape}: try ring(8)."
            )
        k = len(self.centres)
        if np.shape(sigma) not in ((), (k,)) or not np.all(np.asarray(sigma) > 0):
            raise ValueError(
                f"sigma must be one number above 0, or one for each of the {k} centres; got "
                f"{sigma!r}: try 0.05."
            )
        weights = np.ones(k) if weights is None else np.asarray(weights, float)
        if weights.shape != (k,) or not (weights >= 0).all() or not weights.sum() > 0:
            raise ValueError(
                f"weights must be {k} numbers of 0 or more, one for each centre, and not all 0; "
                f"got {weights.tolist()}: leave them out for equal ones."
            )
        self.sigma = np.broadcast_to(np.asarray(sigma, float), k)
        self.weights = weights / weights.sum()

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n points, (n, d), float32."""
        require_count("n", n, 1000)
        k, d = self.centres.shape
        of = rng.choice(k, size=n, p=self.weights)
        noise = self.sigma[of, None] * rng.standard_normal((n, d))
        return (self.centres[of] + noise).astype(np.float32)

    def density(self, x: np.ndarray) -> np.ndarray:
        """Return p(x) of points, shape (n,).

        Args:
            x: shape (n, d), or n numbers on a line.
        """
        x = np.asarray(x, float)
        d = self.centres.shape[1]
        rows = x[:, None] if x.ndim == 1 and d == 1 else x
        if rows.ndim != 2 or rows.shape[1] != d:
            raise ValueError(
                f"x must be points of {d} coordinates, as the centres are, shape (n, {d}); got "
                f"{x.shape}: reshape it."
            )
        square = ((rows[:, None] - self.centres) ** 2).sum(axis=-1) / self.sigma**2  # (n, k)
        peak = self.weights / (2 * np.pi * self.sigma**2) ** (d / 2)
        return np.exp(-square / 2) @ peak


def ring(modes: int = 8, radius: float = 2.0) -> np.ndarray:
    """Return centres evenly spaced on a circle around the origin, shape (modes, 2)."""
    require_count("modes", modes, 8)
    angle = 2 * np.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
