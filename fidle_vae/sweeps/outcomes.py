"""What came of each trial, read from its run: the only record of a sweep's results."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fidle_vae.common.files import atomic_path
from fidle_vae.common.json_numbers import finite
from fidle_vae.runs.state import manifest_of, status_of
from fidle_vae.runs.verify import flaws_of
from fidle_vae.sweeps.grid import Trial, text

CODES = "logs/codes.npz"  # of held-out images, in a run's folder
MEASURED = ("elbo", "rate", "distortion", "best_epoch", "epochs")


class Outcome(NamedTuple):
    """What came of a trial; numbers are None where there are none."""

    trial: Trial
    status: str = "waiting"
    """Or "finished", "pruned", "failed", "interrupted" or "running", as that of its run."""
    elbo: float | None = None
    """Nats per image, as rate and distortion; see `Measured`."""
    rate: float | None = None
    distortion: float | None = None
    best_epoch: int | None = None
    epochs: int | None = None
    """How many it was trained for."""
    seconds: float | None = None
    """Of the training; of its last part, if it was interrupted."""
    error: str = ""

    @property
    def words(self) -> str:
        """The status as tables show it."""
        return f"pruned at epoch {self.epochs}" if self.status == "pruned" else self.status


def read_outcome(root: Path, trial: Trial) -> Outcome:
    """Return what came of a trial so far."""
    folder = root / trial.name
    try:
        manifest = manifest_of(folder)
        if not manifest:
            return Outcome(trial)
        status = status_of(folder, manifest)
        measured = manifest.get("sweep") if status in ("finished", "pruned") else None
        if status == "finished" and not measured:  # by `fidle-vae train --resume`
            status = "interrupted"
        numbers = {name: (measured or {}).get(name) for name in MEASURED}
        seconds = (manifest.get("timings") or {}).get("training")
        return Outcome(
            trial, status, **numbers, seconds=seconds, error=str(manifest.get("error") or "")
        )
    except ValueError as error:
        return Outcome(trial, "failed", error=str(error))


def is_done(root: Path, outcome: Outcome) -> bool:
    """Whether a trial is finished, measured, and its files are what they were then."""
    finished = outcome.status == "finished" and outcome.elbo is not None
    return finished and not flaws_of(root / outcome.trial.name)


def require_same_parameters(root: Path, trial: Trial) -> None:
    """Raise ValueError if a run of a trial's name was made with other parameters."""
    try:
        before = manifest_of(root / trial.name).get("parameters")
    except ValueError:  # damaged, and trained again
        return
    wanted = json.loads(json.dumps(trial.parameters))
    if before is None or before == wanted:
        return
    name = next(name for name in wanted if before.get(name) != wanted[name])
    raise ValueError(
        f"{trial.name} in {root} was trained with {name} {before.get(name)!r}, and not "
        f"{wanted[name]!r}: choose another --name for this sweep, or give the same options."
    )


def write_csv(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write a row for each trial, and a column for each value and each number; empty where none."""
    names = list(outcomes[0].trial.values)
    with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([*names, "status", *MEASURED, "seconds", "trial", "error"])
        for each in outcomes:
            values = [text(value) for value in each.trial.values.values()]
            numbers = [_cell(getattr(each, name)) for name in (*MEASURED, "seconds")]
            rows.writerow([*values, each.status, *numbers, each.trial.name, each.error])


def _cell(value: Any) -> Any:
    return "" if finite(value) is None else value
