"""Drawings of Quick, Draw!, from a file that the user has put on this machine.

We know no published checksum of it: its form is checked, its bytes cannot be.
"""

from pathlib import Path

import numpy as np

from fidle_vae.data.checked_array import DamagedFileError
from fidle_vae.data.loaders import choose_fraction
from fidle_vae.data.published_files import places

SIDE = 28


def load_sheep(found: None, scale: float, rng: np.random.Generator) -> dict:
    """Load the drawings of sheep; every tenth is held out."""
    path = _find("sheep.npy")
    try:
        drawings = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:
        raise _damaged(path, f"what cannot be read ({error})") from error
    if drawings.dtype != np.uint8 or drawings.ndim != 2 or drawings.shape[1] != SIDE**2:
        raise _damaged(path, f"an array of {drawings.dtype} of shape {drawings.shape}")
    if len(drawings) < 10:
        raise _damaged(path, f"only {len(drawings)} drawings")
    held_out = np.arange(len(drawings)) % 10 == 9
    fields = {"source": str(path)}
    for split, among in {"train": ~held_out, "test": held_out}.items():
        numbers = np.flatnonzero(among)
        chosen = numbers[choose_fraction(np.zeros(len(numbers)), scale, rng)]
        images = drawings[chosen].reshape(-1, SIDE, SIDE, 1) / np.float32(255)
        fields |= {f"x_{split}": images, f"y_{split}": None}
    return fields


def _find(name: str) -> Path:
    for root in places():
        for path in (root / "quick_draw" / name, root / name):
            if path.is_file():
                return path
    raise FileNotFoundError(
        f"{name} is in none of {', '.join(map(str, places()))}, and is never downloaded: get it "
        "from the numpy bitmaps of Quick, Draw! and put it there, or use load_dataset('digits')."
    )


def _damaged(path: Path, found: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path} is damaged, or is another file: expected bytes of shape (n, {SIDE**2}), a row for "
        f"each drawing, found {found}. Replace it with a good copy, or delete it."
    )
