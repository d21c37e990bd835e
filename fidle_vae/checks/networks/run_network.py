"""Builds a student's network and runs it, so that a check can look at its outputs."""

import inspect
import warnings
from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, outcome


def build(check: str, network: Callable, latent_dim: int, inputs: np.ndarray) -> object:
    """Return what a student's function builds for latent_dim, or what is wrong with it.

    Anything but a function is returned as it is, and so is a function that is a network itself: it
    fails for a number, and takes a batch of inputs.
    """
    if not inspect.isfunction(network):
        return outcome(check, lambda: network)
    made = outcome(check, network, latent_dim)
    if isinstance(made, Result) and not isinstance(outcome(check, network, inputs), Result):
        return network
    return made


def require_wrapped(check: str, made: object, wrapped: str) -> Result | None:
    """Return what is wrong with tensors that are in no model; None where there are none."""
    if isinstance(made, list | tuple | keras.KerasTensor) and not isinstance(made, Result):
        says = f"It gives a {type(made).__name__}: wrap it in {wrapped}."
        return Result(check, f"{check}_not_wrapped", says)
    return None


def form_of(check: str, shape: tuple[int, ...]) -> list[Mistake]:
    """Return the mistake of a model that begins elsewhere than at inputs of this shape."""
    return [
        Mistake(
            f"{check}_begins_elsewhere",
            f"It takes inputs of shape {{seen}} where {shape} is expected: the first argument of "
            "keras.Model is what keras.Input returned.",
            lambda network: _other_input(network, shape),
        )
    ]


def _other_input(network, shape):
    inputs = getattr(network, "inputs", None) or ()
    shapes = [tuple(each.shape[1:]) for each in inputs]
    return "" if not shapes or shapes == [shape] else ", ".join(map(str, shapes))


class Outputs:
    """The outputs of a network for a batch, for the same again, and for its first example alone.

    Their names are those of a dict, if it gives one.
    """

    def __init__(self, network: Callable, inputs: np.ndarray):
        self.names, self.outputs = _call(network, inputs)
        self.again, self.alone = (_call(network, batch)[1] for batch in (inputs, inputs[:1]))
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


def _call(network, inputs):
    """Call a network; return the names of its outputs, if it has any, and the outputs as arrays."""
    how = {"training": False} if isinstance(network, keras.Layer) else {}
    with warnings.catch_warnings():  # of Keras, on an unusual activation for example
        warnings.simplefilter("ignore", UserWarning)
        outputs = network(ops.convert_to_tensor(inputs), **how)
    names = list(outputs) if isinstance(outputs, dict) else []
    if names:
        outputs = list(outputs.values())
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return names, [ops.convert_to_numpy(output) for output in outputs]


def _same(some, others):
    return all(np.allclose(a, b, atol=1e-4) for a, b in zip(some, others, strict=True))
