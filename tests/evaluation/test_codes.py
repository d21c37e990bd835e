import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import pairwise_distances

from fidle_vae.evaluation.codes import (
    cluster_agreement,
    knn_accuracy,
    knn_accuracy_with_few,
    knn_accuracy_within,
    knn_classes_within,
    probe_accuracy,
)


@pytest.fixture
def blobs():
    """Training and test codes of three classes that overlap a little."""
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [3, 0], [0, 3.0]])
    labels, test_labels = rng.integers(0, 3, 600), rng.integers(0, 3, 400)
    return tuple(
        part
        for y in (labels, test_labels)
        for part in (centres[y] + rng.normal(size=(len(y), 2)), y)
    )


def test_knn_is_the_vote_of_the_five_nearest_codes(blobs):
    codes, labels, test_codes, test_labels = blobs
    nearest = np.argsort(pairwise_distances(test_codes, codes), axis=1)[:, :5]
    votes = [np.bincount(labels[row], minlength=3).argmax() for row in nearest]
    value, error = knn_accuracy(*blobs)
    assert value == np.mean(votes == test_labels)
    assert 0.8 < value < 0.98
    assert error == pytest.approx(np.sqrt(value * (1 - value) / 399), rel=0.01)


def test_knn_within_a_set_is_the_vote_of_the_five_nearest_others(blobs):
    codes, labels, *_ = blobs
    distances = pairwise_distances(codes)
    np.fill_diagonal(distances, np.inf)
    votes = [np.bincount(labels[row], minlength=3).argmax() for row in distances.argsort()[:, :5]]
    np.testing.assert_array_equal(knn_classes_within(codes, labels), votes)
    assert knn_accuracy_within(codes, labels).value == np.mean(votes == labels)


def test_knn_is_fit_on_training_codes_not_on_test_codes(blobs):
    codes, labels, test_codes, test_labels = blobs
    wrong = (labels + 1) % 3
    assert knn_accuracy(codes, wrong, test_codes, test_labels).value < 0.1


def test_knn_is_less_accurate_with_few_labels(blobs):
    few, more = (knn_accuracy_with_few(*blobs, count, draws=10) for count in (9, 300))
    assert few.value < more.value - 0.02
    assert more.value == pytest.approx(knn_accuracy(*blobs).value, abs=0.03)
    assert 0 < more.error < few.error < 0.05


def test_the_seed_decides_which_codes_have_a_label(blobs):
    first, again, other = (
        knn_accuracy_with_few(*blobs, 9, draws=3, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_linear_probe_separates_only_what_a_line_separates(blobs):
    assert probe_accuracy(*blobs).value > 0.85
    angle = np.random.default_rng(1).uniform(0, 2 * np.pi, 500)
    radius = np.repeat([1.0, 3.0], 250)
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    inside = (radius < 2).astype(int)
    assert probe_accuracy(rings, inside, rings, inside).value < 0.65
    assert knn_accuracy(rings, inside, rings, inside).value == 1


def test_the_probe_does_not_depend_on_the_scale_of_a_dimension(blobs):
    codes, labels, test_codes, test_labels = blobs
    scaled = probe_accuracy(codes * [1e-4, 1e3], labels, test_codes * [1e-4, 1e3], test_labels)
    assert scaled.value == pytest.approx(probe_accuracy(*blobs).value, abs=0.01)


def test_clusters_agree_with_separate_classes_and_not_with_random_ones():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 4, 800)
    apart = np.array([[0, 0], [9, 0], [0, 9], [9, 9.0]])[labels] + rng.normal(size=(800, 2))
    found = cluster_agreement(apart, labels)
    assert found["ari"].value == pytest.approx(1)
    assert found["nmi"].value == pytest.approx(1)
    mixed = cluster_agreement(rng.normal(size=(800, 2)), labels)
    assert abs(mixed["ari"].value) < 0.02
    assert mixed["nmi"].value < 0.02


def test_agreement_is_counted_by_pairs():
    """Two distant groups, one of two classes: both measures computed by hand."""
    codes = np.array([[0.0, 0], [0, 1], [50, 0], [50, 1], [50, 2], [90, 0]])
    labels = np.array([0, 0, 1, 1, 2, 2])
    clusters = np.array([0, 0, 1, 1, 1, 2])
    pairs = [(i, j) for i in range(6) for j in range(i)]
    both = sum(labels[i] == labels[j] and clusters[i] == clusters[j] for i, j in pairs)
    in_labels = sum(labels[i] == labels[j] for i, j in pairs)
    in_clusters = sum(clusters[i] == clusters[j] for i, j in pairs)
    by_chance = in_labels * in_clusters / len(pairs)
    expected = (both - by_chance) / ((in_labels + in_clusters) / 2 - by_chance)
    found = cluster_agreement(codes, labels)
    assert found["ari"].value == pytest.approx(expected)
    together = np.array([[2, 0, 0], [0, 2, 0], [0, 1, 1]]) / 6  # labels by clusters
    of_labels, of_clusters = (stats.entropy(together.sum(axis=axis)) for axis in (1, 0))
    information = of_labels + of_clusters - stats.entropy(together.ravel())
    nmi = information / ((of_labels + of_clusters) / 2)
    assert found["nmi"].value == pytest.approx(nmi)
    assert abs(nmi - expected) > 0.1
