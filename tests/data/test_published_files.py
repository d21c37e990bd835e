import gzip
import hashlib

import numpy as np
import pytest

from fidle_vae.data.published_files import KNOWN, DamagedFileError, find, places
from tests.helpers.small_datasets import FILES, Machine, idx, write_archive, write_folder


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


def read(found):
    return {key: np.concatenate(list(part.blocks())) for key, part in found.parts.items()}


CONTAINERS = {
    "gzip": lambda place, arrays: write_folder(place / "mnist", arrays),
    "plain": lambda place, arrays: write_folder(place / "mnist", arrays, ending=""),
    "npz": lambda place, arrays: write_archive(place / "mnist.npz", arrays),
    "stored-npz": lambda place, arrays: write_archive(place / "mnist.npz", arrays, np.savez),
    "npz-in-folder": lambda place, arrays: write_archive(place / "mnist" / "mnist.npz", arrays),
}
BIGGEST_FILE = {
    "gzip": "mnist/train-images-idx3-ubyte.gz",
    "plain": "mnist/train-images-idx3-ubyte",
    "npz": "mnist.npz",
}
DAMAGES = {
    "truncated": lambda good: good[: len(good) // 2],
    "empty": lambda good: b"",
    "one bit flipped": lambda good: good[:999] + bytes([good[999] ^ 1]) + good[1000:],
    "a page of the web": lambda good: b"<html>Please log in</html>" * 1000,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_bytes(machine, container):
    arrays = machine.publish()
    CONTAINERS[container](machine.data, arrays)
    found = read(find("mnist", places()))
    assert found.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(found[key], array)


def test_the_places_are_searched_in_order(machine):
    arrays = machine.publish()
    expected = []
    for place in (machine.keras, machine.data, machine.named):
        write_archive(place / "mnist.npz", arrays)
        expected.insert(0, place / "mnist.npz")
    for path in expected:
        assert find("mnist", places()).place == path
        path.unlink()
    assert find("mnist", places()) is None


def test_without_fidle_datasets_dir_the_project_and_keras_remain(machine, monkeypatch):
    monkeypatch.delenv("FIDLE_DATASETS_DIR")
    assert places() == [machine.data, machine.keras]


def test_a_relative_datasets_dir_counts_from_the_project_folder(machine, monkeypatch):
    monkeypatch.setenv("FIDLE_DATASETS_DIR", "shelf")
    assert places()[0] == machine.project / "shelf"


def test_keras_keeps_its_files_in_the_home_folder_by_default(machine, monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(machine.project))
    monkeypatch.setenv("USERPROFILE", str(machine.project))
    assert places()[-1] == machine.project / ".keras" / "datasets"


@pytest.mark.parametrize("container", BIGGEST_FILE)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_and_never_used_nor_deleted(machine, container, damage):
    arrays = machine.publish()
    CONTAINERS[container](machine.data, arrays)
    write_archive(machine.keras / "mnist.npz", arrays)  # a good copy, in the next place
    path = machine.data / BIGGEST_FILE[container]
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    damaged = path.read_bytes()
    with pytest.raises(DamagedFileError) as caught:
        read(find("mnist", places()))
    message = str(caught.value)
    assert str(path) in message
    assert hashlib.sha256(idx(arrays["x_train"])).hexdigest() in message
    assert "found" in message
    assert "Replace it with a good copy, or delete" in message
    assert path.read_bytes() == damaged


def test_a_file_that_is_too_short_is_said_to_be(machine):
    arrays = machine.publish()
    write_folder(machine.data / "mnist", arrays, ending="")
    path = machine.data / "mnist" / FILES["x_test"]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedFileError, match=f"{path.name} is damaged.* ends too early"):
        read(find("mnist", places()))


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_file_that_is_too_long_is_damaged(machine, ending):
    arrays = machine.publish()
    write_folder(machine.data / "mnist", arrays, ending)
    path = machine.data / "mnist" / (FILES["x_train"] + ending)
    contents = idx(arrays["x_train"]) + b"\0"
    path.write_bytes(gzip.compress(contents) if ending else contents)
    with pytest.raises(DamagedFileError, match=path.name):
        read(find("mnist", places()))


def test_the_checksum_covers_the_header(machine):
    arrays = machine.publish()
    write_folder(machine.data / "mnist", arrays, ending="")
    path = machine.data / "mnist" / FILES["y_test"]
    path.write_bytes(b"\0\0\x09" + path.read_bytes()[3:])
    with pytest.raises(DamagedFileError, match=path.name):
        read(find("mnist", places()))


def test_the_damage_tells_the_checksum_found(machine):
    arrays = machine.publish()
    other = arrays | {"y_test": arrays["y_test"][::-1]}
    write_folder(machine.data / "mnist", other)
    with pytest.raises(DamagedFileError, match=hashlib.sha256(idx(other["y_test"])).hexdigest()):
        read(find("mnist", places()))


def test_an_archive_without_an_array_is_damaged(machine):
    arrays = machine.publish()
    del arrays["y_test"]
    write_archive(machine.data / "mnist.npz", arrays)
    with pytest.raises(DamagedFileError, match=r"y_test\.npy"):
        read(find("mnist", places()))


def test_a_folder_with_some_of_the_files_is_not_passed_over(machine):
    arrays = machine.publish()
    write_folder(machine.data / "mnist", arrays)
    write_archive(machine.keras / "mnist.npz", arrays)
    (machine.data / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DamagedFileError, match=r"expected 4 files, found 3.*t10k-labels") as caught:
        find("mnist", places())
    assert str(machine.data / "mnist") in str(caught.value)


@pytest.mark.parametrize("folder", ["fashion_mnist", "fashion-mnist"])
def test_fashion_mnist_is_checked_as_the_gzipped_files_its_authors_publish(machine, folder):
    arrays = machine.publish("fashion_mnist")
    write_folder(machine.named / folder, arrays)
    paths = {key: machine.named / folder / f"{file}.gz" for key, file in FILES.items()}
    md5s = {key: hashlib.md5(path.read_bytes()).hexdigest() for key, path in paths.items()}
    machine.know("fashion_mnist", checksums=md5s)
    np.testing.assert_array_equal(read(find("fashion_mnist", places()))["x_test"], arrays["x_test"])

    paths["x_test"].write_bytes(gzip.compress(idx(arrays["x_test"]), 1))
    with pytest.raises(DamagedFileError, match=f"{md5s['x_test']} .MD5"):
        read(find("fashion_mnist", places()))


def test_the_digits_are_checked_against_the_sums_beside_them(machine):
    arrays = machine.publish("digits")
    folder = machine.data / KNOWN["digits"].folders[0]
    write_folder(folder, arrays)
    sums = {file: hashlib.sha256(idx(arrays[key])).hexdigest() for key, file in FILES.items()}
    lines = [f"{digest}  {file}\n" for file, digest in sums.items()]
    (folder / "SHA256SUMS").write_text("".join(lines))
    np.testing.assert_array_equal(read(find("digits", places()))["x_test"], arrays["x_test"])

    (folder / "SHA256SUMS").write_text("".join(lines[:3]))
    with pytest.raises(DamagedFileError, match=r"a line in .*SHA256SUMS"):
        read(find("digits", places()))
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DamagedFileError, match=r"without SHA256SUMS.*delete .* made again"):
        find("digits", places())


def test_the_frey_faces_have_the_published_checksum(machine):
    frames = np.zeros((1965, 28, 20), np.uint8)
    write_archive(machine.named / "frey_faces" / "frey_faces.npz", {"images": frames})
    found = find("frey_faces", places())
    assert found.parts["images"].shape == frames.shape
    with pytest.raises(DamagedFileError, match=KNOWN["frey_faces"].checksums["images"]):
        read(found)


def test_importing_the_loader_imports_nothing_heavy(run_python):
    heavy = run_python(
        "import sys, fidle_vae.data.datasets\n"
        "print({'keras', 'tensorflow', 'jax', 'torch', 'sklearn', 'scipy'} & set(sys.modules))"
    )
    assert heavy.strip() == "set()"
