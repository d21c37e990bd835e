import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fidle_vae
from fidle_vae.cli.main import main
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run
from tests.helpers.decoded import decode_gif
from tests.helpers.small_datasets import Machine, write_folder
from tests.helpers.small_lessons import write_lesson
from tests.helpers.small_record import write_small

COMMAND = Path(sys.executable).with_name("fidle-vae")


def test_help_imports_nothing_heavy():
    program = """
import atexit, sys
from fidle_vae.cli.main import main
atexit.register(lambda: print({module.split(".")[0] for module in sys.modules}))
main(["--help"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "variational" in done.stdout.lower()
    for heavy in ("numpy", "papermill", "nbclient", "keras", "tensorflow", "matplotlib"):
        assert f"'{heavy}'" not in done.stdout


def test_the_command_is_installed_and_lists_its_commands():
    done = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=True)
    for command in (
        "run",
        "report",
        "slides",
        "grade",
        "train",
        "film",
        "morph",
        "explore",
        "evaluate",
        "data",
        "info",
    ):
        assert f"\n    {command} " in done.stdout


def test_a_command_starts_without_lines_that_look_like_errors():
    done = subprocess.run([COMMAND, "info"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "keras" in done.stdout


def test_an_import_that_fails_is_not_silent(tmp_path):
    (tmp_path / "keras.py").write_text("import os; os.write(2, b'no such library'); 1 / 0")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [COMMAND, "info"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode != 0
    assert "no such library" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_every_option_of_train_has_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["train", "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for option in (
        "--dataset", "--scale", "--kind", "--latent-dim", "--loss-weights", "--batch-size",
        "--epochs", "--schedule", "--seed", "--id", "--run-dir",
    ):  # fmt: skip
        assert option in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--scale", "0"], "scale must be"),
        (["--scale", "-1"], "scale must be"),
        (["--scale", "1.5"], "scale must be"),
        (["--scale", "abc"], "scale must be"),
        (["--scale", "nan"], "scale must be"),
        (["--latent-dim", "0"], "latent_dim must be an integer of 1 or more; got 0: try 2."),
        (["--loss-weights", "1,-1e-3"], "loss_weights must be two numbers"),
        (["--loss-weights", "1,2,3"], "loss_weights must be two numbers"),
        (["--loss-weights", "0,0"], "loss_weights must be two numbers"),
        (["--kind", "cnov"], "did you mean 'conv'?"),
        (["--schedule", "one-cycle"], "schedule must be one of constant, one_cycle; got 'one-cyc"),
        (["--dataset", "mnits"], "'mnist'"),
        (["--seed", "4294967296"], "seed must be an integer from 0 to 4294967295, got 4294967296"),
        (["--epochs", "0"], "epochs must be an integer of 1 or more; got 0: try 10."),
        (["--batch-size", "many"], "batch_size must be an integer of 1 or more; got 'many'"),
        (["--id", "a/b"], "id must be made of"),
    ],
)
def test_bad_input_prints_one_sentence_before_any_work(tmp_path, capsys, options, sentence):
    assert main(["train", "--run-dir", str(tmp_path / "runs"), *options]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("fidle-vae: ")
    assert sentence in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert "Training" not in printed.out
    assert not list(tmp_path.iterdir())


def test_an_unwritable_run_directory_prints_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["train", "--run-dir", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_an_error_that_no_function_expected_is_one_line_and_a_log(tmp_path, monkeypatch, capsys):
    def fail(**_):
        raise KeyError("elbo")

    monkeypatch.setattr("fidle_vae.runs.verify.verify", lambda *_: fail())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main(["verify"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    (log,) = tmp_path.iterdir()
    assert line == (
        f"fidle-vae: this should not have happened (KeyError: 'elbo'); {log} says where, for a "
        "report to the maintainers."
    )
    assert "in fail" in log.read_text()


def test_debug_shows_the_traceback_of_an_error(tmp_path):
    with pytest.raises(ValueError, match="latent_dim"):
        main(["--debug", "train", "--latent-dim", "0", "--run-dir", str(tmp_path)])


def test_every_option_of_run_has_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["run", "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for option in ("LESSON", "--parameter NAME=VALUE", "--json", "--junit FILE", "--run-dir"):
        assert option in text
    assert "3 if all lessons ran" in text


def test_every_option_of_grade_has_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["grade", "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for option in (
        "SUBMISSIONS_DIR", "--output", "--parameter NAME=VALUE", "--minutes", "--memory", "--jobs",
        "--json", "--junit FILE",
    ):  # fmt: skip
        assert option in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "no notebook (.ipynb) is in "),
        (["--minutes", "0"], "minutes must be a number above 0; got 0: try 10."),
        (["--memory", "much"], "memory must be a number above 0; got 'much': try 4."),
        (["--jobs", "1.5"], "jobs must be an integer of 1 or more; got 1.5: try 1."),
        (["-o", "grades.xlsx"], "output must end in .csv, got 'grades.xlsx': try grades.csv."),
    ],
)
def test_bad_input_to_grade_prints_one_sentence(tmp_path, capsys, monkeypatch, options, sentence):
    for name in ("project", "class"):
        (tmp_path / name).mkdir()
    write_lesson(tmp_path / "project", "VAE1")
    monkeypatch.setattr("fidle_vae.course.lessons.project_dir", lambda: tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    assert main(["grade", "class", *options]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"fidle-vae: {sentence}")
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not list(tmp_path.glob("grades.*"))


@pytest.mark.parametrize("text", ["scale", "=0.1", ""])
def test_a_parameter_without_name_or_value_is_an_error(capsys, text):
    with pytest.raises(SystemExit) as stop:
        main(["run", "-p", text])
    assert stop.value.code == 2
    assert f"must be NAME=VALUE, such as scale=0.02; got {text!r}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["VAE77"], "no lesson is named 'VAE77', did you mean 'VAE1'?: the lessons are VAE1."),
        (["-p", "sclae=1"], "'sclae', did you mean 'scale'?"),
        (["-p", "scale=7"], "scale must be a number in (0, 1], got 7"),
        (["-p", "scale=abc"], "scale must be a number, such as 0.1; got 'abc'"),
    ],
)
def test_bad_input_to_run_prints_one_sentence_before_any_work(
    tmp_path, capsys, monkeypatch, arguments, sentence
):
    write_lesson(tmp_path, "VAE1")
    monkeypatch.setattr("fidle_vae.course.lessons.project_dir", lambda: tmp_path)
    assert main(["run", *arguments, "--run-dir", str(tmp_path / "runs")]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("fidle-vae: ")
    assert sentence in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert printed.out == ""
    assert not (tmp_path / "runs").exists()


def test_report_writes_the_page_on_runs(tmp_path, capsys):
    assert main(["report", "--run-dir", str(tmp_path)]) == 1
    assert "no run is in" in capsys.readouterr().err
    Run("VAE1", root=tmp_path).start(parameters={})
    assert main(["report", "--run-dir", str(tmp_path)]) == 0
    page = tmp_path / "report" / "index.html"
    assert capsys.readouterr().out == f"The report is in {page}\n"
    assert "VAE1" in page.read_text()


def test_explore_writes_a_page_and_with_no_show_opens_none(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail("a browser was opened"))
    monkeypatch.setenv("DISPLAY", ":1")  # without a screen nothing would be opened anyway
    page = tmp_path / "page.html"
    arguments = ["explore", "pretrained", "-o", page, "--dataset", "none", "--no-show"]
    assert main([str(argument) for argument in arguments]) == 0
    assert f"The explorer of pretrained is in {page}" in capsys.readouterr().out
    assert 200_000 < page.stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["nowhere"], "model 'nowhere' is neither a .keras file nor a run with a saved model"),
        (["--codes", "0"], "codes must be an integer of 1 or more; got 0"),
        (["-o", "page.png"], "output must end in .html, got 'page.png': try page.html."),
        (["a", "b", "c"], "models must be one or two"),
    ],
)
def test_bad_input_to_explore_prints_one_sentence(tmp_path, capsys, options, sentence):
    assert main(["explore", *options, "--run-dir", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"fidle-vae: {sentence}")
    assert told.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_film_writes_the_film_of_a_run(tmp_path, capsys):
    write_small(tmp_path / "R1" / "film", moments=1)
    film = tmp_path / "a.gif"
    arguments = ["film", "R1", "-o", film, "--seconds", "3", "--fps", "4", "--run-dir", tmp_path]
    assert main([str(argument) for argument in arguments]) == 0
    _, durations = decode_gif(film)
    assert sum(durations) == 3000
    assert str(film) in capsys.readouterr().out
    assert main(["film", "--seconds", "3", "--fps", "4", "--run-dir", str(tmp_path)]) == 0
    assert (tmp_path / "R1" / "film.mp4").exists()


def test_film_needs_no_keras(tmp_path, run_python):
    write_small(tmp_path / "R1" / "film", moments=1)
    program = """
