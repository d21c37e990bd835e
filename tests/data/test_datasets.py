import hashlib
import tracemalloc
import warnings

import numpy as np
import pytest

import fidle_vae
from fidle_vae import load_dataset, load_mnist
from fidle_vae.data import datasets
from fidle_vae.data.checked_array import DamagedFileError
from tests.helpers.small_datasets import FILES, write_archive, write_folder


@pytest.fixture
def mnist(machine):
    """The arrays of a small MNIST that is on the machine."""
    arrays = machine.publish()
    write_folder(machine.data / "mnist", arrays)
    return arrays


@pytest.fixture
def film(machine):
    arrays = {"images": np.random.default_rng(0).integers(0, 256, (405, 28, 20), dtype=np.uint8)}
    machine.pin("frey_faces", arrays)
    write_archive(machine.data / "frey_faces" / "frey_faces.npz", arrays)
    return arrays["images"]


def numbers_of(images, among):
    """The number of each image among the originals, which are all different."""
    number = {image.tobytes(): i for i, image in enumerate(among)}
    return [number[np.rint(255 * image).astype(np.uint8).tobytes()] for image in images]


def test_the_whole_set_is_the_original_divided_by_255(machine, mnist):
    loaded = load_mnist()
    for split in ("train", "test"):
        images, labels = getattr(loaded, f"x_{split}"), getattr(loaded, f"y_{split}")
        expected = mnist[f"x_{split}"].astype(np.float32)[..., None] / np.float32(255)
        np.testing.assert_array_equal(images, expected)
        np.testing.assert_array_equal(labels, mnist[f"y_{split}"])
        assert (images.dtype, labels.dtype) == (np.float32, np.int64)
        assert images.flags.c_contiguous
    assert loaded.name == "mnist"
    assert loaded.source == str(machine.data / "mnist")
    assert loaded.class_names == tuple("0123456789")


@pytest.mark.parametrize("scale", [1, 0.3])
def test_the_digest_names_the_bytes_that_are_returned(mnist, scale):
    loaded = load_mnist(scale)
    contents = b"".join(array.tobytes() for array in loaded[:4])
    assert loaded.digest == hashlib.sha256(contents).hexdigest()


def test_a_dataset_cannot_be_changed(mnist):
    loaded = load_mnist(0.1)
    with pytest.raises(AttributeError):
        loaded.name = "other"
    for array in loaded[:4]:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_keras_trains_on_read_only_arrays_without_a_warning(mnist):
    import keras

    loaded = load_mnist()
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.fit(loaded.x_train, loaded.y_train, verbose=0)
        model.predict(loaded.x_test, verbose=0)


@pytest.mark.parametrize("scale", [0.01, 0.1, 0.77])
def test_a_fraction_keeps_the_share_of_each_class_within_one_image(mnist, scale):
    loaded = load_mnist(scale)
    for split in ("train", "test"):
        images, labels = getattr(loaded, f"x_{split}"), getattr(loaded, f"y_{split}")
        original = mnist[f"y_{split}"]
        assert len(images) == len(labels) == round(scale * len(original))
        share = scale * np.bincount(original, minlength=10)
        assert abs(np.bincount(labels, minlength=10) - share).max() <= 1


def test_a_fraction_keeps_images_labels_and_order_together(mnist):
    loaded = load_mnist(0.2)
    for split in ("train", "test"):
        numbers = numbers_of(getattr(loaded, f"x_{split}"), mnist[f"x_{split}"])
        assert numbers == sorted(numbers)
        labels = mnist[f"y_{split}"][numbers]
        np.testing.assert_array_equal(getattr(loaded, f"y_{split}"), labels)


def test_a_smaller_fraction_is_a_part_of_a_larger_one(mnist):
    chosen = [set(numbers_of(load_mnist(s).x_train, mnist["x_train"])) for s in (0.1, 0.2, 0.9)]
    assert chosen[0] < chosen[1] < chosen[2]


def test_the_seed_chooses_the_fraction_and_nothing_else_does(mnist):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (load_mnist(0.2, seed).digest for seed in (1, 1, 2))
    assert first == again != other
    assert load_mnist(1, 1).digest == load_mnist(1, 2).digest
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_the_least_fraction_is_one_image(mnist):
    loaded = load_mnist(1e-9)
    assert loaded.x_train.shape == loaded.x_test.shape == (1, 28, 28, 1)


def test_a_fraction_of_a_damaged_file_is_refused_too(machine, mnist):
    path = machine.data / "mnist" / f"{FILES['x_train']}.gz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DamagedFileError, match=path.name):
        load_mnist(0.01)


def test_a_film_is_held_out_in_whole_blocks(film):
    loaded = load_dataset("frey_faces")
    assert loaded.x_train.shape[1:] == (28, 20, 1)
    test, train = numbers_of(loaded.x_test, film), numbers_of(loaded.x_train, film)
    assert test == [*range(180, 200), *range(380, 400)]
    assert sorted(train + test) == list(range(405))
    assert loaded.y_train is loaded.y_test is None
    assert loaded.class_names == ()
    contents = loaded.x_train.tobytes() + loaded.x_test.tobytes()
    assert loaded.digest == hashlib.sha256(contents).hexdigest()


