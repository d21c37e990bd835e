"""A folder of one's own pictures as a dataset, for `load_images` or by its name `folder:PATH`.

The pictures are read once, brought to one size, and kept as bytes in a file beside the other
datasets, from which later loads take them. Where they would fill too large a share of the memory,
they stay in that file, and each batch is read from it.
"""

import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
from tqdm import tqdm

from fidle_vae.common.files import atomic_path, project_dir
from fidle_vae.data.attributes import ATTRIBUTES, PARTITION, read_attribute, read_partition
from fidle_vae.data.disk_images import DiskImages
from fidle_vae.data.loaders import choose_fraction
from fidle_vae.data.picture_files import read_pictures
from fidle_vae.data.published_files import own_places

PREFIX = "folder:"
SIZE, CHANNELS, MEMORY = (64, 64), 3, 0.25  # defaults
HELD_OUT, MOST_HELD_OUT, FEWEST = 0.1, 2_000, 4  # a share, and numbers of pictures
NO_PICTURES = {ATTRIBUTES, PARTITION, "Thumbs.db", "desktop.ini"}
SETTING = re.compile(r",(size|channels|attribute)=([^,=]+)$")


class Folder(NamedTuple):
    """A folder of pictures, and what is to be made of it."""

    path: Path
    size: tuple[int, int] = SIZE
    """Rows and columns of an image."""
    channels: int = CHANNELS
    """3 for colours, 1 for grey."""
    attribute: str | None = None
    """The column of CelebA's attribute file that is the class; None takes the sub-folders."""

    @property
    def name(self) -> str:
        """Return the name of the dataset, from which `folder_of` makes this again."""
        named = PREFIX + str(self.path)
        if self.size != SIZE:
            named += f",size={self.size[0]}x{self.size[1]}"
        if self.channels != CHANNELS:
            named += f",channels={self.channels}"
        return named + (f",attribute={self.attribute}" if self.attribute else "")


def folder_of(name: str) -> Folder:
    """Return the folder that the name of a dataset means, such as "folder:pictures,size=32x32".

    Raises:
        ValueError: it is no such name, or there is no such folder.
    """
    settings, path = {}, name.removeprefix(PREFIX)
    while found := SETTING.search(path):
        settings[found[1]] = found[2]
        path = path[: found.start()]
    size = settings.get("size", "x".join(map(str, SIZE)))
    numbers = [int(n) if n.isdecimal() else n for n in size.split("x")]
    channels = settings.get("channels", str(CHANNELS))
    return require_folder(
        path,
        numbers * 2 if len(numbers) == 1 else numbers,
        int(channels) if channels.isdecimal() else channels,
        settings.get("attribute"),
    )


def require_folder(path, size, channels, attribute=None) -> Folder:
    """Return a folder of pictures; raise ValueError if an argument is wrong."""
    if not (
        isinstance(size, Sequence)
        and len(size) == 2
        and all(isinstance(n, int) and not isinstance(n, bool) and 8 <= n <= 512 for n in size)
    ):
        raise ValueError(
            f"size must be rows and columns, each from 8 to 512, got {size!r}: try (64, 64), or "
            "size=64x64 in the name of a dataset."
        )
    if channels not in (1, 3):
        raise ValueError(f"channels must be 3, for colours, or 1, for grey, got {channels!r}.")
    places = Path.cwd(), project_dir()  # a lesson runs beside its notebook
    found = [Path(os.path.abspath(place / Path(path).expanduser())) for place in places]  # noqa: PTH100 keeps links
    folder = next((each for each in found if each.is_dir()), found[0])
    if not folder.is_dir():
        raise ValueError(
            f"folder {folder} of pictures is not there: give one as {PREFIX}PATH, such as "
            f"{PREFIX}~/pictures."
        )
    return Folder(folder, tuple(size), channels, attribute)


