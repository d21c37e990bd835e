"""Images in a file, of which only those that are asked for take memory."""

from pathlib import Path

import numpy as np


class DiskImages:
    """Images of a file of bytes, as an array of float32 in [0, 1] that is read piece by piece.

    It has the shape and the length of an array, and indexing it returns one: `images[3]`,
    `images[:10]`, or `images[[2, 3, 5]]`. Train on it through a `ShuffledBatches`, as `fit_run`
    does.

    Args:
        path: the file, one image after the other, a byte for each value.
        image_shape: rows, columns and channels of an image.
        rows: places in the file of the images of this array.
    """

    dtype = np.dtype("float32")

    def __init__(self, path: Path, image_shape: tuple[int, int, int], rows: np.ndarray):
        self.path, self.rows = Path(path), np.asarray(rows)
        self.shape = (len(self.rows), *image_shape)
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        """Read one image, or an array of them."""
        chosen = np.atleast_1d(self.rows[index])
        found = np.empty((len(chosen), *self.shape[1:]), np.uint8)
        size = found[0].nbytes if len(chosen) else 0
        with self.path.open("rb", buffering=0) as file:  # opened anew, as threads may read at once
            for row, image in zip(chosen, found, strict=True):
                file.seek(int(row) * size)
                if file.readinto(image) != size:
                    raise OSError(
                        f"{self.path} ends before image {row}: delete its folder, and the pictures "
                        "are read anew."
                    )
        images = np.divide(found, 255, dtype=np.float32)
        return images[0] if np.ndim(self.rows[index]) == 0 else images
