"""The check of a score of swaps: their distance to the truth, relative to doing nothing."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def swap_score(my_score: Callable) -> Result:
    """Check `my_score(originals, swapped, truth)`: a ratio of mean squared differences."""
    rng = np.random.default_rng(42)
    cases = []
    for n, side in ((4, 3), (3, 5)):
        shape = (n, side, side, 1)
        truth, originals = rng.random((2, *shape), dtype="float32")
        noise = rng.normal(0.05, 0.1, shape) * np.arange(1, n + 1).reshape(-1, 1, 1, 1)
        swapped = (truth + noise).astype("float32")
        cases.append({"originals": originals, "swapped": swapped, "truth": truth})
    return diagnose("swap_score", my_score, cases, [_score], MISTAKES, _count)


def _count(case, index):
    n, *shape = case["truth"].shape
    return f"{n} images of shape {tuple(shape)}"


def _mse(a, b, axis=None):
    return np.mean((a - b) ** 2, axis=axis)


def _score(o, s, t):
    return _mse(s, t) / _mse(o, t)


IMAGE = (1, 2, 3)
MISTAKES = [
    Mistake(
        "score_upside_down",
        "It is upside down: a better swap must have a smaller score.",
        lambda o, s, t: _mse(o, t) / _mse(s, t),
    ),
    Mistake(
        "score_not_relative",
        "This is the distance of the swaps to the truth: divide it by that of the originals, so "
        "that 1 means doing nothing.",
        lambda o, s, t: _mse(s, t),
    ),
    Mistake(
        "score_of_nothing",
        "This is the distance of the originals alone: it is what to divide by.",
        lambda o, s, t: _mse(o, t),
    ),
    Mistake(
        "score_of_change",
        "You measure how far the swaps are from the originals: they should be near the truth.",
        lambda o, s, t: _mse(s, o) / _mse(o, t),
    ),
    Mistake(
        "score_of_change_alone",
        "You measure how far the swaps are from the originals, and the truth is not used.",
        lambda o, s, t: _mse(s, o),
    ),
    Mistake(
        "score_by_change",
        "You divide by how far the swaps are from the originals: divide by how far the originals "
        "are from the truth.",
        lambda o, s, t: _mse(s, t) / _mse(s, o),
    ),
    Mistake(
        "score_by_the_truth",
        "You divide by the squares of the truth itself: divide by its distance from the originals.",
        lambda o, s, t: _mse(s, t) / np.mean(t**2),
    ),
    Mistake(
        "score_difference",
        "The two distances are subtracted: divide them, so that the score has no unit.",
        lambda o, s, t: _mse(s, t) - _mse(o, t),
    ),
    Mistake(
        "score_gain",
        "This is what was gained, 1 - score: with it, 0 would mean doing nothing.",
        lambda o, s, t: 1 - _score(o, s, t),
    ),
    Mistake(
        "score_absolute",
        "The differences are absolute: square them.",
        lambda o, s, t: np.mean(np.abs(s - t)) / np.mean(np.abs(o - t)),
    ),
    Mistake(
        "score_signed",
        "The differences are added with their signs, and cancel: square each.",
        lambda o, s, t: np.mean(s - t) / np.mean(o - t),
    ),
    Mistake(
        "score_square_of_mean",
        "The mean is squared: square each difference, then take the mean.",
        lambda o, s, t: np.mean(s - t) ** 2 / np.mean(o - t) ** 2,
    ),
    Mistake(
        "score_root",
        "This is a ratio of roots: leave the squares as they are.",
        lambda o, s, t: np.sqrt(_score(o, s, t)),
    ),
    Mistake(
        "score_of_images",
        "You give a score for each image: one number for all is asked.",
        lambda o, s, t: _mse(s, t, IMAGE) / _mse(o, t, IMAGE),
    ),
    Mistake(
        "score_mean_of_ratios",
        "This is the mean of the images' ratios, in which an image that hardly changes weighs "
        "most: divide the mean distances.",
        lambda o, s, t: np.mean(_mse(s, t, IMAGE) / _mse(o, t, IMAGE)),
    ),
    Mistake(
        "score_mean_of_pixels",
        "This is the mean of the pixels' ratios, in which pixels that are right already weigh "
        "most: take the means first, then divide.",
        lambda o, s, t: np.mean((s - t) ** 2 / (o - t) ** 2),
    ),
    Mistake(
        "score_of_pixels",
        "You give a score for each pixel: one number for all is asked.",
        lambda o, s, t: (s - t) ** 2 / (o - t) ** 2,
    ),
    Mistake(
        "score_divided_twice",
        "A sum is divided by a mean: take the same of both.",
        lambda o, s, t: np.sum((s - t) ** 2) / _mse(o, t),
    ),
    Mistake(
        "score_percent",
        "This is in percent: the score is 1 for doing nothing.",
        lambda o, s, t: 100 * _score(o, s, t),
    ),
    Mistake(
        "score_first_image",
        "This is the score of the first image alone: take all.",
        lambda o, s, t: _score(o[0], s[0], t[0]),
    ),
]
