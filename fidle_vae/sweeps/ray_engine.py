"""Run trials on Ray Tune: on this machine, or on all nodes of a cluster.

Of Tune we use `Tuner` with one function to train a trial, its placement of trials on nodes with a
free core and, where the cluster has GPUs, a part of one, its retries (`FailureConfig`) and its
callbacks. What a trial has reached and measured is in its run, as with `local`: Tune's own files
are thrown away.
"""

import functools
import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fidle_vae.common.keras_import import import_keras
from fidle_vae.runs.run import PrunedError
from fidle_vae.runs.state import status_of
from fidle_vae.sweeps.grid import Trial
from fidle_vae.sweeps.local import SHARES, News

QUIET = {  # read by Ray as it starts
    "RAY_AIR_NEW_OUTPUT": "0",  # our table is enough
    "RAY_USAGE_STATS_ENABLED": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # Ctrl-C is an exception, as elsewhere
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
PATIENCE = 60  # seconds until the process of a node that was lost must have let its run go


class TrialFailedError(Exception):
    """Raised on a node when a trial fails, with the reason in words alone."""


def ray_engine(address: str | None = None) -> Callable:
    """Return the function that runs trials on Ray, as `run_local` does.

    Args:
        address: of a cluster; None starts Ray on this machine, and stops it at the end.

    Raises:
        ValueError: if Ray is not installed.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray.tune  # noqa: F401
    except ImportError as error:
        raise ValueError(
            f"engine ray needs Ray Tune ({error}): install it with "
            '`python -m pip install "ray[tune]"`.'
        ) from error
    return functools.partial(_run_on_ray, address=address)


def _run_on_ray(
    trials: Sequence[Trial],
    root: Path,
    tell: Callable[[News], None],
    *,
    jobs: int | None = None,
    retries: int = 1,
    prune: bool = False,
    tracker: str | None = None,
    address: str | None = None,
) -> None:
    import ray
    from ray import tune

    here = (
        {"num_cpus": jobs or os.cpu_count(), "include_dashboard": False} if address is None else {}
    )
    try:
        ray.init(address=address, log_to_driver=False, logging_level="CRITICAL", **here)
    except ConnectionError as error:
        raise ConnectionError(
            f"address must be that of a Ray cluster that runs, got {address} ({error}): see "
            "`ray status`, and set RAY_AUTH_MODE=token if the cluster was started with a token."
        ) from error
    by_name = {trial.name: trial for trial in trials}
    how = {"root": root, "prune": prune, "tracker": tracker}
    train_one = tune.with_parameters(_train_one, trials=by_name, **how)
    folder = root / ".ray"  # Tune wants one that all nodes see
    shutil.rmtree(folder, ignore_errors=True)
    try:
        share = {"cpu": 1, **_part_of_a_gpu(ray.cluster_resources(), len(trials), jobs)}
        tune.Tuner(
            tune.with_resources(train_one, share),
            param_space={"trial": tune.grid_search(list(by_name))},
            tune_config=tune.TuneConfig(max_concurrent_trials=jobs, reuse_actors=True),
            run_config=tune.RunConfig(
                name="sweep",
                storage_path=str(folder),
                failure_config=tune.FailureConfig(max_failures=retries),
                callbacks=[_callback(by_name, root, tell)],
                verbose=0,
            ),
        ).fit()
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def _part_of_a_gpu(resources, trials, jobs):
    """Return what a trial takes of a GPU: all of it, unless more run at a time than there are."""
    gpus, cpus = (int(resources.get(name, 0)) for name in ("GPU", "CPU"))
    at_a_time = min(jobs or max(1, cpus), trials)
    return {"gpu": 1 / math.ceil(at_a_time / gpus)} if gpus else {}


def _train_one(config, trials, root, prune, tracker):
    """Train one trial; this runs on some node."""
    for name, value in SHARES.items():
        os.environ.setdefault(name, value)
    import_keras()
    from ray import tune

    from fidle_vae.sweeps.pruning import judge_of
    from fidle_vae.sweeps.trial import run_trial

    trial = trials[config["trial"]]
    deadline = time.monotonic() + PATIENCE
    while status_of(root / trial.name) == "running" and time.monotonic() < deadline:
        time.sleep(0.5)
    judge = judge_of(root, trial) if prune else None

    def report(epoch, elbo):
        tune.report({"epoch": epoch, "elbo": elbo})

    try:
        run_trial(root, trial, report, judge, tracker)
    except PrunedError:
        pass  # its run says so
    except Exception as error:  # whose class may need Keras, which the driver does not import
        raise TrialFailedError(f"{error or type(error).__name__}") from None


def _callback(trials, root, tell):
    """Return a callback of Tune that passes all news on."""
    from ray.tune import Callback

    class PassOn(Callback):
        def __getstate__(self):
            return {}  # Tune saves its callbacks; this one is of no use in another process

        def on_trial_start(self, iteration, trials, trial, **info):
            self.tell(News(self._ours(trial), "started"))

        def on_trial_result(self, iteration, trials, trial, result, **info):
            if "epoch" in result:
                self.tell(News(self._ours(trial), "epoch", result["epoch"], result["elbo"]))

        def on_trial_recover(self, iteration, trials, trial, **info):
            self.tell(News(self._ours(trial), "again", error=_why(trial)))

        def on_trial_error(self, iteration, trials, trial, **info):
            self.tell(News(self._ours(trial), "failed", error=_why(trial)))

        def on_trial_complete(self, iteration, trials, trial, **info):
            ours = self._ours(trial)
            self.tell(News(ours, status_of(self.root / ours.name)))

        def _ours(self, trial):
            return self.trials[trial.config["trial"]]

    callback = PassOn()
    callback.trials, callback.root, callback.tell = trials, root, tell
    return callback


def _why(trial):
    """Return one line on why a trial of Tune failed."""
    error = trial.get_error()
    if error is None:
        return "it raised an error, or its node died"
    last = str(error).strip().splitlines()[-1]
    return " ".join(last.rpartition("TrialFailedError: ")[2].split())
