"""Whether runs are finished, and their files what they were then: `fidle-vae verify`."""

import os
from collections.abc import Sequence
from pathlib import Path

from fidle_vae.runs.run import open_run, runs_dir
from fidle_vae.runs.state import digest_of, digests, epoch_reached, manifest_of, status_of


class DamagedRunError(ValueError):
    """Raised when a run is not finished, or not as it was when it finished."""


def verify(runs: Sequence[str] = (), run_dir: str | os.PathLike | None = None) -> None:
    """Print a line for each run, and another for all that is wrong with it.

    Args:
        runs: names of runs, such as ["VAE1"]; empty for all.
        run_dir: the folder of all runs; None takes `runs_dir()`.

    Raises:
        DamagedRunError: after all lines, if something is wrong.
    """
    root = Path(run_dir or runs_dir()).expanduser()
    known = sorted(path.parent.name for path in root.glob("[!.]*/manifest.json"))
    for name in runs:
        open_run(name, root)
    if not known:
        raise ValueError(f"no run is in {root}: run `fidle-vae run` first.")
    wrong = 0
    for name in runs or known:
        found = flaws_of(root / name)
        wrong += bool(found)
        print(f"{name}  {'finished, and unchanged since' if not found else ''}".rstrip())
        for sentence in found:
            print(f"    {sentence}")
    if wrong:
        count = len(runs or known)
        raise DamagedRunError(
            f"{wrong} of {count} runs in {root}: run them again, or restore them."
        )


def flaws_of(folder: Path) -> list[str]:
    """Return a sentence for each thing that is wrong with a run."""
    try:
        manifest = manifest_of(folder)
    except ValueError as error:
        return [str(error)]
    status, found = status_of(folder, manifest), []
    if status != "finished":
        epoch = epoch_reached(folder)
        reached = f", and has reached epoch {epoch}" if epoch else ""
        error = f": {manifest['error']}" if manifest.get("error") else ""
        found.append(f"it is not finished, but {status}{reached}{error}")
    if manifest.get("digest") != digest_of(manifest):
        found.append("manifest.json was changed")
    noted, there = manifest.get("files") or {}, digests(folder)
    found += [f"{name} is missing" for name in noted if name not in there]
    return found + [
        f"{name} was changed" for name in noted if there.get(name, noted[name]) != noted[name]
    ]
