import numpy as np
import pytest
from scipy import stats

from fidle_vae.data import NoisyImages, add_noise

pytestmark = pytest.mark.core
X = np.random.default_rng(0).random((70, 5, 4, 1)).astype("float32")


def noise_of(data):
    batches = [data[i] for i in range(len(data))]
    return np.concatenate([noisy - clean for noisy, clean in batches])


def test_the_noise_is_normal_and_has_the_level_as_its_standard_deviation():
    x = np.full((200, 10, 10, 1), 0.3, "float32")
    noise = add_noise(x, 0.5, seed=1) - x
    assert stats.kstest(noise.ravel(), stats.norm(0, 0.5).cdf).pvalue > 1e-3
    assert noise.dtype == np.float32
    together = np.corrcoef(noise.reshape(200, 100), rowvar=False)
    assert np.abs(together - np.eye(100)).max() < 0.35  # each pixel has its own


def test_the_seed_decides_the_noise_and_the_images_stay_as_they_are():
    before = X.copy()
    np.testing.assert_array_equal(add_noise(X, 0.5, 1), add_noise(X, 0.5, 1))
    assert not np.array_equal(add_noise(X, 0.5, (1, 0)), add_noise(X, 0.5, (1, 1)))
    np.testing.assert_array_equal(add_noise(X, 0, 1), X)
    np.testing.assert_array_equal(X, before)


def test_each_image_gets_one_of_the_levels():
    x = np.zeros((300, 20, 20, 1), "float32")
    found = noise_of(NoisyImages(x, (0.2, 1.0), 32, seed=1)).std(axis=(1, 2, 3))
    low = np.abs(found / 0.2 - 1) < 0.2
    assert (low | (np.abs(found - 1) < 0.2)).all()
    assert 100 < low.sum() < 200


def test_the_answers_are_all_clean_images_each_once():
    data = NoisyImages(X, (0.5,), 32, seed=1)
    answers = np.concatenate([data[i][1] for i in range(len(data))])
    assert len(answers) == len(X)
    assert set(map(bytes, answers)) == set(map(bytes, X))


def test_noise_and_order_are_new_at_every_epoch_and_repeat_with_the_seed():
    first, again = (NoisyImages(X, (0.5,), 32, seed=1) for _ in range(2))
    of_first = noise_of(first)
    np.testing.assert_array_equal(of_first, noise_of(again))
    order = first[0][1]
    first.on_epoch_end()
    assert not np.array_equal(order, first[0][1])
    later = noise_of(first)
    assert not np.intersect1d(later, of_first).size > later.size / 100
    again.on_epoch_end()
    np.testing.assert_array_equal(later, noise_of(again))


@pytest.mark.parametrize("levels", [(), (0.5, -1)])
def test_levels_that_are_none_are_refused(levels):
    with pytest.raises(ValueError, match="levels must be numbers of 0 or more"):
        NoisyImages(X, levels, seed=1)
