"""The generator that makes a small image large: what it does before and after it has learned."""

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator
from fidle_vae.models.second_stage import build_second_stage


@pytest.mark.core
def test_untrained_it_doubles_the_image_and_nothing_else():
    small = np.random.default_rng(0).random((3, 4, 6, 2)).astype("float32")
    generator = build_second_stage((4, 6, 2), latent_dim=5, width=3)
    doubled = keras.layers.UpSampling2D(2, interpolation="bilinear")(small)
    noise = np.random.default_rng(1).standard_normal((3, 5)).astype("float32")
    large = generator([noise, small.reshape(3, -1)])
    np.testing.assert_allclose(
        ops.convert_to_numpy(large), ops.convert_to_numpy(doubled), atol=1e-6
    )


@pytest.mark.core
def test_it_learns_what_the_doubled_image_lacks(tmp_path):
    """Large images are sharp bars, small ones their means over 2 x 2 pixels."""
    rng = np.random.default_rng(0)
    large = np.zeros((512, 8, 8, 1), "float32")
    for image, first in zip(large, rng.integers(0, 5, 512), strict=True):
        image[:, first : first + 3] = 1
    rows = large.reshape(512, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(512, -1)
    keras.utils.set_random_seed(1)
    game = Adversarial(
        build_second_stage((4, 4, 1), 2, width=8),
        build_discriminator("dcgan", (8, 8, 1), 8, condition=16),
        penalty="r1",
        penalty_weight=0.5,
        seed=1,
    )
    off = np.abs(game.decode(np.zeros((64, 2)), rows[:64]) - large[:64]).mean()
    game.compile(keras.optimizers.Adam(5e-3, beta_1=0.5))
    game.fit(large, rows, batch_size=32, epochs=12)
    drawn = game.decode(np.zeros((64, 2)), rows[:64])
    assert np.abs(drawn - large[:64]).mean() < off / 2
    game.save(tmp_path / "game.keras")
    loaded = keras.saving.load_model(tmp_path / "game.keras")
    np.testing.assert_allclose(loaded.decode(np.zeros((64, 2)), rows[:64]), drawn, atol=1e-5)
