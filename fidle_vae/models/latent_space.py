"""The geometry of the latent space: planes to plot, grids and paths to decode."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class LatentPlane:
    """A flat view into a latent space of d dimensions: a plane, or a line where d is 1.

    A point of the plane has one coordinate per axis, in units of the prior's standard deviation,
    because the axes are orthonormal.

    Attributes:
        origin: Where the plane's (0, 0) lies in the latent space, shape (d,).
        axes: One or two orthonormal directions, shape (k, d) with k = 1 or 2.
        names: One name per axis, for plots.
    """

    origin: np.ndarray
    axes: np.ndarray
    names: tuple[str, ...]

    def __post_init__(self):
        origin, axes = np.array(self.origin, float), np.array(self.axes, float)
        if axes.ndim != 2 or len(axes) not in (1, 2) or origin.shape != axes.shape[1:]:
            raise ValueError(
                "a LatentPlane needs origin of shape (d,) and axes of shape (1, d) or (2, d), "
                f"got {origin.shape} and {axes.shape}"
            )
        if not np.allclose(axes @ axes.T, np.eye(len(axes)), atol=1e-6):
            raise ValueError(
                f"axes must be orthonormal, got {axes.tolist()}: "
                "use LatentPlane.of_dims or LatentPlane.of_pca, or np.linalg.qr(axes.T).Q.T"
            )
        if len(self.names) != len(axes):
            raise ValueError(f"names must hold {len(axes)} names, one per axis, got {self.names!r}")
        for name, array in (("origin", origin), ("axes", axes)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def of_dims(cls, latent_dim: int, dims: Sequence[int] | None = None) -> LatentPlane:
        """Return the plane of one or two latent dimensions, through the mean of the prior.

        Args:
            latent_dim: The dimension d of the latent space.
            dims: The dimensions to look at; None takes the first two, or the only one.
        """
        dims = tuple(range(min(latent_dim, 2)) if dims is None else dims)
        known = all(dim in range(latent_dim) for dim in dims)
        if not known or len(dims) not in (1, 2) or len(set(dims)) < len(dims):
            raise ValueError(
                f"dims must be one or two different numbers from 0 to {latent_dim - 1} "
                f"(latent_dim is {latent_dim}), got {dims}"
            )
        axes = np.eye(latent_dim)[list(dims)]
        return cls(np.zeros(latent_dim), axes, tuple(f"z{dim}" for dim in dims))

    @classmethod
    def of_pca(cls, codes: np.ndarray) -> LatentPlane:
        """Return the plane through the mean of `codes`, along the directions of largest variance.

        The largest component of each axis is positive, so that the same codes always give the
        same picture.

        Args:
            codes: Latent codes, shape (n, d), n >= 2.
        """
        codes = np.asarray(codes, float)
        if codes.ndim != 2 or len(codes) < 2:
            raise ValueError(
                f"codes must have shape (n, d) with n >= 2, got {codes.shape}: "
                "pass the z_mean of many images"
            )
        if not np.isfinite(codes).all():
            raise ValueError("codes must be finite, got NaN or infinity: train the encoder again")
        mean = codes.mean(axis=0)
        _, vectors = np.linalg.eigh((codes - mean).T @ (codes - mean))
        axes = vectors.T[::-1][:2]  # eigh sorts from the smallest variance to the largest
        largest = np.abs(axes).argmax(axis=1)
        axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
        return cls(mean, axes, ("PC 1", "PC 2")[: len(axes)])

    @classmethod
    def of_codes(cls, codes: np.ndarray) -> LatentPlane:
        """Return a plane that shows `codes`: `of_dims` up to two dimensions, `of_pca` beyond."""
        latent_dim = np.shape(codes)[-1]
        return cls.of_dims(latent_dim) if latent_dim <= 2 else cls.of_pca(codes)

    def project(self, z: np.ndarray) -> np.ndarray:
        """Return the plane coordinates of latent points, (..., d) -> (..., k) with k axes."""
        z = np.asarray(z, float)
        self._require_last_axis("z", z, len(self.origin))
        return (z - self.origin) @ self.axes.T

    def lift(self, points: np.ndarray) -> np.ndarray:
        """Return the latent points of plane coordinates, (..., k) -> (..., d) with k axes."""
        points = np.asarray(points, float)
        self._require_last_axis("points", points, len(self.axes))
        return self.origin + points @ self.axes

    @staticmethod
    def _require_last_axis(name: str, array: np.ndarray, size: int) -> None:
        if array.shape[-1:] != (size,):
            raise ValueError(
                f"{name} must have shape (..., {size}) for this plane, got {array.shape}"
            )


def active_units(z_mean: np.ndarray, threshold: float = 0.01) -> np.ndarray:
    """Return which latent dimensions the encoder uses (Burda et al. 2015).

    Dimension j is active if Var_x(z_mean_j) > threshold, where Var_x is the population variance
    over images x. If the posterior has collapsed onto the prior, every image has nearly the same
    z_mean_j, and the dimension says nothing about the image.

    Args:
        z_mean: Means of q(z given x) of many images, shape (n, d).
        threshold: The variance above which a dimension is active.

    Returns:
        One bool per dimension, shape (d,); `active_units(z_mean).sum()` counts them.
    """
    z_mean = np.asarray(z_mean, float)
    if z_mean.ndim != 2 or len(z_mean) < 2 or not np.isfinite(z_mean).all():
        raise ValueError(
            f"z_mean must hold the finite means of two images or more, shape (n, d), got shape "
            f"{z_mean.shape} with {np.sum(~np.isfinite(z_mean))} not finite: "
            "pass the z_mean of many images"
        )
    if not threshold >= 0:
        raise ValueError(f"threshold must be a variance, 0 or more, got {threshold}: try 0.01")
    return z_mean.var(axis=0) > threshold


def gaussian_like(codes: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` draws from the Gaussian that has the mean and the covariance of codes.

    Args:
        codes: Latent codes, shape (images, d), of two images or more.
        n: Number of draws.
        rng: A NumPy generator.

    Returns:
        Latent points, shape (n, d).
    """
    codes = np.asarray(codes, float)
    if codes.ndim != 2 or len(codes) < 2:
        raise ValueError(
            f"codes must have shape (images, d) with 2 images or more, got {codes.shape}: "
            "pass the codes of many images"
        )
    return rng.multivariate_normal(codes.mean(axis=0), np.atleast_2d(np.cov(codes.T)), n)


