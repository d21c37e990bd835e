"""Networks that take orders: what the condition reaches, and games of all of them."""

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.conditional_normalization import ConditionalBatchNormalization
from fidle_vae.models.self_attention import SelfAttention

SHAPE, CLASSES = (8, 8, 1), 3
RNG = np.random.default_rng(0)


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def game(generator="joined", discriminator="planes", attention=False, kind="plain", **options):
    keras.utils.set_random_seed(1)
    networks = (
        build_generator(kind, SHAPE, 3, 4, condition=CLASSES, how=generator, attention=attention),
        build_discriminator(
            kind, SHAPE, 4, condition=CLASSES, how=discriminator, attention=attention, **options
        ),
    )
    return Adversarial(*networks, penalty="r1", penalty_weight=0.05, seed=5)


def bright(classes):
    """Return images whose class is a bright third of their rows."""
    x = np.zeros((len(classes), *SHAPE), "float32")
    for image, c in zip(x, classes, strict=True):
        image[1 + 2 * c : 3 + 2 * c] = 1
    return x


@pytest.mark.parametrize(
    ("generator", "discriminator"),
    [
        pytest.param("joined", "planes", marks=pytest.mark.core),
        ("normalization", "planes"),
        ("joined", "projection"),
        pytest.param("normalization", "projection", marks=pytest.mark.core),
    ],
)
def test_an_order_is_obeyed(generator, discriminator):
    played = game(generator, discriminator)
    played.compile(keras.optimizers.Adam(5e-3, beta_1=0.5))
    classes = np.arange(192) % CLASSES
    played.fit(bright(classes), classes, batch_size=32, epochs=40)
    drawn = played.sample(30, np.arange(30) % CLASSES, seed=1)
    ink = np.stack([drawn[:, 1 + 2 * c : 3 + 2 * c].mean(axis=(1, 2, 3)) for c in range(CLASSES)])
    assert (ink.argmax(axis=0) == np.arange(30) % CLASSES).mean() > 0.9


@pytest.mark.core
def test_a_projection_adds_the_inner_product_of_features_and_condition():
    network = build_discriminator("plain", SHAPE, 4, condition=CLASSES, how="projection")
    x, c = RNG.random((4, *SHAPE)).astype("float32"), RNG.random((4, CLASSES)).astype("float32")
    flat = next(each for each in network.layers if isinstance(each, keras.layers.Flatten))
    features = numbers(keras.Model(network.inputs, flat.output)([x, c]))
    one, learned = (
        next(each for each in network.layers if each.name.startswith("dense") and
             each.kernel.shape[0] == rows) for rows in (features.shape[1], CLASSES)
    )  # fmt: skip
    due = features @ numbers(one.kernel) + numbers(one.bias)
    due = due[:, 0] + (features * (c @ numbers(learned.kernel))).sum(axis=1)
    np.testing.assert_allclose(numbers(network([x, c]))[:, 0], due, rtol=1e-4, atol=1e-5)


def test_a_plane_is_one_more_channel_that_the_condition_alone_decides():
    network = build_discriminator("plain", SHAPE, 4, condition=CLASSES)
    joined = next(each for each in network.layers if isinstance(each, keras.layers.Concatenate))
    look = keras.Model(network.inputs, joined.output)
    x, c = RNG.random((2, *SHAPE)).astype("float32"), np.eye(CLASSES, dtype="float32")[[0, 1]]
    both, swapped = numbers(look([x, c])), numbers(look([x[::-1], c]))
    assert both.shape == (2, 8, 8, 2)
    np.testing.assert_array_equal(both[..., :1], x)
    np.testing.assert_array_equal(both[..., 1], swapped[..., 1])
    assert np.abs(both[0, ..., 1] - both[1, ..., 1]).max() > 0.01


@pytest.mark.parametrize("kind", ["plain", "dcgan"])
def test_every_convolution_but_the_last_has_a_normalization_that_sees_the_condition(kind):
    network = build_generator(kind, SHAPE, 3, 4, condition=CLASSES, how="normalization")
    found = sum(isinstance(each, ConditionalBatchNormalization) for each in network.layers)
    assert found == {"plain": 2, "dcgan": 1}[kind]


@pytest.mark.core
@pytest.mark.parametrize("discriminator", ["planes", "projection"])
def test_a_game_with_all_of_it_learns_from_attributes_and_is_saved(discriminator, tmp_path):
    played = game("normalization", discriminator, attention=True)
    played.compile(keras.optimizers.Adam(1e-2))
    c = RNG.normal(0, 1, (32, CLASSES)).astype("float32")
    played.fit(RNG.random((32, *SHAPE)), c, batch_size=8, epochs=2)
    gammas = [
        float(numbers(each.gamma))
        for network in (played.generator, played.discriminator)
        for each in network.layers
        if isinstance(each, SelfAttention)
    ]
    assert len(gammas) == 2
    assert all(gammas)
    played.save(tmp_path / "game.keras")
    loaded = keras.saving.load_model(tmp_path / "game.keras")
    drawn = played.sample(8, c[:8], seed=1)
    np.testing.assert_allclose(loaded.sample(8, c[:8], seed=1), drawn, rtol=1e-4, atol=1e-5)
    judged = (numbers(each.discriminator([drawn, c[:8]])) for each in (played, loaded))
    np.testing.assert_allclose(*judged, rtol=1e-4, atol=1e-5)


def test_a_clipped_discriminator_clips_what_it_learns_of_the_condition():
    for how in ("planes", "projection"):
        played = game("joined", how, clip=0.02)
        played.compile(keras.optimizers.Adam(1e-2))
        played.fit(bright([0, 1, 2, 0]), np.array([0, 1, 2, 0]), batch_size=4)
        assert max(np.abs(numbers(w)).max() for w in played.discriminator.get_weights()) <= 0.0201


def test_what_is_unknown_is_said():
    with pytest.raises(ValueError, match="how must be one of joined, normalization"):
        build_generator("plain", SHAPE, 3, 4, condition=3, how="planes")
    with pytest.raises(ValueError, match="how must be one of planes, projection"):
        build_discriminator("plain", SHAPE, 4, condition=3, how="joined")
    with pytest.raises(ValueError, match="attention must be False with spectral=True or clip"):
        build_discriminator("plain", SHAPE, 4, spectral=True, attention=True)
