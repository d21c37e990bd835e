import keras
import numpy as np
import pytest

from fidle_vae.data.binarization import binarize
from fidle_vae.evaluation.bits_back import compress, decompress
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE

pytestmark = pytest.mark.core
SHAPE = (28, 28, 1)


def build(latent_dim, seed=1, shape=SHAPE):
    keras.utils.set_random_seed(seed)
    networks = (make("mlp", shape, latent_dim) for make in (build_encoder, build_decoder))
    return VAE(*networks, loss_weights="elbo")


@pytest.fixture(scope="module")
def x():
    """Return 500 blurred spots in black and white."""
    rng = np.random.default_rng(7)
    centre, size = rng.uniform(8, 20, (500, 2, 1, 1)), rng.uniform(2, 5, (500, 1, 1))
    row, column = np.mgrid[:28, :28]
    square = (row - centre[:, 0]) ** 2 + (column - centre[:, 1]) ** 2
    return binarize(np.exp(-square / size**2)[..., None], seed=1)


@pytest.fixture(scope="module")
def vae(x):
    vae = build(latent_dim=4)
    vae.compile(keras.optimizers.Adam(8e-3))
    vae.fit(x, batch_size=50, epochs=4, verbose=0)
    return vae


@pytest.fixture(scope="module")
def file(vae, x):
    return compress(vae.encoder, vae.decoder, x)


def round_trip(vae, x):
    file = compress(vae.encoder, vae.decoder, x)
    found = decompress(vae.encoder, vae.decoder, file.data)
    assert found.dtype == "float32"
    np.testing.assert_array_equal(found, x)
    return file


def test_the_images_of_a_trained_model_come_back(vae, x, file):
    np.testing.assert_array_equal(decompress(vae.encoder, vae.decoder, file.data), x)


def test_the_size_of_the_file_is_the_elbo(vae, x, file):
    found = importance_sampling(vae.encoder, vae.decoder, x, samples=20)
    bits = {"elbo": -found.elbo, "pixels": found.reconstruction, "kl": found.kl}
    bits = {name: nats.sum() / np.log(2) for name, nats in bits.items()}
    assert bits["kl"] > 0.02 * bits["elbo"]  # the model uses its z
    assert file.pixels == pytest.approx(bits["pixels"], rel=0.01)
    assert file.prior - file.back == pytest.approx(bits["kl"], rel=0.15)
    assert file.pixels + file.prior - file.back == pytest.approx(bits["elbo"], rel=0.01)
    assert 8 * len(file.data) == pytest.approx(bits["elbo"], rel=0.01)


def test_every_bit_of_the_file_is_accounted_for(file):
    assert file.prior == pytest.approx(500 * 4 * 10)  # log2 of 1024 buckets
    assert file.initial <= 32 + 4 * 10 + 32
    # count, two checksums, and a head of 64 bits, of which at least 32 are in use
    rest = 8 * len(file.data) - (file.pixels + file.prior - file.back) - file.initial
    assert 96 <= rest <= 96 + 32 + 1


@pytest.mark.parametrize("n", [1, 2, 100])  # 100 = 1 + 2 + 4 + 8 + 16 + 32 + 37
def test_any_number_of_images_comes_back(vae, x, n):
    round_trip(vae, x[:n])


def test_the_images_of_an_untrained_model_come_back_and_take_a_bit_a_pixel(x):
    file = round_trip(build(latent_dim=1, seed=3), x[:20])
    assert file.pixels == pytest.approx(20 * 784, rel=0.1)


def test_black_and_white_images_come_back_though_the_model_finds_them_improbable(vae):
    round_trip(vae, np.stack([np.zeros(SHAPE), np.ones(SHAPE)] * 2))


def test_a_posterior_far_out_narrow_or_wide_is_coded(x):
    vae = build(latent_dim=3)
    mean, log_var = (vae.encoder.get_layer(name) for name in ("z_mean", "z_log_var"))
    for layer, bias in ((mean, [50.0, -9.0, 0.0]), (log_var, [-300.0, 2.0, 300.0])):
        layer.set_weights([0 * layer.get_weights()[0], np.array(bias)])
    round_trip(vae, x[:5])


def test_images_of_other_shapes_and_types_come_back():
    x = np.random.default_rng(0).random((9, 6, 5, 3)) < 0.3
    round_trip(build(latent_dim=2, shape=(6, 5, 3)), x)


def test_the_networks_get_batches_of_one_length(vae, x, monkeypatch):
    """Matrix products of other lengths may round otherwise, so that other images would come."""
    lengths = set()

    def watch(network):
        call = network.call

        def watched(inputs, *args, **kwargs):
            lengths.add(inputs.shape[0])
            return call(inputs, *args, **kwargs)

        monkeypatch.setattr(network, "call", watched)

    watch(vae.encoder)
    watch(vae.decoder)
    round_trip(vae, x[:70])
    assert len(lengths) == 1


def test_a_damaged_file_is_refused(vae, file):
    changed = bytearray(file.data)
    changed[len(changed) // 2] ^= 1
    for data in (bytes(changed), file.data[:-4], file.data[4:], file.data[:-1], b"", b"\0" * 16):
        with pytest.raises(ValueError, match=f"data must be .* these {len(data)} are damaged"):
            decompress(vae.encoder, vae.decoder, data)


def test_another_model_is_refused(vae, x):
    file = compress(vae.encoder, vae.decoder, x[:10])
    for other in (build(latent_dim=4, seed=9), build(latent_dim=7)):
        with pytest.raises(ValueError, match="must be those that compressed the images"):
            decompress(other.encoder, other.decoder, file.data)


def test_networks_of_no_vae_are_refused(vae, x):
    points = keras.Model(vae.encoder.input, vae.encoder.outputs[0])
    grey = keras.Model(vae.decoder.inputs, keras.layers.Flatten()(vae.decoder.outputs[0]))
    for encoder, decoder in (
        (points, vae.decoder),
        (vae.encoder, build(latent_dim=3).decoder),
        (vae.encoder, grey),
        (
            build_encoder("mlp", SHAPE, 4, condition=10),
            build_decoder("mlp", SHAPE, 4, condition=10),
        ),
    ):
        with pytest.raises(ValueError, match=r"encoder must return .* take those of one VAE"):
            compress(encoder, decoder, x)


def test_a_decoder_without_a_sigmoid_or_with_nan_is_refused(vae, x):
    for offset in (-2, 2, np.nan):
        image = keras.layers.Rescaling(1, offset)(vae.decoder.outputs[0])
        with pytest.raises(ValueError, match=r"cdf must rise from 0 to 1; .* end with a sigmoid"):
            compress(vae.encoder, keras.Model(vae.decoder.input, image), x)


@pytest.mark.parametrize(
    ("images", "got"),
    [
        (np.full((2, *SHAPE), 0.5), r"shape \(2, 28, 28, 1\) and values such as \[0.5\]"),
        (np.zeros((2, 28, 28)), r"shape \(2, 28, 28\)"),
        (np.zeros((0, *SHAPE)), r"shape \(0, 28, 28, 1\)"),
        (np.full((1, *SHAPE), np.nan), r"shape .* \[nan\]"),
        (np.full((1, *SHAPE), 255, "uint8"), r"shape .* \[255\]"),
    ],
)
def test_only_images_of_zeros_and_ones_are_compressed(vae, images, got):
    with pytest.raises(ValueError, match=rf"x must be images .*; got {got}.*: take binarize"):
        compress(vae.encoder, vae.decoder, images)
