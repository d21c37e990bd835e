"""Environment variables of processes that run side by side on one machine."""

import itertools
import os
import subprocess
from collections.abc import Iterator

# of TensorFlow twice, of PyTorch and NumPy, and of JAX on the CPU
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "NPROC")
# JAX and TensorFlow would take nearly all memory of a GPU, and leave none to the next process.
MEMORY = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
VISIBLE = "CUDA_VISIBLE_DEVICES"


def beside_others(threads: int) -> dict[str, str]:
    """Return what limits a process to so many threads, and on a GPU to the memory that it needs."""
    return dict.fromkeys(THREADS, str(threads)) | MEMORY


def one_gpu_each() -> Iterator[dict[str, str]]:
    """Yield, for one process after the other and without end, what gives it one GPU, in turn."""
    return itertools.cycle([{VISIBLE: gpu} for gpu in _gpus()] or [{}])


def _gpus():
    """Return the names of the NVIDIA GPUs that processes may use."""
    if VISIBLE in os.environ:
        names = [name.strip() for name in os.environ[VISIBLE].split(",")]
        return list(itertools.takewhile(lambda name: name not in ("", "-1"), names))
    try:
        ask = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
        listed = subprocess.run(ask, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):  # there is no driver, or it hangs
        return []
    return [line for line in listed.stdout.splitlines() if line.isdigit()]
