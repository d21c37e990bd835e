"""The check of pairs that a denoiser learns from, by what was added to the images."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    exercise,
    from_arguments,
    outcome,
    recognise,
)

SHAPE, LEVEL = (300, 6, 5, 1), 0.6


@exercise
@from_arguments
def pairs(my_pairs: Callable) -> Result:
    """Check `my_pairs(x, level, rng)`: noisy images, and the clean ones."""
    x = np.random.default_rng(42).uniform(0, 1, SHAPE).astype("float32")
    found = []
    for seed in (0, 0, 1):
        given = x.copy()
        rng = np.random.default_rng(seed)
        two = outcome("pairs", lambda given=given, rng=rng: my_pairs(given, LEVEL, rng))
        if isinstance(two, Result):
            return two
        if not isinstance(two, tuple | list) or len(two) != 2:
            says = "It must return two arrays: noisy images, and what is to be made of them."
            return Result("pairs", "pairs_not_two", says)
        try:
            two = [np.asarray(ops.convert_to_numpy(each), float) for each in two]
        except (TypeError, ValueError, RuntimeError):
            return Result("pairs", "pairs_no_arrays", "One of the two is not an array of numbers.")
        found.append((*two, given))
    right = "The question is noisy, the answer clean."
    return recognise("pairs", _Pairs(np.float64(x), *found), MISTAKES, right)


class _Pairs:
    """Question and answer, the same again, and others; seen from the clean images."""

    def __init__(self, x, first, again, other):
        self.x = x
        self.question, self.answer, given = first
        self.changed = not np.array_equal(given, np.float32(x))
        self.shapes = f"{self.question.shape} and {self.answer.shape}"
        self.misshapen = not self.question.shape == self.answer.shape == x.shape
        if not self.misshapen:
            self.noise = self.question - x
            self.in_answer = self.answer - x
        self.answer_changes = not _same_arrays(self.answer, other[1])
        self.repeats, self.changes = (
            _same_arrays(each[0], self.question) for each in (again, other)
        )

    @property
    def spread(self):
        """The standard deviation of the noise, in words."""
        return f"{self.noise.std():.2g}"

    def spreads(self, deviation):
        """Whether the noise has this standard deviation, as far as so many pixels can tell."""
        return abs(self.noise.std() / deviation - 1) < 0.04

    @property
    def has_no_image(self):
        """Whether the question has nothing to do with the image."""
        return abs(np.corrcoef(self.question.ravel(), self.x.ravel())[0, 1]) < 0.05


def _same_arrays(a, b):
    return a.shape == b.shape and _same(a, b)


def _same(a, b):
    return np.allclose(a, b, atol=1e-5)


MISTAKES = [
    Mistake(
        "pairs_shape",
        "Shapes {found.shapes} where both must be that of x, {found.x.shape}.",
        lambda p: p.misshapen,
    ),
    Mistake(
        "pairs_in_place",
        "The noise is written into x itself, so that the answer is noisy too, and so are the "
        "images of whoever called: make a new array, x + noise.",
        lambda p: p.changed,
    ),
    Mistake(
        "pairs_exchanged",
        "They are exchanged: the noisy images are the question, so they come first.",
        lambda p: _same(p.question, p.x) and not _same(p.answer, p.x),
    ),
    Mistake(
        "pairs_no_noise",
        "No noise has been added: these are the pairs of a copier.",
        lambda p: _same(p.question, p.x),
    ),
    Mistake(
        "pairs_noise_in_answer",
        "The answer is as noisy as the question: that teaches to copy noise. It must be clean.",
        lambda p: _same(p.answer, p.question),
    ),
    Mistake(
        "pairs_answer_is_noise",
        "The answer is the noise: here it is the clean image, x.",
        lambda p: _same(p.answer, p.noise),
    ),
    Mistake(
        "pairs_other_noise_in_answer",
        "The answer has noise of its own, of standard deviation {seen}: it must be clean.",
        lambda p: f"{p.in_answer.std():.2g}" if p.answer_changes else "",
    ),
    Mistake(
        "pairs_answer",
        "The answer is neither x nor noisy: it must be the clean image, as it was given.",
        lambda p: not _same(p.answer, p.x),
    ),
    Mistake(
        "pairs_without_image",
        "The question is noise alone: add it to the image.",
        lambda p: p.has_no_image,
    ),
    Mistake(
        "pairs_clipped",
        "The noisy images are clipped to [0, 1]: then the noise is no longer centred on the image.",
        lambda p: p.question.min() >= -1e-6 and p.question.max() <= 1 + 1e-6,
    ),
    Mistake(
        "pairs_one_noise_for_all",
        "All images get the same noise, which a network can learn by heart: draw an array of the "
        "shape of x.",
        lambda p: np.ptp(p.noise, axis=0).max() < 1e-4,
    ),
    Mistake(
        "pairs_one_number_an_image",
        "All pixels of an image get the same number, which makes it brighter or darker: draw one "
        "for each pixel.",
        lambda p: np.ptp(p.noise, axis=(1, 2, 3)).max() < 1e-4,
    ),
    Mistake(
        "pairs_positive",
        "The noise is never negative, so that images only become brighter: it must be centred on "
        "0. rng.random draws from 0 to 1; rng.standard_normal is asked.",
        lambda p: p.noise.min() > -1e-6,
    ),
    Mistake(
        "pairs_multiplied",
        "The noise is multiplied by the image, so that black stays black: add it.",
        lambda p: np.abs(p.noise[p.x < 0.02]).max() < 0.1,
    ),
    Mistake(
        "pairs_uniform",
        "The noise is uniform, between -{seen} and {seen}: it must be normal.",
        lambda p: f"{np.abs(p.noise).max():.2g}" if _is_uniform(p.noise) else "",
    ),
    Mistake(
        "pairs_variance",
        "The noise has the standard deviation {found.spread}, the square of level: level is the "
        "standard deviation itself.",
        lambda p: p.spreads(LEVEL**2),
    ),
    Mistake(
        "pairs_root",
        "The noise has the standard deviation {found.spread}, the root of level: level is the "
        "standard deviation already.",
        lambda p: p.spreads(LEVEL**0.5),
    ),
    Mistake(
        "pairs_without_level",
        "The noise has the standard deviation 1, whatever level is: multiply it by level.",
        lambda p: p.spreads(1),
    ),
    Mistake(
        "pairs_mean",
        "The noise has the mean {seen}: it must be 0.",
        lambda p: f"{p.noise.mean():.2g}" if abs(p.noise.mean()) > 0.05 else "",
    ),
    Mistake(
        "pairs_spread",
        f"The noise has the standard deviation {{found.spread}} where level, {LEVEL}, is expected.",
        lambda p: not p.spreads(LEVEL),
    ),
    Mistake(
        "pairs_ignore_rng",
        "The same generator gives other noise at each call: draw with rng, so that a run can be "
        "repeated.",
        lambda p: not p.repeats,
    ),
    Mistake(
        "pairs_fixed_seed",
        "Another generator gives the same noise: at every epoch it would be the same. Draw with "
        "the rng that you get.",
        lambda p: p.changes,
    ),
]


def _is_uniform(noise):
    """Whether values fill an interval around 0 evenly, by their largest and their spread."""
    return abs(np.abs(noise).max() / (noise.std() * 3**0.5) - 1) < 0.03
