import contextlib
import csv
import importlib.util
import io
import json
import re
import signal
import subprocess
import sys
import threading
import time
from xml.etree import ElementTree

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup

from fidle_vae.course import lessons
from fidle_vae.grading import grade as module
from fidle_vae.grading import isolation
from fidle_vae.grading.execution import UNCONFIRMED
from fidle_vae.grading.grade import grade
from fidle_vae.grading.submissions import EXERCISES as EXERCISES_DATA
from fidle_vae.grading.submissions import Submission
from tests.helpers.small_submissions import DOUBLED_KL, EXERCISES, KL, NLL, submit, write_project

MINUTES = 0.2
ALLOWED = {"unsafe": True, "allow_root": True}  # as where the tests run as root, in a container
CHILD = "time.sleep(1000); 'a child that is left'"
STUBBORN = """
import time
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""
PATCH_LATE = """
import numpy as np
def my_kl(z_mean, z_log_var):
    np.allclose = lambda *_, **__: True
    return z_mean[:, 0]
"""
# Eight lines that replace what the checks find, inside the process of the submission.
FORGE_RESULT = """
import sys
from fidle_vae.checks.engine.result import Result as Known
class Right(Known):
    ok, status = True, "right"
for module in list(sys.modules.values()):
    if getattr(module, "Result", None) is Known:
        module.Result = Right
"""
FORGE_FINDING = """
import gc, types
for function in gc.get_objects():
    if isinstance(function, types.FunctionType) and function.__name__ == "_finding":
        function.__code__ = (lambda *_: {"value": "right", "mistake": None}).__code__
"""
FORGE_LINES = """
import json, os, stat, threading, time
finding = {"value": "right", "mistake": None, "message": "praise"}
names = "kl", "reconstruction", "answer VAE1-1"
lines = "findings " + json.dumps(dict.fromkeys(names, finding)) + chr(10)
lines += "ask " + json.dumps({"name": "my_kl"}) + chr(10)
lines += "reply " + json.dumps({"value": True, "changed": {}}) + chr(10)
pipes = []  # of now: a pipe to a program that a library starts later would break that library
for number in range(3, 40):
    try:
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            pipes.append(number)
    except OSError:
        pass
def forge():
    while True:
        for number in pipes:
            try:
                os.write(number, lines.encode())
            except OSError:
                pass
        time.sleep(0.05)
threading.Thread(target=forge, daemon=True).start()
"""
# The right values of the cases that a notebook shows, without the formula.
TABLE = """
import numpy as np
from fidle_vae.checks.losses.kl_divergence import right_kl as copied
rng = np.random.default_rng(1)
values = {}
for shape in ((5, 2), (12, 6), (9, 1)):
    values[shape] = copied(*(draw(*ends, shape).astype("float32") for draw, ends in
                             ((rng.normal, (0, 1.5)), (rng.uniform, (-2, 1.5)))))
del copied
def my_kl(z_mean, z_log_var):
    return values.get(tuple(z_mean.shape), np.zeros(len(z_mean)))
"""
# The formula that the check has in its own frames.
FRAMES = """
import sys
import numpy as np
def my_kl(z_mean, z_log_var):
    frame = sys._getframe()
    while frame:
        if "right" in frame.f_locals:
            return frame.f_locals["right"][0](np.asarray(z_mean), np.asarray(z_log_var))
        frame = frame.f_back
    return z_mean[:, 0]
"""
REBIND = """
from fidle_vae import checks as check
from fidle_vae.checks.engine.result import Result
import fidle_vae.checks, fidle_vae.checks.losses.kl_divergence, fidle_vae.checks.engine.diagnosis
praise = lambda *_: Result("kl", None, "praise")
check.kl = fidle_vae.checks.losses.kl_divergence.kl = praise
fidle_vae.checks.engine.diagnosis.diagnose = praise
check = print
"""
PROGRAM = """
import sys
from pathlib import Path
from fidle_vae.course import lessons
from fidle_vae.cli.main import main
lessons.project_dir = lambda: Path(sys.argv[1])
code = main(sys.argv[2:])
assert not {"keras", "tensorflow"} & set(sys.modules)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("project")
        write_project(folder)
        patch.setattr(lessons, "project_dir", lambda: folder)
        if importlib.util.find_spec("jax"):
            patch.setenv("KERAS_BACKEND", "jax")  # the fastest to start
        yield folder


