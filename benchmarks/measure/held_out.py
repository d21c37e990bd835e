"""How good a training is, epoch by epoch, and how long it took to be so."""

import keras
import numpy as np

from benchmarks.measure.machine import Stopwatch
from fidle_vae.models.vae import VAE


class HeldOutElbo(keras.callbacks.Callback):
    """Take the ELBO of held-out images after each epoch, and the time of training until then.

    The clock stands while the images are judged. Give it last of the callbacks, so that it sees
    the weights that they leave. `figures` holds lists, an entry for each epoch: "elbo", in nats per
    image, of one draw of z; "wall" and "cpu", in seconds since training began.

    Args:
        x: held-out images.
        seed: of the draws.
    """

    def __init__(self, x: np.ndarray, seed: int = 0):
        super().__init__()
        self.x, self.seed = x, seed
        self.figures = {"elbo": [], "wall": [], "cpu": []}

    def on_train_begin(self, logs=None):
        """Put the model's two networks, the very same weights, into a VAE that judges."""
        self.judge = VAE(
            self.model.encoder, self.model.decoder, loss_weights="elbo", seed=self.seed
        )
        self.judge.compile()

    def on_epoch_begin(self, epoch, logs=None):
        """Let the clock run."""
        self.watch = Stopwatch().__enter__()

    def on_epoch_end(self, epoch, logs=None):
        """Stop it, and judge."""
        self.watch.__exit__()
        for name, seconds in (("wall", self.watch.wall), ("cpu", self.watch.cpu)):
            self.figures[name].append(sum(self.figures[name][-1:]) + seconds)
        found = self.judge.evaluate(self.x, batch_size=500, verbose=0, return_dict=True)
        self.figures["elbo"].append(found["elbo"])
