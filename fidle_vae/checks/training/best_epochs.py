"""The check of a choice: which epoch's model is the best?"""

from collections.abc import Callable
from functools import partial

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    has_words,
    runs_elsewhere,
    short,
)


@exercise
def best_epoch(my_choice: Callable) -> Result:
    """Check `my_choice(history)`: the number of the best epoch, from 1, as Keras prints them.

    `history` is the dict of a training; the best epoch has the smallest loss on held-out images.
    Where several have it, each of them will do.
    """
    cases = [{"history": history} for history in HISTORIES]
    if runs_elsewhere(my_choice):  # where no table of the values must do
        cases += [
            {"history": _history(*each)} for each in np.random.default_rng(9).random((4, 4, 30))
        ]
    result = diagnose("best_epoch", my_choice, cases, RIGHT, MISTAKES, show, _terms)
    keys = ", ".join(f'"{key}"' for key in HISTORIES[0])
    result = explain(result, "KeyError", "best_epoch_key", f"The keys of history are {keys}.")
    itself = 'history is the dict itself here: history["val_loss"].'
    result = explain(result, "no attribute 'history'", "best_epoch_history_twice", itself)
    by_key = 'history is a dict: its lists are found by their names, as history["val_loss"].'
    result = explain(result, r"no attribute '(val_)?\w*loss'", "best_epoch_attribute", by_key)
    other = "The smallest value belongs to another list than the one in which you look for it."
    result = explain(result, "not in list", "best_epoch_of_two_lists", other)
    result = explain(result, "0d arrays", "best_epoch_list_compared", COMPARED, alone=True)
    # words without texts: history["val_loss"] == ...
    if result.mistake in ("constant", "shape") and has_words(my_choice, "[", "]", "=="):
        says = COMPARED[0].upper() + COMPARED[1:]
        return result._replace(mistake="best_epoch_list_compared", message=says)
    if result.mistake == "constant" and has_words(my_choice, "<"):
        says = (
            "Your number never changes: is any value smaller than the one you begin with? Begin "
            f"with that of the first epoch. {result.message}"
        )
        return result._replace(mistake="best_epoch_never_smaller", message=says)
    if result.mistake in OF_THE_DICT and _of_the_dict(my_choice):
        says = (
            "You look for the smallest of the dict itself, which has names, and not of one of its "
            'lists: history["val_loss"].'
        )
        return result._replace(mistake="best_epoch_of_the_dict", message=says)
    return result


COMPARED = (
    "a list as a whole is compared with one number, which gives one False. np.argmin takes a list; "
    "np.array makes an array of it, of which == compares each value."
)
# What the smallest of the dict itself may look like: the number 1, or a name.
OF_THE_DICT = "constant", "no_number"


def _of_the_dict(choice):
    """Whether the smallest is looked for in the dict itself."""
    names = list(getattr(getattr(choice, "__code__", None), "co_varnames", ()))
    return any(
        has_words(choice, function, "(", name, after)
        for function in ("argmin", "min", "argmax", "max", "sorted")
        for name in names
        for after in (",", ")")
    )


def show(case, index):
    """Write the losses on held-out images."""
    return f'history["val_loss"] = {short(case["history"]["val_loss"])}'


def _terms(history):
    return [{name: np.array(values) for name, values in history.items()}]


def _history(loss, val_loss, kl_loss, val_kl_loss):
    """Make a history of images of 784 pixels; r_loss follows from the loss and the KL."""
    history = {}
    for prefix, total, kl in (("", loss, kl_loss), ("val_", val_loss, val_kl_loss)):
        total, kl = np.array(total), np.array(kl, float)
        r_loss = total - K2 * kl
        history[f"{prefix}loss"] = [float(value) for value in total]
        history[f"{prefix}r_loss"] = [float(value) for value in r_loss]
        history[f"{prefix}kl_loss"] = [float(value) for value in kl]
        history[f"{prefix}elbo"] = [float(value) for value in -(784 * r_loss + kl)]
    return history


