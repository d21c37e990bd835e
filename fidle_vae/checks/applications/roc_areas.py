"""The check of an AUC by counting pairs."""

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def auc(my_auc: Callable) -> Result:
    """Check `my_auc(known, foreign)`: the share of pairs in which foreign is higher; ties 1/2."""
    rng = np.random.default_rng(52)
    cases = []
    for n, m, shift in ((12, 7, 1.5), (5, 9, -0.5), (8, 6, 0.8)):
        # + 0, as a rounded -0.3 is shown as -0
        known, foreign = rng.normal(0, 2, n).round() + 0, rng.normal(shift, 2, m).round() + 0
        cases.append({"known": known.astype("float32"), "foreign": foreign.astype("float32")})
    return diagnose("auc", my_auc, cases, [_auc], MISTAKES, _numbers, arrays=True)


def _numbers(case, index):
    lists = (
        f"{name} = [" + ", ".join(f"{each:g}" for each in values) + "]"
        for name, values in case.items()
    )
    return " and ".join(lists)


def _pairs(known, foreign):
    return foreign[:, None] - known


def _auc(known, foreign):
    return (np.sign(_pairs(known, foreign)) + 1).mean() / 2


def _zipped(known, foreign):
    n = min(len(known), len(foreign))
    return (np.sign(foreign[:n] - known[:n]) + 1).mean() / 2


def _ranks(known, foreign):
    return rankdata(np.concatenate([known, foreign]))[len(known) :]


MISTAKES = [
    Mistake(
        "auc_ties_lost",
        "Ties count nothing: a tie counts a half.",
        lambda known, foreign: (_pairs(known, foreign) > 0).mean(),
    ),
    Mistake(
        "auc_ties_whole",
        "A tie counts as a whole pair, as >= does: it counts a half.",
        lambda known, foreign: (_pairs(known, foreign) >= 0).mean(),
    ),
    Mistake(
        "auc_exchanged",
        "This is the share in which the known one is higher: exchange them.",
        lambda known, foreign: 1 - _auc(known, foreign),
    ),
    Mistake(
        "auc_exchanged_ties_lost",
        "This is the share in which the known one is higher, without the ties: exchange them, and "
        "count a half for each tie.",
        lambda known, foreign: (_pairs(known, foreign) < 0).mean(),
    ),
    Mistake(
        "auc_only_ties",
        "This counts the ties alone.",
        lambda known, foreign: (_pairs(known, foreign) == 0).mean() / 2,
    ),
    Mistake(
        "auc_count",
        "This is the number of pairs: divide it by how many pairs there are, n times m.",
        lambda known, foreign: _auc(known, foreign) * len(known) * len(foreign),
    ),
    Mistake(
        "auc_by_known",
        "The number of pairs is divided by n alone: there are n times m pairs.",
        lambda known, foreign: _auc(known, foreign) * len(foreign),
    ),
    Mistake(
        "auc_by_foreign",
        "The number of pairs is divided by m alone: there are n times m pairs.",
        lambda known, foreign: _auc(known, foreign) * len(known),
    ),
    Mistake(
        "auc_by_sum",
        "The number of pairs is divided by n + m: there are n times m pairs.",
        lambda known, foreign: (
            _auc(known, foreign) * len(known) * len(foreign) / (len(known) + len(foreign))
        ),
    ),
    Mistake(
        "auc_of_each",
        "This is the share for each foreign image: take the mean of all pairs.",
        lambda known, foreign: (np.sign(_pairs(known, foreign)) + 1).mean(axis=1) / 2,
    ),
    Mistake(
        "auc_of_each_known",
        "This is the share for each known image: take the mean of all pairs.",
        lambda known, foreign: (np.sign(_pairs(known, foreign)) + 1).mean(axis=0) / 2,
    ),
    Mistake(
        "auc_table",
        "This is the table of all pairs: take its mean.",
        lambda known, foreign: (np.sign(_pairs(known, foreign)) + 1) / 2,
    ),
    Mistake(
        "auc_above_mean",
        "This is the share of foreign scores above the mean of the known ones: compare each with "
        "each.",
        lambda known, foreign: (foreign > known.mean()).mean(),
    ),
    Mistake(
        "auc_above_median",
        "This is the share of foreign scores above the median of the known ones: compare each with "
        "each.",
        lambda known, foreign: (foreign > np.median(known)).mean(),
    ),
    Mistake(
        "auc_above_median_ties",
        "You compare with one limit, the median of the known scores: each foreign score meets "
        "every known one.",
        lambda known, foreign: (np.sign(foreign - np.median(known)) + 1).mean() / 2,
    ),
    Mistake(
        "auc_above_all",
        "This is the share of foreign scores above all known ones: compare each with each.",
        lambda known, foreign: (foreign > known.max()).mean(),
    ),
    Mistake(
        "auc_zip",
        "There are only as many pairs as the shorter list has scores, as zip makes them: compare "
        "each foreign score with each known one.",
        _zipped,
    ),
    Mistake(
        "auc_difference",
        "This is a mean difference of scores: count in how many pairs it is positive.",
        lambda known, foreign: _pairs(known, foreign).mean(),
    ),
    Mistake(
        "auc_sign",
        "This lies between -1 and 1, as the mean of np.sign does: 2 AUC - 1.",
        lambda known, foreign: 2 * _auc(known, foreign) - 1,
    ),
    Mistake(
        "auc_sum_of_ranks",
        "This is the sum of the ranks: subtract m (m + 1) / 2, and divide by n m.",
        lambda known, foreign: _ranks(known, foreign).sum(),
    ),
]
