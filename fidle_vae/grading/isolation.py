"""The strongest isolation of a process that this system offers: no network, no files to change."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.files import project_dir

LAYOUT = ("work", "tmp", "shm", "package")  # subfolders that a submission may write to


class Isolation(NamedTuple):
    """A way to start a program so that it can do little harm.

    Attributes:
        name: such as "bubblewrap".
        says: what it prevents, in one sentence.
        command: returns the words to put before a command, given the folder of a submission.
    """

    name: str
    says: str
    command: Callable[[Path], list[str]]


def _bubblewrap(folder):
    """Make all files read-only, except in the folder, which also replaces /tmp and /dev/shm."""
    named = os.environ.get("FIDLE_DATASETS_DIR")
    needed = [sys.prefix, sys.base_prefix, project_dir(), *([named] if named else [])]
    hidden = {
        str(path) for path in map(Path, needed) if Path("/tmp") in path.parents and path.exists()
    }
    return [
        "bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc",
        "--unshare-uts", "--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/", "/",
        "--dev", "/dev", "--bind", f"{folder}/shm", "/dev/shm", "--proc", "/proc",
        "--bind", f"{folder}/tmp", "/tmp",
        *(word for path in sorted(hidden) for word in ("--ro-bind", path, path)),
        "--bind", str(folder), str(folder), "--chdir", f"{folder}/work",
    ]  # fmt: skip


def _namespaces(folder):
    return ["unshare", "--map-root-user", "--net", "--pid", "--kill-child", "--mount-proc"]


def _no_network(folder):
    return ["unshare", "--map-root-user", "--net"]


def _nothing(folder):
    return []


# The strongest first.
ISOLATIONS = (
    Isolation(
        "bubblewrap",
        "Submissions run in bubblewrap: they have no network, see no other process, and can "
        "write only to a folder of their own.",
        _bubblewrap,
    ),
    Isolation(
        "unshare",
        "Submissions run in namespaces of their own: they have no network and see no other "
        "process, but can write wherever you can, as bubblewrap is missing or cannot run.",
        _namespaces,
    ),
    Isolation(
        "unshare without processes",
        "Submissions run without a network, but can write wherever you can, and end your "
        "other programs, as bubblewrap is missing or cannot run.",
        _no_network,
    ),
    Isolation(
        "none",
        "Submissions run without isolation, as this system has none that fidle-vae can use: they "
        "reach the network, and can do whatever you can.",
        _nothing,
    ),
)


def best_isolation(candidates: Sequence[Isolation] = ISOLATIONS) -> Isolation:
    """Return the first isolation in which this Python starts; the last one is not tried."""
    return next((found for found in candidates[:-1] if works(found)), candidates[-1])


def works(isolation: Isolation) -> bool:
    """Whether this Python starts in an isolation."""
    with tempfile.TemporaryDirectory() as folder:
        folder = lay_out(Path(folder))
        command = [*isolation.command(folder), sys.executable, "-c", "pass"]
        if shutil.which(command[0]) is None:
            return False
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                timeout=60,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def lay_out(folder: Path) -> Path:
    """Make the folders that a submission may write to; return the path with links resolved."""
    folder = folder.resolve()
    for name in LAYOUT:
        (folder / name).mkdir()
    return folder
