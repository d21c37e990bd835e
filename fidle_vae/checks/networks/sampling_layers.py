"""The check of a sampling layer: z = z_mean + exp(z_log_var / 2) * eps."""

import warnings
from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine.diagnosis import attempt, line_of, not_done, of_shapes, told
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded

CHECK = "sampling_layer"
DRAWS = 4000
MEANS = np.array([2.0, -1.0, 0.5])
LOG_VARS = np.array([-3.0, 0.7, 1.6])
SPREADS = {  # mistake: the standard deviation that it gives to each dimension, and what to say
    "sigma_is_the_variance": (
        np.exp(LOG_VARS),
        "You scale the noise by exp(z_log_var): that is the variance; the standard deviation is "
        "exp(z_log_var / 2).",
    ),
    "noise_not_scaled": (
        np.ones(3),
        "The noise is not scaled: multiply it by the standard deviation, exp(z_log_var / 2).",
    ),
    "sigma_is_the_log_variance": (
        np.abs(LOG_VARS),
        "You scale the noise by z_log_var itself: the standard deviation is exp(z_log_var / 2).",
    ),
    "sigma_is_half_the_log_variance": (
        np.abs(LOG_VARS) / 2,
        "You scale the noise by z_log_var / 2: that is log sigma; its exp is missing.",
    ),
    "sigma_upside_down": (
        np.exp(-LOG_VARS / 2),
        "You divide the noise by the standard deviation: multiply it.",
    ),
    "sigma_of_log_sigma_twice": (
        np.exp(2 * LOG_VARS),
        "You scale the noise by exp(2 z_log_var): the standard deviation is exp(z_log_var / 2).",
    ),
    "sigma_halved": (
        np.exp(LOG_VARS / 2) / 2,
        "Your noise is half as wide as it should be: the 1/2 belongs into the exponent only.",
    ),
    "sigma_of_a_quarter": (
        np.exp(LOG_VARS / 4),
        "You halve z_log_var twice, or take a root too many: the standard deviation is "
        "exp(z_log_var / 2).",
    ),
    "noise_times_mean": (
        np.abs(MEANS) * np.exp(LOG_VARS / 2),
        "The noise is multiplied by z_mean: z = z_mean + sigma * eps.",
    ),
}
CENTRES = {  # mistake: where it centres the draws of each dimension, and what to say
    "mean_missing": (
        np.zeros(3),
        "z_mean is missing: z lies around 0 whatever the image. z = z_mean + sigma * eps.",
    ),
    "sigma_scales_the_mean": (
        MEANS * np.exp(LOG_VARS / 2),
        "sigma multiplies z_mean too: only the noise is scaled.",
    ),
    "arguments_exchanged": (
        LOG_VARS,
        "z_mean and z_log_var are exchanged: the layer takes [z_mean, z_log_var].",
    ),
    "mean_subtracted": (
        -MEANS,
        "z_mean is subtracted: z = z_mean + sigma * eps.",
    ),
}


@recorded
def sampling_layer(layer: type[keras.layers.Layer] | Callable) -> Result:
    """Check a layer, or its class, that takes [z_mean, z_log_var] and draws z."""
    if layer is None or layer is Ellipsis:
        return not_done(CHECK)
    if isinstance(layer, type):
        try:
            layer = layer()
        except Exception as error:  # the student's code may raise anything
            return Result(CHECK, "error", told(error))
    rows = [np.tile(row.astype("float32"), (DRAWS, 1)) for row in (MEANS, LOG_VARS)]

    def draw(z_mean, z_log_var):
        return layer([z_mean, z_log_var])

    draws = []
    for _ in range(2):
        z = attempt(CHECK, draw, *rows)
        if isinstance(z, Result):
            return z
        if z.shape != rows[0].shape:
            given = f"Shape {z.shape} where {rows[0].shape} is expected, that of z_mean."
            return Result(CHECK, "shape", given)
        draws.append(z)
    found = _of_noise(*draws) or _of_distribution(draws[0]) or _of_learning(layer)
    return found or Result(
        CHECK, None, "Centre, spread, noise and gradients are as they should be."
    )


