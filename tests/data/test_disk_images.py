"""Images in a file behave as an array of those that are asked for."""

import numpy as np
import pytest

from fidle_vae.data.batches import ShuffledBatches
from fidle_vae.data.disk_images import DiskImages


@pytest.fixture
def images(tmp_path):
    """Return 20 images in memory, and 15 of them in a file."""
    pixels = np.random.default_rng(0).integers(0, 256, (20, 4, 5, 3), dtype=np.uint8)
    (tmp_path / "pictures.bin").write_bytes(pixels.tobytes())
    rows = np.r_[3:18]
    return (pixels / np.float32(255))[rows], DiskImages(tmp_path / "pictures.bin", (4, 5, 3), rows)


@pytest.mark.parametrize(
    "index",
    [2, -1, slice(None), slice(2, 9, 3), slice(5, 5), [4, 1, 1], np.array([0, 14]),
     np.arange(15) % 2 == 0],
    ids=str,
)  # fmt: skip
def test_an_index_gives_what_an_array_gives(images, index):
    here, there = images
    found = there[index]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, here[index])


def test_it_has_the_shape_of_an_array(images):
    here, there = images
    assert (len(there), there.shape, there.ndim) == (15, here.shape, 4)
    assert there.dtype == here.dtype


def test_an_index_beyond_the_images_raises(images):
    with pytest.raises(IndexError):
        images[1][15]


def test_batches_of_both_are_the_same(images):
    batches = [ShuffledBatches(each, 4, seed=3) for each in images]
    for ours, theirs in zip(*batches, strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])


def test_a_file_that_is_cut_off_raises_one_sentence(images):
    there = images[1]
    there.path.write_bytes(there.path.read_bytes()[:-200])
    assert len(there[:10]) == 10
    with pytest.raises(OSError, match=r"pictures\.bin ends before image 16: delete its folder"):
        there[:]
