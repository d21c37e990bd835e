"""The check of draws made batch by batch, each from new noise."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    Spy,
    describe_error,
    exercise,
    from_arguments,
    outcome,
    recognise,
)

CHECK = "fresh_noise"
N, BATCH, DIM = 430, 60, 5


@exercise
@from_arguments
def fresh_noise(draw: Callable) -> Result:
    """Check `draw(generator, n, batch_size, latent_dim, seed)`: n images, in batches, of noise.

    The generator of the check returns its noise as it is.
    """
    sizes = []
    seed = int(np.random.default_rng(7).integers(2**31))
    found = [
        outcome(CHECK, draw, _Generator(sizes), N, BATCH, DIM, each)
        for each in (seed, seed, seed + 1)
    ]
    for each in found:
        if isinstance(each, Result):
            return each
    try:
        first, again, other = (np.atleast_1d(np.asarray(each, float)) for each in found)
        observed = _Noise(first, again, other, sizes)
    except (TypeError, ValueError) as error:
        says = f"The result is no array of images. {describe_error(error)}"
        return Result(CHECK, "fresh_noise_no_array", says)
    return recognise(CHECK, observed, MISTAKES, "Each batch has noise of its own.")


class _Generator(Spy):
    """A generator that returns what it gets, and notes how much that is."""

    name = "generator"

    def __init__(self, sizes):
        self.sizes = sizes

    def __call__(self, z, training=False):
        self.sizes.append(len(z))
        return np.asarray(z, float)

    def __deepcopy__(self, memory):
        return self  # each answer gets copies of its arguments, and this one notes

    def predict(self, z, **options):
        return self(z)


class _Noise:
    """What was drawn, with a seed, with the same one again, and with another one."""

    def __init__(self, first, again, other, sizes):
        self.first, self.sizes = first, sizes
        self.shape = "" if first.shape == (N, DIM) else str(first.shape)
        self.repeats = first.shape == again.shape and np.array_equal(first, again)
        self.ignores_seed = first.shape == other.shape and np.array_equal(first, other)

    @property
    def without_last(self):
        return len(self.first) == N // BATCH * BATCH and self.first.shape[1:] == (DIM,)

    @property
    def too_many(self):
        return len(self.first) == -(-N // BATCH) * BATCH and self.first.shape[1:] == (DIM,)

    @property
    def last_batch_only(self):
        return self.first.shape in ((N % BATCH, DIM), (BATCH, DIM))

    @property
    def alike(self):
        return self.first.shape == (N, DIM) and len(np.unique(self.first, axis=0)) == 1

    @property
    def one_number(self):
        return self.first.shape == (N, DIM) and np.ptp(self.first, axis=1).max() == 0

    @property
    def each_batch_alike(self):
        firsts = self.first[: N // BATCH * BATCH].reshape(-1, BATCH, DIM)
        return np.ptp(firsts, axis=1).max() == 0

    @property
    def batches_repeat(self):
        return len(np.unique(self.first, axis=0)) < len(self.first)

    @property
    def large_batch(self):
        return max(self.sizes, default=0) > BATCH

    @property
    def uniform(self):
        return self.first.min() >= 0 and self.first.max() <= 1

    @property
    def uniform_both_sides(self):
        return np.abs(self.first).max() <= 1

    @property
    def positive(self):
        return self.first.min() >= 0

    @property
    def width(self):
        deviation = self.first.std()
        return "" if 0.9 < deviation < 1.1 else f"{deviation:.2g}"

    @property
    def middle(self):
        mean = self.first.mean()
        return "" if abs(mean) < 0.15 else f"{mean:.2g}"


MISTAKES = [
    Mistake(
        "fresh_noise_without_last",
        "The last batch is missing, which is not full: n = {found.first.shape[0]} images came for "
        "another n. Let it be smaller.",
        lambda found: found.without_last,
    ),
    Mistake(
        "fresh_noise_too_many",
        "The last batch is full, so that there are more images than n: let it be smaller.",
        lambda found: found.too_many,
    ),
    Mistake(
        "fresh_noise_last_batch_only",
        "This is the last batch alone: join all of them.",
        lambda found: found.last_batch_only,
    ),
    Mistake(
        "fresh_noise_shape",
        "It gives the shape {seen}: n images are due, one below the other, each of noise of "
        "latent_dim numbers.",
        lambda found: found.shape,
    ),
    Mistake(
        "fresh_noise_one_image",
        "All noise is the same row, so that the generator draws one image n times.",
        lambda found: found.alike,
    ),
    Mistake(
        "fresh_noise_one_number",
        "The numbers of a row are all alike: each dimension has noise of its own.",
        lambda found: found.one_number,
    ),
    Mistake(
        "fresh_noise_each_batch_alike",
        "All rows of a batch are the same, so that the generator draws one image for each batch.",
        lambda found: found.each_batch_alike,
    ),
    Mistake(
        "fresh_noise_reused",
        "Each batch has the noise of the one before, so that there are only as many images as a "
        "batch has.",
        lambda found: found.batches_repeat,
    ),
    Mistake(
        "fresh_noise_not_seeded",
        "The same seed gives other images at each call: make the generator of noise from the seed, "
        "once for each call.",
        lambda found: not found.repeats,
    ),
    Mistake(
        "fresh_noise_ignores_seed",
        "Another seed gives the same images: make the generator of noise from the seed.",
        lambda found: found.ignores_seed,
    ),
    Mistake(
        "fresh_noise_uniform",
        "The noise is uniform in [0, 1]: the generator has learned from a normal one.",
        lambda found: found.uniform,
    ),
    Mistake(
        "fresh_noise_uniform_both_sides",
        "The noise is uniform in [-1, 1]: the generator has learned from a normal one.",
        lambda found: found.uniform_both_sides,
    ),
    Mistake(
        "fresh_noise_positive",
        "The noise is never negative: the generator has learned from a normal one.",
        lambda found: found.positive,
    ),
    Mistake(
        "fresh_noise_width",
        "The standard deviation of the noise is {seen} in place of 1.",
        lambda found: found.width,
    ),
    Mistake(
        "fresh_noise_middle",
        "The mean of the noise is {seen} in place of 0.",
        lambda found: found.middle,
    ),
    Mistake(
        "fresh_noise_one_batch",
        "The noise is right, but the generator gets more than batch_size of it at once, which the "
        "memory may not hold.",
        lambda found: found.large_batch,
    ),
]