def _of_noise(z, again):
    """Look where noise comes from, and whether it is new where it must be."""
    noise = z - MEANS
    if not np.isfinite(z).all():
        given = "z is NaN or infinite for z_log_var = -3: a root or a logarithm of it does that."
        return Result(CHECK, "not_finite", given)
    if np.abs(noise).max() < 1e-5:
        return Result(CHECK, "no_noise", "There is no noise: z is z_mean, in every draw.")
    if z.std(axis=0).max() < 1e-5 and np.allclose(z, again):
        given = "There is no noise: z is the same at every call. Draw eps by keras.random.normal."
        return Result(CHECK, "no_noise", given)
    if z.std(axis=0).max() < 1e-5:
        return Result(
            CHECK,
            "noise_shared_by_batch",
            "The noise is shared by the whole batch: draw it in the shape of z_mean, so that each "
            "image has its own.",
        )
    if np.array_equal(z, again):
        return Result(
            CHECK,
            "noise_comes_back",
            "The same noise comes back at every call: a fixed integer as seed does that; give "
            "keras.random.normal a keras.random.SeedGenerator.",
        )
    if np.abs(np.corrcoef(noise.T)).min() > 0.99:
        return Result(
            CHECK,
            "noise_shared_by_dimensions",
            "Sampling uses one number for all dimensions of an image: draw it in the shape of "
            "z_mean, so that each has its own.",
        )
    return None


def _of_distribution(z):
    """Compare centre, spread and form of the draws with those of each mistake."""
    centre, spread = z.mean(axis=0), z.std(axis=0)
    error = spread / DRAWS**0.5
    if (z >= MEANS).all() or (z <= MEANS).all():
        given = "The noise has one sign only: eps is drawn from N(0, 1), with both."
        return Result(CHECK, "noise_of_one_sign", given)
    if (np.abs(centre - MEANS) > 6 * error).any():
        for name, (expected, says) in CENTRES.items():
            if (np.abs(centre - expected) < 6 * error).all():
                return Result(CHECK, name, says)
        return Result(CHECK, "centre", _beside("The mean of z is", centre, MEANS))
    kurtosis = (((z - centre) / spread) ** 4).mean()
    sigma = np.exp(LOG_VARS / 2)
    if kurtosis < 2.5:
        given = "The noise is uniform, not Gaussian: draw eps with keras.random.normal."
        return Result(CHECK, "noise_uniform", given)
    if _near(spread, sigma):
        return None
    for name, (expected, says) in SPREADS.items():
        if _near(spread, expected):
            evidence = _beside("The standard deviation of z is", spread, sigma)
            return Result(CHECK, name, f"{says} {evidence}")
    return Result(CHECK, "spread", _beside("The standard deviation of z is", spread, sigma))


def _of_learning(layer):
    """Train a small model through the layer, and see whether both inputs learn."""
    inputs = keras.Input((2,))
    heads = [keras.layers.Dense(3) for _ in range(2)]
    model = None
    try:
        model = keras.Model(inputs, layer([head(inputs) for head in heads]))
        model.compile(keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)
        before = [head.get_weights()[0] for head in heads]
        with warnings.catch_warnings():  # Keras's own, on gradients that are missing
            warnings.simplefilter("ignore", UserWarning)
            model.fit(np.ones((8, 2)), 5 * np.ones((8, 3)), verbose=0)
    except Exception as error:  # the student's code may raise anything
        failed = Result(CHECK, "error", told(error))
        needs = model is None or "numpy" in failed.message or of_shapes(failed)
        if needs and "SeedGenerator" not in str(error):  # of which JAX tells itself
            given = (
                "In a model the tensors have no values yet, and the batch size is None: use "
                "ops.shape(z_mean) and ops.exp, not z_mean.shape and NumPy."
            )
            line = line_of(error).rstrip(",")
            return Result(CHECK, "needs_values", f"{given} {line} fails." if line else given)
        given = f"It fails as part of a model. {failed.message}"
        return Result(CHECK, "not_in_a_model", given)
    for head, weights, name, lost in zip(
        heads, before, ("z_mean", "z_log_var"), ("mean", "log_variance"), strict=True
    ):
        if np.array_equal(head.get_weights()[0], weights):
            return Result(
                CHECK,
                f"no_gradient_to_{lost}",
                f"No gradient reaches {name}, so that it never learns: z must be computed from it "
                "by tensor operations, with all chance in eps.",
            )
    return None


def _near(spread, expected):
    return np.abs(np.log(spread / expected)).max() < 0.1


def _beside(what, found, expected):
    found, expected = (", ".join(f"{value:.2g}" for value in row) for row in (found, expected))
    return f"{what} {found} where {expected} is expected, for z_log_var = -3, 0.7, 1.6."
