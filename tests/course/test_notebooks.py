"""The lessons, small copies of them: executed by nbmake, then judged by the numbers they left.

Once as students open them, once with their exercises solved.
"""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from build_notebooks import NOTEBOOKS
from PIL import Image

from fidle_vae.runs.run import Run
from tests.course.gate import FIGURES, refusals

SMALL = {"scale": 0.05, "epochs": 4}
# The worst held-out ELBO of three seeds, less a margin of 8 nats. Measured by
#     fidle-vae train --dataset mnist --scale 0.05 --epochs 4 --seed 123 (then 1, 2)
# mnist: -183.1, -178.9, -186.5; digits: -163.6, -166.7, -167.0. Collapsed, they have -209 and -186.
# The pretrained model: -144.8 and -170.1 on the 500 images of either.
ELBO_ABOVE = {
    "mnist": {"VAE1": -195.0, "VAE2": -195.0, "VAE3": -195.0, "pretrained": -154.0},
    "digits": {"VAE1": -175.0, "VAE2": -175.0, "VAE3": -175.0, "pretrained": -179.0},
}


EXERCISES = {
    "VAE1": {
        "sampling_layer", "kl", "loss", "beta", "encoder", "vae", "grid", "program 1", "program 2",
        "answer VAE1-1", "answer VAE1-2", "answer VAE1-3",
    },
    "VAE2": {
        "epoch_loss", "train_step", "best_epoch", "balance", "program 3", "program 4",
        "answer VAE2-1", "answer VAE2-2", "answer VAE2-3",
    },
    "VAE3": {
        "worst", "morph", "program 5", "answer VAE3-1", "answer VAE3-2", "answer VAE3-3",
    },
}  # fmt: skip


def prepare(lesson, folder, source=NOTEBOOKS, **parameters):
    """Write a copy of a lesson with other parameters, by papermill's own way."""
    folder.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of papermill, which this is no test of
        import papermill

        known = papermill.inspect_notebook(str(source / f"{lesson}.ipynb"))
        papermill.execute_notebook(
            str(source / f"{lesson}.ipynb"),
            str(folder / f"{lesson}.ipynb"),
            parameters={name: value for name, value in parameters.items() if name in known},
            prepare_only=True,
        )
    return folder / f"{lesson}.ipynb"


def nbmake(*notebooks, runs):
    """Execute notebooks as CI does, each in a kernel of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbmake",
            "--overwrite",
            "-p",
            "no:cacheprovider",
            "-q",
            *notebooks,
        ],
        cwd=notebooks[0].parent,
        env=os.environ | {"FIDLE_VAE_RUN_DIR": str(runs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(notebooks)} passed" in done.stdout


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """VAE1, VAE2, then VAE3, as a student opens them."""
    folder = tmp_path_factory.mktemp("lessons")
    nbmake(*(prepare(lesson, folder, **SMALL) for lesson in FIGURES), runs=folder / "runs")
    return folder / "runs"


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The lessons with their exercises solved."""
    folder = tmp_path_factory.mktemp("solved")
    copies = [prepare(lesson, folder, NOTEBOOKS / "solutions", **SMALL) for lesson in FIGURES]
    nbmake(*copies, runs=folder / "runs")
    return folder / "runs"


@pytest.fixture(scope="module")
def vae3_alone(tmp_path_factory):
    """VAE3 where no other lesson was run before."""
    folder = tmp_path_factory.mktemp("alone")
    nbmake(prepare("VAE3", folder, scale=SMALL["scale"]), runs=folder / "runs")
    return Run("VAE3", root=folder / "runs")


def bound(run, name=None):
    return ELBO_ABOVE[run.manifest["dataset"]["name"]][name or run.id]


@pytest.mark.parametrize("lesson", FIGURES)
def test_a_lessons_numbers_and_figures_pass_the_gate(runs, lesson):
    run = Run(lesson, root=runs)
    assert refusals(run, bound(run)) == []


@pytest.mark.parametrize("lesson", FIGURES)
def test_every_exercise_that_is_solved_is_right(solved, lesson):
    found = json.loads((solved / lesson / "exercises.json").read_text())
    assert set(found) == EXERCISES[lesson]
    assert {name: each for name, each in found.items() if each["status"] != "right"} == {}


@pytest.mark.parametrize("lesson", FIGURES)
def test_an_exercise_is_to_do_as_long_as_it_is_not_done(runs, lesson):
    found = json.loads((runs / lesson / "exercises.json").read_text())
    assert set(found) == EXERCISES[lesson]
    for name, each in found.items():
        if name.startswith("program"):
            assert each["mistake"] == "still_there", name
        elif name == "vae":
            assert each["status"] == "right"
        else:
            assert each["status"] == "to do", name


@pytest.mark.parametrize("lesson", FIGURES)
def test_solving_the_exercises_changes_no_number_of_a_lesson(runs, solved, lesson):
    before, after = (Run(lesson, root=root).manifest["metrics"] for root in (runs, solved))
    assert before == after


