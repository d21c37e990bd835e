"""The program in the process of a submission: it runs the cells, then the checks.

It reads each request as a line of JSON from standard input, and writes each result as a line of
JSON to standard output. Before the cells run, both streams are replaced, so that no cell prints
into the results or waits for input. What a submission prints is discarded.

The code of a submission shares this process with the checks, so a determined student can forge a
result. What is guaranteed, from outside this process, is that no other submission is affected.
"""

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

PACKAGE = Path(__file__).parent.parent  # a copy, for this submission only
OURS = ("fidle_vae.checks", "fidle_vae.grading")  # imported again after the cells
FILE_BYTES = 1_000_000_000  # the largest file that a submission may write


def main() -> None:
    """Execute the cells of the first request, then the checks of the second, then exit."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")

    def say(**message):
        answers.write(json.dumps(message).encode() + b"\n")
        answers.flush()

    _restrict()
    alarm = Alarm()
    shell = _Shell.instance(config=Config(HistoryManager={"enabled": False}))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    say(ready=True)

    asked = json.loads(requests.readline())
    say(**_run_cells(shell, asked["cells"], asked["seconds"], alarm))

    asked = json.loads(requests.readline())
    for finding in _import_anew().judge(
        shell.user_ns, asked["statements"], asked["seconds"], alarm
    ):
        say(secret=asked["secret"], **finding)
    os._exit(0)  # even if threads are left


class Alarm:
    """Interrupts the code that runs in this thread when its time is up."""

    def __init__(self):
        self._active = False

    @contextlib.contextmanager
    def after(self, seconds: float):
        """While entered, raise KeyboardInterrupt after some seconds."""
        signal.signal(signal.SIGINT, self._ring)
        timer = threading.Timer(seconds, _interrupt, [threading.get_ident()])
        timer.daemon, self._active = True, True
        timer.start()
        try:
            yield
        finally:
            self._active = False
            timer.cancel()

    def _ring(self, *_):
        if self._active:
            raise KeyboardInterrupt


def _interrupt(thread):
    if hasattr(signal, "pthread_kill"):  # this also ends a sleep or a wait for a lock
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        import _thread

        _thread.interrupt_main()


class _Shell(InteractiveShell):
    """IPython as in a notebook, without a terminal or windows."""

    def enable_gui(self, gui=None):
        """Open no windows; `%matplotlib inline` needs none."""


def _run_cells(shell, cells, seconds, alarm):
    """Execute all cells, even after an error; return how many ran, and what went wrong."""
    done = failed = number = 0
    told, unread, end = "", [], time.monotonic() + seconds
    try:
        with alarm.after(seconds):
            for source in cells:
                result = shell.run_cell(source, store_history=False)
                if time.monotonic() > end:
                    break
                done += 1
                error = result.error_before_exec or result.error_in_exec
                if error is not None:
                    failed += 1
                    if failed == 1:
                        number, told = done, _told(error)
                    if isinstance(result.error_before_exec, SyntaxError):
                        unread.append((done, _told(error).partition(": ")[2]))
    except KeyboardInterrupt:  # between two cells
        pass
    return {"done": done, "failed": failed, "number": number, "error": told, "unread": unread[:20]}


def _told(error):
    try:
        words = str(error).strip().partition("\n")[0]
        if isinstance(error, SyntaxError):  # whose text names a file of IPython's
            words = f"{error.msg} (line {error.lineno})"
    except Exception:  # an exception class of the submission, whose str fails
        words = ""
    return f"{type(error).__name__}: {words}"[:200].rstrip(": ")


def _import_anew():
    """Import the checks from the disk again, whatever the cells changed in memory.

    The bytecode of the package is removed first, as the cells may have planted some.
    """
    for folder in list(PACKAGE.rglob("__pycache__")):
        shutil.rmtree(folder)
    for name in list(sys.modules):
        if name in OURS or name.startswith(tuple(f"{ours}." for ours in OURS)):
            del sys.modules[name]
    package = importlib.import_module("fidle_vae")
    for name in OURS:
        vars(package).pop(name.rpartition(".")[2], None)
    return importlib.import_module("fidle_vae.grading.judging")


def _restrict():
    """Let the system end this process first when memory runs out; limit the size of its files."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    with contextlib.suppress(ImportError, ValueError, OSError):  # not available on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
