"""Read .npz files that may be damaged, or made to harm: sizes are known before memory is taken."""

import math
import zipfile
from pathlib import Path

import numpy as np

LARGEST = 2_000_000_000  # bytes of all arrays of a file


class DamagedFileError(ValueError):
    """Raised when a file does not hold what it should."""


def read_npz(path: Path, mend: str) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file by name.

    Args:
        path: the file.
        mend: what to do if it is damaged, such as "train the run again".

    Raises:
        DamagedFileError: if it is no such file, if it holds objects, or if an array's header
            promises more, or less, than the file holds.
        FileNotFoundError: if it is not there.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            total = sum(member.file_size for member in archive.infolist())
            if total > LARGEST:
                raise ValueError(f"it holds {total:,} bytes, more than {LARGEST:,}")
            return {
                member.filename.removesuffix(".npy"): _read_array(archive, member)
                for member in archive.infolist()
            }
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile and NumPy raise many for a damaged file
        words = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise DamagedFileError(f"{path} is damaged ({words}): {mend}.") from error


def _read_array(archive, member):
    """Return one array, after a look at what its header promises."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
            version, np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(file)
        promised = math.prod(shape) * dtype.itemsize
        held = member.file_size - file.tell()
    if dtype.hasobject or promised != held:
        raise ValueError(f"{member.filename} promises {promised:,} bytes, and holds {held:,}")
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)
