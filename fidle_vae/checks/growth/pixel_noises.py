"""The check of noise that is added to each pixel, with a strength for each channel."""

from collections.abc import Callable

import numpy as np
from scipy import stats

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    exercise,
    explain,
    from_arguments,
    recognise,
)

CHECK = "pixel_noise"
SHAPE = (5, 24, 20, 3)
STRENGTH = (0.5, 2.0, 1.25)
LAST_AXIS = (
    f"Noise of the shape {SHAPE[:3]} lacks the axis of the channels: make it {(*SHAPE[:3], 1)}."
)


@exercise
@from_arguments
def pixel_noise(my_pixel_noise: Callable) -> Result:
    """Check `my_pixel_noise(x, strength, rng)`: one normal number for each pixel, for all maps."""
    x = np.random.default_rng(93).normal(3, 1, SHAPE)
    x[:, :8] = 0  # where a product shows itself
    found = []
    for seed in (1, 1, 2):
        given = x.copy(), np.array(STRENGTH), np.random.default_rng(seed)
        value = attempt(CHECK, lambda given=given: my_pixel_noise(*given))
        if isinstance(value, Result):
            shape = ", ?".join(map(str, SHAPE[:3]))
            return explain(value, rf"[(\[]{shape}[)\]]", "pixel_noise_no_last_axis", LAST_AXIS)
        found.append(value)
    return recognise(CHECK, Noisy(x, *found), MISTAKES, "One number for each pixel, and no more.")


class Noisy:
    """What came of x: once, with the same seed again, and with another one."""

    def __init__(self, x, y, again, other):
        self.x, self.y, self.again, self.other = x, y, again, other
        self.fits = y.shape == x.shape
        if self.fits:
            self.added = y - x
            self.noise = self.added / np.array(STRENGTH)

    def equal_over(self, axes):
        """Whether the noise is the same along these axes."""
        return np.ptp(self.noise, axis=axes).max() < 1e-4

    def deviates_by(self, strengths):
        """Whether what is added deviates by these numbers, one for each channel."""
        found = self.added.std(axis=(0, 1, 2))
        return np.allclose(found, strengths, rtol=0.06)

    def noise_is(self, distribution):
        """Whether the noise of the first channel may come from a distribution."""
        return stats.kstest(self.noise[..., 0].ravel(), distribution.cdf).statistic < 0.04

    @property
    def deviations(self):
        """The deviations of what is added to each channel."""
        return ", ".join(f"{each:.2g}" for each in self.added.std(axis=(0, 1, 2)))

    @property
    def slope(self):
        """By what x is multiplied in the first channel where that is not 1; else ""."""
        slopes = [np.polyfit(self.x[..., c].flat, self.y[..., c].flat, 1)[0] for c in range(3)]
        return f"{slopes[0]:.2g}" if np.abs(np.subtract(slopes, 1)).max() > 0.2 else ""


