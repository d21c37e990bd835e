import io
import zipfile

import numpy as np
import pytest

from fidle_vae.common.npz import DamagedFileError, read_npz


def write(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def as_npy(array, **changes):
    """Return the bytes of an .npy file, with texts of its header replaced."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    content = file.getvalue()
    for old, new in changes.items():
        content = content.replace(old.encode(), new.encode())
    return content


def test_arrays_come_back_as_they_were_written(tmp_path):
    arrays = {
        "a": np.arange(6.0).reshape(2, 3),
        "text": np.array("words"),
        "empty": np.empty((0, 2)),
    }
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    found = read_npz(tmp_path / "a.npz", "make it again")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        (
            {"a.npy": as_npy(np.zeros(6), **{"(6,), ": "(9999999999,), "})},
            "promises 79,999,999,992",
        ),
        ({"a.npy": as_npy(np.zeros(6)) + b"more"}, "a.npy promises 48 bytes, and holds 52"),
        ({"a.npy": as_npy(np.array([{}]))}, "a.npy promises"),
        ({"a.npy": b"\x93NUMPY"}, "ValueError: "),
    ],
    ids=["too large", "too small", "objects", "no header"],
)
def test_a_header_that_does_not_fit_is_refused_before_memory_is_taken(tmp_path, members, reason):
    write(tmp_path / "a.npz", members)
    with pytest.raises(
        DamagedFileError, match=rf"a\.npz is damaged \(.*{reason}.*\): make it again"
    ):
        read_npz(tmp_path / "a.npz", "make it again")


def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("fidle_vae.common.npz.LARGEST", 1000)
    np.savez_compressed(tmp_path / "a.npz", a=np.zeros(1000))
    with pytest.raises(DamagedFileError, match=r"it holds 8,128 bytes, more than 1,000"):
        read_npz(tmp_path / "a.npz", "make it again")


def test_a_file_that_is_not_there_is_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "a.npz", "make it again")
