"""One trial of a sweep: a training in a run of its own, measured as all others are."""

import json
from collections.abc import Callable
from pathlib import Path

import keras

from fidle_vae.common.npz import DamagedFileError
from fidle_vae.runs.run import PrunedError, Run
from fidle_vae.runs.state import manifest_of, status_of
from fidle_vae.sweeps.grid import Trial
from fidle_vae.sweeps.measure import held_out_images, measure, save_codes
from fidle_vae.sweeps.outcomes import CODES, is_done, read_outcome
from fidle_vae.training.train import train


def run_trial(
    root: Path,
    trial: Trial,
    tell: Callable[[int, float], None] = lambda epoch, elbo: None,
    is_hopeless: Callable[[int, float], bool] | None = None,
    tracker: str | None = None,
) -> None:
    """Train a trial to its end, unless it is there; go on with one that was interrupted.

    The manifest's section `sweep` then has what was measured, see `measure`.

    Args:
        root: the folder of the sweep.
        trial: what to train.
        tell: called at the end of each epoch with its number, from 1, and the held-out ELBO.
        is_hopeless: called likewise, returns whether to give up.
        tracker: where to log each epoch, as in `train`.

    Raises:
        PrunedError: if `is_hopeless` returned true.
        ValueError, OSError: as `train` does.
    """
    before = read_outcome(root, trial)  # an engine may try again what has ended just in time
    if is_done(root, before):
        return
    if before.status == "pruned" and is_hopeless:
        raise PrunedError(before.words)
    keras.backend.clear_session()  # frees what earlier trials of this process have left
    options = {
        "run_dir": root,
        "tracker": tracker,
        "callbacks": [_EachEpoch(root, trial, tell, is_hopeless)],
        "at_end": _measure_best,
    }
    if _was_interrupted(root / trial.name):
        try:
            train(resume=trial.name, **options)
            return
        except DamagedFileError:  # its checkpoint: train from the beginning
            pass
    train(**trial.parameters, id=trial.name, **options)


def _was_interrupted(folder):
    try:
        manifest = manifest_of(folder)
    except ValueError:
        return False
    return "parameters" in manifest and status_of(folder, manifest) != "finished"


def _measure_best(run, model, data):
    """Measure the model of the best epoch, and save its codes."""
    held_out = held_out_images(data.name)
    save_codes(run.path / CODES, model, held_out)
    best = json.loads((run.models / "best.json").read_text(encoding="utf-8"))
    epochs = {"epochs": run.manifest["parameters"]["epochs"], "best_epoch": best["epoch"]}
    run.record(sweep=measure(model, held_out.x_test)._asdict() | epochs)


class _EachEpoch(keras.callbacks.Callback):
    """Report each epoch, and raise PrunedError if the trial is hopeless."""

    def __init__(self, root, trial, tell, is_hopeless):
        super().__init__()
        self.run, self.dataset = Run(trial.name, root=root), trial.parameters["dataset"]
        self.tell, self.is_hopeless = tell, is_hopeless

    def on_epoch_end(self, epoch, logs=None):
        """Measure and tell, before anything of this epoch is saved."""
        if self.is_hopeless is None:
            self.tell(epoch + 1, float(logs["val_elbo"]))
            return
        measured = measure(self.model, held_out_images(self.dataset).x_test)
        self.tell(epoch + 1, measured.elbo)
        if self.is_hopeless(epoch + 1, measured.elbo):
            self.run.record(sweep=measured._asdict() | {"epochs": epoch + 1})
            raise PrunedError(f"pruned at epoch {epoch + 1}")
