"""The losses of the two players against closed forms, and the model in which they play."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy import stats

from fidle_vae.models.adversarial import (
    LOSSES,
    Adversarial,
    gradient_penalty,
    r1_penalty,
)
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator

SHAPE = (8, 8, 1)
LOGITS = np.float32([-30, -2, -0.5, 0, 0.5, 2, 30])


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def small_game(**options):
    keras.utils.set_random_seed(1)
    networks = (build_generator("plain", SHAPE, 3, width=4), build_discriminator("plain", SHAPE, 4))
    return Adversarial(*networks, seed=5, **options)


def weights(model):
    return [numbers(each) for each in model.get_weights()]


# -- The losses -----------------------------------------------------------------------------


@pytest.mark.core
def test_the_logarithmic_losses_are_those_of_probabilities():
    logits = LOGITS[1:-1]
    d = 1 / (1 + np.exp(-logits))
    for name, generator in (("minimax", np.log(1 - d)), ("non_saturating", -np.log(d))):
        losses = LOSSES[name]
        np.testing.assert_allclose(numbers(losses.real(logits)), -np.log(d), rtol=1e-5)
        np.testing.assert_allclose(numbers(losses.fake(logits)), -np.log(1 - d), rtol=1e-5)
        np.testing.assert_allclose(numbers(losses.generator(logits)), generator, rtol=1e-5)


@pytest.mark.core
def test_they_stay_finite_where_the_discriminator_is_sure():
    for losses in LOSSES.values():
        for loss in losses:
            assert np.isfinite(numbers(loss(ops.convert_to_tensor(LOGITS * 1e3)))).all()


def test_where_the_best_discriminator_plays_the_losses_are_the_divergence():
    """At D = p / (p + q) the two terms add up to 2 log 2 - 2 JS(p, q)."""
    x = np.linspace(-12, 12, 20_001)
    p, q = stats.norm(-1, 1).pdf(x), stats.norm(1, 1.5).pdf(x)
    logits = np.float32(np.log(p / q))
    real, fake = (numbers(LOSSES["minimax"][i](logits)) for i in (0, 1))
    loss = np.trapezoid(p * real + q * fake, x)
    half = (p + q) / 2
    divergence = np.trapezoid(p * np.log(p / half) + q * np.log(q / half), x) / 2
    assert loss == pytest.approx(2 * np.log(2) - 2 * divergence, rel=1e-4)


@pytest.mark.core
def test_least_squares_wants_1_for_real_and_0_for_generated():
    losses = LOSSES["least_squares"]
    np.testing.assert_allclose(numbers(losses.real(LOGITS)), (LOGITS - 1) ** 2 / 2, rtol=1e-6)
    np.testing.assert_allclose(numbers(losses.fake(LOGITS)), LOGITS**2 / 2, rtol=1e-6)
    np.testing.assert_allclose(numbers(losses.generator(LOGITS)), (LOGITS - 1) ** 2 / 2, rtol=1e-6)


@pytest.mark.core
def test_the_hinge_forgives_what_is_beyond_its_margin():
    real, fake, generator = (numbers(loss(LOGITS)) for loss in LOSSES["hinge"])
    np.testing.assert_allclose(real, np.maximum(0, 1 - LOGITS), rtol=1e-6)
    np.testing.assert_allclose(fake, np.maximum(0, 1 + LOGITS), rtol=1e-6)
    np.testing.assert_allclose(generator, -LOGITS, rtol=1e-6)


# -- The penalties --------------------------------------------------------------------------


@pytest.mark.core
def test_the_penalties_of_a_linear_discriminator_follow_from_its_slope():
    slope = np.float32([[3.0], [4.0]])  # of length 5
    x, x_hat = np.zeros((2, 3, 2), "float32")

    def linear(points):
        return ops.matmul(points, slope)

    np.testing.assert_allclose(numbers(r1_penalty(linear, x)), [25] * 3, rtol=1e-5)
    one = gradient_penalty(linear, x, x_hat, np.float32([0, 0.5, 1]))
    np.testing.assert_allclose(numbers(one), [16] * 3, rtol=1e-5)


@pytest.mark.core
def test_the_gradient_is_taken_between_real_and_generated_images_each_at_its_own_share():
    x, x_hat = np.float32([[4.0], [4.0], [4.0]]), np.float32([[0.0], [2.0], [0.0]])
    one = gradient_penalty(ops.square, x, x_hat, np.float32([0.25, 0.5, 1.0]))
    between = np.float32([1, 3, 4])
    np.testing.assert_allclose(numbers(one), (2 * between - 1) ** 2, rtol=1e-5)


@pytest.mark.core
def test_a_penalty_teaches_the_discriminator():
    """Its weights move with nothing but the penalty in the loss: it is differentiated again."""
    x = np.random.default_rng(0).standard_normal((64, 2)).astype("float32")
    sizes = []
    for weight in (0.0, 30.0):
        game = points_game(penalty="r1", penalty_weight=weight)
        game.compile(keras.optimizers.Adam(1e-2))
        game.fit(x, batch_size=16, epochs=10)
        sizes.append(numbers(r1_penalty(game.discriminator, x)).mean())
    assert sizes[1] < sizes[0] / 2


# -- The game -------------------------------------------------------------------------------


@pytest.mark.core
def test_each_player_moves_its_own_network_alone():
    game = small_game()
    game.compile(keras.optimizers.Adam(1e-2))
    x = np.random.default_rng(0).random((16, *SHAPE)).astype("float32")
    for name, other in (("discriminator", "generator"), ("generator", "discriminator")):
        before = {each: weights(getattr(game, each)) for each in (name, other)}
        getattr(game._play, name).train_on_batch([x])
        for a, b in zip(before[other], weights(getattr(game, other)), strict=True):
            np.testing.assert_array_equal(a, b)
        for a, b in zip(before[name], weights(getattr(game, name)), strict=True):
            assert np.abs(a - b).max() > 1e-4


def test_the_generator_moves_what_it_draws_to_where_the_data_are():
    game = points_game(penalty="r1", penalty_weight=0.5)
    game.compile(keras.optimizers.Adam(1e-2, beta_1=0.0))
    x = np.float32([2, -1]) + 0.3 * np.random.default_rng(0).standard_normal((512, 2))
    history = game.fit(x.astype("float32"), batch_size=64, epochs=20).history
    drawn = game.sample(2000, seed=1)
    np.testing.assert_allclose(drawn.mean(axis=0), [2, -1], atol=0.3)
    assert set(history) == {"d_loss", "g_loss", "d_real", "d_fake"}
    assert len(history["d_loss"]) == 20


def points_game(**options):
    keras.utils.set_random_seed(1)
    generator, discriminator = (
        keras.Sequential(
            [keras.Input((2,)), layers.Dense(16, "relu"), layers.Dense(units)], name=name
        )
        for name, units in (("generator", 2), ("discriminator", 1))
    )
    return Adversarial(generator, discriminator, seed=5, **options)


@pytest.mark.core
def test_the_discriminator_learns_as_often_as_it_is_said():
    game = points_game(discriminator_steps=3)
    game.compile(keras.optimizers.SGD(0.1))
    game.fit(np.zeros((64, 2), "float32"), batch_size=8, epochs=2)
    steps = {n: int(getattr(game._play, n).optimizer.iterations) for n in
             ("discriminator", "generator")}  # fmt: skip
    assert steps == {"discriminator": 12, "generator": 4}  # 8 batches an epoch, in threes


def test_two_trainings_of_one_seed_are_equal_and_others_are_not():
    x = np.random.default_rng(0).standard_normal((64, 2)).astype("float32")

    def trained(seed):
        game = points_game()
        game.seed = seed
        game.compile(keras.optimizers.Adam(1e-2))
        game.fit(x, batch_size=16, epochs=2)
        return np.concatenate([each.ravel() for each in weights(game)])

    np.testing.assert_array_equal(trained(None), trained(None))  # by Keras's global seed
    once = trained(3)
    np.testing.assert_array_equal(once, trained(3))
    assert np.abs(once - trained(4)).max() > 1e-4


@pytest.mark.core
def test_a_conditional_generator_draws_what_it_is_asked_for():
    keras.utils.set_random_seed(1)
    z, c = keras.Input((2,)), keras.Input((2,))
    hidden = layers.Dense(16, "relu")(layers.Concatenate()([z, c]))
    generator = keras.Model([z, c], layers.Dense(1)(hidden), name="generator")
    x, c = keras.Input((1,)), keras.Input((2,))
    hidden = layers.Dense(16, "relu")(layers.Concatenate()([x, c]))
    discriminator = keras.Model([x, c], layers.Dense(1)(hidden), name="discriminator")
    game = Adversarial(generator, discriminator, seed=5)
    game.compile(keras.optimizers.Adam(5e-3, beta_1=0.5))
    classes = np.arange(512) % 2
    x = np.float32([-2, 2])[classes] + 0.2 * np.random.default_rng(0).standard_normal(512)
    game.fit(x[:, None], classes, batch_size=64, epochs=40)
    drawn = game.sample(200, np.arange(200) % 2, seed=1)[:, 0]
    assert drawn[::2].mean() < -1 < 1 < drawn[1::2].mean()


@pytest.mark.core
def test_told_of_wrong_conditions_the_discriminator_hears_that_they_differ():
    """Two classes with the same images: only a wrong condition gives the discriminator a hint."""
    keras.utils.set_random_seed(1)
    generator = build_generator("plain", SHAPE, 3, 4, condition=2)
    discriminator = build_discriminator("plain", SHAPE, 4, condition=2)
    x, c = np.zeros((6, *SHAPE), "float32"), np.eye(2, dtype="float32")[[0, 0, 1, 1, 1, 0]]
    game = Adversarial(generator, discriminator, wrong_conditions=True, seed=5)
    game.compile(keras.optimizers.Adam(1e-3))
    real, fake, _ = game._play.discriminator([x, c])
    assert real.shape[0] == 6
    assert fake.shape[0] == 12
    of_wrong = discriminator([x, np.roll(c, 1, axis=0)])
    np.testing.assert_allclose(numbers(fake[6:]), numbers(of_wrong), rtol=1e-5)
    assert game._play.generator([x, c]).fake.shape[0] == 6
    assert Adversarial.from_config(game.get_config()).wrong_conditions
    with pytest.raises(ValueError, match="wrong_conditions must be False for networks without"):
        small_game(wrong_conditions=True)


@pytest.mark.core
def test_it_is_saved_with_both_networks(tmp_path):
    game = small_game(
        loss="hinge", penalty="gradient_penalty", penalty_weight=10, discriminator_steps=2
    )
    game.compile(keras.optimizers.Adam(1e-3))
    game.save(tmp_path / "game.keras")
    loaded = keras.saving.load_model(tmp_path / "game.keras")
    np.testing.assert_allclose(loaded.sample(4, seed=1), game.sample(4, seed=1), rtol=1e-5)
    for a, b in zip(weights(game), weights(loaded), strict=True):
        np.testing.assert_array_equal(a, b)
    assert options_of(loaded) == options_of(game)


def options_of(game):
    networks = ("generator", "discriminator")
    return {name: value for name, value in game.get_config().items() if name not in networks}


@pytest.mark.parametrize("kind", ["plain", "dcgan"])
def test_networks_fit_images_of_any_shape(kind):
    shape = (7, 10, 3)
    generator = build_generator(kind, shape, 5, width=4)
    discriminator = build_discriminator(kind, shape, width=4, normalize=kind == "dcgan")
    assert generator.output_shape == (None, *shape)
    assert discriminator(generator(np.zeros((2, 5), "float32"))).shape == (2, 1)


@pytest.mark.parametrize(
    ("kind", "normalize", "count"), [("dcgan", True, 2), ("dcgan", False, 0), ("plain", True, 0)]
)
def test_a_generator_has_batch_normalization_or_biases_in_its_place(kind, normalize, count):
    generator = build_generator(kind, (8, 8, 1), 3, width=4, normalize=normalize)
    normalized = [each for each in generator.layers if "batch_norm" in each.name]
    biases = [each.use_bias for each in generator.layers if hasattr(each, "use_bias")]
    assert len(normalized) == count == biases.count(False)


def test_what_does_not_fit_is_said():
    generator, discriminator = (small_game().generator, small_game().discriminator)
    with pytest.raises(ValueError, match=r"loss must be one of .*did you mean 'non_saturating'"):
        Adversarial(generator, discriminator, loss="nonsaturating")
    with pytest.raises(ValueError, match="penalty must be one of r1, gradient_penalty"):
        Adversarial(generator, discriminator, penalty="R1")
    with pytest.raises(ValueError, match="must take what the generator makes"):
        Adversarial(generator, build_discriminator("plain", (9, 9, 1), 4))
    with pytest.raises(ValueError, match="must return one logit for each image"):
        Adversarial(generator, keras.Sequential([keras.Input(SHAPE), layers.Flatten()]))
    game = small_game()
    with pytest.raises(ValueError, match="compile the model before fit"):
        game.fit(np.zeros((64, *SHAPE)))
    game.compile(keras.optimizers.Adam(1e-3))
    with pytest.raises(ValueError, match=r"x must hold images of shape \(8, 8, 1\)"):
        game.fit(np.zeros((4, 9, 9, 1)))
    with pytest.raises(ValueError, match="x must hold 64 images or more"):
        game.fit(np.zeros((4, *SHAPE)))
    with pytest.raises(ValueError, match="y must be None"):
        game.fit(np.zeros((64, *SHAPE)), np.zeros(64))
