"""The exact posterior of models with one latent dimension, by integration, and the gap of an ELBO.

For any Gaussian q, log p(x) = ELBO(q) + KL(q, p(z given x)). With one latent dimension, all three
are integrals over a line, which a fine grid gives to many digits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

from fidle_vae.common.validation import require_count
from fidle_vae.models.parts import parts

REACH = 10.0  # the grid goes from -REACH to REACH; the prior has 2e-23 of its mass outside
INSIDE = 3  # so many sigma of a q must lie within the grid, which cuts off what is beyond


class Bound(NamedTuple):
    """The ELBO of a q for each image and what it lacks: arrays of shape (n,), in nats."""

    elbo: np.ndarray
    """E_q[log p(x given z)] - KL(q, prior)."""
    gap: np.ndarray
    """KL(q, p(z given x)): 0 where q is the posterior, positive elsewhere."""


@dataclasses.dataclass(frozen=True, eq=False)
class ExactPosterior:
    """What z can be, given each image, on an evenly spaced grid of z.

    Attributes:
        z: the grid, shape (points,).
        log_likelihood: log p(x given z) of each image and each z, shape (n, points).
    """

    z: np.ndarray
    log_likelihood: np.ndarray

    @property
    def spacing(self) -> float:
        """Distance of two neighbours on the grid."""
        return self.z[1] - self.z[0]

    @property
    def log_prior(self) -> np.ndarray:
        """The log-density of the prior N(0, 1), shape (points,)."""
        return norm.logpdf(self.z)

    @property
    def log_evidence(self) -> np.ndarray:
        """The log p(x) of each image, the integral of p(x given z) p(z) over z, shape (n,)."""
        return logsumexp(self.log_likelihood + self.log_prior, axis=1) + np.log(self.spacing)

    @property
    def log_density(self) -> np.ndarray:
        """The log-density of p(z given x) = p(x given z) p(z) / p(x), shape (n, points)."""
        return self.log_likelihood + self.log_prior - self.log_evidence[:, None]

    @property
    def mean(self) -> np.ndarray:
        """The mean of each posterior, shape (n, 1)."""
        return np.sum(self._mass * self.z, axis=1, keepdims=True)

    @property
    def log_var(self) -> np.ndarray:
        """The logarithm of the variance of each posterior, shape (n, 1)."""
        return np.log(np.sum(self._mass * (self.z - self.mean) ** 2, axis=1, keepdims=True))

    @property
    def _mass(self):
        return np.exp(self.log_density) * self.spacing

    def of(self, i: int) -> ExactPosterior:
        """Return the posterior of image number `i` alone."""
        return ExactPosterior(self.z, self.log_likelihood[[i]])

    def bound(self, z_mean: np.ndarray, z_log_var: np.ndarray) -> Bound:
        """Return the ELBO of q = N(z_mean, exp(z_log_var)) and its gap, for each image.

        Both are integrals on the same grid, on which the mass of q is 1; so log_evidence is
        elbo + gap, to rounding, and elbo is never above it.

        Args:
            z_mean: shape (n, 1).
            z_log_var: log sigma^2, shape (n, 1).
        """
        log_q = self.log_gaussian(z_mean, z_log_var)
        mass = np.exp(log_q) * self.spacing
        log_joint = self.log_likelihood + self.log_prior
        return Bound(
            elbo=np.sum(mass * (log_joint - log_q), axis=1),
            gap=np.sum(mass * (log_q - self.log_density), axis=1),
        )

    def best_gaussian(self) -> tuple[np.ndarray, np.ndarray]:
        """Return z_mean and z_log_var of the q with the largest ELBO, of one image: each (1, 1)."""
        self.require_one_image()

        def gap(q):
            return self.bound(*q.reshape(2, 1, 1)).gap[0]

        start = np.ravel([self.mean, self.log_var])
        best = minimize(gap, start, method="Nelder-Mead").x
        return tuple(best.reshape(2, 1, 1))

    def require_one_image(self) -> None:
        """Raise ValueError unless this is the posterior of one image."""
        if len(self.log_likelihood) != 1:
            raise ValueError(
                f"exact must be the posterior of one image, got {len(self.log_likelihood)} images: "
                "pick one out by exact.of(i)."
            )

    def log_gaussian(self, z_mean: np.ndarray, z_log_var: np.ndarray) -> np.ndarray:
        """Return the log-density of each image's q on the grid, shape (n, points)."""
        shape = len(self.log_likelihood), 1
        z_mean, z_log_var = np.asarray(z_mean, float), np.asarray(z_log_var, float)
        for name, array in (("z_mean", z_mean), ("z_log_var", z_log_var)):
            if array.shape != shape:
                raise ValueError(
                    f"{name} must have shape {shape}, one number for each image, got "
                    f"{array.shape}: give what the encoder of the same model gives for the images."
                )
        sigma = np.exp(z_log_var / 2)
        self._require_on_grid(z_mean, sigma)
        log_q = norm.logpdf(self.z, z_mean, sigma)
        return log_q - logsumexp(log_q, axis=1, keepdims=True) - np.log(self.spacing)

    def _require_on_grid(self, z_mean, sigma):
        reach = self.z[-1]
        bad = ~((sigma >= self.spacing) & (np.abs(z_mean) + INSIDE * sigma <= reach))
        if bad.any():
            raise ValueError(
                f"q must lie on the grid, from {-reach:g} to {reach:g} in steps of "
                f"{self.spacing:.2g}, got mean {z_mean[bad][0]:.3g} and sigma "
                f"{sigma[bad][0]:.3g}: take a grid of more points or of a larger reach."
            )


