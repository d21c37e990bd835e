"""Describe each kind of layer, in the few terms that layers.js supports.

A layer becomes entries {"type", "name", ...}, where the type is "weighted_sum" (dense layers and
convolutions), "resample" (up-sampling, cropping, padding), "pool", "scale_shift", "prelu",
"activation", "constant" or "adaptive_normalization".
All shapes are without the batch axis.
"""

import math
from collections.abc import Iterable

import keras
import numpy as np
from keras import layers

from fidle_vae.explorer.spec.activations import describe_function, describe_layer
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models.style_generator import (
    AdaptiveNormalization,
    LearnedConstant,
    PixelNoise,
    StyleMixing,
)


class Weights:
    """Pack the weights of one layer; error messages name the layer by its `label`."""

    def __init__(self, packer, precision, label):
        self._packer, self._precision, self.label = packer, precision, label

    def pack(self, values, dtype="float32"):
        """Pack a small array in full precision; return its reference."""
        values = _numpy(values)
        if not np.isfinite(values).all():
            raise ValueError(
                f"{self.label} holds weights that are not finite: take the model of an earlier "
                "epoch, or train it again"
            )
        try:
            return self._packer.add(values, dtype)
        except ValueError as error:
            raise ValueError(f"{self.label}: {error}") from None

    def pack_kernel(self, kernel):
        """Pack a kernel, a large array, in the chosen precision; return its reference."""
        return self.pack(kernel, self._precision)


def describe_layers(
    chain: Iterable[keras.Layer],
    shape: tuple[int, ...],
    packer: Packer,
    precision: str,
    part: str,
) -> tuple[list[dict], tuple[int, ...]]:
    """Describe layers that follow each other; a layer that changes no number has no entry.

    Args:
        chain: The layers.
        shape: The shape of their input.
        packer: Stores their weights.
        precision: Precision of the kernels.
        part: What they are part of, "decoder" or "encoder", for error messages.

    Returns:
        The entries, and the shape of the output.
    """
    entries = []
    for layer in chain:
        described, shape = _describe_layer(layer, shape, packer, precision, part)
        entries += described
    return entries, shape


def _describe_layer(layer, shape, packer, precision, part):
    label = f"{part}'s layer {layer.name!r}"
    if type(layer) not in KINDS:
        raise ValueError(
            f"{part} has a layer {layer.name!r} of type {type(layer).__name__}, which the "
            f"explorer cannot draw; it can: {', '.join(kind.__name__ for kind in KINDS)}"
        )
    if getattr(layer, "data_format", None) == "channels_first":
        raise ValueError(
            f"{label} has data_format 'channels_first', which the explorer cannot draw: build it "
            "with data_format='channels_last'"
        )
    if getattr(layer, "quantization_mode", None):
        raise ValueError(
            f"{label} is quantized to {layer.quantization_mode!r}, which the explorer cannot draw: "
            f"give the {part} as it was before quantize()"
        )
    kept = type(layer) is AdaptiveNormalization  # the only layer with a second input
    to = shape if kept else tuple(layer.compute_output_shape((1, *shape))[1:])
    entry = KINDS[type(layer)](layer, shape, to, Weights(packer, precision, label))
    entries = [{"name": layer.name, **entry}] if entry else []
    function = getattr(layer, "activation", None)
    if isinstance(function, keras.Layer):  # as in Dense(8, activation=LeakyReLU())
        entries += _describe_layer(function, to, packer, precision, part)[0]
    elif function not in (None, keras.activations.linear):
        entries.append({"name": layer.name, **describe_function(function, label)})
    return entries, to


def _nothing(layer, shape, to, weights):
    """Return None: the layer changes no number at inference. Activations are added separately."""


def _dense(layer, shape, to, weights):
    """Describe a product with the same matrix at all places: a convolution of kernel size 1."""
    places = [math.prod(shape[:-1]), 1]
    return _weighted_sum(layer, _numpy(layer.kernel)[None, None], weights, places, places)


