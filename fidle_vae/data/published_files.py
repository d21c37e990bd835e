"""The files of a published dataset: found on this machine, made on it, or downloaded to it.

Every folder that is searched has the same layout, which is that of Keras's cache and of `data/`:
`mnist/` with the four files its authors publish, or `mnist.npz`, and so on.
"""

import contextlib
import gzip
import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fidle_vae.common.files import atomic_path, project_dir
from fidle_vae.data.checked_array import CheckedArray, DamagedFileError, idx_header

SUMS = "SHA256SUMS"
IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
PATIENCE = 3  # seconds without a byte, after which a download is given up


class PublishedFiles(NamedTuple):
    """The files of a dataset. Their paths are relative to each folder that is searched."""

    shapes: Mapping[str, tuple[int, ...]]
    checksums: Mapping[str, str] = {}  # SHA-256 of an array as an uncompressed IDX file; see `md5`
    folders: tuple[str, ...] = ()  # that hold the four IDX files
    archives: tuple[str, ...] = ()  # .npz files that hold all arrays
    origin: str = ""  # address that has the files to download, by their last names
    downloads: Mapping[str, str | None] = {}  # files to download, each with pooch's `known_hash`
    md5: bool = False  # the checksums are the MD5s of the gzipped files, all that is published
    make: Callable[[], Iterable[tuple[str, Iterable[np.ndarray]]]] | None = None
    """Yields the arrays, each as its name and blocks of bytes, where they are made here."""

    @property
    def layouts(self) -> tuple[str, ...]:
        """Names of the folders or files that hold the dataset, each of them whole."""
        return (*(f"{folder}/" for folder in self.folders), *self.archives)


class Found(NamedTuple):
    """Where a dataset was found, and its arrays there."""

    place: Path
    arrays: dict[str, CheckedArray]


def places() -> list[Path]:
    """Folders to search, in this order."""
    named = os.environ.get("FIDLE_DATASETS_DIR")
    # A relative name counts from the project folder, so that it holds wherever a notebook runs.
    first = [project_dir() / Path(named).expanduser()] if named else []
    return [*first, *own_places()]


def own_places() -> list[Path]:
    """Folders to search that may also be written to: the project's, and Keras's cache."""
    keras = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    return [project_dir() / "data", keras / "datasets"]


def fetch(name: str, files: PublishedFiles) -> Found:
    """Find, make or download the files of a dataset; their contents are checked when read.

    Raises:
        DamagedFileError: some of the files are missing where the others are.
        FileNotFoundError: there are none, and they could not be downloaded.
        OSError: files that are made here cannot be written anywhere.
    """
    if found := find(files, places()):
        return found
    if files.make:
        return _make(name, files)
    try:
        return _download(name, files)
    except OSError as error:
        raise FileNotFoundError(
            f"{name} is in none of {', '.join(map(str, places()))}, "
            f"and could not be downloaded: {error}. Put it into one of these folders as "
            f"{' or '.join(files.layouts)}, set FIDLE_DATASETS_DIR to a folder that has it, "
            "or use load_dataset('digits') or load_dataset('auto'), which need no network."
        ) from error


def find(files: PublishedFiles, roots: Iterable[Path]) -> Found | None:
    """Find a dataset in the first of the folders that has any file of it, good or bad.

    Raises:
        DamagedFileError: that folder has only some of the files.
    """
    for root in roots:
        for folder in files.folders:
            if found := _find_in_folder(files, root / folder):
                return found
        for archive in files.archives:
            if (path := root / archive).is_file():
                paths = dict.fromkeys(files.shapes, path)
                mend = "delete it to have it looked for elsewhere."
                return Found(path, _arrays(files, paths, files.checksums, mend))
    return None


