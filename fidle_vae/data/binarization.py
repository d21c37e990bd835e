"""Black and white images drawn from grey ones, as papers on MNIST use them."""

import numpy as np

from fidle_vae.data.batches import ShuffledBatches


def binarize(x: np.ndarray, seed: int | tuple[int, ...]) -> np.ndarray:
    """Draw images of zeros and ones: a pixel of grey level 0.3 becomes 1 in three draws of ten.

    Args:
        x: images in [0, 1].
        seed: of the draw; with the same seed, the images are the same.

    Returns:
        float32, same shape.
    """
    draw = np.random.default_rng(seed).random(np.shape(x), np.float32)
    return (draw < x).astype(np.float32)


class BinarizedImages(ShuffledBatches):
    """Images to train on, shuffled and drawn anew at every epoch: dynamic binarization.

    `vae.fit(BinarizedImages(x_train, batch_size=64, seed=1))`. A network never sees the same black
    and white image twice, which helps as much as more data would. Salakhutdinov and Murray (2008)
    introduced it. A fixed draw ("static binarization") and grey levels give other numbers.

    Args:
        x: images in [0, 1], shape (n, height, width, channels).
        batch_size: images in a step.
        seed: of the order and of all draws.
    """

    def __init__(self, x: np.ndarray, batch_size: int = 64, *, seed: int, **kwargs):
        super().__init__(x, batch_size, seed=seed, **kwargs)

    def __getitem__(self, index):
        """Draw one batch; the last one of an epoch may be smaller."""
        (x,) = super().__getitem__(index)
        return (binarize(x, (self.seed, self._epoch, self._first + index)),)
