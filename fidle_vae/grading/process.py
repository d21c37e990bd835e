"""A process that is watched from outside: its time, its memory, its messages, its end."""

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

POLL = 0.2  # seconds between two checks of its memory
MOST_PROCESSES = 256  # of a submission at the same time
ROUNDS = 100  # of ending all processes, which may start others meanwhile
LONGEST_LINE = 100_000  # bytes of a message
MOST_MESSAGES = 10_000
MARK = "FIDLE_VAE_SUBMISSION"  # an environment variable that marks the processes of a submission
PROGRAM = "from fidle_vae.grading.worker import main; main()"


class Stopped(Exception):  # noqa: N818 not an error of the package
    """The process was stopped, or ended early.

    Attributes:
        status: status of the submission, or "interrupted" if all grading stops.
        note: the reason, in a sentence.
    """

    def __init__(self, status: str, note: str):
        super().__init__(status, note)
        self.status, self.note = status, note


class WatchedProcess:
    """Runs `worker.main` in a process of its own, and watches it and the processes that it starts.

    Args:
        isolation: the isolation to start it in.
        folder: its folder, made by `isolation.lay_out`.
        environment: all its environment variables.
        memory: maximum number of bytes for it and its descendants.
        stopping: set when all grading must stop.
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
            start_new_session=True,  # so that it gets no Ctrl-C and no terminal
        )
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, **message) -> None:
        """Send a message without waiting, as the process may never read it."""
        line = json.dumps(message).encode() + b"\n"
        threading.Thread(target=self._write, args=[line], daemon=True).start()

    def receive(self, key: str, seconds: float) -> dict:
        """Return the next message that has a key; watch the process while waiting.

        Raises:
            Stopped: the process ended, a limit was reached, or all grading stops.
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
        """End the process and all processes that it started, even those detached from it."""
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
        """Read all its output; keep a limited number of messages, so that memory cannot fill up."""
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
        with contextlib.suppress(OSError, ValueError):  # the process has ended
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _check_memory(self):
        family = self._family()
        if len(family) > MOST_PROCESSES:
            note = f"It started more than {MOST_PROCESSES} processes at once."
            raise Stopped("failed", note)
        # shared memory first counts once per process, which is fast, and if too much, once in all
        for measure in (_resident, _proportional):
            if sum(map(measure, family)) <= self._memory:
                return
        note = f"It held more than the {self._memory / 1e9:g} GB of memory that are allowed."
        raise Stopped("out of memory", note)

    def _family(self):
        """Return the process and its living descendants, even those whose parent has ended."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            self._seen |= {process, *process.children(recursive=True)}
        self._seen = {process for process in self._seen if _lives(process)}
        return self._seen

    def _marked(self):
        """Return living processes with this submission's mark, which may have left the family."""
        found = set()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == self._mark and _lives(process):
                    found.add(process)
        return found

    def _explain_end(self):
        """Return how the process ended and, if it never got ready, the last line it printed."""
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
    except (psutil.Error, OSError, AttributeError):  # known on Linux only
        return _resident(process)
