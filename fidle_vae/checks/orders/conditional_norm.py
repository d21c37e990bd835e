"""The check of conditional batch normalization."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose_either, exercise, from_arguments

SIZES = ((4, 2, 3, 3, 2), (3, 3, 2, 2, 4))  # images, rows, columns, channels, classes
EPSILON = 0.05


@exercise
@from_arguments
def conditional_norm(my_conditional_norm: Callable) -> Result:
    """Check `my_conditional_norm(x, c, scale, shift, epsilon)`: normalized, then as c asks."""
    rng = np.random.default_rng(82)
    cases = []
    for n, rows, columns, channels, classes in SIZES:
        x = rng.normal(1, 2, size=(n, rows, columns, channels))
        scale, shift = rng.normal(size=(2, classes, channels))
        c = np.eye(classes)[np.arange(1, n + 1) % classes]
        arrays = {"x": x, "c": c, "scale": scale + 0.5, "shift": shift}
        cases.append(
            {name: each.astype("float32") for name, each in arrays.items()} | {"epsilon": EPSILON}
        )
    return diagnose_either(
        "conditional_norm", my_conditional_norm, cases, [_right], MISTAKES, _place
    )


def _place(case, index):
    image, channel = (index[0], index[-1]) if len(index) == 4 else (0, 0)
    return f"a value of channel {channel} of image {image}, class {int(case['c'][image].argmax())}"


def _normal(x, epsilon, axes=(0, 1, 2)):
    mean, variance = (each(axis=axes, keepdims=True) for each in (x.mean, x.var))
    return (x - mean) / np.sqrt(variance + epsilon)


def _asked(c, table):
    """Return the numbers of each image's class, in a shape that fits maps."""
    return (c @ table)[:, None, None]


def _right(x, c, scale, shift, epsilon):
    return (1 + _asked(c, scale)) * _normal(x, epsilon) + _asked(c, shift)


def _over(axes):
    """Return the formula with the mean and variance over other axes."""
    return lambda x, c, scale, shift, epsilon: (
        (1 + _asked(c, scale)) * _normal(x, epsilon, axes) + _asked(c, shift)
    )


def _scaled_first(x, c, scale, shift, epsilon):
    return _normal((1 + _asked(c, scale)) * x, epsilon) + _asked(c, shift)


def _normalized(formula):
    """Return the result by a formula of normalized maps, (1 + scale) and shift of each image."""
    return lambda x, c, scale, shift, epsilon: formula(
        _normal(x, epsilon), 1 + _asked(c, scale), _asked(c, shift)
    )


def _by(deviation):
    """Return the result where another deviation, of variance and epsilon, divides."""

    def result(x, c, scale, shift, epsilon):
        mean, variance = (each(axis=(0, 1, 2), keepdims=True) for each in (x.mean, x.var))
        normal = (x - mean) / deviation(variance, epsilon)
        return (1 + _asked(c, scale)) * normal + _asked(c, shift)

    return result


