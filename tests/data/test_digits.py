import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import Bunch

from fidle_vae.data import digits


def make(train, test):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digits, "TRAIN", train)
        patch.setattr(digits, "TEST", test)
        return {name: np.concatenate(list(blocks)) for name, blocks in digits.make_digits()}


@pytest.fixture(scope="module")
def made():
    return make(train=6000, test=1000)


def test_they_are_images_and_labels_like_mnists(made):
    assert {name: (array.shape, array.dtype.name) for name, array in made.items()} == {
        "x_train": ((6000, 28, 28), "uint8"),
        "y_train": ((6000,), "uint8"),
        "x_test": ((1000, 28, 28), "uint8"),
        "y_test": ((1000,), "uint8"),
    }


def test_there_are_as_many_of_each_digit_in_shuffled_order(made):
    for labels in (made["y_train"], made["y_test"]):
        np.testing.assert_array_equal(np.bincount(labels), len(labels) // 10)
        assert len(np.unique(labels[:60])) == 10


def test_no_scan_is_both_in_train_and_in_test():
    target = load_digits().target
    chosen = digits._choose_scans(target)
    train, test = set(chosen["train"]), set(chosen["test"])
    assert not train & test
    assert train | test == set(range(len(target)))
    assert len(chosen["train"]) == 60_000
    assert len(chosen["test"]) == 10_000


def test_the_outlines_hold_the_ink_that_was_counted():
    scans = load_digits().images[:200]
    ink = digits._recover_outlines(scans)
    counted = 16 * ink.reshape(200, 12, 6, 12, 6).mean((2, 4))[:, 2:-2, 2:-2]
    assert abs(counted - scans).mean() < 0.4
    assert np.quantile(abs(counted - scans), 0.99) < 3


def test_they_are_the_same_on_every_run(monkeypatch):
    scans = load_digits()
    few = Bunch(images=scans.images[:100], target=scans.target[:100])
    monkeypatch.setattr("sklearn.datasets.load_digits", lambda: few)
    first, again = make(train=1000, test=500), make(train=1000, test=500)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])


def test_no_two_images_are_the_same(made):
    assert len(np.unique(made["x_train"].reshape(6000, -1), axis=0)) == 6000


def test_they_look_like_mnist(made):
    """The bounds lie around the figures of MNIST's training images, which stand on the right."""
    grey = made["x_train"] / 255
    assert 0.12 < grey.mean() < 0.14  # 0.131
    assert 0.12 < (grey > 0.5).mean() < 0.145  # 0.132
    assert 0.78 < (grey == 0).mean() < 0.83  # 0.809
    assert grey.max() == 1
    assert (grey[:, [0, -1]] > 0).mean() < 0.001  # black at the border
    mass = grey.sum((1, 2))
    at = np.arange(28)
    assert abs((grey.sum(2) @ at / mass).mean() - 14) < 0.15  # centred by mass
    assert abs((grey.sum(1) @ at / mass).mean() - 14) < 0.15
    heights = (grey > 0.1).any(2).sum(1)
    assert 19 < heights.mean() < 21  # 19.7


def test_a_nearest_neighbour_tells_them_apart(made):
    flat = {name: array.reshape(len(array), -1) for name, array in made.items()}
    judge = KNeighborsClassifier(1).fit(flat["x_train"], made["y_train"])
    assert judge.score(flat["x_test"], made["y_test"]) > 0.9
