"""Imports point one way, from the command line down to the formulas."""

import ast
from pathlib import Path

import pytest

import fidle_vae

PACKAGE = Path(fidle_vae.__file__).parent

# Each module may import those named beside it, and no other of ours.
MAY_IMPORT = {
    "cli": {"notebook_runner", "overview", "quiet", "report", "training"},
    "notebook_runner": {
        "files", "kernel", "lessons", "notebook_html", "progress", "report", "runs",
        "saved_models",
    },
    "kernel": set(),
    "lessons": {"files", "parameters"},
    "notebook_html": set(),
    "progress": set(),
    "report": {"files", "runs"},
    "overview": {"datasets", "plots", "runs"},
    "training": {
        "callbacks", "datasets", "latent", "model", "networks", "parameters", "plots", "runs",
    },
    "callbacks": {"files", "sheets"},
    "comparison": {"figure", "latent", "scatter"},
    "film": {"figure", "files"},
    "illustrations": {"figure", "losses"},
    "model": {"layers", "losses", "parameters"},
    "networks": {"parameters"},
    "layers": {"losses", "parameters"},
    "losses": set(),
    "plots": {"figure", "scatter"},
    "scatter": {"figure", "latent"},
    "figure": set(),
    "latent": set(),
    "parameters": {"datasets"},
    "datasets": {"dataset_fetch", "dataset_files"},
    "dataset_fetch": {"dataset_files", "digits"},
    "dataset_files": {"digits", "files"},
    "digits": set(),
    "saved_models": {"runs"},
    "runs": {"files"},
    "sheets": {"files"},
    "files": set(),
    "quiet": set(),
    "__init__": {"model", "quiet"},
}  # fmt: skip
HEAVY = {"keras", "tensorflow", "jax", "torch", "matplotlib", "scipy", "sklearn"}


def imports(module, anywhere=True):
    """Modules that a file imports, at its top level or anywhere in it."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree) if anywhere else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively: write the whole name"
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inside if node.module == "fidle_vae" else {node.module}
    return found


def test_every_module_is_in_the_table():
    assert {path.stem for path in PACKAGE.glob("*.py")} == set(MAY_IMPORT)


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_imports_point_one_way(module):
    ours = {name.split(".")[1] for name in imports(module) if name.startswith("fidle_vae.")}
    assert ours <= MAY_IMPORT[module]


def test_the_table_itself_has_no_circle():
    order = list(MAY_IMPORT)
    for module, below in MAY_IMPORT.items():
        if module != "__init__":
            assert all(order.index(name) > order.index(module) for name in below), module


@pytest.mark.parametrize(
    "module",
    [
        "__init__",
        "cli",
        "datasets",
        "dataset_fetch",
        "dataset_files",
        "digits",
        "files",
        "kernel",
        "lessons",
        "notebook_html",
        "notebook_runner",
        "parameters",
        "progress",
        "quiet",
        "report",
        "runs",
    ],
)
def test_what_must_start_fast_loads_nothing_heavy(module):
    assert not {name.split(".")[0] for name in imports(module, anywhere=False)} & HEAVY


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_no_module_outgrows_one_sitting(module):
    assert len((PACKAGE / f"{module}.py").read_text(encoding="utf-8").splitlines()) <= 250


def test_no_module_needs_one_backend():
    for module in set(MAY_IMPORT) - {"runs"}:  # which names the device, whatever the backend
        assert not {name.split(".")[0] for name in imports(module)} & {"tensorflow", "jax", "torch"}
