"""A callback that keeps the model of the best epoch, judged on held-out images."""

import json
from pathlib import Path

import keras

from fidle_vae.common.files import atomic_path


class BestModelCallback(keras.callbacks.ModelCheckpoint):
    """Keep the model of the best epoch, judged on held-out images.

    The whole model is saved at `path`, written aside and moved into place, and beside it, in a
    .json file of the same name, the epoch (from 1) and the value that made it the best.

    Args:
        path: the model's file, ending in .keras.
        monitor: name in the history to watch. The smallest value is the best, but for an ELBO,
            where the largest is.
    """

    def __init__(self, path, monitor="val_loss"):
        self.path = Path(path)
        if self.path.suffix != ".keras":
            raise ValueError(
                f"path must end in .keras; got {str(path)!r}: try {self.path.stem}.keras."
            )
        self._partial = self.path.with_name(f".{self.path.stem}.partial.keras")
        mode = "max" if monitor.endswith("elbo") else "min"
        super().__init__(self._partial, monitor=monitor, mode=mode, save_best_only=True)

    def on_train_begin(self, logs=None):
        """Refuse a monitor that no epoch can show, before any work starts."""
        super().on_train_begin(logs)
        known = {metric.name for metric in self.model.metrics}
        if "compile_metrics" not in known:  # whose names Keras knows after a first batch only
            self._require_monitor(known | {f"val_{name}" for name in known})

    def on_epoch_end(self, epoch, logs=None):
        """Save the model if it is the best so far."""
        self._require_monitor(logs or {})
        super().on_epoch_end(epoch, logs)
        if self._partial.exists():
            self._partial.replace(self.path)
            record = {"epoch": epoch + 1, "monitor": self.monitor, "value": float(self.best)}
            with atomic_path(self.path.with_suffix(".json")) as partial:
                partial.write_text(json.dumps(record, indent=2) + "\n")

    def _require_monitor(self, known):
        if self.monitor not in known:
            hint = " (val_ names need validation_data in fit)" * self.monitor.startswith("val_")
            raise ValueError(
                f"monitor must be one of {', '.join(sorted(known))}; got {self.monitor!r}{hint}."
            )
