import functools
import json

import keras
import numpy as np
import pytest
from keras import activations, layers

from fidle_vae.explorer.spec.decoder import decoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models.networks import build_decoder
from fidle_vae.models.style_generator import build_style_generator
from fidle_vae.runs.saved_models import PRETRAINED
from tests.helpers.decoders import on_image, sequence
from tests.helpers.javascript import EXPLORER, node, run_decoders


def nested():
    """Return a chain of nested functional and sequential models, one of them used twice."""
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(6, "tanh"), layers.Dense(6)])
    z = keras.Input((2,))
    middle = keras.Model(z, inner(layers.Dense(6, "elu")(z)))
    image = keras.Sequential([layers.Dense(24), keras.Sequential([layers.Reshape((4, 2, 3))])])
    z = keras.Input((2,))
    return keras.Model(z, image(inner(middle(z))))


def from_the_middle():
    """Return the last layers of a functional model as a model."""
    whole = build_decoder("mlp", (4, 3, 1), 2)
    return keras.Model(whole.layers[1].output, whole.output)


def branch_that_leads_nowhere():
    z = keras.Input((2,))
    x = layers.Dense(12)(z)
    layers.Dense(5)(x)
    return keras.Model(z, layers.Reshape((4, 3))(x))


CASES = {
    "latent_dim 1": lambda: on_image(latent_dim=1),
    "latent_dim 6": lambda: on_image(latent_dim=6),
    "grey image": lambda: on_image(shape=(5, 4, 1)),
    "grey image without channel": lambda: on_image(shape=(5, 4)),
    "dense on an image": lambda: on_image(layers.Dense(7), layers.Dense(3)),
    "dense on rows": lambda: on_image(layers.Dense(5), shape=(6, 4)),
    "dense without bias": lambda: on_image(layers.Dense(3, use_bias=False)),
    "dense of 9 to 17": lambda: on_image(layers.Dense(17), layers.Dense(1), shape=(2, 3, 9)),
    "flatten": lambda: on_image(layers.Flatten(), layers.Dense(12), layers.Reshape((2, 2, 3))),
    "nested": nested,
    "styles": lambda: build_style_generator((16, 12, 1), 6, width=8),
    "from the middle": from_the_middle,
    "branch that leads nowhere": branch_that_leads_nowhere,
    "prelu by number": lambda: on_image(layers.PReLU()),
    "prelu by channel": lambda: on_image(layers.PReLU(shared_axes=[1, 2])),
    "prelu by row": lambda: on_image(layers.PReLU(shared_axes=[2, 3])),
    "batch normalization": lambda: on_image(layers.BatchNormalization()),
    "batch normalization of a vector": lambda: sequence(
        layers.BatchNormalization(), layers.Dense(12), layers.Reshape((4, 3))
    ),
    "batch normalization without gamma": lambda: on_image(layers.BatchNormalization(scale=False)),
    "batch normalization without beta": lambda: on_image(
        layers.BatchNormalization(axis=3, center=False, epsilon=0.1)
    ),
    "rescaling": lambda: on_image(layers.Rescaling(0.4, -0.3)),
    "rescaling by channel": lambda: on_image(layers.Rescaling([0.5, 1, -2], [1, 0, 3])),
    "rescaling with one offset": lambda: on_image(layers.Rescaling([0.5, 1, -2], 0.5)),
    "nothing at inference": lambda: on_image(
        layers.Dropout(0.5), layers.GaussianNoise(1.0), layers.SpatialDropout2D(0.5),
        layers.ActivityRegularization(0.1), layers.Identity(),
    ),
    "cropping": lambda: on_image(layers.Cropping2D(((1, 2), (0, 1)))),
    "zero padding": lambda: on_image(layers.ZeroPadding2D(((2, 1), (0, 3)))),
    "cropping, then padding": lambda: on_image(layers.Cropping2D(1), layers.ZeroPadding2D(2)),
    "nearest": lambda: on_image(layers.UpSampling2D((3, 2))),
    "bilinear": lambda: on_image(layers.UpSampling2D((2, 3), interpolation="bilinear")),
    "bilinear of one row": lambda: on_image(
        layers.UpSampling2D(4, interpolation="bilinear"), shape=(1, 3, 3)
    ),
}  # fmt: skip

