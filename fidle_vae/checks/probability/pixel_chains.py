"""The check of a chain of pixels: which pixels each of its units sees."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, attempt, exercise, recognise

N = 6


@exercise
def pixel_chain(my_chain: Callable) -> Result:
    """Check `my_chain(n_pixels)`: a model whose unit i sees the pixels before i, and no other."""
    found = attempt("pixel_chain", lambda: _influence(my_chain))
    if isinstance(found, Result):
        return found
    right = "Each unit sees the pixels before its own, and no other."
    return recognise("pixel_chain", _Chain(found), MISTAKES, right)


def _influence(build):
    """Train a chain for a step, and return where a changed pixel (row) changes a unit (column)."""
    keras.utils.set_random_seed(7)
    chain = build(N)
    x = np.random.default_rng(36).integers(0, 2, (32, N)).astype("float32")
    if chain(x).shape != x.shape:
        return np.zeros(1)
    chain.compile(keras.optimizers.SGD(1.0), loss="binary_crossentropy")
    chain.fit(x, x, verbose=0)  # the constraint holds after a step
    base = np.full((1, N), 0.5, "float32")
    changed = base + 0.4 * np.eye(N, dtype="float32")
    outputs = ops.convert_to_numpy(chain(np.concatenate([base, changed])))
    return np.abs(outputs[1:] - outputs[0]) > 1e-6


class _Chain:
    """Which pixels which units see, (pixel, unit)."""

    def __init__(self, sees):
        self.sees = np.asarray(sees) > 0.5
        self.due = np.triu(np.ones((N, N), bool), 1)


MISTAKES = [
    Mistake(
        "pixel_chain_shape",
        "It must give a value for each pixel.",
        lambda c: c.sees.shape != c.due.shape,
    ),
    Mistake(
        "pixel_chain_sees_itself",
        "Each unit sees its own pixel, and need only pass it on: it may see those before it alone.",
        lambda c: np.array_equal(c.sees, c.due | np.eye(N, dtype=bool)),
    ),
    Mistake(
        "pixel_chain_one_too_many",
        "Each unit sees its own pixel, and the next one, too: it may see those before it alone. "
        "Which diagonal must be the first that is kept?",
        lambda c: np.array_equal(c.sees, np.triu(np.ones((N, N), bool), -1)),
    ),
    Mistake(
        "pixel_chain_only_itself",
        "Each unit sees its own pixel alone: it may see those before it, and never itself.",
        lambda c: np.array_equal(c.sees, np.eye(N, dtype=bool)),
    ),
    Mistake(
        "pixel_chain_later",
        "Each unit sees the pixels after its own: then the last one would have to be drawn first. "
        "A kernel has a row for each input and a column for each unit.",
        lambda c: np.array_equal(c.sees, c.due.T),
    ),
    Mistake(
        "pixel_chain_later_and_itself",
        "Each unit sees its own pixel and those after it: it may see those before it alone.",
        lambda c: np.array_equal(c.sees, c.due.T | np.eye(N, dtype=bool)),
    ),
    Mistake(
        "pixel_chain_all",
        "Each unit sees all pixels, its own among them: it may see those before it alone.",
        lambda c: c.sees.all(),
    ),
    Mistake(
        "pixel_chain_all_others",
        "Each unit sees all other pixels, also those that are drawn after it: it may see those "
        "before it alone.",
        lambda c: np.array_equal(c.sees, ~np.eye(N, dtype=bool)),
    ),
    Mistake(
        "pixel_chain_none",
        "No unit sees any pixel: these are independent pixels again.",
        lambda c: not c.sees.any(),
    ),
    Mistake(
        "pixel_chain_too_few",
        "Each unit misses some of the pixels before it: it may see all of them.",
        lambda c: not (c.sees & ~c.due).any() and not np.array_equal(c.sees, c.due),
    ),
    Mistake(
        "pixel_chain_other",
        "Some units see pixels that they may not see: unit i may see pixels 0 to i - 1.",
        lambda c: not np.array_equal(c.sees, c.due),
    ),
]
