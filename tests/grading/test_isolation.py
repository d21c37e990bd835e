import os
import shlex
import socket
import threading

import psutil
import pytest

from fidle_vae.grading import isolation as module
from fidle_vae.grading.execution import execute
from fidle_vae.grading.isolation import PACKAGE, bubblewrap, environment, require_isolation, why_not
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

fills = lambda path: works(lambda: Path(path, "large").write_bytes(bytes(300_000_000)))
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
# Holds less than a limit of 1 GB in memory, and on each disk, but more in all.
FILLS = """
from pathlib import Path
held = [bytearray(b"x" * 100_000_000) for _ in range(5)]
for disk in ("/home", "/tmp"):
    Path(disk, "large").write_bytes(bytes(230_000_000))
Path("/dev/shm/large").write_bytes(bytes(120_000_000))
import time
time.sleep(5)
"""
FILLS_ITS_FOLDER = """
from pathlib import Path
for number in range(5):
    Path(f"{number}").write_bytes(bytes(90_000_000))
import time
time.sleep(5)
"""
TOO_MUCH = "Its processes and files held more than the {} GB of memory that are allowed."
has_bubblewrap = pytest.mark.skipif(bool(problem := why_not()), reason=f"bubblewrap {problem}")


def outcome_of(code, isolated, memory=4e9):
    submission = Submission("a", "VAE1", (Cell(code),))
    return execute(submission, [], isolated, 60, memory, threading.Event())


def reached(isolated, tmp_path, monkeypatch):
    """Return the names of what a submission reaches that it should not."""
    monkeypatch.setenv("SECRET_OF_THE_INSTRUCTOR", "x")
    (tmp_path / "secret").write_text("of the instructor")
    mark = f"60.{os.getpid()}"  # seconds, a unique number
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as local,
    ):
        local.bind(str(tmp_path / "socket"))
        local.listen()
        words = {"PORT": server.getsockname()[1], "OUTSIDE": tmp_path, "ROOT": PACKAGE.parent}
        words |= {"GRADER": os.getpid(), "MARK": mark, "HIDDEN": isolated}
        code = TRIES
        for word, value in words.items():
            code = code.replace(word, str(value))
        outcome = outcome_of(code, isolated, 1e9)
    assert outcome.note.startswith("Cell 1: RuntimeError"), outcome
    left = [
        p for p in psutil.process_iter(["cmdline"]) if mark in " ".join(p.info["cmdline"] or [])
    ]
    _, alive = psutil.wait_procs(left, timeout=20)  # the kernel may still be ending them
    assert not alive
    return outcome.note.removeprefix("Cell 1: RuntimeError").strip(": .")


@has_bubblewrap
def test_in_bubblewrap_a_submission_reaches_nothing_and_leaves_no_process(tmp_path, monkeypatch):
    assert reached(True, tmp_path, monkeypatch) == ""


def test_without_isolation_it_reaches_all_but_the_variables(tmp_path, monkeypatch):
    expected = {"network", "socket", "reads", "writes", "solutions", "sees"}
    if os.access(PACKAGE / "checks" / "__init__.py", os.W_OK):
        expected.add("package")
    assert set(reached(False, tmp_path, monkeypatch).split(",")) == expected


@has_bubblewrap
def test_what_a_submission_holds_in_memory_and_on_all_disks_is_limited_together():
    assert outcome_of(FILLS, True, 2e9).status == "finished"
    outcome = outcome_of(FILLS, True, 1e9)
    assert outcome.status == "out of memory"
    assert outcome.note == TOO_MUCH.format(1)


def test_without_isolation_the_files_in_its_folder_count():
    outcome = outcome_of(FILLS_ITS_FOLDER, False, 0.4e9)
    assert (outcome.status, outcome.note) == ("out of memory", TOO_MUCH.format(0.4))


@has_bubblewrap
def test_the_solutions_in_an_installed_package_are_hidden(tmp_path, monkeypatch):
    solutions = tmp_path / "course" / "start_folder"
    solutions.mkdir(parents=True)
    monkeypatch.setattr(module, "_solutions", lambda: [str(PACKAGE / "course")])
    code = f"import os\nraise RuntimeError(len(os.listdir({str(PACKAGE / 'course')!r})))"
    # the worker itself needs nothing of that folder
    outcome = outcome_of(code, True)
    assert outcome.note == "Cell 1: RuntimeError: 0."


def test_root_is_refused_unless_it_is_allowed(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(module, "why_not", lambda: "")
    with pytest.raises(ValueError, match=r"^submissions must not run as root.* --allow-root"):
        require_isolation(unsafe=True)
    assert require_isolation(allow_root=True) is True


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("no-such-program", r"is not installed: install it \(apt install bubblewrap\)"),
        ("sh -c 'echo no namespaces >&2; exit 1'", r"cannot run here \(no namespaces\): let "),
        ("false", r"cannot run here \(no reason is known\): let your system's administrator "),
    ],
)
def test_without_bubblewrap_it_refuses_unless_that_is_allowed(monkeypatch, command, words):
    monkeypatch.setattr(module, "bubblewrap", lambda *_: shlex.split(command))
    with pytest.raises(ValueError, match=rf"^bubblewrap.* {words}.* --unsafe\.$") as error:
        require_isolation(allow_root=True)
    assert "\n" not in str(error.value)
    assert require_isolation(unsafe=True, allow_root=True) is False


def test_bubblewrap_is_taken_where_it_works_even_if_it_is_not_required(monkeypatch):
    monkeypatch.setattr(module, "why_not", lambda: "")
    assert require_isolation(unsafe=True, allow_root=True) is True


def test_the_command_shows_a_submission_what_it_needs_and_no_more(monkeypatch, tmp_path):
    monkeypatch.setenv("FIDLE_DATASETS_DIR", str(tmp_path))
    words = bubblewrap(environment("/home"), 4e9)
    assert {"--unshare-all", "--clearenv", "--die-with-parent", "--new-session"} <= set(words)
    shown = {words[i + 1] for i, word in enumerate(words) if word.startswith("--ro-bind")}
    assert {str(tmp_path), "/proc/sys", "/proc/sysrq-trigger"} <= shown  # read-only all
    assert not shown & {"/", "/etc", "/home", "/root", "/run", "/tmp", "/var", str(PACKAGE.parent)}
    assert "--bind" not in words
    sized = [i for i, word in enumerate(words) if word == "--tmpfs" and words[i - 2] == "--size"]
    assert {words[i + 1] for i in sized} == {"/home", "/tmp", "/run", "/dev/shm"}
    assert sum(int(words[i - 1]) for i in sized) < 0.7 * 4e9
