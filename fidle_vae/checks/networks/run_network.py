"""Builds a student's network and runs it, so that a check can look at its outputs."""

import warnings
from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import Result, has_parameters, outcome


def build(check: str, network: Callable, latent_dim: int, wrapped: str) -> Callable | Result:
    """Return the network, built by the student's function if it is one, or what is wrong."""
    builder = has_parameters(network, "latent_dim")
    made = outcome(check, lambda: network(latent_dim=latent_dim) if builder else network)
    if isinstance(made, list | tuple | keras.KerasTensor) and not isinstance(made, Result):
        says = f"It gives a {type(made).__name__}: wrap it in {wrapped}."
        return Result(check, f"{check}_not_wrapped", says)
    return made


class Outputs:
    """The outputs of a network for a batch, for the same again, and for its first example alone."""

    def __init__(self, network: Callable, inputs: np.ndarray):
        self.outputs, self.again, self.alone = (
            _arrays(network, batch) for batch in (inputs, inputs, inputs[:1])
        )
        self.count = len(self.outputs)

    @property
    def finite(self) -> bool:
        """Whether no value is NaN or infinite."""
        return all(np.isfinite(output).all() for output in self.outputs)

    @property
    def constant(self) -> bool:
        """Whether an output is the same for all examples."""
        return any(np.ptp(output, axis=0).max() < 1e-7 for output in self.outputs)

    @property
    def random(self) -> bool:
        """Whether the same batch has other outputs at the next call."""
        return not _same(self.outputs, self.again)

    @property
    def mixed(self) -> bool:
        """Whether an example's output depends on the others of its batch."""
        return not _same([output[:1] for output in self.outputs], self.alone)


def _arrays(network, inputs):
    """Call a network; return its outputs as a list of arrays."""
    how = {"training": False} if isinstance(network, keras.Layer) else {}
    with warnings.catch_warnings():  # of Keras, on an unusual activation for example
        warnings.simplefilter("ignore", UserWarning)
        outputs = network(ops.convert_to_tensor(inputs), **how)
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [ops.convert_to_numpy(output) for output in outputs]


def _same(some, others):
    return all(np.allclose(a, b, atol=1e-4) for a, b in zip(some, others, strict=True))
