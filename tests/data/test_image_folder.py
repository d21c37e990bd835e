"""A folder of one's own pictures is a dataset like any other."""

import json

import numpy as np
import pytest
from PIL import Image

from fidle_vae.data import image_folder
from fidle_vae.data.datasets import load_dataset, load_images, require_dataset
from fidle_vae.data.disk_images import DiskImages
from fidle_vae.data.image_folder import folder_of


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Return the folder in which pictures are kept."""
    monkeypatch.setattr(image_folder, "own_places", lambda: [tmp_path / "kept"])
    return tmp_path / "kept" / "folders"


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two classes, 20 pictures of one colour each."""
    for label, name in enumerate(("cats", "dogs")):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(20):
            colour = (10 * i, 255 * label, 0)
            Image.new("RGB", (30 + i, 20), colour).save(tmp_path / f"pictures/{name}/{i:02d}.png")
    return tmp_path / "pictures"


def test_pictures_are_images_with_the_classes_of_their_folders(folder):
    data = load_images(folder, (8, 12))
    assert data.image_shape == (8, 12, 3)
    assert (len(data.x_train), len(data.x_test)) == (36, 4)
    assert data.class_names == ("cats", "dogs")
    assert np.bincount(data.y_test).tolist() == [2, 2]
    assert data.x_train.dtype == np.float32
    np.testing.assert_array_equal(data.x_train[..., 1].mean(axis=(1, 2)), data.y_train)
    shades = np.unique(np.rint(255 * data.x_train[..., 0]))
    assert set(shades) <= set(range(0, 200, 10))
    assert not data.left_out


def test_pictures_beside_sub_folders_have_no_classes(folder):
    (folder / "cats" / "00.png").rename(folder / "00.png")
    data = load_images(folder, (8, 8))
    assert data.class_names == ()
    assert data.y_train is None


def test_what_is_no_picture_is_listed_and_left_out(folder, capsys, monkeypatch):
    whole = (folder / "cats" / "03.png").read_bytes()
    (folder / "cats" / "broken.png").write_bytes(whole[: len(whole) // 2])
    (folder / "cats" / "notes.txt").write_text("a cat")
    (folder / "dogs" / "empty.jpg").write_bytes(b"")
    (folder / "dogs" / ".hidden.png").write_bytes(whole)
    monkeypatch.setattr("fidle_vae.data.picture_files.MOST_PIXELS", 1000)
    Image.new("L", (40, 30)).save(folder / "dogs" / "large.png")
    data = load_images(folder, (8, 8))
    assert len(data.x_train) + len(data.x_test) == 40
    reasons = dict(line.split(": ", 1) for line in data.left_out)
    assert reasons.pop("cats/broken.png").startswith("damaged (")
    assert reasons == {
        "cats/notes.txt": "no picture",
        "dogs/empty.jpg": "empty",
        "dogs/large.png": "too large (40 x 30 pixels, more than 1,000)",
    }
    assert "Of 44 files" in (printed := capsys.readouterr().out)
    assert "4 are left out (cats/broken.png" in printed


def test_pictures_are_read_once_and_anew_if_a_file_changes(folder, monkeypatch):
    first = load_images(folder, (8, 8))
    with monkeypatch.context() as patch:
        patch.setattr(image_folder, "read_pictures", lambda *_: pytest.fail("read again"))
        assert load_images(folder, (8, 8)).digest == first.digest
    Image.new("RGB", (30, 20), (0, 0, 255)).save(folder / "dogs" / "00.png")
    assert load_images(folder, (8, 8)).digest != first.digest


def test_damaged_files_of_kept_pictures_are_made_anew(folder, places):
    first = load_images(folder, (8, 8))
    kept = next(places.iterdir())
    for damaged in (b"", b"[]", b"{}", b'{"listing": 3}', b"\xff"):
        (kept / "index.json").write_bytes(damaged)
        assert load_images(folder, (8, 8)).digest == first.digest
    (kept / "pictures.bin").unlink()
    assert load_images(folder, (8, 8)).digest == first.digest
    (kept / "pictures.bin").write_bytes(bytes(1000))
    assert load_images(folder, (8, 8)).digest == first.digest


def test_images_that_would_fill_the_memory_stay_on_disk_and_are_the_same(folder):
    there, here = load_images(folder, (8, 8), memory=0), load_images(folder, (8, 8))
    assert isinstance(there.x_train, DiskImages)
    assert isinstance(there.x_test, np.ndarray)
    assert there.x_train.shape == here.x_train.shape
    assert there.digest == here.digest
    np.testing.assert_array_equal(there.x_train[:], here.x_train)


def test_held_out_images_are_the_same_for_all_seeds_and_a_fraction_is_part_of_all(folder):
    whole, part = load_images(folder, (8, 8)), load_images(folder, (8, 8), scale=0.5, seed=4)
    other = load_images(folder, (8, 8), seed=9)
    np.testing.assert_array_equal(whole.x_test, other.x_test)
    assert len(part.x_train) == 18
    assert {x.tobytes() for x in part.x_train} <= {x.tobytes() for x in whole.x_train}
    assert not {x.tobytes() for x in whole.x_train} & {x.tobytes() for x in whole.x_test}


def test_no_more_are_held_out_than_are_of_use(folder, monkeypatch):
    monkeypatch.setattr(image_folder, "MOST_HELD_OUT", 3)
    data = load_images(folder, (8, 8))
    assert (len(data.x_train), len(data.x_test)) == (37, 3)


def test_a_name_means_the_same_as_the_arguments(folder):
    named = load_dataset(f"folder:{folder},size=8x12,channels=1", scale=0.5)
    called = load_images(folder, (8, 12), 1, scale=0.5)
    assert named.name == called.name == f"folder:{folder},size=8x12,channels=1"
    np.testing.assert_array_equal(named.x_train, called.x_train)
    assert folder_of(f"folder:{folder},size=32").size == (32, 32)
    assert folder_of(f"folder:{folder}").name == f"folder:{folder}"


def test_the_name_of_a_folder_may_hold_commas_and_equal_signs(tmp_path):
    odd = tmp_path / "a,b=c,size=large,"
    odd.mkdir()
    assert folder_of(f"folder:{odd}").path == odd
    assert folder_of(f"folder:{odd},channels=1")[::2] == (odd, 1)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("folder:nowhere", r"folder .*nowhere of pictures is not there: give one as folder:PATH"),
        ("folder:{},size=4x4", r"size must be rows and columns, each from 8 to 512, got \[4, 4\]"),
        ("folder:{},size=8x8x8", r"size must be rows and columns, each from 8 to 512"),
        ("folder:{},size=big", r"size must be rows and columns, .*got \['big', 'big'\]"),
        ("folder:{},channels=2", r"channels must be 3, for colours, or 1, for grey, got 2"),
        ("folder:{},channels=x", r"channels must be 3, for colours, or 1, for grey, got 'x'"),
        ("folders:{}", r"or folder:PATH for your own pictures, got"),
    ],
)
def test_a_wrong_name_raises_one_sentence_before_any_file_is_read(folder, name, sentence):
    with pytest.raises(ValueError, match=sentence):
        require_dataset(name.format(folder))


