"""The check of an epoch's loss: the mean over its images, whatever the batches."""

import itertools
from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, attempt, diagnose, exercise, explain

BATCHES = (8, 16, 32, 50, 64, 100, 128, 256, 784)  # numbers that a student may divide by


@exercise
def epoch_loss(my_mean: Callable) -> Result:
    """Check `my_mean(losses)`: the mean over all images of an epoch.

    `losses` is a list with an array for each batch, the loss of each of its images. The last batch
    is smaller than the others.
    """
    rng = np.random.default_rng(15)
    long = [rng.gamma(2, size, n).astype("float32") for size, n in ((1, 8), (2, 8), (3, 8), (9, 3))]
    small = [np.array(batch, "float32") for batch in ([0.1, 0.3, 0.2], [0.25, 0.1, 0.4], [0.1508])]
    few = [np.array(batch, "float32") for batch in ([2, 7, 6], [1, 2, 3], [20])]
    cases = [{"losses": few}, {"losses": long}, {"losses": small}]
    result = diagnose("epoch_loss", my_mean, cases, [_mean], MISTAKES)
    if result.mistake == "values":
        result = _by_weights(result, my_mean, few)
    hint = "The batches have different lengths: put all images in a row by np.concatenate(losses)."
    result = explain(
        result,
        "no such axis",
        "epoch_axis",
        "Each batch is one row of numbers, with the axis 0 alone: name no axis.",
    )
    result = explain(
        result,
        "'generator'",
        "epoch_generator",
        "NumPy's functions take an array, and `for` in round brackets makes none. "
        "np.concatenate makes one of all batches.",
        alone=True,
    )
    return explain(result, "do not fit together", "epoch_adds_batches", hint)


def _by_weights(result, my_mean, losses):
    """Say how much an image of each batch weighs, if a mean gives each one a weight of its own."""

    def mean_with(more, batch=0, image=0):
        changed = [np.array(each) for each in losses]
        changed[batch][image] += more
        return attempt("epoch_loss", my_mean, changed)

    found = mean_with(0)
    changed = [[mean_with(1, i, j) for j in range(len(batch))] for i, batch in enumerate(losses)]
    if any(isinstance(each, Result) for each in (found, *itertools.chain(*changed))):
        return result
    weights = [[float(each - found) for each in batch] for batch in changed]
    flat, values = np.concatenate(weights), np.concatenate(losses)
    if not np.allclose(flat @ values, found, rtol=1e-3) or np.allclose(flat, 1 / len(flat)):
        return result
    words = "; ".join(", ".join(f"{weight:.2f}" for weight in batch) for batch in weights)
    says = (
        f"In yours, the images of the first case count {words}, batch by batch, where each is to "
        f"count {1 / len(flat):.2f}. {result.message.removeprefix('The values are not right. ')}"
    )
    return result._replace(mistake="epoch_image_weights", message=says)


def _mean(losses):
    return np.concatenate(losses).mean()


def _sum(losses):
    return np.concatenate(losses).sum()


def _images(losses):
    return sum(map(len, losses))


def _means(losses):
    return np.array([batch.mean() for batch in losses])


def _step_by_step(start, share):
    """Make the mean that moves by a share of the way to each batch's mean."""

    def formula(losses):
        means = list(_means(losses))
        mean = means.pop(0) if start is None else start
        for each in means:
            mean += share * (each - mean)
        return mean

    return formula


