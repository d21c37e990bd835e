"""How the course loaded MNIST in 2023, from the files that `fidle_vae` finds.

Everything is joined, scaled, shuffled and converted as a whole, and only then cut and split again.
NumPy divides bytes to float64, so that the images stand in memory at eight bytes a pixel, twice
while they are shuffled.
"""

import numpy as np

from fidle_vae.data.published_files import fetch
from fidle_vae.data.registry import DATASETS


def load(scale: float = 1.0, seed: int = 123) -> tuple[np.ndarray, ...]:
    """Give x_train, y_train, x_test, y_test, the images as float32 from 0 to 1."""
    arrays = fetch("mnist", DATASETS["mnist"].files).arrays
    x_train, y_train, x_test, y_test = (
        np.concatenate(list(arrays[name].blocks()))
        for name in ("x_train", "y_train", "x_test", "y_test")
    )
    x, y = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    share_of_train = len(x_train) / len(x)
    x = np.expand_dims(x / 255, axis=-1)
    order = np.random.default_rng(seed).permutation(len(x))
    x, y = x[order], y[order]
    x = x.astype("float32")
    count = int(scale * len(x))
    x, y = x[:count], y[:count]
    cut = round(share_of_train * count)
    return x[:cut], y[:cut], x[cut:], y[cut:]
