import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from fidle_vae.course import lessons
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.run_lessons import BrokenClaimsError, LessonError, run_lessons
from fidle_vae.runs.saved_models import PRETRAINED
from tests.helpers.small_lessons import PARAMETERS, write_lesson

START = """
import os, sys
from fidle_vae.runs.run import Run
run = Run("{id}")
run.start(parameters={{"scale": scale, "loss_weights": loss_weights}}, seed=seed)
"""
OLD = {"id": "old", "started": "2020-01-01T00:00:00+00:00", "metrics": {"elbo": -999.0}}
# main, with the lessons of another folder
PROGRAM = """
import sys
from pathlib import Path
from fidle_vae.course import lessons
from fidle_vae.course.catalogue import catalogue
from fidle_vae.cli.main import main
lessons.project_dir = lambda: Path(sys.argv[1])
code = main(sys.argv[2:])
assert not {"keras", "tensorflow"} & set(sys.modules)
sys.exit(code)
"""


def manifest(root, id):
    return json.loads((root / id / "manifest.json").read_text())


def wait_for(path):
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def outputs(root, id):
    """All that the cells of an executed notebook print, and their errors."""
    notebook = nbformat.read(root / id / f"{id}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [output for cell in cells for output in cell.outputs]
    return "".join(output.get("text", "") + output.get("evalue", "") for output in found)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("project")
        patch.setattr(lessons, "project_dir", lambda: folder)
        yield folder


@pytest.fixture(scope="module")
def finished_and_failed(project):
    """VAE1 goes well, VAE2 fails before its own start, VAE3 is not run; all had older results."""
    write_lesson(
        project,
        "VAE1",
        START.format(id="VAE1"),
        "# 1. *Look*\n\n## 2. `Train` it\n\n```\n# no heading\n```",
        "for epoch in range(2):\n    print(f'Epoch {epoch + 1}/2', flush=True)\n"
        "    print(f'batch 1/2\\rbatch 2/2 {epoch}', flush=True)",
        "print('weights', repr(loss_weights), 'scale', repr(scale), 'seed', seed)",
        "print('python', sys.executable)\nprint('folder', os.getcwd())\n"
        "print('runs', os.environ['FIDLE_VAE_RUN_DIR'])\n"
        "print('figures', os.environ['MPLBACKEND'])",
        "run.record(metrics={'elbo': -160.8})",
        kernelspec={"name": "absent", "display_name": "Another", "language": "python"},
    )
    write_lesson(
        project, "VAE2", "## 5. Balance", "raise ValueError('no\\nluck')", "print('never')"
    )
    write_lesson(project, "VAE3", "print('never')")
    other = project / "share" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["false"], "language": "python"}')
    runs = project / "runs"
    for id in ("VAE1", "VAE2"):
        (runs / id).mkdir(parents=True)
        (runs / id / "manifest.json").write_text(json.dumps(OLD))
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("JUPYTER_PATH", str(project / "share"))
        patch.setenv("MPLBACKEND", "agg")
        patch.setattr("fidle_vae.course.claims.catalogue", dict)  # these lessons claim nothing
        patch.chdir(project)
        with pytest.raises(LessonError) as error:
            run_lessons(settings={"loss_weights": "2,1e-3", "scale": "0.5"}, run_dir="runs")
    return runs, printed.getvalue(), error.value


def test_parameters_are_set_in_a_cell_after_the_defaults(finished_and_failed):
    runs, _, _ = finished_and_failed
    assert "weights (2, 0.001) scale 0.5 seed 123" in outputs(runs, "VAE1")
    notebook = nbformat.read(runs / "VAE1" / "VAE1.ipynb", as_version=4)
    assert notebook.cells[1].source == PARAMETERS
    assert notebook.cells[2].metadata.tags == ["injected-parameters"]
    assert notebook.cells[2].source == "# Parameters\nloss_weights = (2, 0.001)\nscale = 0.5"


def test_the_kernel_runs_this_python_whatever_kernels_are_installed(finished_and_failed):
    assert f"python {sys.executable}\n" in outputs(finished_and_failed[0], "VAE1")


def test_the_kernel_works_in_the_notebooks_folder_and_knows_the_runs_folder(finished_and_failed):
    runs, _, _ = finished_and_failed
    printed = outputs(runs, "VAE1")
    assert f"folder {runs.parent / 'notebooks'}\n" in printed
    assert f"runs {runs}\n" in printed


