"""Drawn pictures: a folder as a camera's might be, and the hues in it."""

import colorsys
import shutil

import numpy as np
import pytest
from PIL import Image

from fidle_vae.data import drawn_pictures as module
from fidle_vae.data import load_images, near_twins
from fidle_vae.data.drawn_pictures import SHAPES, draw_picture, draw_pictures, drawn_folder
from fidle_vae.data.hues import colored_part, hue_distance, hue_of
from fidle_vae.data.picture_files import unlike_files


@pytest.fixture
def own_place(tmp_path, monkeypatch):
    """A place of datasets of this test's own."""
    for name in ("data.drawn_pictures", "data.image_folder"):
        monkeypatch.setattr(f"fidle_vae.{name}.own_places", lambda: [tmp_path / "places"])
    return tmp_path / "places"


def read(path):
    """Return the pixels of a file as it is."""
    with Image.open(path) as picture:
        return np.asarray(picture)


def shapes_of(paths):
    return {read(path).shape for path in paths}


def pixels_of(folder):
    paths = sorted(folder.rglob("*-*.*"))
    return {path.relative_to(folder).as_posix(): read(path) for path in paths}


def test_the_same_seed_draws_the_same_pixels_and_a_smaller_count_the_first_ones(tmp_path):
    for name, count, seed in (("a", 20, 5), ("b", 20, 5), ("fewer", 8, 5), ("other", 20, 6)):
        draw_pictures(tmp_path / name, count, seed)
    first, again, fewer, other = (pixels_of(tmp_path / n) for n in ("a", "b", "fewer", "other"))
    assert len(first) == 20
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert set(fewer) < set(first)
    assert all(np.array_equal(first[name], fewer[name]) for name in fewer)
    assert not any(np.array_equal(first[name], other[name]) for name in first)


def test_a_folder_has_several_formats_and_sizes_and_files_that_are_left_out(own_place, tmp_path):
    draw_pictures(tmp_path / "mine", 30, 1)
    files = [path for path in (tmp_path / "mine").rglob("*") if path.suffix in (".png", ".jpg")]
    assert {path.suffix for path in files} == {".png", ".jpg"}
    assert len(shapes_of(path for path in files if path.stem != "damaged")) > 3
    data = load_images(tmp_path / "mine", (24, 24))
    assert data.class_names == tuple(SHAPES)
    assert len(data.x_train) + len(data.x_test) == 31
    assert sorted(each.split(":")[0] for each in data.left_out) == [
        "circle/damaged.png",
        "notes.txt",
    ]


def test_the_turned_picture_stands_upright_once_it_is_loaded(own_place, tmp_path):
    """The colour behind a shape changes from top to bottom, and in this file from left to right."""
    draw_pictures(tmp_path / "mine", 6, 1)
    lying = read(tmp_path / "mine" / "star" / "turned.jpg")
    assert lying.shape == (72, 108, 3)
    folder = tmp_path / "turned"
    folder.mkdir()
    for i in range(4):  # a folder needs some pictures
        shutil.copy(tmp_path / "mine" / "star" / "turned.jpg", folder / f"{i}.jpg")
    corners = [corners_of(lying / 255), corners_of(load_images(folder).x_test[0])]
    (top_left, top_right, bottom_left), (up_left, up_right, down_left) = corners
    assert np.abs(top_left - bottom_left).max() < 0.02 < np.abs(top_left - top_right).max()
    assert np.abs(up_left - up_right).max() < 0.02 < np.abs(up_left - down_left).max()


def corners_of(image):
    return [image[:3, :3].mean((0, 1)), image[:3, -3:].mean((0, 1)), image[-3:, :3].mean((0, 1))]


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_has_the_hue_that_was_asked_for_and_lies_in_the_middle(name):
    hues = np.linspace(0, 1, 9)[:-1]
    drawn = [draw_picture(name, np.random.default_rng(i), hue=hue) for i, hue in enumerate(hues)]
    images = np.stack([np.asarray(each, float) / 255 for each in drawn])
    assert hue_distance(hue_of(images), hues).max() < 0.06
    part = colored_part(images)
    assert 0.02 < part.mean(axis=(1, 2)).min() <= part.mean(axis=(1, 2)).max() < 0.6
    assert not part[:, [0, -1]].any()
    assert not part[:, :, [0, -1]].any()


def test_hues_are_those_of_the_standard_library_and_grey_has_none():
    hues = np.linspace(0, 1, 12, endpoint=False)
    colors = np.array([colorsys.hsv_to_rgb(hue, 1, 1) for hue in hues])
    images = np.broadcast_to(colors[:, None, None], (12, 4, 4, 3)).copy()
    assert hue_distance(hue_of(images), hues).max() < 0.02  # a hexagon there, a circle here
    images[:, :2] = 0.5
    assert hue_distance(hue_of(images), hues).max() < 0.02
    assert np.isnan(hue_of(np.full((2, 4, 4, 3), 0.7))).all()


def test_hues_are_averaged_on_their_circle():
    reds = np.array([colorsys.hsv_to_rgb(hue, 1, 1) for hue in (0.96, 0.04)])
    image = np.repeat(reds[None, :, None], 2, axis=2)
    assert hue_distance(hue_of(image), 0).item() < 0.01
    assert hue_distance([0.95, 0.25], [0.05, 0.75]).tolist() == pytest.approx([0.1, 0.5])


def test_drawn_pictures_are_drawn_once(own_place, monkeypatch):
    folder = drawn_folder(12, 3)
    assert folder.parent.parent == own_place
    monkeypatch.setattr(module, "draw_pictures", lambda *given: pytest.fail("drawn again"))
    assert drawn_folder(12, 3) == folder


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (1.5, 1), (10, -1)])
def test_a_wrong_number_is_an_error_before_anything_is_drawn(own_place, count, seed):
    with pytest.raises(ValueError, match="must be"):
        drawn_folder(count, seed)
    assert not own_place.exists()


def test_twins_are_nearer_to_their_pictures_than_other_pictures_are():
    rng = np.random.default_rng(0)
    drawn = [draw_picture(name, rng) for name in SHAPES for _ in range(5)]
    images = np.stack([np.asarray(each, np.float32) / 255 for each in drawn])
    twins = near_twins(images, 1)
    assert twins.dtype == np.float32
    assert 0 <= twins.min() < twins.max() <= 1
    apart = ((twins[:, None] - images) ** 2).mean(axis=(2, 3, 4))
    assert apart.argmin(axis=1).tolist() == list(range(30))
    assert (np.diag(apart) > 0).all()
    assert np.array_equal(twins, near_twins(images, 1))


def test_unlike_files_are_of_different_shapes_and_damaged_ones_are_passed_over(tmp_path):
    draw_pictures(tmp_path / "mine", 30, 1)
    found = unlike_files(tmp_path / "mine", 5)
    assert found[0].name == "turned.jpg"
    assert len(shapes_of(found)) == 5
    every = unlike_files(tmp_path / "mine", 100)
    assert len(every) == 31
