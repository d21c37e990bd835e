"""What a run's folder says about itself: its manifest, whether it ended, and if it is undamaged."""

import hashlib
import json
import re
from pathlib import Path

from fidle_vae.common.json_numbers import finite
from fidle_vae.common.locks import Lock

SECTIONS = (
    "parameters", "dataset", "versions", "timings", "metrics", "figures", "claims", "lesson",
    "tracker", "files",
)  # fmt: skip
LARGEST = 10_000_000  # bytes of a manifest
# the manifest itself, what a finished training needs no more, and what students make later
NOT_OF_THE_RUN = {
    "manifest.json",
    "checkpoint.npz",
    "explorer.html",
    "film.mp4",
    "film.gif",
    "exercises.json",
}


def manifest_of(folder: Path) -> dict:
    """Return the content of a run's manifest; empty if there is none."""
    path = folder / "manifest.json"
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST:,} bytes")
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("it holds no entries")
        for name in SECTIONS:
            if not isinstance(content.get(name), dict | None):
                raise ValueError(f"{name} holds no entries")
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} cannot be read ({error}): run {folder.name} again, or restore the file."
        ) from error
    return content


def status_of(folder: Path, manifest: dict | None = None) -> str:
    """Return "finished", "failed", "pruned", "running" or "interrupted".

    A run is finished only if its manifest says so. A pruned one was ended early by a sweep, which
    took it for hopeless. It is running if it has not ended, and a process
    holds its lock; otherwise, that process was killed.
    """
    manifest = manifest_of(folder) if manifest is None else manifest
    status = manifest.get("status")
    if status in ("finished", "failed", "pruned"):
        return status
    running = status == "running" and Lock(lock_path(folder)).owner() is not None
    return "running" if running else "interrupted"


def epoch_reached(folder: Path) -> int | None:
    """Return the last epoch that left images or a film's record; None if none did."""
    paths = (*folder.glob("images/epoch-*.png"), *folder.glob("film/epoch-*.npz"))
    found = (re.match(r"epoch-(\d{1,9})\D", path.name) for path in paths)
    return max((int(match[1]) for match in found if match), default=None)


def earlier(folder: Path) -> Path:
    """Return where the run that was finished before is kept while a new one is not."""
    return folder.parent / f".{folder.name}.earlier"


def lock_path(folder: Path) -> Path:
    """Return the file that a process locks while it writes to a run."""
    return folder.parent / f".{folder.name}.lock"


def digest_of(manifest: dict) -> str:
    """Return the digest of a manifest, without the entry that holds it."""
    content = {name: value for name, value in manifest.items() if name != "digest"}
    as_read = json.loads(json.dumps(finite(content)))
    return hashlib.sha256(json.dumps(as_read, sort_keys=True).encode()).hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of each file of a run, by its path in the folder."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.name not in NOT_OF_THE_RUN
    }


def _digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