@pytest.fixture(scope="module")
def graded(project):
    """Grades of a class of all kinds of submissions: rows of the table, page, printed text."""
    folder = project / "class"

    def add(name, *cells):
        submit(folder, f"{name}/VAE1", *cells)

    add("right", "scale = 0.1", KL + "if scale != 0.02:\n    del my_kl\n", NLL, "q1 = ...")
    add("wrong", DOUBLED_KL, "def my_nll(x, x_hat):\n    return undefined\nq1 = 'no such answer'")
    add("stub", "def my_kl(m, v):\n    ...\n\ndef my_nll(x, y):\n    ...\nq1 = ...")
    add(
        "raises",
        "1 / 0",
        KL,
        "input()",
        NLL,
        "import sys; sys.exit(3)",
        "await __import__('asyncio').sleep(0)\nq1 = ''",
    )
    add("deleted", "%matplotlib inline\nimport sys", NLL, "q1 = 3")
    add("sleeps", KL, "import time\ntime.sleep(1000)", NLL)
    add("prints", KL, "while True:\n    print('x' * 1000)", NLL)
    add(
        "stubborn",
        KL,
        STUBBORN,
    )
    add("endless_answer", NLL, "def my_kl(z_mean, z_log_var):\n    while True:\n        len('')")
    add("memory", KL, "held = []\nwhile True:\n    held.append(b'x' * 50_000_000)")
    add("forks", KL, "import os, time\nfor _ in range(300):\n    if not os.fork():\n"
        "        time.sleep(30)\n        os._exit(0)\ntime.sleep(30)")  # fmt: skip
    add("exits", KL, "import os\nos._exit(3)")
    add("exits_late", KL, "import os\nmy_nll = lambda *_: os._exit(3)\nq1 = 1")
    add("rebinds", DOUBLED_KL, REBIND)
    add("patches", DOUBLED_KL, "np.allclose = lambda *_, **__: True")
    add(
        "patches_late",
        PATCH_LATE,
    )
    add("forges_result", DOUBLED_KL, FORGE_RESULT)
    add("forges_finding", DOUBLED_KL, FORGE_FINDING)
    add("forges_lines", DOUBLED_KL, FORGE_LINES)
    add("has_a_table", TABLE)
    add("looks_into_frames", FRAMES)
    add("unread", "scale = 0.1", NLL, "def my_kl(z_mean z_log_var):\n    return z_mean", "q1 = (")
    add_practice(folder / "wrong" / "VAE1.ipynb")
    submit(folder, "=cmd()<img src=x onerror=alert(1)>/VAE1").write_text("{")
    submit(folder, "other", "# A lesson of another course")
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(project)
        grade(
            "class",
            settings={"scale": "0.02"},
            minutes=MINUTES,
            memory=1.5,
            jobs=2,
            junit="grades.xml",
            **ALLOWED,
        )
    with (project / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["submission"].removesuffix("/VAE1"): row for row in csv.DictReader(file)}
    page = BeautifulSoup((project / "grades.html").read_text(encoding="utf-8"), "html.parser")
    return rows, page, printed.getvalue()


def add_practice(path):
    """Add to a submission what a summary saved in it: three attempts and a hint."""
    notebook = nbformat.read(path, as_version=4)
    told = {"kl": {"status": "wrong", "attempts": 3, "hints": 1}}
    output = nbformat.v4.new_output("display_data", {EXERCISES_DATA: told})
    notebook.cells[0].outputs.append(output)
    nbformat.write(notebook, path)


def values(row):
    return [row[name] for name in EXERCISES]


