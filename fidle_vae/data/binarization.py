"""Black and white images drawn from grey ones, as papers on MNIST use them."""

import keras
import numpy as np

from fidle_vae.common.validation import require_count, require_seed


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


class BinarizedImages(keras.utils.PyDataset):
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
        super().__init__(**kwargs)
        require_count("batch_size", batch_size, 64)
        require_seed(seed)
        self.x, self.batch_size, self.seed = x, batch_size, seed
        self._begin(epoch=0)

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, index):
        """Draw one batch; the last one of an epoch may be smaller."""
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        return (binarize(self.x[chosen], (self.seed, self._epoch, index)),)

    def on_epoch_end(self):
        """Change the order and the draws; Keras calls this."""
        self._begin(self._epoch + 1)

    def _begin(self, epoch):
        self._epoch = epoch
        self._order = np.random.default_rng((self.seed, epoch)).permutation(len(self.x))
