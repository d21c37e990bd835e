"""Noisy images with clean targets, as a denoising autoencoder learns from them."""

from collections.abc import Sequence

import keras
import numpy as np

from fidle_vae.common.validation import require_count, require_seed


def add_noise(x: np.ndarray, level: float, seed: int | tuple[int, ...]) -> np.ndarray:
    """Add normal noise to images: its standard deviation is `level`, for each pixel anew.

    The result is not clipped: values may lie outside [0, 1].

    Args:
        x: images in [0, 1].
        level: one number, or an array that broadcasts to `x`, such as (n, 1, 1, 1).
        seed: of the draw; with the same seed, the noise is the same.

    Returns:
        float32, same shape.
    """
    noise = np.random.default_rng(seed).standard_normal(np.shape(x), np.float32)
    return (x + level * noise).astype(np.float32)


class NoisyImages(keras.utils.PyDataset):
    """Pairs of noisy images and clean ones, shuffled and with new noise at every epoch.

    `model.fit(NoisyImages(x_train, (0.2, 0.5), batch_size=64, seed=1))`. Each image gets one of the
    levels by chance, so that one network learns them all.

    Args:
        x: clean images in [0, 1], shape (n, height, width, channels).
        levels: standard deviations of the noise.
        batch_size: images in a step.
        seed: of the order and of all draws.
    """

    def __init__(
        self, x: np.ndarray, levels: Sequence[float], batch_size: int = 64, *, seed: int, **kwargs
    ):
        super().__init__(**kwargs)
        require_count("batch_size", batch_size, 64)
        require_seed(seed)
        if not len(levels) or min(levels) < 0:
            raise ValueError(f"levels must be numbers of 0 or more, got {levels!r}: try (0.5,).")
        self.x, self.levels, self.batch_size, self.seed = x, levels, batch_size, seed
        self._begin(epoch=0)

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, index):
        """Return one batch, (noisy, clean); the last one of an epoch may be smaller."""
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        clean, seed = self.x[chosen], (self.seed, self._epoch, index)
        one_each = (len(clean), *[1] * (clean.ndim - 1))
        level = np.random.default_rng((*seed, 1)).choice(np.float32(self.levels), one_each)
        return add_noise(clean, level, (*seed, 2)), clean

    def on_epoch_end(self):
        """Change the order and the noise; Keras calls this."""
        self._begin(self._epoch + 1)

    def _begin(self, epoch):
        self._epoch = epoch
        self._order = np.random.default_rng((self.seed, epoch)).permutation(len(self.x))
