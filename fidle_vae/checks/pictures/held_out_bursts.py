"""The check of a split that keeps the pictures of a burst together."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise


@exercise
def held_out_bursts(my_held_out: Callable) -> Result:
    """Check `my_held_out(bursts)`: whether each picture is in every fifth burst, first included."""
    rng = np.random.default_rng(72)
    cases = []
    for many in (13, 21):
        numbers = np.sort(rng.choice(np.arange(1, 4 * many), many, replace=False))  # with gaps
        numbers[0] = 2 + many % 3
        bursts = np.repeat(np.sort(numbers), rng.integers(1, 5, many))
        cases.append({"bursts": rng.permutation(bursts)})
    return diagnose("held_out_bursts", my_held_out, cases, [_held], MISTAKES, _picture, arrays=True)


def _picture(case, index):
    i = index[0] if index else 0
    return f"picture {i}, of burst {case['bursts'][i]} (1: held out, 0: not)"


def _held(bursts, start=0, step=5):
    return np.isin(bursts, np.unique(bursts)[start::step])


def _every_fifth(bursts):
    held = np.zeros(len(bursts), bool)
    held[::5] = True
    return held


def _firsts(bursts):
    first = np.unique(bursts, return_index=True)[1]
    held = np.zeros(len(bursts), bool)
    held[first[::5]] = True
    return held


MISTAKES = [
    Mistake(
        "bursts_every_fifth_picture",
        "Every fifth picture is held out, so that its burst has others among the training "
        "pictures: hold out whole bursts.",
        _every_fifth,
    ),
    Mistake(
        "bursts_by_their_number",
        "These are the bursts whose number five divides. Numbers may be missing: count the bursts "
        "that there are.",
        lambda bursts: bursts % 5 == 0,
    ),
    Mistake(
        "bursts_to_train",
        "These are the pictures to train on: the others are asked.",
        lambda bursts: ~_held(bursts),
    ),
    Mistake(
        "bursts_one_of_each",
        "Of each fifth burst, only one picture is held out: its twins stay in the training.",
        _firsts,
    ),
    Mistake(
        "bursts_from_the_fifth",
        "It begins with the fifth burst: begin with the first, then the sixth.",
        lambda bursts: _held(bursts, 4),
    ),
    Mistake(
        "bursts_every_fourth",
        "Every fourth burst is held out: every fifth is asked.",
        lambda bursts: _held(bursts, 0, 4),
    ),
    Mistake(
        "bursts_as_places",
        "These are the places of the pictures: give True or False for each picture.",
        lambda bursts: np.flatnonzero(_held(bursts)),
    ),
    Mistake(
        "bursts_as_numbers",
        "These are the numbers of bursts: say for each picture whether its burst is among them.",
        lambda bursts: np.unique(bursts)[::5],
    ),
    Mistake(
        "bursts_in_order_of_pictures",
        "The bursts are counted by the pictures and not once each: np.unique lists each once.",
        lambda bursts: np.isin(bursts, bursts[::5]),
    ),
    Mistake(
        "bursts_sorted_pictures",
        "The bursts are counted by the sorted pictures, so that long ones count several times: "
        "np.unique lists each once.",
        lambda bursts: np.isin(bursts, np.sort(bursts)[::5]),
    ),
    Mistake(
        "bursts_none",
        "No picture is held out.",
        lambda bursts: np.zeros(len(bursts), bool),
    ),
]