import sys
from fidle_vae.cli.main import main
assert main(["film", "R1", "-o", sys.argv[1] + "/a.gif", "--run-dir", sys.argv[1]]) == 0
print({m.split(".")[0] for m in sys.modules} & {"keras", "tensorflow", "jax", "torch"})
"""
    assert run_python(program, tmp_path).endswith("set()\n")


def test_morph_writes_a_walk(tmp_path, capsys):
    film = tmp_path / "a.gif"
    arguments = ["morph", "z=-1,0.5", "z=1,1", "-o", film, "--model", "pretrained", "--path",
                 "circle", "--frames", "3", "--seconds", "1", "--size", "56"]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    assert "From z=-1,0.5 to z=1,1 and back, by model pretrained: 2.0 s" in capsys.readouterr().out
    frames, durations = decode_gif(film)
    assert frames.shape == (4, 64, 56, 3)
    assert durations == [600, 400, 600, 400]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["film"], "no run in "),
        (["film", "R9"], "run 'R9' is not in "),
        (["film", "-o", "film.avi"], "path must end in .gif or .mp4, got 'film.avi'"),
        (["morph", "z=1", "z=2", "-o", "a.png"], "path must end in .gif or .mp4, got 'a.png'"),
        (["morph", "z=1", "z=2,1", "--model", "pretrained"], "A must have 2 finite numbers"),
        (["morph", "z=1,2", "z=2,1", "--seconds", "0"], "seconds must be from 1.4"),
        (["morph", "z=1,2", "z=2,1", "--model", "R9"], "model 'R9' is neither"),
    ],
)
def test_bad_input_to_the_films_prints_one_sentence(tmp_path, capsys, arguments, sentence):
    assert main([*arguments, "--run-dir", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"fidle-vae: {sentence}")
    assert told.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_ctrl_c_prints_one_line(capsys, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fidle_vae.runs.report.write_report", interrupt)
    assert main(["report"]) == 130
    assert capsys.readouterr().err == "\nfidle-vae: interrupted\n"


def test_an_unknown_command_fails(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["fly"])
    assert stop.value.code != 0
    assert "fly" in capsys.readouterr().err


def test_info_names_versions_backend_and_folders(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path / "runs"))
    assert main(["info"]) == 0
    text = capsys.readouterr().out
    assert f"fidle_vae       {fidle_vae.__version__}" in text
    assert f"backend         {os.environ.get('KERAS_BACKEND', 'tensorflow')}" in text
    assert str(tmp_path / "runs") in text
    assert not (tmp_path / "runs").exists()


def test_every_option_of_evaluate_has_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for option in (
        "RUN_OR_MODEL", "--dataset", "--samples", "--seed", "--binarized", "--json", "--run-dir",
    ):  # fmt: skip
        assert option in text


@pytest.fixture
def small_mnist(tmp_path, monkeypatch):
    """A machine with a small MNIST and a folder of runs that holds a model."""
    machine = Machine(tmp_path, monkeypatch)
    write_folder(machine.named / "mnist", machine.publish(counts=(200, 60)))
    encoder, decoder = (build("mlp", (28, 28, 1), 3) for build in (build_encoder, build_decoder))
    VAE(encoder, decoder).save(Run("mine", root=tmp_path / "runs").models / "best.keras")
    return tmp_path / "runs"


def test_evaluate_prints_json_and_nothing_else_or_a_table(small_mnist, capsys):
    arguments = ["evaluate", "mine", "--samples", "3", "--seed", "5", "--run-dir", small_mnist]
    assert main([*map(str, arguments), "--json", "--binarized"]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)["models"]["mine"]
    assert {name: found[name] for name in ("dataset", "images", "pixels", "samples", "seed")} == {
        "dataset": "mnist", "images": 60, "pixels": "binarized", "samples": 3, "seed": 5,
    }  # fmt: skip
    assert {"nll", "knn_accuracy", "frechet_distance"} <= set(found["measures"])
    assert "takes mnist" in told.err
    assert "Training the classifier" in told.err
    assert (small_mnist / "classifiers" / "mnist.keras").exists()
    assert main(list(map(str, arguments))) == 0
    text = capsys.readouterr().out
    assert "mine: 60 held-out images of mnist, grey, 3 samples of z for each" in text
    assert "\n  class_coverage " in text
    assert "Training the classifier" not in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["nowhere"], "model 'nowhere' is neither a .keras file nor a run with a saved model"),
        (["--samples", "0"], "samples must be an integer of 1 or more; got 0: try 500."),
        (["--samples", "many"], "samples must be an integer of 1 or more; got 'many'"),
        (["--seed", "-1"], "seed must be an integer from 0 to 4294967295, got -1"),
        (["--seed", "abc"], "seed must be an integer from 0 to 4294967295, got 'abc'"),
        (["--dataset", "mnits"], "dataset name must be one of"),
    ],
)
def test_bad_input_to_evaluate_prints_one_sentence(tmp_path, capsys, options, sentence):
    assert main(["evaluate", *options, "--run-dir", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"fidle-vae: {sentence}")
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not list(tmp_path.iterdir())
