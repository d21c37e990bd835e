"""A callback that keeps the model of the best epoch, judged on held-out images."""

import json
import math
from pathlib import Path

import keras

from fidle_vae.common.files import atomic_path


class BestModelCallback(keras.callbacks.Callback):
    """Keep the model of the best epoch, judged on held-out images.

    The whole model is saved at `path`: written to a temporary file, then moved into place. A .json
    file of the same name holds the epoch, counted from 1, and its monitored value. An epoch whose
    value is not finite is never the best.

    Args:
        path: the model's file, ending in .keras.
        monitor: name of the metric to watch, as in the history. The smallest value is the best,
            except for an ELBO, whose largest value is.
    """

    state = ("best",)  # what a resumed training must know

    def __init__(self, path, monitor="val_loss"):
        super().__init__()
        self.path = Path(path)
        if self.path.suffix != ".keras":
            raise ValueError(
                f"path must end in .keras; got {str(path)!r}: try {self.path.stem}.keras."
            )
        self.monitor = monitor
        self.best = None

    def on_train_begin(self, logs=None):
        """Raise ValueError for a monitor that no epoch can have, before training starts."""
        known = {metric.name for metric in self.model.metrics}
        if "compile_metrics" not in known:  # its names are unknown before the first batch
            self._require_monitor(known | {f"val_{name}" for name in known})

    def on_epoch_end(self, epoch, logs=None):
        """Save the model if this epoch is the best so far."""
        self._require_monitor(logs or {})
        value = float(logs[self.monitor])
        if not (math.isfinite(value) and self._is_better(value)):
            return
        record_path = self.path.with_suffix(".json")
        with atomic_path(self.path) as partial:
            self.model.save(partial)
            record_path.unlink(missing_ok=True)  # whoever is killed now leaves none, not an old one
        self.best = value
        record = {"epoch": epoch + 1, "monitor": self.monitor, "value": value}
        with atomic_path(record_path) as partial:
            partial.write_text(json.dumps(record, indent=2) + "\n")

    def _is_better(self, value):
        if self.best is None:
            return True
        return value > self.best if self.monitor.endswith("elbo") else value < self.best

    def _require_monitor(self, known):
        if self.monitor not in known:
            hint = " (val_ names need validation_data in fit)" * self.monitor.startswith("val_")
            raise ValueError(
                f"monitor must be one of {', '.join(sorted(known))}; got {self.monitor!r}{hint}."
            )
