"""What keeps a discriminator from being steep: constraints on its weights."""

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.weight_constraints import ClipWeights, UnitSpectralNorm

SHAPE = (8, 8, 1)


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def trained(**options):
    """Return the networks of a short game that began far from what the constraints ask for."""
    keras.utils.set_random_seed(1)
    generator, discriminator = (
        build_generator("plain", SHAPE, 3, width=4),
        build_discriminator("plain", SHAPE, 4, **options),
    )
    game = Adversarial(generator, discriminator, loss="hinge", seed=5)
    game.compile(keras.optimizers.Adam(1e-2))
    game.fit(np.random.default_rng(0).random((64, *SHAPE)), batch_size=16, epochs=2)
    return generator, discriminator


def norms(network):
    """Return the largest singular value of each kernel, by NumPy."""
    kernels = [numbers(layer.kernel) for layer in network.layers if hasattr(layer, "kernel")]
    return np.array([np.linalg.norm(each.reshape(-1, each.shape[-1]), 2) for each in kernels])


@pytest.mark.core
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4, 2, 6), (20, 1)])
def test_a_kernel_gets_a_spectral_norm_of_1_and_keeps_its_direction(shape):
    kernel = np.random.default_rng(0).standard_normal(shape).astype("float32")
    found = numbers(UnitSpectralNorm()(ops.convert_to_tensor(kernel)))
    largest = np.linalg.svd(kernel.reshape(-1, shape[-1]))[1][0]
    np.testing.assert_allclose(found, kernel / largest, rtol=1e-4, atol=1e-6)


@pytest.mark.core
def test_a_kernel_of_zeros_stays():
    np.testing.assert_array_equal(numbers(UnitSpectralNorm()(ops.zeros((3, 2)))), 0)


@pytest.mark.core
def test_a_game_keeps_every_kernel_of_the_discriminator_at_norm_1():
    generator, discriminator = trained(spectral=True)
    np.testing.assert_allclose(norms(discriminator), 1, rtol=1e-3)
    assert np.abs(norms(generator) - 1).min() > 0.01
    assert np.abs(norms(trained()[1]) - 1).min() > 0.01


@pytest.mark.core
def test_a_game_clips_the_weights_of_the_discriminator_alone():
    generator, discriminator = trained(clip=0.02)
    largest = [np.abs(numbers(each)).max() for each in discriminator.trainable_variables]
    assert max(largest) == pytest.approx(0.02)
    assert np.abs(numbers(generator.trainable_variables[0])).max() > 0.1


def test_batch_normalization_is_clipped_with_the_rest():
    _, discriminator = trained(clip=0.02, normalize=True)
    assert max(np.abs(numbers(e)).max() for e in discriminator.trainable_variables) <= 0.0200001


@pytest.mark.core
@pytest.mark.parametrize("options", [{"spectral": True}, {"clip": 0.02}, {"deviation": True}])
def test_a_discriminator_is_saved_with_what_it_is_held_by(tmp_path, options):
    discriminator = build_discriminator("dcgan", SHAPE, 4, **options)
    discriminator.save(tmp_path / "discriminator.keras")
    loaded = keras.saving.load_model(tmp_path / "discriminator.keras")
    x = np.random.default_rng(0).random((5, *SHAPE)).astype("float32")
    np.testing.assert_allclose(numbers(loaded(x)), numbers(discriminator(x)), rtol=1e-5)
    due = {"spectral": UnitSpectralNorm, "clip": ClipWeights}.get(*options, type(None))
    for layer in loaded.layers:
        if hasattr(layer, "kernel"):
            assert isinstance(layer.kernel.constraint, due)
            assert getattr(layer.kernel.constraint, "limit", 0.02) == 0.02


@pytest.mark.parametrize("limit", [0, -0.1, "small", True, float("inf")])
def test_a_limit_is_a_number_above_0(limit):
    with pytest.raises(ValueError, match=r"limit must be a number above 0, got .*: try 0.01"):
        ClipWeights(limit)


def test_one_of_both_is_enough():
    with pytest.raises(ValueError, match=r"clip must be None with spectral=True, got 0\.01"):
        build_discriminator("plain", SHAPE, 4, spectral=True, clip=0.01)
