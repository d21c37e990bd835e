"""The five programs to mend: as they stand, mended, and mended wrongly."""

import linecache
from pathlib import Path

import keras
import nbformat
import numpy as np
from keras import layers, ops

from fidle_vae import checks as check
from fidle_vae.course.catalogue import catalogue
from tests.checks.planted import called, right, unfinished, wrong
from tests.checks.planted.losses import kl_by_numpy, kl_by_ops, r_of
from tests.checks.planted.measures import (
    elbos,
    forward,
    forward_by_predictions,
    metrics_of,
    z_of_another_call,
)
from tests.checks.planted.sampling import MySampling, layer_of, normal

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


def as_it_stands(lesson, number):
    """Return a program with its mistake, as a lesson has it."""
    for cell in nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4).cells:
        name = next((name for name in names_of(number) if f" {name}(" in cell.source), None)
        if name and cell.source.lstrip().startswith(("class", "def")):
            file, names = f"/tmp/ipykernel_1/{name}.py", {"__name__": "__main__"}
            names |= {"np": np, "keras": keras, "layers": layers, "ops": ops}
            linecache.cache[file] = len(cell.source), None, cell.source.splitlines(True), file
            exec(compile(cell.source, file, "exec"), names)
            return names[name]
    raise ValueError(f"{lesson} has no program {number}")


def names_of(number):
    return f"program_{number}", f"Program{number}"


for lesson, entry in catalogue().items():
    for number in entry.programs:
        wrong(f"program {number}", "still_there")(as_it_stands(lesson, number))


@wrong("program 1", "not_mended")
class Sampling(keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean))
        return z_mean + ops.exp(z_log_var) * eps


unfinished("program 1", None, ..., layer_of(lambda m, v: ...))


def program_2(z_mean, z_log_var):
    kl = 0.5 * (z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var)
    return ops.mean(kl, axis=1)


def program_3(x, x_hat, z_mean, z_log_var):
    r_loss = ops.mean(ops.binary_crossentropy(x, x_hat), axis=(1, 2, 3))
    kl_loss = 0.5 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)
    return 1.0 * ops.sum(r_loss) + 1e-3 * ops.sum(kl_loss)


def program_4(encoder, decoder, x):
    z_mean = encoder(x)[0]
    z_log_var = encoder(x)[1]
    z = encoder(x)[2]
    return z_mean, z_log_var, decoder(z)


def program_5(vae, data):
    return metrics_of(vae, np.concatenate([data.x_train, data.x_test]))["elbo"]


for number in range(1, 6):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
for number, program in enumerate((program_2, program_3, program_4, program_5), 2):
    wrong(f"program {number}", "not_mended")(program)


def loss_of_totals(over_r, over_kl):
    def my_loss(x, x_hat, z_mean, z_log_var):
        return over_r(r_of(x, x_hat)) + 1e-3 * over_kl(kl_by_ops(z_mean, z_log_var))

    return my_loss


# Mended wrongly: told as the check of the thing itself tells it
wrong("program 1", "sigma_by_another_law")(
    layer_of(lambda m, v, seed: m + ops.sqrt(ops.exp(v / 2)) * normal(m, seed))
)
wrong("program 1", "sampling_of_torch")(  # tensors of PyTorch have such a method
    layer_of(lambda m, v, seed: m + v.mul(0.5).exp_() * normal(m, seed))
)
wrong("program 2", "kl_sum_over_batch")(lambda m, v: ops.sum(kl_by_ops(m, v)))
wrong("program 3", "loss_reconstruction_sum_over_batch")(loss_of_totals(ops.sum, ops.mean))
wrong("program 3", "loss_kl_sum_over_batch")(loss_of_totals(ops.mean, ops.sum))
wrong("program 3", "loss_of_each_image")(loss_of_totals(ops.copy, ops.copy))
wrong("program 2", "kl_without_half")(lambda m, v: 2 * kl_by_ops(m, v))
wrong("program 2", "still_there")(lambda m, v: ops.mean(m**2 + ops.exp(v) - 1 - v, axis=1))
wrong("program 3", "loss_kl_unweighted")(
    lambda x, x_hat, z_mean, z_log_var: ops.mean(r_of(x, x_hat) + kl_by_ops(z_mean, z_log_var))
)
wrong("program 3", "still_there")(
    lambda x, x_hat, z_mean, z_log_var: (
        ops.sum(keras.losses.binary_crossentropy(x, x_hat))
        + 1e-3 * ops.sum(kl_by_ops(z_mean, z_log_var))
    )
)
wrong("program 3", "loss_kl_over_images")(
    lambda x, x_hat, z_mean, z_log_var: ops.sum(
        r_of(x, x_hat) + 1e-3 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=0) / 2
    )
)
wrong("program 5", "held_out_some_images")(lambda vae, data: elbos(vae, data.x_test[:100]).mean())
wrong("program 4", "forward_two_calls")(z_of_another_call)
wrong("program 4", "forward_by_predict")(forward_by_predictions)
wrong("program 5", "held_out_on_training")(lambda vae, data: elbos(vae, data.x_train).mean())


def loss_with(total, kl=lambda m, v: ops.sum(m**2 + ops.exp(v) - 1 - v, axis=1) / 2, k2=1e-3):
    def my_loss(x, x_hat, z_mean, z_log_var):
        return total(r_of(x, x_hat) + k2 * kl(z_mean, z_log_var))

    return my_loss


def kl_of(formula):
    return lambda m, v: ops.sum(formula(m, v), axis=1) / 2


def not_squared(m, v):
    return m + ops.exp(v) - 1 - v


wrong("program 3", "loss_largest_image")(loss_with(ops.max))
wrong("program 3", "loss_smallest_image")(loss_with(ops.min))
wrong("program 3", "loss_median")(loss_with(ops.median))
wrong("program 3", "loss_product_of_images")(loss_with(ops.prod))
wrong("program 3", "loss_of_another_kl")(loss_with(ops.mean, kl_of(not_squared)))
wrong("program 3", "still_there")(loss_with(ops.sum, kl_of(not_squared)))
wrong("program 3", "still_there")(loss_with(ops.sum, k2=1e-2))
wrong("program 3", "still_there")(
    lambda x, x_hat, z_mean, z_log_var: (
        loss_with(ops.sum, kl_of(not_squared))(x, x_hat, z_mean, z_log_var) / 784
    )
)


def program_3_mended(x, x_hat, z_mean, z_log_var):
    return ops.mean(r_of(x, x_hat) + 1e-3 * kl_by_ops(z_mean, z_log_var))


MENDED = {
    1: [MySampling, layer_of(lambda m, v, seed: m + ops.sqrt(ops.exp(v)) * normal(m, seed))],
    2: [kl_by_ops, kl_by_numpy],
    3: [loss_of_totals(ops.mean, ops.mean), program_3_mended],
    4: [forward, lambda encoder, decoder, x: (lambda m, v, z: (m, v, decoder(z)))(*encoder(x))],
    5: [
        lambda vae, data: metrics_of(vae, data.x_test)["elbo"],
        lambda vae, data: elbos(vae, data.x_test).mean(),
    ],
}
for number, answers in MENDED.items():
    for answer in answers:
        right(f"program {number}")(answer)
