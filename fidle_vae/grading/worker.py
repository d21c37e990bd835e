"""The program in the process of a submission: it runs the cells, then answers for what they define.

It reads each request as a line of JSON from standard input, and writes each reply as a line of JSON
to standard output. Before the cells run, both streams are replaced, so that no cell prints into the
replies or waits for input. What a submission prints is discarded.

The code of a submission rules this process, so nothing that comes out of it is believed but what is
against the interest of the student: that an answer is wrong, and why. A right answer is judged in
another process (judge.py), for which this one runs the student's functions.
"""

import contextlib
import json
import os
import signal
import threading
import time
from typing import BinaryIO

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

FILE_BYTES = 1_000_000_000  # the largest file that a submission may write
HERE = "<check>"
LONGEST = 1000  # characters of a message


def main() -> None:
    """Answer each request until the process is ended."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")

    def ask(request):
        """Ask the judge for the use of something of its own, amid a request."""
        say(replies, "reply", request)
        return hear(requests)[1]

    restrict()
    alarm = Alarm()
    shell = _Shell.instance(config=Config(HistoryManager={"enabled": False}))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    say(replies, "ready", True)
    answers = None
    while heard := hear(requests):
        word, content = heard
        if word == b"cells":
            say(replies, "ran", _run_cells(shell, *content, alarm))
        elif word == b"check":
            *statement, seconds = content
            say(replies, "findings", _check(shell.user_ns, *statement, seconds, alarm))
        else:
            if answers is None:
                from fidle_vae.grading.answers import Answers  # which imports Keras

                answers = Answers(shell.user_ns, ask)
            with alarm.after(seconds):
                reply = answers.reply(content)
            say(replies, "reply", reply)


def say(stream: BinaryIO, word: str, content: object) -> None:
    """Write a message: a word that says what it is, and its content as JSON."""
    stream.write(f"{word} {json.dumps(content)}\n".encode())
    stream.flush()


def hear(stream: BinaryIO) -> tuple[bytes, object] | None:
    """Return the word and the content of the next message; None where there is no more."""
    word, _, content = stream.readline().partition(b" ")
    return (word, json.loads(content)) if word else None


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


def _check(namespace, code, exercises, seconds, alarm):
    """Execute a statement such as `check.kl(my_kl)`; return the finding of each exercise."""
    from fidle_vae import checks
    from fidle_vae.checks.engine.summary import forget, summary

    forget()
    error = None
    try:
        with alarm.after(seconds):
            exec(compile(code, HERE, "exec"), namespace | {"check": checks})
    except BaseException as raised:  # a submission may raise anything, even SystemExit
        error = raised
    found = {result.check: result for result in summary()}
    return {each: _finding(found.get(each), error, seconds) for each in exercises}


def _finding(result, error, seconds):
    if result is not None:
        return _say(result.status, result.mistake, result.message)
    if error is None:
        return _say("not run", None, "The lesson's check returned no result.")
    if isinstance(error, KeyboardInterrupt):
        return _say("wrong", "endless", f"It did not end within {seconds:g} s.")
    if isinstance(error, NameError) and _is_ours(error):
        what = f"`{error.name}` is not defined: its cell is missing, or raised an error."
        return _say("missing", None, what) | {"lacks": error.name}
    return _say("wrong", "error", f"It cannot be checked: {type(error).__name__}: {error}")


def _say(value, mistake, message):
    return {"value": value, "mistake": mistake, "message": str(message)[:LONGEST]}


def _is_ours(error):
    """Whether an error was raised by the lesson's own line, not by code that it calls."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename == HERE


def restrict() -> None:
    """Let the system end this process first when memory runs out; limit the size of its files."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")
    with contextlib.suppress(ImportError, ValueError, OSError):  # not available on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
