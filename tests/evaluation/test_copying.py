import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from fidle_vae.data.datasets import load_dataset
from fidle_vae.evaluation.copying import copied_share, nearest_images

TRAIN, HELD_OUT = 3000, 600


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", scale=0.1)


@pytest.fixture(scope="module")
def train(digits):
    return digits.x_train[:TRAIN]


@pytest.fixture(scope="module")
def held_out(digits):
    return digits.x_train[TRAIN : TRAIN + HELD_OUT]


@pytest.fixture(scope="module")
def unseen(digits):
    return digits.x_train[TRAIN + HELD_OUT :]


def test_the_nearest_images_are_those_of_all_differences(train, unseen):
    some, drawn = train[:300], unseen[:20]
    distances = np.sqrt(((drawn[:, None].astype(float) - some) ** 2).mean(axis=(2, 3, 4)))
    found = nearest_images(drawn, some, count=4)
    np.testing.assert_array_equal(found.indices, distances.argsort(axis=1)[:, :4])
    np.testing.assert_allclose(found.distances, np.sort(distances, axis=1)[:, :4], rtol=1e-6)


def test_a_copy_is_found_at_distance_0_and_a_brighter_one_at_the_difference(train):
    found = nearest_images(train[[7, 3]] + np.reshape([0, 0.01], (2, 1, 1, 1)), train)
    assert found.indices.tolist() == [[7], [3]]
    assert found.distances[0, 0] == 0
    assert found.distances[1, 0] == pytest.approx(0.01, rel=1e-3)


def test_bytes_do_not_wrap_around():
    black, grey = (np.full((1, 2, 2, 1), level, "uint8") for level in (0, 200))
    assert nearest_images(black, grey).distances == [[200]]


def test_copies_are_called_copies_with_a_little_noise_or_blur_too(train, held_out):
    copies = train[-300:]
    noise = 0.1 * np.random.default_rng(0).standard_normal(copies.shape)
    assert copied_share(copies, train, held_out) == 1
    assert copied_share(copies + noise, train, held_out) > 0.9
    assert copied_share(gaussian_filter(copies, (0, 0.7, 0.7, 0)), train, held_out) > 0.9


def test_of_unseen_images_one_in_twenty_is_called_a_copy(train, held_out, unseen):
    assert copied_share(unseen, train, held_out) == pytest.approx(0.05, abs=0.025)


def test_a_few_copies_among_many_draws_are_counted(train, held_out, unseen):
    drawn = np.concatenate([train[:300], unseen[:700]])
    assert copied_share(drawn, train, held_out) == pytest.approx(0.3 + 0.7 * 0.05, abs=0.03)


def test_simple_images_are_no_copies_though_they_lie_near_many(digits, train, held_out, unseen):
    """Ones are: by their distance alone, they would be called copies."""
    ones = unseen[digits.y_train[TRAIN + HELD_OUT :] == 1]
    near, usual = (nearest_images(each, train).distances for each in (ones, held_out))
    assert np.mean(near < np.quantile(usual, 0.05)) > 0.3
    assert copied_share(ones, train, held_out) < 0.15


def test_a_draw_is_compared_with_similar_unseen_images():
    """Grey ones lie on a line, whose nearest points vary more than those of noise in 16 pixels."""
    rng = np.random.default_rng(0)

    def grey(n):
        return np.broadcast_to(rng.uniform(2, 3, (n, 1, 1, 1)), (n, 4, 4, 1))

    def mixed(n):
        return np.concatenate([grey(n // 10), rng.random((n - n // 10, 4, 4, 1))])

    assert copied_share(grey(1000), mixed(3000), mixed(1000)) == pytest.approx(0.05, abs=0.04)


def test_blur_makes_no_copy(train, held_out, unseen):
    blurred = gaussian_filter(unseen[:600], (0, 1, 1, 0))
    assert copied_share(blurred, train, held_out) < 0.05
    assert copied_share(train.mean(axis=0, keepdims=True), train, held_out) == 0


def test_copies_of_held_out_images_are_no_copies_of_training_images(train, held_out):
    assert copied_share(held_out, train, held_out) == 0


def test_copies_are_found_although_some_images_are_in_both_sets_or_twice_in_one(train, held_out):
    held_out = np.concatenate([held_out, train[:100], held_out[:50]])
    assert copied_share(train[200:300], train, held_out) == 1
    assert copied_share(train[:100], train, held_out) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"drawn": (3, 4, 4)}, r"drawn and train must .* \(3, 4, 4\) and \(2, 4, 4, 1\): draw"),
        ({"count": 0}, "count must be an integer of 1 or more; got 0: try 1"),
        ({"count": 3}, "count must be at most 2, .* got 3: ask for fewer"),
    ],
)
def test_what_has_no_nearest_image_raises(arguments, says):
    sizes = {"drawn": (3, 4, 4, 1), "train": (2, 4, 4, 1), "count": 1} | arguments
    with pytest.raises(ValueError, match=says):
        nearest_images(np.zeros(sizes["drawn"]), np.zeros(sizes["train"]), sizes["count"])


def test_too_few_held_out_images_raise(train):
    says = "held_out must hold more than 19 images, .* got 19: pass some hundreds"
    with pytest.raises(ValueError, match=says):
        copied_share(train, train, train[:19])
