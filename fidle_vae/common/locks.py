"""Locks between processes, which the operating system frees when their process ends."""

import contextlib
import errno
import json
import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

if os.name == "nt":
    import msvcrt

    def _lock(file: int, *, wait: bool) -> None:
        os.lseek(file, 1 << 30, os.SEEK_SET)  # beyond the text, which others can then read
        msvcrt.locking(file, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int, *, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class Lock:
    """A lock with the name of its owner, held until `release` or the end of the process.

    Args:
        path: the lock's file, which stays when the lock is free.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        self._file = None  # its number, while this object holds the lock

    def acquire(self, token: str, tries: int = 5) -> bool:
        """Take the lock and note this process as its owner; return whether that was possible."""
        if self._file is None:
            self._file = self._open(tries)
        if self._file is None:
            return False
        owner = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "token": token,
        }
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, json.dumps(owner).encode())
        return True

    def release(self) -> None:
        """Free the lock, if this object holds it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def owner(self) -> dict | None:
        """Return what the owner noted, in this process or another; None if the lock is free."""
        if self._file is None:
            if not self.path.exists():
                return None
            file = self._open(tries=1)
            if file is not None:
                os.close(file)
                return None
        with contextlib.suppress(OSError, ValueError):
            owner = json.loads(self.path.read_bytes()[:1000])
            if isinstance(owner, dict):
                return owner
        return {}

    def _open(self, tries):
        """Return the file with the lock on it, or None if another has the lock."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for left in reversed(range(tries)):
            file = _open(self.path)
            try:
                _lock(file, wait=False)
            except OSError as error:
                os.close(file)
                if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                    raise
                if left:  # it may be free again at once: others look whether it is
                    time.sleep(0.05)
                continue
            return file
        return None


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a file during a block, after waiting for it; the folder must exist."""
    file = _open(path)
    try:
        _lock(file, wait=True)
        yield
    finally:
        os.close(file)


def _open(path):
    """Open a file to read and write, without emptying it; make it if its folder exists."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
