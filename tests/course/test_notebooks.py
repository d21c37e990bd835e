"""The lessons, executed by nbmake as smoke-sized copies, then judged by the files they left.

On the offline digits, with few images and few epochs: what a lesson shows has to be there, but its
numbers mean nothing yet. In one run each exercise is first as students open it, to do, and then
solved; the test of the sources sees that no lesson needs an answer to go on. `make gate` runs the
lessons as students open them, and holds the numbers and the claims at their own parameters; here
VAE3 does, with the model of the package.
"""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import numpy as np
import pytest
from build_notebooks import NOTEBOOKS
from PIL import Image
from run_judge import flaws, refusals

from fidle_vae.checks.engine.summary import MIME_TYPE
from fidle_vae.course.catalogue import catalogue
from fidle_vae.grading.exercises import read_exercises
from fidle_vae.runs.run import Run

LESSONS = catalogue()
SMALL = {"dataset": "digits", "scale": 0.05, "epochs": 2}
# what some exercises need to be right: with fewer steps, VAE2's balance is not as they have it;
# and one short game of each kind shows as much in GAN3 as three, as do a few steps in GAN5
ENOUGH = {
    "VAE2": {"epochs": 16},
    "GAN3": {"epochs": 1, "repeats": 1},
    "GAN5": {"epochs": 1, "scale": 0.01},
}


