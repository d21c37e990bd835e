from itertools import combinations

import numpy as np
import pytest
from keras import ops
from scipy import stats

from fidle_vae.data.binarization import BinarizedImages, binarize
from fidle_vae.models.losses import gaussian_kl

pytestmark = pytest.mark.core


def batches_of(data):
    return [data[i][0] for i in range(len(data))]


def named_images(n):
    """Images of zeros and ones, which no draw changes: the number of each stands in its pixels."""
    bits = (np.arange(n)[:, None] >> np.arange(16)) & 1
    return bits.reshape(n, 4, 4, 1).astype("float32")


def numbers_of(images):
    return images.reshape(len(images), 16).astype(int) @ (1 << np.arange(16))


def test_a_pixel_is_one_as_often_as_its_grey_level_says():
    levels = np.array([0.02, 0.3, 0.5, 0.77, 0.98])
    drawn = binarize(np.tile(levels, (20_000, 1)), seed=1)
    ones = drawn.sum(axis=0)
    for count, level in zip(ones, levels, strict=True):
        assert stats.binomtest(int(count), 20_000, level).pvalue > 1e-3
    assert set(np.unique(drawn)) == {0, 1}
    together = np.corrcoef(drawn, rowvar=False)  # each pixel is drawn for itself
    assert np.abs(together - np.eye(5)).max() < 0.04


def test_black_and_white_pixels_stay_what_they_are():
    x = np.random.default_rng(0).integers(0, 2, (100, 9, 7, 1)).astype("float32")
    np.testing.assert_array_equal(binarize(x, seed=2), x)


def test_the_seed_decides_the_draw(images):
    first, again, other = (binarize(images, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(binarize(images, (1, 0)), binarize(images, (1, 1)))
    assert first.dtype == np.float32
    assert first.shape == images.shape


def test_the_images_themselves_are_left_alone(images):
    before = images.copy()
    images.flags.writeable = False
    binarize(images, seed=1)
    batches_of(BinarizedImages(images, 32, seed=1))
    np.testing.assert_array_equal(images, before)


def test_an_epoch_has_each_image_once_and_ends_with_a_smaller_batch():
    data = BinarizedImages(named_images(70), 32, seed=3)
    assert len(data) == 3
    assert [len(batch) for batch in batches_of(data)] == [32, 32, 6]
    for _ in range(2):
        assert sorted(numbers_of(np.concatenate(batches_of(data)))) == list(range(70))
        data.on_epoch_end()


def test_each_epoch_has_another_order():
    data = BinarizedImages(named_images(70), 32, seed=3)
    orders = []
    for _ in range(4):
        orders.append(tuple(numbers_of(np.concatenate(batches_of(data)))))
        data.on_epoch_end()
    assert len({*orders, tuple(range(70))}) == 5


def test_each_epoch_and_each_batch_draws_anew():
    grey = np.full((64, 4, 4, 1), 0.5, "float32")
    data = BinarizedImages(grey, 32, seed=4)
    first = batches_of(data)
    data.on_epoch_end()
    second = batches_of(data)
    drawn = [*first, *second]
    for i, a in enumerate(drawn):
        for b in drawn[:i]:
            assert 0.3 < np.mean(a == b) < 0.7


@pytest.mark.parametrize(
    "x", [named_images(70), np.full((70, 4, 4, 1), 0.5, "float32")], ids=["order", "draws"]
)
def test_the_seed_decides_the_order_and_the_draws_of_all_epochs(x):
    def epochs(seed):
        data = BinarizedImages(x, 32, seed=seed)
        first = batches_of(data)
        data.on_epoch_end()
        return np.concatenate([*first, *batches_of(data)])

    np.testing.assert_array_equal(epochs(5), epochs(5))
    assert not np.array_equal(epochs(5), epochs(6))


def test_a_training_sees_the_draws_of_each_epoch(make_vae, images):
    """The KL has no noise: where nothing is learnt, it shows which images were seen."""
    vae = make_vae(learning_rate=0.0)
    same = BinarizedImages(images, 32, seed=6)
    expected = []
    for _ in range(4):
        kl = gaussian_kl(*vae.encode(np.concatenate(batches_of(same))))
        expected.append(ops.convert_to_numpy(kl).mean())
        same.on_epoch_end()
    assert min(abs(np.log(a / b)) for a, b in combinations(expected, 2)) > 1e-4

    for workers in (1, 2):
        data = BinarizedImages(images, 32, seed=6, workers=workers)
        history = vae.fit(data, epochs=3, validation_data=images, verbose=0).history
        found = history["kl_loss"]
        # Keras calls on_epoch_end before the first epoch too, which is then the object's second
        first = 0 if found[0] == pytest.approx(expected[0], rel=1e-5) else 1
        assert found == pytest.approx(expected[first : first + 3], rel=1e-5)
        assert np.ptp(history["val_kl_loss"]) < 1e-6  # held-out images are those that were given


@pytest.mark.parametrize(
    ("batch_size", "seed", "sentence"),
    [
        (0, 1, "batch_size must be an integer of 1 or more; got 0: try 64."),
        (1.5, 1, "batch_size must be an integer of 1 or more; got 1.5: try 64."),
        (32, -1, "seed must be an integer from 0 to"),
    ],
)
def test_a_bad_argument_is_refused(images, batch_size, seed, sentence):
    with pytest.raises(ValueError, match=sentence):
        BinarizedImages(images, batch_size, seed=seed)
