"""The activation functions that the explorer supports, and their parameters: activations.js."""

import inspect
from collections.abc import Callable

import keras

NAMES = (
    "elu", "gelu", "leaky_relu", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "tanh",
)  # fmt: skip
FUNCTIONS = {getattr(keras.activations, name): name for name in NAMES}


def describe_function(function: Callable, label: str) -> dict:
    """Describe a Keras activation, or a functools.partial of one that sets its parameters."""
    name = FUNCTIONS.get(getattr(function, "func", function))
    if name is None:
        raise ValueError(
            f"{label} has the activation {getattr(function, '__name__', function)!r}, which the "
            f"explorer cannot draw; it can: {', '.join(NAMES)}, linear"
        )
    _, *parameters = inspect.signature(function).parameters.values()
    return _entry(name, **{parameter.name: parameter.default for parameter in parameters})


def describe_layer(layer: keras.Layer) -> dict:
    """Describe a ReLU, LeakyReLU or ELU layer."""
    if isinstance(layer, keras.layers.ReLU):
        return _entry(
            "relu",
            negative_slope=float(layer.negative_slope),
            max_value=None if layer.max_value is None else float(layer.max_value),
            threshold=float(layer.threshold),
        )
    if isinstance(layer, keras.layers.LeakyReLU):
        return _entry("leaky_relu", negative_slope=float(layer.negative_slope))
    return _entry("elu", alpha=float(layer.alpha))


def _entry(name, **parameters):
    return {"type": "activation", "function": name, **parameters}