K2 = 5e-3  # so that beta is 3.92: the loss and the ELBO choose different epochs
HISTORIES = [  # no two mistakes choose the same epochs in all of them
    _history(
        loss=[0.42, 0.36, 0.36, 0.32, 0.29, 0.30],
        val_loss=[0.43, 0.38, 0.39, 0.36, 0.39, 0.44],
        kl_loss=[0, 2, 3, 5, 4, 10],
        val_kl_loss=[0, 1, 7, 3, 10, 6],
    ),
    _history(
        loss=[0.41, 0.38, 0.40, 0.36, 0.34, 0.29, 0.32],
        val_loss=[0.41, 0.37, 0.36, 0.37, 0.39, 0.37, 0.44],
        kl_loss=[1, 0, 6, 3, 7, 5, 13],
        val_kl_loss=[10, 3, 3, 1, 4, 6, 8],
    ),
    _history(  # the loss rises at first, so that the first epoch is not the worst
        loss=[0.40, 0.41, 0.31, 0.32, 0.28],
        val_loss=[0.41, 0.35, 0.38, 0.42, 0.41],
        kl_loss=[2, 4, 7, 5, 9],
        val_kl_loss=[0, 7, 8, 5, 7],
    ),
    _history(  # the KL hardly changes, so that its sum with r_loss chooses another epoch
        loss=[0.41, 0.36, 0.33, 0.27],
        val_loss=[0.40, 0.30, 0.28, 0.33],
        kl_loss=[3, 3.1, 3.2, 3.3],
        val_kl_loss=[3.0, 3.04, 3.2, 3.5],
    ),
    _history(  # the first epoch is the best
        loss=[0.40, 0.37, 0.33, 0.31, 0.32],
        val_loss=[0.36, 0.39, 0.42, 0.38, 0.40],
        kl_loss=[6, 2, 3, 1, 8],
        val_kl_loss=[4, 7, 2, 6, 5],
    ),
    _history(  # the last one is
        loss=[0.43, 0.38, 0.35, 0.30, 0.31],
        val_loss=[0.44, 0.39, 0.41, 0.37, 0.35],
        kl_loss=[1, 4, 6, 2, 5],
        val_kl_loss=[3, 5, 1, 6, 7],
    ),
    _history(  # a tie, of the epochs 2 and 3
        loss=[0.40, 0.36, 0.36, 0.27, 0.29],
        val_loss=[0.39, 0.36, 0.36, 0.37, 0.42],
        kl_loss=[2, 6, 2, 7, 8],
        val_kl_loss=[5, 6, 3, 6, 10],
    ),
]


def _first(values):
    return int(np.argmin(values))


def _last(values):
    return len(values) - 1 - int(np.argmin(values[::-1]))


def _last_fall(values):
    falls = np.flatnonzero(np.diff(values) < 0)
    return falls[-1] + 1 if len(falls) else 0


def _first_rise(values):
    rises = np.flatnonzero(np.diff(values) > 0)
    return rises[0] + 1 if len(rises) else len(values)


# Why the epoch where a list is smallest, or largest, is not the one that is asked.
OF_TRAINING = "it is of training images, and held-out ones judge"
SIGNS = {"smallest": 1, "largest": -1}
OTHER_LISTS = {
    (
        "smallest",
        "loss",
    ): "it falls even while the model learns by heart",
    ("smallest", "r_loss"): f"{OF_TRAINING}; it is half of the loss, too",
    ("smallest", "kl_loss"): f"{OF_TRAINING}; it is half of the loss, too",
    ("smallest", "elbo"): f"{OF_TRAINING}; of an ELBO the largest is best, too",
    ("largest", "elbo"): OF_TRAINING,
    ("smallest", "val_r_loss"): "it is half of the loss, and the KL is in that too",
    ("smallest", "val_kl_loss"): "that is where z says least, and the loss has both terms",
    ("smallest", "val_elbo"): "it is a log-likelihood, of which the largest is best",
    (
        "largest",
        "val_elbo",
    ): "a good measure, but it weighs the KL differently from the loss",
}


