"""Where the project's files live, and how they are written: whole or not at all."""

import contextlib
import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

START_RECORD = ".fidle-vae.json"  # in a folder that `fidle-vae start` laid out


def project_dir() -> Path:
    """Return the folder that holds `notebooks/`, `data/` and `run_dir/`.

    It is the folder that `fidle-vae start` laid out, if the current folder is that or lies in it;
    else the checkout that the package lies in; else, for an installed package, the current folder.
    """
    here = Path.cwd()
    laid_out = (folder for folder in (here, *here.parents) if (folder / START_RECORD).is_file())
    return next(laid_out, None) or checkout_dir() or here


def checkout_dir() -> Path | None:
    """Return the checkout that the package lies in, or None where it is installed."""
    folder = Path(__file__).resolve().parents[2]
    return folder if (folder / "pyproject.toml").is_file() else None


class DiskError(OSError):
    """Raised when a disk is full or broken, with what to do."""


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike) -> Iterator[Path]:
    """Yield a temporary path beside `path` to write to, and move it into place if all went well.

    A reader, or a second process, sees the whole old file or the whole new one, never a part, also
    after a power cut. The temporary name keeps the suffix, from which many writers take the format.
    What is written may be a folder too; where `path` is a folder by then, which another process
    made, that stays. A DiskError names the file, and what to do.
    """
    path = Path(path)
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.partial{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        _to_disk(partial)
        try:
            partial.replace(path)
        except OSError:
            if not (partial.is_dir() and path.is_dir()):
                raise
        _sync(path.parent)
    except OSError as error:
        if reason := _disk_trouble(error):
            raise DiskError(f"{path} cannot be written: {reason}.") from error
        raise
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def _disk_trouble(error):
    """Return what is wrong with the disk and what to do; None if something else is wrong."""
    # HDF5 and Keras tell the number in words only
    number = re.search(r"errno = (\d+)", str(error))
    match error.errno or (number and int(number[1])):
        case errno.ENOSPC:
            return "the disk is full; free some space, or choose a folder on another disk"
        case errno.EDQUOT:
            return "your disk quota is used up; free some space, or choose another folder"
        case errno.EROFS:
            return "the disk is read-only; choose a folder on another one"
        case errno.EIO:
            return "the disk reports an error; check it, or choose a folder on another one"
    return None


def _to_disk(path):
    """Wait until a file, or all of a folder, is on the disk itself."""
    for each in path.rglob("*") if path.is_dir() else [path]:
        if each.is_file() and not each.is_symlink():
            _sync(each)


def _sync(path):
    if path.is_dir() and os.name == "nt":  # Windows opens no folders
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that has no such thing
            raise
    finally:
        os.close(handle)
