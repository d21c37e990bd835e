"""Count the floating-point operations of a training step from the layers."""

import math

from keras import Model, layers


def training_flops(*networks: Model) -> int:
    """Count the operations of one image in one training step.

    Each multiply-add of the forward pass counts as two operations. The backward pass counts twice
    as much: once for the gradient of the inputs, once for that of the weights. Products with the
    zeros that pad an image are included. Activations, the loss and the optimizer are left out.
    """
    forward = sum(multiply_adds(layer) for network in networks for layer in network.layers)
    return 3 * 2 * forward


def multiply_adds(layer: layers.Layer) -> int:
    """Count the multiply-adds of a layer for one image: 0 for a layer without a kernel."""
    match layer:
        case layers.Conv2DTranspose():  # the whole kernel at each input pixel
            return math.prod(layer.input.shape[1:3]) * math.prod(layer.kernel.shape)
        case layers.Conv2D():  # the whole kernel at each output pixel
            return math.prod(layer.output.shape[1:3]) * math.prod(layer.kernel.shape)
        case layers.Dense():
            return math.prod(layer.kernel.shape)
    return 0
