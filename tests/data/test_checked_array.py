import gzip
import hashlib

import numpy as np
import pytest

from fidle_vae.data.checked_array import DamagedFileError
from fidle_vae.data.dataset_sources import DATASETS
from tests.helpers.small_datasets import FILES, idx, read, write_archive, write_folder

CONTAINERS = {
    "gzip": lambda place, arrays: write_folder(place / "mnist", arrays),
    "plain": lambda place, arrays: write_folder(place / "mnist", arrays, ending=""),
    "npz": lambda place, arrays: write_archive(place / "mnist.npz", arrays),
    "stored-npz": lambda place, arrays: write_archive(place / "mnist.npz", arrays, np.savez),
    "npz-in-folder": lambda place, arrays: write_archive(place / "mnist" / "mnist.npz", arrays),
}
DAMAGES = {
    "truncated": ("gzip", lambda good: good[: len(good) // 2]),
    "empty": ("plain", lambda good: b""),
    "one bit flipped": ("gzip", lambda good: good[:999] + bytes([good[999] ^ 1]) + good[1000:]),
    "one bit flipped, plain": ("plain", lambda good: good[:-1] + bytes([good[-1] ^ 1])),
    "one byte short": ("plain", lambda good: good[:-1]),
    "one byte long": ("plain", lambda good: good + b"\0"),
    "one byte long, compressed": ("gzip", lambda good: gzip.compress(gunzip(good) + b"\0")),
    "another type in the header": ("plain", lambda good: b"\0\0\x09" + good[3:]),
    "another archive": ("npz", lambda good: good[:-999]),
    "a page of the web": ("npz", lambda good: b"<html>Please log in</html>" * 1000),
}
BIGGEST_FILE = {
    "gzip": "mnist/train-images-idx3-ubyte.gz",
    "plain": "mnist/train-images-idx3-ubyte",
    "npz": "mnist.npz",
}
gunzip = gzip.decompress


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_bytes(machine, container):
    arrays = machine.publish()
    CONTAINERS[container](machine.data, arrays)
    found = read(machine.find())
    assert found.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(found[key], array)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_and_never_used_nor_deleted(machine, damage):
    container, spoil = DAMAGES[damage]
    arrays = machine.publish()
    CONTAINERS[container](machine.data, arrays)
    write_archive(machine.keras / "mnist.npz", arrays)  # a good copy, in the next place
    path = machine.data / BIGGEST_FILE[container]
    path.write_bytes(spoil(path.read_bytes()))
    damaged = path.read_bytes()
    with pytest.raises(DamagedFileError) as caught:
        read(machine.find())
    message = str(caught.value)
    assert f"{path} is damaged" in message
    assert hashlib.sha256(idx(arrays["x_train"])).hexdigest() in message
    assert "found" in message
    assert "Replace it with a good copy, or delete" in message
    assert path.read_bytes() == damaged


def test_the_checksum_that_was_found_is_shown(machine):
    arrays = machine.publish()
    other = arrays | {"y_test": arrays["y_test"][::-1]}
    write_folder(machine.data / "mnist", other)
    with pytest.raises(DamagedFileError, match=hashlib.sha256(idx(other["y_test"])).hexdigest()):
        read(machine.find())


def test_an_archive_without_an_array_is_damaged(machine):
    arrays = machine.publish()
    del arrays["y_test"]
    write_archive(machine.data / "mnist.npz", arrays)
    with pytest.raises(DamagedFileError, match=r"y_test\.npy"):
        read(machine.find())


@pytest.mark.parametrize("folder", ["fashion_mnist", "fashion-mnist"])
def test_fashion_mnist_is_checked_as_the_gzipped_files_its_authors_publish(machine, folder):
    arrays = machine.publish("fashion_mnist")
    write_folder(machine.named / folder, arrays)
    paths = {key: machine.named / folder / f"{file}.gz" for key, file in FILES.items()}
    md5s = {key: hashlib.md5(path.read_bytes()).hexdigest() for key, path in paths.items()}
    machine.know("fashion_mnist", checksums=md5s)
    np.testing.assert_array_equal(read(machine.find("fashion_mnist"))["x_test"], arrays["x_test"])

    paths["x_test"].write_bytes(gzip.compress(idx(arrays["x_test"]), 1))
    with pytest.raises(DamagedFileError, match=f"{md5s['x_test']} .MD5"):
        read(machine.find("fashion_mnist"))


def test_the_digits_are_checked_against_the_sums_beside_them(machine):
    arrays = machine.publish("digits")
    folder = machine.data / DATASETS["digits"].files.folders[0]
    write_folder(folder, arrays)
    sums = {file: hashlib.sha256(idx(arrays[key])).hexdigest() for key, file in FILES.items()}
    lines = [f"{digest}  {file}\n" for file, digest in sums.items()]
    (folder / "SHA256SUMS").write_text("".join(lines))
    np.testing.assert_array_equal(read(machine.find("digits"))["x_test"], arrays["x_test"])

    (folder / "SHA256SUMS").write_text("".join(lines[:3]))
    with pytest.raises(DamagedFileError, match=r"a line in .*SHA256SUMS"):
        read(machine.find("digits"))
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DamagedFileError, match=r"without SHA256SUMS.*delete .* made again"):
        machine.find("digits")


def test_the_frey_faces_have_the_published_checksum(machine):
    frames = np.zeros((1965, 28, 20), np.uint8)
    write_archive(machine.named / "frey_faces" / "frey_faces.npz", {"images": frames})
    found = machine.find("frey_faces")
    assert found.arrays["images"].shape == frames.shape
    with pytest.raises(DamagedFileError, match="c943677a3bcb83ed2de1207d4355c360cabfee597a538f"):
        read(found)
