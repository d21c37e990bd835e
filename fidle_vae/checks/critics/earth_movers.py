"""The check of the earth mover's distance of two samples on a line."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, short


@exercise
@from_arguments
def earth_mover(my_distance: Callable) -> Result:
    """Check `my_distance(x, y)`: the mean distance of the sorted samples, one number."""
    rng = np.random.default_rng(61)
    cases = [
        {
            "x": rng.normal(0, 2, n).astype("float32"),
            "y": (shift + rng.normal(0, 1, n)).astype("float32"),
        }
        for n, shift in ((4, 0.5), (7, -3.0), (6, 0.2))
    ]
    return diagnose("earth_mover", my_distance, cases, [_distance], MISTAKES, _samples)


def _samples(case, index):
    return f"x = {short(case['x'])} and y = {short(case['y'])}"


def _apart(x, y):
    return np.sort(x) - np.sort(y)


def _distance(x, y):
    return np.abs(_apart(x, y)).mean()


def _greedy(x, y):
    left, ways = list(y), []
    for place in x:
        ways.append(min(np.abs(left - place)))
        del left[np.argmin(np.abs(left - place))]
    return np.mean(ways)


MISTAKES = [
    Mistake(
        "earth_mover_not_sorted",
        "The points are paired as they come: the smallest goes to the smallest, so sort both.",
        lambda x, y: np.abs(x - y).mean(),
    ),
    Mistake(
        "earth_mover_only_x_sorted",
        "Only x is sorted: sort y as well, so that the smallest goes to the smallest.",
        lambda x, y: np.abs(np.sort(x) - y).mean(),
    ),
    Mistake(
        "earth_mover_only_y_sorted",
        "Only y is sorted: sort x as well, so that the smallest goes to the smallest.",
        lambda x, y: np.abs(x - np.sort(y)).mean(),
    ),
    Mistake(
        "earth_mover_difference_of_means",
        "This is the distance of the means: samples of one mean may differ, too. Take each "
        "point's way first, then the mean.",
        lambda x, y: np.abs(x.mean() - y.mean()),
    ),
    Mistake(
        "earth_mover_signed",
        "Ways to the left and to the right cancel: take the absolute value of each.",
        lambda x, y: _apart(x, y).mean(),
    ),
    Mistake(
        "earth_mover_signed_the_other_way",
        "Ways to the right count below 0, and cancel those to the left: take absolute values.",
        lambda x, y: -_apart(x, y).mean(),
    ),
    Mistake(
        "earth_mover_squared",
        "The ways are squared: a way costs its length.",
        lambda x, y: np.square(_apart(x, y)).mean(),
    ),
    Mistake(
        "earth_mover_root_of_squares",
        "This is the root of the mean square, another Wasserstein distance: the mean of the "
        "lengths is asked.",
        lambda x, y: np.sqrt(np.square(_apart(x, y)).mean()),
    ),
    Mistake(
        "earth_mover_sum",
        "The ways are added up: each point carries 1 / n of the earth, so take the mean.",
        lambda x, y: np.abs(_apart(x, y)).sum(),
    ),
    Mistake(
        "earth_mover_longest",
        "This is the longest way: the mean of all is asked.",
        lambda x, y: np.abs(_apart(x, y)).max(),
    ),
    Mistake(
        "earth_mover_median",
        "This is the median of the ways: their mean is asked.",
        lambda x, y: np.median(np.abs(_apart(x, y))),
    ),
    Mistake(
        "earth_mover_each_way",
        "These are the ways of the points: one number is asked, their mean.",
        lambda x, y: np.abs(_apart(x, y)),
    ),
    Mistake(
        "earth_mover_crossed",
        "The smallest goes to the largest, so that all ways cross: sort both in one direction.",
        lambda x, y: np.abs(np.sort(x) - np.sort(y)[::-1]).mean(),
    ),
    Mistake(
        "earth_mover_all_pairs",
        "This is the mean over all pairs: each point goes to one place, not to all.",
        lambda x, y: np.abs(x[:, None] - y).mean(),
    ),
    Mistake(
        "earth_mover_nearest",
        "Each x goes to its nearest y, so that some places get too much: pair them one by one.",
        lambda x, y: np.abs(x[:, None] - y).min(axis=1).mean(),
    ),
    Mistake(
        "earth_mover_of_places",
        "These are the places that argsort gives, and not the values: take np.sort.",
        lambda x, y: np.abs(np.argsort(x) - np.argsort(y)).mean(),
    ),
    Mistake(
        "earth_mover_one_less",
        "The sum of the ways is divided by n - 1: each of n points carries 1 / n of the earth.",
        lambda x, y: np.abs(_apart(x, y)).sum() / (len(x) - 1),
    ),
    Mistake(
        "earth_mover_norm",
        "This is the root of the sum of the squares, as np.linalg.norm takes it: the mean of the "
        "lengths is asked.",
        lambda x, y: np.linalg.norm(_apart(x, y)),
    ),
    Mistake(
        "earth_mover_difference_of_medians",
        "This is the distance of the medians: samples of one median may differ, too. Take each "
        "point's way first, then the mean.",
        lambda x, y: np.abs(np.median(x) - np.median(y)),
    ),
    Mistake(
        "earth_mover_greedy",
        "Each x takes the nearest y that is left, and the last ones have long ways: pair them in "
        "order, the smallest with the smallest.",
        _greedy,
    ),
]