def test_vae3_explores_the_pretrained_model_where_vae2_was_not_run(vae3_alone):
    assert refusals(vae3_alone, bound(vae3_alone, "pretrained")) == []
    assert vae3_alone.manifest["metrics"]["model"] == "pretrained"


def test_vae3_explores_vae2s_best_model_where_there_is_one(runs):
    vae2, vae3 = (Run(lesson, root=runs).manifest["metrics"] for lesson in ("VAE2", "VAE3"))
    assert vae3["model"] == "VAE2"
    assert vae3["kl_loss"] == pytest.approx(vae2["kl_loss"], rel=1e-5)  # of the same images


def test_a_run_whose_posterior_has_collapsed_is_refused(tmp_path):
    """The notebook itself runs without an error: only the numbers tell."""
    notebook = prepare("VAE1", tmp_path, scale=0.02, epochs=2, loss_weights=[1.0, 1.0])
    nbmake(notebook, runs=tmp_path / "runs")
    run = Run("VAE1", root=tmp_path / "runs")
    reasons = " / ".join(refusals(run, elbo_above=-1000))
    assert "0 of 2 latent dimensions are active" in reasons
    assert "kl_loss 0.0" in reasons


@pytest.mark.parametrize(
    ("lesson", "metrics", "reason"),
    [
        ("VAE1", {"elbo": -400.0}, "held-out ELBO -400.00 is not above"),
        ("VAE1", {"elbo": float("nan")}, "held-out ELBO nan"),
        ("VAE2", {"kl_loss": 0.01}, "kl_loss 0.010 is not between"),
        ("VAE2", {"kl_loss": 3.0}, "the saved model's kl_loss is"),
        ("VAE3", {"active_dims": 1}, "1 of 2 latent dimensions"),
        ("VAE1", {"reload_difference": 1e-3}, "the reloaded model differs by 0.001"),
        ("VAE2", {"by_hand_difference": 1e-3}, "step by hand is not that of Keras"),
    ],
)
def test_the_gate_refuses_a_number_that_is_wrong(runs, tmp_path, lesson, metrics, reason):
    shutil.copytree(runs / lesson, tmp_path / lesson)
    run = Run(lesson, root=tmp_path)
    run.record(metrics=metrics)
    assert reason in " / ".join(refusals(run, bound(run)))


def test_the_gate_refuses_a_figure_that_is_missing_or_blank(runs, tmp_path):
    shutil.copytree(runs / "VAE3", tmp_path / "VAE3")
    run = Run("VAE3", root=tmp_path)
    (run.figures / "03-manifold.png").unlink()
    blank = Image.fromarray(np.full((400, 400), 255, dtype="uint8"))
    blank.save(run.figures / "04-morph.png")
    reasons = " / ".join(refusals(run, bound(run)))
    assert "figure 03-manifold.png is missing" in reasons
    assert "figure 04-morph.png is blank" in reasons


def test_the_gate_refuses_a_balance_that_does_not_balance(runs, tmp_path):
    shutil.copytree(runs / "VAE2", tmp_path / "VAE2")
    run = Run("VAE2", root=tmp_path)
    balance = run.manifest["balance"]
    run.record(balance={"k2=0": balance["k2=0.1"]})
    assert "the KL does not go from huge to none" in " / ".join(refusals(run, bound(run)))


def test_the_gate_refuses_a_training_whose_film_lacks_an_epoch(runs, tmp_path):
    shutil.copytree(runs / "VAE1", tmp_path / "VAE1")
    run = Run("VAE1", root=tmp_path)
    (run.film / "epoch-004.npz").unlink()  # the last one, as if the training had ended there
    assert "the record has epochs [0, 1, 2, 3] and not 0 to 4" in refusals(run, bound(run))
    (run.film / "epoch-002.npz").unlink()
    assert "epoch 2 of run VAE1 is missing" in " / ".join(refusals(run, bound(run)))


def test_papermill_itself_runs_a_lesson_from_any_folder(tmp_path):
    """As the command line of papermill, and with the output beside nothing of ours.

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
    assert Run("VAE3", root=tmp_path / "runs").manifest["parameters"]["scale"] == 0.05


def outputs_of(notebook):
    cells = json.loads(notebook.read_text())["cells"]
    return [output for cell in cells for output in cell.get("outputs", ())]


def errors_shown(notebook):
    return [output for output in outputs_of(notebook) if output.get("name") == "stderr"]


@pytest.mark.parametrize("lesson", FIGURES)
def test_a_lesson_shows_its_figures_and_nothing_that_looks_like_an_error(runs, lesson):
    notebook = runs.parent / f"{lesson}.ipynb"
    assert errors_shown(notebook) == []
    outputs = outputs_of(notebook)
    pictures = [o for o in outputs if {"image/png", "image/gif"} & set(o.get("data", ()))]
    unsaved = {"VAE3": 2}  # the explorer, in its still picture, and the point where it rests
    assert len(pictures) == len(FIGURES[lesson]) + unsaved.get(lesson, 0)
