"""Give up on hopeless trials early: `fidle-vae sweep --search optuna`.

Optuna's MedianPruner ends a trial whose ELBO so far is below the median of those that are finished,
at the same epoch; the first five are trained to their end. All are compared on the same held-out
images. The study is on disk, in the sweep's folder: a sweep that was killed goes on, and all
processes and nodes share it.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from fidle_vae.sweeps.grid import Trial

STUDY = "optuna.log"
FIRST = 5  # trials to finish before any is given up


def require_optuna() -> None:
    """Raise ValueError if Optuna is not installed."""
    try:
        import optuna  # noqa: F401
    except ImportError as error:
        raise ValueError(
            f"search optuna needs Optuna ({error}): install it with `python -m pip install optuna`."
        ) from error


def prepare(root: Path, trials: Sequence[Trial]) -> None:
    """Enter trials that are to be trained into the study, except those that it has already."""
    from optuna.trial import TrialState, create_trial

    study = _study(root)
    entries, known = study.get_trials(deepcopy=False), _numbers(study)
    for trial in trials:
        if trial.name not in known or entries[known[trial.name]].state.is_finished():
            entry = {"name": trial.name, **trial.values}
            study.add_trial(create_trial(state=TrialState.RUNNING, user_attrs=entry))


def order(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials mixed, the same way each time: good ones must not wait for bad ones."""
    return random.Random(0).sample(list(trials), len(trials))


def judge_of(root: Path, trial: Trial) -> Callable[[int, float], bool]:
    """Return a function that says, by the epoch and its ELBO, whether a trial is hopeless.

    It also tells the study how the trial ended.
    """
    from optuna.trial import Trial as Entry
    from optuna.trial import TrialState

    study = _study(root)
    frozen = study.get_trials()[_numbers(study)[trial.name]]
    entry = Entry(study, frozen._trial_id)

    def is_hopeless(epoch: int, elbo: float) -> bool:
        if epoch not in frozen.intermediate_values:  # or the trial was interrupted there
            entry.report(elbo, epoch)
        if epoch == trial.parameters["epochs"]:
            study.tell(entry.number, elbo)
            return False
        if hopeless := entry.should_prune():
            study.tell(entry.number, state=TrialState.PRUNED)
        return hopeless

    return is_hopeless


def _study(root):
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(root / STUDY))),
        study_name="sweep",
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(FIRST),
    )


def _numbers(study):
    """Return the number of each trial's last entry in the study by the trial's name."""
    return {each.user_attrs["name"]: each.number for each in study.get_trials(deepcopy=False)}