MISTAKES = [
    Mistake(
        "conditional_norm_scaled_first",
        "The scale multiplies before the normalization, which divides what all images of a class "
        "share out again: normalize first.",
        _scaled_first,
    ),
    Mistake(
        "conditional_norm_all_first",
        "Scale and shift act before the normalization, which takes much of them away again: "
        "normalize first.",
        lambda x, c, scale, shift, epsilon: _normal(
            (1 + _asked(c, scale)) * x + _asked(c, shift), epsilon
        ),
    ),
    Mistake(
        "conditional_norm_scale_alone",
        "The maps are multiplied by scale in place of 1 + scale: a scale of 0, with which the "
        "training begins, would make all maps 0.",
        _normalized(lambda x, scale, shift: (scale - 1) * x + shift),
    ),
    Mistake(
        "conditional_norm_each_image",
        "Each image is normalized by itself: mean and variance are those of the batch, over "
        "axis=(0, 1, 2).",
        _over((1, 2)),
    ),
    Mistake(
        "conditional_norm_each_pixel",
        "Each pixel has a mean of its own: the mean and the variance of a channel are those over "
        "images, rows and columns, axis=(0, 1, 2).",
        _over(0),
    ),
    Mistake(
        "conditional_norm_channels_mixed",
        "All channels share one mean and one variance: leave the last axis out of axis=(0, 1, 2).",
        _over((0, 1, 2, 3)),
    ),
    Mistake(
        "conditional_norm_without_scale",
        "The scale is missing.",
        _normalized(lambda x, scale, shift: x + shift),
    ),
    Mistake(
        "conditional_norm_without_shift",
        "The shift is missing.",
        _normalized(lambda x, scale, shift: scale * x),
    ),
    Mistake(
        "conditional_norm_plain",
        "The maps are normalized, and the condition does nothing.",
        _normalized(lambda x, scale, shift: x),
    ),
    Mistake(
        "conditional_norm_shift_scaled",
        "The shift is multiplied by the scale, too: add it at the end.",
        _normalized(lambda x, scale, shift: scale * (x + shift)),
    ),
    Mistake(
        "conditional_norm_subtracted",
        "The shift is subtracted: add it.",
        _normalized(lambda x, scale, shift: scale * x - shift),
    ),
    Mistake(
        "conditional_norm_not_normalized",
        "Nothing is normalized: subtract the mean of each channel, and divide by its deviation.",
        lambda x, c, scale, shift, epsilon: (1 + _asked(c, scale)) * x + _asked(c, shift),
    ),
    Mistake(
        "conditional_norm_variance",
        "It is divided by the variance: divide by its root.",
        _by(lambda variance, epsilon: variance + epsilon),
    ),
    Mistake(
        "conditional_norm_epsilon_outside",
        "epsilon is added to the deviation: add it to the variance, under the root.",
        _by(lambda variance, epsilon: np.sqrt(variance) + epsilon),
    ),
    Mistake(
        "conditional_norm_no_epsilon",
        "epsilon is missing: it keeps a channel that is the same everywhere from a division by 0.",
        _by(lambda variance, epsilon: np.sqrt(variance)),
    ),
    Mistake(
        "conditional_norm_one_condition",
        "The condition of the first image is used for the whole batch: each image has its own.",
        lambda x, c, scale, shift, epsilon: _right(
            x, np.repeat(c[:1], len(c), axis=0), scale, shift, epsilon
        ),
    ),
    Mistake(
        "conditional_norm_first_class",
        "The first rows of scale and shift are used for all images: c says which row is whose.",
        lambda x, c, scale, shift, epsilon: (1 + scale[0]) * _normal(x, epsilon) + shift[0],
    ),
    Mistake(
        "conditional_norm_all_classes",
        "scale and shift are added up over all classes: c @ scale chooses the row of each image.",
        lambda x, c, scale, shift, epsilon: (
            (1 + scale.sum(axis=0)) * _normal(x, epsilon) + shift.sum(axis=0)
        ),
    ),
    Mistake(
        "conditional_norm_over_channels",
        "The mean is one over channels, axis=-1: that of a channel is over axis=(0, 1, 2).",
        _over(-1),
    ),
    Mistake(
        "conditional_norm_layer",
        "Each image is normalized by itself, with all of its channels: mean and variance are those "
        "of a channel in the whole batch, over axis=(0, 1, 2).",
        _over((1, 2, 3)),
    ),
    Mistake(
        "conditional_norm_only_centred",
        "The mean is subtracted, but nothing is divided by the deviation.",
        lambda x, c, scale, shift, epsilon: (
            (1 + _asked(c, scale)) * (x - x.mean(axis=(0, 1, 2))) + _asked(c, shift)
        ),
    ),
    Mistake(
        "conditional_norm_not_centred",
        "It is divided by the deviation, but the mean is not subtracted.",
        lambda x, c, scale, shift, epsilon: (
            (1 + _asked(c, scale)) * x / np.sqrt(x.var(axis=(0, 1, 2)) + epsilon) + _asked(c, shift)
        ),
    ),
    Mistake(
        "conditional_norm_no_brackets",
        "1 + scale stands without brackets: scale alone multiplies the maps, 1 is added.",
        _normalized(lambda x, scale, shift: 1 + (scale - 1) * x + shift),
    ),
    Mistake(
        "conditional_norm_divided",
        "The maps are divided by 1 + scale: multiply.",
        _normalized(lambda x, scale, shift: x / scale + shift),
    ),
    Mistake(
        "conditional_norm_exponential",
        "The maps are multiplied by the exponential of scale: the formula has 1 + scale.",
        _normalized(lambda x, scale, shift: np.exp(scale - 1) * x + shift),
    ),
    Mistake(
        "conditional_norm_unbiased",
        "The sum of squares is divided by one less than there are numbers: take their mean, "
        "ddof=0, as np.var does by itself.",
        lambda x, c, scale, shift, epsilon: (
            (1 + _asked(c, scale))
            * (x - x.mean(axis=(0, 1, 2)))
            / np.sqrt(x.var(axis=(0, 1, 2), ddof=1) + epsilon)
            + _asked(c, shift)
        ),
    ),
    Mistake(
        "conditional_norm_exchanged",
        "scale and shift are exchanged.",
        lambda x, c, scale, shift, epsilon: _right(x, c, shift, scale, epsilon),
    ),
]
