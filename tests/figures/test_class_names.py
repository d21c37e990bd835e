import itertools

import numpy as np
import pytest

from fidle_vae.figures.class_names import codes_to_name
from fidle_vae.figures.style import TITLE, inches

rng = np.random.default_rng(0)
LABELS = np.arange(200) % 10
NAMES = {k: str(k) for k in range(10)}


def overlaps(places, names, inch):
    """Return the pairs of names that overlap, by arithmetic on rectangles."""
    pairs = itertools.combinations(zip(places, names.values(), strict=True), 2)
    return [
        (a, b)
        for (p, a), (q, b) in pairs
        if abs(p[0] - q[0]) < inch * (inches(a, TITLE) + inches(b, TITLE)) / 2
        and abs(p[1] - q[1]) < inch * TITLE / 72
    ]


def test_a_class_apart_has_its_name_at_the_code_nearest_to_its_median():
    z = rng.normal(size=(200, 2)) + 20 * np.c_[LABELS, LABELS % 3]
    chosen = codes_to_name(z[None], LABELS, NAMES, inch=1)
    for k, i in enumerate(chosen):
        away = np.linalg.norm(z - np.median(z[k == LABELS], axis=0), axis=1)
        assert i == np.where(k == LABELS, away, np.inf).argmin()


@pytest.mark.parametrize("names", [NAMES, {k: f"boot {k}" for k in range(4)}])
def test_names_of_classes_that_meet_do_not_overlap(names):
    z = 2 * rng.normal(size=(200, 2))
    labels = LABELS % len(names)
    chosen = codes_to_name(z[None], labels, names, inch=1)
    assert labels[chosen].tolist() == list(names)
    assert overlaps(z[chosen], names, inch=1) == []


def test_a_name_never_stands_among_the_outer_half_of_its_class():
    z = rng.normal(size=(200, 2))
    for i, k in zip(codes_to_name(z[None], LABELS, NAMES, inch=4), NAMES, strict=True):
        away = np.linalg.norm(z[k == LABELS] - np.median(z[k == LABELS], axis=0), axis=1)
        own = np.linalg.norm(z[i] - np.median(z[k == LABELS], axis=0))
        assert own <= np.median(away)


def test_the_last_moment_counts_most():
    last, first = np.zeros((2, 4, 2))
    first[1], last[0] = [9, 9], [9, 9]  # code 1 is the outlier first, code 0 at the end
    first[2:], last[2:] = [1, 0], [0.5, 0]
    (chosen,) = codes_to_name(np.stack([first, last]), np.zeros(4, int), {0: "a"}, inch=1)
    assert chosen != 0
