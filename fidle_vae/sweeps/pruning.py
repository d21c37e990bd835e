"""Give up on hopeless trials early: `fidle-vae sweep --search optuna`.

Optuna's SuccessiveHalvingPruner (asynchronous successive halving, Li et al. 2018) looks at each
trial after a fifth of its epochs, then after three times as many, and lets it go on if it is among
the best third of those that came so far. All are compared on the same held-out images. The study is
on disk, in the sweep's folder: a sweep that was killed goes on, and all processes and nodes share
it.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from fidle_vae.sweeps.grid import Trial
from fidle_vae.sweeps.outcomes import Outcome

STUDY = "optuna.log"
FIRST, KEPT = 5, 3  # one of so many epochs before the first look; one of so many trials goes on


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
    """Return a function that says, by the epoch and its ELBO, whether a trial is hopeless."""
    import optuna

    study = _study(root, trial.parameters["epochs"])
    frozen = study.get_trials()[_numbers(study)[trial.name]]
    entry = optuna.trial.Trial(study, frozen._trial_id)

    def is_hopeless(epoch: int, elbo: float) -> bool:
        if epoch in frozen.intermediate_values or epoch == trial.parameters["epochs"]:
            return False  # it was resumed; or it is at its end
        entry.report(elbo, epoch)
        return entry.should_prune()

    return is_hopeless


def conclude(root: Path, outcomes: Sequence[Outcome]) -> None:
    """Tell the study what came of its trials, for Optuna's own tools."""
    from optuna.trial import TrialState

    study = _study(root)
    entries = study.get_trials(deepcopy=False)
    numbers = _numbers(study)
    for each in outcomes:
        number = numbers.get(each.trial.name)
        if number is None or entries[number].state.is_finished():
            continue
        if each.status == "finished":
            study.tell(number, each.elbo)
        elif each.status == "pruned":
            study.tell(number, state=TrialState.PRUNED)


def _study(root, epochs=1):
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(root / STUDY))),
        study_name="sweep",
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.SuccessiveHalvingPruner(max(1, epochs // FIRST), KEPT),
    )


def _numbers(study):
    """Return the number of each trial's entry in the study by the trial's name."""
    return {each.user_attrs["name"]: each.number for each in study.get_trials(deepcopy=False)}
