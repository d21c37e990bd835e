"""The checks of who has made an image: how much each prototype, or which one."""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, short


@exercise
@from_arguments
def responsibilities(my_responsibilities: Callable) -> Result:
    """Check `my_responsibilities(log_joint)`: p(z | x) from log p(x, z), both (n, k)."""
    rng = np.random.default_rng(33)
    near = [rng.normal(-2, 1, shape).astype("float32") for shape in ((4, 3), (5, 5))]
    cases = [{"log_joint": each} for each in near]
    name = "responsibilities"
    result = diagnose(name, my_responsibilities, cases, [_shares], MISTAKES, _row)
    if not result.ok:
        return result
    far = [{"log_joint": near[0] - np.float32([[1200], [150], [-900], [0]])}]
    return diagnose(name, my_responsibilities, far, [_shares], MISTAKES_OF_RANGE, _row)


@exercise
@from_arguments
def nearest(my_nearest: Callable) -> Result:
    """Check `my_nearest(x, means)`: the number of the nearest row of means, for each row of x."""
    rng = np.random.default_rng(34)
    cases = []
    for n, k, pixels in ((40, 4, 5), (30, 7, 3)):
        means = rng.random((k, pixels)) * np.linspace(0.3, 1.5, k)[:, None]
        x = means[rng.integers(0, k, n)] + rng.normal(0, 0.5, (n, pixels))
        cases.append({"x": x.astype("float32"), "means": means.astype("float32")})
    return diagnose("nearest", my_nearest, cases, [_nearest], MISTAKES_OF_NEAREST, _place)


def _row(case, index):
    row = case["log_joint"][index[0] if index else 0]
    return f"log p(x, z) = {short(row)}"


def _shares(log_joint, axis=1):
    return np.exp(log_joint - logsumexp(log_joint, axis=axis, keepdims=True))


MISTAKES = [
    Mistake(
        "responsibilities_joint",
        "This is p(x, z): divide each row by its sum, which is p(x).",
        np.exp,
    ),
    Mistake(
        "responsibilities_over_images",
        "Each column adds up to 1. A row is an image, which its prototypes share: each row must "
        "add up to 1, axis=1.",
        lambda log_joint: _shares(log_joint, axis=0),
    ),
    Mistake(
        "responsibilities_over_everything",
        "The whole table adds up to 1: each row must, axis=1.",
        lambda log_joint: _shares(log_joint, axis=None),
    ),
    Mistake(
        "responsibilities_of_logarithms",
        "The logarithms are divided by their sum: take np.exp first.",
        lambda log_joint: log_joint / log_joint.sum(axis=1, keepdims=True),
    ),
    Mistake(
        "responsibilities_logarithm",
        "This is log p(z | x): np.exp of it is asked.",
        lambda log_joint: np.log(_shares(log_joint)),
    ),
    Mistake(
        "responsibilities_not_divided",
        "The largest is subtracted, but nothing is divided: each row must add up to 1.",
        lambda log_joint: np.exp(log_joint - log_joint.max(axis=1, keepdims=True)),
    ),
    Mistake(
        "responsibilities_decided",
        "This is k-means' decision, 1 for the likeliest and 0 for the others: p(z | x) leaves the "
        "others their share.",
        lambda log_joint: np.eye(log_joint.shape[1])[log_joint.argmax(axis=1)],
    ),
    Mistake(
        "responsibilities_number",
        "This is the number of the likeliest prototype: a share for each is asked, (n, k).",
        lambda log_joint: log_joint.argmax(axis=1),
    ),
    Mistake(
        "responsibilities_log_p_of_x",
        "This is log p(x), one number for each image: subtract it from log p(x, z), then take "
        "np.exp.",
        lambda log_joint: logsumexp(log_joint, axis=1),
    ),
    Mistake(
        "responsibilities_p_of_x",
        "This is p(x), one number for each image: divide p(x, z) by it.",
        lambda log_joint: np.exp(logsumexp(log_joint, axis=1)),
    ),
    Mistake(
        "responsibilities_sign",
        "The least likely prototype has the largest share: it is exp(log p(x, z)), without a "
        "minus.",
        lambda log_joint: _shares(-log_joint),
    ),
    Mistake(
        "responsibilities_turned",
        "Rows and columns are exchanged: a row is an image.",
        lambda log_joint: _shares(log_joint).T,
    ),
    Mistake(
        "responsibilities_subtracted",
        "p(x) is subtracted from p(x, z): divide by it, or subtract its logarithm.",
        lambda log_joint: np.exp(log_joint) - np.exp(logsumexp(log_joint, axis=1, keepdims=True)),
    ),
    Mistake(
        "responsibilities_multiplied",
        "p(x, z) is multiplied by p(x): divide by it.",
        lambda log_joint: np.exp(log_joint + logsumexp(log_joint, axis=1, keepdims=True)),
    ),
    Mistake(
        "responsibilities_minus_sum",
        "The sum of the logarithms is subtracted: the logarithm of the sum of p(x, z) is due.",
        lambda log_joint: np.exp(log_joint - log_joint.sum(axis=1, keepdims=True)),
    ),
    Mistake(
        "responsibilities_by_mean",
        "Each row is divided by its mean: by its sum, so that it adds up to 1.",
        lambda log_joint: _shares(log_joint) * log_joint.shape[1],
    ),
    Mistake(
        "responsibilities_bits",
        "The power is that of 2: the logarithms are natural ones, so take np.exp.",
        lambda log_joint: _shares(log_joint * np.log(2)),
    ),
    Mistake(
        "responsibilities_decimal",
        "The power is that of 10: the logarithms are natural ones, so take np.exp.",
        lambda log_joint: _shares(log_joint * np.log(10)),
    ),
]
MISTAKES_OF_RANGE = [
    Mistake(
        "responsibilities_out_of_range",
        "For small numbers it is right, but np.exp(-1200) is 0 to a computer: subtract the largest "
        "of each row first.",
        lambda log_joint: np.exp(log_joint) / np.exp(log_joint).sum(axis=1, keepdims=True),
    ),
    Mistake(
        "responsibilities_out_of_single_range",
        "For small numbers it is right, but np.exp(-150) is 0 in float32, which the data have: "
        "subtract the largest of each row first.",
        lambda log_joint: _in_single(log_joint),
    ),
    Mistake(
        "responsibilities_one_largest_for_all",
        "You subtract the largest of the whole table, and the other rows get out of range: "
        "subtract that of each row, axis=1.",
        lambda log_joint: _less_one_largest(log_joint),
    ),
]


