"""A callback that ends a training whose loss is no number any more."""

import math

import keras
import numpy as np


class DivergedError(ValueError):
    """Raised when the loss of a training is not finite."""


class StopIfDiverged(keras.callbacks.Callback):
    """Raise DivergedError after the first step whose loss is NaN or infinite.

    From then on, all weights are NaN: there is nothing left to learn. What was saved before stays.

    Args:
        run: the name of the training, for the error.
    """

    def __init__(self, run: str = ""):
        super().__init__()
        self.run = run
        self._steps = 0

    def on_train_begin(self, logs=None):
        """Raise ValueError for a learning rate with which no training gets anywhere."""
        require_learning_rate(self.model.optimizer)

    def on_epoch_begin(self, epoch, logs=None):
        """Note which epoch it is, counted from 1."""
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        """Raise the error if the loss of the steps so far is not finite."""
        self._look(f"at step {batch + 1} of epoch {self._epoch}", logs or {})

    def on_epoch_end(self, epoch, logs=None):
        """Raise the error if the loss on held-out images is not finite."""
        held_out = {"loss": (logs or {}).get("val_loss", 0.0)}
        self._look(f"on the held-out images, after epoch {self._epoch}", held_out)

    def _look(self, where, logs):
        loss = float(logs.get("loss", 0.0))
        if math.isfinite(loss):
            return
        of_run = f" of run {self.run}" if self.run else ""
        raise DivergedError(
            f"the training{of_run} diverged: the loss is {loss} {where}. Try a smaller learning "
            "rate or smaller loss weights; are all images finite, with values in [0, 1]? The best "
            "model of the epochs before, if there was one, is kept."
        )


def require_learning_rate(optimizer: keras.optimizers.Optimizer | None) -> None:
    """Raise ValueError for a learning rate that is negative, not finite, or above 1,000."""
    rate = getattr(optimizer, "_learning_rate", None)
    if rate is None or isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return
    value = float(np.asarray(keras.ops.convert_to_numpy(optimizer.learning_rate)))
    if not 0 <= value <= 1000:
        raise ValueError(
            f"learning_rate must be from 0 to 1000, got {value:g}: Adam's default is 0.001."
        )
