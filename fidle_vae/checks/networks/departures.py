"""How a convolutional encoder that works differs from the one that the lesson asks for."""

from collections.abc import Iterator

import keras

from fidle_vae.checks.networks.inspect_layers import CONVOLUTIONS, POOLING

FILTERS = [16, 32, 64]  # of the three convolutions, each with a stride of 2
RESIZING = *POOLING, keras.layers.Conv2DTranspose, keras.layers.UpSampling2D
ORDINALS = "first", "second", "third"


def departures(network: object) -> str:
    """Return how a network differs from the lesson's, as a remark to add to praise; or "".

    Only a functional model is looked into: its layers stand in the order of their calls.
    """
    if not (isinstance(network, keras.Model) and getattr(network, "inputs", None)):
        return ""
    layers = list(_in_order(network))
    ends = [output._keras_history.operation for output in network.outputs]
    dense = [each for each in layers if isinstance(each, keras.layers.Dense)]
    hidden = [each for each in dense if each not in ends] if set(ends) <= set(dense) else []
    found = [
        *_of_convolutions([each for each in layers if isinstance(each, CONVOLUTIONS)]),
        *_of_resizing({type(each).__name__ for each in layers if isinstance(each, RESIZING)}),
        *(f"a Dense layer of {each.units} units stands before the outputs" for each in hidden),
    ]
    differs = "; ".join(found)
    return f" One remark: it differs from the one in the text, as {differs}." if found else ""


def _in_order(network):
    for layer in network.layers:
        yield from _in_order(layer) if isinstance(layer, keras.Model) else [layer]


def _of_convolutions(layers) -> Iterator[str]:
    filters = [getattr(layer, "filters", None) for layer in layers]
    if filters != FILTERS and None not in filters:
        mine, due = (", ".join(map(str, numbers)) for numbers in (filters, FILTERS))
        yield f"its convolutions have {mine} filters instead of {due}"
    bends = (getattr(layer, "activation", None) for layer in layers)
    others = {getattr(each, "__name__", "relu") for each in bends} - {"relu", "linear"}
    for name in sorted(others):
        yield f"a convolution has {name} instead of relu"
    still = [name for name, each in zip(ORDINALS, layers, strict=False) if max(each.strides) == 1]
    if still:
        none = len(still) == len(layers)
        yield (
            "no convolution has a stride of 2"
            if none
            else (f"the {' and the '.join(still)} convolution has no stride of 2")
        )


def _of_resizing(names):
    for name in sorted(names):
        stands = "stands in place of Flatten" if name.startswith("Global") else "changes the size"
        yield f"{name} {stands}"
