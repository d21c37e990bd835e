"""The files that come with CelebA's pictures: attributes of each, and which of them are for tests.

Z. Liu, P. Luo, X. Wang, X. Tang, Deep Learning Face Attributes in the Wild, 2015: the number of
pictures, a line with the names of the attributes, then for each picture 1 or -1 for each attribute.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

ATTRIBUTES, PARTITION = "list_attr_celeba.txt", "list_eval_partition.txt"
TEST = "2"  # in the file of the partition; 0 is training, 1 validation


def read_attribute(folder: Path, attribute: str, names: Sequence[str]) -> np.ndarray:
    """Return 1 for each picture that has an attribute, and 0 for the others.

    Args:
        folder: the pictures' folder; the file is in it, in a folder of it, or beside it.
        attribute: its name, such as "Smiling".
        names: the pictures' paths in the folder.
    """
    path = _find(folder, ATTRIBUTES)
    if path is None:
        raise ValueError(
            f"attribute is {attribute!r}, but {folder} has no {ATTRIBUTES}: copy that file into "
            "it, or leave the attribute out."
        )
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    known = lines[1].split() if len(lines) > 1 else []
    if attribute not in known:
        raise ValueError(
            f"attribute must be one of {', '.join(known)}, as in {path}, got {attribute!r}."
        )
    column = 1 + known.index(attribute)
    values = _of_pictures(path, lines[2:], column, names)
    return np.array([value == "1" for value in values], np.int64)


def read_partition(folder: Path, names: Sequence[str]) -> np.ndarray | None:
    """Return which pictures are for tests, or None where no file says so."""
    path = _find(folder, PARTITION)
    if path is None:
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    test = np.array([value == TEST for value in _of_pictures(path, lines, 1, names)])
    return test if 0 < test.sum() < len(test) else None


def _find(folder, name):
    places = folder / name, *sorted(folder.glob(f"*/{name}")), folder.parent / name
    return next((path for path in places if path.is_file()), None)


def _of_pictures(path, lines, column, names):
    """Return the value in a column of the line of each picture."""
    rows = (line.split() for line in lines)
    values = {row[0]: row[column] for row in rows if len(row) > column}
    short = [PurePosixPath(name).name for name in names]
    if missing := [name for name in short if name not in values]:
        raise ValueError(
            f"{path} has no line for {len(missing):,} of {len(short):,} pictures, such as "
            f"{missing[0]}: take the file that belongs to them."
        )
    return [values[name] for name in short]