# What a student may divide by what.
TOTALS = {
    "the sum over all images": _sum,
    "the sum over the first batch": lambda losses: losses[0].sum(),
    "the sum over the last batch": lambda losses: losses[-1].sum(),
    "the sum of the batches' means": lambda losses: _means(losses).sum(),
    "the mean over all images": _mean,
    "the mean of the first batch": lambda losses: losses[0].mean(),
    "the mean of the last batch": lambda losses: losses[-1].mean(),
}
COUNTS = {
    "the number of all images": _images,
    "the number of batches": len,
    "the number of images in the first batch": lambda losses: len(losses[0]),
    "the number of images in the last batch": lambda losses: len(losses[-1]),
    "the number of batches times that of images in the first": (
        lambda losses: len(losses) * len(losses[0])
    ),
    "the index of the last batch": lambda losses: len(losses) - 1,
}
EARLY = "Does `return` stand inside the loop, which then ends in its first round?"
LATE = "Does each round of the loop overwrite the sum? += adds to it."
ASKS = {
    "the sum over the first batch": EARLY,
    "the sum over the last batch": LATE,
    "the mean of the first batch": EARLY,
    "the mean of the last batch": LATE,
    "the sum of the batches' means": (
        "Multiply each mean by its number of images before you add it, and divide by that of all."
    ),
    "the mean over all images": "The mean itself is asked: leave the division out.",
    "the sum over all images": "Divide it by the number of all images, which is to be counted.",
}
MISTAKES = [
    Mistake(
        "epoch_last_batch",
        "This is the last batch's loss: it is reported as the epoch's, but the last batch is the "
        "smallest part of it.",
        lambda losses: _means(losses)[-1],
    ),
    Mistake(
        "epoch_mean_of_means",
        "You take the mean of the batches' means: the images of the last batch, which is smaller, "
        "count too much. Take the mean over images.",
        lambda losses: _means(losses).mean(),
    ),
    Mistake(
        "epoch_weights_upside_down",
        "Each batch's mean is divided by its number of images: a large batch must count more, so "
        "multiply.",
        lambda losses: np.average(_means(losses), weights=[1 / len(batch) for batch in losses]),
    ),
    Mistake(
        "epoch_weights_upside_down",
        "Each batch's mean is divided by its number of images: multiply by it, and divide the sum "
        "by the number of all images.",
        lambda losses: sum(batch.mean() / len(batch) for batch in losses),
    ),
    *(
        Mistake(
            "epoch_moving_mean",
            "At each step you take the mean of what there was and the next batch, so that the last "
            "one counts most: every image is to count the same.",
            _step_by_step(start, share),
        )
        for start in (None, 0)
        for share in (0.5, 0.1)
    ),
    *(
        Mistake(
            "epoch_count_by_one",
            f"You divide by one {word} than there are images: all of them, and no others.",
            lambda losses, more=more: _sum(losses) / (_images(losses) + more),
        )
        for word, more in (("less", -1), ("more", 1))
    ),
    Mistake(
        "epoch_without_first_batch",
        "The first batch is left out: Python counts from 0.",
        lambda losses: _mean(losses[1:]),
    ),
    Mistake(
        "epoch_median_of_batches",
        "This is the median of the batches' means: the mean over all images is asked.",
        lambda losses: np.median(_means(losses)),
    ),
    Mistake(
        "epoch_worst_batch",
        "This is the worst batch's loss: an epoch is judged by all its images.",
        lambda losses: _means(losses).max(),
    ),
    Mistake(
        "epoch_first_batch",
        "This is the first batch's loss: all batches belong to the epoch.",
        lambda losses: _means(losses)[0],
    ),
    Mistake(
        "epoch_without_last_batch",
        "The last batch is left out: its images belong to the epoch, though it is smaller.",
        lambda losses: _mean(losses[:-1]),
    ),
    Mistake(
        "epoch_sum",
        "You sum over the images, so that a larger dataset looks worse: divide by their number.",
        lambda losses: _sum(losses),
    ),
    Mistake(
        "epoch_sum_of_means",
        "You sum the batches' means, so that more batches look worse: it is a mean over images.",
        lambda losses: _means(losses).sum(),
    ),
    Mistake(
        "epoch_last_image",
        "This is the loss of the last image alone: take the mean over all images.",
        lambda losses: losses[-1][-1],
    ),
    Mistake(
        "epoch_sum_of_last_batch",
        "This is the sum over the last batch: take the mean over the images of all batches.",
        lambda losses: losses[-1].sum(),
    ),
    Mistake(
        "epoch_best_batch",
        "This is the best batch's loss: an epoch is judged by all its images.",
        lambda losses: _means(losses).min(),
    ),
    Mistake(
        "epoch_best_image",
        "This is the smallest loss of all images: their mean is asked.",
        lambda losses: np.concatenate(losses).min(),
    ),
    Mistake(
        "epoch_worst_image",
        "This is the largest loss of all images: their mean is asked.",
        lambda losses: np.concatenate(losses).max(),
    ),
    Mistake(
        "epoch_spread",
        "This is the standard deviation of the losses: their mean is asked.",
        lambda losses: np.concatenate(losses).std(),
    ),
    Mistake(
        "epoch_median",
        "This is the median: it hides the few images that cost much; the mean is asked.",
        lambda losses: np.median(np.concatenate(losses)),
    ),
    Mistake(
        "epoch_every_batch",
        "You give a value for each batch: one is asked, the mean over all images.",
        _means,
    ),
    Mistake(
        "epoch_every_image",
        "You put all images together, and give them all: take their mean.",
        np.concatenate,
    ),
    *(
        Mistake(
            "epoch_quotient",
            f"Yours is {total}, divided by {count}. {ASKS[total]}",
            lambda losses, above=above, below=below: above(losses) / below(losses),
        )
        for total, above in TOTALS.items()
        for count, below in COUNTS.items()
        if (above, below) != (_sum, _images)
    ),
    *(
        Mistake(
            "epoch_of_fixed_size",
            f"You divide by {size}, however many images there are: count them.",
            lambda losses, size=size: _sum(losses) / size,
        )
        for size in BATCHES
    ),
    *(
        Mistake(
            "epoch_of_fixed_size",
            f"You divide by the batches times {size}, as if each had so many: count the images.",
            lambda losses, size=size: _sum(losses) / (size * len(losses)),
        )
        for size in BATCHES
    ),
]
