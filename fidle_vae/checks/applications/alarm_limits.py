"""The check of the limit of an alarm, chosen on known scores alone."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise


@exercise
def alarms(my_alarms: Callable) -> Result:
    """Check `my_alarms(known_scores, new_scores)`: whether each is above 99 of 100 known ones."""
    rng = np.random.default_rng(53)
    cases = [  # known scores are skewed, as costs of images are, so that no Gaussian fits them
        _case(rng.gamma(2, 1, 300), rng.normal(shift, spread, 200))
        for shift, spread in ((9, 2), (6, 2), (2, 2), (0, 6))
    ]
    return diagnose("alarms", my_alarms, cases, [_alarms], MISTAKES, _batch, arrays=True)


def _case(known, new):
    """Return scores, none of the new ones so near to the limit that it depends on its definition.

    The limit lies between two neighbours of 300 known scores; what lies there, too, is moved.
    """
    low, high = np.sort(known)[[296, 297]]
    moved = np.where((new >= low) & (new <= high), known.max() + 1, new)
    return {"known_scores": known, "new_scores": moved}


def _batch(case, index):
    share = _alarms(**case).mean()
    score = case["new_scores"][index[0] if index else 0]
    return f"{share:.0%} foreign among the new images, score {score:.2f} (1: an alarm, 0: none)"


def _alarms(known_scores, new_scores, share=0.99):
    return new_scores > np.quantile(known_scores, share)


MISTAKES = [
    Mistake(
        "alarms_by_new",
        "The limit comes from the new scores themselves, so that it rings for one in a hundred, "
        "whatever they are: it must come from scores of images that are known to be normal.",
        lambda known, new: new > np.quantile(new, 0.99),
    ),
    Mistake(
        "alarms_by_all",
        "The limit comes from known and new scores together, so that the foreign ones move it: "
        "take the known ones alone.",
        lambda known, new: new > np.quantile(np.concatenate([known, new]), 0.99),
    ),
    Mistake(
        "alarms_one_percent",
        "The limit lies above 1 of 100 known scores: 99 of 100 is asked. np.percentile counts to "
        "100, np.quantile to 1.",
        lambda known, new: _alarms(known, new, 0.01),
    ),
    Mistake(
        "alarms_below",
        "It rings for low scores: foreign images score high.",
        lambda known, new: new < np.quantile(known, 0.99),
    ),
    Mistake(
        "alarms_below_one_percent",
        "It rings below the lowest of a hundred known scores: foreign images score high, above 99.",
        lambda known, new: new < np.quantile(known, 0.01),
    ),
    Mistake(
        "alarms_largest",
        "The limit is the largest known score: 99 of 100 is asked.",
        lambda known, new: new > known.max(),
    ),
    Mistake(
        "alarms_five_percent",
        "The limit lies above 95 of 100 known scores: 99 of 100 is asked.",
        lambda known, new: _alarms(known, new, 0.95),
    ),
    Mistake(
        "alarms_three_sigma",
        "The limit lies three standard deviations above the mean: take the quantile, which needs "
        "no Gaussian.",
        lambda known, new: new > known.mean() + 3 * known.std(),
    ),
    *(
        Mistake(
            "alarms_gaussian",
            "This is the limit of a Gaussian, and scores are skewed: take the quantile of the "
            "known scores themselves.",
            lambda known, new, z=z: new > known.mean() + z * known.std(),
        )
        for z in (2.33, 2.326, 2.3)
    ),
    Mistake(
        "alarms_of_known",
        "These are alarms of the known images: the new ones are asked.",
        lambda known, new: known > np.quantile(known, 0.99),
    ),
    Mistake(
        "alarms_share",
        "This is the share of alarms: give whether each new image is one.",
        lambda known, new: _alarms(known, new).mean(),
    ),
    Mistake(
        "alarms_limit",
        "This is the limit: compare the new scores with it.",
        lambda known, new: np.quantile(known, 0.99),
    ),
    Mistake(
        "alarms_places",
        "These are the places of the alarms: give True or False for each new image.",
        lambda known, new: np.flatnonzero(_alarms(known, new)),
    ),
]
