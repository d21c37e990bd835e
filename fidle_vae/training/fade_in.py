"""A callback that shows the new block of a growing network little by little."""

import keras

from fidle_vae.common.validation import require_count


class FadeInCallback(keras.callbacks.Callback):
    """Raise alpha of a stage evenly from 0 to 1, over the first steps of a training.

    In step i, counted from 0, alpha is i / `steps`; from step `steps` on, it is 1.

    Args:
        stage: a `Stage` of `build_growing`.
        steps: number of steps until the new block is all that is seen.
    """

    def __init__(self, stage, steps):
        super().__init__()
        require_count("steps", steps, 100)
        self.stage, self.steps, self.step = stage, steps, 0

    def on_train_begin(self, logs=None):
        """Begin with step 0."""
        self.step = 0

    def on_train_batch_begin(self, batch, logs=None):
        """Set alpha for this step."""
        self.stage.fade(min(self.step / self.steps, 1.0))
        self.step += 1

    def on_train_end(self, logs=None):
        """Show all of the new block, in case training ends before the fade does."""
        self.stage.fade(1.0)
