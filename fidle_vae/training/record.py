"""A callback that keeps what the film of a training is made of (see `training_film`)."""

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

CODES, ORIGINALS, SIDE = 200, 10, 6  # images whose codes are kept; shown; decoded points in a row


class TrainingRecord(keras.callbacks.Callback):
    """Keep how a training goes: codes and reconstructions of the same images, and the logs.

    Leaves one file for each epoch in `directory`, and for epoch 0, before training. They hold the
    z_mean of up to 200 images, as many of each class, the reconstructions of ten of these, and
    the decoder's images of 36 latent points: at the end of the epoch and at moments within it,
    twice as many and closer together at first in epoch 1, where most happens.

    It draws nothing at random and changes no weight: the training is the same, bit for bit. Works
    for any model with an encoder and a decoder, see `models.parts`.

    Args:
        x: held-out images, shape (n, height, width, channels).
        y: their classes, integers from 0, shape (n,), or None.
        directory: where the files go.
        class_names: the name of each class.
        moments: how many in an epoch, at most.
        least_steps: how many training steps lie between two moments, at least. A moment costs as
            much time as one or two steps do.
    """

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
                "give the held-out images"
            )
        if y is not None and len(y) != len(x):
            raise ValueError(
                f"y must hold a class for each of the {len(x)} images of x, got {len(y)}: "
                "give the classes of the same images, or None"
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
        """Find the two networks, before any work starts."""
        super().set_model(model)
        self._parts = parts_with_encoder(model, "TrainingRecord")
        wanted = self._parts.image_shape
        if self._x.shape[1:] != wanted:
            raise ValueError(
                f"x must hold images of shape {wanted}, as the encoder takes them, got "
                f"{self._x.shape[1:]}: give TrainingRecord images like those of the training"
            )
        self._z = _latent_points(self._parts.latent_dim)

    def on_train_begin(self, logs=None):
        """Note that the next epoch is the first of this training."""
        self._first_epoch = True
        self._steps = self.params.get("steps")

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, remove what does not belong to this training."""
        if self._first_epoch:
            self._begin(epoch)
        self._first_epoch = False
        self._epoch, self._step, self._seen = epoch, 0, []
        self._due = self._steps_of_moments()

    def on_train_batch_end(self, batch, logs=None):
        """Look, where it is time."""
        self._step = batch + 1
        if self._due and self._step >= self._due[0]:
            self._due = [step for step in self._due if step > self._step]
            self._seen.append((self._step, self._look()))

    def on_epoch_end(self, epoch, logs=None):
        """Look once more, and leave the epoch's file; epochs count from 1, as on the screen."""
        self._steps = self._step
        seen = [look for look in self._seen if look[0] < self._step] + [(self._step, self._look())]
        times = [epoch + step / self._step for step, _ in seen]
        self._write(epoch + 1, times, [look for _, look in seen], logs or {})

    def _begin(self, epoch):
        """Go on with the record of a training that is continued; begin it anew otherwise."""
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
        """Whether the record that is there comes up to now, and looks at the same things."""
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
        """Give the steps of the epoch after which to look; its end is not among them."""
        if self._steps is None:  # of a stream whose length the first epoch will tell
            return [self.least_steps * 2**i for i in range(8)]
        n = int(np.clip(self._steps // self.least_steps, 1, self.moments))
        shares = np.arange(1, n) / n
        if self._epoch == 0:
            shares = (np.arange(1, 2 * n) / (2 * n)) ** 2
        return sorted({max(1, round(share * self._steps)) for share in shares})

    def _look(self):
        """Codes, reconstructions and decoded points, as arrays."""
        _ = self.model  # which brings the weights up to date where JAX trains
        z_mean = self._parts.encode(self._x, self._labels).mean
        labels = None if self._labels is None else self._labels[self._shown]
        reconstructed = self._parts.decode(z_mean[self._shown], labels)
        return z_mean, reconstructed, self._parts.decode(self._z)

    def _write(self, number, times, looks, logs):
        arrays = (np.stack(arrays) for arrays in zip(*looks, strict=True))
        write_epoch(self.directory, number, Epoch(np.array(times, float), *arrays, logs))


def _alike(there, here):
    """Whether two things are the same, as far as a file keeps them."""
    there, here = np.asarray(there), np.asarray(here)
    if there.dtype.kind == "f":
        return there.shape == here.shape and np.allclose(there, here, atol=1 / 255)
    return np.array_equal(there, here)


def _choose(labels, n):
    """Choose the images whose codes to keep, and which of these to show: as many of each class."""
    if labels is None:  # frames of a film: at equal distances
        return _spread(n, CODES), _spread(min(n, CODES), ORIGINALS)
    labels = np.asarray(labels)
    rank = np.empty(n, int)  # of an image within its class
    for label in np.unique(labels):
        members = labels == label
        rank[members] = np.arange(members.sum())
    chosen = np.sort(np.argsort(rank, kind="stable")[:CODES])
    shown = np.argsort(rank[chosen], kind="stable")[:ORIGINALS]
    return chosen, shown[np.argsort(labels[chosen][shown], kind="stable")]


def _spread(n, count):
    return np.unique(np.linspace(0, n - 1, min(count, n)).round().astype(int))


def _latent_points(latent_dim):
    """A grid over the prior's plane or line, drawn from the prior where there is no plane."""
    if latent_dim > 2:
        shape = (SIDE**2, latent_dim)
        return np.random.default_rng(0).standard_normal(shape, dtype="float32")
    plane = LatentPlane.of_dims(latent_dim)
    points = (
        grid_points(SIDE, plane) if latent_dim == 2 else plane.lift(gaussian_grid(SIDE**2)[:, None])
    )
    return points.reshape(-1, latent_dim).astype("float32")
