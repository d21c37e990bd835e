"""Training on JAX with the images on the device and each epoch compiled into one program."""

import time
from collections.abc import Iterator
from typing import NamedTuple

import jax
import keras
import numpy as np
from jax import lax
from jax import numpy as jnp


class Epoch(NamedTuple):
    """The result of an epoch."""

    seconds: float  # since training began
    logs: dict[str, float]  # means over the epoch's images, as in the logs of `fit`


def train(
    vae: keras.Model, x: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
) -> Iterator[Epoch]:
    """Train as `vae.fit` does, except for the order of the images; yield each epoch's result.

    `fit` passes one batch after the other to a compiled step, so that a fast device waits for
    Python longer than it computes. Here Python makes one call per epoch.
    """
    start = time.perf_counter()
    vae.build(x.shape)
    vae.optimizer.build(vae.trainable_variables)
    x = jnp.asarray(x)
    key = jax.random.key(0)

    @jax.jit
    def epoch(state, x, key):
        def step(state, places):
            _, state = vae.train_step(state, (x[places],))
            return state, None

        order = jnp.arange(len(x))
        order = jax.random.permutation(key, order) if shuffle else order
        whole = len(x) // batch_size * batch_size
        state, _ = lax.scan(step, state, order[:whole].reshape(-1, batch_size))
        if whole < len(x):  # the last batch has fewer images
            state, _ = step(state, order[whole:])
        return state

    for number in range(epochs):
        vae.reset_metrics()
        variables = _variables(vae)
        values = tuple([variable.value for variable in group] for group in variables)
        values = epoch(values, x, jax.random.fold_in(key, number))
        for group, new in zip(variables, values, strict=True):
            for variable, value in zip(group, new, strict=True):
                variable.assign(value)
        logs = {name: float(value) for name, value in vae.get_metrics_result().items()}
        yield Epoch(time.perf_counter() - start, logs)


def _variables(vae):
    """Return all variables that a step changes, in the order of `train_step`'s state on JAX."""
    return (
        vae.trainable_variables,
        vae.non_trainable_variables,
        vae.optimizer.variables,
        vae.metrics_variables,
    )