def _find_in_folder(files: PublishedFiles, folder: Path) -> Found | None:
    wanted = [*IDX_NAMES.values(), SUMS] if files.make else list(IDX_NAMES.values())
    endings = (".gz",) if files.md5 else ("", ".gz")
    there = {
        name: path
        for name in wanted
        for ending in endings
        if (path := folder / f"{name}{ending}").is_file()
    }
    if not there:
        return None
    mend = f"delete {folder} to have it {'made again' if files.make else 'looked for elsewhere'}."
    if lacking := [name for name in wanted if name not in there]:
        raise DamagedFileError(
            f"{folder} is incomplete: expected {len(wanted)} files, found {len(there)}, "
            f"without {', '.join(lacking)}. Complete it, or {mend}"
        )
    paths = {array: there[name] for array, name in IDX_NAMES.items()}
    checksums = _read_sums(there[SUMS]) if files.make else files.checksums
    return Found(folder, _arrays(files, paths, checksums, mend))


def _arrays(
    files: PublishedFiles, paths: Mapping[str, Path], checksums: Mapping[str, str], mend: str
) -> dict[str, CheckedArray]:
    return {
        array: CheckedArray(paths[array], array, shape, checksums[array], files.md5, mend)
        for array, shape in files.shapes.items()
    }


def _read_sums(path: Path) -> dict[str, str]:
    lines = [line.split() for line in path.read_text(errors="replace").splitlines()]
    sums = {line[1]: line[0] for line in lines if len(line) == 2}
    return {array: sums.get(name, f"a line in {path}") for array, name in IDX_NAMES.items()}


def _make(name: str, files: PublishedFiles) -> Found:
    """Make the files in the first folder that can be written to."""
    failures = []
    for root in own_places():
        try:
            with atomic_path(root / files.folders[0]) as folder:
                _write_folder(folder, files)
        except OSError as error:
            failures.append(str(error))
        else:
            return find(files, [root])
    raise OSError(
        f"the {name} cannot be written anywhere: {'; '.join(failures)}. Make one of these folders "
        "writable, or set KERAS_HOME to a folder that is."
    )


def _write_folder(folder: Path, files: PublishedFiles) -> None:
    """Write arrays as gzipped IDX files, like those of MNIST, with their checksums."""
    folder.mkdir()
    sums = ""
    for array, blocks in files.make():
        header = idx_header(files.shapes[array])
        digest = hashlib.sha256(header)
        with gzip.open(folder / f"{IDX_NAMES[array]}.gz", "wb", compresslevel=6) as stream:
            stream.write(header)
            for block in blocks:
                digest.update(block)
                stream.write(block)
        sums += f"{digest.hexdigest()}  {IDX_NAMES[array]}\n"
    (folder / SUMS).write_text(sums)


def _download(name: str, files: PublishedFiles) -> Found:
    """Download a dataset into Keras's cache: all of its files, or none."""
    if not files.downloads:
        raise OSError("there is no address to download it from")
    import pooch
    from requests import exceptions

    pooch.get_logger().setLevel("WARNING")  # it would name a temporary file at each download
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=PATIENCE)
    root = own_places()[-1]
    top = Path(next(iter(files.downloads))).parts[0]
    try:
        _require_answer(files.origin)
        with atomic_path(root / top) as partial:
            for file, known_hash in files.downloads.items():
                url = f"{files.origin}/{Path(file).name}"
                target = partial / Path(file).relative_to(top)
                pooch.retrieve(url, known_hash, target.name, target.parent, downloader=downloader)
    except (exceptions.ConnectionError, exceptions.Timeout, TimeoutError) as error:
        raise OSError(f"no answer from {files.origin}") from error
    except exceptions.ChunkedEncodingError as error:
        raise OSError(f"the connection to {files.origin} broke off") from error
    except ValueError as error:  # pooch found another hash
        raise OSError(f"what {files.origin} sent is not {name}") from error
    return find(files, [root])


def _require_answer(url: str) -> None:
    """Raise TimeoutError where nothing answers in time: a piece that pooch does not have.

    Its timeout is that of requests, which does not cover the look-up of a name, and begins anew
    for each of a server's addresses. A thread that can be left behind covers both.
    """
    probe = threading.Thread(target=_ask, args=(url,), daemon=True)
    probe.start()
    probe.join(PATIENCE)
    if probe.is_alive():
        raise TimeoutError


def _ask(url: str) -> None:
    import pooch

    with contextlib.suppress(Exception):  # the download that follows says what is wrong
        pooch.HTTPDownloader()(url, None, None, check_only=True)