def test_figures_are_shown_in_the_notebook_whatever_this_process_does(finished_and_failed):
    assert re.search("figures .*inline", outputs(finished_and_failed[0], "VAE1"))


def test_a_log_has_a_line_for_the_start_of_a_lesson_and_one_for_its_end(finished_and_failed):
    _, printed, _ = finished_and_failed
    lines = re.sub(r"[\d.]+ s\b", "T", printed).splitlines()
    assert [re.sub("about .* left", "about T left", line) for line in lines] == [
        "VAE1  started, lesson 1 of 3, about T left",
        "VAE1  done in T   ELBO -160.80",
        "VAE2  started, lesson 2 of 3, about T left",
        "VAE2  failed after T",
    ]


def test_a_bar_that_overwrites_itself_is_kept_as_it_was_last(finished_and_failed):
    printed = outputs(finished_and_failed[0], "VAE1")
    assert "Epoch 1/2\nbatch 2/2 0\nEpoch 2/2\nbatch 2/2 1\n" in printed


def test_a_finished_lesson_says_so_in_its_manifest(finished_and_failed):
    known = manifest(finished_and_failed[0], "VAE1")
    assert known["status"] == "finished"
    assert known["lesson"]["title"] == catalogue()["VAE1"].title
    assert known["lesson"]["seconds"] > 0
    assert known["lesson"]["order"] == list(catalogue()).index("VAE1")
    assert known["lesson"]["key_metrics"] == catalogue()["VAE1"].key_metrics
    assert known["metrics"] == {"elbo": -160.8}
    assert known["parameters"] == {"scale": 0.5, "loss_weights": [2, 0.001]}


def test_a_failure_is_reported_in_one_sentence_with_what_was_not_run(finished_and_failed):
    runs, _, error = finished_and_failed
    assert str(error) == (
        "VAE2 failed in cell 3 (5. Balance): ValueError: no luck; "
        f"the notebook so far is in {runs / 'VAE2'}; not run: VAE3."
    )
    assert error.exit_code == 1


def test_a_failed_lesson_is_kept_as_far_as_it_came(finished_and_failed):
    runs, _, _ = finished_and_failed
    assert outputs(runs, "VAE2") == "no\nluck"
    assert "no\nluck" in (runs / "VAE2" / "VAE2.html").read_text()
    assert "never" not in outputs(runs, "VAE2")
    assert not (runs / "VAE3" / "VAE3.ipynb").exists()


def test_no_older_result_passes_for_that_of_a_lesson_that_failed(finished_and_failed):
    known = manifest(finished_and_failed[0], "VAE2")
    assert known["metrics"] == {}
    assert known["started"] > OLD["started"]
    assert known["parameters"]["scale"] == 0.5
    assert known["status"] == "failed"
    assert known["lesson"]["cell"] == 3
    assert known["lesson"]["section"] == "5. Balance"
    assert known["error"] == "ValueError: no luck"


def test_the_report_shows_what_finished_and_what_failed(finished_and_failed):
    page = (finished_and_failed[0] / "report" / "index.html").read_text()
    assert "-160.80" in page
    assert "failed in cell 3 (5. Balance): ValueError: no luck" in page
    assert "-999" not in page
    assert 'href="../VAE2/VAE2.html"' in page


def test_nothing_partial_is_left(finished_and_failed):
    assert not list(finished_and_failed[0].rglob("*.partial*"))


def test_a_long_error_is_shortened_where_a_sentence_is_wanted(project, tmp_path):
    write_lesson(project, "WORDY", "raise ValueError('many words ' * 1000)")
    with pytest.raises(
        LessonError, match=r"ValueError: many words .* \.\.\.; the notebook"
    ) as error:
        run_lessons(["WORDY"], run_dir=tmp_path)
    assert len(str(error.value)) < 800
    assert len(outputs(tmp_path, "WORDY")) > 10_000


def test_an_error_that_is_a_sentence_does_not_end_the_one_it_stands_in(project, tmp_path):
    write_lesson(project, "CLEAR", "raise ValueError('Unset it, then start again.')")
    with pytest.raises(LessonError, match=r"start again; the notebook so far is in .*CLEAR\.$"):
        run_lessons(["CLEAR"], run_dir=tmp_path)


