"""Small files in the layouts of the real datasets, and an empty machine to put them on."""

import gzip
import hashlib

import numpy as np

from fidle_vae.data import published_files
from fidle_vae.data.dataset_sources import DATASETS

FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


class Machine:
    """A user's machine: three folders to search, all empty, and no network."""

    def __init__(self, tmp_path, monkeypatch):
        self.named, self.keras = tmp_path / "named", tmp_path / "keras" / "datasets"
        self.project = tmp_path / "project"
        self.data = self.project / "data"
        monkeypatch.setenv("FIDLE_DATASETS_DIR", str(self.named))
        monkeypatch.setenv("KERAS_HOME", str(self.keras.parent))
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.setattr(published_files, "project_dir", lambda: self.project)
        self._monkeypatch = monkeypatch
        for name in (name for name, entry in DATASETS.items() if entry.files):
            self.know(name, origin="http://127.0.0.1:9")

    def publish(self, name="mnist", counts=(400, 100), seed=0):
        """Make a small dataset and register it under this name."""
        rng = np.random.default_rng(seed)
        arrays = {}
        for split, count in zip(("train", "test"), counts, strict=True):
            arrays[f"x_{split}"] = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
            arrays[f"y_{split}"] = (10 * rng.random(count) ** 1.5).astype(np.uint8)
        self.pin(name, arrays)
        return arrays

    def pin(self, name, arrays):
        checksums = {key: hashlib.sha256(idx(array)).hexdigest() for key, array in arrays.items()}
        self.know(
            name,
            shapes={key: array.shape for key, array in arrays.items()},
            checksums={} if name == "digits" else checksums,
            make=(lambda: in_blocks(arrays)) if name == "digits" else None,
        )

    def know(self, name, **fields):
        """Change fields of the entry of a dataset's files."""
        entry = DATASETS[name]
        files = entry.files._replace(**fields)
        self._monkeypatch.setitem(DATASETS, name, entry._replace(files=files))

    def find(self, name="mnist"):
        return published_files.find(DATASETS[name].files, published_files.places())

    def fetch(self, name="mnist"):
        return published_files.fetch(name, DATASETS[name].files)


def in_blocks(arrays):
    """Return arrays in the form in which the digits are made."""
    return ((key, [array]) for key, array in arrays.items())


def idx(array):
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_folder(folder, arrays, ending=".gz"):
    folder.mkdir(parents=True, exist_ok=True)
    for key, array in arrays.items():
        contents = idx(array)
        (folder / (FILES[key] + ending)).write_bytes(
            gzip.compress(contents, mtime=0) if ending == ".gz" else contents
        )


def write_archive(path, arrays, save=np.savez_compressed):
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path, **arrays)


def read(found):
    """Read the arrays of files that were found, and check them."""
    return {name: np.concatenate(list(array.blocks())) for name, array in found.arrays.items()}