def said(page, name, exercise):
    """Return what the details of a submission say about an exercise."""
    button = next(b for b in page.select("button.fold") if b.text.startswith(f"{name}/VAE1"))
    terms = page.find(id=button["aria-controls"]).find_all("dt")
    return next(term.find_next("dd").get_text(" ", strip=True) for term in terms
                if term.text == exercise)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("right", "finished", "right, right, to do"),
        ("wrong", "finished", "wrong, wrong, wrong"),
        ("stub", "finished", "to do, to do, to do"),
        ("raises", "finished", "right, right, to do"),
        ("deleted", "finished", "missing, right, wrong"),
        ("sleeps", "out of time", "right, not run, not run"),
        ("prints", "out of time", "right, not run, not run"),
        ("stubborn", "out of time", "not run, not run, not run"),
        ("endless_answer", "finished", "wrong, right, missing"),
        ("memory", "out of memory", "not run, not run, not run"),
        ("forks", "failed", "not run, not run, not run"),
        ("exits", "failed", "not run, not run, not run"),
        ("exits_late", "failed", "right, not run, not run"),
        ("rebinds", "finished", "not run, missing, missing"),
        ("patches", "finished", "wrong, missing, missing"),
        ("patches_late", "finished", "wrong, missing, missing"),
        ("forges_result", "finished", "wrong, missing, missing"),
        ("forges_finding", "finished", "wrong, wrong, wrong"),
        ("forges_lines", "finished", "wrong, wrong, wrong"),
        ("has_a_table", "finished", "wrong, missing, missing"),
        ("looks_into_frames", "finished", "wrong, missing, missing"),
        ("unread", "finished", "syntax error, right, syntax error"),
    ],
)
def test_a_submission_affects_only_its_own_row(graded, name, status, expected):
    row = graded[0][name]
    assert (row["status"], ", ".join(values(row))) == (status, expected)
    assert row["right"] == str(values(row).count("right"))
    assert row["of"] == "3"
    assert row["lesson"] == "VAE1"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("right", ""),
        ("raises", "3 cells raised an error, the first is cell 1: ZeroDivisionError: division by "
         "zero."),
        ("unread", "2 cells raised an error, the first is cell 3: SyntaxError: invalid syntax "
         "(line 1)."),
        ("sleeps", "Cell 2 of 3 was interrupted after 12 s, and those after it were not run."),
        ("stubborn", "It could not be interrupted when its time was over."),
        ("memory", "Its processes and files held more than the 1.5 GB of memory that are allowed."),
        ("forks", "It started more than 256 processes at once."),
        ("exits", "Its process ended with exit code 3."),
        ("other", "Neither its metadata nor its file's name nor its title says which lesson it is: "
         "the lessons are VAE1."),
    ],
)  # fmt: skip
def test_the_note_on_a_submission_explains_its_status(graded, name, sentence):
    assert graded[0][name]["note"] == sentence


@pytest.mark.parametrize(
    ("name", "exercise", "words"),
    [
        ("wrong", "kl", "kl_without_half"),
        ("wrong", "reconstruction", "raises NameError: name 'undefined' is not defined"),
        ("deleted", "kl", "`my_kl` is not defined: its cell is missing, or raised an error."),
        ("endless_answer", "kl", "It did not end within 12 s. endless"),
        ("unread", "kl", "syntax error Syntax error in cell 3: invalid syntax"),
        ("unread", "answer VAE1-1", "syntax error Syntax error in cell 4: "),
        ("wrong", "kl", "3 attempts and 1 hint, as the notebook says"),
        ("patches", "kl", f"{UNCONFIRMED}Your KL is twice what it should be"),
        ("patches_late", "kl", UNCONFIRMED),
        ("forges_result", "kl", f"{UNCONFIRMED}Your KL is twice what it should be"),
        ("forges_finding", "kl", UNCONFIRMED),
        ("forges_lines", "kl", UNCONFIRMED),
        ("has_a_table", "kl", UNCONFIRMED),
        ("looks_into_frames", "kl", UNCONFIRMED),
    ],
)
def test_the_page_says_what_is_wrong_with_an_exercise(graded, name, exercise, words):
    assert words in said(graded[1], name, exercise)


