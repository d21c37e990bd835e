"""The check of draws from the Gaussian of the codes, by their mean and covariance."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    exercise,
    explain,
    from_arguments,
    recognise,
    short,
)

N = 20_000
MEAN = np.array([5.0, -3.0, 1.0])
FORM = (
    "The mean is that of each dimension, codes.mean(axis=0), of shape (d,), and the covariance "
    "np.cov(codes.T), of shape (d, d)."
)
COVARIANCE = np.array([[4.0, 2.4, 0.0], [2.4, 9.0, -0.4], [0.0, -0.4, 0.25]])


@exercise
@from_arguments
def draws(my_draws: Callable) -> Result:
    """Check `my_draws(codes, n, rng)`: n points from the Gaussian fitted to the codes."""
    rng = np.random.default_rng(4)
    codes = rng.multivariate_normal(MEAN, COVARIANCE, 400)
    found = []
    for seed in (0, 0, 1):
        generator = _Generator(np.random.PCG64(seed))
        z = attempt("draws", lambda rng=generator: my_draws(codes.copy(), N, rng))
        if isinstance(z, Result):
            if generator.exchanged:
                exchanged = "The mean comes first, then the covariance."
                z = explain(z, "", "draws_arguments_exchanged", exchanged, alone=True)
            return explain(z, "mean (must|and cov)|cov must", "draws_form", FORM)
        found.append(z)
    right = "Mean and covariance of the draws are those of the codes."
    return recognise("draws", _Draws(codes, *found), MISTAKES, right)


class _Generator(np.random.Generator):
    """A generator that notes whether mean and covariance were exchanged."""

    exchanged = False

    def multivariate_normal(self, mean, cov, *args, **kwargs):
        """Draw from N(mean, cov)."""
        self.exchanged = (np.ndim(mean), np.ndim(cov)) == (2, 1)
        return super().multivariate_normal(mean, cov, *args, **kwargs)


class _Draws:
    """Draws, the same again, and others; seen from the codes."""

    def __init__(self, codes, z, again, other):
        self.z, self.due, self.codes = z, (N, codes.shape[1]), codes
        self.n_codes = len(codes)
        self.repeats, self.changes = (
            z.shape == each.shape and np.allclose(z, each) for each in (again, other)
        )
        if z.shape == self.due and np.isfinite(z).all():
            self.mean, self.covariance = z.mean(axis=0), np.cov(z.T)
            self.mean_due, self.covariance_due = codes.mean(axis=0), np.cov(codes.T)

    def has(self, mean, covariance):
        """Whether the draws have this mean and covariance, as far as so many can tell."""
        variances = np.diag(covariance)
        near = np.abs(self.mean - mean) < 5 * np.sqrt(variances / N) + 1e-9
        error = np.abs(self.covariance - covariance)
        return near.all() and (error < 0.06 * np.sqrt(np.outer(variances, variances)) + 1e-9).all()

    @property
    def moments(self):
        """Mean and variances, in words."""
        return f"mean {short(self.mean)}, variances {short(np.diag(self.covariance))}"

    @property
    def moments_due(self):
        """Those of the codes, in words."""
        return f"mean {short(self.mean_due)} and variances {short(self.spread)}"

    @property
    def variances_due(self):
        """The variances of the codes, in words."""
        return short(self.spread)

    @property
    def is_round(self):
        """Whether the draws vary alike in all directions."""
        return self.has(self.mean_due, np.eye(len(self.mean_due)) * np.diag(self.covariance).mean())

    @property
    def spread(self):
        """The codes' variances."""
        return np.diag(self.covariance_due)

    @property
    def roots(self):
        """The roots of the numbers in the covariance of the codes."""
        return np.sqrt(np.abs(self.covariance_due))

    @property
    def are_codes(self):
        """Whether each draw is one of the codes."""
        known = {tuple(code) for code in self.codes.round(3)}
        return all(tuple(point) in known for point in self.z[:50].round(3))

    @property
    def root(self):
        """A matrix whose square, root @ root.T, is the covariance of the codes."""
        return np.linalg.cholesky(self.covariance_due)

    @property
    def factor(self):
        """By what the covariance of the codes is multiplied; "" where it is not one number."""
        factor = (self.covariance / self.covariance_due)[0, 0]
        scaled = self.has(self.mean, factor * self.covariance_due)
        return f"{factor:.3g}" if scaled and abs(factor - 1) > 0.1 else ""

    @property
    def in_box(self):
        """Whether the draws are uniform in the box that the codes fill."""
        low, high = self.codes.min(axis=0), self.codes.max(axis=0)
        return self.has((low + high) / 2, np.diag((high - low) ** 2 / 12))


