"""Our VAE as the benchmarks train it on MNIST: the course's convolutional network, or the MLP."""

import tempfile
from pathlib import Path

import keras

from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.training.best_model import BestModelCallback
from fidle_vae.training.epoch_images import ImagesCallback

SHAPE = (28, 28, 1)
LATENT_DIM = 2


def networks(kind: str = "conv") -> tuple[keras.Model, keras.Model]:
    """Build the encoder and the decoder."""
    return build_encoder(kind, SHAPE, LATENT_DIM), build_decoder(kind, SHAPE, LATENT_DIM)


def new_model(kind: str = "conv", steps_per_execution: int = 1) -> VAE:
    """Return a new compiled VAE."""
    vae = VAE(*networks(kind))
    vae.compile(keras.optimizers.Adam(1e-3), steps_per_execution=steps_per_execution)
    return vae


def train(vae: VAE, x, batch_size: int = 64, epochs: int = 1) -> None:
    """Train the VAE with both callbacks.

    The best model is chosen by the training loss, because no contender uses held-out images.
    """
    with tempfile.TemporaryDirectory() as folder:
        callbacks = [
            ImagesCallback(x[:20], folder),
            BestModelCallback(Path(folder, "best.keras"), monitor="loss"),
        ]
        vae.fit(x, epochs=epochs, batch_size=batch_size, callbacks=callbacks, verbose=0)
