"""Where submissions run: in bubblewrap, which hides all but what Python and the lessons need."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fidle_vae.common.files import project_dir

PACKAGE = Path(__file__).resolve().parent.parent
SYSTEM = "/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts"
# Variables of the instructor that a submission gets. All others may hold a secret.
PASSED = (
    "KERAS_BACKEND", "LANG", "LC_ALL", "OMP_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL",
    "TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS", "TZ",
)  # fmt: skip
DISKS = {"/home": 4, "/tmp": 4, "/dev/shm": 8, "/run": 1000}  # each: memory divided by this
SAYS = {
    True: "Submissions run in bubblewrap: they have no network, see no other process and no file "
    "but those of Python and the lessons, and write to a small disk of their own.",
    False: "Submissions run without isolation, as --unsafe allows: they reach the network, and can "
    "read, change and end whatever you can, this grading too.",
}


def bubblewrap(environment: Mapping[str, str], memory: float) -> list[str]:
    """Return the words to put before a command, so that it can do little harm.

    It sees a system of its own: read-only but for the disks, which are in memory, without network
    and solutions.

    Args:
        environment: all environment variables of the command.
        memory: number of bytes that the command may hold; its disks take shares of it.
    """
    shown = (word for path in _needed() for word in ("--ro-bind-try", path, path))
    disk = {path: ("--size", str(int(memory / by)), "--tmpfs", path) for path, by in DISKS.items()}
    return [
        "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--clearenv", *(word for each in environment.items() for word in ("--setenv", *each)),
        *disk["/home"], *disk["/tmp"], *disk["/run"], *shown,
        "--ro-bind-try", str(project_dir() / "data"), "/home/data",
        *(word for path in _solutions() for word in ("--tmpfs", path, "--remount-ro", path)),
        "--dev", "/dev", *disk["/dev/shm"], "--remount-ro", "/dev",
        "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys",
        "--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger",
        "--remount-ro", "/", "--chdir", "/home", "--",
    ]  # fmt: skip


def _needed():
    """Return what is shown to a submission: the system's libraries, Python, the package, images."""
    python = sys.prefix, sys.base_prefix, PACKAGE, _datasets(), _keras() / "datasets"
    every = {str(each) for path in python for each in (Path(path), Path(path).resolve())}
    return [*SYSTEM, *sorted(every)]  # a folder before those in it


def _solutions():
    """Return the folder of the lessons in an installed package, which has their solutions too."""
    return [str(path) for path in [PACKAGE / "course" / "start_folder"] if path.is_dir()]


def _datasets():
    return project_dir() / Path(os.environ.get("FIDLE_DATASETS_DIR", "data")).expanduser()


def _keras():
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()


def environment(home: str) -> dict[str, str]:
    """Return all environment variables of a submission that works in a folder."""
    return {name: os.environ[name] for name in PASSED if name in os.environ} | {
        "FIDLE_DATASETS_DIR": str(_datasets()),
        "FIDLE_VAE_RUN_DIR": f"{home}/run_dir",
        "HOME": home,
        "KERAS_HOME": str(_keras()),
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "PYTHONPATH": str(PACKAGE.parent),
        "USER": "student",
    }


def require_isolation(unsafe: bool = False, allow_root: bool = False) -> bool:
    """Return whether submissions run in bubblewrap: always where it works, else `unsafe` is needed.

    Args:
        unsafe: whether to do without isolation where bubblewrap does not work.
        allow_root: whether submissions may run as root.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not allow_root:
        raise ValueError(
            "submissions must not run as root, who may change any file: use another account, or "
            "allow it by --allow-root (in a container that holds nothing else)."
        )
    problem = why_not()
    if problem and not unsafe:
        raise ValueError(
            f"bubblewrap, which keeps submissions from your files, {problem}, or allow them to do "
            "whatever you can by --unsafe."
        )
    return not problem


def why_not() -> str:
    """Return why this Python does not start in bubblewrap, with the mend; "" if it does."""
    command = bubblewrap(environment("/home"), 1e9)
    if shutil.which(command[0]) is None:
        return "is not installed: install it (apt install bubblewrap)"
    command += [sys.executable, "-c", "import fidle_vae"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    reason = (done.stderr.strip().splitlines() or ["no reason is known"])[-1]
    return f"cannot run here ({reason}): let your system's administrator allow user namespaces"
