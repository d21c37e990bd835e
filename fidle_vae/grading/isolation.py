"""The strongest isolation that this system has for a process: no network, no way to our files."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.files import project_dir

LAYOUT = ("work", "tmp", "shm", "package")  # of the folder that a submission may write to


class Isolation(NamedTuple):
    """A way to start a program so that it can do little harm.

    Attributes:
        name: such as "bubblewrap".
        says: what it keeps a submission from, in one sentence.
        command: for the folder of a submission, what to write before a command.
    """

    name: str
    says: str
    command: Callable[[Path], list[str]]


def _bubblewrap(folder):
    """See all files and change none, except in the folder, which has a /tmp and a /dev/shm too."""
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
        "Submissions run in bubblewrap: without a network, they see no other process, and can "
        "write to a folder of their own only.",
        _bubblewrap,
    ),
    Isolation(
        "unshare",
        "Submissions run in namespaces of their own: without a network, and they see no other "
        "process; but they can write wherever you can, as bubblewrap is missing or cannot run.",
        _namespaces,
    ),
    Isolation(
        "unshare without processes",
        "Submissions run without a network; but they can write wherever you can, and end your "
        "other programs, as bubblewrap is missing or cannot run.",
        _no_network,
    ),
    Isolation(
        "none",
        "Submissions run without isolation, as this system has none that we know: they reach the "
        "network, and can do whatever you can.",
        _nothing,
    ),
)


def best_isolation(candidates: Sequence[Isolation] = ISOLATIONS) -> Isolation:
    """Give the first isolation in which this Python starts; the last needs no trial."""
    return next((found for found in candidates[:-1] if works(found)), candidates[-1])


def works(isolation: Isolation) -> bool:
    """Tell whether this Python starts in an isolation."""
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
    """Make the folders that a submission may write to; give the folder without links."""
    folder = folder.resolve()
    for name in LAYOUT:
        (folder / name).mkdir()
    return folder
