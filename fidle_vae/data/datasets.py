"""Loads images to learn from: `load_mnist()`, `load_dataset(name)`, your own by `load_images`.

A dataset is looked for in `FIDLE_DATASETS_DIR`, in the project's `data/` folder and in Keras's
cache, then downloaded. Wherever it comes from, every byte is compared with what was published.
"""

import difflib
import hashlib
import numbers
import os
from typing import NamedTuple

import numpy as np

from fidle_vae.common.validation import require_seed
from fidle_vae.data.dataset_sources import DATASETS, dataset_names
from fidle_vae.data.image_folder import (
    CHANNELS,
    MEMORY,
    PREFIX,
    SIZE,
    Folder,
    folder_of,
    read_folder,
    require_folder,
)
from fidle_vae.data.published_files import Found, fetch


class Dataset(NamedTuple):
    """Images to train and to test on, with labels and targets where there are any.

    The labels serve as conditions too: `keras.ops.one_hot(data.y_train, data.classes)`.
    """

    x_train: np.ndarray
    """Images, float32 from 0 to 1, of shape (images, rows, columns, channels): 1 grey, 3 RGB.

    Of a large folder of pictures, these are `DiskImages`, which are read when they are needed.
    """
    y_train: np.ndarray | None
    """Labels, int64, or None where there are none."""
    x_test: np.ndarray
    y_test: np.ndarray | None
    name: str
    source: str
    """Where the files are, in words."""
    digest: str
    """SHA-256 of the bytes of the arrays: images and labels in the order above, then targets."""
    class_names: tuple[str, ...]
    """What each label stands for."""
    target_train: np.ndarray | None = None
    """Images to make of those of `x_train`, such as their colours; None for the images themselves.

    Like `x_train`, but perhaps of another size or number of channels.
    """
    target_test: np.ndarray | None = None
    left_out: tuple[str, ...] = ()
    """Files of a folder that are no picture, damaged or too large: each with the reason."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels of an image."""
        return self.x_train.shape[1:]

    @property
    def target_shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels of what is to be made of an image."""
        return self.image_shape if self.target_train is None else self.target_train.shape[1:]

    @property
    def classes(self) -> int:
        """How many classes there are; 0 without labels."""
        return len(self.class_names)


def load_mnist(scale: float = 1.0, seed: int = 123) -> Dataset:
    """Load MNIST: see `load_dataset`."""
    return load_dataset("mnist", scale, seed)


def load_dataset(
    name: str, scale: float = 1.0, seed: int = 123, *, labelled: bool = False
) -> Dataset:
    """Load a dataset, or a fraction of it.

    Args:
        name: One of `fidle_vae.data.DATASETS`, which `fidle-vae data --help` lists; "auto": MNIST
            where it is here or can be downloaded and the digits otherwise, with a printed line that
            says which; or "folder:PATH" for your own pictures, also with ",size=32x32",
            ",channels=1" or ",attribute=Smiling" behind it, see `load_images`.
        scale: Fraction of the training images and of the test images to take, in (0, 1]. Each
            class keeps its share, and a smaller fraction is a part of a larger one.
        seed: Chooses which images a fraction has.
        labelled: Whether to accept only a dataset that has the classes of its images.

    Returns:
        The images in their original order, in arrays that are read-only.

    Raises:
        ValueError: an argument is not one of the above.
        DamagedFileError: a file was found that is not what it should be.
        FileNotFoundError: no file was found, nor could it be downloaded.
    """
    require_dataset(name, scale, seed)
    if name.startswith(PREFIX):
        data = _load_folder(folder_of(name), scale, seed)
        if labelled and not data.class_names:
            raise ValueError(
                f"dataset {name} has no labels, which are needed here: put the pictures of each "
                "class into a folder of their own."
            )
        return data
    if labelled and name != "auto" and not DATASETS[name].class_names:
        others = [other for other, entry in DATASETS.items() if entry.class_names]
        raise ValueError(
            f"dataset {name} has no labels, which are needed here: take {', '.join(others)}."
        )
    name, found = _fetch_auto() if name == "auto" else (name, _fetch(name))
    entry = DATASETS[name]
    fields = entry.load(found, scale, np.random.default_rng(seed))
    data = Dataset(**{"name": name, "digest": "", "class_names": entry.class_names} | fields)
    digest = hashlib.sha256()
    for array in (*data[:4], data.target_train, data.target_test):
        if array is not None:
            digest.update(array.data.cast("B"))
            array.flags.writeable = False
    return data._replace(digest=digest.hexdigest())


def load_images(
    folder: str | os.PathLike,
    size: tuple[int, int] = SIZE,
    channels: int = CHANNELS,
    *,
    attribute: str | None = None,
    scale: float = 1.0,
    seed: int = 123,
    memory: float = MEMORY,
) -> Dataset:
    """Load your own pictures from a folder, as a `Dataset`; print how many are left out.

    A picture of any size is turned as its camera noted, and its middle is brought to `size`. Files
    that are no picture, damaged or too large are left out: they are listed in `Dataset.left_out`,
    and some of them printed. If all pictures lie in sub-folders, these are the classes. Of
    each class, a tenth is held out, 2,000 in all at most, and the same ones whatever the seed.

    Args:
        folder: its path; sub-folders are searched, too.
        size: rows and columns of an image.
        channels: 3 for colours, 1 for grey.
        attribute: for a folder of CelebA as it is distributed, the attribute that is the class,
            such as "Smiling". With `list_eval_partition.txt`, the published test set is held out.
        scale: fraction of the images to take, in (0, 1].
        seed: chooses which images a fraction has.
        memory: share of the free memory that the training images may take. Where they need more,
            `x_train` is a `DiskImages`, which is read batch by batch.
    """
    folder = require_folder(folder, size, channels, attribute)
    require_scale(scale)
    require_seed(seed)
    return _load_folder(folder, scale, seed, memory)


def require_dataset(name: str, scale: float = 1.0, seed: int = 0) -> None:
    """Raise ValueError for what `load_dataset` cannot load, without touching a file."""
    known = dataset_names()
    if isinstance(name, str) and name.startswith(PREFIX):
        folder_of(name)
    elif name not in known:
        near = difflib.get_close_matches(str(name).lower(), known, 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"dataset name must be one of {', '.join(known)}, or {PREFIX}PATH for your own "
            f"pictures, got {name!r}{hint}"
        )
    require_scale(scale)
    require_seed(seed)


def require_scale(scale: float) -> None:
    """Raise ValueError unless `scale` is a fraction of the images, in (0, 1]."""
    if isinstance(scale, bool) or not (isinstance(scale, numbers.Real) and 0 < scale <= 1):
        raise ValueError(
            f"scale must be a number in (0, 1], got {scale!r}: "
            "pass the fraction of the images to take, 1.0 for all of them"
        )


def _load_folder(folder: Folder, scale: float, seed: int, memory: float = MEMORY) -> Dataset:
    fields = read_folder(folder, scale, np.random.default_rng(seed), memory)
    for split in ("x_train", "x_test", "y_train", "y_test"):
        if isinstance(fields[split], np.ndarray):
            fields[split].flags.writeable = False
    return Dataset(name=folder.name, **fields)


def _fetch(name: str) -> Found | None:
    files = DATASETS[name].files
    return fetch(name, files) if files else None


def _fetch_auto() -> tuple[str, Found]:
    """Fetch MNIST, or else the digits, and print which; `Dataset.source` has the folder."""
    try:
        name, found, why = "mnist", _fetch("mnist"), ""
    except FileNotFoundError:
        name, found = "digits", _fetch("digits")
        why = ": MNIST is not on this machine, and could not be downloaded"
    print(f"load_dataset('auto') takes {name}{why}")
    return name, found
