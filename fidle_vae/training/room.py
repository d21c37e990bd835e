"""Whether a training will find the disk and the memory that it needs, before it begins."""

import shutil
from pathlib import Path

import keras
import psutil

PICTURES, AN_EPOCH = 20_000_000, 300_000  # bytes of the figures, and of an epoch's images and film
WORKING = 300_000_000  # bytes of memory for what a step computes


def require_room(folder: Path, model: keras.Model, epochs: int) -> None:
    """Raise an OSError if the disk of a run's folder, or the memory, is too small for a training.

    A model is saved with its optimizer, which has two numbers for each weight: as the best one, in
    the checkpoint, and each a second time while it is written.
    """
    saved = 3 * 4 * model.count_params()
    disk, memory = 4 * saved + PICTURES + AN_EPOCH * epochs, 2 * saved + WORKING
    free, available = shutil.disk_usage(folder).free, psutil.virtual_memory().available
    if free < disk:
        raise OSError(
            f"the disk of {folder} is too full for this training: it needs about {_mb(disk)}, and "
            f"{_mb(free)} are free; free some space, or choose another folder with --run-dir."
        )
    if available < memory:
        raise OSError(
            f"there is too little memory for this training: it needs about {_mb(memory)}, and "
            f"{_mb(available)} are available; close other programs, or choose a smaller network."
        )


def _mb(size):
    return f"{size / 1e6:,.0f} MB"