def test_a_fraction_of_a_film_keeps_train_and_test_apart(film):
    loaded = load_dataset("frey_faces", 0.5)
    assert (len(loaded.x_train), len(loaded.x_test)) == (182, 20)
    assert {n // 20 for n in numbers_of(loaded.x_test, film)} <= {9, 19}
    assert not {n // 20 for n in numbers_of(loaded.x_train, film)} & {9, 19}


def test_auto_is_mnist_where_it_can_be_had(machine, mnist, capsys):
    loaded = load_dataset("auto", 0.1)
    assert loaded.name == "mnist"
    assert loaded.digest == load_mnist(0.1).digest
    (line,) = capsys.readouterr().out.splitlines()
    assert "mnist" in line
    assert str(machine.data) not in line  # lines like this are projected
    assert str(machine.data) in loaded.source


def test_auto_is_the_digits_otherwise(machine, capsys):
    arrays = machine.publish("digits")
    for _ in range(2):  # it says so every time
        loaded = load_dataset("auto")
        assert loaded.name == "digits"
        assert loaded.source.startswith("made from scikit-learn's digits")
        (line,) = capsys.readouterr().out.splitlines()
        assert "digits" in line
        assert "MNIST is not on this machine" in line
    np.testing.assert_array_equal(loaded.y_test, arrays["y_test"])


def test_auto_never_passes_over_a_damaged_mnist(machine, mnist):
    path = machine.data / "mnist" / f"{FILES['x_train']}.gz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DamagedFileError, match=path.name):
        load_dataset("auto")
    path.unlink()
    with pytest.raises(DamagedFileError, match="incomplete"):
        load_dataset("auto")


def test_only_auto_prints(mnist, capsys):
    load_mnist(0.1)
    assert capsys.readouterr() == ("", "")


BAD = [
    *(("scale", value) for value in (0, 1.5, "abc", float("nan"), True)),
    *(("seed", value) for value in (-1, 2**32)),
    *(("name", value) for value in ("minst", "", None, ["mnist"])),
]


@pytest.mark.parametrize(("parameter", "value"), BAD)
def test_a_bad_argument_is_refused_before_any_file_is_touched(monkeypatch, parameter, value):
    monkeypatch.delattr(datasets, "fetch")
    arguments = {"name": "mnist"} | {parameter: value}
    with pytest.raises(ValueError, match=rf"^(dataset )?{parameter} must be .*, got ") as caught:
        load_dataset(**arguments)
    assert repr(value) in str(caught.value)


def test_numbers_of_numpy_are_good_arguments(mnist):
    loaded = load_mnist(np.float32(0.5), np.int64(3))
    assert loaded.digest == load_mnist(0.5, 3).digest


def test_loading_holds_at_most_1_3_times_what_it_returns(machine):
    """At a size where it matters; what the images show does not."""
    arrays = {
        "x_train": np.zeros((20_000, 28, 28), np.uint8),
        "y_train": np.arange(20_000, dtype=np.uint8) % 10,
        "x_test": np.zeros((4_000, 28, 28), np.uint8),
        "y_test": np.arange(4_000, dtype=np.uint8) % 10,
    }
    machine.pin("mnist", arrays)
    write_folder(machine.data / "mnist", arrays)
    del arrays
    load_mnist(0.01)  # what is imported on the way counts for nothing
    for scale in (1, 0.05):
        tracemalloc.start()
        loaded = load_mnist(scale)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert 1 <= peak / sum(array.nbytes for array in loaded[:4]) < 1.3


def test_the_digits_are_as_many_as_mnist():
    loaded = load_dataset("digits")
    assert loaded.x_train.shape == (60_000, 28, 28, 1)
    assert loaded.x_test.shape == (10_000, 28, 28, 1)
    np.testing.assert_array_equal(np.bincount(loaded.y_train), 6000)
    np.testing.assert_array_equal(np.bincount(loaded.y_test), 1000)


def test_a_dataset_says_what_its_images_and_classes_are(mnist, film):
    labelled, faces = load_mnist(0.1), load_dataset("frey_faces")
    assert (labelled.image_shape, labelled.target_shape) == ((28, 28, 1), (28, 28, 1))
    assert faces.image_shape == (28, 20, 1)
    assert (labelled.classes, faces.classes) == (10, 0)
    assert labelled.target_train is labelled.target_test is None


def test_the_package_offers_the_loaders():
    assert fidle_vae.load_mnist is load_mnist
    assert fidle_vae.load_dataset is datasets.load_dataset


def test_where_labels_are_needed_a_film_is_an_error_before_any_work(monkeypatch):
    monkeypatch.setattr("fidle_vae.data.datasets._fetch", pytest.fail)
    words = "dataset frey_faces has no labels.*: take mnist, digits, fashion_mnist"
    with pytest.raises(ValueError, match=words):
        load_dataset("frey_faces", labelled=True)


def test_a_dataset_with_labels_is_loaded_where_they_are_needed(mnist):
    assert load_dataset("mnist", labelled=True).y_train is not None
