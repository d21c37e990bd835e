"""Follow a training in TensorBoard, Trackio, Weights & Biases or MLflow: `train --tracker`."""

import contextlib
import importlib
import time
from collections.abc import Iterator

import keras

from fidle_vae.common.validation import require_choice
from fidle_vae.runs.run import PrunedError, Run
from fidle_vae.training.processes import part_of_job

PROJECT = "fidle_vae"  # by which a tracker groups the runs
TRACKERS = {  # what to install, by the module that is imported
    "tensorboard": '"fidle_vae[tensorboard]"',
    "trackio": '"fidle_vae[trackio]"',
    "wandb": "wandb",
    "mlflow": "mlflow",
}


def require_tracker(name: str) -> None:
    """Raise ValueError if there is no such tracker, or if it is not installed."""
    require_choice("tracker", name, TRACKERS)
    try:
        importlib.import_module(name)
    except ImportError as error:
        raise ValueError(
            f"tracker {name} cannot be imported ({error}): install it with "
            f"`python -m pip install {TRACKERS[name]}`, or train without a tracker."
        ) from error


@contextlib.contextmanager
def tracked(name: str | None, run: Run) -> Iterator[list[keras.callbacks.Callback]]:
    """Yield the callback that logs in a tracker; end the tracked run as the block ends.

    Args:
        name: one of `TRACKERS`. None yields no callback, and so does a process but the first.
        run: the run that is trained, which was started or resumed.
    """
    first = part_of_job().index == 0  # of the processes that train together
    tracker = Tracker(name, run) if name and first else None
    try:
        yield [tracker] if tracker else []
    except BaseException as error:
        if tracker:
            failed = isinstance(error, Exception) and not isinstance(error, PrunedError)
            tracker.end("failed" if failed else "interrupted")
        raise
    if tracker:
        tracker.end("finished")


class Tracker(keras.callbacks.Callback):
    """Log the metrics of each epoch in a tracker: its number, counted from 1, is the step.

    The tracked run has the name and the parameters of the run; where the tracker has groups, its
    group is the name of the folder of all runs or, for a trial, of its sweep.
    A training that is resumed goes on in it. An error of the tracker, such as a lost network, is
    printed in one line; the training goes on, and no more is logged.

    Args:
        name: one of `TRACKERS`, which is installed.
        run: the run that is trained, which was started or resumed.
    """

    def __init__(self, name: str, run: Run):
        super().__init__()
        self.name, self.run = name, run
        self._tracked, self._lost = None, False

    def on_epoch_begin(self, epoch, logs=None):
        """Start the tracked run, or go on with it, before the first epoch."""
        if self._tracked is None:
            module = importlib.import_module(self.name)
            self._tracked = FORMS[self.name](module, self.run)
            self._try(self._start, epoch + 1)

    def on_epoch_end(self, epoch, logs=None):
        """Log the metrics of this epoch."""
        if not self._lost:
            metrics = {name: float(value) for name, value in (logs or {}).items()}
            self._try(self._tracked.log, metrics, epoch + 1)

    def end(self, status: str) -> None:
        """End the tracked run as "finished", "failed" or "interrupted"."""
        if self._tracked is not None:  # if it is lost, a later run of this process must not meet it
            self._try(self._tracked.finish, status)

    def _start(self, step):
        manifest = self.run.manifest
        known = (manifest.get("tracker") or {}).get(self.name)
        id = self._tracked.start(manifest["parameters"], known, step)
        self.run.record(tracker={self.name: id})

    def _try(self, action, *arguments):
        try:
            action(*arguments)
        except Exception as error:
            if not self._lost:
                words = " ".join(str(error).split())[:200]
                print(f"{self.name} has failed ({type(error).__name__}: {words}): "
                      "the training goes on without it", flush=True)  # fmt: skip
            self._lost = True


class _TensorBoard:
    """A file of events in the run's logs, written without TensorFlow."""

    def __init__(self, module, run):
        self.run = run

    def start(self, parameters, known, step):
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb  # `api` loads TensorFlow
        from tensorboard.summary.writer.record_writer import RecordWriter

        name = f"events.out.tfevents.{time.time():.6f}"
        self._file = RecordWriter((self.run.logs / name).open("wb"))
        self._write(file_version="brain.Event:2")
        # what is there from this step on is not shown: the epoch before may be trained again
        self._write(step=step, session_log=SessionLog(status=SessionLog.START))
        plain = {name: _plain(value) for name, value in parameters.items()}
        self._write(summary=hparams_pb(plain))
        return name

    def log(self, metrics, step):
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [Summary.Value(tag=name, simple_value=value) for name, value in metrics.items()]
        self._write(step=step, summary=Summary(value=values))

    def finish(self, status):
        self._file.close()

    def _write(self, **content):
        from tensorboard.compat.proto.event_pb2 import Event

        self._file.write(Event(wall_time=time.time(), **content).SerializeToString())
        self._file.flush()


class _Wandb:
    """A run of Weights & Biases."""

    def __init__(self, module, run):
        self.module, self.run = module, run

    def start(self, parameters, known, step):
        how = {"name": self._name(), "group": _group(self.run), **self._resuming(known)}
        self.tracked = self.module.init(project=PROJECT, config=parameters, **how)
        return self.tracked.id

    def log(self, metrics, step):
        self.tracked.log(metrics, step=step)

    def finish(self, status):
        self.tracked.finish(exit_code=0 if status == "finished" else 1)

    def _name(self):
        return self.run.id

    def _resuming(self, known):
        return {"id": known, "resume": "allow"}


class _Trackio(_Wandb):
    """A run of Trackio, which has the functions of wandb; it finds the latest run of a name."""

    def finish(self, status):
        self.module.finish()

    def _name(self):
        return f"{_group(self.run)}/{self.run.id}"  # trials of two sweeps have the same id

    def _resuming(self, known):
        return {"resume": "allow" if known else "never"}


class _MLflow:
    """A run of MLflow, in the experiment of this package."""

    def __init__(self, module, run):
        self.mlflow, self.run = module, run

    def start(self, parameters, known, step):
        self.mlflow.set_experiment(PROJECT)
        tags = {"group": _group(self.run)}
        started = self.mlflow.start_run(run_id=known, run_name=self.run.id, tags=tags)
        self.mlflow.log_params(parameters)
        return started.info.run_id

    def log(self, metrics, step):
        self.mlflow.log_metrics(metrics, step=step)

    def finish(self, status):
        ends = {"finished": "FINISHED", "failed": "FAILED", "interrupted": "KILLED"}
        self.mlflow.end_run(ends[status])


FORMS = {"tensorboard": _TensorBoard, "trackio": _Trackio, "wandb": _Wandb, "mlflow": _MLflow}


def _group(run):
    """Return the name of the folder of runs, which the trials of a sweep have in common."""
    return run.path.parent.name


def _plain(value):
    return value if isinstance(value, bool | int | float | str) else str(value)
