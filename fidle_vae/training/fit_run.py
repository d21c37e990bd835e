"""Train any model in a run's folder, with the same callbacks, log, best model and metrics.

`fidle-vae train`, the paper's table and lessons that do not teach the training loop use `fit_run`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.common.validation import require_count
from fidle_vae.data.batches import Batches, ShuffledBatches
from fidle_vae.data.datasets import Dataset
from fidle_vae.data.disk_images import DiskImages
from fidle_vae.models.keras_internals import freeing_graphs
from fidle_vae.models.optimizer import build_optimizer
from fidle_vae.runs.run import Run
from fidle_vae.training.best_model import BestModelCallback
from fidle_vae.training.checkpoint import (
    Checkpoint,
    Place,
    read_checkpoint,
    require_same_callbacks,
    restore_model,
)
from fidle_vae.training.devices import devices_in_use, share_loss
from fidle_vae.training.divergence import DivergedError, StopIfDiverged
from fidle_vae.training.epoch_images import ImagesCallback
from fidle_vae.training.epoch_lines import EpochLines
from fidle_vae.training.processes import part_of_job
from fidle_vae.training.record import TrainingRecord

CHECKPOINT = "checkpoint.npz"
SHOWN = 20  # held-out images whose reconstructions are kept at every epoch


class Training(NamedTuple):
    """The result of a training."""

    model: keras.Model
    """The model of the best epoch, as saved in `models/best.keras`."""
    history: dict[str, list[float]]
    """Every metric, one value per epoch."""
    metrics: dict[str, float]
    """Metrics of that model on held-out images; empty if nothing was held out."""


def fit_run(
    run: Run,
    model: keras.Model,
    data: Dataset,
    *,
    epochs: int,
    batch_size: int = 64,
    train=None,
    held_out=None,
    monitor: str | None = "val_loss",
    pictures: bool = True,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: str | int = "auto",
    checkpoint_every: int | None = None,
    **fit_options,
) -> Training:
    """Train a compiled model, and save its best epoch, log, timing and metrics in a run.

    If the run is one that was interrupted, see `Run.resume`, the training goes on from its
    checkpoint: all that it leaves is what one without interruption leaves, bit for bit on one
    machine with TensorFlow on CPUs. Remove the checkpoint once all is done, see
    `remove_checkpoint`.

    Args:
        run: a run that was started, see `Run`.
        model: a compiled Keras model.
        data: a dataset, whose held-out images are shown in the pictures. By default, the model is
            trained and judged on its images alone, without labels, as a `VAE` is.
        epochs: number of passes over the images.
        batch_size: images per step; a stream in `train` has its own.
        train: what `fit` takes: images, `DiskImages` too, a pair (x, y), or a stream of batches,
            from whose middle a training can go on if it is a `ShuffledBatches`.
        held_out: images, or a pair (x, y), to judge the model on; () holds nothing out.
        monitor: the metric by which the best epoch is chosen, such as "val_elbo"; None keeps the
            last epoch.
        pictures: whether to save images of each epoch and the record for a film.
        callbacks: further callbacks, called before those of this function.
        verbose: as for `fit`, where "auto" prints a line for each epoch, see `EpochLines`.
        checkpoint_every: number of steps after which all is saved to go on from there; None saves
            at the end of each epoch.
        fit_options: further arguments of `fit`, such as `validation_batch_size`.

    Raises:
        ValueError: before training, if an argument is wrong.
        DivergedError: as soon as the loss is not finite, or after training if `monitor` never was.
        OSError: if the run's folder was removed meanwhile.
    """
    require_count("epochs", epochs)
    require_count("batch_size", batch_size)
    if checkpoint_every is not None:
        require_count("checkpoint_every", checkpoint_every, 100)
    devices = devices_in_use()
    stream = data.x_train if train is None else train
    if isinstance(stream, np.ndarray | DiskImages | tuple):
        seed = run.manifest.get("seed") or 0
        part = part_of_job()
        stream = ShuffledBatches(stream, batch_size, seed=seed, multiple=devices, part=part)
    held_out = _multiple(data.x_test if held_out is None else held_out, devices)
    best = run.models / "best.keras"
    chosen = [RunIsThere(run), StopIfDiverged(run.id), *callbacks]
    if pictures:
        chosen += [
            ImagesCallback(data.x_test[:SHOWN], run.images, y=_first(data.y_test)),
            TrainingRecord(data.x_test, data.y_test, run.film, class_names=data.class_names),
        ]
    if monitor:
        chosen.append(BestModelCallback(best, monitor))
    if verbose == "auto":
        chosen.append(EpochLines(epochs))
    build_optimizer(model)
    share_loss(model)
    if not run.goes_on:  # or it would be taken for one of this training
        remove_checkpoint(run)
    run.goes_on = False
    fit_options = {"validation_batch_size": batch_size} | fit_options
    fit_options |= {
        "validation_data": _shared(held_out, fit_options["validation_batch_size"]),
        "verbose": 0 if verbose == "auto" else verbose,
        "shuffle": not hasattr(stream, "begin"),  # Keras would change the order of its batches
    }
    with run.timed("training"), freeing_graphs():
        history = _fit(
            model, stream, epochs, run.path / CHECKPOINT, chosen, checkpoint_every, fit_options
        )
    run.save_log("history", history)
    if monitor and not any(map(math.isfinite, history[monitor])):  # no epoch was the best
        raise DivergedError(
            f"the training of run {run.id} diverged: {monitor} was never finite; try a smaller "
            "learning rate or smaller loss weights."
        )
    if monitor:
        model = keras.saving.load_model(best)
        share_loss(model)
    else:
        model.save(best)
    metrics = {}
    if len(held_out):
        size = max(1, 256 // devices) * devices
        x, y = _pair(_shared(held_out, size))
        metrics = model.evaluate(x, y, batch_size=size, verbose=0, return_dict=True)
        run.record(metrics=metrics)
    return Training(model, history, metrics)


def _fit(model, stream, epochs, path, callbacks, every, options):
    """Train from the checkpoint on, or from the start, and return the history of all epochs."""
    reached = read_checkpoint(path)
    if reached:
        restore_model(model, reached)
        require_same_callbacks(callbacks, reached)
    place = reached["place"] if reached else Place(0, 0)
    while place.epoch < epochs and not (reached and reached["stopped"]):
        if place != Place(0, 0):
            if not hasattr(stream, "begin"):
                raise ValueError(
                    f"a training on a {type(stream).__name__} cannot be resumed: pass arrays or a "
                    "`ShuffledBatches`, or train it from the beginning."
                )
            stream.begin(*place)
        # the rest of an epoch is a training of its own
        last = place.epoch + 1 if place.batch else epochs
        checkpoint = Checkpoint(path, stream, callbacks, every, reached)
        model.fit(
            stream,
            initial_epoch=place.epoch,
            epochs=last,
            callbacks=[*callbacks, checkpoint],
            **options,
        )
        reached = read_checkpoint(path)
        place = reached["place"]
    return reached["history"]


def remove_checkpoint(run: Run) -> None:
    """Remove the checkpoint of a run that is finished."""
    (run.path / CHECKPOINT).unlink(missing_ok=True)


class RunIsThere(keras.callbacks.Callback):
    """Raise an OSError at the end of an epoch if the run's folder was removed meanwhile."""

    def __init__(self, run):
        super().__init__()
        self.run = run

    def on_epoch_end(self, epoch, logs=None):
        """Raise the error, before others write to the folder."""
        self.run.require_here()


def _multiple(held_out, devices):
    """Return as many of the held-out images as all devices can share."""
    if devices == 1 or len(held_out) == 0:
        return held_out
    count = len(keras.tree.flatten(held_out)[0])
    if count < devices:
        raise ValueError(
            f"devices must be at most {count}, one for each held-out image, got {devices}: use "
            "fewer devices, or more images."
        )
    return keras.tree.map_structure(lambda each: each[: len(each) // devices * devices], held_out)


def _shared(held_out, batch_size):
    """Return what to judge a model on: where several processes share it, a stream of one's part."""
    if len(held_out) == 0:
        return None
    part = part_of_job()
    return held_out if part.of == 1 else Batches(held_out, batch_size, part=part)


def _pair(data):
    return data if isinstance(data, tuple) else (data, None)


def _first(labels):
    return None if labels is None else labels[:SHOWN]
