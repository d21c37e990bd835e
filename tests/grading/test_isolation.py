import json
import os
import socket
import threading

import psutil
import pytest

from fidle_vae.grading import isolation
from fidle_vae.grading.execution import Limits, execute
from fidle_vae.grading.isolation import ISOLATIONS, Isolation, best_isolation, works
from fidle_vae.grading.package_copy import PackageCopy
from fidle_vae.grading.submissions import Cell, Submission

# What a submission tries; it reports the result by raising an error.
TRIES = """
import json, os, socket, subprocess, sys
from pathlib import Path
import psutil
found = {}
try:
    socket.create_connection(("127.0.0.1", PORT), timeout=5).close()
    found["network"] = True
except OSError:
    found["network"] = False
try:
    Path("OUTSIDE").write_text("was here")
    found["writes"] = True
except OSError:
    found["writes"] = False
found["sees"] = GRADER in psutil.pids()
own = Path(os.environ["TMPDIR"], "own")
own.write_text("mine")
Path("here").write_text("mine too")
found["shm"] = not Path("/dev/shm").exists() or os.access("/dev/shm", os.W_OK)
daemon = "import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(MARK)"
subprocess.run([sys.executable, "-c", daemon], check=True)
raise RuntimeError(json.dumps(found))
"""
EXPECTED = {
    "bubblewrap": {"network": False, "writes": False, "sees": False},
    "unshare": {"network": False, "writes": True, "sees": False},
    "unshare without processes": {"network": False, "writes": True, "sees": True},
    "none": {"network": True, "writes": True, "sees": True},
}


@pytest.mark.parametrize("found", ISOLATIONS, ids=lambda found: found.name)
def test_an_isolation_prevents_what_it_says(found, tmp_path):
    """In every isolation, no process is left, not even one detached from its parents."""
    if found.name != "none" and not works(found):
        pytest.skip(f"{found.name} is not installed, or cannot run here")
    mark = f"60.{os.getpid()}{len(found.name):02}"  # seconds, a unique number
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = TRIES.replace("PORT", str(server.getsockname()[1]))
        code = code.replace("OUTSIDE", str(tmp_path / "outside")).replace("MARK", mark)
        code = code.replace("GRADER", str(psutil.Process().pid))
        submission = Submission("a", "VAE1", (Cell(code),))
        outcome = execute(submission, [], found, PackageCopy(), Limits(60, 4e9), threading.Event())
    told = json.loads(outcome.note.removeprefix("Cell 1: RuntimeError: ").removesuffix("."))
    assert told == EXPECTED[found.name] | {"shm": True}
    assert (tmp_path / "outside").exists() == EXPECTED[found.name]["writes"]
    left = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    assert not [line for line in left if mark in line]


def test_the_first_isolation_that_works_is_taken():
    absent = Isolation("absent", "", lambda folder: ["no-such-program"])
    fails = Isolation("fails", "", lambda folder: ["false"])
    fine = Isolation("fine", "", lambda folder: ["env"])
    none = ISOLATIONS[-1]
    assert best_isolation([absent, fails, fine, none]) is fine
    assert best_isolation([absent, fails, none]) is none


def test_bubblewrap_shows_what_python_needs_under_tmp(tmp_path, monkeypatch):
    inside = isolation.Path("/tmp/some-folder")
    monkeypatch.setattr(isolation.Path, "exists", lambda path: True)
    monkeypatch.setenv("FIDLE_DATASETS_DIR", str(inside))
    command = isolation.ISOLATIONS[0].command(tmp_path)
    place = command.index(str(inside))
    assert command[place - 1 : place + 2] == ["--ro-bind", str(inside), str(inside)]
    assert place > command.index("/tmp")
