"""A process that is watched from outside: its time, what it holds, its messages, its end.

A message is a line: a word that says what it is, a space, and JSON.
"""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from fidle_vae.grading.isolation import DISKS, bubblewrap, environment

POLL = 0.2  # seconds between two looks at what it holds
MOST_PROCESSES = 256  # of a submission at the same time
LONGEST_LINE = 50_000_000  # bytes of a message
LONGEST_READ = 1_000_000  # bytes of a message that is read here, and not passed on as it is
MOST_WAITING = 10  # messages that nobody has received yet; later ones are dropped
WORKER = "from fidle_vae.grading.worker import main; main()"
JUDGE = "from fidle_vae.grading.judge import main; main()"
UNREADABLE = "What its process sends is not what was asked for."


class Stopped(Exception):  # noqa: N818 not an error of the package
    """The process was stopped, or ended early.

    Its arguments are the status of the submission, or "interrupted" if all grading stops, and the
    reason in a sentence.
    """


class WatchedProcess:
    """Runs a program in a process of its own, and watches it and the processes that it starts.

    Args:
        program: WORKER or JUDGE.
        isolated: whether to run it in bubblewrap.
        folder: a folder made for it, where it works without bubblewrap.
        memory: maximum number of bytes in its processes and files together.
        stopping: set when all grading must stop.
    """

    def __init__(
        self, program: str, isolated: bool, folder: Path, memory: float, stopping: threading.Event
    ):
        self._isolated, self._folder = isolated, folder
        self._memory, self._stopping = memory, stopping
        self._begun = False  # whether it has sent a message
        self._excess = ()  # status and sentence, if it took too much
        self._lines: queue.Queue[bytes] = queue.Queue()  # the last one is empty
        self._console = tempfile.TemporaryFile()  # noqa: SIM115 closed by `end`
        own = environment("/home" if isolated else str(folder))
        self._process = subprocess.Popen(
            [*(bubblewrap(own, memory) if isolated else ()), sys.executable, "-c", program],
            cwd=folder,
            env=own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._console,
            start_new_session=True,  # so that it gets no Ctrl-C and no terminal
        )
        for work in (self._collect, self._watch):
            threading.Thread(target=work, daemon=True).start()

    def send(self, word: str, content: object) -> None:
        """Send a message without waiting, as the process may never read it.

        Args:
            word: what it is.
            content: the words of JSON as bytes, or what to write as JSON.
        """
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        line = word.encode() + b" " + content + b"\n"
        threading.Thread(target=self._write, args=[line], daemon=True).start()

    def receive(self, seconds: float, *words: str) -> tuple[str, bytes]:
        """Return the word and the content, unread, of the next message that has one of the words.

        Raises:
            Stopped: the process ended, a limit was reached, or all grading stops.
        """
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=POLL)
                if not line:
                    raise Stopped(*self._explain_end())
                word, _, content = line.rstrip(b"\n").partition(b" ")
                if word.decode(errors="replace") in words:
                    return word.decode(), content
            if self._stopping.is_set():
                raise Stopped("interrupted", "")
            if time.monotonic() > end:
                raise Stopped("out of time", "It could not be interrupted when its time was over.")

    def read(self, seconds: float, word: str) -> dict:
        """Return the next message with a word, which must be a dict; see `receive`."""
        _, content = self.receive(seconds, word)
        with contextlib.suppress(ValueError, RecursionError):
            said = json.loads(content) if len(content) < LONGEST_READ else None
            if isinstance(said, dict):
                return said
        raise Stopped("failed", UNREADABLE)

    def end(self) -> None:
        """End the process, and with it those that it started.

        In bubblewrap the kernel ends all of them, at once or a moment later. Without isolation, one
        that has left its group can outlive it.
        """
        self._kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._console.close()

    def _kill(self):
        with contextlib.suppress(OSError, AttributeError):  # there are no groups on Windows
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _collect(self):
        """Take all its output; keep a limited number of messages, so that memory cannot fill up."""
        with self._process.stdout as stream:
            while line := stream.readline(LONGEST_LINE):
                self._begun = True
                if self._lines.qsize() < MOST_WAITING:
                    self._lines.put(line)
        self._lines.put(b"")

    def _write(self, line):
        with contextlib.suppress(OSError, ValueError):  # the process has ended
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _watch(self):
        """Stop the process when it takes too much."""
        while self._process.poll() is None and not self._excess:
            with contextlib.suppress(psutil.Error):  # it has ended
                process = psutil.Process(self._process.pid)
                self._excess = self._too_much([process, *process.children(recursive=True)])
            time.sleep(POLL)
        if self._excess:
            self._kill()

    def _too_much(self, family):
        """Return a status and a sentence if the processes are too many or hold too much."""
        if len(family) > MOST_PROCESSES:
            return "failed", f"It started more than {MOST_PROCESSES} processes at once."
        files = self._files(family)
        # shared memory first counts once per process, which is fast, and if too much, once in all
        for measure in (_resident, _proportional):
            if files + sum(map(measure, family)) <= self._memory:
                return ()
        limit = f"{self._memory / 1e9:g} GB of memory that are allowed"
        return "out of memory", f"Its processes and files held more than the {limit}."

    def _files(self, family):
        """Return the number of bytes in its files: those on its disks in memory, or in its folder.

        Before its first message, bubblewrap may not have changed the root yet, and it has no files.
        """
        if not self._isolated:
            walk = os.walk(self._folder)
            return sum(_size(Path(top, name)) for top, _, names in walk for name in names)
        inside = family[1:2] if self._begun else []  # the first process is outside
        roots = [f"/proc/{process.pid}/root{disk}" for process in inside for disk in DISKS]
        with contextlib.suppress(OSError):
            return sum(shutil.disk_usage(root).used for root in roots)
        return 0  # it has ended

    def _explain_end(self):
        """Return a status, and how the process ended, with the last line it printed, if any."""
        if self._excess:
            return self._excess
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        self._console.seek(0)
        words = self._console.read().decode(errors="replace").strip().splitlines()
        code = self._process.returncode
        how = f"with exit code {code}" if code is None or code >= 0 else f"by signal {-code}"
        hint = " (often: no memory is left)" if code in (-9, 137) else ""
        last = f": {words[-1].strip()[:300]}" if words else ""
        return "failed", f"Its process ended {how}{hint}{last}."


def _resident(process):
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _proportional(process):
    try:
        return process.memory_full_info().pss
    except (psutil.Error, OSError, AttributeError):  # known on Linux only
        return _resident(process)


def _size(path):
    try:
        return path.lstat().st_size
    except OSError:  # it is gone
        return 0
