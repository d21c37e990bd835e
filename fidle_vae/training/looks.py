"""A callback that looks at a model after some of its steps, and counts the time without looks."""

import time

import keras


class Looks(keras.callbacks.Callback):
    """Look at a model after chosen steps of a training.

    Args:
        look: a function of the model; what it returns is kept.
        at: the steps after which to look, counted from 1.

    Attributes:
        steps: the steps of the looks.
        found: what `look` returned, at each of them.
        seconds: CPU seconds of all cores from the first step on, up to each look, without the time
            that the looks took.
        losses: what each step reported, {name: a value for each step}.
        all_seconds: CPU seconds of all steps, without the looks.
    """

    def __init__(self, look, at):
        super().__init__()
        self.look, self.at = look, frozenset(int(step) for step in at)
        if any(step < 1 for step in self.at):
            raise ValueError(f"at must hold steps from 1 on, got {min(self.at)}: leave it out.")
        self.steps, self.found, self.seconds, self.losses = [], [], [], {}
        self.all_seconds = 0.0

    def on_train_begin(self, logs=None):
        """Begin with step 0 and no time."""
        self._step, self._last = 0, time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        """Note the time and the losses of a step, and look if it is one of those asked for."""
        self.all_seconds += time.process_time() - self._last
        self._step += 1
        for name, value in (logs or {}).items():
            self.losses.setdefault(name, []).append(float(value))
        if self._step in self.at:
            self.steps.append(self._step)
            self.seconds.append(self.all_seconds)
            self.found.append(self.look(self.model))
        self._last = time.process_time()
