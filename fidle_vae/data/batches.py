"""Arrays in batches, whose order depends on a seed and the epoch alone."""

import keras
import numpy as np

from fidle_vae.common.validation import require_count, require_seed


class Batches(keras.utils.PyDataset):
    """Arrays in batches, in their order.

    Args:
        arrays: images, or a tuple (x, y), where x may be a list of arrays; all of one length.
        batch_size: images in a step; the last batch may be smaller.
        part: (index, count): of each batch, return only this one of so many equal parts, as one of
            several processes that share each batch does.
    """

    def __init__(self, arrays, batch_size: int = 64, *, part: tuple[int, int] = (0, 1), **kwargs):
        super().__init__(**kwargs)
        require_count("batch_size", batch_size, 64)
        arrays = arrays if isinstance(arrays, tuple) else (arrays,)
        # tuples, as TensorFlow wants them
        self.arrays = tuple(tuple(each) if isinstance(each, list) else each for each in arrays)
        self.batch_size, self.part = batch_size, part
        self._order = np.arange(self.count)

    @property
    def count(self):
        """Number of images."""
        return len(keras.tree.flatten(self.arrays)[0])

    def __len__(self):
        return -(-len(self._order) // self.batch_size)

    def __getitem__(self, index):
        """Return one batch, or this object's part of it."""
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        chosen = np.split(chosen, self.part[1])[self.part[0]]
        return keras.tree.map_structure(lambda array: array[chosen], self.arrays)


class ShuffledBatches(Batches):
    """Arrays in batches, in a new order at every epoch.

    Keras's own shuffling goes on from where the epoch before has left it. Here, the order is that
    of the seed and the epoch, so that a training can be resumed at any batch, see `begin`.

    Args:
        arrays: images, or a tuple (x, y), where x may be a list of arrays; all of one length.
        batch_size: images in a step; the last batch of an epoch may be smaller.
        seed: of all orders.
        multiple: leave out the last images of each epoch that are beyond a multiple of this, so
            that so many devices can share every batch.
        part: as for `Batches`.
    """

    def __init__(self, arrays, batch_size: int = 64, *, seed: int, multiple: int = 1, **kwargs):
        super().__init__(arrays, batch_size, **kwargs)
        require_count("multiple", multiple)
        require_seed(seed)
        self.seed, self.multiple = seed, multiple
        self.begin(epoch=0)

    def on_epoch_end(self):
        """Change the order; Keras calls this."""
        self.begin(self._epoch + 1)

    def begin(self, epoch: int, batch: int = 0) -> None:
        """Go to an epoch, counted from 0, and leave out its first batches."""
        order = np.random.default_rng((self.seed, epoch)).permutation(self.count)
        self._epoch, self._first = epoch, batch
        self._order = order[batch * self.batch_size : self.count - self.count % self.multiple]
