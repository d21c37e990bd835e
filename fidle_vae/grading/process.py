"""A process that is watched from outside: its time, its memory, what it says, its end."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import psutil

from fidle_vae.grading.isolation import Isolation

POLL = 0.2  # seconds between two looks at its memory
MOST_PROCESSES = 256  # that a submission may have at once
ROUNDS = 100  # in which all of them are ended, while they may start others
LONGEST_LINE = 100_000  # bytes of a message
MOST_MESSAGES = 10_000
MARK = "FIDLE_VAE_SUBMISSION"  # an environment variable, by which a process is known as one of ours
PROGRAM = "from fidle_vae.grading.worker import main; main()"


class Stopped(Exception):  # noqa: N818 it is no error of ours
    """The process did not come to its end.

    Attributes:
        status: of the submission, or "interrupted" where all grading is.
        note: why, in a sentence.
    """

    def __init__(self, status: str, note: str):
        super().__init__(status, note)
        self.status, self.note = status, note


class WatchedProcess:
    """`worker.main` in a process of its own, with all those that it starts.

    Args:
        isolation: what it is started in.
        folder: where it works, as `isolation.lay_out` made it.
        environment: all its variables.
        memory: most bytes that it and its children may hold.
        stopping: is set when all grading shall stop.
    """

    def __init__(
        self,
        isolation: Isolation,
        folder: Path,
        environment: dict[str, str],
        memory: float,
        stopping: threading.Event,
    ):
        self._memory, self._stopping = memory, stopping
        self._mark = uuid.uuid4().hex
        self._seen: set[psutil.Process] = set()
        self._messages: queue.Queue[dict | None] = queue.Queue()
        self._console = tempfile.TemporaryFile()  # noqa: SIM115 closed by `end`
        self._process = subprocess.Popen(
            [*isolation.command(folder), sys.executable, "-c", PROGRAM],
            cwd=folder / "work",
            env=environment | {MARK: self._mark},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._console,
            start_new_session=True,  # a Ctrl-C is for us, and a terminal is not for it
        )
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, **message) -> None:
        """Send a message; do not wait for a process that may never read it."""
        line = json.dumps(message).encode() + b"\n"
        threading.Thread(target=self._write, args=[line], daemon=True).start()

    def receive(self, key: str, seconds: float) -> dict:
        """Wait for the next message that has a key, and watch meanwhile.

        Raises:
            Stopped: the process ended, or it must, as a limit is reached.
        """
        end, look = time.monotonic() + seconds, 0.0
        while True:
            with contextlib.suppress(queue.Empty):
                message = self._messages.get(timeout=POLL)
                if message is None:
                    raise Stopped("failed", self._explain_end())
                if key in message:
                    return message
            if self._stopping.is_set():
                raise Stopped("interrupted", "")
            if time.monotonic() > end:
                raise Stopped("out of time", "It could not be interrupted when its time was over.")
            if time.monotonic() > look:
                self._check_memory()
                look = time.monotonic() + POLL

    def end(self) -> None:
        """End the process and all that it started, also what has left its family."""
        for _ in range(ROUNDS):
            alive = self._family() | self._marked()
            for process in alive:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=POLL)
            if not alive:
                break
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._console.close()

    def _read(self):
        """Read all that it says; keep so much of it that it cannot fill our memory."""
        kept = 0
        with self._process.stdout as stream:
            while line := stream.readline(LONGEST_LINE):
                with contextlib.suppress(ValueError, RecursionError):
                    message = json.loads(line)
                    if isinstance(message, dict) and kept < MOST_MESSAGES:
                        kept += 1
                        self._messages.put(message)
        self._messages.put(None)

    def _write(self, line):
        with contextlib.suppress(OSError, ValueError):  # it has ended
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _check_memory(self):
        family = self._family()
        if len(family) > MOST_PROCESSES:
            note = f"It started more than {MOST_PROCESSES} processes at once."
            raise Stopped("failed", note)
        # memory that two processes share counts twice at first, and once if that matters
        for measure in (_resident, _proportional):
            if sum(map(measure, family)) <= self._memory:
                return
        note = f"It held more than the {self._memory / 1e9:g} GB of memory that are allowed."
        raise Stopped("out of memory", note)

    def _family(self):
        """Give the process and its descendants that live, also those that lost their parent."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            self._seen |= {process, *process.children(recursive=True)}
        self._seen = {process for process in self._seen if _lives(process)}
        return self._seen

    def _marked(self):
        """Find those by our mark that left the family before we looked."""
        found = set()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == self._mark and _lives(process):
                    found.add(process)
        return found

    def _explain_end(self):
        """Say how it ended, and, if that was before it began, its last words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        self._console.seek(0, os.SEEK_END)
        self._console.seek(max(self._console.tell() - 2000, 0))
        words = self._console.read().decode(errors="replace").split("\n")
        words = [line.strip() for line in words if line.strip()]
        code = self._process.returncode
        how = f"with exit code {code}" if code is None or code >= 0 else f"by signal {-code}"
        hint = " (often: no memory is left)" if code in (-9, 137) else ""
        return f"Its process ended {how}{hint}" + (f": {words[-1][:300]}" if words else "") + "."


def _lives(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _resident(process):
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _proportional(process):
    try:
        return process.memory_full_info().pss
    except (psutil.Error, OSError, AttributeError):  # only Linux tells it
        return _resident(process)