def test_a_kernel_that_dies_is_reported_with_its_last_words(project, tmp_path, monkeypatch):
    write_lesson(
        project,
        "DIES",
        "## 1. Fill the memory",
        "import os\nprint('before')\nos.kill(os.getpid(), 9)",
    )
    (tmp_path / "ipykernel_launcher.py").write_text(
        "import sys\nprint('No more memory', file=sys.stderr)\n"
        "from ipykernel import kernelapp\nkernelapp.launch_new_instance()"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    sentence = (
        r"DIES failed in cell 2 \(1. Fill the memory\): the kernel died \(often: out of memory\): "
        "No more memory; the notebook so far"
    )
    with pytest.raises(LessonError, match=sentence) as error:
        run_lessons(["DIES"], run_dir=tmp_path)
    assert error.value.exit_code == 1
    assert manifest(tmp_path, "DIES")["status"] == "failed"
    assert "the kernel died" in outputs(tmp_path, "DIES")
    assert "the kernel died" in (tmp_path / "DIES" / "DIES.html").read_text()


def test_a_kernel_that_cannot_start_is_reported_with_its_words(project, tmp_path, monkeypatch):
    write_lesson(project, "STARTS")
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit('no such library')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(
        LessonError, match=r"STARTS failed: the kernel did not start .*: no such lib"
    ):
        run_lessons(["STARTS"], run_dir=tmp_path / "runs")
    assert manifest(tmp_path / "runs", "STARTS")["status"] == "failed"


def test_nothing_runs_where_the_runs_folder_cannot_be_written(project, tmp_path):
    write_lesson(project, "UNWRITABLE", f"open({str(tmp_path / 'ran')!r}, 'w')")
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot be written"):
        run_lessons(["UNWRITABLE"], run_dir=tmp_path / "file")
    assert not (tmp_path / "ran").exists()


def test_the_model_to_load_is_found_before_anything_runs(project, tmp_path, monkeypatch):
    write_lesson(project, "LOADS", "print(model)", parameters='model = "auto"')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"model 'none.keras' is neither a .keras file nor"):
        run_lessons(["LOADS"], {"model": "none.keras"}, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
    shutil.copy(PRETRAINED, tmp_path / "mine.keras")
    run_lessons(["LOADS"], {"model": "mine.keras"}, tmp_path / "runs")
    assert outputs(tmp_path / "runs", "LOADS").strip() == str(tmp_path / "mine.keras")


def test_a_lesson_that_does_not_run_on_the_backend_is_named_before_anything_runs(
    project, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    for lesson in ("VAE1", "VAE2"):
        write_lesson(project, lesson, "print('never')")
    with pytest.raises(ValueError, match="is 'jax', and VAE2 runs on tensorflow, torch only: "):
        run_lessons(["VAE1", "VAE2"], run_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_notebook_of_an_older_format_stays_valid_with_other_parameters(project, tmp_path):
    path = write_lesson(project, "OLDER", "print(seed)")
    notebook = json.loads(path.read_text())
    notebook["nbformat_minor"] = 4  # in which cells have no id
    for cell in notebook["cells"]:
        del cell["id"]
    path.write_text(json.dumps(notebook))
    run_lessons(["OLDER"], {"seed": "7"}, tmp_path)
    nbformat.validate(nbformat.read(tmp_path / "OLDER" / "OLDER.ipynb", as_version=4))
    assert outputs(tmp_path, "OLDER") == "7\n"


@pytest.mark.parametrize(("name", "exit_code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_the_kernel_and_leaves_whole_files(project, tmp_path, name, exit_code):
    write_lesson(
        project,
        "LONG",
        "## 2. Train it",
        "import os, time\nfrom pathlib import Path\nos.write(2, b'Greeting of a library')\n"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\ntime.sleep(100)",
    )
    write_lesson(project, "NEXT")
    arguments = [project, "run", "LONG", "NEXT", "--run-dir", tmp_path]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        lines = iter(process.stdout.readline, "")
        assert next(lines) == "LONG  started, lesson 1 of 2\n"
        wait_for(tmp_path / "pid")
        process.send_signal(signal.Signals[name])
        printed, told = process.communicate(timeout=60)  # not after the cell's sleep
    assert process.returncode == exit_code
    assert "LONG  interrupted after" in printed
    assert told == (
        f"fidle-vae: LONG was interrupted in cell 2 (2. Train it): stopped by {name}; "
        f"the notebook so far is in {tmp_path / 'LONG'}; not run: NEXT.\n"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert manifest(tmp_path, "LONG")["status"] == "interrupted"
    assert "stopped by" in (tmp_path / "LONG" / "LONG.html").read_text()
    assert "was interrupted in cell 2" in (tmp_path / "report" / "index.html").read_text()
    assert not list(tmp_path.rglob("*.partial*"))


def test_a_signal_after_a_lesson_leaves_it_whole_and_starts_no_other(
    project, tmp_path, monkeypatch
):
    def make_page(*_):
        os.kill(os.getpid(), signal.SIGINT)
        return "a whole page"

    write_lesson(project, "ONE")
    write_lesson(project, "TWO", "print('never')")
    monkeypatch.setattr("fidle_vae.course.run_lessons.notebook_html", make_page)
    handler = signal.getsignal(signal.SIGINT)  # ignored, where a shell started us in its background
    with pytest.raises(LessonError, match=r"interrupted after ONE, .*; not run: TWO\.") as error:
        run_lessons(["ONE", "TWO"], run_dir=tmp_path)
    assert error.value.exit_code == 130
    assert manifest(tmp_path, "ONE")["status"] == "finished"
    assert (tmp_path / "ONE" / "ONE.html").read_text() == "a whole page"
    assert (tmp_path / "report" / "index.html").exists()
    assert not (tmp_path / "TWO" / "manifest.json").exists()
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_command_runs_a_lesson_and_says_where_to_look(project, tmp_path):
    write_lesson(project, "SHORT", "import os; os.write(2, b'Greeting of a library')", "scale")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, project, "run", "SHORT", "-p", "scale=0.25"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"FIDLE_VAE_RUN_DIR": str(tmp_path)},
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.endswith(f"The report is in {tmp_path / 'report' / 'index.html'}\n")
    assert "Greeting" not in done.stdout
    assert "0.25" in (tmp_path / "SHORT" / "SHORT.ipynb").read_text()
    assert Path(tmp_path / "SHORT" / "SHORT.html").exists()


CLAIMS = """
from fidle_vae.runs.run import Run
run = Run("{id}")
run.record(dataset={{"name": "digits"}})
run.record(metrics={{"elbo": -150.4}})
run.claim("used", "Both dimensions are used.", 2, at_least=2)
run.claim("survives", "Most classes survive.", {value}, at_least=0.6, unit="%")
"""


@pytest.fixture
def promised(monkeypatch):
    """A lesson of the catalogue that promises two claims."""
    entry = replace(catalogue()["VAE1"], claims=["used", "survives"])
    monkeypatch.setitem(catalogue(), "VAE1", entry)


def run_program(project, *arguments):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, (project, "run", *arguments))],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_screen_names_the_dataset_and_counts_the_claims(project, tmp_path, promised, capsys):
    write_lesson(project, "VAE1", CLAIMS.format(id="VAE1", value=0.63))
    run_lessons(["VAE1"], run_dir=tmp_path, strict=True)
    started, dataset, done, _ = capsys.readouterr().out.splitlines()
    assert started.startswith("VAE1  started, lesson 1 of 1, about ")
    assert dataset == "Dataset: digits, because MNIST was not found and could not be downloaded"
    assert re.fullmatch(r"VAE1  done in [\d.]+ s   ELBO -150.40   claims 2 of 2", done)


def test_a_dataset_that_was_asked_for_needs_no_reason(project, tmp_path, promised, capsys):
    write_lesson(project, "VAE1", CLAIMS.format(id="VAE1", value=0.63))
    run_lessons(["VAE1"], {"dataset": "digits"}, tmp_path)
    assert "\nDataset: digits\n" in capsys.readouterr().out


def test_claims_that_do_not_hold_are_listed_and_raise_after_all_lessons(
    project, tmp_path, promised, capsys
):
    write_lesson(project, "VAE1", CLAIMS.format(id="VAE1", value=0.59))
    write_lesson(project, "LATER", "print('reached')")
    with pytest.raises(BrokenClaimsError, match=r"^claims are broken: 1 of VAE1;") as error:
        run_lessons(["VAE1", "LATER"], run_dir=tmp_path, strict=True)
    assert error.value.exit_code == 3
    assert "claims 1 of 2\n    claim survives does not hold: 0.59, not" in capsys.readouterr().out
    assert outputs(tmp_path, "LATER") == "reached\n"
    assert (tmp_path / "report" / "index.html").exists()
    run_lessons(["VAE1"], run_dir=tmp_path)  # not strict: slides want the notebook, whatever holds


def test_a_claim_that_was_not_made_is_broken_unless_its_lesson_failed(project, tmp_path, promised):
    write_lesson(project, "VAE1", "print('no claim')")
    with pytest.raises(BrokenClaimsError, match="2 of VAE1"):
        run_lessons(["VAE1"], run_dir=tmp_path, strict=True)
    write_lesson(project, "VAE1", "raise ValueError('no luck')")
    with pytest.raises(LessonError):
        run_lessons(["VAE1"], run_dir=tmp_path, strict=True, junit=tmp_path / "results.xml")
    (suite,) = ElementTree.parse(tmp_path / "results.xml").getroot()
    assert [(case.get("name"), case[0].tag) for case in suite] == [("lesson", "error")]


def test_the_command_ends_with_3_and_prints_json_and_junit_for_ci(project, tmp_path):
    runs, results = tmp_path / "runs", tmp_path / "results.xml"
    write_lesson(project, "MINE", CLAIMS.format(id="MINE", value="float('nan')"))
    done = run_program(project, "MINE", "--run-dir", runs, "--json", "--junit", results)
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert document["run_dir"] == str(runs)
    (lesson,) = document["lessons"]
    assert lesson["status"] == "finished"
    assert lesson["seconds"] > 0
    assert lesson["dataset"] == {"name": "digits"}
    assert lesson["metrics"] == {"elbo": -150.4}
    assert lesson["claims"]["used"]["holds"]
    assert lesson["claims"]["survives"]["value"] is None  # JSON knows no NaN
    (sentence,) = lesson["broken"]
    assert sentence.startswith("claim survives does not hold: nan")
    assert "MINE  done in" in done.stderr
    assert done.stderr.endswith("fidle-vae: claims are broken: 1 of MINE; each is listed above.\n")
    (suite,) = ElementTree.parse(results).getroot()
    assert suite.get("name") == "MINE"
    assert [(case.get("name"), len(case.findall("failure"))) for case in suite] == [
        ("lesson", 0),
        ("used", 0),
        ("survives", 1),
    ]
    assert suite[1].findtext("system-out") == "✓ Both dimensions are used. [2; at least 2]"


def test_a_failure_is_in_the_json_with_the_lessons_that_were_not_run(project, tmp_path):
    write_lesson(project, "BAD", "raise ValueError('no luck')")
    write_lesson(project, "WAITS", "print('never')")
    results = tmp_path / "results.xml"
    done = run_program(
        project, "BAD", "WAITS", "--run-dir", tmp_path / "runs", "--json", "--junit", results
    )
    assert done.returncode == 1
    bad, waits = json.loads(done.stdout)["lessons"]
    assert (bad["status"], bad["error"]) == ("failed", "ValueError: no luck")
    assert (waits["status"], waits["seconds"]) == ("not run", 0)
    assert [suite[0][0].tag for suite in ElementTree.parse(results).getroot()] == [
        "error",
        "skipped",
    ]


def test_a_junit_file_that_cannot_be_written_is_named_before_anything_runs(project, tmp_path):
    with pytest.raises(ValueError, match="junit must be a file"):
        run_lessons(["VAE1"], run_dir=tmp_path / "runs", junit=tmp_path / "absent" / "results.xml")
    assert not (tmp_path / "runs").exists()


MEET = """import os, time
from pathlib import Path
meeting = Path({folder!r})
(meeting / {own!r}).touch()
for _ in range(600):
    if (meeting / {other!r}).exists():
        break
    time.sleep(0.1)
else:
    raise TimeoutError("nobody came")
print(os.environ["TF_NUM_INTRAOP_THREADS"])"""


def test_two_lessons_run_at_the_same_time_and_share_the_cores(project, tmp_path, capsys):
    write_lesson(project, "ONE", MEET.format(folder=str(tmp_path), own="1", other="2"))
    write_lesson(project, "TWO", MEET.format(folder=str(tmp_path), own="2", other="1"))
    run_lessons(["ONE", "TWO"], run_dir=tmp_path, jobs=2)
    each = max(1, os.cpu_count() // 2)
    assert [outputs(tmp_path, id) for id in ("ONE", "TWO")] == [f"{each}\n"] * 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["ONE  started, lesson 1 of 2", "TWO  started, lesson 2 of 2"]


def test_a_lesson_waits_for_the_one_whose_model_it_takes(project, tmp_path, monkeypatch):
    monkeypatch.setattr("fidle_vae.course.claims.catalogue", dict)  # these lessons claim nothing
    mark = f"from pathlib import Path\nmark = Path({str(tmp_path / 'mark')!r})\n"
    write_lesson(project, "VAE2", f"{mark}import time\ntime.sleep(2)\nmark.touch()")
    write_lesson(project, "VAE3", f"{mark}assert mark.exists()")
    run_lessons(["VAE2", "VAE3"], run_dir=tmp_path, jobs=2)


def test_all_lessons_are_run_only_if_that_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr("fidle_vae.course.claims.catalogue", dict)
    monkeypatch.setattr(lessons, "project_dir", lambda: tmp_path)
    for lesson in ("GEN1", "MINE"):
        write_lesson(tmp_path, lesson, "print('done')")
    run_lessons(run_dir=tmp_path)
    assert not (tmp_path / "GEN1").exists()
    run_lessons(run_dir=tmp_path, everything=True)
    assert manifest(tmp_path, "GEN1")["status"] == "finished"
    with pytest.raises(ValueError, match="all lessons are asked for, and MINE: leave out one"):
        run_lessons(["MINE"], run_dir=tmp_path, everything=True)


def test_a_lesson_that_others_wait_for_starts_first(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("fidle_vae.course.claims.catalogue", dict)
    for lesson in ("ONE", "TWO", "VAE2", "VAE3"):
        write_lesson(project, lesson, "print('done')")
    run_lessons(["ONE", "TWO", "VAE2", "VAE3"], run_dir=tmp_path, jobs=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["VAE2  started, lesson 3 of 4", "ONE  started, lesson 1 of 4"]
    assert max(i for i, line in enumerate(lines) if line.startswith("VAE2")) < next(
        i for i, line in enumerate(lines) if line.startswith("VAE3")
    )


def test_a_lesson_takes_the_gpu_that_is_free(project, tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3")
    seen = "import os\nprint(os.environ['CUDA_VISIBLE_DEVICES'])"
    path = str(tmp_path / "THREE" / "THREE.html")
    wait = f"\nimport time\nwhile not os.path.exists({path!r}):\n    time.sleep(0.1)"
    write_lesson(project, "ONE", seen + wait)  # is there until THREE has ended
    write_lesson(project, "TWO", seen)
    write_lesson(project, "THREE", seen)
    names = ("ONE", "TWO", "THREE")
    run_lessons(names, run_dir=tmp_path, jobs=2)
    assert [outputs(tmp_path, name).strip() for name in names] == ["2", "3", "3"]
    run_lessons(names[1:], run_dir=tmp_path)
    assert [outputs(tmp_path, name).strip() for name in names[1:]] == ["2,3", "2,3"]


def test_where_a_lesson_fails_the_one_beside_it_ends_and_no_other_starts(project, tmp_path):
    wait = f"import time\nfrom pathlib import Path\nwhile not Path({str(tmp_path / 'go')!r})"
    write_lesson(project, "ONE", "raise ValueError('no luck')")
    write_lesson(project, "TWO", f"{wait}.exists():\n    time.sleep(0.1)\nprint('whole')")
    write_lesson(project, "THREE", "print('never')")
    failed = tmp_path / "ONE" / "ONE.html"
    threading.Thread(target=lambda: (wait_for(failed), (tmp_path / "go").touch())).start()
    with pytest.raises(LessonError, match=r"ONE failed in .*no luck; .*; not run: THREE\."):
        run_lessons(["ONE", "TWO", "THREE"], run_dir=tmp_path, jobs=2)
    assert outputs(tmp_path, "TWO") == "whole\n"
    assert not (tmp_path / "THREE" / "manifest.json").exists()


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True])
def test_a_number_of_jobs_that_is_none_is_named(project, tmp_path, jobs):
    with pytest.raises(ValueError, match=rf"jobs must be an integer of 1 or more; got {jobs}"):
        run_lessons(run_dir=tmp_path / "new", jobs=jobs)
    assert not (tmp_path / "new").exists()
