"""Train any model in a run's folder, with the same callbacks, log, best model and metrics.

`fidle-vae train`, the paper's table and lessons that do not teach the training loop use `fit_run`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import keras

from fidle_vae.common.validation import require_count
from fidle_vae.data.datasets import Dataset
from fidle_vae.models.optimizer import build_optimizer
from fidle_vae.runs.run import Run
from fidle_vae.training.best_model import BestModelCallback
from fidle_vae.training.divergence import DivergedError, StopIfDiverged
from fidle_vae.training.epoch_images import ImagesCallback
from fidle_vae.training.epoch_lines import EpochLines
from fidle_vae.training.record import TrainingRecord

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
    **fit_options,
) -> Training:
    """Train a compiled model, and save its best epoch, log, timing and metrics in a run.

    Args:
        run: a run that was started, see `Run`.
        model: a compiled Keras model.
        data: a dataset, whose held-out images are shown in the pictures. By default, the model is
            trained and judged on its images alone, without labels, as a `VAE` is.
        epochs: number of passes over the images.
        batch_size: images per step; a stream in `train` has its own.
        train: what `fit` takes: images, a pair (x, y), or a stream of batches.
        held_out: images, or a pair (x, y), to judge the model on; () holds nothing out.
        monitor: the metric by which the best epoch is chosen, such as "val_elbo"; None keeps the
            last epoch.
        pictures: whether to save images of each epoch and the record for a film.
        callbacks: further callbacks, called before those of this function.
        verbose: as for `fit`, where "auto" prints a line for each epoch, see `EpochLines`.
        fit_options: further arguments of `fit`, such as `validation_batch_size`.

    Raises:
        ValueError: before training, if an argument is wrong.
        DivergedError: as soon as the loss is not finite, or after training if `monitor` never was.
        OSError: if the run's folder was removed meanwhile.
    """
    require_count("epochs", epochs)
    require_count("batch_size", batch_size)
    x, y = _pair(data.x_train if train is None else train)
    held_out = data.x_test if held_out is None else held_out
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
        chosen.append(EpochLines())
    streams = isinstance(x, keras.utils.PyDataset)
    build_optimizer(model)
    with run.timed("training"):
        history = model.fit(
            x,
            y,
            batch_size=None if streams else batch_size,
            epochs=epochs,
            validation_data=None if len(held_out) == 0 else held_out,
            callbacks=chosen,
            verbose=0 if verbose == "auto" else verbose,
            **fit_options,
        ).history
    run.save_log("history", history)
    if monitor and not any(map(math.isfinite, history[monitor])):  # no epoch was the best
        raise DivergedError(
            f"the training of run {run.id} diverged: {monitor} was never finite; try a smaller "
            "learning rate or smaller loss weights."
        )
    if monitor:
        model = keras.saving.load_model(best)
    else:
        model.save(best)
    metrics = {}
    if len(held_out):
        x, y = _pair(held_out)
        metrics = model.evaluate(x, y, batch_size=256, verbose=0, return_dict=True)
        run.record(metrics=metrics)
    return Training(model, history, metrics)


class RunIsThere(keras.callbacks.Callback):
    """Raise an OSError at the end of an epoch if the run's folder was removed meanwhile."""

    def __init__(self, run):
        super().__init__()
        self.run = run

    def on_epoch_end(self, epoch, logs=None):
        """Look for the folder, before others write to it."""
        self.run.require_here()


def _pair(data):
    return data if isinstance(data, tuple) else (data, None)


def _first(labels):
    return None if labels is None else labels[:SHOWN]
