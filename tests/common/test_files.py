import pytest

from fidle_vae.common.files import atomic_path, project_dir


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
