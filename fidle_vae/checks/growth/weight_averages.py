"""The check of the moving average of weights."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SIZES = ((5, 3, 0.8), (7, 2, 0.6))  # steps, weights, momentum


@exercise
@from_arguments
def weight_average(my_weight_average: Callable) -> Result:
    """Check `my_weight_average(weights, momentum)`: the average after the last step."""
    rng = np.random.default_rng(91)
    cases = [
        {"weights": rng.normal(1, 1, (steps, count)).astype("float32"), "momentum": momentum}
        for steps, count, momentum in SIZES
    ]
    return diagnose(
        "weight_average", my_weight_average, cases, [_right], MISTAKES, _weight, arrays=True
    )


def _weight(case, index):
    return f"weight {int(index[-1]) if index else 0} after {len(case['weights'])} steps"


def _average(weights, momentum, start):
    for each in weights:
        start = momentum * start + (1 - momentum) * each
    return start


def _right(weights, momentum):
    return _average(weights[1:], momentum, weights[0])


def _from_zero(weights, momentum):
    return _average(weights, momentum, 0 * weights[0])


def _of(formula):
    """Return the result of a formula that is applied at each step, from the first weights on."""

    def result(weights, momentum):
        average = weights[0]
        for each in weights[1:]:
            average = formula(average, each, momentum)
        return average

    return result


MISTAKES = [
    Mistake(
        "weight_average_from_zero",
        "The average starts at zero, and is still too small after these steps: begin with the "
        "weights of the first step.",
        _from_zero,
    ),
    Mistake(
        "weight_average_corrected",
        "The average starts at zero and is corrected by its missing share, as Adam does it. That "
        "is sound as well, but another average: begin with the weights of the first step.",
        lambda weights, momentum: _from_zero(weights, momentum) / (1 - momentum ** len(weights)),
    ),
    Mistake(
        "weight_average_exchanged",
        "The shares are exchanged: the average keeps `momentum` of itself, and takes "
        "1 - momentum of the new weights.",
        _of(lambda average, each, momentum: (1 - momentum) * average + momentum * each),
    ),
    Mistake(
        "weight_average_mean",
        "This is the mean of all steps, in which the first ones count as much as the last.",
        lambda weights, momentum: weights.mean(axis=0),
    ),
    Mistake(
        "weight_average_last",
        "These are the weights of the last step: nothing is averaged.",
        lambda weights, momentum: weights[-1],
    ),
    Mistake(
        "weight_average_first",
        "These are the weights of the first step: the average never takes a new one.",
        lambda weights, momentum: weights[0],
    ),
    Mistake(
        "weight_average_backwards",
        "The steps are averaged from the last to the first, so that the oldest weights count most.",
        lambda weights, momentum: _right(weights[::-1], momentum),
    ),
    Mistake(
        "weight_average_without_last",
        "The last step is missing.",
        lambda weights, momentum: _right(weights[:-1], momentum),
    ),
    Mistake(
        "weight_average_first_and_last",
        "Only the first and the last step have a share: each step is to be averaged with the "
        "average so far.",
        lambda weights, momentum: _right(weights[[0, -1]], momentum),
    ),
    Mistake(
        "weight_average_last_two",
        "Only the last two steps have a share: each step is to be averaged with the average so "
        "far, which has all steps before.",
        lambda weights, momentum: _right(weights[-2:], momentum),
    ),
    Mistake(
        "weight_average_grows",
        "The average takes the new weights in full, and grows: multiply them by 1 - momentum.",
        _of(lambda average, each, momentum: momentum * average + each),
    ),
    Mistake(
        "weight_average_never_forgets",
        "The average keeps all of itself, and grows: multiply it by the momentum.",
        _of(lambda average, each, momentum: average + (1 - momentum) * each),
    ),
    Mistake(
        "weight_average_sum",
        "This is the sum of all steps.",
        lambda weights, momentum: weights.sum(axis=0),
    ),
    Mistake(
        "weight_average_all_weights",
        "All weights are averaged to one number: each weight has an average of its own, over the "
        "steps.",
        lambda weights, momentum: _right(weights, momentum).mean(),
    ),
    Mistake(
        "weight_average_every_step",
        "These are the averages after each step: return the last one.",
        lambda weights, momentum: np.stack(
            [_right(weights[: i + 1], momentum) for i in range(len(weights))]
        ),
    ),
    Mistake(
        "weight_average_zero_and_skips",
        "The average starts at zero, and the first step is missing: begin with its weights.",
        lambda weights, momentum: _from_zero(weights[1:], momentum),
    ),
    Mistake(
        "weight_average_brackets",
        "1 is added, and momentum times the new weights is subtracted: brackets are missing, "
        "(1 - momentum) * ...",
        _of(lambda average, each, momentum: momentum * average + 1 - momentum * each),
    ),
    Mistake(
        "weight_average_halves",
        "Each step has a share of one half: the average keeps `momentum` of itself.",
        _of(lambda average, each, momentum: (average + each) / 2),
    ),
    Mistake(
        "weight_average_of_each_step",
        "The weights of each step are averaged to one number: average over the steps, the first "
        "axis.",
        lambda weights, momentum: weights.mean(axis=1),
    ),
    Mistake(
        "weight_average_over_weights",
        "The loop goes over the weights, the second axis: go over the steps, the first one.",
        lambda weights, momentum: _right(weights.T, momentum),
    ),
]
