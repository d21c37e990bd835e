"""Folders import only from lower ones; modules that must start fast import nothing heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

import fidle_vae

PACKAGE = Path(fidle_vae.__file__).parent
HEAVY = {"keras", "tensorflow", "jax", "torch", "matplotlib", "scipy", "sklearn"}


def test_imports_point_one_way():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_folder_is_in_the_contract():
    import tomllib

    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    rooms = {room.strip() for layer in contract["layers"] for room in layer.split("|")}
    assert rooms == {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert contract["exhaustive"]


@pytest.mark.parametrize(
    "module",
    [
        "cli.main",
        "course.html",
        "course.run_lessons",
        "data.datasets",
        "grading.grade",
        "grading.worker",
        "runs.report",
        "runs.run",
        "sweeps.sweep",
        "training.parameters",
    ],
)
def test_what_must_start_fast_loads_nothing_heavy(module, run_python):
    program = f"import sys, fidle_vae.{module}; print(*sys.modules)"
    assert not set(run_python(program).split()) & HEAVY