def _convolution(layer, shape, to, weights):
    kernel = _numpy(layer.kernel)
    if layer.groups > 1:  # as a single group whose weights between groups are 0
        inputs, outputs = shape[-1] // layer.groups, to[-1] // layer.groups
        between = np.kron(np.eye(layer.groups), np.ones((inputs, outputs)))
        kernel = np.tile(kernel, (1, 1, layer.groups, 1)) * between
    return _strided_sum(layer, kernel, weights, shape, to, transposed=False)


def _transposed_convolution(layer, shape, to, weights):
    kernel = np.swapaxes(_numpy(layer.kernel), 2, 3)  # Keras has output channels first
    return _strided_sum(layer, kernel, weights, shape, to, transposed=True)


def _strided_sum(layer, kernel, weights, shape, to, *, transposed):
    """Pad as TensorFlow does; a transposed convolution goes from few places to many."""
    few, many = (shape, to) if transposed else (to, shape)
    padding = []
    for axis in (0, 1):
        reach = (kernel.shape[axis] - 1) * layer.dilation_rate[axis] + 1
        missing = (few[axis] - 1) * layer.strides[axis] + reach - many[axis]
        padding.append(max(missing, 0) // 2)  # if odd, the end has one more; 0 if "valid"
    return {
        **_weighted_sum(layer, kernel, weights, shape[:2], to[:2]),
        "strides": list(layer.strides),
        "dilation": list(layer.dilation_rate),
        "padding": padding,
        "transposed": transposed,
    }


def _weighted_sum(layer, kernel, weights, places, to):
    """Describe a kernel (rows, columns, input channels, output channels) from `places` to `to`."""
    return {
        "type": "weighted_sum",
        "from": list(places),
        "to": list(to),
        "strides": [1, 1],
        "dilation": [1, 1],
        "padding": [0, 0],
        "transposed": False,
        "kernel": weights.pack_kernel(kernel),
        "bias": weights.pack(np.zeros(kernel.shape[-1]) if layer.bias is None else layer.bias),
    }


def _batch_normalization(layer, shape, to, weights):
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    if axis not in (-1, len(shape)):
        raise ValueError(
            f"{weights.label} normalizes axis {axis}, which the explorer cannot "
            "draw: build it with axis=-1"
        )
    scale = 1 / np.sqrt(_numpy(layer.moving_variance) + layer.epsilon)
    if layer.gamma is not None:
        scale = scale * _numpy(layer.gamma)
    shift = -_numpy(layer.moving_mean) * scale
    if layer.beta is not None:
        shift = shift + _numpy(layer.beta)
    return _scale_shift(scale, shift, shape, weights)


def _rescaling(layer, shape, to, weights):
    return _scale_shift(layer.scale, layer.offset, shape, weights)


def _scale_shift(scale, shift, shape, weights):
    scale, shift = (_repeating(each, shape) for each in np.broadcast_arrays(scale, shift))
    return {"type": "scale_shift", "scale": weights.pack(scale), "shift": weights.pack(shift)}


def _prelu(layer, shape, to, weights):
    return {"type": "prelu", "slope": weights.pack(_repeating(_numpy(layer.alpha), shape))}


def _repeating(values, shape):
    """Return one value per channel if all places share them, else one per number of `shape`."""
    if values.size == 1 or values.size == values.shape[-1]:
        return np.broadcast_to(values.ravel(), shape[-1:])
    return np.broadcast_to(values, shape)


def _constant(layer, shape, to, weights):
    """Describe maps that replace what was before them: a style, which is kept for later layers."""
    return {"type": "constant", "values": weights.pack(layer.maps)}


def _adaptive_normalization(layer, shape, to, weights):
    """Describe a normalization by the style that the last constant before it has replaced."""
    return {
        "type": "adaptive_normalization",
        "epsilon": layer.epsilon,
        **{
            name: {"kernel": weights.pack_kernel(each.kernel), "bias": weights.pack(each.bias)}
            for name, each in (("scale", layer.scale), ("shift", layer.shift))
        },
    }


def _function(layer, shape, to, weights):
    return describe_layer(layer)


def _up_sampling(layer, shape, to, weights):
    if layer.interpolation not in ("nearest", "bilinear"):
        raise ValueError(
            f"{weights.label} has interpolation {layer.interpolation!r}, which the "
            "explorer cannot draw: build it with 'nearest' or 'bilinear'"
        )

    def mix(place, axis):
        if layer.interpolation == "nearest":
            return [place // layer.size[axis], -1, 0]
        at = max((place + 0.5) / layer.size[axis] - 0.5, 0)
        first = int(at)
        return [first, min(first + 1, shape[axis] - 1), at - first]

    return _resample(mix, shape, to)


def _cropping(layer, shape, to, weights):
    return _resample(lambda place, axis: [place + layer.cropping[axis][0], -1, 0], shape, to)


def _zero_padding(layer, shape, to, weights):
    def mix(place, axis):
        at = place - layer.padding[axis][0]
        return [at if at < shape[axis] else -1, -1, 0]

    return _resample(mix, shape, to)


def _pooling(layer, shape, to, weights):
    """Pad as TensorFlow does: what is outside the image takes no part in a maximum or a mean."""
    window, padding = layer.pool_size, []
    for axis in (0, 1):
        missing = (to[axis] - 1) * layer.strides[axis] + window[axis] - shape[axis]
        padding.append(max(missing, 0) // 2)
    return _pool(layer, shape, to, window, layer.strides, padding)


def _global_pooling(layer, shape, to, weights):
    return _pool(layer, shape, (1, 1, shape[-1]), shape[:2], (1, 1), (0, 0))


def _pool(layer, shape, to, window, strides, padding):
    is_mean = isinstance(layer, layers.AveragePooling2D | layers.GlobalAveragePooling2D)
    return {
        "type": "pool",
        "function": "mean" if is_mean else "max",
        "from": list(shape),
        "to": list(to),
        "window": list(window),
        "strides": list(strides),
        "padding": list(padding),
    }


def _resample(mix, shape, to):
    """Describe a resampling; `mix` maps a place to two input places and the second's share."""
    rows, columns = ([mix(place, axis) for place in range(to[axis])] for axis in (0, 1))
    return {
        "type": "resample",
        "from": list(shape),
        "to": list(to),
        "rows": rows,
        "columns": columns,
    }


def _numpy(values):
    return np.asarray(keras.ops.convert_to_numpy(values), "float32")


KINDS = {
    layers.Dense: _dense,
    layers.Conv2D: _convolution,
    layers.Conv2DTranspose: _transposed_convolution,
    layers.UpSampling2D: _up_sampling,
    layers.Cropping2D: _cropping,
    layers.ZeroPadding2D: _zero_padding,
    layers.MaxPooling2D: _pooling,
    layers.AveragePooling2D: _pooling,
    layers.GlobalMaxPooling2D: _global_pooling,
    layers.GlobalAveragePooling2D: _global_pooling,
    layers.BatchNormalization: _batch_normalization,
    layers.Rescaling: _rescaling,
    layers.Activation: _nothing,
    layers.ReLU: _function,
    layers.LeakyReLU: _function,
    layers.PReLU: _prelu,
    layers.ELU: _function,
    LearnedConstant: _constant,
    AdaptiveNormalization: _adaptive_normalization,
} | dict.fromkeys(
    (
        layers.Reshape, layers.Flatten, layers.Identity, layers.ActivityRegularization,
        layers.Dropout, layers.SpatialDropout2D, layers.AlphaDropout, layers.GaussianDropout,
        layers.GaussianNoise, layers.RepeatVector, StyleMixing, PixelNoise,
    ),
    _nothing,
)  # fmt: skip
