"""Lay out the lessons in a folder of the student's own, and never overwrite the student's work."""

import hashlib
import json
import os
import tomllib
from pathlib import Path

from fidle_vae.common.files import START_RECORD, atomic_path, checkout_dir


def start(folder: str | os.PathLike = "fidle-vae") -> Path:
    """Write the lessons, their solutions and folders for data and results into a folder.

    A file that is already there is replaced only if it is unchanged since an earlier call wrote
    it, as after an upgrade of the package. The others are left alone and listed.

    Args:
        folder: a new folder, or one to bring up to date.

    Returns:
        The folder.
    """
    folder = Path(folder).expanduser()
    if checkout_dir() == folder.resolve():
        raise ValueError(
            f"folder must not be the checkout, which has the lessons in notebooks/; got {folder}: "
            "name another folder, such as fidle-vae."
        )
    try:
        left_alone = _lay_out(folder)
    except OSError as error:
        raise OSError(
            f"folder {folder} cannot be written ({error.strerror}): name another."
        ) from error
    print(f"The lessons are in {folder / 'notebooks'}, their solutions in its folder solutions.")
    if left_alone:
        print(
            f"Left as they are, since they were changed: {', '.join(left_alone)}. "
            "For a fresh copy, rename yours and start again."
        )
    print(f'To open them: jupyter lab "{folder}"')
    print("To run the core, in that folder: fidle-vae run; to run all of them: fidle-vae run --all")
    return folder


def _lay_out(folder):
    """Write each file that is new or unchanged; return the names of those that were changed."""
    record = folder / START_RECORD
    folder.mkdir(parents=True, exist_ok=True)
    written = _read_record(record)
    left_alone = []
    for name, content in _files().items():
        path = folder / name
        there = _digest(path.read_bytes()) if path.exists() else None
        if there == _digest(content):
            written[name] = there
        elif there in (None, written.get(name)):
            with atomic_path(path) as partial:
                partial.write_bytes(content)
            written[name] = _digest(content)
        else:
            left_alone.append(name)
    with atomic_path(record) as partial:
        partial.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return left_alone


def _files():
    """Return the files to lay out, by name: from the checkout, else as the wheel carries them."""
    root = checkout_dir()
    if root:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        patterns = project["tool"]["fidle_vae"]["start"]
    else:
        root, patterns = Path(__file__).parent / "start_folder", ["**/*"]
    paths = [path for pattern in patterns for path in root.glob(pattern) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths)}


def _read_record(path):
    """Return the digest of each file as it was last written; none if nothing can be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def _digest(content):
    return hashlib.sha256(content).hexdigest()
