"""The check of batch normalisation of maps, by channel."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, uses

ALL = (0, 1, 2)
IN_USE = (
    "Your layer takes its moving mean, 0, and its moving variance, 1, and normalises nothing: it "
    "is called without training=True."
)


@exercise
@from_arguments
def batch_norm(my_batch_norm: Callable) -> Result:
    """Check `my_batch_norm(x, gamma, beta, epsilon)`: by channel, over images, rows, columns."""
    rng = np.random.default_rng(51)
    cases = []
    for shape in ((4, 3, 5, 2), (3, 4, 4, 3)):
        channels = shape[-1]
        x = rng.normal(rng.uniform(-2, 2, channels), rng.uniform(0.5, 2, channels), shape)
        x += rng.normal(0, 1, (shape[0], 1, 1, 1))  # images differ
        cases.append(
            {
                "x": x.astype("float32"),
                "gamma": rng.uniform(0.5, 2, channels).astype("float32"),
                "beta": rng.uniform(-1, 1, channels).astype("float32"),
                "epsilon": 0.3,  # large, to be seen
            }
        )
    result = diagnose("batch_norm", my_batch_norm, cases, [_normalized], MISTAKES, _maps)
    if result.mistake == "batch_norm_unchanged" and uses(my_batch_norm, "BatchNormalization"):
        return result._replace(mistake="batch_norm_layer_in_use", message=IN_USE)
    return result


def _maps(case, index):
    where = f", channel {index[-1]}" if len(index) == 4 else ""
    return f"x of shape {case['x'].shape}{where}"


def _normalized(x, gamma, beta, epsilon, axis=ALL):
    mean, variance = x.mean(axis=axis, keepdims=True), x.var(axis=axis, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _parts(x):
    return x - x.mean(axis=ALL), x.var(axis=ALL)


MISTAKES = [
    Mistake(
        "batch_norm_over_images",
        "Mean and variance are taken over the images alone, for each place by itself: a channel "
        "has one of each, over images, rows and columns.",
        lambda x, g, b, e: _normalized(x, g, b, e, 0),
    ),
    Mistake(
        "batch_norm_of_each_image",
        "Each image is normalised by itself: that is another layer. A channel has one mean over "
        "the whole batch, axis 0 too.",
        lambda x, g, b, e: _normalized(x, g, b, e, (1, 2)),
    ),
    Mistake(
        "batch_norm_of_channels",
        "The channels of each pixel are normalised: that is a layer normalisation. Each channel "
        "must have its own mean.",
        lambda x, g, b, e: _normalized(x, g, b, e, -1),
    ),
    Mistake(
        "batch_norm_of_whole_images",
        "Each image is normalised over all of its channels: each channel must have its own mean, "
        "over the whole batch.",
        lambda x, g, b, e: _normalized(x, g, b, e, (1, 2, 3)),
    ),
    Mistake(
        "batch_norm_of_everything",
        "One mean and one variance serve all channels: each channel must have its own.",
        lambda x, g, b, e: _normalized(x, g, b, e, (0, 1, 2, 3)),
    ),
    Mistake(
        "batch_norm_by_variance",
        "It divides by the variance: its root is missing.",
        lambda x, g, b, e: g * _parts(x)[0] / (_parts(x)[1] + e) + b,
    ),
    Mistake(
        "batch_norm_without_epsilon",
        "epsilon is missing: where a channel never changes, you would divide by 0.",
        lambda x, g, b, e: _normalized(x, g, b, 0),
    ),
    Mistake(
        "batch_norm_epsilon_outside",
        "epsilon is added to the standard deviation: add it to the variance, under the root.",
        lambda x, g, b, e: g * _parts(x)[0] / (np.sqrt(_parts(x)[1]) + e) + b,
    ),
    Mistake(
        "batch_norm_epsilon_subtracted",
        "epsilon is subtracted: it must be added.",
        lambda x, g, b, e: _normalized(x, g, b, -e),
    ),
    Mistake(
        "batch_norm_mean_kept",
        "The mean is not subtracted.",
        lambda x, g, b, e: g * x / np.sqrt(_parts(x)[1] + e) + b,
    ),
    Mistake(
        "batch_norm_not_divided",
        "It subtracts the mean, and does not divide by the standard deviation.",
        lambda x, g, b, e: g * _parts(x)[0] + b,
    ),
    Mistake(
        "batch_norm_without_gamma",
        "gamma is missing: multiply by it.",
        lambda x, g, b, e: _normalized(x, 1, b, e),
    ),
    Mistake(
        "batch_norm_without_beta",
        "beta is missing: add it.",
        lambda x, g, b, e: _normalized(x, g, 0, e),
    ),
    Mistake(
        "batch_norm_not_scaled",
        "gamma and beta are missing: scale by one, then shift by the other.",
        lambda x, g, b, e: _normalized(x, 1, 0, e),
    ),
    Mistake(
        "batch_norm_exchanged",
        "gamma and beta are exchanged: gamma scales, beta shifts.",
        lambda x, g, b, e: _normalized(x, b, g, e),
    ),
    Mistake(
        "batch_norm_shifted_first",
        "It shifts first, and scales that too: beta comes last.",
        lambda x, g, b, e: g * (_normalized(x, 1, 0, e) + b),
    ),
    Mistake(
        "batch_norm_unchanged",
        "With a mean of 0 and a variance of 1, nothing is normalised: take those of the batch.",
        lambda x, g, b, e: g * x / np.sqrt(1 + e) + b,
    ),
]
