"""Describe a Keras decoder, so that decoder.js can run it without Keras."""

import math

import keras

from fidle_vae.explorer.spec.graph import has_graph, layers_to_output
from fidle_vae.explorer.spec.layers import describe_layers
from fidle_vae.explorer.spec.packing import Packer

PRECISIONS = ("float16", "float32")


def decoder_spec(model: keras.Model, packer: Packer, *, precision: str = "float16") -> dict:
    """Describe a network from latent points to images; its weights are added to `packer`.

    Args:
        model: A Sequential or functional model without branches, of any latent dimension; nested
            models are allowed. A conditional decoder takes a latent point and a one-hot class, and
            begins by joining them. Its images are (h, w, 1), (h, w, 3) or (h, w).
        packer: Stores the arrays; the returned description refers to them.
        precision: Precision of the kernels: "float16" halves the size of the page and changes an
            image in [0, 1] by less than 1e-3; "float32" keeps them as they are.

    Returns:
        A dict that can be written as JSON: `inputDim`; `classes`, 0 for none; `outputShape`,
        [h, w, c]; `range`, the values of black and white, [-1, 1] after a tanh, otherwise [0, 1];
        `layers`, see layers.py.
    """
    require_precision(precision)
    _require_has_graph(model)
    latent_dim, classes = _latent_dim(model), _classes(model)
    path = layers_to_output(model, 0, "decoder")
    image_shape = _image_shape(tuple(model.outputs[0].shape[1:]))
    entries, _ = describe_layers(path, (latent_dim + classes,), packer, precision, "decoder")
    return {
        "inputDim": latent_dim,
        "classes": classes,
        "outputShape": image_shape,
        "range": _range(entries),
        "layers": entries,
    }


def require_precision(precision: str) -> None:
    """Raise an error for an unknown precision."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be 'float16' or 'float32', got {precision!r}")


def _require_has_graph(model):
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"decoder must be a Keras model, got {model!r}: give a VAE's `vae.decoder`, for example"
        )
    if isinstance(model, keras.Sequential) and not model.built:
        raise ValueError(
            f"decoder {model.name!r} has no shapes yet: begin it with keras.Input((latent_dim,))"
        )
    if not has_graph(model):
        raise ValueError(
            f"decoder {model.name!r} is a {type(model).__name__}, a class with a call of its own, "
            "which the explorer cannot inspect: give a Sequential or functional model, as a "
            "VAE's `vae.decoder` is"
        )
    for kind, tensors, most in (("inputs", model.inputs, 2), ("outputs", model.outputs, 1)):
        if len(tensors) > most:
            names = ", ".join(tensor.name for tensor in tensors)
            raise ValueError(
                f"decoder {model.name!r} has {len(tensors)} {kind} ({names}): give a model from a "
                "latent point, and perhaps a class, to an image"
            )


def _latent_dim(model):
    shape = tuple(model.inputs[0].shape[1:])
    if len(shape) != 1 or shape[0] is None:
        raise ValueError(
            f"decoder's input has shape {shape}, but must be a vector, the latent point: begin the "
            "decoder with keras.Input((latent_dim,))"
        )
    return shape[0]


def _classes(model):
    """Return the number of classes that a decoder can be asked for; 0 if it takes z alone."""
    if len(model.inputs) == 1:
        return 0
    shape = tuple(model.inputs[1].shape[1:])
    if len(shape) != 1 or shape[0] is None:
        raise ValueError(
            f"decoder's second input has shape {shape}, but must be a one-hot class: begin the "
            "decoder with keras.Input((latent_dim,)) and keras.Input((classes,))"
        )
    return shape[0]


def _image_shape(shape):
    """Return [height, width, channels]; a grey image may lack the axis of its one channel."""
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) in (2, 3) and channels in (1, 3):
        return [*shape[:2], channels]
    if len(shape) == 3:
        mend = "end it with a layer of 1 channel (grey) or 3 (red, green, blue)"
    else:
        mend = f"end it with Reshape({_square_image(*shape) or '(height, width, 1)'})"
    raise ValueError(f"decoder's output has shape {tuple(shape)}, which is not an image: {mend}")


def _square_image(size=0, *others):
    """Return the shape of a square image that has `size` numbers, or None if there is none."""
    for channels in (1, 3):
        side = math.isqrt(size // channels)
        if size and not others and side * side * channels == size:
            return (side, side, channels)
    return None


def _range(entries):
    """Return the values of black and white; black is -1 if the last operation is a tanh."""
    changing = [entry for entry in entries if entry["type"] != "resample"]
    return [-1, 1] if changing and changing[-1].get("function") == "tanh" else [0, 1]
