"""A callback that prints one readable line for each epoch of a training."""

import time

import keras

from fidle_vae.common.wording import duration


class EpochLines(keras.callbacks.Callback):
    """Print a line at the end of each epoch, in place of what `fit` prints: pass `verbose=0` to it.

    A line has the epoch, each metric on the training images with that on held-out images in
    parentheses, and the seconds the epoch took:

        epoch  3/10   ELBO -158.3 (held out -157.2)   r_loss 0.2011 (0.1998)   2.1 s

    The ELBO comes first. Where there is one, `loss` is left out: it depends on the loss weights.

    Args:
        epochs: the number of all epochs; None takes that of `fit`.
    """

    def __init__(self, epochs: int | None = None):
        super().__init__()
        self.epochs = epochs

    def on_epoch_begin(self, epoch, logs=None):
        """Note when the epoch begins."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Print the line of this epoch."""
        total = self.epochs or self.params["epochs"]
        parts = [f"epoch {epoch + 1:{len(str(total))}}/{total}", *_metrics(logs or {})]
        parts.append(duration(time.perf_counter() - self._start))
        print("   ".join(parts), flush=True)  # a line for each epoch, as it ends


def _metrics(logs):
    """Return the words for each metric."""
    names = [name for name in logs if not (name.startswith("val_") and name[4:] in logs)]
    if "elbo" in names:
        names = ["elbo"] + [name for name in names if name not in ("elbo", "loss")]
    words, called = [], False
    for name in names:
        text = f"{'ELBO' if name == 'elbo' else name} {_number(logs[name])}"
        if f"val_{name}" in logs:
            held_out = _number(logs[f"val_{name}"])
            text += f" ({held_out})" if called else f" (held out {held_out})"
            called = True
        words.append(text)
    return words


def _number(value):
    """Return a value in about four digits, without an exponent where that can be read."""
    size = abs(value)
    if 1e-3 <= size < 1e5:
        decimals = 1 if size >= 100 else 2 if size >= 1 else 4
        return f"{value:.{decimals}f}"
    return f"{value:.3g}"
