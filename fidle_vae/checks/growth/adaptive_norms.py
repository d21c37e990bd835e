"""The check of adaptive instance normalization."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose_either,
    exercise,
    explain,
    from_arguments,
)

SIZES = ((3, 4, 3, 2), (2, 3, 3, 3))  # images, rows, columns, channels
EPSILON = 0.05
AXES = (
    "What has the shape (n, c), as scale, shift or a mean without keepdims=True, needs axes of "
    "rows and columns in between, as in scale[:, None, None]."
)


@exercise
@from_arguments
def adaptive_norm(my_adaptive_norm: Callable) -> Result:
    """Check `my_adaptive_norm(x, scale, shift, epsilon)`: normalized, then styled."""
    rng = np.random.default_rng(92)
    cases = []
    for n, rows, columns, channels in SIZES:
        x = rng.normal(1, 2, size=(n, rows, columns, channels)) * rng.uniform(0.5, 2, (n, 1, 1, 1))
        scale, shift = rng.normal(size=(2, n, channels))
        arrays = {"x": x, "scale": scale + 0.5, "shift": shift}
        cases.append(
            {name: each.astype("float32") for name, each in arrays.items()} | {"epsilon": EPSILON}
        )
    result = diagnose_either(
        "adaptive_norm", my_adaptive_norm, cases, [_right], MISTAKES, _place, arrays_first=True
    )
    return explain(result, "do not fit together", "adaptive_norm_axes", AXES)


def _place(case, index):
    image, channel = (index[0], index[-1]) if len(index) == 4 else (0, 0)
    return f"a value of channel {channel} of image {image}"


def _wide(style):
    return style[:, None, None]


def _normal(x, epsilon, axes=(1, 2)):
    mean, variance = (each(axis=axes, keepdims=True) for each in (x.mean, x.var))
    return (x - mean) / np.sqrt(variance + epsilon)


def _styled(x, scale, shift):
    return (1 + _wide(scale)) * x + _wide(shift)


def _right(x, scale, shift, epsilon):
    return _styled(_normal(x, epsilon), scale, shift)


def _over(axes):
    """Return the formula with the mean and variance over other axes."""
    return lambda x, scale, shift, epsilon: _styled(_normal(x, epsilon, axes), scale, shift)


def _normalized(formula):
    """Return the result by a formula of normalized maps, 1 + scale and shift of each image."""
    return lambda x, scale, shift, epsilon: formula(
        _normal(x, epsilon), 1 + _wide(scale), _wide(shift)
    )


def _by(deviation):
    """Return the result where another deviation, of variance and epsilon, divides."""

    def result(x, scale, shift, epsilon):
        mean, variance = (each(axis=(1, 2), keepdims=True) for each in (x.mean, x.var))
        return _styled((x - mean) / deviation(variance, epsilon), scale, shift)

    return result


MISTAKES = [
    Mistake(
        "adaptive_norm_style_first",
        "The style acts before the normalization, which takes it away again: normalize first.",
        lambda x, scale, shift, epsilon: _normal(_styled(x, scale, shift), epsilon),
    ),
    Mistake(
        "adaptive_norm_scaled_first",
        "The scale multiplies before the normalization, which divides it out again: normalize "
        "first.",
        lambda x, scale, shift, epsilon: _normal((1 + _wide(scale)) * x, epsilon) + _wide(shift),
    ),
    Mistake(
        "adaptive_norm_over_batch",
        "Mean and variance are those of the batch, so that an image depends on the others: take "
        "them over the places of each image, axis=(1, 2).",
        _over((0, 1, 2)),
    ),
    Mistake(
        "adaptive_norm_channels_mixed",
        "All channels of an image share one mean and one variance: leave the last axis out of "
        "axis=(1, 2).",
        _over((1, 2, 3)),
    ),
    Mistake(
        "adaptive_norm_over_channels",
        "Each place is normalized over its channels: take mean and variance over the places, "
        "axis=(1, 2).",
        _over(3),
    ),
    Mistake(
        "adaptive_norm_over_images",
        "Each place is normalized over the images: take mean and variance over the places, "
        "axis=(1, 2).",
        _over(0),
    ),
    Mistake(
        "adaptive_norm_over_everything",
        "There is one mean and one variance of everything: take them over the places of each "
        "image and channel, axis=(1, 2).",
        _over((0, 1, 2, 3)),
    ),
    Mistake(
        "adaptive_norm_scale_alone",
        "The maps are multiplied by scale in place of 1 + scale: a scale of 0, with which the "
        "training begins, would make all maps 0.",
        _normalized(lambda x, scale, shift: (scale - 1) * x + shift),
    ),
    Mistake(
        "adaptive_norm_plain",
        "The maps are normalized, and the style does nothing.",
        _normalized(lambda x, scale, shift: x),
    ),
    Mistake(
        "adaptive_norm_without_shift",
        "The shift is missing.",
        _normalized(lambda x, scale, shift: scale * x),
    ),
    Mistake(
        "adaptive_norm_without_scale",
        "The scale is missing.",
        _normalized(lambda x, scale, shift: x + shift),
    ),
    Mistake(
        "adaptive_norm_shift_scaled",
        "The shift is multiplied by the scale, too: add it at the end.",
        _normalized(lambda x, scale, shift: scale * (x + shift)),
    ),
    Mistake(
        "adaptive_norm_not_normalized",
        "Nothing is normalized: subtract the mean of each channel, and divide by its deviation.",
        lambda x, scale, shift, epsilon: _styled(x, scale, shift),
    ),
    Mistake(
        "adaptive_norm_variance",
        "It is divided by the variance: divide by its root.",
        _by(lambda variance, epsilon: variance + epsilon),
    ),
    Mistake(
        "adaptive_norm_epsilon_outside",
        "epsilon is added to the deviation: add it to the variance, under the root.",
        _by(lambda variance, epsilon: np.sqrt(variance) + epsilon),
    ),
    Mistake(
        "adaptive_norm_no_epsilon",
        "The epsilon that is given is not used: it keeps a map that is the same everywhere from a "
        "division by 0.",
        _by(lambda variance, epsilon: np.sqrt(variance)),
    ),
    Mistake(
        "adaptive_norm_one_style",
        "The style of the first image is used for the whole batch: each image has its own.",
        lambda x, scale, shift, epsilon: _right(
            x, scale[:1].repeat(len(x), axis=0), shift[:1].repeat(len(x), axis=0), epsilon
        ),
    ),
    Mistake(
        "adaptive_norm_exchanged",
        "scale and shift are exchanged.",
        lambda x, scale, shift, epsilon: _right(x, shift, scale, epsilon),
    ),
    Mistake(
        "adaptive_norm_over_rows",
        "Mean and variance are those of each column of places: take them over rows and columns, "
        "axis=(1, 2).",
        _over(1),
    ),
    Mistake(
        "adaptive_norm_over_columns",
        "Mean and variance are those of each row of places: take them over rows and columns, "
        "axis=(1, 2).",
        _over(2),
    ),
    Mistake(
        "adaptive_norm_not_centred",
        "The mean stays in the maps: subtract it before you divide.",
        lambda x, scale, shift, epsilon: _styled(
            x / np.sqrt(x.var(axis=(1, 2), keepdims=True) + epsilon), scale, shift
        ),
    ),
    Mistake(
        "adaptive_norm_only_centred",
        "The mean is subtracted, and nothing is divided: divide by the deviation.",
        _by(lambda variance, epsilon: 1),
    ),
    Mistake(
        "adaptive_norm_multiplied",
        "The maps are multiplied by the deviation: divide by it.",
        _by(lambda variance, epsilon: 1 / np.sqrt(variance + epsilon)),
    ),
    Mistake(
        "adaptive_norm_unbiased",
        "The sum of squares is divided by one less than there are places: take their mean, "
        "ddof=0, as np.var does by itself.",
        lambda x, scale, shift, epsilon: _styled(
            (x - x.mean(axis=(1, 2), keepdims=True))
            / np.sqrt(x.var(axis=(1, 2), ddof=1, keepdims=True) + epsilon),
            scale,
            shift,
        ),
    ),
    Mistake(
        "adaptive_norm_mean_alone_divided",
        "The mean alone is divided by the deviation: brackets are missing, (x - mean) / ...",
        lambda x, scale, shift, epsilon: _styled(
            x
            - x.mean(axis=(1, 2), keepdims=True)
            / np.sqrt(x.var(axis=(1, 2), keepdims=True) + epsilon),
            scale,
            shift,
        ),
    ),
    Mistake(
        "adaptive_norm_one_added",
        "1 is added to the maps, in place of the scale: brackets are missing, (1 + scale) * ...",
        _normalized(lambda x, scale, shift: 1 + (scale - 1) * x + shift),
    ),
    Mistake(
        "adaptive_norm_scale_added",
        "The scale is added to the maps: multiply them by 1 + scale.",
        _normalized(lambda x, scale, shift: scale - 1 + x + shift),
    ),
    Mistake(
        "adaptive_norm_shift_subtracted",
        "The shift is subtracted: add it.",
        _normalized(lambda x, scale, shift: scale * x - shift),
    ),
]
