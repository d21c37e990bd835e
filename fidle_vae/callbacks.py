"""What happens at the end of an epoch: pictures of the progress, and keeping the best model."""

import json
import os
import re
from pathlib import Path

import keras
import numpy as np

from fidle_vae.files import atomic_path
from fidle_vae.networks import find_network
from fidle_vae.parameters import check_count
from fidle_vae.sheets import read_sheet, write_sheet


class ImagesCallback(keras.callbacks.Callback):
    """Show progress: decode the same images and the same latent points at every epoch.

    Leaves two PNG sheets for each epoch in `directory`, and for epoch 0, before training:
    epoch-003-reconstructed.png (the decoder's image at the z_mean of each image of `x`) and
    epoch-003-decoded.png (its image at each point of `z`). `read_epochs` reads them back.
    Works for a VAE, and for any functional model with layers named "encoder" and "decoder".

    Args:
        x: images to reconstruct, shape (n, height, width, channels).
        directory: where the sheets go.
        z: latent points to decode, shape (n, latent_dim); None draws 20 from the prior.
        seed: of that draw.
        columns: images in a row of a sheet.
    """

    def __init__(self, x, directory, *, z=None, seed=123, columns=10):
        super().__init__()
        self.x = np.array(x, dtype="float32")
        self.z = None if z is None else np.array(z, dtype="float32")
        self.directory = Path(directory)
        self.seed = seed
        self.columns = columns
        self._first_epoch = True

    def set_model(self, model):
        """Find the two networks, before any work starts."""
        super().set_model(model)
        self._encoder, self._decoder = (
            inner_network(model, name, "ImagesCallback") for name in ("encoder", "decoder")
        )
        if self.z is None:
            shape = (20, self._decoder.input_shape[-1])
            self.z = np.random.default_rng(self.seed).standard_normal(shape, dtype="float32")

    def on_train_begin(self, logs=None):
        """Note that the next epoch is the first of this training."""
        self._first_epoch = True

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, remove an earlier training's later sheets; leave epoch 0's."""
        if self._first_epoch:
            for number, path in _sheets(self.directory, "*"):
                if number > epoch:
                    path.unlink()
            if epoch == 0:
                self._write(epoch)
        self._first_epoch = False

    def on_epoch_end(self, epoch, logs=None):
        """Leave the two sheets; epochs count from 1, as in the progress bar."""
        self._write(epoch + 1)

    def _write(self, epoch):
        z_mean, _ = self._encoder(self.x, training=False)
        for name, z in (("reconstructed", z_mean), ("decoded", self.z)):
            images = keras.ops.convert_to_numpy(self._decoder(z, training=False))
            write_sheet(self.directory / f"epoch-{epoch:03d}-{name}.png", images, self.columns)


def read_epochs(directory: str | os.PathLike, name: str = "reconstructed") -> dict[int, np.ndarray]:
    """Read an ImagesCallback's "reconstructed" or "decoded" images: those of each epoch."""
    return {epoch: read_sheet(path) for epoch, path in _sheets(Path(directory), name)}


def _sheets(directory, name):
    paths = directory.glob(f"epoch-*-{name}.png")
    return sorted((int(re.match(r"epoch-(\d+)-", path.name)[1]), path) for path in paths)


def inner_network(model: keras.Model, name: str, needed_by: str) -> keras.Model:
    """Give a model's "encoder" or "decoder", as `find_network` does; refuse a model without."""
    network = find_network(model, name)
    if network is None:
        raise ValueError(
            f"{needed_by} needs a layer named {name!r}; the model has "
            f"{', '.join(layer.name for layer in model.layers)}: give your {name} that name."
        )
    return network


class BestModelCallback(keras.callbacks.ModelCheckpoint):
    """Keep the model of the best epoch, judged on held-out images.

    The whole model is saved at `path`, written aside and moved into place, and beside it, in a
    .json file of the same name, the epoch (from 1) and the value that made it the best.

    Args:
        path: the model's file, ending in .keras.
        monitor: name in the history to watch. The smallest value is the best, but for an ELBO,
            where the largest is.
    """

    def __init__(self, path, monitor="val_loss"):
        self.path = Path(path)
        if self.path.suffix != ".keras":
            raise ValueError(
                f"path must end in .keras; got {str(path)!r}: try {self.path.stem}.keras."
            )
        self._partial = self.path.with_name(f".{self.path.stem}.partial.keras")
        mode = "max" if monitor.endswith("elbo") else "min"
        super().__init__(self._partial, monitor=monitor, mode=mode, save_best_only=True)

    def on_train_begin(self, logs=None):
        """Refuse a monitor that no epoch can show, before any work starts."""
        super().on_train_begin(logs)
        known = {metric.name for metric in self.model.metrics}
        if "compile_metrics" not in known:  # whose names Keras knows after a first batch only
            self._check_monitor(known | {f"val_{name}" for name in known})

    def on_epoch_end(self, epoch, logs=None):
        """Save the model if it is the best so far."""
        self._check_monitor(logs or {})
        super().on_epoch_end(epoch, logs)
        if self._partial.exists():
            self._partial.replace(self.path)
            record = {"epoch": epoch + 1, "monitor": self.monitor, "value": float(self.best)}
            with atomic_path(self.path.with_suffix(".json")) as partial:
                partial.write_text(json.dumps(record, indent=2) + "\n")

    def _check_monitor(self, known):
        if self.monitor not in known:
            hint = " (val_ names need validation_data in fit)" * self.monitor.startswith("val_")
            raise ValueError(
                f"monitor must be one of {', '.join(sorted(known))}; got {self.monitor!r}{hint}."
            )


class BetaWarmup(keras.callbacks.Callback):
    """Let the KL's weight grow from nearly nothing to its full value in the first epochs.

    At full weight from the start, the KL may switch off latent dimensions before the decoder has
    found a use for them (Bowman et al. 2015, Sonderby et al. 2016). In epoch e, counted from 1, the
    loss has the share e / `epochs` of its KL; from epoch `epochs` on, all of it. Held-out values
    have all of it from the start, so that they can be compared from epoch to epoch.

    Args:
        epochs: how many epochs the growth takes.
    """

    def __init__(self, epochs):
        super().__init__()
        check_count("epochs", epochs)
        self.epochs = epochs

    def on_train_begin(self, logs=None):
        """Refuse a model that has no share to change."""
        if not hasattr(self.model, "kl_share"):
            raise ValueError(
                f"BetaWarmup needs a fidle_vae VAE; the model is a {type(self.model).__name__}: "
                "put its encoder and decoder into VAE(encoder, decoder)."
            )

    def on_epoch_begin(self, epoch, logs=None):
        """Set the share of this epoch."""
        self.model.kl_share.assign(min((epoch + 1) / self.epochs, 1.0))

    def on_train_end(self, logs=None):
        """Leave the model with all of its KL, should training end before the growth did."""
        self.model.kl_share.assign(1.0)
