"""The check of how many classes a generator shows."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

# How often each class is the likeliest, and the least share of draws with which a class counts.
COUNTS = (
    ((9, 1, 4, 0, 2, 4), 0.2),
    ((5, 5, 0, 2, 1, 12), 0.2),
    ((30, 0, 0, 9, 0, 1), 0.1),
    ((8, 2, 3, 7, 0, 0), 0.05),
    ((6, 4, 5, 3, 0, 4), 0.2),  # 4 of 22 are less, and 4.4 is no number of draws
)


@exercise
@from_arguments
def shown_classes(my_shown_classes: Callable) -> Result:
    """Check `my_shown_classes(probabilities, share)`: how many classes have a share of the draws.

    A class counts if it is the likeliest of at least that share of the draws.
    """
    rng = np.random.default_rng(66)
    cases = []
    for counts, share in COUNTS:
        labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
        probabilities = rng.uniform(0.5, 1, (len(labels), len(counts)))
        probabilities[np.arange(len(labels)), labels] += rng.uniform(0.1, 1.5, len(labels))
        winners = probabilities.max(axis=1, initial=0)
        probabilities[np.arange(len(labels)), labels] = np.maximum(winners, 1.01)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        cases.append({"probabilities": probabilities, "share": share})
    return diagnose(
        "shown_classes", my_shown_classes, cases, [_shown], MISTAKES, _shares_of, arrays=True
    )


def _counts(probabilities):
    return np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])


def _shares(probabilities):
    return _counts(probabilities) / len(probabilities)


def _shown(probabilities, share):
    return (_counts(probabilities) >= share * len(probabilities) - 1e-9).sum()


def _shares_of(case, index):
    written = ", ".join(f"{each:.0%}" for each in _shares(case["probabilities"]))
    return f"classes that are the likeliest of {written} of the draws, share = {case['share']:g}"


def _entropy(shares):
    shares = shares[shares > 0]
    return -(shares * np.log(shares)).sum()


MISTAKES = [
    Mistake(
        "shown_classes_any",
        "A class counts here if a single draw shows it: it must be shown by at least `share` of "
        "the draws. (A number of draws, compared with a share, is nearly always the larger.)",
        lambda p, share: (_counts(p) > 0).sum(),
    ),
    Mistake(
        "shown_classes_more_than",
        "A class with exactly that share counts, too: >= in place of >.",
        lambda p, share: (_counts(p) > share * len(p) + 1e-9).sum(),
    ),
    Mistake(
        "shown_classes_too_rare",
        "These are the classes that are too rare: those with at least `share` of the draws are "
        "asked.",
        lambda p, share: p.shape[1] - _shown(p, share),
    ),
    Mistake(
        "shown_classes_mean_probability",
        "What is compared are mean probabilities, to which each draw adds a little of every class: "
        "choose the likeliest class of each draw first.",
        lambda p, share: (p.mean(axis=0) >= share).sum(),
    ),
    Mistake(
        "shown_classes_sure",
        "It counts classes that a draw shows with a probability of at least `share`: count the "
        "draws of each class, and compare their share.",
        lambda p, share: (p.max(axis=0) >= share).sum(),
    ),
    Mistake(
        "shown_classes_draws",
        "It counts draws: how many classes are there?",
        lambda p, share: (p.max(axis=1) >= share).sum(),
    ),
    Mistake(
        "shown_classes_of_classes",
        "The share is taken of the number of classes: it is one of the draws.",
        lambda p, share: (_counts(p) >= share * p.shape[1]).sum(),
    ),
    Mistake(
        "shown_classes_of_largest",
        "The share is taken of the most frequent class: it is one of all draws.",
        lambda p, share: (_counts(p) >= share * _counts(p).max() - 1e-9).sum(),
    ),
    Mistake(
        "shown_classes_over_draws",
        "The likeliest draw of each class is chosen, axis=0: choose the likeliest class of each "
        "draw, axis=1.",
        lambda p, share: (
            np.bincount(p.argmax(axis=0), minlength=len(p)) >= share * p.shape[1]
        ).sum(),
    ),
    Mistake(
        "shown_classes_entropy",
        "This is the exponential of the entropy, another measure: count the classes that have at "
        "least `share` of the draws.",
        lambda p, share: np.exp(_entropy(_shares(p))),
    ),
    Mistake(
        "shown_classes_which",
        "It says of each class whether it counts: how many do?",
        lambda p, share: _shares(p) >= share - 1e-12,
    ),
    Mistake(
        "shown_classes_shares",
        "These are the shares of the classes: how many are at least `share`?",
        lambda p, share: _shares(p),
    ),
    Mistake(
        "shown_classes_counts",
        "These are the numbers of draws of each class: how many classes have enough of them?",
        lambda p, share: _counts(p),
    ),
    Mistake(
        "shown_classes_share_of_classes",
        "This is the share of the classes that count: their number is asked.",
        lambda p, share: _shown(p, share) / p.shape[1],
    ),
    Mistake(
        "shown_classes_draws_of_them",
        "This is the number of draws that show such a class: the number of classes is asked.",
        lambda p, share: _counts(p)[_shares(p) >= share - 1e-12].sum(),
    ),
    Mistake(
        "shown_classes_all",
        "This is the number of all classes, whether they are drawn or not.",
        lambda p, share: p.shape[1],
    ),
    Mistake(
        "shown_classes_cut",
        "share * n is cut to a whole number of draws, so that a class with a little less than its "
        "share counts, too: leave it a float.",
        lambda p, share: (_counts(p) >= int(share * len(p) + 1e-9)).sum(),
    ),
    Mistake(
        "shown_classes_at_most",
        "The classes with at most that share are counted: >= in place of <=.",
        lambda p, share: (_counts(p) <= share * len(p) + 1e-9).sum(),
    ),
    Mistake(
        "shown_classes_likeliest_draw",
        "argmax(axis=0) chooses the likeliest draw of each class: choose the likeliest class of "
        "each draw, axis=1.",
        lambda p, share: (
            np.bincount(p.argmax(axis=0), minlength=len(p)) >= share * len(p) - 1e-9
        ).sum(),
    ),
    Mistake(
        "shown_classes_places",
        "These are the classes themselves: how many are they?",
        lambda p, share: np.flatnonzero(_shares(p) >= share - 1e-12),
    ),
    Mistake(
        "shown_classes_fair",
        "The bound is 1 / classes, what each class would have if all were alike: it is `share`.",
        lambda p, share: (_shares(p) >= 1 / p.shape[1] - 1e-12).sum(),
    ),
]
