"""The held-out ELBO after each epoch of a training, and the training time until then."""

import keras
import numpy as np

from benchmarks.measure.machine import Stopwatch
from fidle_vae.models.vae import VAE


class HeldOutElbo(keras.callbacks.Callback):
    """Measure the ELBO of held-out images after each epoch, and the training time until then.

    The clock stops during this evaluation. Pass this callback last, so that it sees the weights
    that the others set. `figures` has lists with one entry per epoch: "elbo", in nats per image,
    with one draw of z; "wall" and "cpu", in seconds of training.

    Args:
        x: held-out images.
        seed: seed of the draws of z.
    """

    def __init__(self, x: np.ndarray, seed: int = 0):
        super().__init__()
        self.x, self.seed = x, seed
        self.figures = {"elbo": [], "wall": [], "cpu": []}

    def on_train_begin(self, logs=None):
        """Build a VAE for evaluation from the model's two networks; it shares their weights."""
        self.judge = VAE(
            self.model.encoder, self.model.decoder, loss_weights="elbo", seed=self.seed
        )
        self.judge.compile()

    def on_epoch_begin(self, epoch, logs=None):
        """Start the clock."""
        self.watch = Stopwatch().__enter__()

    def on_epoch_end(self, epoch, logs=None):
        """Stop the clock, and measure the ELBO."""
        self.watch.__exit__()
        for name, seconds in (("wall", self.watch.wall), ("cpu", self.watch.cpu)):
            self.figures[name].append(sum(self.figures[name][-1:]) + seconds)
        found = self.judge.evaluate(self.x, batch_size=500, verbose=0, return_dict=True)
        self.figures["elbo"].append(found["elbo"])
