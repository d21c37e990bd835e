"""Imports point one way, from the command line down to the formulas."""

import ast
from pathlib import Path

import pytest

import fidle_vae

PACKAGE = Path(fidle_vae.__file__).parent

# Each module may import those named beside it, and no other of ours.
MAY_IMPORT = {
    "cli": {
        "evaluation.evaluate", "explorer.export", "grading.grade", "morph", "notebook_runner",
        "overview", "quiet", "report", "slides", "training", "training_film.film",
    },
    "slides": {"files", "kernel", "lessons", "notebook_html", "notebook_runner", "runs"},
    "notebook_runner": {
        "files", "kernel", "lessons", "notebook_html", "progress", "report", "runs",
        "saved_models",
    },
    "grading.grade": {
        "datasets", "grading.execution", "grading.exercises", "grading.isolation",
        "grading.outcome", "grading.package_copy", "grading.submissions", "grading.tables",
        "kernel", "lessons", "parameters", "report",
    },
    "grading.execution": {
        "files", "grading.exercises", "grading.isolation", "grading.outcome",
        "grading.package_copy", "grading.process", "grading.submissions", "report",
    },
    "grading.tables": {"files", "grading.outcome", "report"},
    "grading.submissions": {"kernel"},
    "grading.process": {"grading.isolation"},
    "grading.isolation": {"files"},
    "grading.exercises": set(),
    "grading.outcome": set(),
    "grading.package_copy": set(),
    # these run in the process of a submission, and are imported by no other
    "grading.worker": set(),
    "grading.judging": {"checks.summary"},
    "grading.__init__": set(),
    "kernel": set(),
    "lessons": {"files", "parameters"},
    "notebook_html": set(),
    "progress": set(),
    "report": {"files", "runs"},
    "overview": {"datasets", "plots", "runs"},
    "checks.__init__": {
        "checks.answers", "checks.averages", "checks.divergence", "checks.histories",
        "checks.importances", "checks.likelihood", "checks.models", "checks.networks",
        "checks.passes", "checks.paths", "checks.predictions", "checks.programs", "checks.ratio",
        "checks.reconstructions", "checks.sampling", "checks.steps", "checks.summary",
        "checks.unseen", "checks.watching", "checks.weighing",
    },
    "checks.programs": {
        "checks.divergence", "checks.passes", "checks.result", "checks.sampling",
        "checks.summary", "checks.unseen", "checks.weighing",
    },
    "checks.answers": {"checks.result", "checks.summary", "parameters"},
    "checks.predictions": {"checks.result", "checks.summary"},
    "checks.weighing": {
        "checks.diagnosis", "checks.divergence", "checks.likelihood", "checks.result",
        "checks.summary", "parameters",
    },
    "checks.unseen": {
        "checks.diagnosis", "checks.divergence", "checks.likelihood", "checks.result",
        "checks.small", "checks.summary", "datasets",
    },
    "checks.reconstructions": {
        "checks.diagnosis", "checks.divergence", "checks.likelihood", "checks.result",
        "checks.small", "checks.summary",
    },
    "checks.passes": {
        "checks.diagnosis", "checks.result", "checks.small", "checks.summary",
    },
    "checks.importances": {
        "checks.diagnosis", "checks.importance_mistakes", "checks.result", "checks.summary",
    },
    "checks.importance_mistakes": {"checks.diagnosis"},
    "checks.divergence": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.likelihood": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.averages": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.histories": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.ratio": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.watching": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.sampling": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.paths": {"checks.diagnosis", "checks.result", "checks.summary"},
    "checks.networks": {
        "checks.diagnosis", "checks.result", "checks.structure", "checks.summary",
    },
    "checks.structure": set(),
    "checks.steps": {
        "checks.diagnosis", "checks.result", "checks.small", "checks.summary", "model",
    },
    "checks.small": {"model"},
    "checks.models": {
        "checks.result", "checks.summary", "datasets", "latent", "losses", "networks",
    },
    "checks.diagnosis": {"checks.result"},
    "checks.summary": {"checks.result", "files"},
    "checks.result": set(),
    "evaluation.evaluate": {
        "evaluation.aggregate", "evaluation.classifier", "evaluation.measures", "parameters",
        "runs", "saved_models",
    },
    "evaluation.measures": {
        "binarization", "datasets", "evaluation.aggregate", "evaluation.classifier",
        "evaluation.codes", "evaluation.integration", "evaluation.likelihood",
        "evaluation.samples", "latent", "losses", "networks",
    },
    "evaluation.integration": {"parameters"},
    "evaluation.classifier": {"datasets", "files", "runs"},
    "evaluation.codes": {"evaluation.aggregate"},
    "evaluation.aggregate": {"losses"},
    "evaluation.samples": set(),
    "evaluation.likelihood": {"losses", "parameters"},
    "evaluation.__init__": set(),
    "explorer.widget": {
        "datasets", "explorer.content", "explorer.export", "explorer.picture", "explorer.scripts",
    },
    "explorer.export": {
        "datasets", "explorer.content", "explorer.scripts", "files", "runs", "saved_models",
    },
    "explorer.picture": {"comparison", "figure", "latent", "scatter"},
    "explorer.content": {
        "datasets", "explorer.decoder_spec", "explorer.packing", "figure", "latent", "networks",
        "parameters",
    },
    "explorer.decoder_spec": {"explorer.layer_specs", "explorer.packing"},
    "explorer.layer_specs": {"explorer.activation_specs", "explorer.packing"},
    "explorer.activation_specs": set(),
    "explorer.packing": set(),
    "explorer.scripts": set(),
    "explorer.__init__": set(),
    "training": {
        "callbacks", "datasets", "latent", "model", "networks", "parameters", "plots", "runs",
        "schedules", "training_film.record",
    },
    "schedules": {"parameters"},
    "training_film.record": {"callbacks", "latent", "training_film.record_files"},
    "training_film.film": {
        "film", "saved_models", "training_film.moments", "training_film.picture",
        "training_film.record_files",
    },
    "training_film.picture": {
        "figure", "plots", "training_film.moments", "training_film.panels",
    },
    "training_film.moments": {
        "latent", "scatter", "training_film.name_tags", "training_film.record_files",
    },
    "training_film.panels": {"figure", "plots", "scatter"},
    "training_film.name_tags": {"figure"},
    "training_film.record_files": {"files", "runs"},
    "training_film.__init__": set(),
    "morph": {"callbacks", "datasets", "film", "latent", "saved_models"},
    "saved_models": {"datasets", "model", "runs"},
    "callbacks": {"files", "networks", "parameters", "sheets"},
    "binarization": {"parameters"},
    "comparison": {"figure", "latent", "scatter"},
    "film": {"figure", "files", "mp4"},
    "mp4": set(),
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
    "runs": {"files"},
    "sheets": {"files"},
    "files": set(),
    "quiet": set(),
    "__init__": {"model", "quiet"},
}  # fmt: skip
HEAVY = {"keras", "tensorflow", "jax", "torch", "matplotlib", "scipy", "sklearn"}


def path_of(module):
    return PACKAGE / f"{module.replace('.', '/')}.py"


def imports(module, anywhere=True):
    """Modules that a file imports, at its top level or anywhere in it."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
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
    paths = {path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py")}
    assert {".".join(path.parts) for path in paths} == set(MAY_IMPORT)


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_imports_point_one_way(module):
    ours = {name.partition(".")[2] for name in imports(module) if name.startswith("fidle_vae.")}
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
        "grading.execution",
        "grading.exercises",
        "grading.grade",
        "grading.isolation",
        "grading.outcome",
        "grading.package_copy",
        "grading.process",
        "grading.submissions",
        "grading.tables",
        "grading.worker",
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
    assert len(path_of(module).read_text(encoding="utf-8").splitlines()) <= 250


OURS = [path for path in sorted(PACKAGE.rglob("*.js")) if path.parent.name != "revealjs"]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_no_script_outgrows_one_sitting_either(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_no_module_needs_one_backend():
    for module in set(MAY_IMPORT) - {"runs"}:  # which names the device, whatever the backend
        assert not {name.split(".")[0] for name in imports(module)} & {"tensorflow", "jax", "torch"}
