"""A growing generator and discriminator: what a stage keeps, and what it fades in."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.growing_networks import FadeIn, build_growing
from fidle_vae.training.fade_in import FadeInCallback

pytestmark = pytest.mark.core
SHAPE = (16, 12, 1)


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def stages():
    keras.utils.set_random_seed(1)
    return build_growing(SHAPE, 5, width=4)


def some(*shape):
    return np.random.default_rng(0).random(shape).astype("float32")


def doubled(images):
    return images.repeat(2, axis=1).repeat(2, axis=2)


def halved(images):
    n, h, w, channels = images.shape
    return images.reshape(n, h // 2, 2, w // 2, 2, channels).mean(axis=(2, 4))


@pytest.mark.parametrize("alpha", [0, 0.25, 1])
def test_a_fade_is_the_weighted_mean_of_old_and_new(alpha):
    old, new, layer = some(2, 3, 4), 5 + some(2, 3, 4), FadeIn()
    np.testing.assert_allclose(numbers(layer([old, new])), new, rtol=1e-6)  # as it is built
    layer.alpha.assign(alpha)
    np.testing.assert_allclose(
        numbers(layer([old, new])), old + alpha * (new - old), rtol=1e-6, atol=1e-6
    )
    assert not layer.trainable_weights
    assert len(layer.weights) == 1


def test_each_stage_has_images_of_twice_the_size():
    sizes = [stage.generator.output_shape[1:] for stage in stages()]
    assert sizes == [(4, 3, 1), (8, 6, 1), (16, 12, 1)]
    for stage in stages():
        assert stage.discriminator.input_shape == stage.generator.output_shape
        assert stage.discriminator.output_shape == (None, 1)


def test_at_alpha_0_a_stage_is_the_last_one_with_its_pixels_doubled():
    z, found = some(3, 5), stages()
    for last, stage in pairwise(found):
        last.fade(1)
        stage.fade(0)
        images = numbers(last.generator(z))
        np.testing.assert_allclose(numbers(stage.generator(z)), doubled(images), rtol=1e-5)
        x = some(3, *stage.generator.output_shape[1:])
        np.testing.assert_allclose(
            numbers(stage.discriminator(x)),
            numbers(last.discriminator(halved(x))),
            rtol=1e-4,
            atol=1e-5,
        )


def test_at_alpha_1_nothing_of_the_old_way_is_left():
    """Neither of the generator's last image, nor of the discriminator's last door."""
    z, (first, second, _) = some(3, 5), stages()
    x = some(3, 8, 6, 1)
    second.fade(1)
    before = numbers(second.generator(z)), numbers(second.discriminator(x))
    first.generator.layers[-1].bias.assign(np.ones(1))
    door = next(
        each for each in first.discriminator.layers if isinstance(each, keras.layers.Conv2D)
    )
    door.kernel.assign(np.zeros(door.kernel.shape))
    after = numbers(second.generator(z)), numbers(second.discriminator(x))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_next_stage_begins_with_what_the_last_one_learned():
    z, (first, second, third) = some(3, 5), stages()
    second.fade(0)
    third.fade(1)
    before = [numbers(each.generator(z)) for each in (second, third)]
    game = Adversarial(first.generator, first.discriminator, seed=3)
    game.compile(keras.optimizers.Adam(0.01))
    game.fit(some(32, 4, 3, 1), batch_size=8)
    learned = numbers(first.generator(z))
    np.testing.assert_allclose(numbers(second.generator(z)), doubled(learned), rtol=1e-5)
    assert np.abs(numbers(second.generator(z)) - before[0]).max() > 1e-3
    assert np.abs(numbers(third.generator(z)) - before[1]).max() > 1e-4


def test_a_saved_stage_keeps_its_alpha(tmp_path):
    z, (_, second, _) = some(3, 5), stages()
    second.fade(0.3)
    second.generator.save(tmp_path / "generator.keras")
    loaded = keras.models.load_model(tmp_path / "generator.keras")
    np.testing.assert_allclose(numbers(loaded(z)), numbers(second.generator(z)), rtol=1e-5)


def test_a_compiled_step_sees_alpha_change():
    """D's loss of the same batch, twice: the second time the images are other ones."""
    _, second, _ = stages()
    game = Adversarial(second.generator, second.discriminator, penalty="r1", seed=3)
    game.compile(keras.optimizers.SGD(0.0))
    batch, losses = [some(8, 8, 6, 1)], []
    for alpha in (0, 0, 1):
        second.fade(alpha)
        logged = game._play.discriminator.test_on_batch(batch, return_dict=True)
        trained = game._play.discriminator.train_on_batch(batch, return_dict=True)
        losses.append(float(trained["d_real"]))
        assert set(logged) == set(trained)
    x = batch[0]
    second.fade(0)
    assert losses[0] == pytest.approx(numbers(second.discriminator(x)).mean(), abs=1e-4)
    second.fade(1)
    assert losses[2] == pytest.approx(numbers(second.discriminator(x)).mean(), abs=1e-4)
    assert abs(losses[2] - losses[0]) > 1e-3


def test_the_callback_raises_alpha_evenly_and_ends_at_1():
    _, second, _ = stages()
    seen = []
    fades = [each for each in second.generator.layers if isinstance(each, FadeIn)]
    look = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda step, logs: seen.append(float(fades[0].alpha))
    )
    game = Adversarial(second.generator, second.discriminator, seed=3)
    game.compile(keras.optimizers.Adam())
    callback = FadeInCallback(second, 4)
    game.fit(some(24, 8, 6, 1), batch_size=8, epochs=2, callbacks=[callback, look])
    np.testing.assert_allclose(seen, [0, 0.25, 0.5, 0.75, 1, 1])
    game.fit(some(16, 8, 6, 1), batch_size=8, callbacks=[callback, look])
    np.testing.assert_allclose(seen[6:], [0, 0.25])  # from the beginning again
    assert float(fades[0].alpha) == 1


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan")])
def test_an_alpha_that_is_no_share_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha must be in"):
        stages()[1].fade(alpha)


def test_sizes_that_cannot_be_halved_twice_are_refused():
    with pytest.raises(ValueError, match="multiples of 4"):
        build_growing((14, 28, 1), 5)
