"""Environment variables of processes that run side by side on one machine."""

# of TensorFlow twice, of PyTorch and NumPy, and of JAX on the CPU
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "NPROC")
# JAX and TensorFlow would take nearly all memory of a GPU, and leave none to the next process.
MEMORY = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


def beside_others(threads: int) -> dict[str, str]:
    """Return what limits a process to so many threads, and on a GPU to the memory that it needs."""
    return dict.fromkeys(THREADS, str(threads)) | MEMORY
