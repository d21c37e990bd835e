"""A Keras decoder, described so that decoder.js can run it without Keras."""

import math

import keras

from fidle_vae.explorer.spec.layers import layer_entries
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models.keras_internals import source_of

PRECISIONS = ("float16", "float32")


def decoder_spec(model: keras.Model, packer: Packer, *, precision: str = "float16") -> dict:
    """Describe a network from latent points to images; its weights go into `packer`.

    Args:
        model: A Sequential or functional model whose layers follow each other, of any latent
            dimension; models within it are opened. Its images are (h, w, 1), (h, w, 3) or (h, w).
        packer: Takes the arrays; what is returned refers to them.
        precision: How kernels are kept: "float16" halves the page and changes an image of [0, 1]
            by less than 1e-3; "float32" keeps them as they are.

    Returns:
        What JSON holds: `inputDim`; `outputShape`, [h, w, c]; `range`, the numbers that are black
        and white: [-1, 1] after a tanh, else [0, 1]; `layers`, see layer_specs.py.
    """
    require_precision(precision)
    _require_has_graph(model)
    path = _path(model)
    latent_dim = _latent_dim(model)
    shapes = model.compute_output_shape((1, latent_dim))
    image_shape = _image_shape((shapes[0] if isinstance(shapes, list) else shapes)[1:])
    entries, shape = [], (latent_dim,)
    for layer in path:
        described, shape = layer_entries(layer, shape, packer, precision)
        entries += described
    return {
        "inputDim": latent_dim,
        "outputShape": image_shape,
        "range": _range(entries),
        "layers": entries,
    }


def require_precision(precision: str) -> None:
    """Refuse a precision that no page can carry."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be 'float16' or 'float32', got {precision!r}")


def _require_has_graph(model):
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"decoder must be a Keras model, got {model!r}: give a VAE's `vae.decoder`, say"
        )
    if isinstance(model, keras.Sequential) and not model.built:
        raise ValueError(
            f"decoder {model.name!r} has no shapes yet: begin it with keras.Input((latent_dim,))"
        )
    if not _has_graph(model):
        raise ValueError(
            f"decoder {model.name!r} is a {type(model).__name__}, a class with a call of its own, "
            "which the explorer cannot look into: give a Sequential or functional model, as a "
            "VAE's `vae.decoder` is"
        )
    for kind, tensors in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(tensors) != 1:
            names = ", ".join(tensor.name for tensor in tensors)
            raise ValueError(
                f"decoder {model.name!r} has {len(tensors)} {kind} ({names}): give a model with "
                "one, from a latent point to an image"
            )


def _has_graph(model):
    return isinstance(model, keras.Model) and bool(getattr(model, "inputs", None))


def _path(model, output=0):
    """The layers from the input of a model to its output, those of models within it as well."""
    layers, tensor = [], model.outputs[output]
    while tensor is not model.inputs[0]:
        layer, output, inputs = source_of(tensor)
        if len(inputs) != 1:
            raise ValueError(
                f"decoder has a branch: its layer {layer.name!r} takes {len(inputs)} inputs, "
                "and the explorer can draw only layers that follow each other"
            )
        layers[:0] = _path(layer, output) if _has_graph(layer) else [layer]
        tensor = inputs[0]
    return layers


def _latent_dim(model):
    shape = tuple(model.inputs[0].shape[1:])
    if len(shape) != 1 or shape[0] is None:
        raise ValueError(
            f"decoder's input has shape {shape}, and must be a vector, the latent point: begin the "
            "decoder with keras.Input((latent_dim,))"
        )
    return shape[0]


def _image_shape(shape):
    """[height, width, channels], where a grey image may come without its one channel."""
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) in (2, 3) and channels in (1, 3):
        return [*shape[:2], channels]
    if len(shape) == 3:
        mend = "end it with a layer of 1 channel (grey) or 3 (red, green, blue)"
    else:
        mend = f"end it with Reshape({_square_image(*shape) or '(height, width, 1)'})"
    raise ValueError(f"decoder's output has shape {tuple(shape)}, which is not an image: {mend}")


def _square_image(size=0, *others):
    """The shape of a square image that has so many numbers, where there is one."""
    for channels in (1, 3):
        side = math.isqrt(size // channels)
        if size and not others and side * side * channels == size:
            return (side, side, channels)
    return None


def _range(entries):
    """Where the last layer that changes numbers is a tanh, black is -1."""
    changing = [entry for entry in entries if entry["type"] != "resample"]
    return [-1, 1] if changing and changing[-1].get("function") == "tanh" else [0, 1]
