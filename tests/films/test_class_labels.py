import itertools

import numpy as np
import pytest

from fidle_vae.figures.style import TITLE, inches
from fidle_vae.films.class_labels import NameTags

NAMES = [str(k) for k in range(10)]


def overlaps(names, places, inch):
    """Pairs of names whose boxes meet, by arithmetic on rectangles."""
    for (a, at), (b, bt) in itertools.combinations(zip(names, places, strict=True), 2):
        wide = (inches(a, TITLE) + inches(b, TITLE)) / 2 * inch
        if abs(at[0] - bt[0]) < wide and abs(at[1] - bt[1]) < TITLE / 72 * inch:
            yield a, b


@pytest.mark.parametrize("spread", [0, 0.1, 1])
@pytest.mark.parametrize("names", [NAMES, ["T-shirt/top", "Trouser", "Ankle boot"]])
def test_names_of_a_heap_do_not_meet(spread, names):
    targets = spread * np.random.default_rng(0).standard_normal((len(names), 2))
    tags = NameTags(names, inch=1.3, pull=0.2)
    for _ in range(10):
        places = tags.follow(targets)
    assert list(overlaps(names, places, 1.3)) == []
    assert np.abs(places - targets).max() < len(names) * TITLE / 72 * 1.3


def test_names_that_have_room_stand_where_they_belong():
    targets = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 3.0]])
    np.testing.assert_array_equal(NameTags(["a", "b", "c"], 1, 0.3).follow(targets), targets)


def test_names_follow_by_a_part_of_their_way_and_arrive():
    tags = NameTags(["a", "b"], 1, 0.25)
    start, end = np.array([[0.0, 0.0], [0.0, 9.0]]), np.array([[8.0, 0.0], [8.0, 9.0]])
    tags.follow(start)
    assert tags.follow(end)[:, 0] == pytest.approx([2, 2])
    assert tags.follow(end)[:, 0] == pytest.approx([3.5, 3.5])
    for _ in range(60):
        places = tags.follow(end)
    np.testing.assert_allclose(places, end, atol=1e-5)


def test_names_never_jump_while_classes_part():
    rng = np.random.default_rng(1)
    ends, tags, steps, former = (
        2 * rng.standard_normal((10, 2)),
        NameTags(NAMES, 1.3, 0.2),
        [],
        None,
    )
    for share in np.linspace(0, 1, 100):
        places = tags.follow(share * ends).copy()
        steps += [] if former is None else [np.abs(places - former).max()]
        former = places
    assert np.max(steps[10:]) < 3 * TITLE / 72 * 1.3  # no more than three lines in a picture
    assert list(overlaps(NAMES, places, 1.3)) == []


def test_the_points_that_are_followed_stay_as_they_are():
    targets = np.zeros((3, 2))
    NameTags(["a", "b", "c"], 1, 0.5).follow(targets)
    assert not targets.any()
