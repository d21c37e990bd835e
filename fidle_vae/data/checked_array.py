"""One array of bytes in a file, read in blocks and compared with its published checksum."""

import contextlib
import gzip
import hashlib
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

_BLOCK = 16_384  # bytes read at a time


class DamagedFileError(ValueError):
    """A file exists, but its content is not what was published."""


class CheckedArray(NamedTuple):
    """One array of bytes within a file, with the checksum it must have."""

    path: Path
    array: str
    shape: tuple[int, ...]
    checksum: str
    md5: bool
    mend: str  # what to do about a damaged file where there is no good copy

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
        rows = max(1, _BLOCK // row)
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
        """Open the file: the array's IDX header, and a stream at the first byte after it."""
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


def idx_header(shape: tuple[int, ...]) -> bytes:
    """Return the header of an IDX file of bytes: its type, its axes, the length of each axis."""
    return struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape)
