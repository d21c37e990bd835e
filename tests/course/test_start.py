import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fidle_vae.common.files import project_dir
from fidle_vae.course import start as module
from fidle_vae.course.lessons import choose_lessons
from fidle_vae.course.start import start
from fidle_vae.runs.run import runs_dir

ROOT = Path(__file__).parents[2]
LAID_OUT = {
    *(f"notebooks/{path.name}" for path in ROOT.glob("notebooks/*.ipynb")),
    *(f"notebooks/solutions/{path.name}" for path in ROOT.glob("notebooks/solutions/*.ipynb")),
    "data/README.md",
    "run_dir/README.md",
}


def files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in paths} - {".fidle-vae.json"}


@pytest.fixture
def release(tmp_path, monkeypatch):
    """The checkout of a release of the package, to lay out and to change."""
    root = tmp_path / "release"
    for name in ("pyproject.toml", *LAID_OUT):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    monkeypatch.setattr(module, "checkout_dir", lambda: root)
    return root


def test_the_lessons_are_laid_out_and_it_is_said_how_to_open_them(tmp_path, capsys):
    folder = start(tmp_path / "my class")
    assert files(folder) == LAID_OUT
    for name in LAID_OUT:
        assert (folder / name).read_bytes() == (ROOT / name).read_bytes()
    assert f'jupyter lab "{folder}"\n' in capsys.readouterr().out


def test_an_upgrade_replaces_what_is_unchanged_and_leaves_the_students_work(
    tmp_path, release, capsys
):
    folder = start(tmp_path / "class")
    mine = (folder / "notebooks" / "VAE1.ipynb", folder / "notebooks" / "VAE2.ipynb")
    mine[0].write_text("my work")
    mine[1].unlink()
    new = "notebooks/VAE3.ipynb", "notebooks/VAE1.ipynb"
    for name in new:
        (release / name).write_text("the next release")
    capsys.readouterr()

    start(folder)
    assert mine[0].read_text() == "my work"
    assert mine[1].read_bytes() == (release / "notebooks" / "VAE2.ipynb").read_bytes()
    assert (folder / new[0]).read_text() == "the next release"
    assert "since they were changed: notebooks/VAE1.ipynb. " in capsys.readouterr().out

    mine[0].unlink()
    start(folder)
    assert mine[0].read_text() == "the next release"
    assert "changed" not in capsys.readouterr().out


@pytest.mark.parametrize("record", [None, "", "[1]", "null"])
def test_files_that_nobody_knows_are_left_alone(tmp_path, record):
    folder = tmp_path / "class"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "VAE1.ipynb").write_text("unknown")
    if record is not None:
        (folder / ".fidle-vae.json").write_text(record)
    start(folder)
    assert (folder / "notebooks" / "VAE1.ipynb").read_text() == "unknown"
    assert files(folder) == LAID_OUT


def test_what_cannot_be_a_folder_of_lessons_is_an_error_of_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"folder .*file cannot be written \(File exists\): name"):
        start(tmp_path / "file")
    with pytest.raises(ValueError, match="folder must not be the checkout"):
        start(ROOT)


def test_commands_in_the_folder_and_below_it_use_it(tmp_path, monkeypatch):
    monkeypatch.delenv("FIDLE_VAE_RUN_DIR", raising=False)
    folder = start(tmp_path / "class")
    for place in (folder, folder / "notebooks" / "solutions"):
        monkeypatch.chdir(place)
        assert project_dir() == folder
        assert choose_lessons(["VAE3"])[0].path == folder / "notebooks" / "VAE3.ipynb"
        assert runs_dir() == folder / "run_dir"


def test_a_wheel_lays_out_the_same_lessons_outside_any_checkout(tmp_path):
    sources = tmp_path / "sources"  # a copy, as setuptools builds in place
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("fidle_vae", "notebooks"):
        shutil.copytree(ROOT / name, sources / name, ignore=ignore)
    for name in ("data", "run_dir"):
        (sources / name).mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", *LAID_OUT):
        shutil.copyfile(ROOT / name, sources / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", tmp_path, sources], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")

    program = (
        "import json, fidle_vae\n"
        "from fidle_vae.cli.main import main\n"
        "from fidle_vae.common.files import project_dir\n"
        "assert main(['start', 'class']) == 0\n"
        "print(json.dumps([fidle_vae.__file__, str(project_dir())]))\n"
    )
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=work, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip
    package, project = json.loads(done.stdout.splitlines()[-1])
    assert Path(package).is_relative_to(tmp_path / "site")
    assert Path(project) == work
    assert files(work / "class") == LAID_OUT
    for name in LAID_OUT:
        assert (work / "class" / name).read_bytes() == (ROOT / name).read_bytes()
