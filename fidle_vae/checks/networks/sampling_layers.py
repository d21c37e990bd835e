"""The check of a sampling layer: z = z_mean + exp(z_log_var / 2) * eps."""

from collections.abc import Callable
from functools import cached_property

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    exercise,
    has_words,
    outcome,
    recognise,
    runs_elsewhere,
)
from fidle_vae.checks.networks.layer_in_a_model import train_through
from fidle_vae.checks.networks.sampling_errors import explained

CHECK = "sampling_layer"
DRAWS = 4000
MEANS = np.array([2.0, -1.0, 0.5])
LOG_VARS = np.array([-3.0, 0.7, 1.6])
SIGMAS = np.exp(LOG_VARS / 2)
FACTORS = {  # what a student may take for the standard deviation
    "sigma": SIGMAS,
    "the variance": SIGMAS**2,
    "z_log_var": LOG_VARS,
    "z_log_var / 2": LOG_VARS / 2,
    "1 / sigma": 1 / SIGMAS,
}
POWERS = -2, -1, -0.5, 0, 0.25, np.log(2) / 2, 0.5, 1, 1.5, 2, 4  # by 2 ** too


@exercise
def sampling_layer(layer: type[keras.layers.Layer] | Callable) -> Result:
    """Check a layer, or its class, that takes [z_mean, z_log_var] and draws z."""
    made = outcome(CHECK, lambda: layer() if _is_class(layer) else layer)
    if isinstance(made, Result):
        return made
    shift = np.random.default_rng(9).normal(size=3) if runs_elsewhere(made) else 0
    rows = [np.tile(row.astype("float32"), (DRAWS, 1)) for row in (MEANS + shift, LOG_VARS)]
    draws = []
    for _ in range(2):
        z = attempt(CHECK, lambda z_mean, z_log_var: _tensor_of(made, z_mean, z_log_var), *rows)
        if isinstance(z, Result):
            return explained(z, made)
        draws.append(z - shift)
    right = "Centre, spread, noise and gradients are as they should be."
    result = recognise(CHECK, _Draws(*draws, made), MISTAKES, right)
    # no gradient passes between processes
    return train_through(made, result) if result.ok and not runs_elsewhere(made) else result


def _is_class(layer):
    return isinstance(layer, type) or getattr(layer, "is_class", False)


def _tensor_of(layer, z_mean, z_log_var):
    """Call a layer; several tensors in a list are returned as a tuple, which is no tensor."""
    z = layer([z_mean, z_log_var])
    return tuple(z) if isinstance(z, list) else z


class _Draws:
    """The draws of two calls; centre and spread, in each dimension, are those of the first."""

    def __init__(self, z, again, layer):
        self.z, self.again, self.layer = z, again, layer

    @property
    def by_numpy(self):
        return any(has_words(self.layer, name, ".", "random") for name in ("np", "numpy"))

    @property
    def come_back(self):
        return np.array_equal(self.z, self.again)

    @property
    def kept(self):
        """The name of the layer's attribute that keeps what a call has drawn, or ""."""
        for name, value in vars(self.layer).items():
            if keras.ops.is_tensor(value) and tuple(value.shape) == self.z.shape:
                return f"self.{name}"
        return ""

    @property
    def noise(self):
        return self.z - MEANS

    @cached_property
    def centre(self):
        return self.z.mean(axis=0)

    @cached_property
    def spread(self):
        return self.z.std(axis=0)

    @property
    def all_alike(self):
        return self.spread.max() < 1e-5

    @property
    def kurtosis(self):
        return (((self.z - self.centre) / self.spread) ** 4).mean()

    @property
    def is_in_exponent(self):
        """Whether the noise is exp(eps z_log_var / 2)."""
        if (self.noise <= 0).any():
            return False
        return np.abs(np.log(np.log(self.noise).std(axis=0) / np.abs(LOG_VARS / 2))).max() < 0.1

    @property
    def spreads(self):
        """The standard deviations of z beside those that are due, in words."""
        return _beside("The standard deviation of z is", self.spread, SIGMAS)

    @property
    def law(self):
        """What multiplies the noise, if that is a number times exp of a multiple of z_log_var."""
        for power in POWERS:
            numbers = self.spread / np.exp(power * LOG_VARS)
            number = float(f"{np.exp(np.log(numbers).mean()):.1g}")
            if np.ptp(np.log([*numbers, number])) < 0.12:
                words = f"exp({power:.2g} z_log_var)".replace("(1 ", "(")
                return words if number == 1 else f"{number:g} {words}"
        return ""

    def is_centred_at(self, means):
        return (np.abs(self.centre - means) < 6 * self.spread / DRAWS**0.5).all()

    def has_spread(self, sigmas):
        return np.abs(np.log(self.spread / sigmas)).max() < 0.1


