"""Finds the files of the datasets, and streams their bytes through a checksum.

Every place has the same layout, which is that of Keras's cache and of the `data/` folder:
`mnist/` with the four files its authors publish, or `mnist.npz`, and so on.
"""

import contextlib
import gzip
import hashlib
import math
import os
import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from fidle_vae.common.files import project_dir
from fidle_vae.data import digits

_BLOCK = 16_384  # bytes read at a time
SUMS = "SHA256SUMS"
IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
_MNIST_SHAPES = {
    "x_train": (60_000, 28, 28),
    "y_train": (60_000,),
    "x_test": (10_000, 28, 28),
    "y_test": (10_000,),
}


class Known(NamedTuple):
    """What is known of a dataset's files. Paths are relative to each place looked in."""

    shapes: dict[str, tuple[int, ...]]
    checksums: dict[str, str]  # SHA-256 of an array as an uncompressed IDX file, or see `md5`
    folders: tuple[str, ...] = ()  # that hold the four IDX files
    archives: tuple[str, ...] = ()  # .npz files that hold all arrays
    downloads: tuple[str, ...] = ()  # files that Keras downloads
    md5: bool = False  # the checksums are the MD5s of the gzipped files, all that is published

    @property
    def layouts(self) -> tuple[str, ...]:
        """Names of the folders or files that hold the dataset, each of them whole."""
        return (*(f"{folder}/" for folder in self.folders), *self.archives)


