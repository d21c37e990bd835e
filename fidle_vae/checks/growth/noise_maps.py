"""The check of a program that maps how much the noise moves each pixel."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SIZES = ((6, 4, 3, 2), (5, 3, 2, 4))  # redraws, images, rows, columns


@exercise
@from_arguments
def noise_map(deviation: Callable) -> Result:
    """Check `deviation(draws)`: a map, (h, w), from draws (redraws, images, h, w, 1)."""
    rng = np.random.default_rng(96)
    cases = []
    for redraws, images, rows, columns in SIZES:
        styles = rng.normal(size=(1, images, rows, columns, 1))
        noise = rng.normal(size=(redraws, images, rows, columns, 1)) * rng.random(
            (rows, columns, 1)
        )
        cases.append({"draws": (styles + 0.3 * noise).astype("float32")})
    return diagnose("noise_map", deviation, cases, [_right], MISTAKES, _pixel, arrays=True)


def _pixel(case, index):
    redraws, images = case["draws"].shape[:2]
    return f"a pixel of {images} images, each drawn {redraws} times"


def _right(draws):
    return draws.std(axis=0).mean(axis=0)[..., 0]


MISTAKES = [
    Mistake(
        "noise_map_over_images",
        "The deviation is taken over the images, which differ in z: take it over the redraws of "
        "each image, axis=0.",
        lambda draws: draws.std(axis=1).mean(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_over_everything",
        "The deviation is taken over redraws and images together, so that it holds what z does, "
        "too: take it over the redraws of each image, axis=0.",
        lambda draws: draws.std(axis=(0, 1))[..., 0],
    ),
    Mistake(
        "noise_map_of_mean_image",
        "The images are averaged first, which takes most of the noise away: take the deviation of "
        "each image first, then the mean of these.",
        lambda draws: draws.mean(axis=1).std(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_of_mean_redraw",
        "The redraws are averaged first: what is left is the deviation over the images.",
        lambda draws: draws.mean(axis=0).std(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_first_image",
        "Only the first image is looked at: take the mean over all of them.",
        lambda draws: draws.std(axis=0)[0, ..., 0],
    ),
    Mistake(
        "noise_map_variance",
        "This is the variance: take the standard deviation.",
        lambda draws: draws.var(axis=0).mean(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_number",
        "This is one number: keep the pixels apart.",
        lambda draws: draws.std(axis=0).mean(),
    ),
    Mistake(
        "noise_map_each_image",
        "There is a map for each image: take their mean.",
        lambda draws: draws.std(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_mean_image",
        "This is the mean image: take the deviation over the redraws.",
        lambda draws: draws.mean(axis=(0, 1))[..., 0],
    ),
    Mistake(
        "noise_map_one_less",
        "It is divided by one less than there are redraws: take the mean of the squares, as np.std "
        "does.",
        lambda draws: draws.std(axis=0, ddof=1).mean(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_root_of_mean",
        "The variances of the images are averaged before the root. That is sound as well, but "
        "another number: take the deviation of each image, then the mean of these.",
        lambda draws: np.sqrt(draws.var(axis=0).mean(axis=0))[..., 0],
    ),
    Mistake(
        "noise_map_largest",
        "This is the largest deviation of all images: take their mean.",
        lambda draws: draws.std(axis=0).max(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_sum",
        "The deviations of all images are added: take their mean.",
        lambda draws: draws.std(axis=0).sum(axis=0)[..., 0],
    ),
    Mistake(
        "noise_map_absolute",
        "This is the mean absolute deviation: take the root of the mean square, as np.std does.",
        lambda draws: np.abs(draws - draws.mean(axis=0)).mean(axis=(0, 1))[..., 0],
    ),
    Mistake(
        "noise_map_first_redraw",
        "Only the first redraw is looked at, and the deviation is taken over its images: take it "
        "over the redraws of each image, axis=0.",
        lambda draws: draws[0].std(axis=0)[..., 0],
    ),
]