CASES |= {
    f"activation {name}": functools.partial(
        lambda function: on_image(layers.Rescaling(4.0), layers.Activation(function)), function
    )
    for name, function in {
        **{
            name: name
            for name in (
                "relu", "relu6", "leaky_relu", "elu", "selu", "silu", "swish", "gelu", "tanh",
                "sigmoid", "linear", "softplus",
            )
        },
        "gelu by tanh": functools.partial(activations.gelu, approximate=True),
        "elu of alpha": functools.partial(activations.elu, alpha=0.3),
        "leaky relu": layers.LeakyReLU(0.1),
    }.items()
}  # fmt: skip

CASES |= {
    f"layer {name}": functools.partial(lambda make: on_image(layers.Rescaling(4.0), make()), make)
    for name, make in {
        "relu": layers.ReLU,
        "relu with a maximum": lambda: layers.ReLU(max_value=1.5),
        "relu with a slope": lambda: layers.ReLU(negative_slope=0.2),
        "relu with a threshold": lambda: layers.ReLU(threshold=0.7),
        "relu with all": lambda: layers.ReLU(max_value=2, negative_slope=0.2, threshold=0.7),
        "leaky relu": layers.LeakyReLU,
        "leaky relu of slope": lambda: layers.LeakyReLU(negative_slope=0.05),
        "elu": lambda: layers.ELU(0.4),
    }.items()
}

