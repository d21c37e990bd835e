"""An autoencoder that is judged by a discriminator's features, and whose decoder plays a game."""

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.networks import build_encoder
from fidle_vae.models.vae_gan import VAEGAN

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)
RNG = np.random.default_rng(0)
SQUARES = np.zeros((256, *SHAPE), "float32")  # one bright square in each, somewhere
for image, (row, column) in zip(SQUARES, RNG.integers(0, 6, (256, 2)), strict=True):
    image[row : row + 3, column : column + 3] = 1


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def model(**options):
    keras.utils.set_random_seed(1)
    game = VAEGAN(
        build_encoder("mlp", SHAPE, 3),
        build_generator("plain", SHAPE, 3, width=8),
        build_discriminator("plain", SHAPE, 8),
        seed=5,
        **options,
    )
    game.compile(keras.optimizers.Adam(3e-3, beta_1=0.5))
    return game


def weights(network):
    return [numbers(each).copy() for each in network.get_weights()]


def moved(game, player, x=SQUARES[:16]):
    """Return which of the networks a step of a player changes."""
    names = ("encoder", "generator", "discriminator")
    before = {name: weights(getattr(game, name)) for name in names}
    getattr(game._play, player).train_on_batch([x])
    return {
        name
        for name in names
        for a, b in zip(before[name], weights(getattr(game, name)), strict=True)
        if not np.array_equal(a, b)
    }


def test_the_autoencoder_and_the_discriminator_train_their_own_networks():
    game = model()
    assert moved(game, "discriminator") == {"discriminator"}
    assert moved(game, "generator") == {"encoder", "generator"}


def test_the_loss_is_the_kl_the_distance_of_features_and_the_game():
    game = model(feature_weight=0.7, game_weight=0.3)
    player = game._play.generator
    fake, kl, apart = (numbers(each) for each in player([SQUARES[:4]]))
    z_mean, z_log_var = (numbers(each) for each in game.encoder(SQUARES[:4]))
    due = (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).sum(axis=1) / 2
    np.testing.assert_allclose(kl, due, rtol=1e-4)
    total = due.mean() + 0.7 * apart.sum(axis=1).mean() / 2 + 0.3 * np.log1p(np.exp(-fake)).mean()
    loss = player.compute_loss(y_pred=tuple(map(ops.convert_to_tensor, (fake, kl, apart))))
    assert float(numbers(loss)) == pytest.approx(total, rel=1e-4)


def test_features_are_what_the_last_layer_of_the_discriminator_sees():
    game = model()
    features = numbers(game._play.generator.features(SQUARES[:4]))
    kernel, bias = (numbers(each) for each in game.discriminator.layers[-1].get_weights())
    logits = numbers(game.discriminator(SQUARES[:4]))
    np.testing.assert_allclose(features @ kernel + bias, logits, rtol=1e-4, atol=1e-5)


def test_copies_come_to_resemble_the_images_without_a_loss_of_pixels():
    game = model(feature_weight=10.0, game_weight=0.1, penalty="r1", penalty_weight=0.5)
    error = [np.square(SQUARES - copies(game)).mean()]
    history = game.fit(SQUARES, batch_size=32, epochs=20).history
    error.append(np.square(SQUARES - copies(game)).mean())
    of_other_images = np.square(SQUARES[::-1] - copies(game)).mean()
    assert error[1] < 0.5 * error[0]
    assert error[1] < 0.5 * of_other_images
    assert set(history) == {"d_loss", "g_loss", "d_real", "d_fake", "kl_loss", "feature_loss"}


def copies(game):
    return game.decode(numbers(game.encoder(SQUARES)[0]))


def test_it_is_saved_with_its_three_networks(tmp_path):
    game = model(feature_weight=0.7, game_weight=0.3, loss="hinge")
    game.save(tmp_path / "game.keras")
    loaded = keras.saving.load_model(tmp_path / "game.keras")
    np.testing.assert_allclose(copies(loaded), copies(game), rtol=1e-5, atol=1e-6)
    for a, b in zip(weights(game), weights(loaded), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (loaded.feature_weight, loaded.game_weight, loaded.loss_name) == (0.7, 0.3, "hinge")


def test_networks_that_do_not_fit_are_said():
    generator, discriminator = (
        build_generator("plain", SHAPE, 3, 4),
        build_discriminator("plain", SHAPE, 4),
    )
    with pytest.raises(ValueError, match="decoder must take the 2 latent dimensions"):
        VAEGAN(build_encoder("mlp", SHAPE, 2), generator, discriminator)