def read_folder(folder: Folder, scale: float, rng: np.random.Generator, memory: float) -> dict:
    """Return the fields of a `Dataset` of one's own pictures."""
    kept = _kept(folder)
    index = json.loads((kept / "index.json").read_text(encoding="utf-8"))
    names = index["names"]
    if len(names) < FEWEST:
        raise ValueError(
            f"folder {folder.path} must hold {FEWEST} pictures or more, got {len(names)}"
            f"{_summary(index['left_out'])}: put more into it."
        )
    classes, class_names = _classes(folder, names)
    test = read_partition(folder.path, names)
    if test is None:
        test = np.zeros(len(names), bool)
        share = max(2, min(MOST_HELD_OUT, HELD_OUT * len(names))) / len(names)
        test[choose_fraction(classes, share, np.random.default_rng(0))] = True
    fields = {"source": f"pictures of {folder.path}, kept in {kept}"}
    digest = hashlib.sha256(index["digest"].encode())
    for split, among in {"train": ~test, "test": test}.items():
        numbers = np.flatnonzero(among)
        chosen = numbers[choose_fraction(classes[numbers], scale, rng)]
        if split == "test" and len(chosen) > MOST_HELD_OUT:
            chosen = chosen[choose_fraction(classes[chosen], MOST_HELD_OUT / len(chosen), rng)]
        images = DiskImages(kept / "pictures.bin", (*folder.size, folder.channels), chosen)
        fits = 4 * np.prod(images.shape) <= memory * psutil.virtual_memory().available
        fields[f"x_{split}"] = images[:] if fits or split == "test" else images
        fields[f"y_{split}"] = classes[chosen] if class_names else None
        digest.update(chosen.tobytes() + classes[chosen].tobytes())
    return fields | {
        "class_names": class_names,
        "digest": digest.hexdigest(),
        "left_out": tuple(f"{name}: {reason}" for name, reason in index["left_out"]),
    }


def _classes(folder, names):
    """Return the class of each picture, and their names, of which there may be none."""
    if folder.attribute:
        has = read_attribute(folder.path, folder.attribute, names)
        return has, (f"not {folder.attribute}", folder.attribute)
    firsts = [name.partition("/")[0] if "/" in name else "" for name in names]
    class_names, classes = np.unique(firsts, return_inverse=True)
    if len(class_names) < 2 or "" in class_names:
        return np.zeros(len(names), np.int64), ()
    return classes.astype(np.int64), tuple(map(str, class_names))


def _kept(folder):
    """Return the folder with the pictures as bytes; read them if that was not done, or is old."""
    files = _files(folder.path)
    listing = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    key = hashlib.sha256(repr(folder[:3]).encode()).hexdigest()[:16]
    places = [place / "folders" / key for place in own_places()]
    for place in places:
        if _is_of(place, listing, math.prod(folder.size) * folder.channels):
            return place
    failures = []
    for place in places:
        shutil.rmtree(place, ignore_errors=True)  # of pictures that have changed
        try:
            with atomic_path(place) as partial:
                _read_all(folder, [name for name, _, _ in files], listing, partial)
        except OSError as error:
            failures.append(str(error))
        else:
            return place
    raise OSError(f"the pictures of {folder.path} cannot be kept anywhere: {'; '.join(failures)}")


def _is_of(place, listing, size):
    """Whether a folder holds the pictures of this listing, of so many bytes each."""
    try:
        index = json.loads((place / "index.json").read_text(encoding="utf-8"))
        whole = (place / "pictures.bin").stat().st_size == size * len(index["names"])
        return index["listing"] == listing and whole
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _files(path):
    """Return name, size and time of each file in a folder and below; hidden ones are left out."""
    found = []
    for place, folders, names in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            file = Path(place, name)
            if not name.startswith(".") and name not in NO_PICTURES and file.is_file():
                state = file.stat()
                known = file.relative_to(path).as_posix(), state.st_size, state.st_mtime_ns
                found.append(known)
    return found


def _read_all(folder, names, listing, place):
    """Read all pictures into a new folder, with an index."""
    place.mkdir()
    taken, left_out, digest = [], [], hashlib.sha256()
    pictures = read_pictures([folder.path / name for name in names], folder.size, folder.channels)
    seen = tqdm(pictures, "Reading pictures", len(names), disable=len(names) < 2_000)
    with (place / "pictures.bin").open("wb") as file:
        for name, picture in zip(names, seen, strict=True):
            if isinstance(picture, str):
                left_out.append((name, picture))
            else:
                taken.append(name)
                file.write(picture)
                digest.update(picture)
    digest.update(json.dumps(taken).encode())
    index = {"names": taken, "left_out": left_out, "digest": digest.hexdigest()}
    (place / "index.json").write_text(json.dumps(index | {"listing": listing}), encoding="utf-8")
    if left_out:
        print(f"Of {len(names):,} files in {folder.path}{_summary(left_out)}")


def _summary(left_out):
    """Return which files were left out, and why, in some words."""
    if not left_out:
        return ""
    some = "; ".join(f"{name}: {reason}" for name, reason in left_out[:3])
    more = f"; and {len(left_out) - 3:,} more" if len(left_out) > 3 else ""
    return f", {len(left_out):,} are left out ({some}{more})"
