"""A callback that shows progress: the same images and latent points, decoded at every epoch."""

import os
import re
from pathlib import Path

import keras
import numpy as np

from fidle_vae.models.parts import parts
from fidle_vae.runs.image_sheets import read_sheet, write_sheet


class ImagesCallback(keras.callbacks.Callback):
    """Show progress: decode the same images and the same latent points at every epoch.

    Writes two PNG sheets to `directory` for each epoch, and for epoch 0, before training:
    epoch-003-reconstructed.png (the decoder's image at the z_mean of each image of `x`) and
    epoch-003-decoded.png (its image at each point of `z`). `read_epochs` reads them back.
    Works for any model that `models.parts` accepts; without an encoder, as in a GAN, only the
    decoded sheets are written.

    Args:
        x: images to reconstruct, shape (n, height, width, channels).
        directory: folder of the sheets.
        y: classes of `x`, integers from 0; only a conditional model needs them.
        z: latent points to decode, shape (n, latent_dim); None draws 20 from the prior. A
            conditional decoder gets all classes in turn.
        seed: seed of that draw.
        columns: number of images in a row of a sheet.
    """

    state = ("_first_epoch",)  # what a resumed training must know

    def __init__(self, x, directory, *, y=None, z=None, seed=123, columns=10):
        super().__init__()
        self.x = np.array(x, dtype="float32")
        self.y = None if y is None else np.array(y)
        self.z = None if z is None else np.array(z, dtype="float32")
        self.directory = Path(directory)
        self.seed = seed
        self.columns = columns
        self._first_epoch = True

    def set_model(self, model):
        """Find the encoder and the decoder, before training starts."""
        super().set_model(model)
        self._parts = parts(model, "ImagesCallback")
        if self.z is None:
            shape = (20, self._parts.latent_dim)
            self.z = np.random.default_rng(self.seed).standard_normal(shape, dtype="float32")

    def on_train_begin(self, logs=None):
        """Remember that the next epoch is the first of this training."""
        self._first_epoch = True

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, remove later sheets of an earlier training; write epoch 0's."""
        if self._first_epoch:
            for number, path in _sheets(self.directory, "*"):
                if number > epoch:
                    path.unlink()
            if epoch == 0:
                self._write(epoch)
        self._first_epoch = False

    def on_epoch_end(self, epoch, logs=None):
        """Write the two sheets; epochs count from 1, as in the progress bar."""
        self._write(epoch + 1)

    def _write(self, epoch):
        sheets = {"decoded": self._parts.decode(self.z)}
        if self._parts.encoder is not None:
            z_mean = self._parts.encode(self.x, self.y).mean
            sheets["reconstructed"] = self._parts.decode(z_mean, self.y)
        for name, images in sheets.items():
            write_sheet(self.directory / f"epoch-{epoch:03d}-{name}.png", images, self.columns)


def read_epochs(directory: str | os.PathLike, name: str = "reconstructed") -> dict[int, np.ndarray]:
    """Return the "reconstructed" or "decoded" images of an ImagesCallback, by epoch."""
    return {epoch: read_sheet(path) for epoch, path in _sheets(Path(directory), name)}


def _sheets(directory, name):
    paths = directory.glob(f"epoch-*-{name}.png")
    return sorted((int(re.match(r"epoch-(\d+)-", path.name)[1]), path) for path in paths)
