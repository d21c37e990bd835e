import hashlib
from pathlib import Path

import numpy as np
import pytest

from fidle_vae import load_dataset
from fidle_vae.cli.main import main
from fidle_vae.data.dataset_sources import DATASETS, DatasetEntry, markdown_table
from fidle_vae.data.published_files import PublishedFiles
from tests.helpers.small_datasets import idx, write_archive

ROOT = Path(__file__).parents[2]


@pytest.fixture
def facades(machine, monkeypatch):
    """A dataset that is registered as one entry: pairs of a plan and a photo in colours.

    An image has more bytes than are read at a time.
    """
    rng = np.random.default_rng(0)
    arrays = {
        "plans": rng.integers(0, 256, (50, 75, 76), dtype=np.uint8),
        "photos": rng.integers(0, 256, (50, 75, 76, 3), dtype=np.uint8),
    }

    def load(found, scale, rng):
        from fidle_vae.data.loaders import choose_fraction, read_images

        chosen = choose_fraction(np.zeros(40), scale, rng)
        fields = {"source": "drawn here", "y_train": None, "y_test": None}
        for name, array in {"x": "plans", "target": "photos"}.items():
            fields[f"{name}_train"] = read_images(found.arrays[array], chosen)
            fields[f"{name}_test"] = read_images(found.arrays[array], np.arange(40, 50))
        return fields

    files = PublishedFiles(
        shapes={name: array.shape for name, array in arrays.items()},
        checksums={name: hashlib.sha256(idx(array)).hexdigest() for name, array in arrays.items()},
        archives=("facades.npz",),
    )
    entry = DatasetEntry("50 plans of houses, with photos", "nobody; CC0", load, files=files)
    monkeypatch.setitem(DATASETS, "facades", entry)
    write_archive(machine.data / "facades.npz", arrays)
    return arrays


def test_pairs_in_colours_load_by_their_name(facades):
    pairs = load_dataset("facades", 0.5)
    assert (pairs.name, pairs.source, pairs.classes) == ("facades", "drawn here", 0)
    assert (pairs.image_shape, pairs.target_shape) == ((75, 76, 1), (75, 76, 3))
    assert len(pairs.x_train) == len(pairs.target_train) == 20
    for x, target in zip(pairs.x_train, pairs.target_train, strict=True):
        (number,) = np.flatnonzero((facades["plans"] == np.rint(255 * x[..., 0])).all((1, 2)))
        np.testing.assert_array_equal(facades["photos"][number], np.rint(255 * target))
    np.testing.assert_array_equal(
        pairs.target_test, facades["photos"][40:].astype(np.float32) / np.float32(255)
    )
    contents = (pairs.x_train, pairs.x_test, pairs.target_train, pairs.target_test)
    expected = hashlib.sha256(b"".join(array.tobytes() for array in contents))
    assert pairs.digest == expected.hexdigest()
    with pytest.raises(ValueError, match="read-only"):
        pairs.target_test[0] = 0


def test_a_dataset_needs_no_published_files(monkeypatch):
    def load(found, scale, rng):
        assert found is None
        labels = np.array([0, 1])
        images = rng.random((2, 4, 4, 3), np.float32)
        return {
            "x_train": images,
            "y_train": labels,
            "x_test": images.copy(),
            "y_test": labels.copy(),
            "source": "a folder",
            "class_names": ("cat", "dog"),
        }

    monkeypatch.setitem(DATASETS, "own", DatasetEntry("2 photos", "mine", load))
    own = load_dataset("own")
    assert (own.name, own.source, own.image_shape) == ("own", "a folder", (4, 4, 3))
    assert own.class_names == ("cat", "dog")


def test_errors_help_and_the_table_list_what_is_registered(facades, capsys):
    with pytest.raises(
        ValueError,
        match="one of auto, mnist, digits, fashion_mnist, frey_faces, sheep, facades, "
        "or folder:PATH for your own pictures, got 'Facade': did you mean 'facades'",
    ):
        load_dataset("Facade")
    assert "| `facades` | 50 plans of houses, with photos | nobody; CC0 |" in markdown_table()
    for command in ("train", "explore", "morph", "evaluate", "data"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        text = " ".join(capsys.readouterr().out.split())
        assert "mnist, digits, fashion_mnist, frey_faces, sheep, facades" in text


@pytest.mark.parametrize("page", ["README.md", "data/README.md"])
def test_the_pages_have_the_table_of_the_datasets(page):
    assert markdown_table() in (ROOT / page).read_text(encoding="utf-8"), (
        f"{page} shall have this table:\n{markdown_table()}"
    )


def test_the_page_of_the_data_has_every_checksum_and_layout():
    text = (ROOT / "data/README.md").read_text(encoding="utf-8")
    for entry in (entry for entry in DATASETS.values() if entry.files):
        for checksum in entry.files.checksums.values():
            assert checksum in text
        for layout in entry.files.layouts:
            assert Path(layout).name in text


def test_the_registry_imports_nothing_heavy(run_python):
    loaded = run_python("import sys, fidle_vae.data.dataset_sources; print(*sys.modules)").split()
    assert not {"keras", "tensorflow", "jax", "torch", "sklearn", "scipy", "pooch"} & set(loaded)


def test_a_label_has_the_name_that_its_publisher_gives_it():
    names = DATASETS["fashion_mnist"].class_names  # the table of Zalando Research's README
    assert [names[label] for label in (0, 2, 4, 6)] == ["T-shirt/top", "Pullover", "Coat", "Shirt"]
    assert [names[label] for label in (1, 3, 8)] == ["Trouser", "Dress", "Bag"]
    assert [names[label] for label in (5, 7, 9)] == ["Sandal", "Sneaker", "Ankle boot"]
    for name in ("mnist", "digits"):
        assert list(map(int, DATASETS[name].class_names)) == list(range(10))
