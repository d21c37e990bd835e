import os
import socket
import threading

import psutil
import pytest

from fidle_vae.grading import isolation as module
from fidle_vae.grading.execution import Limits, execute
from fidle_vae.grading.isolation import BUBBLEWRAP, NONE, PACKAGE, require_isolation, why_not
from fidle_vae.grading.submissions import Cell, Submission

# What a submission tries; it reports the result by raising an error.
TRIES = """
import json, os, socket, subprocess, sys
from pathlib import Path
import psutil

def works(act):
    try:
        act()
        return True
    except Exception:
        return False

def connect(family, address):
    with socket.socket(family) as to:
        to.settimeout(5)
        to.connect(address)

fills = lambda path: works(lambda: Path(path, "large").write_bytes(bytes(30_000_000)))
found = dict(
    network=works(lambda: connect(socket.AF_INET, ("127.0.0.1", PORT))),
    socket=works(lambda: connect(socket.AF_UNIX, "OUTSIDE/socket")),
    reads=works(lambda: Path("OUTSIDE/secret").read_text()),
    writes=works(lambda: Path("OUTSIDE/written").write_text("was here")),
    variable="SECRET_OF_THE_INSTRUCTOR" in os.environ,
    solutions=Path("ROOT/notebooks").exists() or Path("ROOT/tests").exists(),
    sees=GRADER in psutil.pids(),
    package=os.access("ROOT/fidle_vae/checks/__init__.py", os.W_OK),
)
Path("small").write_text("mine")
if HIDDEN:
    found |= dict(
        fills_home=fills("/home"), fills_tmp=fills("/tmp"), fills_run=fills("/run"),
        fills_shm=fills("/dev/shm"), root=works(lambda: Path("/new").mkdir()),
        device=works(lambda: Path("/dev/new").write_text("x")),
        setting=works(lambda: open("/proc/sys/kernel/core_pattern", "a").close()),
        request=works(lambda: open("/proc/sysrq-trigger", "a").close()),
        linked=works(lambda: Path("/proc/1/root", "OUTSIDE").stat()),
    )
    daemon = "import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(MARK)"
    subprocess.run([sys.executable, "-c", daemon], check=True)
print(found)
raise RuntimeError(",".join(key for key, value in found.items() if value))
"""
has_bubblewrap = pytest.mark.skipif(
    bool(problem := why_not(BUBBLEWRAP)), reason=f"bubblewrap {problem}"
)


def reached(isolation, tmp_path, monkeypatch):
    """Return the names of what a submission reaches that it should not."""
    monkeypatch.setenv("SECRET_OF_THE_INSTRUCTOR", "x")
    monkeypatch.setattr(module, "DISK", 20_000_000)
    (tmp_path / "secret").write_text("of the instructor")
    mark = f"60.{os.getpid()}"  # seconds, a unique number
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as local,
    ):
        local.bind(str(tmp_path / "socket"))
        local.listen()
        words = {"PORT": server.getsockname()[1], "OUTSIDE": tmp_path, "ROOT": PACKAGE.parent}
        words |= {"GRADER": os.getpid(), "MARK": mark, "HIDDEN": isolation is BUBBLEWRAP}
        code = TRIES
        for word, value in words.items():
            code = code.replace(word, str(value))
        submission = Submission("a", "VAE1", (Cell(code),))
        outcome = execute(submission, [], isolation, Limits(60, 4e9), threading.Event())
    assert outcome.note.startswith("Cell 1: RuntimeError"), outcome
    left = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    assert not [line for line in left if mark in line]
    return outcome.note.removeprefix("Cell 1: RuntimeError").strip(": .")


@has_bubblewrap
def test_in_bubblewrap_a_submission_reaches_nothing_and_leaves_no_process(tmp_path, monkeypatch):
    assert reached(BUBBLEWRAP, tmp_path, monkeypatch) == ""


def test_without_isolation_it_reaches_all_but_the_variables(tmp_path, monkeypatch):
    expected = {"network", "socket", "reads", "writes", "solutions", "sees", "package"}
    assert set(reached(NONE, tmp_path, monkeypatch).split(",")) == expected


@has_bubblewrap
def test_the_solutions_in_an_installed_package_are_hidden(tmp_path, monkeypatch):
    solutions = tmp_path / "course" / "start_folder"
    solutions.mkdir(parents=True)
    monkeypatch.setattr(module, "_solutions", lambda: [str(PACKAGE / "course")])
    code = f"import os\nraise RuntimeError(len(os.listdir({str(PACKAGE / 'course')!r})))"
    submission = Submission("a", "VAE1", (Cell(code),))
    # the worker itself needs nothing of that folder
    outcome = execute(submission, [], BUBBLEWRAP, Limits(60, 4e9), threading.Event())
    assert outcome.note == "Cell 1: RuntimeError: 0."


def test_root_is_refused_unless_it_is_allowed(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(module, "why_not", lambda isolation: "")
    with pytest.raises(ValueError, match=r"^submissions must not run as root.* --allow-root"):
        require_isolation(unsafe=True)
    assert require_isolation(allow_root=True) is BUBBLEWRAP


@pytest.mark.parametrize("problem", ["is not installed", "cannot run here (no namespaces)"])
def test_without_bubblewrap_it_refuses_unless_that_is_allowed(monkeypatch, problem):
    monkeypatch.setattr(module, "why_not", lambda isolation: problem)
    with pytest.raises(ValueError, match=r"bubblewrap.*apt install bubblewrap.* --unsafe") as error:
        require_isolation(allow_root=True)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)
    assert require_isolation(unsafe=True, allow_root=True) is NONE


def test_bubblewrap_is_taken_where_it_works_even_if_it_is_not_required(monkeypatch):
    monkeypatch.setattr(module, "why_not", lambda isolation: "")
    assert require_isolation(unsafe=True, allow_root=True) is BUBBLEWRAP


def test_why_bubblewrap_does_not_work_is_said(monkeypatch, tmp_path):
    assert why_not(BUBBLEWRAP._replace(command=lambda _: ["no-such-program"])) == "is not installed"
    broken = BUBBLEWRAP._replace(command=lambda _: ["sh", "-c", "echo no namespaces >&2; exit 1"])
    assert why_not(broken) == "cannot run here (no namespaces)"


def test_the_command_shows_a_submission_what_it_needs_and_no_more(monkeypatch, tmp_path):
    monkeypatch.setenv("FIDLE_DATASETS_DIR", str(tmp_path))
    words = BUBBLEWRAP.command(module.environment("/home"))
    assert {"--unshare-all", "--clearenv", "--die-with-parent", "--new-session"} <= set(words)
    shown = {words[i + 1] for i, word in enumerate(words) if word.startswith("--ro-bind")}
    assert {str(tmp_path), "/proc/sys", "/proc/sysrq-trigger"} <= shown  # read-only all
    assert not shown & {"/", "/etc", "/home", "/root", "/run", "/tmp", "/var", str(PACKAGE.parent)}
    assert "--bind" not in words
    sized = [i for i, word in enumerate(words) if word == "--tmpfs" and words[i - 2] == "--size"]
    assert {words[i + 1] for i in sized} == {"/home", "/tmp", "/run", "/dev/shm"}
