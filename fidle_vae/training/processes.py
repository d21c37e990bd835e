"""Several processes, on one machine or on many, that train one model on the JAX backend.

All run the same program on the same images, and each takes its part of every batch, so that all
have the same weights at any time. The first one writes the run; the others write to folders of
their own, which are removed.
"""

import atexit
import contextlib
import hashlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.runs.run import open_run

KERAS = tuple(  # the variables that describe a job to Keras
    f"KERAS_DISTRIBUTION_{name}" for name in ("NUM_PROCESSES", "PROCESS_ID", "JOB_ADDRESSES")
)
SLURM = (  # the variables by which JAX sees that `srun` has started it
    "SLURM_JOB_ID", "SLURM_STEP_NODELIST", "SLURM_NTASKS", "SLURM_PROCID", "SLURM_LOCALID"
)  # fmt: skip
LOST = re.compile("gloo|nccl|coordination service|distributed service", re.IGNORECASE)


class Part(NamedTuple):
    """Which of the processes that train together this one is."""

    index: int = 0
    of: int = 1


def processes_of_job() -> int:
    """Return how many processes were started together, as Keras's variables or SLURM's say."""
    if any(name in os.environ for name in KERAS):
        number, index, addresses = (os.environ.get(name, "") for name in KERAS)
        numbers = number.isdecimal() and index.isdecimal() and int(index) < int(number)
        if not (numbers and re.match(r"[^,]+:\d+(,|$)", addresses)):
            raise ValueError(
                f"{KERAS[0]} must be the number of processes, {KERAS[1]} the place of this one, "
                f"from 0, and {KERAS[2]} the address of the first one as HOST:PORT; got "
                f"{number!r}, {index!r} and {addresses!r}: set all three, or none."
            )
        return int(number)
    return int(os.environ["SLURM_NTASKS"]) if set(SLURM) <= set(os.environ) else 1


def part_of_job() -> Part:
    """Return which of the processes that have joined this one is."""
    if keras.backend.backend() == "jax":
        import jax

        if jax.distributed.is_initialized():
            return Part(jax.process_index(), jax.process_count())
    return Part()


@contextlib.contextmanager
def joined(run_dir: str | os.PathLike | None, resume: str | None = None) -> Iterator[Path | None]:
    """Join the other processes of this job, if any; yields the folder for the runs of this one.

    Enter it before anything is computed.

    Args:
        run_dir: the folder of all runs, on a disk that all processes share.
        resume: the run to go on with, of which each process needs a copy.

    Raises:
        ConnectionError: another process has ended.
        ValueError: the backend cannot do it.
    """
    if processes_of_job() == 1:
        yield run_dir
        return
    if keras.backend.backend() != "jax":
        raise ValueError(
            f"backend must be jax where {processes_of_job()} processes train together, got "
            f"{keras.backend.backend()}: set KERAS_BACKEND=jax, or start one process."
        )
    import jax
    from jax.experimental.multihost_utils import sync_global_devices

    if not jax.distributed.is_initialized():
        keras.utils.set_random_seed(0)  # or Keras would agree on one; a training sets its own
        try:
            keras.distribution.initialize()
        except RuntimeError as error:
            raise ConnectionError(
                f"this process could not join the others of its job (JAX says: {_short(error)}): "
                "start all of them, and see whether they can reach the address of the first one."
            ) from error
    with contextlib.ExitStack() as stack:
        stack.enter_context(_leaving_at_once_after_an_error())
        stack.enter_context(saying_who_was_lost(resume))
        if part_of_job().index:
            run_dir = _own_folder(stack, run_dir, resume)
        sync_global_devices("all have copied the run")
        yield run_dir
        sync_global_devices("all have finished")


def require_same(what: str, value: object) -> None:
    """Raise ValueError unless a value is the same in all processes that have joined."""
    if part_of_job().of == 1:
        return
    from jax.experimental.multihost_utils import process_allgather

    digest = hashlib.sha256(repr(value).encode()).digest()
    every = process_allgather(np.frombuffer(digest, np.uint8))
    if (every != every[0]).any():
        raise ValueError(
            f"{what} must be the same in all {part_of_job().of} processes, and differ: this one "
            f"has {str(value)[:300]}."
        )


@contextlib.contextmanager
def saying_who_was_lost(run_id: str | None) -> Iterator[None]:
    """Raise a ConnectionError in place of what JAX raises when another process has ended."""
    try:
        yield
    except Exception as error:
        if part_of_job().of == 1 or isinstance(error, OSError) or not LOST.search(str(error)):
            raise
        me, count = part_of_job()
        raise ConnectionError(
            f"process {me} of {count} (from 0) lost the connection to another one, which has ended "
            f"or cannot be reached (JAX says: {_short(error)}): look at what that one printed, "
            "then start all of them again" + (f", with --resume {run_id}." if run_id else ".")
        ) from error


@contextlib.contextmanager
def _leaving_at_once_after_an_error():
    """After an error, do not wait for the others, as JAX would at the end of this process."""
    try:
        yield
    except BaseException as error:
        code = 130 if isinstance(error, KeyboardInterrupt) else 1  # as of `fidle-vae`
        atexit.register(_leave, code)  # called before JAX's, which was registered first
        raise


def _leave(code):
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _short(error):
    return " ".join(str(error).split())[:200]


def _own_folder(stack, run_dir, resume):
    """Return a new folder of runs, with a copy of the one to resume; print nothing from here on."""
    own = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    if resume:
        shutil.copytree(open_run(resume, run_dir).path, own / resume)
    stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
    return own
