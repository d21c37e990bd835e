"""How many floating-point operations a training takes, counted from the layers."""

import math

from keras import Model, layers


def training_flops(*networks: Model) -> int:
    """Count the operations of one image in one training step.

    A multiplication and an addition for each multiply-add of the forward pass, and the same twice
    on the way back: for the gradient of the inputs and for that of the weights. What is no product
    (activations, the loss, the optimizer) is left out, as are the zeros that pad an image's edge.
    """
    forward = sum(multiply_adds(layer) for network in networks for layer in network.layers)
    return 3 * 2 * forward


def multiply_adds(layer: layers.Layer) -> int:
    """Count the multiply-adds of a layer for one image, none for layers without a kernel."""
    match layer:
        case layers.Conv2DTranspose():  # each input pixel meets the whole kernel
            return math.prod(layer.input.shape[1:3]) * math.prod(layer.kernel.shape)
        case layers.Conv2D():  # and here, each output pixel
            return math.prod(layer.output.shape[1:3]) * math.prod(layer.kernel.shape)
        case layers.Dense():
            return math.prod(layer.kernel.shape)
    return 0
