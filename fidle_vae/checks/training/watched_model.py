"""A small VAE that notes what a training step does with it."""

from collections import defaultdict
from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine.small_vae import small_vae
from fidle_vae.models.vae import VAE

WIDE = 0.0  # log sigma^2 of clouds whose noise shows


class Notes:
    """What became of a model's parts in a step.

    Attributes:
        losses: x, y and y_pred of each call of `compute_loss`.
        applied: gradients and weights of each call of the optimizer's `apply`.
        training: the argument `training` of each call, by the name of the network.
        outputs: z_mean and z_log_var of each call of the encoder.
        decoded: z of each call of the decoder.
    """

    def __init__(self):
        self.losses, self.applied, self.outputs, self.decoded = [], [], [], []
        self.training = defaultdict(list)

    @property
    def not_training(self) -> str:
        """The networks that were not told that they are trained."""
        names = (f"the {name}" for name, given in self.training.items() if not all(given))
        return " and ".join(names)

    @property
    def noise(self) -> np.ndarray | None:
        """What was added to z_mean, in units of sigma; None if that cannot be known."""
        if not (self.outputs and self.decoded):
            return None
        z_mean, z_log_var = self.outputs[-1]
        z = self.decoded[-1]
        return (z - z_mean) / np.exp(z_log_var / 2) if z.shape == z_mean.shape else None


def watched_vae(kind: type[VAE], **how: float) -> tuple[VAE, Notes]:
    """Build a small VAE of a class, and the notes that its parts will write."""
    vae, notes = small_vae(kind, **how), Notes()

    def note_loss(x=None, y=None, y_pred=None, *_, **__):
        notes.losses.append((x, y, y_pred))

    def note_move(gradients, weights=None):
        notes.applied.append((gradients, weights))

    def note_network(name, values):
        def note(inputs, training=None, **_):
            notes.training[name].append(training)
            values(inputs)

        return note

    _watch(vae, "compute_loss", note_loss)
    _watch(vae.optimizer, "apply", note_move)
    _watch(vae.encoder, "call", note_network("encoder", lambda _: None), _to(notes.outputs))
    _watch(vae.decoder, "call", note_network("decoder", _to(notes.decoded)))
    return vae, notes


def _to(kept):
    return lambda values: kept.append(keras.tree.map_structure(_array, values))


def _array(values):
    values = keras.ops.convert_to_tensor(values)
    return keras.ops.convert_to_numpy(keras.ops.stop_gradient(values)).astype(float)


def _watch(owner, name: str, before: Callable, after: Callable = lambda returned: None):
    """Let a method of one object call two functions: with its arguments, and what it returns."""
    method = getattr(owner, name)

    def watched(*args, **kwargs):
        try:
            before(*args, **kwargs)
        except TypeError:  # arguments that the method itself refuses, in its own words
            return method(*args, **kwargs)
        returned = method(*args, **kwargs)
        after(returned)
        return returned

    object.__setattr__(owner, name, watched)
