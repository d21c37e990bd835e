"""The check of noise without its tails: what lies beyond a limit is drawn anew."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from keras import ops
from scipy import stats

from fidle_vae.checks.engine import Mistake, Result, exercise, from_arguments, outcome, recognise

CHECK = "truncated"
N, D = 6000, 6
LIMITS = (1.0, 1.5)
MOST = 300 * N * D  # numbers drawn, far more than any right answer needs


@exercise
@from_arguments
def truncated(my_truncated: Callable) -> Result:
    """Check `my_truncated(n, d, limit, rng)`: normal noise, redrawn where beyond the limit."""
    found = []
    for seed, limit in enumerate(LIMITS):
        values = []
        for each in (seed, seed, seed + 100):
            rng = Counted(np.random.PCG64(each))
            values.append(outcome(CHECK, my_truncated, N, D, limit, rng))
            if rng.drawn > MOST:
                return Result(CHECK, "truncated_endless", ENDLESS)
            if isinstance(values[-1], Result):
                return values[-1]
        try:
            arrays = [np.asarray(ops.convert_to_numpy(v), float) for v in values]
        except (TypeError, ValueError, RuntimeError):  # PyTorch raises the last one
            return Result(CHECK, "no_number", "What it gives is not an array of numbers.")
        found.append(Noise(limit, *arrays))
    return recognise(
        CHECK, Both(found), MISTAKES, "Noise as it is between the limits, and no tails."
    )


ENDLESS = (
    f"The loop does not end: for {N * D} numbers, {MOST} were drawn, and it was stopped. Draw only "
    "those anew that lie beyond, and look in each round at which do: the whole table is never "
    "between the limits at once."
)


class Counted(np.random.Generator):
    """A generator that stops a loop which would go on for ever."""

    drawn = 0

    def __deepcopy__(self, memo):
        """Return itself, so that what a function draws is counted here."""
        return self

    def standard_normal(self, size=None, *args, **kwargs):
        """Return normal noise, as any generator does, and count it."""
        self._count(size)
        return super().standard_normal(size, *args, **kwargs)

    def normal(self, loc=0.0, scale=1.0, size=None):
        """Return normal noise, as any generator does, and count it."""
        self._count(size)
        return super().normal(loc, scale, size)

    def _count(self, size):
        self.drawn += 1 if size is None else int(np.prod(size))
        if self.drawn > MOST:
            raise RuntimeError("too many numbers are drawn")


class Noise(NamedTuple):
    """What was drawn with one limit: once, with the same seed again, and with another seed."""

    limit: float
    z: np.ndarray
    again: np.ndarray
    other: np.ndarray

    @property
    def beyond(self):
        """The share of numbers beyond the limit."""
        return (np.abs(np.stack([self.z, self.other])) > self.limit + 1e-6).mean()

    @property
    def redrawn_once(self):
        """The share that would lie beyond the limit if each of those were drawn anew once."""
        return (2 * stats.norm.sf(self.limit)) ** 2

    @property
    def largest(self):
        """The largest absolute value."""
        return np.abs(self.z).max()

    @property
    def square(self):
        """The mean square."""
        return (self.z**2).mean()

    @property
    def due_square(self):
        """The mean square of normal noise between the limits."""
        return stats.truncnorm(-self.limit, self.limit).var()

    @property
    def most_frequent(self):
        """The share of numbers that are the same number."""
        return np.unique(self.z, return_counts=True)[1].max() / self.z.size

    @property
    def is_filled_evenly(self):
        """Whether uniform numbers stand where normal ones lay beyond, by the mean square."""
        beyond = 2 * stats.norm.sf(self.limit)
        more = beyond * (self.limit**2 / 3 - self.due_square)
        return 0.5 < (self.square - self.due_square) / more < 1.5

    @property
    def at_limit(self):
        """The share of numbers that are the limit itself."""
        return (np.abs(np.abs(self.z) - self.limit) < 1e-6).mean()

    def is_like(self, distribution):
        """Whether the numbers may come from a distribution: by the largest distance of both."""
        return stats.kstest(self.z.ravel(), distribution.cdf).statistic < 0.018


class Both(NamedTuple):
    """What was drawn with both limits."""

    noises: list

    @property
    def first(self):
        """What was drawn with the first limit."""
        return self.noises[0]

    @property
    def beyond(self):
        """A number beyond its limit, in words; "" where there is none."""
        worst = max(self.noises, key=lambda each: each.beyond)
        every = np.concatenate([worst.z.ravel(), worst.other.ravel()])
        number = every[np.abs(every).argmax()]
        return f"{number:.2f} for the limit {worst.limit:g}" if worst.beyond else ""

    @property
    def too_narrow(self):
        """The largest number and its limit, in words, where it does not come near; else ""."""
        far = (each for each in self.noises if each.largest < 0.97 * each.limit)
        return next((f"{each.largest:.2f}, for the limit {each.limit:g}" for each in far), "")

    @property
    def squares(self):
        """The mean square found and that due, in words, with the limit where they differ more."""
        worst = max(self.noises, key=lambda each: abs(each.square / each.due_square - 1))
        return f"{worst.square:.3f} where {worst.due_square:.3f} is expected"

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
        "The noise is divided by the limit, and still has numbers beyond it: draw those anew.",
        _is(lambda limit: stats.norm(0, 1 / limit)),
    ),
    Mistake(
        "truncated_narrower",
        "This is a narrower normal, with a deviation of {seen:.2g}, and still has numbers beyond "
        "the limit: draw with a deviation of 1, and those that lie beyond anew.",
        lambda found: (
            found.all(
                lambda noise: (
                    noise.beyond > 0
                    and noise.z.std() < 0.97
                    and noise.is_like(stats.norm(0, noise.z.std()))
                )
            )
            and found.first.z.std()
        ),
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
        lambda found: (
            found.all(lambda noise: 0.8 < noise.beyond / noise.redrawn_once < 1.2)
            and found.first.beyond
        ),
    ),
    Mistake(
        "truncated_still_beyond",
        "There are numbers beyond the limit, such as {seen}: repeat until no number lies above it "
        "or below its negative.",
        lambda found: found.beyond,
    ),
    Mistake(
        "truncated_one_number",
        "Many numbers are one and the same, {seen:.1%} of them: draw as many as lie beyond, "
        "rng.standard_normal(beyond.sum()).",
        lambda found: found.first.most_frequent > 0.01 and found.first.most_frequent,
    ),
    Mistake(
        "truncated_too_narrow",
        "No number comes near the limit, the largest is {seen}: what lies between the limits is "
        "kept as it is.",
        lambda found: found.too_narrow,
    ),
    Mistake(
        "truncated_filled_evenly",
        "Where numbers lay beyond, others stand that are uniform or the like, too many near the "
        "limit: the mean square is {seen}. Draw those anew from the normal.",
        lambda found: found.all(lambda noise: noise.is_filled_evenly) and found.squares,
    ),
    Mistake(
        "truncated_scaled_back",
        "No number lies beyond, but this is no normal noise without its tails: the mean square is "
        "{seen}. Draw only what lies beyond anew, by rng.standard_normal, and keep the rest.",
        lambda found: not _is(_truncnorm)(found) and found.squares,
    ),
]
