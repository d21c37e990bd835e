"""The check of a table of conditional probabilities."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def conditional(my_conditional: Callable) -> Result:
    """Check `my_conditional(joint)`: p(a | b) from p(a, b), rows a and columns b."""
    rng = np.random.default_rng(31)
    tables = [rng.dirichlet(np.ones(size)).reshape(shape) for size, shape in SIZES]
    cases = [{"joint": table.astype("float32")} for table in tables]
    return diagnose("conditional", my_conditional, cases, [_given_b], MISTAKES, _column)


SIZES = ((6, (2, 3)), (16, (4, 4)))


def _column(case, index):
    column = case["joint"][:, index[1]] if len(index) > 1 else case["joint"][:, 0]
    return "the column p(a, b) = [" + ", ".join(f"{each:.2g}" for each in column) + "]"


def _given_b(joint):
    return joint / joint.sum(axis=0)


MISTAKES = [
    Mistake(
        "conditional_on_rows",
        "Each row adds up to 1, so this is p(b | a): for p(a | b), each column is divided by its "
        "own sum, axis=0.",
        lambda joint: joint / joint.sum(axis=1, keepdims=True),
    ),
    Mistake(
        "conditional_joint",
        "This is p(a, b) itself, whose sum over the whole table is 1: divide each column by its "
        "own sum, p(b).",
        lambda joint: joint,
    ),
    Mistake(
        "conditional_multiplied",
        "p(a, b) is multiplied by p(b): it must be divided by it.",
        lambda joint: joint * joint.sum(axis=0),
    ),
    Mistake(
        "conditional_product",
        "This is p(a) p(b), the table of two things that are independent: it leaves out what the "
        "joint table says of both together.",
        lambda joint: np.outer(joint.sum(axis=1), joint.sum(axis=0)),
    ),
    Mistake(
        "conditional_p_of_a",
        "This is p(a), whatever b is: given b, only its column counts.",
        lambda joint: np.tile(joint.sum(axis=1, keepdims=True), (1, joint.shape[1])),
    ),
    Mistake(
        "conditional_by_both",
        "p(a, b) is divided by p(a) p(b), which says how far the two are from independent: divide "
        "by p(b) alone.",
        lambda joint: joint / np.outer(joint.sum(axis=1), joint.sum(axis=0)),
    ),
    Mistake(
        "conditional_by_mean",
        "Each column is divided by its mean: by its sum, so that it adds up to 1.",
        lambda joint: joint / joint.mean(axis=0),
    ),
    Mistake(
        "conditional_by_largest",
        "Each column is divided by its largest value: by its sum, so that it adds up to 1.",
        lambda joint: joint / joint.max(axis=0),
    ),
    Mistake(
        "conditional_softmax",
        "This is a softmax of the columns: they are probabilities already, and no np.exp is due.",
        lambda joint: np.exp(joint) / np.exp(joint).sum(axis=0),
    ),
    Mistake(
        "conditional_turned",
        "The table is turned: rows are a, columns are b, as in joint.",
        lambda joint: _given_b(joint).T,
    ),
    Mistake(
        "conditional_upside_down",
        "It is upside down, p(b) / p(a, b): p(a, b) is what is divided.",
        lambda joint: joint.sum(axis=0) / joint,
    ),
    Mistake(
        "conditional_sums",
        "This is p(b), the sums of the columns: divide the table by them.",
        lambda joint: joint.sum(axis=0),
    ),
    Mistake(
        "conditional_first_column",
        "This is one column: return the whole table.",
        lambda joint: _given_b(joint)[:, 0],
    ),
]
