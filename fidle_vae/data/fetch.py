"""Gets hold of a dataset's files: found on this machine, made on it, or downloaded to it."""

import collections
import contextlib
import functools
import gzip
import hashlib
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from fidle_vae.data import digits
from fidle_vae.data.published_files import (
    IDX_NAMES,
    KNOWN,
    SUMS,
    DamagedFileError,
    Found,
    find,
    idx_header,
    own_places,
    places,
)

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
PATIENCE = 3  # seconds without a byte, after which the network is given up


def fetch(name: str) -> Found:
    """Give the files of a dataset, whose contents are still to be checked.

    Raises:
        DamagedFileError: some of the files are missing where the others are.
        FileNotFoundError: there are none, and they could not be downloaded.
        OSError: the digits, which are made here, cannot be written anywhere.
    """
    if found := find(name, places()):
        return found
    if name == "digits":
        return _make_digits()
    try:
        return _download(name)
    except OSError as error:
        raise FileNotFoundError(
            f"{name} is in none of {', '.join(map(str, places()))}, "
            f"and could not be downloaded: {error}. Put it into one of these folders as "
            f"{' or '.join(KNOWN[name].layouts)}, set FIDLE_DATASETS_DIR to a folder that has it, "
            "or use load_dataset('digits') or load_dataset('auto'), which need no network."
        ) from error


def _make_digits() -> Found:
    """Make the digits where they can be kept: some ten seconds, once for all."""
    refusals = []
    for root in own_places():
        try:
            with _built_whole(root / KNOWN["digits"].folders[0]) as folder:
                _write_folder(folder, digits.make_digits())
        except OSError as error:
            refusals.append(str(error))
        else:
            return find("digits", [root])
    raise OSError(
        f"the digits cannot be written anywhere: {'; '.join(refusals)}. Make one of these folders "
        "writable, or set KERAS_HOME to a folder that is."
    )


def _write_folder(folder: Path, arrays: Iterable[tuple[str, Iterable[np.ndarray]]]) -> None:
    """Write the digits, each array given in blocks of bytes, as MNIST's files with checksums."""
    folder.mkdir()
    sums = ""
    for array, blocks in arrays:
        header = idx_header(KNOWN["digits"].shapes[array])
        digest = hashlib.sha256(header)
        with gzip.open(folder / f"{IDX_NAMES[array]}.gz", "wb", compresslevel=6) as stream:
            stream.write(header)
            for block in blocks:
                digest.update(block)
                stream.write(block)
        sums += f"{digest.hexdigest()}  {IDX_NAMES[array]}\n"
    (folder / SUMS).write_text(sums)


def _download(name: str) -> Found:
    """Download a dataset into Keras's cache; what arrives is kept if it is what it should be."""
    files = [Path(file) for file in KNOWN[name].downloads]
    if not files:
        raise OSError("there is no address to download it from")
    # Asked first, since without a network it would be a pity to wait for TensorFlow.
    _patiently(functools.partial(_ask, f"{ORIGIN}/{files[0].name}"))
    from keras.utils import get_file

    root = own_places()[-1]
    with _built_whole(root / files[0].parts[0]) as partial:
        here = partial.parent
        for file in files:
            origin = f"{ORIGIN}/{file.name}"
            get = functools.partial(
                get_file, file.name, origin, cache_dir=here, cache_subdir=file.parent
            )
            _patiently(get, here)
        try:
            for part in find(name, [here]).parts.values():
                collections.deque(part.blocks(), maxlen=0)
        except DamagedFileError as error:
            raise OSError(f"what {ORIGIN} sent is not {name}") from error
    return find(name, [root])


def _ask(url: str) -> None:
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD")).close()
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise


def _patiently(action: Callable[[], object], folder: Path | None = None) -> None:
    """Run `action`, and give it up once `folder` has not grown for `PATIENCE` seconds.

    A socket's own timeout covers neither the look-up of a name nor a slow trickle. A thread that
    can be left behind covers both.

    Raises:
        OSError: the action failed, or was given up.
    """
    failures = []

    def run() -> None:
        try:
            action()
        except Exception as error:  # Keras raises no narrower one
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    size, since = 0, time.monotonic()
    while thread.is_alive():
        thread.join(0.1)
        if folder and size != (size := _bytes_in(folder)):
            since = time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            raise TimeoutError(f"no answer from {ORIGIN} for {PATIENCE} seconds")
    if failures:
        raise OSError(str(failures[0])) from failures[0]


def _bytes_in(folder: Path) -> int:
    with contextlib.suppress(FileNotFoundError):  # Keras deletes what it could not finish
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return 0


@contextlib.contextmanager
def _built_whole(target: Path) -> Iterator[Path]:
    """Give a path to build a file or a folder at; move it to `target` if all went well.

    It stands alone in a temporary folder beside the target, where nobody takes it for finished.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=".partial-", dir=target.parent, ignore_cleanup_errors=True
    ) as here:
        partial = Path(here) / target.name
        yield partial
        try:
            partial.replace(target)
        except OSError:
            if not target.exists():  # if it does, another process was first, with the same
                raise
