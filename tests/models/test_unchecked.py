import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models import VAE, gaussian_kl
from fidle_vae.models.unchecked import UncheckedVAE, build_networks, first_channel

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)
IMAGES = np.random.default_rng(0).integers(0, 2, (30, *SHAPE)).astype("float32")


def loss_of(model):
    model.compile()
    loss = model.evaluate(IMAGES, batch_size=10, verbose=0, return_dict=True)["loss"]
    return float(loss)


def networks(**options):
    keras.utils.set_random_seed(3)
    return build_networks(SHAPE, 2, **options)


def test_without_a_mistake_its_loss_is_the_negative_elbo():
    own = loss_of(UncheckedVAE(*networks(), seed=5))
    vae = VAE(*networks(), loss_weights=(64.0, 1.0), seed=5)
    assert own == pytest.approx(loss_of(vae), rel=1e-4)


def test_three_calls_of_an_encoder_without_noise_change_nothing():
    one, three = (loss_of(UncheckedVAE(*networks(), calls=calls, seed=5)) for calls in (1, 3))
    assert three == pytest.approx(one, rel=1e-5)


def test_three_calls_are_three_when_the_encoder_drops_out():
    encoder, decoder = networks()
    image = keras.Input(SHAPE)
    noisy = keras.Model(image, encoder(keras.layers.Dropout(0.5)(image)))
    model = UncheckedVAE(noisy, decoder, calls=3, seed=5)
    seen = []
    noisy_call = noisy.call
    noisy.call = lambda *args, **kw: seen.append(1) or noisy_call(*args, **kw)
    model(IMAGES[:2], training=True)  # builds the model first
    seen.clear()
    model(IMAGES[:2], training=True)
    assert len(seen) == 3


def test_its_terms_can_be_others():
    model = UncheckedVAE(*networks(), nll=lambda x, x_hat: 0 * x[:, 0, 0, 0] + 7, seed=5)
    kl = ops.convert_to_numpy(gaussian_kl(*model.encoder(IMAGES))).mean()
    assert loss_of(model) == pytest.approx(7 + kl, rel=1e-4)


def test_many_channels_go_unnoticed_and_count_as_many_times():
    encoder, decoder = networks(channels=5)
    assert decoder.output_shape == (None, 8, 8, 5)
    z = np.zeros((2, 2), "float32")
    x_hat = ops.convert_to_numpy(decoder(z))
    assert np.allclose(x_hat, x_hat[..., :1])  # all begin alike
    first = first_channel(decoder)
    assert np.allclose(ops.convert_to_numpy(first(z)), x_hat[..., :1])
    zero = {"kl": lambda m, v: 0 * m[:, 0]}
    five, one = (loss_of(UncheckedVAE(encoder, each, seed=5, **zero)) for each in (decoder, first))
    assert five == pytest.approx(5 * one, rel=1e-4)


def test_normalized_networks_have_batch_normalization():
    names = [
        layer.__class__.__name__ for network in networks(normalize=True) for layer in network.layers
    ]
    assert names.count("BatchNormalization") == 4
    assert not any("BatchNorm" in layer.__class__.__name__ for layer in networks()[0].layers)


def test_another_number_of_calls_is_refused():
    with pytest.raises(ValueError, match="calls must be"):
        UncheckedVAE(*networks(), calls=2)


def test_a_network_may_drop_pixels_out():
    encoder, _ = networks(dropout=0.5)
    once, again = (ops.convert_to_numpy(encoder(IMAGES, training=True)[0]) for _ in range(2))
    assert not np.allclose(once, again)
    in_use, again = (ops.convert_to_numpy(encoder(IMAGES)[0]) for _ in range(2))
    assert np.allclose(in_use, again)
