import keras
import numpy as np
import pytest

from fidle_vae.models.networks import NETWORKS, build_decoder, build_encoder

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("kind", "shape", "latent_dim"),
    [("strided", (28, 20, 1), 1), *((kind, (9, 15, 3), 7) for kind in NETWORKS)],
)
def test_networks_fit_images_of_any_shape(kind, shape, latent_dim):
    encoder, decoder = (build(kind, shape, latent_dim) for build in (build_encoder, build_decoder))
    images = np.random.default_rng(0).random((2, *shape), dtype="float32")
    z_mean, z_log_var = encoder(images)
    assert tuple(z_mean.shape) == tuple(z_log_var.shape) == (2, latent_dim)
    x_hat = keras.ops.convert_to_numpy(decoder(z_mean))
    assert x_hat.shape == images.shape
    assert x_hat.min() > 0
    assert x_hat.max() < 1


def layers_of(model):
    """Kind, width and stride of a model's dense and convolutional layers, in order."""
    return [
        (type(layer).__name__, config.get("units") or config.get("filters"), stride)
        for layer in model.layers
        if (config := layer.get_config()).keys() & {"units", "filters"}
        for stride in [config.get("strides", (None,))[0]]
    ]


def test_the_conv_networks_have_the_layers_of_the_course():
    encoder, decoder = build_encoder("conv", (28, 28, 1), 2), build_decoder("conv", (28, 28, 1), 2)
    assert layers_of(encoder) == [
        ("Conv2D", 32, 1), ("Conv2D", 64, 2), ("Conv2D", 64, 2), ("Conv2D", 64, 1),
        ("Dense", 16, None), ("Dense", 2, None), ("Dense", 2, None),
    ]  # fmt: skip
    assert layers_of(decoder) == [
        ("Dense", 7 * 7 * 64, None), ("Conv2DTranspose", 64, 1), ("Conv2DTranspose", 64, 2),
        ("Conv2DTranspose", 32, 2), ("Conv2DTranspose", 1, 1),
    ]  # fmt: skip
    # weights and biases by hand: 3 x 3 kernels, then 3136 features
    assert encoder.count_params() == sum(
        [(9 * 1 + 1) * 32, (9 * 32 + 1) * 64, 2 * (9 * 64 + 1) * 64, (3136 + 1) * 16, 2 * 17 * 2]
    )
    assert decoder.count_params() == sum(
        [(2 + 1) * 3136, 2 * (9 * 64 + 1) * 64, (9 * 64 + 1) * 32, (9 * 32 + 1) * 1]
    )


def test_the_mlp_is_784_256_128_mirrored():
    encoder, decoder = build_encoder("mlp", (28, 28, 1), 5), build_decoder("mlp", (28, 28, 1), 5)
    assert [width for _, width, _ in layers_of(encoder)] == [256, 128, 5, 5]
    assert [width for _, width, _ in layers_of(decoder)] == [128, 256, 784]


def test_the_strided_network_halves_the_image_twice_and_its_decoder_goes_back():
    encoder, decoder = (
        build("strided", (28, 28, 1), 2) for build in (build_encoder, build_decoder)
    )
    assert layers_of(encoder)[:3] == [("Conv2D", 32, 2), ("Conv2D", 64, 2), ("Dense", 128, None)]
    assert layers_of(decoder) == [
        ("Dense", 128, None), ("Dense", 3136, None),
        ("Conv2DTranspose", 32, 2), ("Conv2DTranspose", 1, 2),
    ]  # fmt: skip


def test_conv_bn_normalizes_every_hidden_layer_and_nothing_else():
    encoder, decoder = (
        build("conv_bn", (28, 28, 1), 2) for build in (build_encoder, build_decoder)
    )
    assert layers_of(encoder)[:3] == [("Conv2D", 32, 2), ("Conv2D", 64, 2), ("Dense", 20, None)]
    assert layers_of(decoder) == [
        ("Dense", 20, None), ("Dense", 3136, None),
        ("Conv2DTranspose", 32, 2), ("Conv2DTranspose", 1, 2),
    ]  # fmt: skip
    for model, hidden in ((encoder, 3), (decoder, 3)):
        normal = [n for n in model.layers if isinstance(n, keras.layers.BatchNormalization)]
        assert len(normal) == hidden


@pytest.mark.parametrize("build", [build_encoder, build_decoder])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("conv", (28, 28, 1), 0), r"latent_dim must be an integer of 1 or more; got 0"),
        (("conv", (28, 28, 1), 2.5), r"latent_dim must be .* got 2.5"),
        (("conv", (28, 28, 1), True), r"latent_dim must be .* got True"),
        (("convbn", (28, 28, 1), 2), r"kind must be one of .* did you mean 'conv_bn'\?"),
        (("conv", (28, 28), 2), r"shape must be \(height, width, channels\).* got \(28, 28\)"),
        (("conv", (28, 0, 1), 2), r"shape must be .* got \(28, 0, 1\)"),
    ],
)
def test_wrong_arguments_raise_with_a_hint(build, arguments, message):
    with pytest.raises(ValueError, match=message):
        build(*arguments)


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_gaussians_start_narrow_so_that_the_decoder_sees_more_than_noise(kind):
    keras.utils.set_random_seed(1)
    images = np.random.default_rng(1).random((50, 28, 28, 1), dtype="float32")
    _, z_log_var = build_encoder(kind, (28, 28, 1), 2)(images)
    sigma = np.exp(keras.ops.convert_to_numpy(z_log_var) / 2)
    assert 0.1 < sigma.mean() < 0.4
