import json

import keras
import numpy as np
import pytest
from keras import layers

from fidle_vae.explorer.spec.decoder import decoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from tests.helpers.decoders import on_image, sequence


def spec_of(model, **kwargs):
    return decoder_spec(model, Packer(), **kwargs)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([layers.Activation("tanh")], [-1, 1]),
        ([layers.Dense(3, activation="tanh"), layers.Cropping2D(1), layers.Dropout(0.1)], [-1, 1]),
        ([layers.Activation("tanh"), layers.Rescaling(0.5, 0.5)], [0, 1]),
        ([layers.Activation("tanh"), layers.Dense(3)], [0, 1]),
        ([layers.Activation("sigmoid")], [0, 1]),
        ([], [0, 1]),
    ],
)
def test_black_and_white_are_those_of_the_last_activation(parts, expected):
    assert spec_of(on_image(*parts))["range"] == expected


def test_a_description_can_be_written_as_json_and_names_the_layers():
    spec = spec_of(build_decoder("conv_bn", (11, 9, 3), 2))
    assert json.loads(json.dumps(spec)) == spec
    assert (spec["inputDim"], spec["outputShape"]) == (2, [11, 9, 3])
    assert [entry["type"] for entry in spec["layers"]][-3:] == [
        "weighted_sum",
        "activation",
        "resample",
    ]
    assert spec["layers"][-1]["name"].startswith("cropping2d")


def test_a_model_of_a_list_with_one_output_is_a_decoder_too():
    z = keras.Input((2,))
    image = layers.Reshape((2, 3))(layers.Dense(6)(z))
    spec = decoder_spec(keras.Model([z], [image]), Packer())
    assert spec["outputShape"] == [2, 3, 1]


def test_float16_halves_the_bytes_of_the_kernels_only():
    sizes = {}
    for precision in ("float16", "float32"):
        packer = Packer()
        spec = decoder_spec(build_decoder("mlp", (28, 28, 1), 2), packer, precision=precision)
        sizes[precision] = len(packer.data)
        assert {entry["kernel"]["dtype"] for entry in spec["layers"] if "kernel" in entry} == {
            precision
        }
        assert {entry["bias"]["dtype"] for entry in spec["layers"] if "bias" in entry} == {
            "float32"
        }
    assert 0.5 < sizes["float16"] / sizes["float32"] < 0.51


def test_describing_a_decoder_does_not_change_it(make_vae):
    decoder = make_vae("conv_bn").decoder
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in decoder.weights]
    spec_of(decoder)
    for weight, old in zip(decoder.weights, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(weight), old)


def residual():
    z = keras.Input((2,))
    x = layers.Dense(12, name="first")(z)
    x = layers.Add(name="shortcut")([x, layers.Dense(12)(x)])
    return keras.Model(z, layers.Reshape((4, 3))(x))


def asked(joined, shape=(3,)):
    """Return a decoder with a second input of this shape, which begins with the inputs `joined`."""
    z, label = keras.Input((2,)), keras.Input(shape)
    flat = layers.Flatten()(label) if len(shape) > 1 else label
    image = layers.Dense(12)(layers.Concatenate()(joined(z, flat)))
    return keras.Model([z, label], layers.Reshape((4, 3))(image))


def model_with(inputs, outputs):
    z = [keras.Input((2,), name=f"z{i}") for i in range(inputs)]
    x = layers.Concatenate()(z) if inputs > 1 else z[0]
    images = [layers.Reshape((4, 3), name=f"image{i}")(layers.Dense(12)(x)) for i in range(outputs)]
    return keras.Model(z, images, name="many")


def multiplied():
    z = keras.Input((2,))
    return keras.Model(z, layers.Reshape((4, 3))(layers.Dense(12)(z) * 2))


