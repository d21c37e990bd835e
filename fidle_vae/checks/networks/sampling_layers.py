"""The check of a sampling layer: z = z_mean + exp(z_log_var / 2) * eps."""

import re
from collections.abc import Callable
from functools import cached_property

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    exercise,
    explain,
    has_words,
    outcome,
    recognise,
)
from fidle_vae.checks.networks.layer_in_a_model import train_through

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


@exercise
def sampling_layer(layer: type[keras.layers.Layer] | Callable) -> Result:
    """Check a layer, or its class, that takes [z_mean, z_log_var] and draws z."""
    made = outcome(CHECK, lambda: layer() if isinstance(layer, type) else layer)
    if isinstance(made, Result):
        return made
    rows = [np.tile(row.astype("float32"), (DRAWS, 1)) for row in (MEANS, LOG_VARS)]
    draws = []
    for _ in range(2):
        z = attempt(CHECK, lambda z_mean, z_log_var: _tensor_of(made, z_mean, z_log_var), *rows)
        if isinstance(z, Result):
            return _explained(z, made)
        draws.append(z)
    right = "Centre, spread, noise and gradients are as they should be."
    result = recognise(CHECK, _Draws(*draws, made), MISTAKES, right)
    return train_through(made, result) if result.ok else result


def _tensor_of(layer, z_mean, z_log_var):
    """Call a layer; several tensors in a list are returned as a tuple, which is no tensor."""
    z = layer([z_mean, z_log_var])
    return tuple(z) if isinstance(z, list) else z


def _explained(result, layer):
    """Add to an error what it means for a layer that draws."""
    unknown = re.search(r"name '(\w+)' is not defined", result.message)
    if unknown and hasattr(layer, unknown[1]):
        says = f"{unknown[1]} belongs to the layer: write self.{unknown[1]}."
        return Result(CHECK, "sampling_without_self", f"{result.message} {says}")
    hints = {
        r"Tshape|normal\(z_mean\s*[,)]": (
            "sampling_shape_is_a_tensor",
            "keras.random.normal takes a shape, ops.shape(z_mean), and not the tensor itself.",
        ),
        r"normal\([^`]*`.*SeedGenerator|normal\(ops\.shape\(\w+\), (self\.)?\w+\)": (
            "sampling_seed_by_place",
            "The second argument of keras.random.normal is the mean: give the generator by its "
            "name, seed=self.noise.",
        ),
        r"name '(batch\w*|latent_dim|dims?)' is not defined": (
            "sampling_shape_by_names",
            "Take the shape from what you have: that of z_mean, ops.shape(z_mean).",
        ),
        "name 'K' is not defined": (
            "sampling_old_backend",
            "K was the backend in older tutorials: in Keras 3 it is ops, as in ops.exp.",
        ),
        "no attribute '(seed|seed_generator|generator|rng)'": (
            "sampling_other_generator",
            "The generator that __init__ made is called self.noise.",
        ),
        r"normal\([^`]*shape(\(\w+\))?\[\d\] *[,)]|must be a vector": (
            "sampling_part_of_a_shape",
            "keras.random.normal needs the whole shape of z_mean, ops.shape(z_mean), and not one "
            "number of it.",
        ),
        "argument": (
            "sampling_arguments",
            "Both tensors come in one list, [z_mean, z_log_var], as Keras passes them: one "
            "parameter, which is unpacked inside.",
        ),
        "do not fit together": (
            "sampling_noise_shape",
            "Draw the noise in the shape of z_mean, ops.shape(z_mean).",
        ),
        "'SeedGenerator' object is not callable": (
            "sampling_generator_called",
            "self.noise draws nothing itself: give it to keras.random.normal as its seed.",
        ),
    }
    for errors, (mistake, hint) in hints.items():
        result = explain(result, errors, mistake, hint)
    return explain(
        result,
        "SeedGenerator(?!' object is not callable)",
        "sampling_generator_as_noise",
        "a generator stands where numbers are due. It is no noise itself, it is a seed: eps is "
        "what keras.random.normal draws in the shape of z_mean, with seed=self.noise.",
        alone=True,
    )


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
        return _beside("The standard deviation of z is", draws.spread, SIGMAS)

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
        lambda draws: draws.kurtosis < 2.5,
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
        "sigma_of_log_sigma_twice",
        "You scale the noise by the square of the variance: the standard deviation is its root. "
        "{seen}",
        _with_spread(np.exp(2 * LOG_VARS)),
    ),
    Mistake(
        "sigma_in_base_2",
        "You take a power of 2: log sigma^2 is a natural logarithm, which ops.exp undoes. {seen}",
        _with_spread(2 ** (LOG_VARS / 2)),
    ),
    Mistake(
        "sigma_is_half_the_variance",
        "You scale the noise by half of the variance: the 1/2 belongs in the exponent, where it "
        "makes the root. {seen}",
        _with_spread(np.exp(LOG_VARS) / 2),
    ),
    Mistake(
        "sigma_halved",
        "Your noise is half as wide as it should be: the 1/2 belongs in the exponent only. {seen}",
        _with_spread(SIGMAS / 2),
    ),
    Mistake(
        "sigma_of_a_quarter",
        "You halve z_log_var twice, or take a root too many. {seen}",
        _with_spread(np.exp(LOG_VARS / 4)),
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
    Mistake("spread", "{seen}", _with_spread(None)),
    Mistake(
        "noise_of_a_new_generator",
        "`call` makes a generator at each call: in a compiled model that happens once, and every "
        "batch may get the same noise. Use the one that __init__ made, self.noise.",
        lambda draws: has_words(draws.layer, "SeedGenerator", "("),
    ),
]
