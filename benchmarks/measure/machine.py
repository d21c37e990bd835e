"""The machine that a measurement runs on: its description, its speed, and the time it had."""

import importlib.metadata
import os
import platform
import time
from datetime import date
from pathlib import Path

import numpy as np


def processor() -> str:
    """Return the name of the processor, as far as the system provides it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def describe_machine(*packages: str) -> str:
    """Return the date, the machine and the versions of these packages, in one sentence.

    The packages are not imported, so that a process that measures others stays small.
    """
    where = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    names = ["Python " + platform.python_version()]
    names += [f"{package} {_version(package)}" for package in packages]
    return f"{date.today()}: {where}, {', '.join(names)}."


def _version(package):
    for name in (package, f"{package}-cpu"):  # TensorFlow for the CPU only has another name
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "not installed"


def matmul_rate(library: str, size: int = 2048, repeats: int = 4) -> float:
    """Measure the float32 GFLOP/s of a product of two square matrices, under the current load.

    It uses the threads that the library uses for everything else in this process. The fastest of
    the repeats counts, because other processes can only slow one down.

    Args:
        library: "tensorflow", "torch", "jax" or "numpy".
        size: number of rows of a matrix.
        repeats: number of products to time, after a warm-up.
    """
    matrix = _matrix(library, size)
    times = []
    for _ in range(1 + repeats):
        start = time.perf_counter()
        float((matrix @ matrix)[0, 0])  # converting to a number waits for the result, on any device
        times.append(time.perf_counter() - start)
    return 2 * size**3 / min(times[1:]) / 1e9


def _matrix(library, size):
    matrix = np.random.default_rng(0).standard_normal((size, size), dtype=np.float32)
    match library:
        case "numpy":
            return matrix
        case "tensorflow":
            import tensorflow as tf

            return tf.constant(matrix)
        case "torch":
            import torch

            return torch.from_numpy(matrix).to("cuda" if torch.cuda.is_available() else "cpu")
        case "jax":
            import jax.numpy as jnp

            return jnp.asarray(matrix)
    raise ValueError(
        f"library must be tensorflow, torch, jax or numpy; got {library!r}: name one of them."
    )


class Stopwatch:
    """Measure the time of a block, and how much of the machine it had.

    `with Stopwatch() as watch: work()`, then `watch.wall` and `watch.cpu`, in seconds: the elapsed
    time, and the CPU time of all threads of this process. `watch.stolen` is the fraction of all
    cores' time that the host gave to other virtual machines, as Linux reports it, or None on other
    systems.
    """

    def __enter__(self):
        self._stolen = _stolen_seconds()
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *exception):
        self.wall = time.perf_counter() - self._wall
        self.cpu = time.process_time() - self._cpu
        stolen = _stolen_seconds()
        cores = os.cpu_count() or 1
        self.stolen = None if stolen is None else (stolen - self._stolen) / (self.wall * cores)


def _stolen_seconds():
    """Return the seconds since boot that the host took from this machine, over all cores."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    ticks = stat.read_text(encoding="utf-8").split("\n", 1)[0].split()
    return int(ticks[8]) / os.sysconf("SC_CLK_TCK")  # the eighth number of the line "cpu"
