"""Where the project's files live, and how they are written: whole or not at all."""

import contextlib
import os
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


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike) -> Iterator[Path]:
    """Yield a temporary path beside `path` to write to, and move it into place if all went well.

    A reader, or a second process, sees the whole old file or the whole new one, never a part.
    The temporary name keeps the suffix, from which many writers take the format. What is written
    may be a folder too; where `path` is a folder by then, which another process made, that stays.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.partial{path.suffix}")
    try:
        yield partial
        try:
            partial.replace(path)
        except OSError:
            if not (partial.is_dir() and path.is_dir()):
                raise
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)
