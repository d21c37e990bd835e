"""A sweep from beginning to end: `fidle-vae sweep`."""

import json
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fidle_vae.common.files import atomic_path
from fidle_vae.common.keras_import import import_keras
from fidle_vae.common.locks import Lock
from fidle_vae.common.validation import require_choice, require_count
from fidle_vae.runs.environment import environment
from fidle_vae.runs.run import runs_dir
from fidle_vae.runs.state import lock_path
from fidle_vae.sweeps.grid import Trial, make_trials
from fidle_vae.sweeps.local import run_local
from fidle_vae.sweeps.outcomes import is_done, read_outcome, require_same_parameters, write_csv
from fidle_vae.sweeps.pruning import order, prepare, require_optuna
from fidle_vae.sweeps.table import Table

ENGINES, SEARCHES = ("local", "ray"), ("grid", "optuna")
MANIFEST, RESULTS, PAGE = "sweep.json", "results.csv", "index.html"
LISTED = 20  # failed trials, at most


class FailedTrialsError(ValueError):
    """Raised once all trials have ended, if some of them failed."""


def sweep(
    over: Mapping[str, Sequence[Any]],
    *,
    seeds: int | Sequence[int] = (123,),
    jobs: int | None = None,
    engine: str = "local",
    address: str | None = None,
    search: str = "grid",
    retries: int = 1,
    tracker: str | None = None,
    name: str = "sweep",
    run_dir: str | os.PathLike | None = None,
    **options,
) -> Path:
    """Train a VAE for each combination of values and each seed; return the folder with the results.

    Each trial is a run in that folder, and what is finished is not trained again: the same call
    goes on where one before was stopped, in whatever way. The folder has results.csv, with a row
    for each trial, and index.html, a page on all of them.

    Args:
        over: values by name; a name is an option of `train`, or k2, the weight of the KL.
        seeds: the seeds, or how many: 3 for 1, 2 and 3.
        jobs: how many trials to run at a time; None for one on each core, of all nodes. The results
            do not depend on it.
        engine: "local", or "ray" for Ray Tune, which needs the extra `ray`.
        address: of a Ray cluster, such as "auto"; None starts one on this machine. All its nodes
            must find the folder of all runs at the same path.
        search: "grid" trains each trial to its end; "optuna" gives up on those that are hopeless,
            see `pruning`, and needs the extra `optuna`.
        retries: how often a trial that fails is tried again.
        tracker: where each trial logs its epochs, such as "tensorboard", see `Tracker`.
        name: of the folder.
        run_dir: the folder of all runs; None takes `runs_dir()`.
        options: of `train`, the same for all trials.

    Raises:
        ValueError: before any work, if an argument is wrong.
        OSError: if another process runs this sweep.
        FailedTrialsError: after all other trials have ended, if some failed.
    """
    require_choice("engine", engine, ENGINES)
    require_choice("search", search, SEARCHES)
    require_count("jobs", jobs or 1, 2)
    if not isinstance(retries, int) or retries < 0:
        raise ValueError(f"retries must be an integer of 0 or more, got {retries!r}: try 1.")
    if address and engine != "ray":
        raise ValueError(f"address is that of a Ray cluster, got {address!r}: add --engine ray.")
    run, prune = _engine(engine, address), search == "optuna"
    if prune:
        require_optuna()
    if tracker is not None:
        import_keras()
        from fidle_vae.training.tracker import require_tracker

        require_tracker(tracker)
    trials = make_trials(over, seeds, options)  # may make or download a dataset
    root = _folder(name, run_dir)
    lock = _lock(root)
    try:
        for trial in trials:
            require_same_parameters(root, trial)
        outcomes = [read_outcome(root, trial) for trial in trials]
        left = [each.trial for each in outcomes if not is_done(root, each)]
        if prune:
            pruned = {each.trial.name for each in outcomes if each.status == "pruned"}
            left = order([trial for trial in left if trial.name not in pruned])
            prepare(root, left)
        _write_manifest(root, trials, {"engine": engine, "search": search, "jobs": jobs})
        table = Table(root, outcomes)
        try:
            if left:
                how = {"jobs": jobs, "retries": retries, "prune": prune, "tracker": tracker}
                run(left, root, table.update, **how)
        finally:
            outcomes = table.results()
            _write_results(root, outcomes)
        if not table.live:  # else it is the last line of the table
            print(table.summary())
        print(f"The table is in {root / RESULTS}, the page in {root / PAGE}")
    finally:
        lock.release()
    failed = [each for each in outcomes if each.status == "failed"]
    if failed:
        lines = "".join(f"\n    {each.trial.title}: {each.error}" for each in failed[:LISTED])
        if len(failed) > LISTED:
            lines += f"\n    and {len(failed) - LISTED:,} more, see {RESULTS}"
        raise FailedTrialsError(
            f"{len(failed)} of {len(trials)} trials failed, and the same command tries them again:"
            f"{lines}"
        )
    return root


def _engine(engine, address):
    if engine == "local":
        return run_local
    from fidle_vae.sweeps.ray_engine import ray_engine

    return ray_engine(address)


def _folder(name, run_dir):
    """Return the folder of a sweep, after making it."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(f"name must be made of letters, digits, '-', '_' and '.'; got {name!r}.")
    root = Path(run_dir or runs_dir()).expanduser().resolve() / name
    if (root / "manifest.json").exists():
        raise ValueError(f"{root} is a run, and no sweep: choose another --name.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"{root} cannot be written ({error.strerror}): name another folder with --run-dir."
        ) from error
    return root


def _lock(root):
    """Return the lock of a sweep, which one process at a time has."""
    lock = Lock(lock_path(root))
    if not lock.acquire(uuid.uuid4().hex):
        owner = lock.owner() or {}
        process, host, since = (owner.get(name, "?") for name in ("process", "host", "since"))
        raise OSError(
            f"sweep {root.name} in {root.parent} is run by process {process} on {host}, since "
            f"{since}: wait for it, end it, or choose another --name."
        )
    return lock


def _write_results(root, outcomes):
    from fidle_vae.sweeps.page import write_page  # with Matplotlib, which takes a second

    write_csv(root / RESULTS, outcomes)
    write_page(root / PAGE, outcomes)


def _write_manifest(root: Path, trials: Sequence[Trial], how: Mapping[str, Any]) -> None:
    """Write down what is swept, and by what."""
    content = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "process": os.getpid(),
        **how,
        "trials": {trial.name: trial.parameters for trial in trials},
        **environment(),
    }
    with atomic_path(root / MANIFEST) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
