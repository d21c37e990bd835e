"""What runs in the process of a submission: its cells, then the checks.

It gets its work as a line of JSON on standard input, and gives each result as a line of JSON on
standard output. Before the cells run it takes both away, so that no cell prints into the results
or waits for an answer: what a submission prints goes nowhere.

The code of a submission shares this process with the checks, so who is determined to forge a
result can. What holds, by what is outside of this process, is that it costs no other submission
anything.
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
OURS = ("fidle_vae.checks", "fidle_vae.grading")  # imported anew, after the cells
FILE_BYTES = 1_000_000_000  # the largest file that a submission may write


def main() -> None:
    """Execute the cells that come first, then the checks that come second, then end."""
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
    os._exit(0)  # whatever threads are left


class Alarm:
    """Interrupts the code that runs in this thread when its time is over."""

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
    if hasattr(signal, "pthread_kill"):  # which ends a sleep, or a wait for a lock
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        import _thread

        _thread.interrupt_main()


class _Shell(InteractiveShell):
    """IPython as a notebook has it, without a terminal or a window."""

    def enable_gui(self, gui=None):
        """Leave windows out: `%matplotlib inline` asks for none."""


def _run_cells(shell, cells, seconds, alarm):
    """Execute all cells, also after one that raises; say how far it came, and what raised first."""
    done = failed = number = 0
    told, end = "", time.monotonic() + seconds
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
    except KeyboardInterrupt:  # between two cells
        pass
    return {"done": done, "failed": failed, "number": number, "error": told}


def _told(error):
    try:
        words = str(error).strip().partition("\n")[0]
    except Exception:  # an error of the submission's own making
        words = ""
    return f"{type(error).__name__}: {words}"[:200].rstrip(": ")


def _import_anew():
    """Import the checks as they are on the disk, whatever the cells made of them in memory.

    All bytecode of the package goes first, as the cells may have planted some.
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
    """Be the first to be ended where memory runs out; write no file that fills the disk."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such thing on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
