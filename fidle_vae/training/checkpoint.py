"""All that a training needs to go on where it was, in one file: `fidle-vae train --resume RUN`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.common.files import atomic_path
from fidle_vae.common.npz import DamagedFileError, read_npz

# what Keras's own callbacks remember from epoch to epoch; others have a `state`
STATE = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch", "best_weights"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
}


class Place(NamedTuple):
    """Where a training is: so many epochs are done, and so many batches of the next one."""

    epoch: int
    batch: int


class Checkpoint(keras.callbacks.Callback):
    """Keep all that a training needs to go on, at the end of each epoch, or more often.

    That is: the model's variables with those of its optimizer and metrics, and the states of its
    random numbers; the history; and what callbacks remember, which have a `state` for it. It must
    be the last callback, so that the others have written what belongs to the epoch.

    Keras's BackupAndRestore keeps the weights alone, in two files. Here one file holds all, and is
    replaced as a whole: a training that is killed while it is written goes on from the one before.

    Args:
        path: the file, ending in .npz.
        stream: the batches of the training, such as `ShuffledBatches`.
        callbacks: all other callbacks.
        every: number of steps after which to save as well, within an epoch; None for none.
        resumed: the checkpoint to go on from, see `read_checkpoint`; its model is restored already.
    """

    def __init__(
        self,
        path: Path,
        stream,
        callbacks: Sequence[keras.callbacks.Callback],
        every: int | None = None,
        resumed: dict | None = None,
    ):
        super().__init__()
        self.path, self.stream, self.callbacks, self.every = path, stream, callbacks, every
        self.history = {} if resumed is None else resumed["history"]
        self._resumed, self._steps = resumed, 0

    def on_train_begin(self, logs=None):
        """Restore the states of the other callbacks, after their own `on_train_begin`."""
        if self._resumed:
            self._restore_callbacks()

    def on_epoch_begin(self, epoch, logs=None):
        """In the middle of an epoch, restore what the beginning of an epoch resets."""
        self._epoch, self._first = epoch, 0
        if self._resumed and self._resumed["place"].batch:
            self._first = self._resumed["place"].batch
            _assign(self.model.metrics_variables, self._resumed["metrics"], "metric")
            self._restore_callbacks()
        self._resumed = None
        if hasattr(self.stream, "begin"):  # how often Keras goes on by itself, depends on it
            self.stream.begin(epoch, self._first)

    def on_train_batch_end(self, batch, logs=None):
        """Save, if it is due within the epoch."""
        self._steps += 1
        if self.every and self._steps % self.every == 0:
            self._save(Place(self._epoch, self._first + batch + 1))

    def on_epoch_end(self, epoch, logs=None):
        """Add the epoch to the history, and save."""
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        self._save(Place(epoch + 1, 0))

    def _save(self, place):
        model = self.model  # on JAX, reading it updates the variables
        arrays = []
        notes = {
            "backend": keras.backend.backend(),
            "place": place,
            "stopped": bool(model.stop_training),
            "history": self.history,
            "callbacks": [
                (type(callback).__name__, _state_of(callback, place.batch))
                for callback in _remembering(self.callbacks)
            ],
            "model": _values(model.variables),
            "optimizer": _values(model.optimizer.variables),
            "metrics": _values(model.metrics_variables),
        }
        with atomic_path(self.path) as partial:
            np.savez(partial, json.dumps(_packed(notes, arrays)), *arrays)

    def _restore_callbacks(self):
        states = (state for _, state in self._resumed["callbacks"])
        for callback, state in zip(_remembering(self.callbacks), states, strict=True):
            for name, value in state.items():
                setattr(callback, name, value)


def read_checkpoint(path: Path) -> dict | None:
    """Return a checkpoint's content, with its `place`; None if there is no such file."""
    if not path.exists():
        return None
    mend = "train from the beginning, without --resume"
    arrays = read_npz(path, mend)
    try:
        notes, *values = (arrays[f"arr_{i}"] for i in range(len(arrays)))
        content = _unpacked(json.loads(str(notes)), values)
        callbacks = [(str(name), dict(state)) for name, state in content["callbacks"]]
        return content | {"place": Place(*content["place"]), "callbacks": callbacks}
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise DamagedFileError(f"{path} is damaged ({error}): {mend}.") from error


def restore_model(model: keras.Model, checkpoint: dict) -> None:
    """Set the variables of a compiled model, with a built optimizer, to those of a checkpoint."""
    if checkpoint["backend"] != keras.backend.backend():
        raise ValueError(
            f"the checkpoint was made on {checkpoint['backend']}, and Keras runs on "
            f"{keras.backend.backend()}: set KERAS_BACKEND={checkpoint['backend']}."
        )
    _assign(model.variables, checkpoint["model"], "model")
    _assign(model.optimizer.variables, checkpoint["optimizer"], "optimizer")


def require_same_callbacks(callbacks: Sequence[keras.callbacks.Callback], checkpoint: dict) -> None:
    """Raise ValueError if other callbacks remember something than in the training before."""
    before = [name for name, _ in checkpoint["callbacks"]]
    now = [type(callback).__name__ for callback in _remembering(callbacks)]
    if before != now:
        raise ValueError(
            f"the checkpoint is of a training with {', '.join(before) or 'no callbacks'}, and this "
            f"one has {', '.join(now) or 'none'}: go on with the command that began it, such as "
            "`fidle-vae sweep`."
        )


def _assign(variables, values, what):
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in values]:
        raise ValueError(
            f"the checkpoint belongs to another model: its {what} variables have other shapes; "
            "train from the beginning, without --resume."
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _remembering(callbacks):
    return [callback for callback in callbacks if _remembered(callback)]


def _remembered(callback):
    """Return the names of the attributes that a callback remembers."""
    for kind, attributes in STATE.items():
        if isinstance(callback, kind):
            return attributes
    return getattr(callback, "state", ())


def _state_of(callback, first_step):
    """Return what a callback remembers, by the attribute's name."""
    own = {"first_step": first_step}  # of the part of an epoch that comes next
    return {name: own.get(name, getattr(callback, name)) for name in _remembered(callback)}


def _values(variables):
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def _packed(value, arrays):
    """Return a value as JSON can hold it, and append its arrays to a list."""
    match value:
        case np.ndarray() | np.generic():
            arrays.append(np.asarray(value))
            return {"array": len(arrays) - 1}
        case dict():
            return {name: _packed(each, arrays) for name, each in value.items()}
        case list() | tuple():
            return [_packed(each, arrays) for each in value]
    return value


def _unpacked(value, arrays):
    """Undo `_packed`."""
    match value:
        case {"array": index}:
            return arrays[index]
        case dict():
            return {name: _unpacked(each, arrays) for name, each in value.items()}
        case list():
            return [_unpacked(each, arrays) for each in value]
    return value