MISTAKES = [
    Mistake(
        "draws_of_images",
        "It takes the covariance over the wrong axis: np.cov takes rows for variables, so give it "
        "codes.T.",
        lambda d: d.z.ndim == 2 and d.z.shape[1] == len(d.codes),
    ),
    Mistake(
        "draws_one",
        "It gives one point, shape {found.z.shape}: n points are asked, {found.due}.",
        lambda d: d.z.shape == d.due[1:],
    ),
    Mistake(
        "draws_turned",
        "Shape {found.z.shape} where {found.due} is expected: rows and columns are exchanged.",
        lambda d: d.z.shape == d.due[::-1],
    ),
    Mistake(
        "draws_as_many_as_codes",
        "Shape {found.z.shape} where {found.due} is expected: as many points as there are codes, "
        "and n are asked.",
        lambda d: d.z.shape == d.codes.shape,
    ),
    Mistake(
        "draws_shape",
        "Shape {found.z.shape} where {found.due} is expected.",
        lambda d: d.z.shape != d.due,
    ),
    Mistake(
        "draws_not_finite", "A value is NaN or infinite.", lambda d: not np.isfinite(d.z).all()
    ),
    Mistake(
        "draws_all_alike",
        "All points are the same: each needs noise of its own.",
        lambda d: np.ptp(d.z, axis=0).max() < 1e-9,
    ),
    Mistake(
        "draws_codes",
        "These are codes themselves, drawn from the list: new points are asked.",
        lambda d: d.are_codes,
    ),
    Mistake(
        "draws_standard_normal",
        "These are draws from N(0, I): shift and stretch them to the mean and the covariance of "
        "the codes.",
        lambda d: d.has(0 * d.mean_due, np.eye(len(d.mean_due))),
    ),
    Mistake(
        "draws_without_mean",
        "The covariance is right, the mean is 0: it must be that of the codes.",
        lambda d: d.has(0 * d.mean_due, d.covariance_due),
    ),
    Mistake(
        "draws_without_scale",
        "The mean is right, but each variance is 1 where those of the codes are expected.",
        lambda d: d.has(d.mean_due, np.eye(len(d.mean_due))),
    ),
    Mistake(
        "draws_one_variance_for_all",
        "The variance is the same in every dimension, and those of the codes are "
        "{found.variances_due}: each has its own, and they vary together, np.cov(codes.T).",
        lambda d: d.is_round,
    ),
    Mistake(
        "draws_around_zero",
        "The covariance is taken around 0, and so too large: subtract the mean from the codes "
        "first, or take np.cov(codes.T), which does.",
        lambda d: d.has(d.mean_due, d.covariance_due + np.outer(d.mean_due, d.mean_due)),
    ),
    Mistake(
        "draws_without_covariance",
        "Mean and variances are right, but the dimensions vary independently of each other, and "
        "the codes' do not: take the whole covariance, np.cov(codes.T).",
        lambda d: d.has(d.mean_due, np.diag(d.spread)),
    ),
    Mistake(
        "draws_variance_as_deviation",
        "The noise is scaled by the variance where the standard deviation is expected: {found."
        "moments}.",
        lambda d: d.has(d.mean_due, np.diag(d.spread**2)),
    ),
    Mistake(
        "draws_deviation_as_variance",
        "The spread is the square root of what it should be: {found.moments}. "
        "multivariate_normal takes variances, not standard deviations.",
        lambda d: d.has(d.mean_due, np.diag(np.sqrt(d.spread))),
    ),
    Mistake(
        "draws_correlation",
        "The correlations are right, but each variance is 1: np.cov has the variances in it, "
        "np.corrcoef has not.",
        lambda d: d.has(d.mean_due, np.corrcoef(d.codes.T)),
    ),
    Mistake(
        "draws_covariance_as_root",
        "The noise is multiplied by the covariance: a root of it is due, or "
        "rng.multivariate_normal, which takes the covariance itself. {found.moments}.",
        lambda d: d.has(d.mean_due, d.covariance_due @ d.covariance_due),
    ),
    Mistake(
        "draws_root_turned",
        "The root of the covariance stands the wrong way round: rows of noise are multiplied by "
        "its transpose, noise @ root.T.",
        lambda d: d.has(d.mean_due, d.root.T @ d.root),
    ),
    Mistake(
        "draws_root_of_each_number",
        "np.sqrt takes the root of each number of the covariance: the root of a matrix is another, "
        "np.linalg.cholesky, or take rng.multivariate_normal.",
        lambda d: d.has(d.mean_due, d.roots.T @ d.roots),
    ),
    Mistake(
        "draws_covariance_scaled",
        "The covariance of your draws is {seen} times that of the codes. (A covariance is a mean "
        "over the codes, of which there are {found.n_codes} here.)",
        lambda d: d.factor,
    ),
    Mistake(
        "draws_uniform",
        "The points fill the box of the codes evenly: a Gaussian is asked.",
        lambda d: d.in_box,
    ),
    Mistake(
        "draws_moments",
        "The draws have {found.moments}; the codes have {found.moments_due}.",
        lambda d: not d.has(d.mean_due, d.covariance_due),
    ),
    Mistake(
        "draws_ignore_rng",
        "The same generator gives other points at each call: draw with rng, so that a run can be "
        "repeated.",
        lambda d: not d.repeats,
    ),
    Mistake(
        "draws_fixed_seed",
        "Another generator gives the same points: draw with the rng that you get, not with one of "
        "your own.",
        lambda d: d.changes,
    ),
]
