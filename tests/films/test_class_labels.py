import itertools

import numpy as np
import pytest

from fidle_vae.figures.style import TITLE, inches
from fidle_vae.films.class_labels import ClassLabels

NAMES = [str(k) for k in range(10)]


def overlaps(names, places, inch):
    """Yield the pairs of names whose boxes overlap, by arithmetic on rectangles."""
    for (a, at), (b, bt) in itertools.combinations(zip(names, places, strict=True), 2):
        wide = (inches(a, TITLE) + inches(b, TITLE)) / 2 * inch
        if abs(at[0] - bt[0]) < wide and abs(at[1] - bt[1]) < TITLE / 72 * inch:
            yield a, b


@pytest.mark.parametrize("spread", [0, 0.1, 1])
@pytest.mark.parametrize("names", [NAMES, ["T-shirt/top", "Trouser", "Ankle boot"]])
def test_labels_at_one_place_do_not_overlap(spread, names):
    targets = spread * np.random.default_rng(0).standard_normal((len(names), 2))
    class_labels = ClassLabels(names, inch=1.3, pull=0.2)
    for _ in range(10):
        places = class_labels.follow(targets)
    assert list(overlaps(names, places, 1.3)) == []
    assert np.abs(places - targets).max() < len(names) * TITLE / 72 * 1.3


def test_labels_with_enough_room_stand_at_their_targets():
    targets = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 3.0]])
    np.testing.assert_array_equal(ClassLabels(["a", "b", "c"], 1, 0.3).follow(targets), targets)


def test_labels_cover_a_fraction_of_their_way_per_frame_and_arrive():
    class_labels = ClassLabels(["a", "b"], 1, 0.25)
    start, end = np.array([[0.0, 0.0], [0.0, 9.0]]), np.array([[8.0, 0.0], [8.0, 9.0]])
    class_labels.follow(start)
    assert class_labels.follow(end)[:, 0] == pytest.approx([2, 2])
    assert class_labels.follow(end)[:, 0] == pytest.approx([3.5, 3.5])
    for _ in range(60):
        places = class_labels.follow(end)
    np.testing.assert_allclose(places, end, atol=1e-5)


def test_labels_never_jump_while_classes_separate():
    rng = np.random.default_rng(1)
    ends, class_labels, steps, former = (
        2 * rng.standard_normal((10, 2)),
        ClassLabels(NAMES, 1.3, 0.2),
        [],
        None,
    )
    for share in np.linspace(0, 1, 100):
        places = class_labels.follow(share * ends).copy()
        steps += [] if former is None else [np.abs(places - former).max()]
        former = places
    assert np.max(steps[10:]) < 3 * TITLE / 72 * 1.3  # at most three lines per frame
    assert list(overlaps(NAMES, places, 1.3)) == []


def test_follow_does_not_change_its_input():
    targets = np.zeros((3, 2))
    ClassLabels(["a", "b", "c"], 1, 0.5).follow(targets)
    assert not targets.any()
