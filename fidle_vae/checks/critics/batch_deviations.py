"""The check of how much the images of a batch differ."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

IMAGE = (1, 2, 3)


@exercise
@from_arguments
def batch_deviation(my_deviation: Callable) -> Result:
    """Check `my_deviation(x)`: each feature's deviation over the batch, then their mean."""
    rng = np.random.default_rng(65)
    cases = []
    for shape in ((4, 3, 2, 2), (5, 2, 2, 3), (3, 2, 4, 1)):
        spread = rng.uniform(0.2, 3, shape[1:])
        x = rng.normal(0, 2, shape[1:]) + spread * rng.normal(size=shape)
        cases.append({"x": x.astype("float32")})
    return diagnose("batch_deviation", my_deviation, cases, [_deviation], MISTAKES, _batch)


def _batch(case, index):
    return f"features of shape {case['x'].shape}"


def _deviation(x):
    return x.std(axis=0).mean()


MISTAKES = [
    Mistake(
        "batch_deviation_of_everything",
        "This is the deviation of all numbers together: images that are all the same would have "
        "one, too. Take it over the batch, axis 0.",
        lambda x: x.std(),
    ),
    Mistake(
        "batch_deviation_within_images",
        "This is the deviation within each image: over the images, axis 0, is asked.",
        lambda x: x.std(axis=IMAGE).mean(),
    ),
    Mistake(
        "batch_deviation_over_channels",
        "The deviation goes over the channels: over the images, axis 0, is asked.",
        lambda x: x.std(axis=-1).mean(),
    ),
    Mistake(
        "batch_deviation_over_batch_and_places",
        "The deviation goes over places, too, so that a single image has one: axis 0 alone.",
        lambda x: x.std(axis=(0, 1, 2)).mean(),
    ),
    Mistake(
        "batch_deviation_of_means",
        "The mean of each image comes first: images can differ and have one mean. First the "
        "deviation, then the mean.",
        lambda x: x.mean(axis=IMAGE).std(),
    ),
    Mistake(
        "batch_deviation_each_feature",
        "This is the deviation of each feature: one number is asked, their mean.",
        lambda x: x.std(axis=0),
    ),
    Mistake(
        "batch_deviation_each_channel",
        "This is a number for each channel: the mean goes over them, too.",
        lambda x: x.std(axis=0).mean(axis=(0, 1)),
    ),
    Mistake(
        "batch_deviation_variance",
        "This is the mean of the variances: their roots are asked, before the mean.",
        lambda x: x.var(axis=0).mean(),
    ),
    Mistake(
        "batch_deviation_root_at_the_end",
        "The root is taken of the mean variance: take it of each variance, then the mean.",
        lambda x: np.sqrt(x.var(axis=0).mean()),
    ),
    Mistake(
        "batch_deviation_sum",
        "The deviations are added up: their mean is asked.",
        lambda x: x.std(axis=0).sum(),
    ),
    Mistake(
        "batch_deviation_largest",
        "This is the largest deviation: the mean of all is asked.",
        lambda x: x.std(axis=0).max(),
    ),
    Mistake(
        "batch_deviation_one_less",
        "It is divided by n - 1: take the mean of the squares, as np.std does.",
        lambda x: x.std(axis=0, ddof=1).mean(),
    ),
    Mistake(
        "batch_deviation_absolute",
        "This is the mean absolute deviation: the root of the mean square is asked.",
        lambda x: np.abs(x - x.mean(axis=0)).mean(),
    ),
    Mistake(
        "batch_deviation_range",
        "This is the range, largest less smallest: the standard deviation is asked.",
        lambda x: np.ptp(x, axis=0).mean(),
    ),
    Mistake(
        "batch_deviation_not_centred",
        "The mean over the batch is not subtracted: equal images would have a deviation.",
        lambda x: np.sqrt(np.square(x).mean(axis=0)).mean(),
    ),
    Mistake(
        "batch_deviation_over_batch_and_channels",
        "The deviation goes over the channels, too, so that a single image has one: axis 0 alone.",
        lambda x: x.std(axis=(0, 3)).mean(),
    ),
    Mistake(
        "batch_deviation_over_lines",
        "The deviation goes over the lines of each image, axis 1: over the images, axis 0, is "
        "asked.",
        lambda x: x.std(axis=1).mean(),
    ),
    Mistake(
        "batch_deviation_over_places",
        "The deviation goes over the places of each image: over the images, axis 0, is asked.",
        lambda x: x.std(axis=(1, 2)).mean(),
    ),
    Mistake(
        "batch_deviation_of_means_of_channels",
        "The mean over the places comes first, so that images that differ in places only count as "
        "alike. First the deviation, then the mean.",
        lambda x: x.mean(axis=(1, 2)).std(axis=0).mean(),
    ),
    Mistake(
        "batch_deviation_of_means_of_places",
        "The mean over the channels comes first, so that images that differ in channels only may "
        "count as alike. First the deviation, then the mean.",
        lambda x: x.mean(axis=3).std(axis=0).mean(),
    ),
    Mistake(
        "batch_deviation_of_the_mean_image",
        "This is the deviation within the mean image: over the images is asked, then the mean.",
        lambda x: x.mean(axis=0).std(),
    ),
    Mistake(
        "batch_deviation_of_deviations",
        "This is the deviation of the deviations: their mean is asked.",
        lambda x: x.std(axis=0).std(),
    ),
    Mistake(
        "batch_deviation_median",
        "This is the median of the deviations: their mean is asked.",
        lambda x: np.median(x.std(axis=0)),
    ),
    Mistake(
        "batch_deviation_one_mean",
        "The mean of all numbers is subtracted: subtract that of each feature, or equal images "
        "would have a deviation.",
        lambda x: np.sqrt(np.square(x - x.mean()).mean(axis=0)).mean(),
    ),
    Mistake(
        "batch_deviation_each_column",
        "This is a number for each column and channel: the mean goes over all three axes.",
        lambda x: x.std(axis=0).mean(axis=0),
    ),
    Mistake(
        "batch_deviation_without_squares",
        "The differences from the mean cancel: the deviation is the root of their mean square.",
        lambda x: 0.0,
    ),
    Mistake(
        "batch_deviation_channel",
        "This is the new channel, the number at every place: the number alone is asked.",
        lambda x: np.full((*x.shape[:3], 1), _deviation(x)),
    ),
    Mistake(
        "batch_deviation_first_image",
        "This is the deviation within the first image: over the images, axis 0, is asked.",
        lambda x: x[0].std(),
    ),
]
