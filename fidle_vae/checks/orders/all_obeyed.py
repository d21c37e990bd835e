"""The check of how many draws obey all words of their order."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    from_arguments,
    runs_elsewhere,
)

ORDERS = (
    [[3, 0, 2], [1, 2, 0], [7, 1, 1], [4, 0, 0], [5, 2, 1], [0, 1, 2], [8, 0, 1]],
    [[2, 1, 0], [6, 0, 2], [9, 2, 1], [3, 1, 1], [1, 0, 0]],
)
SEEN = (  # chosen so that no two of the mistakes below give the same shares
    [[3, 0, 2], [1, 2, 1], [9, 0, 0], [5, 0, 0], [5, 1, 2], [6, 1, 1], [8, 1, 1]],
    [[5, 1, 0], [4, 1, 2], [9, 2, 1], [0, 1, 1], [1, 1, 0]],
)


@exercise
@from_arguments
def all_obeyed(my_all_obeyed: Callable) -> Result:
    """Check `my_all_obeyed(asked, seen)`: the share of draws that show all words asked for."""
    cases = [
        {"asked": np.array(asked), "seen": np.array(seen)}
        for asked, seen in zip(ORDERS, SEEN, strict=True)
    ]
    if runs_elsewhere(my_all_obeyed):  # where no table of the values must do
        asked, other = np.random.default_rng(9).integers(0, 3, (2, 40, 3))
        seen = np.where(np.arange(40)[:, None] % 3, asked, other)
        cases.append({"asked": asked, "seen": seen})
    return diagnose("all_obeyed", my_all_obeyed, cases, [_all], MISTAKES, _draws, arrays=True)


def _draws(case, index):
    shown = (case["asked"] == case["seen"]).all(axis=1).sum()
    return f"{len(case['asked'])} draws, of which {shown} show all words asked for"


def _all(asked, seen):
    return (asked == seen).all(axis=1).mean()


def _of(formula):
    """Return a result by a formula of the table of what is obeyed, (draws, words)."""
    return lambda asked, seen: formula(asked == seen)


MISTAKES = [
    Mistake(
        "all_obeyed_mean",
        "This is the share of words that are obeyed: an order is obeyed if all of its words are. "
        "Ask for all of a row first, .all(axis=1).",
        _of(np.mean),
    ),
    Mistake(
        "all_obeyed_product",
        "This is the product of the shares of the words, as if they were obeyed by chance, each "
        "without regard to the others: ask each draw for all of its words.",
        _of(lambda obeyed: obeyed.mean(axis=0).prod()),
    ),
    Mistake(
        "all_obeyed_any",
        "A draw counts if one of its words is obeyed: all of them must be.",
        _of(lambda obeyed: obeyed.any(axis=1).mean()),
    ),
    Mistake(
        "all_obeyed_least",
        "This is the share of the word that is obeyed least: draws may fail at another word.",
        _of(lambda obeyed: obeyed.mean(axis=0).min()),
    ),
    Mistake(
        "all_obeyed_words",
        "This is a share for each word: the share of draws that obey all of them is one number.",
        _of(lambda obeyed: obeyed.mean(axis=0)),
    ),
    Mistake(
        "all_obeyed_each_draw",
        "This says of each draw whether all words are obeyed: take the mean over the draws.",
        _of(lambda obeyed: obeyed.all(axis=1)),
    ),
    Mistake(
        "all_obeyed_shares_of_draws",
        "This is the share of words of each draw: a draw counts if all are obeyed, and the mean "
        "over the draws is due.",
        _of(lambda obeyed: obeyed.mean(axis=1)),
    ),
    Mistake(
        "all_obeyed_count",
        "This is the number of draws: divide it by how many there are.",
        _of(lambda obeyed: obeyed.all(axis=1).sum()),
    ),
    Mistake(
        "all_obeyed_wrong_axis",
        "This asks of each word whether all draws obey it, axis=0: ask of each draw whether it "
        "obeys all words, axis=1.",
        _of(lambda obeyed: obeyed.all(axis=0).mean()),
    ),
    Mistake(
        "all_obeyed_everything",
        "This asks whether all draws obey all words: ask each draw, axis=1, and take the mean.",
        _of(np.all),
    ),
    Mistake(
        "all_obeyed_sums",
        "The words of a draw are added up before they are compared: thin and slanted would be "
        "medium and upright. Compare word by word.",
        lambda asked, seen: (asked.sum(axis=1) == seen.sum(axis=1)).mean(),
    ),
    Mistake(
        "all_obeyed_first_word",
        "Only the first word is asked for: all of them count.",
        _of(lambda obeyed: obeyed[:, 0].mean()),
    ),
    Mistake(
        "all_obeyed_but_first",
        "The first word is left out: all of them count.",
        _of(lambda obeyed: obeyed[:, 1:].all(axis=1).mean()),
    ),
    Mistake(
        "all_obeyed_failed",
        "This is the share of draws that do not obey: take 1 minus that.",
        _of(lambda obeyed: 1 - obeyed.all(axis=1).mean()),
    ),
    Mistake(
        "all_obeyed_percent",
        "This is in percent: return the share.",
        _of(lambda obeyed: 100 * obeyed.all(axis=1).mean()),
    ),
]
