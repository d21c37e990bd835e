"""How the course loaded MNIST in 2023, from the files that `fidle_vae` finds.

All images are joined, scaled, shuffled and converted at once, and only then reduced to the fraction
and split again. NumPy divides bytes to float64, so the images take eight bytes per pixel in memory,
and twice that while they are shuffled.
"""

import numpy as np

from fidle_vae.data.dataset_sources import DATASETS
from fidle_vae.data.published_files import fetch


def load(scale: float = 1.0, seed: int = 123) -> tuple[np.ndarray, ...]:
    """Return x_train, y_train, x_test, y_test, with images as float32 in [0, 1]."""
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
