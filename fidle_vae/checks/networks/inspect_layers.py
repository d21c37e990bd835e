"""Looks into a student's network: its activations, its convolutions, how its outputs depend."""

from collections.abc import Callable

import keras

CONVOLUTIONS = keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D
POOLING = (
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.GlobalAveragePooling2D,
)
# Layers that bend nothing: behind them, a convolution is as linear as before.
STRAIGHT = (
    keras.layers.BatchNormalization,
    keras.layers.AveragePooling2D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.Reshape,
)


def activations_of(network: Callable, shape: tuple[int, ...]) -> list[str]:
    """Return the name of the last activation of each output; [] where they cannot be found."""
    network = _followed(network, shape)
    return [_activation(output) for output in getattr(network, "outputs", None) or ()]


def depends_on_first(network: Callable, shape: tuple[int, ...]) -> bool:
    """Whether one of two outputs is computed from the other; False where that cannot be found."""
    outputs = getattr(_followed(network, shape), "outputs", None) or ()
    if len(outputs) != 2 or outputs[0] is outputs[1]:
        return False
    return any(_leads_to(a, b) for a, b in (outputs, reversed(outputs)))


def _followed(network, shape):
    """Return a network as a model of layers: that of a student's class from its `call`."""
    if isinstance(network, keras.Layer) and not getattr(network, "outputs", None):
        try:
            inputs = keras.Input(shape)
            return keras.Model(inputs, network.call(inputs))
        except Exception:  # it may do what cannot be followed
            return None
    return network


def _leads_to(first, second):
    """Whether the second tensor of a model is computed from the first."""
    waiting, seen = [second], set()
    while waiting:
        tensor = waiting.pop()
        if tensor is first:
            return True
        if id(tensor) not in seen:
            seen.add(id(tensor))
            layer, node, _ = tensor._keras_history
            nodes = layer._inbound_nodes[node : node + 1] if layer else []
            waiting += [each for made in nodes for each in made.input_tensors]
    return False


def _activation(output):
    layer = output._keras_history.operation  # a layer, or a function such as ops.exp
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", None) or type(layer).__name__.lower()


def convolves(network: Callable) -> bool:
    """Whether a network has a convolution at any depth; assumed of a function that is no layer."""
    return not isinstance(network, keras.Layer) or count_convolutions(network) > 0


def count_convolutions(network: Callable) -> int:
    """Return how many convolutions a network has, at any depth; 0 of a function, unseen."""
    layers = _inside(network) if isinstance(network, keras.Layer) else ()
    return sum(isinstance(layer, CONVOLUTIONS) for layer in layers)


def gets_smaller(network: Callable) -> bool:
    """Whether a convolution has a stride, or a layer pools; assumed of a function that is no layer.

    A network without either keeps the size of its images.
    """
    if not isinstance(network, keras.Layer):
        return True
    return any(
        (isinstance(layer, CONVOLUTIONS) and max(layer.strides) > 1) or isinstance(layer, POOLING)
        for layer in _inside(network)
    )


def output_names(network: Callable) -> list[str]:
    """Return the names of the layers that give the outputs; [] where they cannot be found."""
    outputs = getattr(network, "outputs", None) or ()
    return [output._keras_history.operation.name for output in outputs]


def bias_of_first_alone(network: Callable) -> float:
    """Return where the bias of the first of two outputs begins, if that is below 0; else 0.

    It is 0 too where the second bias is not 0, as after a training.
    """
    outputs = getattr(network, "outputs", None) or ()
    layers = [output._keras_history.operation for output in outputs]
    biases = [getattr(layer, "bias", None) for layer in layers]
    if len(biases) != 2 or any(bias is None for bias in biases):
        return 0
    first, second = map(keras.ops.convert_to_numpy, biases)
    return min(first[0], 0) if (first == first[0]).all() and not second.any() else 0


def has_linear_convolution(network: Callable) -> bool:
    """Whether a convolution leads to the next weights with no activation in between."""
    if not isinstance(network, keras.Layer):
        return False
    return any(
        isinstance(layer, CONVOLUTIONS)
        and layer.activation is keras.activations.linear
        and any(_is_straight_to_weights(node.operation) for node in layer._outbound_nodes)
        for layer in _inside(network)
    )


def _is_straight_to_weights(layer):
    if isinstance(layer, STRAIGHT):
        return any(_is_straight_to_weights(node.operation) for node in layer._outbound_nodes)
    return isinstance(layer, (*CONVOLUTIONS, keras.layers.Dense))


def lost_convolution(network: Callable) -> str:
    """Describe a convolution of the input whose values no output uses; "" where there is none.

    It was called on a tensor on which a layer of the network was called again.
    """
    inside = {id(each) for each in getattr(network, "operations", ())}
    waiting, seen = [each._keras_history.operation for each in network.inputs] if inside else [], []
    while waiting:
        layer = waiting.pop(0)
        seen.append(layer)
        after = [node.operation for node in layer._outbound_nodes]
        waiting += [each for each in after if not any(each is other for other in seen)]
        again = next((each for each in after if id(each) in inside), None)
        for each in after:
            if again and isinstance(each, CONVOLUTIONS) and id(each) not in inside:
                given = "the image" if layer in network.layers[:1] else "the same values"
                return f"{_named(each)} is lost: {_named(again)} gets {given} again"
    return ""


def _named(layer):
    filters = getattr(layer, "filters", None)
    return f"the convolution with {filters} filters" if filters else type(layer).__name__


def _inside(network):
    """Return a layer and all layers in it, at any depth."""
    seen, waiting = [], [network]
    while waiting:
        layer = waiting.pop()
        if all(layer is not each for each in seen):  # a layer may refer to the one it is in
            seen.append(layer)
            waiting += getattr(layer, "layers", None) or _layers_of(layer)
    return seen


def _layers_of(layer):
    """Yield the layers that are attributes of a layer, alone or in a list."""
    for value in vars(layer).values():
        several = value if isinstance(value, list | tuple) else [value]
        yield from (each for each in several if isinstance(each, keras.Layer))