class Own(layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


def quantized():
    model = sequence(layers.Dense(12, name="small"), layers.Reshape((4, 3)))
    model.layers[0].quantize("int8")
    return model


def vae():
    return VAE(build_encoder("mlp", (4, 3, 1), 2), build_decoder("mlp", (4, 3, 1), 2), name="whole")


def dense_of(value):
    """Return a decoder whose weights are all equal."""
    model = sequence(layers.Dense(12, name="d"), layers.Reshape((4, 3)))
    model.layers[0].kernel.assign(np.full((2, 12), value))
    return model


CANNOT = "which the explorer cannot draw"
NO_IMAGE = "which is not an image: end it with"
UNFIT = {
    "no model": (lambda: 3, r"^decoder must be a Keras model, got 3: give a VAE's `vae.decoder`"),
    "not built": (
        lambda: keras.Sequential([layers.Dense(4)], name="new"),
        r"^decoder 'new' has no shapes yet: begin it with keras.Input\(\(latent_dim,\)\)",
    ),
    "a class": (vae, r"^decoder 'whole' is a VAE, a class with a call .* `vae.decoder` is"),
    "three inputs": (
        lambda: model_with(3, 1),
        r"^decoder 'many' has 3 inputs \(z0, z1, z2\): give a model from a",
    ),
    "two outputs": (
        lambda: model_with(1, 2), r"^decoder 'many' has 2 outputs \(.*, .*\): give a model from a"
    ),
    "class before the point": (
        lambda: asked(lambda z, label: [label, z]), r"has a branch: its layer .* takes 2 inputs"
    ),
    "class as a number": (
        lambda: asked(lambda z, label: [z, label], shape=(1, 3)),
        r"second input has shape \(1, 3\), but must be a one-hot class",
    ),
    "a branch": (
        residual, r"has a branch: its layer 'shortcut' takes 2 inputs, .* that follow each other"
    ),
    "matrix as input": (
        lambda: keras.Sequential([keras.Input((4, 3)), layers.Dense(3)]),
        r"input has shape \(4, 3\), but must be a vector, the latent point: begin the decoder with",
    ),
    "any size as input": (
        lambda: keras.Sequential([keras.Input((None,)), layers.Reshape((4, 3))]),
        r"input has shape \(None,\), but must be a vector",
    ),
    "grey vector": (
        lambda: sequence(layers.Dense(784)), rf"\(784,\), {NO_IMAGE} Reshape\(\(28, 28, 1\)\)$"
    ),
    "coloured vector": (
        lambda: sequence(layers.Dense(192)), rf"\(192,\), {NO_IMAGE} Reshape\(\(8, 8, 3\)\)$"
    ),
    "vector of no square": (
        lambda: sequence(layers.Dense(560)),
        rf"\(560,\), {NO_IMAGE} Reshape\(\(height, width, 1\)\)$",
    ),
    "two channels": (
        lambda: on_image(shape=(4, 3, 2)), rf"\(4, 3, 2\), {NO_IMAGE} a layer of 1 channel"
    ),
    "four axes": (
        lambda: on_image(shape=(1, 4, 4, 1)),
        rf"\(1, 4, 4, 1\), {NO_IMAGE} Reshape\(\(height, width, 1\)\)$",
    ),
    "unknown layer": (
        lambda: on_image(layers.GRU(3, name="g"), layers.Reshape((3, 1)), shape=(4, 3)),
        rf"^decoder has a layer 'g' of type GRU, {CANNOT}; it can: Dense, Conv2D, .*, Reshape, ",
    ),
    "a layer of one's own": (lambda: on_image(Own(3, name="o")), rf"'o' of type Own, {CANNOT}"),
    "an operation": (multiplied, rf"a layer 'multiply.*' of type Multiply, {CANNOT}"),
    "unknown activation": (
        lambda: on_image(layers.Activation("mish", name="a")),
        rf"^decoder's layer 'a' has the activation 'mish', {CANNOT}; it can: elu, .*, linear$",
    ),
    "a function of one's own": (
        lambda: on_image(layers.Dense(3, activation=lambda x: x, name="d")),
        rf"layer 'd' has the activation '<lambda>', {CANNOT}",
    ),
    "unknown layer as activation": (
        lambda: on_image(layers.Dense(3, activation=layers.Softmax(name="s"))),
        rf"a layer 's' of type Softmax, {CANNOT}",
    ),
    "channels first": (
        lambda: on_image(
            layers.UpSampling2D(2, data_format="channels_first", name="u"), layers.Reshape((6, 8)),
            shape=(3, 4, 1),
        ),
        rf"'u' has data_format 'channels_first', {CANNOT}: .* data_format='channels_last'",
    ),
    "bicubic": (
        lambda: on_image(layers.UpSampling2D(2, interpolation="bicubic", name="u")),
        rf"'u' has interpolation 'bicubic', {CANNOT}: build it with 'nearest' or 'bilinear'",
    ),
    "another axis": (
        lambda: on_image(layers.BatchNormalization(axis=1, name="b")),
        rf"layer 'b' normalizes axis 1, {CANNOT}: build it with axis=-1",
    ),
    "quantized": (quantized, rf"'small' is quantized to 'int8', {CANNOT}: .* before quantize\(\)"),
    "not a number": (lambda: dense_of(np.nan), r"'d' holds weights that are not finite: take"),
    "too large": (lambda: dense_of(7e4), r"'d': array holds 70000, beyond .* take 'float32'"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_unsupported_decoders_raise_and_name_a_fix(name):
    make, message = UNFIT[name]
    with pytest.raises(ValueError, match=message) as error:
        spec_of(make())
    assert "\n" not in str(error.value)


def test_large_weights_can_be_kept_in_float32():
    assert spec_of(dense_of(7e4), precision="float32")["outputShape"] == [4, 3, 1]


def test_precision_must_be_known():
    with pytest.raises(ValueError, match=r"precision must be 'float16' or 'float32', got 'int8'"):
        spec_of(on_image(), precision="int8")