KERNELS = [
    {"kernel_size": size, "strides": strides, "padding": padding}
    for size in (1, 2, 3, (4, 5))
    for strides in (1, 2, 3, (2, 1))
    for padding in ("same", "valid")
]
OTHER_KERNELS = {
    layers.Conv2D: [
        {"kernel_size": 3, "groups": 2, "filters": 6},
        {"kernel_size": (2, 3), "groups": 4, "filters": 8, "padding": "same"},
        {"kernel_size": 2, "dilation_rate": 2},
        {"kernel_size": 3, "dilation_rate": (1, 2), "padding": "same"},
    ],
    layers.Conv2DTranspose: [
        {"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0},
        {"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1},
        {"kernel_size": 4, "strides": 3, "padding": "same", "output_padding": 2},
        {"kernel_size": (5, 2), "strides": (3, 2), "padding": "valid", "output_padding": (2, 1)},
        {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
        {"kernel_size": (2, 3), "dilation_rate": (3, 1)},
    ],
}


def convolution(kind, options):
    first = kind(**{"filters": 5, **options})
    return on_image(first, layers.Dense(3), shape=(7, 6, 4))


CASES |= {
    f"{kind.__name__} {options}": functools.partial(convolution, kind, options)
    for kind, others in OTHER_KERNELS.items()
    for options in [
        *KERNELS, *others,
        {"kernel_size": 3, "use_bias": False}, {"kernel_size": 2, "activation": "relu"},
    ]
}  # fmt: skip

COURSE = {
    f"{kind} {shape} of {latent_dim}": functools.partial(build_decoder, kind, shape, latent_dim)
    for kind in ("conv", "conv_bn", "mlp")
    for shape, latent_dim in (((28, 28, 1), 2), ((11, 9, 3), 1), ((28, 20, 1), 6))
}
CASES |= COURSE


def randomize(model, seed, gain):
    """Set every weight to a value other than 0 and 1, such that images are of order 1."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        values = rng.uniform(0.3, 1.0, weight.shape) * rng.choice([-1, 1], weight.shape)
        if weight.name == "kernel":
            transposed = weight.path.split("/")[-2].startswith("conv2d_transpose")
            outputs = weight.shape[-2 if transposed else -1]
            values *= gain / np.sqrt(np.prod(weight.shape) / outputs)
        elif weight.name == "moving_variance":
            values = np.abs(values)
        elif weight.name == "strength":
            values *= 0  # the explorer draws without noise
        weight.assign(values)


@pytest.fixture(scope="module")
def decoded(tmp_path_factory):
    """Images of every case, decoded by Keras and by node, all in one process."""
    models = {name: make() for name, make in CASES.items()}
    for seed, (name, model) in enumerate(models.items()):
        randomize(model, seed, gain=2.5 if name in COURSE else 1.5)  # a ReLU sets half to 0
    models["pretrained"] = keras.saving.load_model(PRETRAINED).decoder
    packer, jobs = Packer(), {}
    for name, model in models.items():
        for precision in ("float16", "float32"):
            points = np.random.default_rng(1).normal(size=(4, model.input_shape[-1]))
            spec = decoder_spec(model, packer, precision=precision)
            jobs[name, precision] = {"spec": spec, "points": points.astype("float32").tolist()}
    folder = tmp_path_factory.mktemp("decoded")
    answer = run_decoders(folder, packer.data, decoders=list(jobs.values()))
    results = {}
    for ((name, precision), job), images in zip(jobs.items(), answer["images"], strict=True):
        expected = keras.ops.convert_to_numpy(models[name](np.float32(job["points"])))
        assert [*expected.shape[1:], 1][:3] == job["spec"]["outputShape"], name
        results[name, precision] = np.reshape(images, expected.shape), expected
    return results


@pytest.mark.parametrize("name", [*CASES, "pretrained"])
def test_node_decodes_what_keras_decodes(decoded, name):
    image, expected = decoded[name, "float32"]
    np.testing.assert_allclose(image, expected, rtol=0, atol=1e-5)
    assert 0.05 < expected.std() < 5  # of order 1, neither black nor constant


@pytest.mark.parametrize("name", [*COURSE, "pretrained"])
def test_float16_changes_an_image_by_less_than_a_thousandth(decoded, name):
    image, expected = decoded[name, "float16"]
    assert 0 < np.abs(image - expected).max() < 1e-3


def test_all_images_share_one_buffer_and_a_wrong_point_raises(tmp_path):
    packer = Packer()
    spec = decoder_spec(on_image(), packer)
    (tmp_path / "data.bin").write_bytes(packer.data)
    program = tmp_path / "program.mjs"
    program.write_text(f"""
        import {{ readFileSync }} from "node:fs";
        import {{ arrayReader }} from "{(EXPLORER / "arrays.js").as_uri()}";
        import {{ Decoder }} from "{(EXPLORER / "decoder.js").as_uri()}";
        const read = arrayReader(readFileSync("{(tmp_path / "data.bin").as_posix()}"));
        const spec = {json.dumps(spec)};
        const decoder = new Decoder(spec, read);
        console.log(decoder.latentDim, String(decoder.shape), String(decoder.range));
        const image = decoder.decode([1, 2]);
        const before = String(image);
        console.log(decoder.decode([2, 1]) === image, String(image) === before);
        console.log(String(decoder.decode([1, 2])) === before);
        try {{ decoder.decode([1, 2, 3]); }} catch (error) {{ console.log(error.message); }}
        spec.layers[0].type = "gru";
        try {{ new Decoder(spec, read); }} catch (error) {{ console.log(error.message); }}
    """)
    assert node(program).splitlines() == [
        "2 5,4,3 0,1",
        "true false",
        "true",
        "z must have 2 numbers; it has 3.",
        f"Layer {spec['layers'][0]['name']} is of an unknown type, gru.",
    ]


def test_modules_of_the_decoder_join_into_one_script():
    modules = ("arrays", "activations", "weighted_sum", "layers", "decoder")
    text = "\n".join((EXPLORER / f"{name}.js").read_text(encoding="utf-8") for name in modules)
    lines = [
        line.removeprefix("export ") for line in text.splitlines() if not line.startswith("import ")
    ]
    program = "\n".join([*lines, "console.log(typeof Decoder, typeof arrayReader);"])
    assert node("--input-type=module", "--eval", program).split() == ["function", "function"]


def test_the_files_of_the_decoder_are_short():
    for name in ("arrays", "activations", "weighted_sum", "layers", "decoder"):
        lines = (EXPLORER / f"{name}.js").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 250
        assert max(map(len, lines)) <= 100
