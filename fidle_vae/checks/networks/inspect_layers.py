"""What a student's network is made of: the last activations, and whether it convolves."""

from collections.abc import Callable

import keras


def activations_of(network: Callable, shape: tuple[int, ...]) -> list[str]:
    """Give the name of the activation that each output goes through last, as far as it is known."""
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
    """Tell whether a network has a convolution, however deep; a plain function is believed."""
    convolutions = keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D
    if not isinstance(network, keras.Layer):
        return True
    seen, inside = [], [network]
    while inside:
        layer = inside.pop()
        if isinstance(layer, convolutions):
            return True
        if all(layer is not each for each in seen):  # a layer may know the one that it is in
            inside += getattr(layer, "layers", None) or _layers_of(layer)
        seen.append(layer)
    return False


def _layers_of(layer):
    """Give the layers that are attributes of a layer, alone or in a list."""
    for value in vars(layer).values():
        several = value if isinstance(value, list | tuple) else [value]
        yield from (each for each in several if isinstance(each, keras.Layer))