def _centred_at(means):
    return lambda draws: not draws.is_centred_at(MEANS) and draws.is_centred_at(means)


def _with_spread(sigmas):
    """Make the trace of draws whose spread is not SIGMAS but `sigmas`; or, for None, any other."""

    def trace(draws):
        if draws.has_spread(SIGMAS) or (sigmas is not None and not draws.has_spread(sigmas)):
            return ""
        return draws.spreads

    return trace


def _beside(what, found, expected):
    found, expected = (", ".join(f"{value:.2g}" for value in row) for row in (found, expected))
    return f"{what} {found} where {expected} is expected, for z_log_var = -3, 0.7, 1.6."


MISTAKES = [
    Mistake(
        "sampling_of_both_inputs",
        "Shape {found.z.shape} where that of z_mean is expected: `inputs` holds both tensors, and "
        "each has its own name after z_mean, z_log_var = inputs.",
        lambda draws: draws.z.shape == (2, DRAWS, 3),
    ),
    Mistake(
        "shape",
        f"Shape {{seen}} where {(DRAWS, 3)} is expected, that of z_mean.",
        lambda draws: next((z.shape for z in (draws.z, draws.again) if z.shape != (DRAWS, 3)), ""),
    ),
    Mistake(
        "not_finite",
        "z is NaN or infinite for z_log_var = -3: a root or a logarithm of it does that.",
        lambda draws: not np.isfinite(draws.z).all(),
    ),
    Mistake(
        "no_noise",
        "There is no noise: z is z_mean, in every draw.",
        lambda draws: np.abs(draws.noise).max() < 1e-5,
    ),
    Mistake(
        "no_noise",
        "There is no noise: z is the same at every call. Draw eps by keras.random.normal.",
        lambda draws: draws.all_alike and np.allclose(draws.z, draws.again),
    ),
    Mistake(
        "noise_shared_by_batch",
        "The noise is shared by the whole batch: draw it in the shape of z_mean, so that each "
        "image has its own.",
        lambda draws: draws.all_alike,
    ),
    Mistake(
        "noise_begins_anew",
        "The same noise comes back at every call: a generator that is made inside `call` begins "
        "anew each time. Use the one that __init__ made, self.noise.",
        lambda draws: draws.come_back and has_words(draws.layer, "SeedGenerator", "("),
    ),
    Mistake(
        "noise_kept",
        "{seen} keeps what the first call drew, and so the same noise comes back at every later "
        "one: draw it anew in each call, into a name without self.",
        lambda draws: draws.come_back and draws.kept,
    ),
    Mistake(
        "noise_comes_back",
        "The same noise comes back at every call, as it does with a fixed integer as seed: give "
        "keras.random.normal the layer's generator, seed=self.noise.",
        lambda draws: draws.come_back,
    ),
    Mistake(
        "noise_shared_by_dimensions",
        "Sampling uses one number for all dimensions of an image: draw it in the shape of z_mean, "
        "so that each has its own.",
        lambda draws: np.abs(np.corrcoef(draws.noise.T)).min() > 0.99,
    ),
    Mistake(
        "noise_in_exponent",
        "eps stands inside the exp: only z_log_var / 2 belongs there, and eps is multiplied by "
        "what comes out.",
        lambda draws: draws.is_in_exponent,
    ),
    Mistake(
        "noise_uniform",
        "The noise is uniform, between 0 and 1 as it seems: draw eps with keras.random.normal, "
        "which gives both signs.",
        lambda draws: (draws.noise >= 0).all() and draws.kurtosis < 2.5,
    ),
    Mistake(
        "noise_of_one_sign",
        "The noise has one sign only: eps is drawn from N(0, 1), with both.",
        lambda draws: (draws.noise >= 0).all() or (draws.noise <= 0).all(),
    ),
    Mistake(
        "noise_scales_the_mean",
        "The noise multiplies z_mean too, so that z lies around 0: mind the brackets, only sigma "
        "is multiplied by the noise.",
        lambda draws: draws.is_centred_at(np.zeros(3)) and draws.has_spread(abs(MEANS + SIGMAS)),
    ),
    Mistake(
        "noise_times_product",
        "z_mean multiplies the noise: it is added to it, and only sigma multiplies.",
        lambda draws: (
            draws.is_centred_at(np.zeros(3))
            and any(map(draws.has_spread, (abs(MEANS), abs(MEANS * SIGMAS))))
        ),
    ),
    Mistake(
        "mean_twice",
        "z_mean counts twice: z lies around 2 z_mean.",
        _centred_at(2 * MEANS),
    ),
    Mistake(
        "mean_missing",
        "z_mean is missing: z lies around 0 whatever the image.",
        _centred_at(np.zeros(3)),
    ),
    *(
        Mistake(
            "sigma_scales_the_mean",
            f"{factor[0].upper() + factor[1:]} multiplies z_mean: only the noise is scaled.",
            _centred_at(MEANS * values),
        )
        for factor, values in FACTORS.items()
    ),
    Mistake(
        "arguments_exchanged",
        "z_mean and z_log_var are exchanged: the layer takes [z_mean, z_log_var].",
        _centred_at(LOG_VARS),
    ),
    Mistake(
        "sigma_added",
        "sigma is added to z_mean: it multiplies the noise, and only their product is added.",
        _centred_at(MEANS + SIGMAS),
    ),
    Mistake(
        "mean_and_sigma_exchanged",
        "z_mean multiplies the noise and sigma is added: it is the other way round.",
        _centred_at(SIGMAS),
    ),
    Mistake("mean_subtracted", "z_mean is subtracted: it must be added.", _centred_at(-MEANS)),
    Mistake(
        "centre",
        "{seen}",
        lambda draws: (
            "" if draws.is_centred_at(MEANS) else _beside("The mean of z is", draws.centre, MEANS)
        ),
    ),
    Mistake(
        "noise_by_numpy",
        "NumPy draws the noise: in a model that would be once, when it is built. Draw it with "
        "keras.random.normal, and seed=self.noise.",
        lambda draws: draws.by_numpy,
    ),
    Mistake(
        "noise_uniform",
        "The noise is uniform, not Gaussian: draw eps with keras.random.normal.",
        lambda draws: draws.kurtosis < 2,
    ),
    Mistake(
        "noise_truncated",
        "The noise has too few values far out, as if its ends were cut off: draw eps with "
        "keras.random.normal, and keep what it gives.",
        lambda draws: draws.kurtosis < 2.6,
    ),
    Mistake(
        "sigma_is_the_variance",
        "You scale the noise by the variance: the standard deviation is asked, which is its root. "
        "{seen}",
        _with_spread(np.exp(LOG_VARS)),
    ),
    Mistake(
        "noise_not_scaled",
        "The noise is not scaled: multiply it by the standard deviation. {seen}",
        _with_spread(np.ones(3)),
    ),
    Mistake(
        "sigma_is_the_log_variance",
        "You scale the noise by z_log_var itself, the logarithm of the variance: the standard "
        "deviation is asked. {seen}",
        _with_spread(np.abs(LOG_VARS)),
    ),
    Mistake(
        "sigma_is_half_the_log_variance",
        "You scale the noise by z_log_var / 2: that is log sigma; its exp is missing. {seen}",
        _with_spread(np.abs(LOG_VARS) / 2),
    ),
    Mistake(
        "sigma_upside_down",
        "You divide the noise by the standard deviation: multiply it. {seen}",
        _with_spread(1 / SIGMAS),
    ),
    Mistake(
        "sigma_bracket",
        "You multiply by z_log_var after the exp: z_log_var belongs inside it, with its factor. "
        "{seen}",
        _with_spread(np.exp(0.5) * np.abs(LOG_VARS)),
    ),
    Mistake(
        "noise_times_mean",
        "The noise is multiplied by z_mean: only sigma multiplies it. {seen}",
        _with_spread(np.abs(MEANS) * SIGMAS),
    ),
    Mistake(
        "sigma_by_another_law",
        "You scale the noise by {seen}: the standard deviation is asked, the root of the variance "
        "exp(z_log_var). {found.spreads}",
        lambda draws: "" if draws.has_spread(SIGMAS) else draws.law,
    ),
    Mistake("spread", "{seen}", _with_spread(None)),
    Mistake(
        "noise_of_a_new_generator",
        "`call` makes a generator at each call: in a compiled model that happens once, and every "
        "batch may get the same noise. Use the one that __init__ made, self.noise.",
        lambda draws: has_words(draws.layer, "SeedGenerator", "("),
    ),
]
