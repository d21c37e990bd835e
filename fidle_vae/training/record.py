"""A callback that records a training for its film (see `fidle_vae.films.training`)."""

import os
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from fidle_vae.models.latent_space import LatentPlane, gaussian_grid, grid_points
from fidle_vae.models.parts import parts_with_encoder
from fidle_vae.training.record_files import (
    Epoch,
    Fixed,
    epoch_files,
    read_fixed,
    write_epoch,
    write_fixed,
)

CODES, ORIGINALS, SIDE = 200, 10, 6  # images with codes; images shown; points in a row


class TrainingRecord(keras.callbacks.Callback):
    """Record a training: codes and reconstructions of the same images, and the logs.

    Writes one file to `directory` for each epoch, and for epoch 0, before training. It holds the
    z_mean of up to 200 images, equally many of each class, the reconstructions of ten of these, and
    the decoded images of 36 latent points, at the end of the epoch and at a few moments within it.
    Epoch 1, in which most happens, has twice as many moments, closer together at its start.

    The callback draws no random numbers and changes no weights: the training is the same, bit for
    bit. It works for any model with an encoder and a decoder, see `models.parts`.

    Args:
        x: held-out images, shape (n, height, width, channels).
        y: classes of `x`, integers from 0, shape (n,), or None.
        directory: folder of the files.
        class_names: the name of each class.
        moments: maximum number of moments in an epoch.
        least_steps: minimum number of training steps between two moments. A moment costs as much
            time as one or two steps.
    """

    # what a resumed training must know: the moments of an epoch that is not over yet
    state = ("_first_epoch", "_steps", "_due", "_seen", "first_step")

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray | None,
        directory: str | os.PathLike,
        *,
        class_names: Sequence[str] = (),
        moments: int = 4,
        least_steps: int = 45,
    ):
        super().__init__()
        if np.ndim(x) != 4 or not len(x):
            raise ValueError(
                f"x must hold images, shape (n, height, width, channels), got {np.shape(x)}: "
                "pass the held-out images"
            )
        if y is not None and len(y) != len(x):
            raise ValueError(
                f"y must hold a class for each of the {len(x)} images of x, got {len(y)}: "
                "pass the classes of the same images, or None"
            )
        for name, value in (("moments", moments), ("least_steps", least_steps)):
            if value < 1:
                raise ValueError(f"{name} must be 1 or more, got {value}: leave it out")
        chosen, self._shown = _choose(y, len(x))
        self._x = np.array(x[chosen], dtype="float32")
        self._labels = None if y is None else np.array(y)[chosen]
        self.directory = Path(directory)
        self.class_names = tuple(class_names)
        self.moments, self.least_steps = moments, least_steps

    def set_model(self, model):
        """Find the encoder and the decoder, before training starts."""
        super().set_model(model)
        self._parts = parts_with_encoder(model, "TrainingRecord")
        wanted = self._parts.image_shape
        if self._x.shape[1:] != wanted:
            raise ValueError(
                f"x must hold images of shape {wanted}, as the encoder takes them, got "
                f"{self._x.shape[1:]}: pass TrainingRecord images like those of the training"
            )
        self._z = _latent_points(self._parts.latent_dim)

    def on_train_begin(self, logs=None):
        """Remember that the next epoch is the first of this training."""
        self._first_epoch = True
        self._steps = self.params.get("steps")

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, remove files that do not belong to this training."""
        if self._first_epoch:
            self._begin(epoch)
        self._first_epoch = False
        self._epoch, self._step, self._seen, self.first_step = epoch, 0, [], 0
        self._due = self._steps_of_moments()

    def on_train_batch_end(self, batch, logs=None):
        """Record a moment if one is due."""
        self._step = self.first_step + batch + 1
        if self._due and self._step >= self._due[0]:
            self._due = [step for step in self._due if step > self._step]
            self._seen.append((self._step, self._look()))

    def on_epoch_end(self, epoch, logs=None):
        """Record the last moment and write the epoch's file; epochs count from 1."""
        self._steps = self._step
        seen = [look for look in self._seen if look[0] < self._step] + [(self._step, self._look())]
        times = [epoch + step / self._step for step, _ in seen]
        self._write(epoch + 1, times, [look for _, look in seen], logs or {})
        self._seen = []

    def _begin(self, epoch):
        """Continue the record of a resumed training; start a new one otherwise."""
        x, z = self._x[self._shown], self._z
        fixed = Fixed(x, self._labels, self.class_names, z, first=epoch)
        known = epoch_files(self.directory)
        if not self._continues(fixed, known):
            for path in known.values():
                path.unlink()
            write_fixed(self.directory, fixed)
            self._write(epoch, [epoch], [self._look()], {})
        for number, path in known.items():
            if number > epoch:
                path.unlink(missing_ok=True)

    def _continues(self, fixed, known):
        """Whether the existing record reaches this epoch, with the same images and points."""
        try:
            there = read_fixed(self.directory)
        except (OSError, ValueError):
            return False
        pairs = zip(there[:4], fixed[:4], strict=True)
        return (
            there.first < fixed.first
            and set(known) >= set(range(there.first, fixed.first + 1))
            and all(_alike(a, b) for a, b in pairs)
        )

    def _steps_of_moments(self):
        """Return the steps of the epoch after which to record a moment, except its end."""
        if self._steps is None:  # a stream, of unknown length in the first epoch
            return [self.least_steps * 2**i for i in range(8)]
        n = int(np.clip(self._steps // self.least_steps, 1, self.moments))
        shares = np.arange(1, n) / n
        if self._epoch == 0:
            shares = (np.arange(1, 2 * n) / (2 * n)) ** 2
        return sorted({max(1, round(share * self._steps)) for share in shares})

    def _look(self):
        """Return codes, reconstructions and decoded points, as arrays."""
        _ = self.model  # on JAX, reading it updates the model's weights
        z_mean = self._parts.encode(self._x, self._labels).mean
        labels = None if self._labels is None else self._labels[self._shown]
        reconstructed = self._parts.decode(z_mean[self._shown], labels)
        return z_mean, reconstructed, self._parts.decode(self._z)

    def _write(self, number, times, looks, logs):
        arrays = (np.stack(arrays) for arrays in zip(*looks, strict=True))
        write_epoch(self.directory, number, Epoch(np.array(times, float), *arrays, logs))


def _alike(there, here):
    """Whether two values are equal, to the precision of the files."""
    there, here = np.asarray(there), np.asarray(here)
    if there.dtype.kind == "f":
        return there.shape == here.shape and np.allclose(there, here, atol=1 / 255)
    return np.array_equal(there, here)


def _choose(labels, n):
    """Choose images to encode, and some of these to show, equally many of each class."""
    if labels is None:  # such as frames of a film: evenly spaced
        return _spread(n, CODES), _spread(min(n, CODES), ORIGINALS)
    labels = np.asarray(labels)
    rank = np.empty(n, int)  # of each image within its class
    for label in np.unique(labels):
        members = labels == label
        rank[members] = np.arange(members.sum())
    chosen = np.sort(np.argsort(rank, kind="stable")[:CODES])
    shown = np.argsort(rank[chosen], kind="stable")[:ORIGINALS]
    return chosen, shown[np.argsort(labels[chosen][shown], kind="stable")]


def _spread(n, count):
    return np.unique(np.linspace(0, n - 1, min(count, n)).round().astype(int))


def _latent_points(latent_dim):
    """Return a grid over one or two latent dimensions; in more, draws from the prior."""
    if latent_dim > 2:
        shape = (SIDE**2, latent_dim)
        return np.random.default_rng(0).standard_normal(shape, dtype="float32")
    plane = LatentPlane.of_dims(latent_dim)
    points = (
        grid_points(SIDE, plane) if latent_dim == 2 else plane.lift(gaussian_grid(SIDE**2)[:, None])
    )
    return points.reshape(-1, latent_dim).astype("float32")
