"""The check of the PSNR of images."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def psnr(my_psnr: Callable) -> Result:
    """Check `my_psnr(x, x_hat)`: the PSNR of each image of a batch in dB, (n,)."""
    rng = np.random.default_rng(41)
    cases = []
    for shape in ((4, 3, 5, 1), (3, 4, 4, 3)):
        x = rng.uniform(0, 0.9, shape)
        spread = np.linspace(0.05, 0.3, len(x)).reshape(-1, 1, 1, 1)
        cases.append({"x": np.float32(x), "x_hat": np.float32(x + spread * rng.normal(size=shape))})
    return diagnose("psnr", my_psnr, cases, [_decibels], MISTAKES, _image)


def _image(case, index):
    error = _mse(*case.values())[index[0] if index else 0]
    return f"an image whose mean squared error is {error:.3g}"


def _mse(x, x_hat, axis=(1, 2, 3)):
    return ((x - x_hat) ** 2).mean(axis=axis)


def _decibels(x, x_hat, axis=(1, 2, 3)):
    return -10 * np.log10(_mse(x, x_hat, axis))


MISTAKES = [
    Mistake(
        "psnr_negative",
        "The minus is missing: a small error makes many decibels.",
        lambda x, y: -_decibels(x, y),
    ),
    Mistake(
        "psnr_twenty",
        "20 is the factor for the root of the MSE: for the MSE itself it is 10.",
        lambda x, y: 2 * _decibels(x, y),
    ),
    Mistake(
        "psnr_of_root",
        "It takes the root of the MSE: with the factor 10, it is the MSE itself.",
        lambda x, y: _decibels(x, y) / 2,
    ),
    Mistake(
        "psnr_leaves_channels",
        "The mean leaves the axis of the channels: axis=(1, 2, 3).",
        lambda x, y: _decibels(x, y, (1, 2)),
    ),
    Mistake(
        "psnr_natural",
        "np.log is the natural logarithm: decibels take np.log10.",
        lambda x, y: -10 * np.log(_mse(x, y)),
    ),
    Mistake(
        "psnr_binary",
        "np.log2 counts bits: decibels take np.log10.",
        lambda x, y: -10 * np.log2(_mse(x, y)),
    ),
    Mistake(
        "psnr_bels",
        "The factor 10 is missing: this is in bels.",
        lambda x, y: _decibels(x, y) / 10,
    ),
    Mistake(
        "psnr_no_logarithm",
        "This is the mean squared error itself: its logarithm is asked.",
        _mse,
    ),
    Mistake(
        "psnr_sum",
        "The squared errors are added up: their mean over the pixels is asked.",
        lambda x, y: -10 * np.log10(((x - y) ** 2).sum(axis=(1, 2, 3))),
    ),
    Mistake(
        "psnr_absolute",
        "It takes the absolute error: square the differences.",
        lambda x, y: -10 * np.log10(np.abs(x - y).mean(axis=(1, 2, 3))),
    ),
    Mistake(
        "psnr_square_of_mean",
        "The differences are averaged before they are squared, so that they cancel each other: "
        "square first.",
        lambda x, y: -10 * np.log10((x - y).mean(axis=(1, 2, 3)) ** 2),
    ),
    Mistake(
        "psnr_mean_of_logarithms",
        "This is the mean of the pixels' logarithms: take the logarithm of their mean.",
        lambda x, y: (-10 * np.log10((x - y) ** 2)).mean(axis=(1, 2, 3)),
    ),
    Mistake(
        "psnr_of_pixels",
        "Each pixel has its own value: take the mean over an image's pixels before the logarithm.",
        lambda x, y: -10 * np.log10((x - y) ** 2),
    ),
    Mistake(
        "psnr_of_everything",
        "This is one number for the whole batch: each image has its own, axis=(1, 2, 3).",
        lambda x, y: _decibels(x, y, None),
    ),
    Mistake(
        "psnr_mean_of_images",
        "This is the mean over the images: one number for each image is asked.",
        lambda x, y: _decibels(x, y).mean(),
    ),
    Mistake(
        "psnr_over_images",
        "The mean goes over the images, axis 0: it must go over the pixels of each.",
        lambda x, y: _decibels(x, y, 0),
    ),
    Mistake(
        "psnr_keeps_axes",
        "The values are right, but not the shape: without keepdims it is (n,).",
        lambda x, y: _decibels(x, y)[:, None, None, None],
    ),
    Mistake(
        "psnr_bytes",
        "255 is the peak of images in bytes: ours go up to 1, and log10 of 1 is 0.",
        lambda x, y: _decibels(x, y) + 20 * np.log10(255),
    ),
    Mistake(
        "psnr_peak_of_the_images",
        "It takes the brightest pixel that is there: the peak is the largest that may be, 1.",
        lambda x, y: _decibels(x, y) + 20 * np.log10(x.max()),
    ),
    Mistake(
        "psnr_signal_to_noise",
        "It compares the error with the image's own mean square: the PSNR compares it with the "
        "square of the peak, 1.",
        lambda x, y: _decibels(x, y) + 10 * np.log10((x**2).mean(axis=(1, 2, 3))),
    ),
]
