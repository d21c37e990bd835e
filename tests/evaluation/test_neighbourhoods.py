import numpy as np
import pytest

from fidle_vae.evaluation.neighbourhoods import precision_recall


def by_hand(points, others, k):
    """Return the share of points within the k-th neighbour's distance of one of the others."""
    within = 0
    for point in points:
        for other in others:
            radius = sorted(np.linalg.norm(other - each) for each in others)[k]  # 0 is itself
            if np.linalg.norm(point - other) <= radius:
                within += 1
                break
    return within / len(points)


@pytest.mark.parametrize("k", [1, 3])
def test_both_agree_with_their_definition_point_by_point(k):
    rng = np.random.default_rng(0)
    real, drawn = rng.normal(size=(40, 3)), rng.normal(1, 1, (30, 3))
    precision, recall = precision_recall(real, drawn, neighbours=k)
    assert precision.value == by_hand(drawn, real, k)
    assert recall.value == by_hand(real, drawn, k)
    assert 0 < precision.value < 1
    assert 0 < recall.value < 1


def test_they_change_places_with_the_sets():
    rng = np.random.default_rng(1)
    real, drawn = rng.normal(size=(200, 4)), rng.normal(0, 0.6, (300, 4))
    precision, recall = precision_recall(real, drawn)
    assert precision_recall(drawn, real) == (recall, precision)
    assert precision.value > recall.value + 0.1


def classes(n, which, rng):
    """Return points of some of five classes, which are apart."""
    return 20 * np.eye(5)[rng.choice(which, n)] + rng.normal(size=(n, 5))


def test_draws_of_one_class_are_precise_and_recall_one_class():
    rng = np.random.default_rng(3)
    real, other, drawn = (classes(1000, which, rng) for which in (range(5), range(5), [2]))
    usual = precision_recall(real, other)
    precision, recall = precision_recall(real, drawn)
    assert precision.value == pytest.approx(usual.precision.value, abs=0.08)
    assert precision.value > 0.6
    assert 0.15 < recall.value <= 0.25


def test_noise_is_not_precise():
    rng = np.random.default_rng(4)
    real, fresh, noise = (classes(500, range(5), rng) for _ in range(3))
    noise += 5 * rng.normal(size=noise.shape)
    assert precision_recall(real, fresh).precision.value > 0.6
    assert precision_recall(real, noise).precision.value < 0.1


def test_points_in_the_middle_of_the_real_ones_are_precise_and_recall_little():
    """Which a low recall shows, but no precision: the mean lies within wide radii."""
    rng = np.random.default_rng(6)
    real, drawn = rng.normal(size=(500, 32)), rng.normal(0, 0.1, (500, 32))
    precision, recall = precision_recall(real, drawn)
    assert precision.value > 0.99
    assert recall.value < 0.01


def test_the_error_of_precision_is_its_spread_over_draws():
    rng = np.random.default_rng(5)
    real = rng.normal(size=(200, 3))
    found = [precision_recall(real, rng.normal(0.5, 1, (200, 3))).precision for _ in range(80)]
    values, errors = np.array(found).T
    assert np.mean(errors) == pytest.approx(values.std(), rel=0.25)


@pytest.mark.parametrize(
    ("real", "drawn", "k", "says"),
    [
        ((9, 3), (9, 2), 3, r"real and drawn must .* \(9, 3\) and \(9, 2\): pass the features"),
        ((9, 2, 2), (9, 2, 2), 3, "real and drawn must .* pass the features"),
        ((3, 2), (9, 2), 3, "real must hold more than 3 points.* got 3: pass some hundreds"),
        ((9, 2), (5, 2), 5, "drawn must hold more than 5 points.* got 5: pass some hundreds"),
        ((9, 2), (9, 2), 0, "neighbours must be an integer of 1 or more; got 0: try 3"),
    ],
)
def test_what_has_no_neighbours_raises(real, drawn, k, says):
    with pytest.raises(ValueError, match=says):
        precision_recall(np.zeros(real), np.zeros(drawn), k)
