import pytest

from fidle_vae.grading.package_copy import PackageCopy


@pytest.fixture
def package(tmp_path):
    """A small package to copy."""
    folder = tmp_path / "package"
    (folder / "checks" / "__pycache__").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "checks" / "kl.py").write_text("right")
    (folder / "checks" / "__pycache__" / "kl.pyc").write_bytes(b"code")
    return PackageCopy(folder)


def test_a_copy_has_all_files_except_bytecode(package, tmp_path):
    package.write(tmp_path / "copy")
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == ["__init__.py", "kl.py"]
    assert package.changed(tmp_path / "copy") == []


def test_a_copy_is_of_the_files_as_they_were(package, tmp_path):
    (package.package / "checks" / "kl.py").write_text("wrong")
    package.write(tmp_path / "copy")
    assert (tmp_path / "copy" / "package" / "checks" / "kl.py").read_text() == "right"
    assert package.changed() == ["checks/kl.py"]


def change(path):
    path.write_text("wrong")  # of the same size


def lengthen(path):
    path.write_text("right!")


def link(path):
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


@pytest.mark.parametrize(
    ("break_it", "changed"),
    [
        (change, ["checks/kl.py"]),
        (lengthen, ["checks/kl.py"]),
        (lambda path: path.unlink(), ["checks/kl.py"]),
        (lambda path: path.with_name("new.py").touch(), ["checks/new.py"]),
        (link, ["checks/kl.moved", "checks/kl.py"]),
        (lambda path: (path.parent / "__pycache__").mkdir(), []),
    ],
)
def test_changes_in_a_copy_are_found(package, tmp_path, break_it, changed):
    package.write(tmp_path / "copy")
    break_it(tmp_path / "copy" / "package" / "checks" / "kl.py")
    assert package.changed(tmp_path / "copy") == changed


def test_a_copy_that_became_a_link_is_changed(package, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "package").symlink_to(package.package)
    assert package.changed(tmp_path / "copy") == ["."]