def gaussian_grid(n: int, low: float = 0.01, high: float = 0.99) -> np.ndarray:
    """Return coordinates that cut a standard normal into slices of equal probability.

    They are the quantiles of `n` probabilities evenly spaced from `low` to `high`. The bounds lie
    strictly between 0 and 1, whose quantiles are infinite.

    Returns:
        Increasing coordinates, shape (n,); from -2.33 to 2.33 by default.
    """
    if n < 2:
        raise ValueError(f"n must be at least 2, got {n}")
    if not 0 < low < high < 1:
        raise ValueError(
            f"low and high must satisfy 0 < low < high < 1, got {low} and {high}: "
            "the quantiles of 0 and 1 are infinite; try 0.01 and 0.99"
        )
    inv_cdf = statistics.NormalDist().inv_cdf
    return np.array([inv_cdf(p) for p in np.linspace(low, high, n)])


def grid_points(n: int, plane: LatentPlane, reach: float | None = None) -> np.ndarray:
    """Return a grid of latent points in the plane, with `gaussian_grid(n)` along each axis.

    With `reach`, the coordinates are evenly spaced, from minus `reach` to `reach`. The first axis
    goes from left to right, the second one from bottom to top: the first row of the grid has the
    highest coordinate, as the top of a scatter plot does.

    Returns:
        Latent points, shape (n, n, d); (1, n, d) if the plane has one axis only.
    """
    coordinates = gaussian_grid(n) if reach is None else np.linspace(-reach, reach, n)
    if len(plane.axes) == 1:
        return plane.lift(coordinates[None, :, None])
    across, up = np.meshgrid(coordinates, coordinates[::-1])
    return plane.lift(np.stack([across, up], axis=-1))


def morph_path(start: np.ndarray, end: np.ndarray, n: int, kind: str = "linear") -> np.ndarray:
    """Return latent points on a path from `start` to `end`, both included.

    In many dimensions, nearly all draws from the prior lie in a thin shell far from 0. The straight
    line cuts through the empty inside; the great circle stays in the shell: it turns at a constant
    angular speed while its norm changes linearly from that of `start` to that of `end`. If an end
    is at 0, or both lie on one line through 0 (always so for d = 1), there is no great circle, and
    the path is the straight line.

    Args:
        start: Latent point, shape (d,).
        end: Latent point, shape (d,).
        n: Number of points, at least 2.
        kind: "linear" or "great_circle".

    Returns:
        Latent points, shape (n, d).
    """
    start, end = np.asarray(start, float), np.asarray(end, float)
    if start.ndim != 1 or start.shape != end.shape:
        raise ValueError(
            "start and end must be two latent points of one shape (d,), "
            f"got {start.shape} and {end.shape}"
        )
    if n < 2:
        raise ValueError(f"n must be at least 2, to hold both ends, got {n}")
    if kind not in ("linear", "great_circle"):
        raise ValueError(f"kind must be 'linear' or 'great_circle', got {kind!r}")

    t = np.linspace(0, 1, n)[:, None]
    path = (1 - t) * start + t * end
    norms = np.linalg.norm(start), np.linalg.norm(end)
    if kind == "great_circle" and min(norms) > 1e-9:
        u, v = start / norms[0], end / norms[1]
        # accurate at every angle, unlike the arc cosine of the scalar product
        angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
        if np.sin(angle) > 1e-6:
            direction = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.sin(angle)
            path = ((1 - t) * norms[0] + t * norms[1]) * direction
    path[0], path[-1] = start, end
    return path