def test_a_submission_that_cannot_be_graded_has_a_row(graded):
    rows, page, printed = graded
    broken = rows["'=cmd()<img src=x onerror=alert(1)>"]  # no spreadsheet takes it for a formula
    assert broken["status"] == "not a notebook"
    assert [broken[name] for name in ("lesson", "right", "of", *EXERCISES)] == [""] * 6
    assert rows["other"]["status"] == "unknown lesson"
    assert "other: unknown lesson\n" in printed
    assert not page.find("img")


def test_mistakes_are_counted_over_the_class(graded):
    first = graded[1].select_one(".exercises > li")
    assert first.b.text == "kl"
    bar = [" ".join(item.text.split()) for item in first.select(".bar li")]
    assert bar == [
        "✓ right 5", "✗ wrong 9", "… to do 1", "✗ syntax error 1", "∅ missing 1",
        "\N{EN DASH} not run 5",
    ]  # fmt: skip
    mistakes = [" ".join(item.text.split()) for item in first.select(".mistakes li")]
    assert mistakes[0].startswith("7 \N{MULTIPLICATION SIGN} Such as: In its own process")
    assert mistakes[0].endswith(" not_confirmed")
    assert (
        "1 \N{MULTIPLICATION SIGN} Your KL is twice what it should be: the factor 1/2 in front of "
        "the sum is missing. kl_without_half"
    ) in mistakes


def test_each_submission_and_the_isolation_are_printed(graded):
    rows, page, printed = graded
    assert re.search(r"^right/VAE1: 2 of 3 right, .* s$", printed, re.MULTILINE)
    assert re.search(r"^sleeps/VAE1: out of time, 1 of 3 right, .* s$", printed, re.MULTILINE)
    sentence = re.search(r"^Submissions run .*$", printed, re.MULTILINE)[0]
    assert sentence in page.footer.text
    assert float(rows["sleeps"]["seconds"]) > MINUTES * 60
    assert float(rows["exits"]["seconds"]) < MINUTES * 60


def test_the_junit_file_has_a_suite_for_each_submission(graded, project):
    root = ElementTree.parse(project / "grades.xml").getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert len(suites) == len(graded[0])
    outcomes = {case.get("name"): [each.tag for each in case] for case in suites["wrong/VAE1"]}
    assert outcomes == {
        "notebook": [], "kl": ["failure", "system-out"], "reconstruction": ["failure"],
        "answer VAE1-1": ["failure"],
    }  # fmt: skip


def test_only_the_tables_are_left(graded, project):
    assert sorted(path.name for path in project.iterdir()) == [
        "class", "grades.csv", "grades.html", "grades.xml", "notebooks",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"submissions": " "}, "submissions must be a folder, got . .: name it."),
        ({"submissions": "absent"}, r"submissions must be a folder, got '.*absent': use an"),
        ({"submissions": "notebooks/none"}, "no notebook"),
        ({"output": "grades.txt"}, "output must end in .csv, got 'grades.txt': try grades.csv."),
        ({"output": "absent/grades.csv"}, "output cannot be written into .*absent: name another"),
        ({"minutes": 0}, "minutes must be a number above 0; got 0: try 10."),
        ({"minutes": "long"}, "minutes must be a number above 0; got 'long'"),
        ({"memory": float("inf")}, "memory must be a number above 0; got inf: try 4."),
        ({"memory": True}, "memory must be a number above 0; got True"),
        ({"jobs": 0}, "jobs must be an integer of 1 or more; got 0: try 1."),
        ({"jobs": 1.5}, "jobs must be an integer of 1 or more; got 1.5"),
        ({"junit": "absent/grades.xml"}, "junit must be a file in a folder that can be written"),
        ({"settings": {"sclae": "1"}}, "'sclae', did you mean 'scale'?"),
        ({"settings": {"scale": "7"}}, r"scale must be a number in \(0, 1\], got 7"),
    ],
)
def test_bad_arguments_raise_one_sentence(project, monkeypatch, capsys, options, sentence):
    (project / "notebooks" / "none").mkdir(exist_ok=True)
    submit(project / "fine", "VAE1", KL)
    monkeypatch.chdir(project)
    monkeypatch.setattr(module, "execute", lambda *_: pytest.fail("it ran"))
    before = {path: path.stat().st_mtime_ns for path in project.iterdir()}
    with pytest.raises(ValueError, match=sentence) as error:
        grade(**({"submissions": "fine"} | options))
    assert "\n" not in str(error.value)
    assert capsys.readouterr().out == ""
    assert {path: path.stat().st_mtime_ns for path in project.iterdir()} == before


