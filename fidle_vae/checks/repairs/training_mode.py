"""The check of a loss for a step: the model must know that it is trained."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from fidle_vae.checks.engine import Mistake, Result, attempt, exercise, recognise, uses
from fidle_vae.models.unchecked import build_networks
from fidle_vae.models.vae import VAE

SHAPE = (4, 4, 1)


@exercise
def training_loss(my_loss: Callable) -> Result:
    """Check `my_loss(vae, x)`: the loss of a batch by vae.compute_loss, with training=True."""
    vae, x = _vae(), _images()
    loss = attempt("training_loss", lambda: my_loss(vae, x))
    if isinstance(loss, Result):
        return loss
    after, trainable = True in vae.told_after, uses(my_loss, "trainable")
    found = _Found(loss, *_moved(vae), len(vae.seen), after, trainable)
    right = "Batch normalisation takes the batch, its moving means move, and the loss is right."
    return recognise("training_loss", found, MISTAKES, right)


class _WatchedVAE(VAE):
    """A VAE that counts its calls, and notes what its loss is given.

    It may change, and its notes too, where an answer that runs elsewhere uses a copy.
    """

    may_change, NOTES = True, ("seen", "told_after")

    def __reduce__(self):
        return _copy_of, (self.get_weights(),)

    def call(self, x, training=None):
        if hasattr(self, "seen"):
            self.seen.append(training)
        return super().call(x, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=None):
        self.told_after.append(training)
        return super().compute_loss(x, y, y_pred, sample_weight, training=training is not False)


def _vae():
    """Return a small VAE with batch normalisation, the same one at every call."""
    keras.utils.set_random_seed(58)
    vae = _WatchedVAE(*build_networks(SHAPE, 2, normalize=True), loss_weights="elbo", seed=58)
    vae.compile("sgd")
    object.__setattr__(vae, "seen", [])
    object.__setattr__(vae, "told_after", [])
    return vae


def _copy_of(weights):
    vae = _vae()
    vae.set_weights(weights)
    return vae


def _images():
    x = np.random.default_rng(58).uniform(0, 1, (16, *SHAPE)) ** 2
    return keras.ops.convert_to_tensor(x.astype("float32"))


def _moved(vae):
    """Return how far the moving means have moved from 0, in the encoder and in the decoder."""
    return tuple(
        sum(
            float(np.abs(keras.ops.convert_to_numpy(layer.moving_mean)).sum())
            for layer in network.layers
            if isinstance(layer, keras.layers.BatchNormalization)
        )
        for network in (vae.encoder, vae.decoder)
    )


class _Found(NamedTuple):
    """What was seen of a student's loss.

    Attributes:
        loss: its value.
        encoder, decoder: how far the moving means of each have moved.
        calls: of the model.
        told_after: whether compute_loss was told that the model is trained.
        trainable: whether `trainable` was used.
    """

    loss: np.ndarray
    encoder: float
    decoder: float
    calls: int
    told_after: bool = False
    trainable: bool = False

    @property
    def in_use(self):
        """Whether no moving mean has moved."""
        return not self.encoder and not self.decoder


def _due(training):
    """Return what is found of a model that is called with this argument `training`."""
    vae, x = _vae(), _images()
    loss = vae.compute_loss(x=x, y_pred=vae(x, training=training))
    return _Found(keras.ops.convert_to_numpy(loss), *_moved(vae), 1)


def _is(value, due):
    return np.shape(value) == np.shape(due) and np.allclose(value, due, rtol=1e-4)


MISTAKES = [
    Mistake(
        "training_loss_not_called",
        "It never calls the model: vae(x, ...) makes what compute_loss needs.",
        lambda f: f.calls == 0 and f.in_use,
    ),
    Mistake(
        "training_loss_in_use_trainable",
        "`trainable` says which weights may change, not in which mode a model is called.",
        lambda f: f.in_use and f.trainable,
    ),
    Mistake(
        "training_loss_in_use_told_after",
        "compute_loss alone knows that the model is trained, and the layers have run before it.",
        lambda f: f.in_use and f.told_after,
    ),
    Mistake(
        "training_loss_in_use",
        "The model is called as in use: its moving means stay 0, and batch normalisation never "
        "normalises.",
        lambda f: f.in_use,
    ),
    Mistake(
        "training_loss_encoder_alone",
        "The encoder alone knows that it is trained: the moving means of the decoder stay 0.",
        lambda f: f.encoder and not f.decoder,
    ),
    Mistake(
        "training_loss_decoder_alone",
        "The decoder alone knows that it is trained: the moving means of the encoder stay 0.",
        lambda f: f.decoder and not f.encoder,
    ),
    Mistake(
        "training_loss_twice",
        "The model is called more than once: each call draws another z, and moves the moving "
        "means again. Once is enough.",
        lambda f: f.calls > 1,
    ),
    Mistake(
        "training_loss_of_each_image",
        "It gives several numbers: the loss of a step is one number, as compute_loss gives it.",
        lambda f: np.ndim(f.loss) > 0,
    ),
    Mistake(
        "training_loss_negative",
        "The sign is turned: a step goes down, so that compute_loss gives what must fall.",
        lambda f: _is(f.loss, -_due(True).loss),
    ),
    Mistake(
        "training_loss_in_nats",
        "The loss is multiplied by the number of pixels: leave it as compute_loss gives it.",
        lambda f: _is(f.loss, np.prod(SHAPE) * _due(True).loss),
    ),
    Mistake(
        "training_loss_other",
        "The moving means move, but the loss is another one: return what compute_loss gives for "
        "this call.",
        lambda f: not _is(f.loss, _due(True).loss),
    ),
]