# Formulas of a history; `arg` returns the index of the smallest value, the first or the last.
FORMULAS = [
    *(
        Mistake(
            "best_epoch_on_training" if name == "loss" else "best_epoch_by_another",
            f'You look where "{name}" is {which}: {why}. "val_loss" is asked.',
            lambda h, arg, name=name, sign=1 if which == "smallest" else -1: (
                arg(sign * h[name]) + 1
            ),
        )
        for (which, name), why in OTHER_LISTS.items()
    ),
    Mistake(
        "best_epoch_from_zero",
        "You count the epochs from 0, as np.argmin does: Keras prints them from 1.",
        lambda h, arg: arg(h["val_loss"]),
    ),
    Mistake(
        "best_epoch_is_the_last",
        "This is the last epoch, which is not always the best: look where val_loss is smallest.",
        lambda h, arg: len(h["loss"]),
    ),
    Mistake(
        "best_epoch_is_the_worst",
        "This is the worst epoch: the smaller a loss, the better.",
        lambda h, arg: arg(-h["val_loss"]) + 1,
    ),
    Mistake(
        "best_epoch_terms_unweighted",
        "You add val_r_loss and val_kl_loss as they are: in the loss each has its weight, so take "
        "val_loss.",
        lambda h, arg: arg(h["val_r_loss"] + h["val_kl_loss"]) + 1,
    ),
    Mistake(
        "best_epoch_lists_joined",
        "A sum of two lists puts one behind the other, and yours holds two losses: only "
        'history["val_loss"] is asked.',
        lambda h, arg: arg(np.concatenate([h["val_loss"], h["loss"]])) + 1,
    ),
    Mistake(
        "best_epoch_value_and_one",
        "This is the smallest val_loss itself, plus 1: the number of its epoch is asked.",
        lambda h, arg: h["val_loss"].min() + 1,
    ),
    *(
        Mistake(
            "best_epoch_order",
            "np.argsort gives the order of all epochs: the best alone is asked, the first of them.",
            lambda h, arg, first=first: np.argsort(h["val_loss"]) + first,
        )
        for first in (0, 1)
    ),
    Mistake(
        "best_epoch_before_the_first_rise",
        "You stop where val_loss rises for the first time: it may fall again, so look at all "
        "epochs.",
        lambda h, arg: _first_rise(h["val_loss"]),
    ),
    Mistake(
        "best_epoch_last_fall",
        "You compare each epoch with the one before it: compare it with the best so far.",
        lambda h, arg: _last_fall(h["val_loss"]) + 1,
    ),
    Mistake(
        "best_epoch_furthest_below",
        "You look where val_loss lies furthest below the training loss, or least above it: that "
        "says nothing of how good a model is. Look where val_loss itself is smallest.",
        lambda h, arg: arg((h["val_loss"] - h["loss"]).round(9)) + 1,
    ),
    Mistake(
        "best_epoch_elbo_itself",
        "This is an ELBO itself: the number of an epoch is asked, the one with the smallest "
        "val_loss.",
        lambda h, arg: h["val_elbo"].max(),
    ),
    Mistake(
        "best_epoch_smallest_gap",
        "You look where both losses differ least: that is so before anything is learned; look "
        "where val_loss is smallest.",
        lambda h, arg: arg(abs(h["val_loss"] - h["loss"]).round(9)) + 1,
    ),
    Mistake(
        "best_epoch_value",
        "This is the smallest val_loss itself: the number of its epoch is asked.",
        lambda h, arg: h["val_loss"].min(),
    ),
    Mistake(
        "best_epoch_of_both",
        "You add the training loss to val_loss: only held-out images judge.",
        lambda h, arg: arg((h["val_loss"] + h["loss"]).round(9)) + 1,
    ),
    *(
        Mistake(
            "best_epoch_without_the_first",
            "You leave out the first epoch, and it may be the best. In what is left, the place 0 "
            "is that of the second epoch.",
            lambda h, arg, first=first: arg(h["val_loss"][1:]) + first,
        )
        for first in (1, 2)
    ),
    Mistake(
        "best_epoch_without_the_last",
        "You leave out the last epoch, and it may be the best.",
        lambda h, arg: arg(h["val_loss"][:-1]) + 1,
    ),
    Mistake(
        "best_epoch_one_too_far",
        "The number is one too large: the first epoch is 1.",
        lambda h, arg: arg(h["val_loss"]) + 2,
    ),
]
RIGHT = [
    lambda h: _first(h["val_loss"]) + 1,
    lambda h: _last(h["val_loss"]) + 1,
]
NOT_FROM_ZERO = (
    "best_epoch_from_zero",
    "best_epoch_value",
    "best_epoch_elbo_itself",
    "best_epoch_one_too_far",
)


def _from_zero(mistake):
    """Return another mistake together with that of counting from 0."""
    return mistake._replace(
        says=f"{mistake.says} And count the epochs from 1.",
        trace=lambda h, arg: mistake.trace(h, arg) - 1,
    )


MISTAKES = [
    mistake._replace(trace=partial(mistake.trace, arg=arg))
    for mistake in FORMULAS
    + [_from_zero(each) for each in FORMULAS if not each.name.startswith(NOT_FROM_ZERO)]
    for arg in (_first, _last)
]
