import numpy as np
import pytest
from PIL import Image

from fidle_vae.runs.image_sheets import read_sheet, write_sheet


@pytest.mark.parametrize("shape", [(1, 28, 28, 1), (7, 28, 20, 1), (23, 8, 8, 3)])
def test_images_are_read_back_to_the_nearest_of_256_levels(tmp_path, shape):
    images = np.random.default_rng(0).random(shape, dtype="float32")
    write_sheet(tmp_path / "sheet.png", images, columns=5)
    back = read_sheet(tmp_path / "sheet.png")
    assert back.dtype == np.float32
    assert back.shape == shape
    np.testing.assert_allclose(back, images, atol=0.5001 / 255)


def test_a_sheet_reads_left_to_right_then_down(tmp_path):
    images = np.zeros((5, 2, 3, 1))
    images[3] = 1  # of two rows of three, the first of the second row
    write_sheet(tmp_path / "sheet.png", images, columns=3)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (9, 4)
        assert np.asarray(sheet)[2:, :3].min() == 255
        assert np.asarray(sheet).sum() == 255 * 6


def test_values_outside_0_to_1_are_clipped_and_nan_is_black(tmp_path):
    write_sheet(tmp_path / "sheet.png", np.array([-0.2, 1.2, np.nan]).reshape(3, 1, 1, 1))
    np.testing.assert_array_equal(read_sheet(tmp_path / "sheet.png").ravel(), [0, 1, 0])


def test_another_png_raises(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "other.png")
    with pytest.raises(
        ValueError, match=r"other\.png is no sheet of images, or is damaged \(KeyError"
    ):
        read_sheet(tmp_path / "other.png")
