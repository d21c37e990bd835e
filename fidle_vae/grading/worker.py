"""The program in the process of a submission: it runs the cells, then answers for what they define.

It reads each request as a line of JSON from standard input, and writes each reply as a line of JSON
to standard output. Before the cells run, both streams are replaced, so that no cell prints into the
replies or waits for input. What a submission prints is discarded.

The code of a submission rules this process, so nothing that comes out of it is believed but what is
against the interest of the student: that an answer is wrong, and why. A right answer is judged in
another process (judge.py), for which this one runs the student's functions.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from fidle_vae.grading.findings import find, hear, say

MOST_ERRORS = 1000  # that are told of


def main() -> None:
    """Answer each request until the process is ended."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")

    def ask(request):
        """Ask the judge for the use of something of its own, amid a request."""
        say(replies, "reply", request)
        return hear(requests)[1]

    # let the system end this process first when memory runs out
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    shell = _Shell.instance(config=Config(HistoryManager={"enabled": False}))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    say(replies, "ready", True)
    answers = None
    while heard := hear(requests):
        word, content = heard
        if word == b"cells":
            say(replies, "ran", _run_cells(shell, *content))
        elif word == b"check":
            code, exercises, seconds = content
            found = find(code, exercises, shell.user_ns, time_limit(seconds))
            say(replies, "findings", found)
        else:
            if answers is None:
                from fidle_vae.grading.answers import Answers  # which imports Keras

                answers = Answers(shell.user_ns, ask)
            with time_limit(seconds):
                reply = answers.reply(content)
            say(replies, "reply", reply)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """While entered, raise KeyboardInterrupt after some seconds, even in a sleep or a wait.

    Windows has no such timer: there the process is ended from outside, a little later.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    running = [True]

    def ring(*_):
        if running:
            raise KeyboardInterrupt(f"It did not end within {seconds:g} s.")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        running.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Shell(InteractiveShell):
    """IPython as in a notebook, without a terminal or windows."""

    def enable_gui(self, gui=None):
        """Open no windows; `%matplotlib inline` needs none."""


def _run_cells(shell, cells, seconds):
    """Execute all cells, even after an error; return how many ran, and the errors.

    Of each error: the number of its cell, whether Python could not read that, and a text.
    """
    done, errors, end = 0, [], time.monotonic() + seconds
    try:
        with time_limit(seconds):
            for source in cells:
                result = shell.run_cell(source, store_history=False)
                if time.monotonic() > end:
                    break
                done += 1
                error = result.error_before_exec or result.error_in_exec
                if error is not None:
                    unread = isinstance(result.error_before_exec, SyntaxError)
                    errors.append([done, unread, _told(error)])
    except KeyboardInterrupt:  # between two cells
        pass
    return {"done": done, "errors": errors[:MOST_ERRORS]}


def _told(error):
    try:
        words = str(error).strip().partition("\n")[0]
        if isinstance(error, SyntaxError):  # whose text names a file of IPython's
            words = f"{error.msg} (line {error.lineno})"
    except Exception:  # an exception class of the submission, whose str fails
        words = ""
    return f"{type(error).__name__}: {words}"[:200].rstrip(": ")
