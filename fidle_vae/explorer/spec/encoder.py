"""Describe a Keras encoder, so that encoder.js can run it without Keras, on what is drawn."""

import keras

from fidle_vae.explorer.spec.graph import has_graph, layers_to_output
from fidle_vae.explorer.spec.layers import describe_layers
from fidle_vae.explorer.spec.packing import Packer

SQUARE = 0.8  # the least ratio of the sides of an image that one can draw on a square pad


def encoder_spec(
    model: keras.Model | None, packer: Packer, *, precision: str = "float16"
) -> dict | None:
    """Describe a network from grey images to codes; its weights are added to `packer`.

    Args:
        model: A Sequential or functional model with one input, nearly square images (h, w, 1), and
            the output [z_mean, z_log_var], perhaps with a draw of z, or points.
        packer: Stores the arrays; the returned description refers to them.
        precision: Precision of the kernels, "float16" or "float32".

    Returns:
        A dict that can be written as JSON: `inputShape`, [h, w, 1]; `layers`, those that all
        outputs share, see layers.py; `mean` and `logVar`, those that follow them, where `logVar` is
        None for points. Or None if the explorer cannot run the encoder: it can do without.
    """
    if not has_graph(model) or len(model.inputs) != 1 or not _can_be_drawn(model.inputs[0]):
        return None
    shapes = [tuple(output.shape) for output in model.outputs]
    if len(shapes) > 3 or (len(shapes) > 1 and shapes[0] != shapes[1]) or len(shapes[0]) != 2:
        return None
    try:
        with packer.all_or_nothing():
            return _describe(model, packer, precision)
    except ValueError:  # a layer that the explorer does not know, or a branch
        return None


def _can_be_drawn(image):
    shape = tuple(image.shape[1:])
    if len(shape) != 3 or shape[2] != 1 or None in shape:
        return False
    return min(shape[:2]) >= SQUARE * max(shape[:2])


def _describe(model, packer, precision):
    paths = [layers_to_output(model, i, "encoder") for i in range(min(2, len(model.outputs)))]
    shared = _common_start(*paths) if len(paths) == 2 else []
    shape = tuple(model.inputs[0].shape[1:])
    entries, to = describe_layers(shared, shape, packer, precision, "encoder")
    ends = [
        describe_layers(path[len(shared) :], to, packer, precision, "encoder")[0] for path in paths
    ]
    return {
        "inputShape": list(shape),
        "layers": entries,
        "mean": ends[0],
        "logVar": ends[1] if len(ends) == 2 else None,
    }


def _common_start(one, other):
    """Return the layers with which both paths begin."""
    count = 0
    while count < min(len(one), len(other)) and one[count] is other[count]:
        count += 1
    return one[:count]