MISTAKES = [
    Mistake(
        "pixel_noise_shape",
        f"It gives the shape {{seen}} where that of x is due, {SHAPE}.",
        lambda found: not found.fits and str(found.y.shape),
    ),
    Mistake(
        "pixel_noise_not_finite",
        "There are numbers that are NaN or infinite.",
        lambda found: not np.isfinite(found.y).all(),
    ),
    Mistake(
        "pixel_noise_none",
        "This is x itself: no noise is added.",
        lambda found: np.allclose(found.y, found.x),
    ),
    Mistake(
        "pixel_noise_multiplied",
        "Where x is 0, the result has no noise: the noise is multiplied with x. Add it.",
        lambda found: (
            np.ptp(found.y[:, :8], axis=(0, 1, 2)).max() < 1e-6
            and np.ptp(found.added, axis=(0, 1, 2)).max() > 1
        ),
    ),
    Mistake(
        "pixel_noise_strength_alone",
        "This is x + strength: it has no noise yet.",
        lambda found: np.allclose(found.added, STRENGTH),
    ),
    Mistake(
        "pixel_noise_alone",
        "This is the noise alone: add it to x.",
        lambda found: (
            abs(found.y.mean()) < 0.3 and abs(np.corrcoef(found.x.flat, found.y.flat)[0, 1]) < 0.1
        ),
    ),
    Mistake(
        "pixel_noise_same_always",
        "Other random numbers give the same noise: draw all of it by `rng`.",
        lambda found: np.array_equal(found.y, found.other),
    ),
    Mistake(
        "pixel_noise_foreign_numbers",
        "The same `rng` gives other noise each time, so that no run can be repeated: draw all of "
        "it by `rng`.",
        lambda found: not np.array_equal(found.y, found.again),
    ),
    Mistake(
        "pixel_noise_one_number",
        "One number is added everywhere: each pixel of each image has a number of its own.",
        lambda found: found.equal_over((0, 1, 2)) and found.equal_over(3),
    ),
    Mistake(
        "pixel_noise_for_channels",
        "All pixels of a channel get the same number: each pixel of each image has its own.",
        lambda found: found.equal_over((0, 1, 2)),
    ),
    Mistake(
        "pixel_noise_for_images",
        "All pixels of an image get the same number: each pixel has its own, so the noise needs "
        "rows and columns.",
        lambda found: found.equal_over((1, 2)),
    ),
    Mistake(
        "pixel_noise_reused",
        "All images get the same noise: each image has its own, so the noise needs len(x) images.",
        lambda found: found.equal_over(0),
    ),
    Mistake(
        "pixel_noise_in_rows",
        "All pixels of a row, or of a column, get the same number: the noise needs both axes.",
        lambda found: found.equal_over(1) or found.equal_over(2),
    ),
    Mistake(
        "pixel_noise_uniform",
        "The noise is uniform from 0 to 1: draw it from a normal.",
        lambda found: found.noise_is(stats.uniform()),
    ),
    Mistake(
        "pixel_noise_positive",
        "The noise is never negative, and makes all maps brighter: draw it from a normal.",
        lambda found: found.noise.min() >= 0,
    ),
    Mistake(
        "pixel_noise_cut",
        "Where x is 0, half of the results are 0, and none is negative: maps are no images, so cut "
        "nothing off.",
        lambda found: (found.y[:, :8] >= 0).all() and 0.3 < (found.y[:, :8] == 0).mean() < 0.7,
    ),
    Mistake(
        "pixel_noise_shared_strength_added",
        "The strength is added to the noise, as a constant: multiply it.",
        lambda found: np.allclose(found.added.mean(axis=(0, 1, 2)), STRENGTH, atol=0.1),
    ),
    Mistake(
        "pixel_noise_x_multiplied",
        "x itself is multiplied, in the first channel by {seen}: leave x as it is, and add the "
        "noise.",
        lambda found: found.slope,
    ),
    Mistake(
        "pixel_noise_no_strength",
        "The noise has the same strength in all channels, 1: multiply it by `strength`.",
        lambda found: found.deviates_by(np.ones(3)),
    ),
    Mistake(
        "pixel_noise_mean_strength",
        "The noise has the same strength in all channels: each channel has its own.",
        lambda found: np.ptp(found.added.std(axis=(0, 1, 2))) < 0.1,
    ),
    Mistake(
        "pixel_noise_strength_squared",
        "The strength counts twice: what is added deviates by its square. Multiply once.",
        lambda found: found.deviates_by(np.square(STRENGTH)),
    ),
    Mistake(
        "pixel_noise_strength_root",
        "What is added deviates by the root of the strength: multiply the noise by the strength, "
        "which is no variance.",
        lambda found: found.deviates_by(np.sqrt(STRENGTH)),
    ),
    Mistake(
        "pixel_noise_strength_divides",
        "The noise is divided by the strength: multiply it.",
        lambda found: found.deviates_by(1 / np.array(STRENGTH)),
    ),
    Mistake(
        "pixel_noise_own_for_channels",
        "Each channel has noise of its own: a pixel has one number for all channels, so that a "
        "grain is at the same place in all of them. Its last axis is 1.",
        lambda found: found.noise_is(stats.norm()) and not found.equal_over(3),
    ),
    Mistake(
        "pixel_noise_deviation",
        f"What is added deviates by {{seen}} in the channels, where the strengths {STRENGTH} are "
        "due.",
        lambda found: not found.deviates_by(STRENGTH) and found.deviations,
    ),
    Mistake(
        "pixel_noise_not_normal",
        "What is added is as strong as it should be, but is not normal: draw it by "
        "rng.standard_normal.",
        lambda found: not found.noise_is(stats.norm()),
    ),
]