def exact_posterior(
    model: keras.Model | Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    *,
    points: int = 5001,
    reach: float = REACH,
) -> ExactPosterior:
    """Compute p(z given x) of images by integration, for one latent dimension, Bernoulli pixels.

    The encoder is not used. Where a posterior is narrower than the spacing of the grid, its
    log p(x) is not right; more points show by how much.

    Args:
        model: with a decoder of one latent dimension, or a function from z, shape (points, 1), to
            images in [0, 1].
        x: images in [0, 1], shape (n, height, width, channels).
        points: number of points of the grid.
        reach: the grid goes from -reach to reach.
    """
    require_count("points", points, 5001)
    decode = _decoder(model) if isinstance(model, keras.Model) else model
    z = np.linspace(-reach, reach, points)
    x_hat = ops.convert_to_numpy(decode(z[:, None]))
    if x_hat.shape != (points, *x.shape[1:]):
        raise ValueError(
            f"x must be images as the model decodes them, of shape (n, *{x_hat.shape[1:]}), got "
            f"{x.shape}: a single image is given as x[i : i + 1]."
        )
    return ExactPosterior(z, bernoulli_log_likelihood(x, x_hat.astype(float)))


def bernoulli_log_likelihood(x: np.ndarray, x_hat: np.ndarray) -> np.ndarray:
    """Return log p(x given x_hat) of each image x and each x_hat, shape (len(x), len(x_hat)).

    The formula of `bernoulli_nll`, for all pairs at once as one product of matrices.
    """
    x, x_hat = x.reshape(len(x), -1), x_hat.reshape(len(x_hat), -1)
    x_hat = np.clip(x_hat, keras.config.epsilon(), 1 - keras.config.epsilon())
    log_1 = np.log1p(-x_hat)
    return x @ (np.log(x_hat) - log_1).T + log_1.sum(axis=1)


def _decoder(model):
    found = parts(model, "exact_posterior")
    if found.latent_dim != 1:
        raise ValueError(
            f"model must have one latent dimension; it has {found.latent_dim}: train one with "
            "latent_dim = 1."
        )
    return found.decode
