"""Answers to the sampling layer."""

import keras
import numpy as np
from keras import ops

import fidle_vae
from tests.checks.planted import on_every_backend, right, unfinished, wrong

on_every_backend("sampling_layer")


def normal(x, seed=None):
    return keras.random.normal(ops.shape(x), seed=seed)


DRAWS = {
    "sigma_is_the_variance": lambda m, v: m + ops.exp(v) * normal(m),
    "noise_not_scaled": lambda m, v: m + normal(m),
    "sigma_is_the_log_variance": lambda m, v: m + v * normal(m),
    "sigma_is_half_the_log_variance": lambda m, v: m + 0.5 * v * normal(m),
    "sigma_upside_down": lambda m, v: m + normal(m) / ops.exp(0.5 * v),
    "noise_times_mean": lambda m, v: m + m * ops.exp(v / 2) * normal(m),
    "mean_missing": lambda m, v: ops.exp(v / 2) * normal(m),
    "sigma_scales_the_mean": lambda m, v: ops.exp(v / 2) * (m + normal(m)),
    "arguments_exchanged": lambda v, m: m + ops.exp(v / 2) * normal(m),
    "mean_subtracted": lambda m, v: ops.exp(v / 2) * normal(m) - m,
    "centre": lambda m, v: m + 1 + ops.exp(v / 2) * normal(m),
    "spread": lambda m, v: m + (ops.exp(v / 2) + 1) * normal(m),
    "no_noise": lambda m, v: m + ops.exp(v / 2) * 0,
    "noise_comes_back": lambda m, v: m + ops.exp(v / 2) * normal(m, seed=1),
    "noise_shared_by_batch": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.normal((1, m.shape[-1]))
    ),
    "noise_shared_by_dimensions": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.normal((ops.shape(m)[0], 1))
    ),
    "noise_of_one_sign": lambda m, v: m + ops.exp(v / 2) * ops.abs(normal(m)),
    "noise_uniform": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.uniform(ops.shape(m), -(3**0.5), 3**0.5)
    ),
    "noise_in_exponent": lambda m, v: m + ops.exp(v / 2 * normal(m)),
    "noise_truncated": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.truncated_normal(ops.shape(m))
    ),
    "not_finite": lambda m, v: m + ops.sqrt(v) * normal(m),
    "shape": lambda m, v: ops.sum(m + ops.exp(v / 2) * normal(m), axis=1),
    "no_gradient_to_log_variance": lambda m, v, seed: (
        m + ops.stop_gradient(ops.exp(v / 2)) * normal(m, seed)
    ),
    "no_gradient_to_mean": lambda m, v, seed: (
        ops.stop_gradient(m) + ops.exp(v / 2) * normal(m, seed)
    ),
    "needs_values": lambda m, v: ops.convert_to_tensor(
        np.random.default_rng().normal(np.asarray(m), np.exp(np.asarray(v) / 2))
    ),
    "sampling_of_both_inputs": lambda m, v: ops.stack([m, v]) + ops.exp(v / 2) * normal(m),
    "sampling_noise_shape": lambda m, v: m + ops.exp(v / 2) * keras.random.normal((4000,)),
    "sampling_generator_called": lambda m, v, seed: m + ops.exp(v / 2) * seed(m.shape),
    "sampling_matrix_product": lambda m, v: m + ops.matmul(ops.exp(v / 2), normal(m)),
    "several_values": lambda m, v: [m, v, m + ops.exp(v / 2) * normal(m)],
    "sigma_added": lambda m, v: m + ops.exp(v / 2) + normal(m),
    "mean_and_sigma_exchanged": lambda m, v: m * normal(m) + ops.exp(v / 2),
    "error": lambda m, v: m + ops.exp(v / 2) * normal(n),  # noqa: F821
    "noise_scales_the_mean": lambda m, v: (m + ops.exp(v / 2)) * normal(m),
    "noise_times_product": lambda m, v: m * ops.exp(v / 2) * normal(m),
    "mean_twice": lambda m, v: m + m + ops.exp(v / 2) * normal(m),
    "sigma_bracket": lambda m, v: m + ops.exp(1 / 2) * v * normal(m),
    "sampling_shape_is_a_tensor": lambda z_mean, v, noise: (
        z_mean + ops.exp(v / 2) * keras.random.normal(z_mean, seed=noise)
    ),
    "sampling_seed_by_place": lambda m, v, noise: (
        m + ops.exp(v / 2) * keras.random.normal(ops.shape(m), noise)
    ),
    "sampling_shape_by_names": lambda m, v: (
        m + ops.exp(v / 2) * keras.random.normal((batch, latent_dim))  # noqa: F821
    ),
    "sampling_old_backend": lambda m, v: m + K.exp(v / 2) * normal(m),  # noqa: F821
    "sampling_part_of_a_shape": lambda m, v, noise: (
        m + ops.exp(v / 2) * keras.random.normal(m.shape[0], seed=noise)
    ),
}