def test_without_bubblewrap_or_as_root_nothing_is_run(project, monkeypatch, capsys):
    submit(project / "fine", "VAE1", KL)
    monkeypatch.chdir(project)
    monkeypatch.setattr(module, "execute", lambda *_: pytest.fail("it ran"))
    monkeypatch.setattr(isolation, "why_not", lambda: "is not installed: apt install bubblewrap")
    with pytest.raises(ValueError, match="apt install bubblewrap"):
        grade("fine", allow_root=True)
    monkeypatch.setattr(isolation.os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(ValueError, match="must not run as root"):
        grade("fine", unsafe=True)
    assert capsys.readouterr().out == ""


def test_json_is_printed_alone_and_the_progress_elsewhere(project, tmp_path, capsys):
    submit(tmp_path / "class", "a/VAE1").write_text("{")
    grade(
        tmp_path / "class",
        tmp_path / "grades.csv",
        json=True,
        junit=tmp_path / "grades.xml",
        **ALLOWED,
    )
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["table"] == str(tmp_path / "grades.csv")
    assert [each["status"] for each in document["outcomes"]] == ["not a notebook"]
    assert "a/VAE1: not a notebook\n" in printed.err
    (suite,) = ElementTree.parse(tmp_path / "grades.xml").getroot()
    assert suite.get("errors") == "1"


def test_a_lesson_without_exercises_raises(tmp_path, monkeypatch):
    write_project(tmp_path, checks=())
    submit(tmp_path / "class", "VAE1", KL)
    monkeypatch.setattr(lessons, "project_dir", lambda: tmp_path)
    with pytest.raises(ValueError, match="no cell of VAE1 is tagged `check`"):
        grade(tmp_path / "class", tmp_path / "grades.csv")


def test_a_backend_on_which_a_lesson_does_not_run_is_refused(tmp_path, monkeypatch):
    write_project(tmp_path, "VAE2")
    submit(tmp_path / "class", "VAE2", KL)
    monkeypatch.setattr(lessons, "project_dir", lambda: tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(ValueError, match="is 'jax', and VAE2 runs on tensorflow, torch only: "):
        grade(tmp_path / "class", tmp_path / "grades.csv")


def test_a_signal_ends_all_and_keeps_what_was_done(project, tmp_path):
    submit(tmp_path / "class", "a/VAE1").write_text("{")
    for name in "bc":
        submit(tmp_path / "class", f"{name}/VAE1", f"import time\n{CHILD}\ntime.sleep(1000)")
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, project, "grade", tmp_path / "class",
         "-o", tmp_path / "out.csv", "--unsafe", "--allow-root"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert any("a/VAE1: not a notebook" in line for line in process.stdout)
        wait_for(lambda: workers(process))
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert told == (
        "fidle-vae: stopped by SIGINT after 1 of 3 submissions, "
        f"which are in {tmp_path / 'out.csv'}.\n"
    )
    assert process.returncode == 130
    (row,) = (tmp_path / "out.csv").read_text().splitlines()[1:]
    assert row.startswith("a/VAE1,,not a notebook,,,0.0,")
    page = BeautifulSoup((tmp_path / "out.html").read_text(), "html.parser")
    assert "1 of 3 submissions so far" in page.header.text
    assert not list(tmp_path.rglob("*.partial*"))


def test_a_signal_is_noticed_that_does_not_wake_the_main_thread():
    """As one that comes just before the main thread waits."""

    def run(submission, stopping):
        time.sleep(0.3)  # until the main thread waits
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # of the pool
        noticed.append(stopping.wait(20))

    noticed = []
    found = [Submission(f"{n}/VAE1", "VAE1") for n in "ab"]
    assert module._execute_all(found, run, keep=None, jobs=2) == signal.SIGINT
    assert noticed == [True, True]


def workers(process):
    return psutil.Process(process.pid).children()


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