@pytest.mark.parametrize("scale", [0, 2, "all"])
def test_a_wrong_scale_raises_before_any_file_is_read(folder, monkeypatch, scale):
    monkeypatch.setattr(image_folder, "read_pictures", lambda *_: pytest.fail("read"))
    with pytest.raises(ValueError, match=r"scale must be a number in \(0, 1\]"):
        load_images(folder, scale=scale)


def test_a_folder_without_enough_pictures_raises_one_sentence(tmp_path):
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "list.txt").write_text("none")
    with pytest.raises(
        ValueError, match=r"must hold 4 pictures or more, got 0, 1 are left out \(list.txt: no"
    ):
        load_images(tmp_path / "few")


def test_labels_are_required_where_they_are_needed(folder):
    assert load_dataset(f"folder:{folder}", labelled=True).classes == 2
    with pytest.raises(ValueError, match="has no labels, which are needed here: put the pictures"):
        load_dataset(f"folder:{folder / 'cats'}", labelled=True)


def test_nothing_is_kept_of_a_reading_that_failed(folder, places, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(image_folder, "read_pictures", full)
    with pytest.raises(OSError, match=r"cannot be kept anywhere: .*the disk is full"):
        load_images(folder)
    assert not list(places.iterdir())


@pytest.fixture
def celeba(tmp_path):
    """Return a folder as CelebA is distributed, with 12 pictures."""
    root = tmp_path / "celeba"
    (root / "Img" / "img_align_celeba").mkdir(parents=True)
    (root / "Anno").mkdir()
    (root / "Eval").mkdir()
    lines, parts = ["12", "Bald Smiling"], []
    for i in range(1, 13):
        smiles = i % 3 == 0
        picture = Image.new("RGB", (178, 218), (255 * smiles, 0, 10 * i))
        picture.save(root / "Img" / "img_align_celeba" / f"{i:06d}.jpg", quality=95)
        lines.append(f"{i:06d}.jpg -1 {'  1' if smiles else ' -1'}")
        parts.append(f"{i:06d}.jpg {2 if i > 9 else i > 7:d}")
    (root / "Anno" / "list_attr_celeba.txt").write_text("\n".join(lines))
    (root / "Eval" / "list_eval_partition.txt").write_text("\n".join(parts))
    return root


def test_celeba_as_it_is_distributed_has_its_attributes_and_its_test_set(celeba):
    data = load_dataset(f"folder:{celeba},size=16x16,attribute=Smiling")
    assert data.class_names == ("not Smiling", "Smiling")
    assert (len(data.x_train), data.y_train.sum(), data.y_test.tolist()) == (9, 3, [0, 0, 1])
    np.testing.assert_allclose(data.x_train[:, 8, 8, 0], data.y_train, atol=0.03)
    assert not data.left_out
    plain = load_images(celeba / "Img" / "img_align_celeba")
    assert plain.class_names == ()


def test_an_attribute_that_is_not_there_raises_one_sentence(celeba, folder):
    with pytest.raises(ValueError, match=r"attribute must be one of Bald, Smiling, .*got 'Smile'"):
        load_images(celeba, attribute="Smile")
    with pytest.raises(ValueError, match=r"attribute is .Smiling., but .* has no list_attr"):
        load_images(folder, attribute="Smiling")
    path = celeba / "Anno" / "list_attr_celeba.txt"
    path.write_text("\n".join(path.read_text().splitlines()[:-2]))
    with pytest.raises(ValueError, match=r"no line for 2 of 12 pictures, such as 000011\.jpg"):
        load_images(celeba, attribute="Smiling")


def test_the_index_names_the_pictures_in_their_order(folder, places):
    load_images(folder, (8, 8))
    index = json.loads((next(places.iterdir()) / "index.json").read_text())
    assert index["names"] == [f"{c}/{i:02d}.png" for c in ("cats", "dogs") for i in range(20)]


def test_a_folder_is_looked_for_where_the_command_runs(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert folder_of(f"folder:{folder.name}").path == folder
