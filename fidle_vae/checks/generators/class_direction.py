"""The check of the direction from one class to another in the latent space of a generator."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def class_direction(my_direction: Callable) -> Result:
    """Check `my_direction(z, seen, start, goal)`: mean z seen as `goal` minus that of `start`."""
    rng = np.random.default_rng(65)
    cases = []  # once up and once down in the number of the class
    for d, seen, start, goal in (
        (4, [2, 0, 1, 2, 2, 0, 1, 3, 2, 0, 2, 3], 0, 2),
        (3, [1, 1, 0, 4, 1, 0, 4, 4, 0, 4, 4, 2], 4, 1),
    ):
        z = rng.normal(size=(len(seen), d)) + 0.4 * np.array(seen)[:, None]
        cases.append({"z": z, "seen": np.array(seen), "start": start, "goal": goal})
    return diagnose(
        "class_direction", my_direction, cases, [_direction], MISTAKES, _means, arrays=True
    )


def _of(z, seen, label):
    return z[seen == label]


def _difference(summary):
    """Return the difference of a summary of the points of both classes."""
    return lambda z, seen, start, goal: summary(_of(z, seen, goal)) - summary(_of(z, seen, start))


def _mean(points):
    return points.mean(axis=0)


_direction = _difference(_mean)


def _means(case, index):
    i = index[0] if index else 0
    z, seen = case["z"], case["seen"]
    goal, start = (_of(z, seen, case[name])[:, i].mean() for name in ("goal", "start"))
    return f"coordinate {i}, where the goal has the mean {goal:.3g} and the start {start:.3g}"


def _every(z, seen, start, goal):
    return _direction(z, seen, start, goal)


MISTAKES = [
    Mistake(
        "class_direction_turned",
        "The direction is turned: it leads from the goal to the start. What is added to a start "
        "must lead to the goal.",
        lambda z, seen, start, goal: -_every(z, seen, start, goal),
    ),
    Mistake(
        "class_direction_sums",
        "The points of each class are added up, so that the class with more draws weighs more: "
        "take means.",
        _difference(lambda points: points.sum(axis=0)),
    ),
    Mistake(
        "class_direction_of_all_draws",
        "Each sum is divided by the number of all draws: divide it by the number of its class.",
        lambda z, seen, start, goal: (
            _difference(lambda points: points.sum(axis=0))(z, seen, start, goal) / len(z)
        ),
    ),
    Mistake(
        "class_direction_goal_only",
        "This is the mean of the goal: subtract that of the start, or the step would also carry "
        "what both have in common.",
        lambda z, seen, start, goal: _mean(_of(z, seen, goal)),
    ),
    Mistake(
        "class_direction_start_only",
        "This is the mean of the start: the goal minus the start is asked.",
        lambda z, seen, start, goal: _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_from_all",
        "It leads from the mean of all draws to the goal: subtract the mean of the start.",
        lambda z, seen, start, goal: _mean(_of(z, seen, goal)) - _mean(z),
    ),
    Mistake(
        "class_direction_to_all",
        "It leads from the start to the mean of all draws: the mean of the goal comes first.",
        lambda z, seen, start, goal: _mean(z) - _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_from_others",
        "It leads to the goal from all that is not the goal: take the draws seen as the start.",
        lambda z, seen, start, goal: _mean(_of(z, seen, goal)) - _mean(z[seen != goal]),
    ),
    Mistake(
        "class_direction_by_numbers",
        "start and goal are used as places of draws: they are classes, and seen == goal says which "
        "draws show it.",
        lambda z, seen, start, goal: z[goal] - z[start],
    ),
    Mistake(
        "class_direction_first_draws",
        "Only the first draw of each class is used: take the mean over all of them.",
        _difference(lambda points: points[0]),
    ),
    Mistake(
        "class_direction_added",
        "The two means are added: subtract that of the start.",
        lambda z, seen, start, goal: _mean(_of(z, seen, goal)) + _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_middle",
        "This is the point halfway between the two means: their difference is asked.",
        lambda z, seen, start, goal: (_mean(_of(z, seen, goal)) + _mean(_of(z, seen, start))) / 2,
    ),
    Mistake(
        "class_direction_unit",
        "It is shortened to the length 1: leave the difference as it is, so that a step goes from "
        "mean to mean.",
        lambda z, seen, start, goal: (
            _every(z, seen, start, goal) / np.linalg.norm(_every(z, seen, start, goal))
        ),
    ),
    Mistake(
        "class_direction_half",
        "It leads halfway only: leave the difference as it is.",
        lambda z, seen, start, goal: _every(z, seen, start, goal) / 2,
    ),
    Mistake(
        "class_direction_medians",
        "These are medians: take means.",
        _difference(lambda points: np.median(points, axis=0)),
    ),
    Mistake(
        "class_direction_one_number",
        "The mean is taken over the coordinates, too, so that one number is left: take it over the "
        "draws, axis=0.",
        _difference(np.mean),
    ),
    Mistake(
        "class_direction_length",
        "This is the distance of the two means: the direction itself is asked, a number for each "
        "coordinate.",
        lambda z, seen, start, goal: np.linalg.norm(_every(z, seen, start, goal)),
    ),
    Mistake(
        "class_direction_keeps_axis",
        "The values are right, the shape is not: drop the axis of the draws.",
        lambda z, seen, start, goal: _every(z, seen, start, goal)[None],
    ),
    Mistake(
        "class_direction_by_order",
        "It always leads from the smaller class to the larger one: the goal may be the smaller.",
        lambda z, seen, start, goal: _every(z, seen, min(start, goal), max(start, goal)),
    ),
    Mistake(
        "class_direction_absolute",
        "The signs are lost: without them, a step leads elsewhere.",
        lambda z, seen, start, goal: np.abs(_every(z, seen, start, goal)),
    ),
]
