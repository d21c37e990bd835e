"""Answers with mistakes that any code may have: no value, no function, an error that is known."""

import math

import numpy as np
from keras import ops

from tests.checks.planted import wrong
from tests.checks.planted.losses import kl_by_ops


@wrong("kl", "returns_nothing")
def without_return(z_mean, z_log_var):
    kl = ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2  # noqa: F841


@wrong("kl", "returns_nothing")
def with_its_dots(z_mean, z_log_var):
    kl = ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2  # noqa: F841
    ...  # your code here


@wrong("kl", "prints")
def printed(z_mean, z_log_var):
    print(ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2)


@wrong("kl", "error_dots")
def half_written(z_mean, z_log_var):
    variance = ...
    return ops.sum(z_mean**2 + variance - 1 - z_log_var, axis=1) / 2


wrong("kl", "first_only")(lambda m, v: kl_by_ops(m, v)[0])


@wrong("kl", "returns_in_loop")
def inside_the_loop(z_mean, z_log_var):
    for m, v in zip(z_mean, z_log_var, strict=True):
        return ops.sum(m**2 + ops.exp(v) - 1 - v) / 2


KL = {
    "several_values": lambda m, v: (kl_by_ops(m, v),),
    "no_number": lambda m, v: "sum(m^2 + exp(v) - 1 - v) / 2",
    "error_caret": lambda m, v: ops.sum(m ^ 2 + ops.exp(v) - 1 - v, axis=1) / 2,
    "error_one_number": lambda m, v: ops.sum(m**2 + math.exp(v) - 1 - v, axis=1) / 2,
    "error_axis": lambda m, v: ops.sum(m**2 + ops.exp(v) - 1 - v, axis=2) / 2,
    "error_shapes": lambda m, v: ops.sum(m**2 + ops.exp(ops.repeat(v, 3, axis=1)), axis=1),
    "error_parameters": lambda m: ops.sum(m**2, axis=1),
    "error": lambda m, v: ops.sum(m**2 + sigma**2 - 1 - v, axis=1) / 2,  # noqa: F821
    "values_whole": lambda m, v: ops.sum(m**2 + ops.exp(v) - 1 - v, axis=1) // 2,
    "values_exponential": lambda m, v: ops.exp(kl_by_ops(m, v)),
    "values_inverse": lambda m, v: 1 / kl_by_ops(m, v),
    "combination": lambda m, v: ops.sum(ops.exp(m) + ops.exp(v) - 1 - v, axis=1) / 2,
    "no_function": ops.zeros(5),
}
for name, answer in KL.items():
    wrong("kl", name)(answer)
for value in (3.0, "my_kl", np.zeros(5)):
    wrong("kl", "no_function")(value)
wrong("encoder", "no_function")(3.0)
wrong("program 2", "error_tensor_method")(  # arrays of other backends have such a method
    lambda m, v: (m**2 + ops.exp(v) - 1 - v).sum(axis=1) / 2
)
wrong("kl", "several_values")(lambda m, v: (m, v))
wrong("kl", "error_one_number")(lambda m, v: float(kl_by_ops(m, v)))

LOSSES = {
    "error_ragged": lambda losses: np.mean(losses),
    "error_concatenate": lambda losses: np.mean(np.concatenate(*losses)),
    "error_list_method": lambda losses: losses.mean(),
    "values_negative": lambda losses: -np.concatenate(losses).mean(),
}
for name, answer in LOSSES.items():
    wrong("epoch_loss", name)(answer)


@wrong("epoch_loss", "error_unpack")
def of_two_batches(losses):
    first, last = losses
    return (first.mean() + last.mean()) / 2
