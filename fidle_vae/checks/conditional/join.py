"""The check of z and a class joined to one table."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, explain, from_arguments


@exercise
@from_arguments
def join(my_join: Callable) -> Result:
    """Check `my_join(z, labels, classes)`: the numbers of z, then the class as zeros and a one."""
    rng = np.random.default_rng(41)
    cases = [
        {"z": rng.normal(size=(len(labels), d)).astype("float32"), "labels": np.array(labels)}
        | {"classes": classes}
        for labels, d, classes in LABELS
    ]
    result = diagnose("join", my_join, cases, [_joined], MISTAKES, _row)
    side = "without an axis, np.concatenate puts one table below the other. Side by side is axis=1."
    result = explain(result, BELOW, "join_without_axis", side, alone=True)
    fit = (
        "np.concatenate joins two tables side by side, along axis=1. Both need a row for each "
        "image: the class as zeros and a one is such a table, np.eye(classes)[labels]."
    )
    result = explain(result, "arrays of different lengths", "join_does_not_fit", fit, alone=True)
    count = "labels count from 0 to classes - 1, as the rows of np.eye(classes) do."
    return explain(result, "is out of bounds", "join_counts_from_one", count, alone=True)


# A line that joins, with no axis named in it.
BELOW = r"concatenate\((?![^`]*(axis|, -?1\)))[^`]*\)[^`]*`.* arrays of different lengths"
LABELS = (([2, 0, 4, 2], 3, 6), ([1, 0, 3, 1, 2], 2, 7), ([4, 2, 0], 3, 5))


def _row(case, index):
    i = index[0] if index else 0
    z = ", ".join(f"{each:.2g}" for each in case["z"][i])
    return f"z = [{z}] and the class {case['labels'][i]} of {case['classes']}"


def _one_hot(labels, classes):
    return (np.asarray(labels)[:, None] == np.arange(classes)).astype(float)


def _joined(z, labels, classes):
    return np.concatenate([z, _one_hot(labels, classes)], axis=1)


def _beside(table):
    """Return the formula that puts a table, a function of labels and classes, beside z."""
    return lambda z, labels, classes: np.concatenate([z, table(labels, classes)], axis=1)


MISTAKES = [
    Mistake(
        "join_class_first",
        "The class stands before z: the numbers of z come first.",
        lambda z, labels, classes: np.concatenate([_one_hot(labels, classes), z], axis=1),
    ),
    Mistake(
        "join_number",
        "The class stands there as one number, as if a 4 were twice a 2: write it as zeros and a "
        "one, np.eye(classes)[labels].",
        _beside(lambda labels, classes: labels[:, None]),
    ),
    Mistake(
        "join_share",
        "The class stands there as one number from 0 to 1, as if a 4 were twice a 2: write it as "
        "zeros and a one, np.eye(classes)[labels].",
        _beside(lambda labels, classes: labels[:, None] / classes),
    ),
    Mistake(
        "join_class_only",
        "This is the class alone: z stands before it.",
        lambda z, labels, classes: _one_hot(labels, classes),
    ),
    Mistake(
        "join_z_only",
        "This is z alone: the decoder would not know what it is asked for.",
        lambda z, labels, classes: z,
    ),
    Mistake(
        "join_all_rows",
        "Each row has a one at the classes of all images: hot[:, labels] = 1 sets whole columns. "
        "Choose row and column together, hot[np.arange(len(labels)), labels] = 1.",
        _beside(
            lambda labels, classes: np.tile(_one_hot(labels, classes).max(axis=0), (len(labels), 1))
        ),
    ),
    Mistake(
        "join_in_order",
        "The one of row i stands at place i, whatever its label: take the rows of np.eye(classes) "
        "by the labels.",
        _beside(lambda labels, classes: np.eye(max(classes, len(labels)), classes)[: len(labels)]),
    ),
    Mistake(
        "join_first_label",
        "All rows have the class of the first image: each has its own.",
        _beside(lambda labels, classes: _one_hot(labels[:1], classes).repeat(len(labels), axis=0)),
    ),
    Mistake(
        "join_one_place_early",
        "The one stands a place too far to the left: labels count from 0, as Python does.",
        _beside(lambda labels, classes: _one_hot((labels - 1) % classes, classes)),
    ),
    Mistake(
        "join_one_place_late",
        "The one stands a place too far to the right: labels count from 0, as Python does.",
        _beside(lambda labels, classes: _one_hot(labels + 1, classes)),
    ),
    Mistake(
        "join_places_of_batch",
        "There are as many places as the largest label of the batch needs: `classes` says how "
        "many, or the next batch might have another number of columns.",
        _beside(lambda labels, classes: _one_hot(labels, int(labels.max()) + 1)),
    ),
    Mistake(
        "join_ten_places",
        "There are always ten places: `classes` says how many.",
        _beside(lambda labels, classes: _one_hot(labels, 10)),
    ),
    Mistake(
        "join_a_place_too_many",
        "There is a place too many: the classes are 0 to classes - 1.",
        _beside(lambda labels, classes: _one_hot(labels, classes + 1)),
    ),
    Mistake(
        "join_upside_down",
        "There is a zero at the class, and ones elsewhere: it is the other way round.",
        _beside(lambda labels, classes: 1 - _one_hot(labels, classes)),
    ),
    Mistake(
        "join_label_in_place",
        "At its place stands the label itself, so that class 0 has only zeros: a one is due there.",
        _beside(lambda labels, classes: _one_hot(labels, classes) * labels[:, None]),
    ),
    Mistake(
        "join_class_twice",
        "Behind the zeros and the one, the label stands once more: leave it out.",
        _beside(
            lambda labels, classes: np.concatenate(
                [_one_hot(labels, classes), labels[:, None]], axis=1
            )
        ),
    ),
]
