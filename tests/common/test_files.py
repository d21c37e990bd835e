import os

import pytest

from fidle_vae.common.files import DiskError, atomic_path, project_dir


def test_a_file_appears_whole_when_its_writer_is_done(tmp_path):
    target = tmp_path / "new" / "table.csv"
    with atomic_path(target) as partial:
        partial.write_text("half")
        assert partial.suffix == ".csv"
        assert not target.exists()
    assert target.read_text() == "half"
    assert list(target.parent.iterdir()) == [target]


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")

    def fail():
        with atomic_path(target) as partial:
            partial.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_two_writers_at_once_do_not_share_a_temporary_file(tmp_path):
    with atomic_path(tmp_path / "a.txt") as one, atomic_path(tmp_path / "a.txt") as two:
        one.write_text("one")
        two.write_text("two")
    assert (tmp_path / "a.txt").read_text() == "one"  # left last


def test_the_project_is_the_checkout_wherever_python_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (project_dir() / "pyproject.toml").is_file()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "the disk is full; free some space"),
        (OSError("Can't write data (file write failed: errno = 28)"), "the disk is full; free so"),
        (OSError(122, "Disk quota exceeded"), "your disk quota is used up"),
        (OSError(30, "Read-only file system"), "the disk is read-only"),
        (OSError(5, "Input/output error"), "the disk reports an error; check it"),
    ],
)
def test_trouble_with_the_disk_is_one_sentence_that_names_the_file(tmp_path, error, reason):
    target = tmp_path / "best.keras"
    target.write_text("old")

    def fail():
        with atomic_path(target) as partial:
            partial.write_text("half")
            raise error

    with pytest.raises(DiskError, match=rf"^{target} cannot be written: {reason}"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_other_errors_of_the_system_keep_their_words(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such font"), atomic_path(tmp_path / "a.png"):
        raise FileNotFoundError(2, "no such font")


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_moved_into_place_is_on_the_disk_before(tmp_path, monkeypatch, kind):
    synced, sync = [], os.fsync

    def note(handle):
        synced.append((os.fstat(handle).st_ino, target.exists()))
        sync(handle)

    monkeypatch.setattr("os.fsync", note)
    target = tmp_path / "result"
    with atomic_path(target) as partial:
        if kind == "folder":
            partial.mkdir()
        written = partial / "a.txt" if kind == "folder" else partial
        written.write_text("all of it")
    written = target / "a.txt" if kind == "folder" else target
    assert synced == [(written.stat().st_ino, False), (tmp_path.stat().st_ino, True)]
