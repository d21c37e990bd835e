"""The check of noise without its tails: what lies beyond a limit is drawn anew."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from keras import ops
from scipy import stats

from fidle_vae.checks.engine import Mistake, Result, exercise, from_arguments, outcome, recognise

CHECK = "truncated"
N, D = 2000, 6
LIMITS = (1.0, 1.5)


@exercise
@from_arguments
def truncated(my_truncated: Callable) -> Result:
    """Check `my_truncated(n, d, limit, rng)`: normal noise, redrawn where beyond the limit."""
    found = []
    for seed, limit in enumerate(LIMITS):
        value = outcome(CHECK, my_truncated, N, D, limit, np.random.default_rng(seed))
        if isinstance(value, Result):
            return value
        again = outcome(CHECK, my_truncated, N, D, limit, np.random.default_rng(seed))
        other = outcome(CHECK, my_truncated, N, D, limit, np.random.default_rng(seed + 100))
        try:
            arrays = [np.asarray(ops.convert_to_numpy(v), float) for v in (value, again, other)]
        except (TypeError, ValueError, RuntimeError):  # PyTorch raises the last one
            return Result(CHECK, "no_number", "What it gives is not an array of numbers.")
        found.append(Noise(limit, *arrays))
    return recognise(
        CHECK, Both(found), MISTAKES, "Noise as it is between the limits, and no tails."
    )


class Noise(NamedTuple):
    """What was drawn with one limit: once, with the same seed again, and with another seed."""

    limit: float
    z: np.ndarray
    again: np.ndarray
    other: np.ndarray

    @property
    def beyond(self):
        """The share of numbers beyond the limit."""
        return (np.abs(self.z) > self.limit + 1e-6).mean()

    @property
    def at_limit(self):
        """The share of numbers that are the limit itself."""
        return (np.abs(np.abs(self.z) - self.limit) < 1e-6).mean()

    def is_like(self, distribution):
        """Whether the numbers may come from a distribution: by the largest distance of both."""
        return stats.kstest(self.z.ravel(), distribution.cdf).statistic < 0.02


class Both(NamedTuple):
    """What was drawn with both limits."""

    noises: list

    @property
    def first(self):
        """What was drawn with the first limit."""
        return self.noises[0]

    def all(self, condition):
        """Whether a condition holds with both limits."""
        return all(condition(each) for each in self.noises)


def _is(distribution):
    """Return the trace of noise from a distribution, a function of the limit."""
    return lambda found: found.all(lambda noise: noise.is_like(distribution(noise.limit)))


def _truncnorm(limit):
    return stats.truncnorm(-limit, limit)


MISTAKES = [
    Mistake(
        "truncated_shape",
        f"It has the shape {{seen}}: ({N}, {D}) is due, n rows of d numbers.",
        lambda found: found.first.z.shape != (N, D) and str(found.first.z.shape),
    ),
    Mistake(
        "truncated_not_finite",
        "There are numbers that are NaN or infinite.",
        lambda found: not found.all(lambda noise: np.isfinite(noise.z).all()),
    ),
    Mistake(
        "truncated_same_always",
        "Other random numbers give the same noise: draw all of it by `rng`.",
        lambda found: found.all(lambda noise: np.array_equal(noise.z, noise.other)),
    ),
    Mistake(
        "truncated_foreign_numbers",
        "The same `rng` gives other noise each time, so that no run can be repeated: draw all of "
        "it by `rng`.",
        lambda found: not found.all(lambda noise: np.array_equal(noise.z, noise.again)),
    ),
    Mistake(
        "truncated_rows_equal",
        "All rows are the same noise: draw n rows.",
        lambda found: found.all(lambda noise: np.ptp(noise.z, axis=0).max() < 1e-6),
    ),
    Mistake(
        "truncated_columns_equal",
        "All numbers of a row are the same: draw d numbers for each row.",
        lambda found: found.all(lambda noise: np.ptp(noise.z, axis=1).max() < 1e-6),
    ),
    Mistake(
        "truncated_clipped",
        "What lies beyond is moved to the limit itself, where many numbers pile up, {seen:.0%} of "
        "them: draw it anew.",
        lambda found: found.first.at_limit > 0.05 and found.first.at_limit,
    ),
    Mistake(
        "truncated_zeros",
        "What lies beyond is made 0: draw it anew.",
        lambda found: found.all(lambda noise: (noise.z == 0).mean() > 0.05),
    ),
    Mistake(
        "truncated_not_at_all",
        "This is noise with its tails: nothing is drawn anew.",
        _is(lambda limit: stats.norm()),
    ),
    Mistake(
        "truncated_rescaled",
        "The noise is multiplied by the limit: that is a narrower normal, and still has numbers "
        "beyond the limit. Draw those that lie beyond anew.",
        _is(lambda limit: stats.norm(0, limit)),
    ),
    Mistake(
        "truncated_divided",
        "The noise is divided by the limit, which makes it wider: draw what lies beyond anew.",
        lambda found: found.noises[1].is_like(stats.norm(0, 1 / LIMITS[1])),
    ),
    Mistake(
        "truncated_uniform",
        "All numbers between the limits are equally likely: draw from a normal, so that those near "
        "0 come more often.",
        _is(lambda limit: stats.uniform(-limit, 2 * limit)),
    ),
    Mistake(
        "truncated_one_side",
        "Only one side is cut off: a number may lie too far below 0 as well. Take np.abs.",
        lambda found: found.all(
            lambda noise: (
                noise.beyond > 0.05
                and min((noise.z > noise.limit).sum(), (noise.z < -noise.limit).sum()) == 0
            )
        ),
    ),
    Mistake(
        "truncated_absolute",
        "All numbers are of one sign: only their size is limited.",
        lambda found: found.all(lambda noise: (noise.z >= 0).all() or (noise.z <= 0).all()),
    ),
    Mistake(
        "truncated_once",
        "What lies beyond is drawn anew once, and may lie beyond again, here {seen:.1%} of the "
        "numbers: repeat until none does, while.",
        lambda found: found.first.beyond > 0 and found.first.beyond,
    ),
    Mistake(
        "truncated_scaled_back",
        "Each number is divided until it fits, or its remainder is taken: that is no normal noise "
        "between the limits. Draw what lies beyond anew.",
        lambda found: not _is(_truncnorm)(found),
    ),
]
