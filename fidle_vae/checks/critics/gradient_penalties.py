"""The checks of the gradient penalty: whole, by tapes, and from gradients that are given."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    from_arguments,
    runs_elsewhere,
    short,
)

IMAGE = (1, 2, 3)


class Bowl:
    """A critic whose gradient is known: D(x) = height sum (a x^2 / 2 + b x) of each image."""

    def __init__(self, seed, shape):
        rng = np.random.default_rng(seed)
        self.a, self.b = (rng.uniform(*ends, shape) for ends in ((0.2, 1.2), (-0.5, 0.8)))
        self.height = 1.0

    def __call__(self, x, training=None):
        """Return what the critic says of each image, (n, 1), as a network does."""
        a, b = (ops.convert_to_tensor(each.astype("float32")) for each in (self.a, self.b))
        return self.height * ops.sum(a * x**2 / 2 + b * x, axis=IMAGE)[:, None]

    def slopes(self, x):
        """Return the gradient at each image."""
        return self.a * x + self.b


@exercise
def gradient_penalty(my_penalty: Callable) -> Result:
    """Check `my_penalty(critic, x, x_hat, share)`: (|gradient| - 1)^2 of each image, between."""
    cases = []
    for seed, n, shape in ((1, 3, (2, 2, 1)), (2, 4, (3, 2, 2))):
        rng = np.random.default_rng(65 + seed)
        x, x_hat = (rng.normal(mean, 1, (n, *shape)).astype("float32") for mean in (0.5, -0.8))
        share = rng.uniform(0.1, 0.9, n).astype("float32")
        cases.append({"critic": Bowl(seed, shape), "x": x, "x_hat": x_hat, "share": share})
    right = [_penalty, lambda d, x, y, s: _penalty(d, x, y, 1 - s)]
    result = diagnose("gradient_penalty", my_penalty, cases, right, MISTAKES, _images)
    for sign, name, says in ERRORS:
        if result.mistake == "error" and sign in result.message:
            return Result("gradient_penalty", name, f"{says} {result.message}")
    if result.ok and not _teaches(my_penalty, cases[0]):
        return Result(
            "gradient_penalty",
            "gradient_penalty_no_slope",
            "The values are right, but the critic cannot learn from them: its weights have no "
            "gradient. Keep tensors throughout, and use the outer tape's tensors inside.",
        )
    return result


@exercise
@from_arguments
def penalty_of_slopes(my_penalty: Callable) -> Result:
    """Check `my_penalty(gradient)`: (|gradient| - 1)^2 of each image, from gradients."""
    rng = np.random.default_rng(67)
    cases = [
        {"gradient": rng.normal(0, 0.5, shape).astype("float32")}
        for shape in ((3, 2, 2, 1), (5, 2, 3, 2))
    ]
    return diagnose("penalty_of_slopes", my_penalty, cases, [_of_slopes], OF_SLOPES, _gradients)


def _teaches(my_penalty, case):
    """Whether the penalty has a gradient with respect to a weight of the critic."""
    if keras.config.backend() != "tensorflow" or runs_elsewhere(my_penalty):
        return True  # the lesson's tapes are TensorFlow's, and see nothing of another process
    import tensorflow as tf

    critic, weight = case["critic"], tf.Variable(1.5)
    critic.height = weight
    given = [tf.convert_to_tensor(case[name]) for name in ("x", "x_hat", "share")]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(my_penalty(critic, *given))
    return tape.gradient(loss, weight) is not None


def _images(case, index):
    return f"{len(case['x'])} images and shares {short(case['share'])}"


def _gradients(case, index):
    return f"gradients of shape {case['gradient'].shape}"


def _norm(gradient):
    return np.sqrt(np.square(gradient).sum(axis=IMAGE))


def _of_slopes(gradient):
    return np.square(_norm(gradient) - 1)


def _between(critic, x, x_hat, share):
    share = np.reshape(share, (-1, 1, 1, 1))
    return critic.slopes(share * x + (1 - share) * x_hat)


def _penalty(*given):
    return _of_slopes(_between(*given))


def _each_pixel(gradient):
    return np.square(np.abs(gradient) - 1).sum(axis=IMAGE)


def _all_at_once(gradient):
    return np.square(np.sqrt(np.square(gradient).sum()) - 1)


ERRORS = [  # words of an error, and what they mean here
    (
        "NoneType",
        "gradient_penalty_none",
        "The tape gives None in place of a gradient: watch the points between, then ask the critic "
        "about them, both inside the tape.",
    ),
    (
        "trainable_",
        "gradient_penalty_of_weights",
        "The slope is along the images: take the gradient with respect to the points between, and "
        "not to the critic's weights.",
    ),
    (
        "Passed in object",
        "gradient_penalty_of_arrays",
        "A tape watches tensors, and NumPy makes arrays: use x, x_hat and share as they come.",
    ),
]
MISTAKES = [
    Mistake(
        "gradient_penalty_at_real",
        "The gradient is taken at the real images: take it between real and generated ones, at "
        "share * x + (1 - share) * x_hat.",
        lambda d, x, y, s: _of_slopes(d.slopes(x)),
    ),
    Mistake(
        "gradient_penalty_at_generated",
        "The gradient is taken at the generated images: take it between them and real ones.",
        lambda d, x, y, s: _of_slopes(d.slopes(y)),
    ),
    Mistake(
        "gradient_penalty_half_way",
        "The points are half-way for all images: each has its own share.",
        lambda d, x, y, s: _penalty(d, x, y, 0 * s + 0.5),
    ),
    Mistake(
        "gradient_penalty_one_share",
        "All images have the share of the first: each has its own, share[:, None, None, None].",
        lambda d, x, y, s: _penalty(d, x, y, 0 * s + s[0]),
    ),
    Mistake(
        "gradient_penalty_mean_share",
        "All images have the mean share: each has its own, share[:, None, None, None].",
        lambda d, x, y, s: _penalty(d, x, y, 0 * s + s.mean()),
    ),
    Mistake(
        "gradient_penalty_difference",
        "The gradient is taken at the difference of the images: take it at a mixture of them.",
        lambda d, x, y, s: _of_slopes(d.slopes(np.reshape(s, (-1, 1, 1, 1)) * (x - y))),
    ),
    Mistake(
        "gradient_penalty_added",
        "x_hat has the share 1 in the mixture: it has 1 - share, so that both make 1.",
        lambda d, x, y, s: _of_slopes(d.slopes(np.reshape(s, (-1, 1, 1, 1)) * x + y)),
    ),
    Mistake(
        "gradient_penalty_without_root",
        "The root is missing: 1 is subtracted from the square of the norm.",
        lambda *given: np.square(np.square(_norm(_between(*given))) - 1),
    ),
    Mistake(
        "gradient_penalty_r1",
        "This is the squared norm, which pulls slopes to 0, as R1 does: subtract 1 from the norm.",
        lambda *given: np.square(_norm(_between(*given))),
    ),
    Mistake(
        "gradient_penalty_norm",
        "This is the norm: how far it is from 1, squared, is asked.",
        lambda *given: _norm(_between(*given)),
    ),
    Mistake(
        "gradient_penalty_not_squared",
        "The difference from 1 is not squared, so that slopes below 1 earn something.",
        lambda *given: _norm(_between(*given)) - 1,
    ),
    Mistake(
        "gradient_penalty_absolute",
        "This is the absolute difference from 1: its square is asked.",
        lambda *given: np.abs(_norm(_between(*given)) - 1),
    ),
    Mistake(
        "gradient_penalty_one_sided",
        "Slopes below 1 cost nothing here: the published penalty is for both sides.",
        lambda *given: np.square(np.maximum(0, _norm(_between(*given)) - 1)),
    ),
    Mistake(
        "gradient_penalty_per_batch",
        "There is one norm for the whole batch: each image has its own, the sum of squares over "
        "its pixels.",
        lambda *given: _all_at_once(_between(*given)),
    ),
    Mistake(
        "gradient_penalty_mean_of_batch",
        "This is the mean over the batch: a number for each image is asked.",
        lambda *given: _penalty(*given).mean(),
    ),
    Mistake(
        "gradient_penalty_per_pixel",
        "The slope along each pixel is compared with 1: the norm of all of them is.",
        lambda *given: _each_pixel(_between(*given)),
    ),
    Mistake(
        "gradient_penalty_mean_of_squares",
        "The norm has the mean of the squares: it is the root of their sum.",
        lambda *given: np.square(np.sqrt(np.square(_between(*given)).mean(axis=IMAGE)) - 1),
    ),
    Mistake(
        "gradient_penalty_sum_of_slopes",
        "The slopes of an image are added up with their signs: the norm is the root of the sum "
        "of their squares.",
        lambda *given: np.square(_between(*given).sum(axis=IMAGE) - 1),
    ),
    Mistake(
        "gradient_penalty_gradient",
        "This is the gradient itself: how far its norm is from 1, squared, is asked.",
        lambda *given: _between(*given),
    ),
    Mistake(
        "gradient_penalty_along_x",
        "The slope is taken along x, which moves the point by its share only: watch the point "
        "between, and take the gradient there.",
        lambda d, x, y, s: _of_slopes(np.reshape(s, (-1, 1, 1, 1)) * _between(d, x, y, s)),
    ),
    Mistake(
        "gradient_penalty_along_x_hat",
        "The slope is taken along x_hat, which moves the point by 1 - share only: watch the point "
        "between, and take the gradient there.",
        lambda d, x, y, s: _of_slopes(np.reshape(1 - s, (-1, 1, 1, 1)) * _between(d, x, y, s)),
    ),
    Mistake(
        "gradient_penalty_divided",
        "All slopes are divided by the number of images, as the gradient of a mean is: take that "
        "of what the critic says, or of its sum.",
        lambda d, x, y, s: _of_slopes(_between(d, x, y, s) / len(s)),
    ),
    Mistake(
        "gradient_penalty_of_no_slope",
        "All gradients are 0 here: what the critic says must be computed inside the tape, of the "
        "points that it watches.",
        lambda d, x, y, s: np.ones(len(s)),
    ),
    Mistake(
        "gradient_penalty_weighted",
        "The weight 10 is not asked here: only the bracket with its square.",
        lambda *given: 10 * _penalty(*given),
    ),
    Mistake(
        "gradient_penalty_same_share",
        "Both images have the same share: x_hat has 1 - share.",
        lambda d, x, y, s: _of_slopes(d.slopes(np.reshape(s, (-1, 1, 1, 1)) * (x + y))),
    ),
    Mistake(
        "gradient_penalty_squares_less_one",
        "This is the squared norm minus 1: subtract 1 from the norm, then square.",
        lambda *given: np.square(_norm(_between(*given))) - 1,
    ),
    Mistake(
        "gradient_penalty_half_r1",
        "This is R1, half the squared norm, which pulls slopes to 0: subtract 1 from the norm, "
        "then square.",
        lambda *given: np.square(_norm(_between(*given))) / 2,
    ),
    Mistake(
        "gradient_penalty_sum_of_batch",
        "This is the sum over the batch: a number for each image is asked.",
        lambda *given: _penalty(*given).sum(),
    ),
    Mistake(
        "gradient_penalty_absolute_slopes",
        "The norm adds up absolute values: it is the root of the sum of squares.",
        lambda *given: np.square(np.abs(_between(*given)).sum(axis=IMAGE) - 1),
    ),
    Mistake(
        "gradient_penalty_largest_slope",
        "The largest slope of each image is compared with 1: the norm of all of them is.",
        lambda *given: np.square(np.abs(_between(*given)).max(axis=IMAGE) - 1),
    ),
    Mistake(
        "gradient_penalty_one_from_each",
        "1 is subtracted from the slope along each pixel: subtract it from the norm of all of "
        "them.",
        lambda *given: np.square(_between(*given) - 1).sum(axis=IMAGE),
    ),
    Mistake(
        "gradient_penalty_one_inside_root",
        "1 is subtracted from the slope along each pixel, inside the root: subtract it from the "
        "root.",
        lambda *given: np.sqrt(np.square(_between(*given) - 1).sum(axis=IMAGE)),
    ),
    Mistake(
        "gradient_penalty_channel_by_channel",
        "There is a norm for each channel: sum over the axes 1, 2 and 3.",
        lambda *given: np.square(np.sqrt(np.square(_between(*given)).sum(axis=(1, 2))) - 1),
    ),
    Mistake(
        "gradient_penalty_over_the_batch",
        "The sum goes over the images, axis 0: sum over the axes 1, 2 and 3 of each image.",
        lambda *given: np.square(np.sqrt(np.square(_between(*given)).sum(axis=0)) - 1),
    ),
]

OF_SLOPES = [
    Mistake(
        "penalty_of_slopes_without_root",
        "1 is subtracted from the square of the norm.",
        lambda g: np.square(np.square(_norm(g)) - 1),
    ),
    Mistake(
        "penalty_of_slopes_per_batch",
        "There is one norm for the whole batch: each image has its own.",
        _all_at_once,
    ),
    Mistake(
        "penalty_of_slopes_per_pixel",
        "The slope along each pixel is compared with 1: the norm of all of them is.",
        _each_pixel,
    ),
    Mistake(
        "penalty_of_slopes_mean_of_squares",
        "The norm has the mean of the squares: it is the root of their sum.",
        lambda g: np.square(np.sqrt(np.square(g).mean(axis=IMAGE)) - 1),
    ),
    Mistake(
        "penalty_of_slopes_not_squared",
        "The difference from 1 is not squared, so that slopes below 1 earn something.",
        lambda g: _norm(g) - 1,
    ),
    Mistake(
        "penalty_of_slopes_r1",
        "This pulls slopes to 0, as R1 does: subtract 1 from the norm.",
        lambda g: np.square(_norm(g)),
    ),
    Mistake(
        "penalty_of_slopes_mean_of_batch",
        "This is the mean over the batch: a number for each image is asked.",
        lambda g: _of_slopes(g).mean(),
    ),
    Mistake(
        "penalty_of_slopes_absolute",
        "The norm adds up absolute values: it is the root of the sum of squares.",
        lambda g: np.square(np.abs(g).sum(axis=IMAGE) - 1),
    ),
    Mistake(
        "penalty_of_slopes_norm",
        "This is the norm: how far it is from 1, squared, is asked.",
        _norm,
    ),
    Mistake(
        "penalty_of_slopes_squares_less_one",
        "This is the squared norm minus 1: subtract 1 from the norm, then square.",
        lambda g: np.square(_norm(g)) - 1,
    ),
    Mistake(
        "penalty_of_slopes_root_of_all",
        "The root is taken at the end, and undoes the square there: take it of the sum of squares, "
        "before 1 is subtracted.",
        lambda g: np.abs(np.square(_norm(g)) - 1),
    ),
    Mistake(
        "penalty_of_slopes_distance",
        "This is the absolute difference from 1: its square is asked.",
        lambda g: np.abs(_norm(g) - 1),
    ),
    Mistake(
        "penalty_of_slopes_one_sided",
        "Slopes below 1 cost nothing here: the published penalty is for both sides.",
        lambda g: np.square(np.maximum(0, _norm(g) - 1)),
    ),
    Mistake(
        "penalty_of_slopes_largest_slope",
        "The largest slope of each image is compared with 1: the norm of all of them is.",
        lambda g: np.square(np.abs(g).max(axis=IMAGE) - 1),
    ),
    Mistake(
        "penalty_of_slopes_signed_sum",
        "The slopes of an image are added up with their signs: the norm is the root of the sum of "
        "their squares.",
        lambda g: np.square(g.sum(axis=IMAGE) - 1),
    ),
    Mistake(
        "penalty_of_slopes_two_roots",
        "The root is taken twice: once, of the sum of squares, is enough.",
        lambda g: np.square(np.sqrt(_norm(g)) - 1),
    ),
    Mistake(
        "penalty_of_slopes_channel_by_channel",
        "There is a norm for each channel: sum over the axes 1, 2 and 3.",
        lambda g: np.square(np.sqrt(np.square(g).sum(axis=(1, 2))) - 1),
    ),
    Mistake(
        "penalty_of_slopes_sum_of_batch",
        "This is the sum over the batch: a number for each image is asked.",
        lambda g: _of_slopes(g).sum(),
    ),
]