KNOWN = {
    "mnist": Known(
        _MNIST_SHAPES,
        {
            "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
        folders=("mnist",),
        archives=("mnist.npz", "mnist/mnist.npz"),
        downloads=("mnist.npz",),
    ),
    "fashion_mnist": Known(
        _MNIST_SHAPES,
        {
            "x_train": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "y_train": "25c81989df183df01b3e8a0aad5dffbe",
            "x_test": "bef4ecab320f06d8554ea6380940ec79",
            "y_test": "bb300cfdad3c16e7a12a480ee83cd310",
        },
        folders=("fashion_mnist", "fashion-mnist"),
        downloads=tuple(f"fashion-mnist/{name}.gz" for name in IDX_NAMES.values()),
        md5=True,
    ),
    "frey_faces": Known(
        {"images": (1_965, 28, 20)},
        {"images": "c943677a3bcb83ed2de1207d4355c360cabfee597a538f9735ec3254886c365f"},
        archives=("frey_faces/frey_faces.npz", "frey_faces.npz"),
    ),
    "digits": Known(
        _MNIST_SHAPES,
        {},  # they stand beside the files, which are made here
        folders=(f"digits/v{digits.VERSION}",),
    ),
}


class DamagedFileError(ValueError):
    """A file is there, but is not what it should be."""


class Part(NamedTuple):
    """One array of bytes within a file, with the checksum it must have."""

    path: Path
    array: str
    shape: tuple[int, ...]
    checksum: str
    md5: bool
    mend: str  # what to do about a damaged file, if there is no good copy

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the array, some rows at a time; use none of them if this raises at the end.

        Raises:
            DamagedFileError: the file is not the one that the checksum names.
        """
        try:
            yield from self._checked_blocks()
        except DamagedFileError:
            raise
        except Exception as error:  # damaged bytes make gzip and zipfile raise a dozen kinds
            raise self._damaged(f"what cannot be read ({error})") from error

    def _checked_blocks(self) -> Iterator[np.ndarray]:
        if self.md5:
            with self.path.open("rb") as stream:
                found = hashlib.file_digest(stream, "md5").hexdigest()
            if found != self.checksum:
                raise self._damaged(found)
        row = math.prod(self.shape[1:])
        rows = _BLOCK // row
        with self._opened() as (header, stream):
            digest = hashlib.sha256(header)
            for start in range(0, self.shape[0], rows):
                size = row * min(rows, self.shape[0] - start)
                data = stream.read(size)
                if len(data) < size:
                    raise EOFError("it ends too early")
                digest.update(data)
                yield np.frombuffer(data, np.uint8).reshape(-1, *self.shape[1:])
            digest.update(stream.read(1))  # nothing, unless the file is too long
        if not self.md5 and digest.hexdigest() != self.checksum:
            raise self._damaged(digest.hexdigest())

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[bytes, IO[bytes]]]:
        """Give the array's IDX header, and a stream that stands at the first byte after it."""
        header = idx_header(self.shape)
        if self.path.suffix == ".npz":
            with (
                zipfile.ZipFile(self.path) as archive,
                archive.open(f"{self.array}.npy") as stream,
            ):
                version = stream.read(8)[6:7]
                length = stream.read(2 if version == b"\1" else 4)
                stream.read(int.from_bytes(length, "little"))
                yield header, stream
        else:
            with (gzip.open if self.path.suffix == ".gz" else open)(self.path, "rb") as stream:
                yield stream.read(len(header)), stream

    def _damaged(self, found: str) -> DamagedFileError:
        kind = "MD5" if self.md5 else f"SHA-256 of {self.array}"
        return DamagedFileError(
            f"{self.path} is damaged, or is another file: "
            f"expected {self.checksum} ({kind}), found {found}. "
            f"Replace it with a good copy, or {self.mend}"
        )


class Found(NamedTuple):
    """Where a dataset was found, and its arrays there."""

    place: Path
    parts: dict[str, Part]


def places() -> list[Path]:
    """Folders to look in, in this order."""
    named = os.environ.get("FIDLE_DATASETS_DIR")
    # A relative name counts from the project folder, so that it holds wherever a notebook runs.
    first = [project_dir() / Path(named).expanduser()] if named else []
    return [*first, *own_places()]


def own_places() -> list[Path]:
    """Folders to look in that may also be written to: the project's, and Keras's cache."""
    keras = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    return [project_dir() / "data", keras / "datasets"]


def find(name: str, roots: Iterable[Path]) -> Found | None:
    """Find a dataset in the first of the folders that has any file of it, good or bad.

    Raises:
        DamagedFileError: that folder has only some of the files.
    """
    known = KNOWN[name]
    for root in roots:
        for folder in known.folders:
            if found := _find_in_folder(known, root / folder):
                return found
        for archive in known.archives:
            if (path := root / archive).is_file():
                paths = dict.fromkeys(known.shapes, path)
                mend = "delete it to have it looked for elsewhere."
                return Found(path, _parts(known, paths, known.checksums, mend))
    return None


def _find_in_folder(known: Known, folder: Path) -> Found | None:
    made_here = not known.checksums
    wanted = [*IDX_NAMES.values(), SUMS] if made_here else list(IDX_NAMES.values())
    endings = (".gz",) if known.md5 else ("", ".gz")
    there = {
        name: path
        for name in wanted
        for ending in endings
        if (path := folder / f"{name}{ending}").is_file()
    }
    if not there:
        return None
    mend = f"delete {folder} to have it {'made again' if made_here else 'looked for elsewhere'}."
    if lacking := [name for name in wanted if name not in there]:
        raise DamagedFileError(
            f"{folder} is incomplete: expected {len(wanted)} files, found {len(there)}, "
            f"without {', '.join(lacking)}. Complete it, or {mend}"
        )
    paths = {array: there[name] for array, name in IDX_NAMES.items()}
    checksums = known.checksums or _read_sums(there[SUMS])
    return Found(folder, _parts(known, paths, checksums, mend))


def _parts(
    known: Known, paths: dict[str, Path], checksums: dict[str, str], mend: str
) -> dict[str, Part]:
    return {
        array: Part(paths[array], array, shape, checksums[array], known.md5, mend)
        for array, shape in known.shapes.items()
    }


def _read_sums(path: Path) -> dict[str, str]:
    lines = [line.split() for line in path.read_text(errors="replace").splitlines()]
    sums = {line[1]: line[0] for line in lines if len(line) == 2}
    return {array: sums.get(name, f"a line in {path}") for array, name in IDX_NAMES.items()}


def idx_header(shape: tuple[int, ...]) -> bytes:
    """Four bytes that say `unsigned bytes, so many axes`, then the length of each axis."""
    return struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape)
