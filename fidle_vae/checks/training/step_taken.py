"""What a training step did: how it moved the weights, and what it returned."""

import contextlib
import functools
import io
import logging
import warnings

import keras
import numpy as np

from fidle_vae.checks.engine.small_vae import K1, K2, small_vae
from fidle_vae.checks.training.our_step import (
    BATCH,
    OfSquaredErrors,
    X,
    our_losses,
    our_move,
    weights_of,
)
from fidle_vae.checks.training.watched_model import WIDE, watched_vae
from fidle_vae.models.vae import VAE


def run_step(vae: VAE, x: np.ndarray = X[:BATCH]) -> object:
    """Run the step of a model on a batch; return what it returns."""
    with warnings.catch_warnings():  # of Keras, on missing gradients
        warnings.simplefilter("ignore", UserWarning)
        return vae.train_step(keras.ops.convert_to_tensor(x))


def step_of(kind: type[VAE], weights: list[np.ndarray], x: np.ndarray) -> list[np.ndarray]:
    """Return the loss of a step of a class on a batch, and the weights that it makes of these."""
    vae = small_vae(kind)
    trained = vae.encoder.trainable_variables + vae.decoder.trainable_variables
    for weight, value in zip(trained, weights, strict=True):
        weight.assign(value)
    returned = run_step(vae, x)
    return [returned["loss"], *weights_of(vae)]


class Step:
    """What a step did: how it moved the weights, and what it returned."""

    def __init__(self, kind, vae, moved, returned, notes):
        self.kind, self.moved, self.returned, self.notes = kind, moved, returned, notes
        self.of_encoder = len(vae.encoder.trainable_variables)  # the first moves are these
        self.trained = len(vae.trainable_variables)
        self.loss = returned.get("loss") if isinstance(returned, dict) else returned
        self.still = [np.abs(move).max() == 0 for move in moved]

    def moves_as(self, k1, k2, steps=1, factor=1):
        """Whether the weights move as by our own step with these loss weights, times a factor."""
        expected = [factor * move for move in our_move(k1, k2, steps)]
        far = max(np.abs(move).max() for move in expected)  # smaller moves may be noise
        return all(
            np.abs(a - b).max() <= 0.02 * np.abs(b).max() + 1e-3 * far
            for a, b in zip(self.moved, expected, strict=True)
        )

    @property
    def length(self):
        """How many times as far as by our own step the weights move, the same way; else ""."""
        ours, moved = _row(our_move(K1, K2)), _row(self.moved)
        factor = moved @ ours / (ours @ ours)
        same = factor > 0 and abs(factor - 1) > 0.05
        return f"{factor:.3g}" if same and self.moves_as(K1, K2, factor=factor) else ""

    @property
    def other_weights(self):
        """The weights of both terms by which the weights move, in words, or ""."""
        return self._mixture_of(VAE)

    @property
    def of_squared_errors(self):
        """As `other_weights`, where the squared error stands for r_loss."""
        return self._mixture_of(OfSquaredErrors)

    def _mixture_of(self, kind):
        terms = [_row(our_move(*weights, kind=kind)) for weights in ((1.0, 0.0), (0.0, 1.0))]
        terms, moved = np.stack(terms, axis=1), _row(self.moved)
        factors = np.linalg.lstsq(terms, moved, rcond=None)[0]
        fits = np.abs(terms @ factors - moved).max() < 0.02 * np.abs(moved).max()
        r, kl = np.where(np.abs(factors) < 1e-5, 0, factors)  # of float32
        return f"{r:.2g} r_loss + {kl:.2g} kl_loss" if fits else ""

    @functools.cached_property
    def noise(self):
        """What a step in wide clouds added to z_mean; see `Notes`."""
        try:
            vae, notes = watched_vae(self.kind, log_var=WIDE)
            with contextlib.redirect_stdout(io.StringIO()):  # it has printed already
                run_step(vae)
        except Exception:  # the student's code may raise anything
            return None
        return notes.noise

    @property
    def no_number(self):
        """What keeps the loss from being one number, or ""."""
        if self.loss is None:
            return "is None: give the one that the gradients are of"
        try:
            shape = np.asarray(keras.ops.convert_to_numpy(self.loss), dtype=float).shape
        except (TypeError, ValueError):
            return f"is a {type(self.loss).__name__}, no number"
        return f"has shape {shape}: give one number" if shape else ""

    def loss_is(self, expected):
        """Whether the loss is a number, or nearly."""
        found = float(keras.ops.convert_to_numpy(self.loss))
        return abs(found - expected) <= 1e-3 * abs(expected)

    @property
    def wrong_loss(self):
        """The loss beside the right one if it is another, or ""."""
        found, expected = float(keras.ops.convert_to_numpy(self.loss)), our_losses()["loss"]
        return "" if self.loss_is(expected) else f"{found:.4g} where {expected:.4g} is expected"

    @property
    def loss_of_a_term(self):
        """The name of the term that stands for the loss, or ""."""
        terms = ("r_loss", "kl_loss", "elbo")
        return next((name for name in terms if self.loss_is(our_losses()[name])), "")

    @property
    def loss_factor(self):
        """By what whole number the right loss is multiplied, or ""."""
        factor = float(keras.ops.convert_to_numpy(self.loss)) / our_losses()["loss"]
        whole = round(factor)
        return f"{whole}" if whole > 1 and abs(factor - whole) < 1e-2 else ""

    @property
    def more_than_numbers(self):
        """The names of a dict whose values are no numbers, or ""."""
        values = self.returned.items() if isinstance(self.returned, dict) else ()
        return ", ".join(f'"{name}"' for name, value in values if isinstance(value, list | tuple))

    @functools.cached_property
    def error_of_fit(self):
        """What `fit` raises, or None."""
        logger = logging.getLogger("tensorflow")  # it warns of a step that is compiled often
        disabled, logger.disabled = logger.disabled, True
        try:
            vae = small_vae(self.kind)
            vae.compile(keras.optimizers.SGD(0.1), jit_compile=False)
            with contextlib.redirect_stdout(io.StringIO()):
                vae.fit(X, batch_size=BATCH, verbose=0)
        except Exception as error:  # the student's code may raise anything
            return error
        finally:
            logger.disabled = disabled


def _row(moves):
    return np.concatenate([np.ravel(move) for move in moves])
