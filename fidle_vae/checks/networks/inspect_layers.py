"""Looks into a student's network: its last activations, and whether it has a convolution."""

from collections.abc import Callable

import keras


def activations_of(network: Callable, shape: tuple[int, ...]) -> list[str]:
    """Return the name of the last activation of each output; [] where they cannot be found."""
    if isinstance(network, keras.Layer) and not getattr(network, "outputs", None):
        try:  # a class of the student's: follow its call from an input
            inputs = keras.Input(shape)
            network = keras.Model(inputs, network.call(inputs))
        except Exception:  # it may do what cannot be followed
            return []
    return [_activation(network, output) for output in getattr(network, "outputs", None) or ()]


def _activation(network, output):
    layer = next((each for each in network.layers if each.output is output), None)
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", None) or type(layer).__name__.lower()


def convolves(network: Callable) -> bool:
    """Whether a network has a convolution at any depth; assumed of a function that is no layer."""
    convolutions = keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D
    if not isinstance(network, keras.Layer):
        return True
    seen, inside = [], [network]
    while inside:
        layer = inside.pop()
        if isinstance(layer, convolutions):
            return True
        if all(layer is not each for each in seen):  # a layer may refer to the one it is in
            inside += getattr(layer, "layers", None) or _layers_of(layer)
        seen.append(layer)
    return False


def _layers_of(layer):
    """Yield the layers that are attributes of a layer, alone or in a list."""
    for value in vars(layer).values():
        several = value if isinstance(value, list | tuple) else [value]
        yield from (each for each in several if isinstance(each, keras.Layer))