def _in_single(log_joint):
    joint = np.exp(log_joint.astype("float32"))
    return joint / joint.sum(axis=1, keepdims=True)


def _less_one_largest(log_joint):
    joint = np.exp(log_joint - log_joint.max())
    return joint / joint.sum(axis=1, keepdims=True)


def _place(case, index):
    return f"the image in row {index[0] if index else 0}"


def _distances(x, means, power=2):
    return (np.abs(x[:, None] - means) ** power).sum(axis=-1)


def _nearest(x, means):
    return _distances(x, means).argmin(axis=1)


MISTAKES_OF_NEAREST = [
    Mistake(
        "nearest_farthest",
        "This is the farthest prototype: argmin, not argmax, of the distance.",
        lambda x, means: _distances(x, means).argmax(axis=1),
    ),
    Mistake(
        "nearest_of_prototypes",
        "You give the nearest image of each prototype: the nearest prototype of each image is "
        "asked, so take argmin over the prototypes.",
        lambda x, means: _distances(x, means).argmin(axis=0),
    ),
    Mistake(
        "nearest_distance",
        "This is the distance to the nearest prototype: its number is asked, argmin.",
        lambda x, means: _distances(x, means).min(axis=1),
    ),
    Mistake(
        "nearest_root",
        "This is the distance to the nearest prototype: its number is asked, argmin.",
        lambda x, means: np.sqrt(_distances(x, means).min(axis=1)),
    ),
    Mistake(
        "nearest_distances",
        "These are the distances to all prototypes: which is the smallest in each row? argmin, "
        "axis=1.",
        _distances,
    ),
    Mistake(
        "nearest_prototype_itself",
        "These are the prototypes themselves: their numbers are asked.",
        lambda x, means: means[_nearest(x, means)],
    ),
    Mistake(
        "nearest_from_one",
        "You count the prototypes from 1: Python counts from 0.",
        lambda x, means: _nearest(x, means) + 1,
    ),
    Mistake(
        "nearest_signed",
        "The differences are added with their signs, and cancel: square them first.",
        lambda x, means: (x[:, None] - means).sum(axis=-1).argmin(axis=1),
    ),
    Mistake(
        "nearest_sum_of_sign",
        "The differences are added with their signs, and cancel, before they are squared: square "
        "each first.",
        lambda x, means: ((x[:, None] - means).sum(axis=-1) ** 2).argmin(axis=1),
    ),
    Mistake(
        "nearest_absolute",
        "The distance is a sum of absolute differences: k-means squares them.",
        lambda x, means: _distances(x, means, 1).argmin(axis=1),
    ),
    Mistake(
        "nearest_largest_product",
        "You take the largest scalar product, which prefers bright prototypes: the distance is "
        "asked.",
        lambda x, means: (x @ means.T).argmax(axis=1),
    ),
    Mistake(
        "nearest_one_for_all",
        "You give one number for all images: take argmin along the prototypes only, axis=1.",
        lambda x, means: _distances(x, means).argmin(),
    ),
    Mistake(
        "nearest_decided",
        "You give a 1 for the nearest and 0 for the others: its number is asked.",
        lambda x, means: np.eye(len(means))[_nearest(x, means)],
    ),
    Mistake(
        "nearest_first_image",
        "This is the answer for the first image alone: one for each image is asked. Does `return` "
        "stand inside a loop?",
        lambda x, means: _nearest(x, means)[0],
    ),
    Mistake(
        "nearest_last_image",
        "This is the answer for the last image alone: one for each image is asked. Does a loop "
        "overwrite its result?",
        lambda x, means: _nearest(x, means)[-1],
    ),
]