def layer_of(draw):
    class MyLayer(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.generator = keras.random.SeedGenerator(5)

        def call(self, inputs):
            seeds = [self.generator] if draw.__code__.co_argcount == 3 else []
            return draw(*inputs, *seeds)

    return MyLayer


unfinished("sampling_layer", None, ..., layer_of(lambda m, v: ...))
for name, draw in DRAWS.items():
    wrong("sampling_layer", name)(layer_of(draw))


class OfTwoArguments(keras.layers.Layer):
    def call(self, z_mean, z_log_var):
        return z_mean + ops.exp(z_log_var / 2) * normal(z_mean)


wrong("sampling_layer", "sampling_arguments")(OfTwoArguments)
wrong("sampling_layer", "sampling_arguments")(lambda m, v: m + ops.exp(v / 2) * normal(m))
wrong("sampling_layer", "no_noise")(layer_of(lambda m, v: m + ops.exp(v / 2)))
wrong("sampling_layer", "needs_values")(
    layer_of(lambda m, v, seed: m + ops.exp(v / 2) * keras.random.normal((4000, 3), seed=seed))
)


class WithNoise(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.noise = keras.random.SeedGenerator(6)


@wrong("sampling_layer", "sampling_without_self")
class WithoutSelf(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(z_log_var / 2) * normal(z_mean, seed=noise)  # noqa: F821


@wrong("sampling_layer", "sampling_other_generator")
class WithAnotherName(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(z_log_var / 2) * eps


wrong("sampling_layer", "noise_uniform")(
    layer_of(lambda m, v: m + ops.exp(v / 2) * keras.random.uniform(ops.shape(m)))
)


@wrong("sampling_layer", "noise_kept")
class WithTheFirstNoise(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        if not hasattr(self, "eps"):
            self.eps = normal(z_mean, self.noise)
        return z_mean + ops.exp(z_log_var / 2) * self.eps


@wrong("sampling_layer", "sampling_generator_as_noise")
class WithTheGeneratorItself(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(z_log_var / 2) * self.noise


for draw in (
    lambda m, v: m + ops.exp(v) ** 2 * normal(m),
    lambda m, v: m + 0.5 * ops.exp(v / 2) * normal(m),
    lambda m, v: m + ops.sqrt(ops.exp(v / 2)) * normal(m),
    lambda m, v: m + 2 ** (v / 2) * normal(m),
    lambda m, v: m + 0.5 * ops.exp(v) * normal(m),
    lambda m, v: m + 0.1 * ops.exp(v / 2) * normal(m),
    lambda m, v: m + 3 * ops.exp(v / 2) * normal(m),
):
    wrong("sampling_layer", "sigma_by_another_law")(layer_of(draw))
wrong("sampling_layer", "sigma_scales_the_mean")(layer_of(lambda m, v: ops.exp(v) * m + normal(m)))


@wrong("sampling_layer", "noise_begins_anew")
class WithAGeneratorInCall(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        seed = keras.random.SeedGenerator(1)
        return z_mean + ops.exp(z_log_var / 2) * normal(z_mean, seed)


@wrong("sampling_layer", "noise_of_a_new_generator")
class WithAnUnseededGeneratorInCall(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        seed = keras.random.SeedGenerator()
        return z_mean + ops.exp(z_log_var / 2) * normal(z_mean, seed)


@wrong("sampling_layer", "noise_by_numpy")
class ByNumPy(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = np.random.normal(size=z_mean.shape).astype("float32")  # noqa: NPY002
        return z_mean + ops.exp(z_log_var / 2) * ops.convert_to_tensor(eps)


@wrong("sampling_layer", "quotient_of_zero")
class WithAWholeQuotient(WithNoise):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(1 // 2 * z_log_var) * normal(z_mean, self.noise)


@wrong("sampling_layer", "not_in_a_model")
class WithASlip(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(6)

    def call(self, inputs, training=False):
        z_mean, z_log_var = inputs
        if training:
            return z_mean + ops.exp(z_log_var / 2) * eps  # noqa: F821
        return z_mean + ops.exp(z_log_var / 2) * normal(z_mean, self.seeds)


@right("sampling_layer")
class MySampling(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(7)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * eps


right("sampling_layer")(layer_of(lambda m, v, seed: m + ops.sqrt(ops.exp(v)) * normal(m, seed)))
right("sampling_layer")(fidle_vae.SamplingLayer)
