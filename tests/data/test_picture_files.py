"""Pictures of any kind become arrays of one size."""

import numpy as np
import pytest
from PIL import Image

from fidle_vae.data.picture_files import read_picture, read_pictures


def save(tmp_path, picture, name="picture.png", **options):
    picture.save(tmp_path / name, **options)
    return tmp_path / name


def halves(width, height, left, right, mode="RGB"):
    """Return a picture whose halves have two colours."""
    picture = Image.new(mode, (width, height), left)
    picture.paste(right, (width // 2, 0, width, height))
    return picture


def test_the_middle_of_a_picture_is_taken(tmp_path):
    picture = Image.new("RGB", (90, 30), "red")
    picture.paste("blue", (30, 0, 60, 30))
    found = read_picture(save(tmp_path, picture), (10, 10), 3)
    assert found.shape == (10, 10, 3)
    assert (found[:, 3:-3] == (0, 0, 255)).all()


def test_a_picture_is_turned_as_its_camera_noted(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown a quarter turned
    path = save(tmp_path, halves(40, 40, "red", "blue"), exif=exif)
    found = read_picture(path, (8, 8), 3)
    assert (found[0] == (255, 0, 0)).all()
    assert (found[-1] == (0, 0, 255)).all()


def test_what_is_transparent_is_white(tmp_path):
    path = save(tmp_path, halves(16, 16, (255, 0, 0, 255), (0, 0, 0, 0), "RGBA"))
    found = read_picture(path, (16, 16), 3)
    assert found[8, 2].tolist() == [255, 0, 0]
    assert found[8, 14].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "LA", "I;16", "F"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_pixel_is_read(tmp_path, mode, channels):
    if mode in ("I;16", "F"):
        array = np.linspace(0, 4000, 400).reshape(20, 20)
        picture = Image.fromarray(array.astype(np.uint16 if mode == "I;16" else np.float32))
    else:
        picture = halves(20, 20, "white", "black").convert(mode)
    suffix = {"CMYK": ".tif", "F": ".tif", "YCbCr": ".jpg"}.get(mode, ".png")
    found = read_picture(save(tmp_path, picture, f"picture{suffix}"), (10, 10), channels)
    assert found.dtype == np.uint8
    assert found.shape == (10, 10, channels)
    assert found.max() > 240
    assert found.min() < 15


def test_a_large_jpeg_is_read_at_a_part_of_its_size(tmp_path, monkeypatch):
    path = save(tmp_path, halves(1600, 1600, "white", "black", "L"), "picture.jpg")
    monkeypatch.setattr("fidle_vae.data.picture_files.MOST_PIXELS", 200 * 200)
    assert read_picture(path, (64, 64), 1).shape == (64, 64, 1)
    with pytest.raises(Image.DecompressionBombError, match="1600 x 1600 pixels"):
        read_picture(save(tmp_path, Image.open(path), "picture.png"), (64, 64), 1)


def test_pictures_come_in_the_order_of_their_files(tmp_path, monkeypatch):
    monkeypatch.setattr("fidle_vae.data.picture_files.AT_ONCE", 4)
    paths = [save(tmp_path, Image.new("L", (9, 9), i), f"{i:02d}.png") for i in range(11)]
    paths[5].write_text("none")
    found = list(read_pictures(paths, (8, 8), 1))
    assert found.pop(5) == "no picture"
    assert [each[0, 0, 0] for each in found] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]
