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
    result = diagnose(
        "class_direction", my_direction, cases, [_direction], MISTAKES, _means, arrays=True
    )
    for shapes, name, says in OF_SHAPES:
        if result.mistake == "error_shapes" and any(each in result.message for each in shapes):
            return Result("class_direction", name, f"{says} {result.message}")
    return result


def _of(z, seen, label):
    return z[seen == label]


def _difference(summary):
    """Return the difference of a summary of the points of both classes."""
    return lambda z, seen, start, goal: summary(_of(z, seen, goal)) - summary(_of(z, seen, start))


def _sums(z, seen, start, goal):
    return _of(z, seen, goal).sum(axis=0) - _of(z, seen, start).sum(axis=0)


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


OF_SHAPES = [  # 5 draws of the goal and 3 of the start, of 4 coordinates: shapes in a message
    (
        ("(5,4) (3,4)", "(3,4) (5,4)"),
        "class_direction_no_means",
        "Draws are subtracted from draws, of which there are not as many: take the mean of each "
        "class over its draws first.",
    ),
    (
        ("(5,) (3,)", "(3,) (5,)"),
        "class_direction_over_coordinates",
        "The means are taken over the coordinates, axis=1: take them over the draws, axis=0.",
    ),
]
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
    Mistake(
        "class_direction_from_what_is_not_start",
        "It leads from the start to all that is not the start: take the draws seen as the goal.",
        lambda z, seen, start, goal: _mean(z[seen != start]) - _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_between_others",
        "It takes the draws that are not of a class, by !=: take those that are, by ==.",
        lambda z, seen, start, goal: _mean(z[seen != start]) - _mean(z[seen != goal]),
    ),
    Mistake(
        "class_direction_split_by_order",
        "All classes from the goal on are taken for the goal, and all below for the start, by >= "
        "and <: take seen == goal and seen == start.",
        lambda z, seen, start, goal: _mean(z[seen >= goal]) - _mean(z[seen < goal]),
    ),
    Mistake(
        "class_direction_ranges",
        "Classes beyond the goal and the start are taken, too, by >= and <=: take seen == goal and "
        "seen == start.",
        lambda z, seen, start, goal: _mean(z[seen >= goal]) - _mean(z[seen <= start]),
    ),
    Mistake(
        "class_direction_count_of_goal",
        "Both sums are divided by the number of draws of the goal: divide each by the number of "
        "its class.",
        lambda z, seen, start, goal: _sums(z, seen, start, goal) / np.sum(seen == goal),
    ),
    Mistake(
        "class_direction_count_of_start",
        "Both sums are divided by the number of draws of the start: divide each by the number of "
        "its class.",
        lambda z, seen, start, goal: _sums(z, seen, start, goal) / np.sum(seen == start),
    ),
    Mistake(
        "class_direction_count_of_both",
        "Both sums are divided by the number of draws of both classes: divide each by the number "
        "of its class.",
        lambda z, seen, start, goal: (
            _sums(z, seen, start, goal) / np.isin(seen, [start, goal]).sum()
        ),
    ),
    Mistake(
        "class_direction_count_of_classes",
        "The sums are divided by the number of classes: divide each by the number of draws of its "
        "class.",
        lambda z, seen, start, goal: _sums(z, seen, start, goal) / len(np.unique(seen)),
    ),
    Mistake(
        "class_direction_last_draws",
        "Only the last draw of each class is used: take the mean over all of them.",
        _difference(lambda points: points[-1]),
    ),
    Mistake(
        "class_direction_largest",
        "These are the largest values of each class: take means.",
        _difference(lambda points: points.max(axis=0)),
    ),
    Mistake(
        "class_direction_to_one_draw",
        "It leads to the first draw of the goal only: take the mean over all of them.",
        lambda z, seen, start, goal: _of(z, seen, goal)[0] - _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_each_start",
        "There is a direction from each draw of the start: take the mean over them, too.",
        lambda z, seen, start, goal: _mean(_of(z, seen, goal)) - _of(z, seen, start),
    ),
    Mistake(
        "class_direction_each_goal",
        "There is a direction to each draw of the goal: take the mean over them, too.",
        lambda z, seen, start, goal: _of(z, seen, goal) - _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_moved_points",
        "These are the draws of the start, moved: the direction alone is asked.",
        lambda z, seen, start, goal: _of(z, seen, start) + _every(z, seen, start, goal),
    ),
    Mistake(
        "class_direction_twice_the_same",
        "It is 0: one class is subtracted from itself. Take the goal first, then the start.",
        lambda z, seen, start, goal: np.zeros(z.shape[1]),
    ),
    Mistake(
        "class_direction_by_seen_numbers",
        "A class is used as a place in z, as in z[seen[goal]]: seen == goal says which draws show "
        "it.",
        lambda z, seen, start, goal: z[int(seen[goal])] - z[int(seen[start])],
    ),
    Mistake(
        "class_direction_one_draw_each",
        "start and goal are used as places of draws, and the mean is taken over the coordinates: "
        "seen == goal says which draws show a class, and the mean goes over these, axis=0.",
        lambda z, seen, start, goal: z[goal].mean() - z[start].mean(),
    ),
    Mistake(
        "class_direction_ratio",
        "One mean is divided by the other: their difference is asked.",
        lambda z, seen, start, goal: _mean(_of(z, seen, goal)) / _mean(_of(z, seen, start)),
    ),
    Mistake(
        "class_direction_signs",
        "Only the signs are left: leave the difference as it is.",
        lambda z, seen, start, goal: np.sign(_every(z, seen, start, goal)),
    ),
    Mistake(
        "class_direction_less_all",
        "The mean of all draws is subtracted, too: it is in both means, and cancels without that.",
        lambda z, seen, start, goal: _every(z, seen, start, goal) - _mean(z),
    ),
    Mistake(
        "class_direction_unit_means",
        "Each mean is shortened to the length 1 first: leave both as they are.",
        _difference(lambda points: _mean(points) / np.linalg.norm(_mean(points))),
    ),
    Mistake(
        "class_direction_per_deviation",
        "The difference is divided by the deviation of each coordinate: leave it as it is.",
        lambda z, seen, start, goal: _every(z, seen, start, goal) / z.std(axis=0),
    ),
    Mistake(
        "class_direction_of_classes_0_and_1",
        "It always leads from class 0 to class 1: start and goal say which ones.",
        lambda z, seen, start, goal: _every(z, seen, 0, 1),
    ),
]
