"""Measures of cleaned images, and the classical filters that a network has to beat."""

from collections.abc import Callable, Mapping

import numpy as np
from skimage.filters import median
from skimage.metrics import structural_similarity
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle


def psnr(x: np.ndarray, x_hat: np.ndarray) -> np.ndarray:
    """Return the peak signal-to-noise ratio of each image, -10 log10(MSE), in dB, shape (n,).

    Args:
        x: clean images in [0, 1], shape (n, h, w, c).
        x_hat: what has been made of noisy ones, same shape.
    """
    mse = ((np.asarray(x, float) - x_hat) ** 2).mean(axis=(1, 2, 3))
    return -10 * np.log10(mse)


def ssim(x: np.ndarray, x_hat: np.ndarray) -> np.ndarray:
    """Return the structural similarity of each image, at most 1, shape (n,); arguments as psnr."""
    pairs = zip(x, x_hat, strict=True)
    return np.array([structural_similarity(*pair, data_range=1, channel_axis=-1) for pair in pairs])


def median_filter(images: np.ndarray, level: float, size: int) -> np.ndarray:
    """Replace each pixel by the median of the size x size pixels around it, in [0, 1]."""
    square = np.ones((size, size))
    return np.stack([median(image[..., 0], square)[..., None] for image in images]).clip(0, 1)


def non_local_means(images: np.ndarray, level: float, h: float) -> np.ndarray:
    """Replace each pixel by a mean of those in like surroundings, in [0, 1].

    Args:
        images: grey, noisy, shape (n, rows, columns, 1).
        level: standard deviation of the noise.
        h: how unlike the surroundings may be, in units of `level`.
    """
    how = {"patch_size": 5, "patch_distance": 9, "h": h * level, "sigma": level}
    cleaned = [denoise_nl_means(image[..., 0], **how) for image in images]
    return np.stack(cleaned)[..., None].clip(0, 1)


def total_variation(images: np.ndarray, level: float, weight: float) -> np.ndarray:
    """Return images near the noisy ones whose neighbouring pixels differ little, in [0, 1].

    Args:
        images: grey, noisy, shape (n, rows, columns, 1).
        level: standard deviation of the noise.
        weight: of the differences, in units of `level`.
    """
    how = {"weight": weight * level, "channel_axis": -1}
    return np.stack([denoise_tv_chambolle(image, **how) for image in images]).clip(0, 1)


# What is tried of each filter: a function of images, level and setting, and the settings.
FILTERS: Mapping[str, tuple[Callable, tuple]] = {
    "median filter": (median_filter, (3, 5)),
    "total variation": (total_variation, (0.5, 0.8, 1.2, 1.6)),
    "non-local means": (non_local_means, (0.4, 0.6, 0.8, 1.0)),
}


def best_filters(clean: np.ndarray, noisy: np.ndarray, level: float) -> dict[str, Callable]:
    """Return each filter in the setting that cleans these images best, by PSNR.

    Give it training images: a filter is trained too if its setting is chosen.

    Returns:
        {name: a function from noisy images to cleaned ones}.
    """

    def tuned(filter_, settings):
        scores = [psnr(clean, filter_(noisy, level, setting)).mean() for setting in settings]
        best = settings[int(np.argmax(scores))]
        return lambda images: filter_(images, level, best)

    return {name: tuned(*each) for name, each in FILTERS.items()}