def prepare(lesson, folder):
    """Write a lesson with other parameters, in which each exercise stands unsolved and solved.

    The summary in between keeps what its check said of the unsolved one.
    """
    source = NOTEBOOKS / "solutions" / f"{lesson}.ipynb"
    target = folder / source.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of papermill's own
        import papermill

        parameters = SMALL | ENOUGH.get(lesson, {})
        known = papermill.inspect_notebook(str(source))
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters={name: value for name, value in parameters.items() if name in known},
            prepare_only=True,
        )
    notebook = nbformat.read(target, as_version=4)
    unsolved = iter(nbformat.read(NOTEBOOKS / source.name, as_version=4).cells)
    cells = []
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", ()):
            exercise = next(
                each for each in unsolved if "exercise" in each.metadata.get("tags", ())
            )
            cells += [exercise, next(unsolved), nbformat.v4.new_code_cell("check.summary()")]
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell["id"] = str(number)
    notebook.cells = cells
    nbformat.write(notebook, target)
    return target


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The runs of all lessons, executed as CI does, each in a kernel of its own."""
    folder = tmp_path_factory.mktemp("lessons")
    command = [sys.executable, "-m", "pytest", "--nbmake", "--overwrite", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-q", *(prepare(lesson, folder) for lesson in LESSONS)],
        cwd=folder,
        env=os.environ | {"FIDLE_VAE_RUN_DIR": str(folder / "runs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"{len(LESSONS)} passed" in done.stdout
    return folder / "runs"


def exercises_of(lesson):
    """Return the names of the checks below the exercises of a lesson."""
    statements = read_exercises(NOTEBOOKS / f"{lesson}.ipynb")
    return {name for statement in statements for name in statement.exercises}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_leaves_its_figures_metrics_claims_and_files(runs, lesson):
    assert flaws(Run(lesson, root=runs)) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_exercise_that_is_solved_is_right(runs, lesson):
    found = json.loads((runs / lesson / "exercises.json").read_text())
    assert set(found) >= exercises_of(lesson)
    assert {name: each for name, each in found.items() if each["status"] != "right"} == {}


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_exercise_is_to_do_as_long_as_it_is_not_done(runs, lesson):
    first = {}
    for output in outputs_of(runs.parent / f"{lesson}.ipynb"):
        first = output.get("data", {}).get(MIME_TYPE, {}) | first
    for name in exercises_of(lesson):
        expected = "still_there" if name.startswith("program") else "not_done"
        assert first[name]["mistake"] == expected, name


@pytest.mark.parametrize("lesson", [id for id, each in LESSONS.items() if each.takes_model_of])
def test_a_lesson_takes_the_model_of_the_lesson_that_the_catalogue_names(runs, lesson):
    source = LESSONS[lesson].takes_model_of
    before, after = (Run(id, root=runs).manifest["metrics"] for id in (source, lesson))
    assert after["model"] == source
    assert after["kl_loss"] == pytest.approx(before["kl_loss"], rel=1e-5)  # of the same images


@pytest.mark.parametrize(
    ("lesson", "metrics", "reason"),
    [
        ("VAE1", {"elbo": -400.0}, "elbo is -400, not from"),
        ("VAE1", {"elbo": float("nan")}, "elbo is nan, not from"),
        ("VAE1", {"kl_loss": 0.0, "active_dims": 0}, "kl_loss is 0, not from 2 to 12"),
        ("VAE2", {"kl_loss": 3.0}, "the saved model's kl_loss is"),
        ("VAE3", {"active_dims": 1}, "active_dims is 1, not from 2 to 2"),
        ("VAE3", {"another": 1}, "metrics differ from those named: ['another']"),
    ],
)
def test_the_gate_refuses_a_number_that_is_wrong(runs, tmp_path, lesson, metrics, reason):
    shutil.copytree(runs / lesson, tmp_path / lesson)
    run = Run(lesson, root=tmp_path)
    run.record(metrics=metrics)
    assert reason in " / ".join(refusals(run))


def test_the_gate_refuses_a_figure_that_is_missing_or_blank(runs, tmp_path):
    shutil.copytree(runs / "VAE3", tmp_path / "VAE3")
    run = Run("VAE3", root=tmp_path)
    (run.figures / "04-manifold.png").unlink()
    blank = Image.fromarray(np.full((400, 400), 255, dtype="uint8"))
    blank.save(run.figures / "05-morph.png")
    (run.path / "explorer.html").unlink()
    reasons = " / ".join(refusals(run))
    assert "explorer.html is missing" in reasons
    assert "figure 04-manifold.png is missing" in reasons
    assert "figure 05-morph.png is blank" in reasons


def test_the_gate_refuses_a_claim_that_does_not_hold_or_was_not_made(runs, tmp_path):
    shutil.copytree(runs / "VAE2", tmp_path / "VAE2")
    run = Run("VAE2", root=tmp_path)
    claims = run.manifest["claims"]
    run.record(claims={"kl_falls": claims["kl_falls"] | {"value": 3.0, "holds": False}})
    assert "claim kl_falls does not hold: 3, not at least" in " / ".join(refusals(run))
    del claims["kl_falls"]
    run.start(parameters=run.manifest["parameters"])
    run.record(claims=claims)
    assert "claim kl_falls was not made" in flaws(run)


def test_the_gate_refuses_a_training_whose_film_lacks_an_epoch(runs, tmp_path):
    shutil.copytree(runs / "VAE1", tmp_path / "VAE1")
    run = Run("VAE1", root=tmp_path)
    (run.film / "epoch-002.npz").unlink()  # the last one, as if the training had ended there
    assert flaws(run) == ["the record has epochs [0, 1] and not 0 to 2"]
    (run.film / "epoch-001.npz").rename(run.film / "epoch-002.npz")
    assert "epoch 1 of run VAE1 is missing" in " / ".join(flaws(run))


def test_papermill_runs_a_lesson_from_any_folder_and_with_the_pretrained_model(tmp_path):
    """By the command of papermill, with an empty folder of runs.

    Below pytest a kernel does not show what libraries write to standard error; here it does.
    """
    outside_pytest = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(
        [
            Path(sys.executable).with_name("papermill"), "-k", "python3", "-p", "scale", "0.05",
            NOTEBOOKS / "VAE3.ipynb", tmp_path / "out.ipynb",
        ],
        cwd=tmp_path,
        env=outside_pytest | {"FIDLE_VAE_RUN_DIR": str(tmp_path / "runs")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert errors_shown(tmp_path / "out.ipynb") == []
    run = Run("VAE3", root=tmp_path / "runs")
    assert run.manifest["parameters"]["scale"] == 0.05
    of_images = {"mnist": "pretrained", "digits": "pretrained_digits"}
    assert run.manifest["metrics"]["model"] == of_images[run.manifest["dataset"]["name"]]
    assert refusals(run) == []


def outputs_of(notebook):
    cells = json.loads(notebook.read_text())["cells"]
    return [output for cell in cells for output in cell.get("outputs", ())]


def errors_shown(notebook):
    return [output for output in outputs_of(notebook) if output.get("name") == "stderr"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_shows_its_figures_and_nothing_that_looks_like_an_error(runs, lesson):
    notebook = runs.parent / f"{lesson}.ipynb"
    assert errors_shown(notebook) == []
    outputs = outputs_of(notebook)
    captions = [caption for output in outputs if (caption := caption_of(output))]
    assert captions == [*Run(lesson, root=runs).manifest["figures"].values()]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_cell_of_claims_shows_some(runs, lesson):
    cells = json.loads((runs.parent / f"{lesson}.ipynb").read_text())["cells"]
    claims = [cell for cell in cells if "claims" in cell["metadata"].get("tags", ())]
    assert len(claims) >= 5
    assert all(cell["outputs"] for cell in claims)


def caption_of(output):
    """Return the alternative text that `run.show` gave to a picture."""
    metadata = output.get("metadata", {})
    kinds = {"image/png", "image/gif"} & set(output.get("data", ()))
    return next((metadata[kind]["alt"] for kind in kinds if kind in metadata), None)
