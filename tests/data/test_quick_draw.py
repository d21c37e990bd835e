import hashlib

import numpy as np
import pytest

from fidle_vae import load_dataset
from fidle_vae.data.checked_array import DamagedFileError


@pytest.fixture
def sheep(machine):
    """Some drawings in a file on the machine."""
    drawings = np.random.default_rng(0).integers(0, 256, (205, 784), dtype=np.uint8)
    return write(machine, drawings)


def write(machine, drawings, folder="quick_draw"):
    path = machine.data / folder / "sheep.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, drawings)
    return drawings


def test_every_tenth_drawing_is_held_out(machine, sheep):
    data = load_dataset("sheep")
    images = sheep.reshape(-1, 28, 28, 1) / np.float32(255)
    np.testing.assert_array_equal(data.x_test, images[9::10])
    np.testing.assert_array_equal(data.x_train, np.delete(images, np.s_[9::10], axis=0))
    assert (data.y_train, data.y_test, data.classes) == (None, None, 0)
    assert data.x_train.dtype == np.float32
    assert data.source == str(machine.data / "quick_draw" / "sheep.npy")
    contents = data.x_train.tobytes() + data.x_test.tobytes()
    assert data.digest == hashlib.sha256(contents).hexdigest()


def test_a_fraction_is_chosen_by_the_seed_and_keeps_both_apart(sheep):
    data, again, other = (load_dataset("sheep", 0.5, seed) for seed in (1, 1, 2))
    assert (len(data.x_train), len(data.x_test)) == (92, 10)
    assert data.digest == again.digest != other.digest


def test_it_may_lie_in_the_folder_itself(machine):
    write(machine, np.zeros((20, 784), np.uint8), folder=".")
    assert len(load_dataset("sheep").x_train) == 18


def test_where_it_is_absent_this_is_said_and_nothing_is_downloaded(machine):
    with pytest.raises(FileNotFoundError, match=r"sheep.npy is in none of .*never downloaded"):
        load_dataset("sheep")


@pytest.mark.parametrize(
    ("drawings", "found"),
    [
        (np.zeros((20, 784), np.float32), "float32"),
        (np.zeros((20, 28, 28), np.uint8), r"shape \(20, 28, 28\)"),
        (np.zeros((20, 783), np.uint8), r"shape \(20, 783\)"),
        (np.zeros((9, 784), np.uint8), "only 9 drawings"),
    ],
)
def test_a_file_of_another_form_is_named(machine, drawings, found):
    write(machine, drawings)
    with pytest.raises(DamagedFileError, match=f"sheep.npy is damaged.*found .*{found}"):
        load_dataset("sheep")


def test_a_file_that_is_cut_off_is_named(machine, sheep):
    path = machine.data / "quick_draw" / "sheep.npy"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DamagedFileError, match="cannot be read"):
        load_dataset("sheep")
