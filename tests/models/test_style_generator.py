import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator
from fidle_vae.models.style_generator import (
    AdaptiveNormalization,
    LearnedConstant,
    PixelNoise,
    StyleMixing,
    build_style_generator,
    mix,
    styles_of,
    without_noise,
)

pytestmark = pytest.mark.core
RNG = np.random.default_rng(0)
SHAPE = (16, 16, 1)


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def draws(*shape):
    return RNG.standard_normal(shape).astype("float32")


def small(strength=0.5, **options):
    """Return a generator with four styles, and strengths of noise as after a training."""
    keras.utils.set_random_seed(1)
    generator = build_style_generator(SHAPE, 5, width=8, seed=3, **options)
    for layer in generator.get_layer("synthesis").layers:
        if isinstance(layer, PixelNoise):
            layer.strength.assign(strength * np.ones(layer.strength.shape))
    return generator


def test_each_channel_of_each_image_is_normalized_over_its_places_and_styled():
    """The formula, written for one image and one channel at a time."""
    x, w = 3 + 2 * draws(3, 4, 5, 2), draws(3, 6)
    layer = AdaptiveNormalization(epsilon=0.01)
    layer.build((x.shape, w.shape))
    for weight in layer.trainable_variables:
        weight.assign(draws(*weight.shape))
    found = numbers(layer([x, w]))
    (a, a0), (b, b0) = (
        (numbers(each.kernel), numbers(each.bias)) for each in (layer.scale, layer.shift)
    )
    for i in range(3):
        for c in range(2):
            channel = x[i, :, :, c]
            normal = (channel - channel.mean()) / np.sqrt(channel.var() + 0.01)
            due = (1 + w[i] @ a[:, c] + a0[c]) * normal + w[i] @ b[:, c] + b0[c]
            np.testing.assert_allclose(found[i, :, :, c], due, rtol=1e-3, atol=1e-3)


def test_noise_is_none_at_first_and_then_one_number_for_each_pixel_of_each_image():
    x, layer = draws(2, 8, 9, 3), PixelNoise(seed=0)
    np.testing.assert_array_equal(numbers(layer(x)), x)
    layer.strength.assign([0.0, 0.5, -2.0])
    added = numbers(layer(x)) - x
    np.testing.assert_array_equal(added[..., 0], 0)
    np.testing.assert_allclose(added[..., 2], -4 * added[..., 1], rtol=1e-3, atol=1e-4)
    noise = added[..., 2] / -2
    assert abs(noise.mean()) < 0.3
    assert noise.std() == pytest.approx(1, abs=0.2)
    assert len(np.unique(noise.round(4))) > 140  # of 144: none is used again
    again = numbers(layer(x)) - x
    assert np.abs(again - added).max() > 0.5


def test_the_noise_of_a_seed_is_the_same_in_another_layer():
    x = draws(2, 4, 4, 1)
    drawn = []
    for seed in (5, 5, 6):
        layer = PixelNoise(seed=seed)
        layer.build(x.shape)
        layer.strength.assign([1.0])
        drawn.append(numbers(layer(x)))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max() > 0.1


def test_a_constant_is_the_same_for_all_images_and_differs_from_place_to_place():
    keras.utils.set_random_seed(0)
    layer = LearnedConstant((6, 6, 8))
    found = numbers(layer(draws(3, 4, 7)))
    assert found.shape == (3, 6, 6, 8)
    np.testing.assert_array_equal(found[0], found[2])
    assert found.std(axis=(1, 2)).min() > 0.02


def test_mixing_gives_a_share_of_the_images_the_late_styles_of_the_one_before():
    count, images = 4, 4000
    styles = np.arange(images, dtype="float32")[:, None, None] * np.ones((1, count, 2), "float32")
    layer = StyleMixing(share=0.6, seed=1)
    np.testing.assert_array_equal(numbers(layer(styles)), styles)
    found = numbers(layer(styles, training=True))
    own = found == styles
    np.testing.assert_array_equal(own[..., 0], own[..., 1])
    kept = own[..., 0].sum(axis=1)
    for i in (0, 1, 17):
        np.testing.assert_array_equal(found[i, kept[i] :], (i - 1) % images)
        assert own[i, : kept[i]].all()
    shares = np.bincount(kept, minlength=count + 1) / images
    np.testing.assert_allclose(shares, [0, 0.2, 0.2, 0.2, 0.4], atol=0.03)
    np.testing.assert_array_equal(numbers(StyleMixing(0.0)(styles, training=True)), styles)


def test_the_halves_of_the_generator_make_its_images():
    generator, z = small(strength=0), draws(7, 5)
    styles = styles_of(generator, z)
    assert styles.shape == (7, 4, 64)
    np.testing.assert_array_equal(styles[:, 0], styles[:, 3])
    drawn = numbers(generator.get_layer("synthesis")(styles))
    np.testing.assert_allclose(drawn, numbers(generator(z)), atol=1e-5)
    assert drawn.min() >= 0
    assert drawn.max() <= 1


def test_the_first_styles_come_from_one_point_and_the_rest_from_another():
    generator = small(strength=0)
    z, other = draws(6, 5), draws(6, 5)
    ends = [numbers(generator(each)) for each in (other, z)]
    for at, end in zip((0, 4), ends, strict=True):
        np.testing.assert_allclose(mix(generator, z, other, at), end, atol=1e-5)
    styles = styles_of(generator, z)
    styles[:, 1:] = styles_of(generator, other)[:, 1:]
    drawn = numbers(generator.get_layer("synthesis")(styles))
    np.testing.assert_allclose(mix(generator, z, other, 1), drawn, atol=1e-5)
    assert np.abs(drawn - ends[0]).max() > 1e-3
    for at in (-1, 5):
        with pytest.raises(ValueError, match=f"at must be from 0 to 4.*got {at}"):
            mix(generator, z, other, at)
    with pytest.raises(ValueError, match="z and other must have the same shape"):
        mix(generator, z, other[:5], 2)


def test_without_noise_an_image_depends_on_its_point_alone():
    generator, z = small(), draws(4, 5)
    assert np.abs(numbers(generator(z)) - numbers(generator(z))).max() > 1e-3
    with without_noise(generator):
        np.testing.assert_array_equal(numbers(generator(z)), numbers(generator(z)))
        with pytest.raises(ZeroDivisionError), without_noise(generator):
            raise ZeroDivisionError
    found = [w for w in generator.get_layer("synthesis").layers if isinstance(w, PixelNoise)]
    assert [float(numbers(each.strength)[0]) for each in found] == [0.5] * 3


@pytest.mark.parametrize(
    ("shape", "smallest", "styles"),
    [
        ((28, 28, 1), (7, 7), 4), ((14, 14, 1), (7, 7), 3), ((8, 20, 3), (4, 10), 3),
        ((9, 9, 1), (9, 9), 2),
    ],
)  # fmt: skip
def test_the_maps_begin_small_and_each_doubling_has_a_style(shape, smallest, styles):
    generator = build_style_generator(shape, 4, width=6)
    assert generator.output_shape == (None, *shape)
    synthesis = generator.get_layer("synthesis")
    assert synthesis.input_shape == (None, styles, 64)
    constant = next(each for each in synthesis.layers if isinstance(each, LearnedConstant))
    assert constant.shape == (*smallest, 6)


def test_it_plays_with_a_penalty_and_every_weight_learns():
    generator = small()
    game = Adversarial(generator, build_discriminator("plain", SHAPE, 4), penalty="r1", seed=0)
    game.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    before = [numbers(each).copy() for each in generator.trainable_variables]
    game.fit(RNG.random((32, *SHAPE), dtype="float32"), batch_size=16, epochs=1)
    for weight, value in zip(generator.trainable_variables, before, strict=True):
        assert np.isfinite(numbers(weight)).all(), weight.path
        assert np.abs(numbers(weight) - value).max() > 0, weight.path
    assert game.decode(draws(3, 5)).shape == (3, *SHAPE)


def test_it_is_saved_and_loaded_with_its_strengths(tmp_path):
    generator, z = small(), draws(5, 5)
    generator.save(tmp_path / "style.keras")
    again = keras.saving.load_model(tmp_path / "style.keras")
    with without_noise(generator), without_noise(again):
        np.testing.assert_array_equal(numbers(again(z)), numbers(generator(z)))
    assert np.abs(numbers(again(z)) - numbers(again(z))).max() > 1e-3


def test_the_layers_are_made_again_from_their_configs():
    for layer in (
        AdaptiveNormalization(epsilon=0.1), PixelNoise(seed=4), LearnedConstant((3, 4, 2)),
        StyleMixing(0.3, seed=5),
    ):  # fmt: skip
        config = layer.get_config()
        assert type(layer).from_config(config).get_config() == config


def test_what_cannot_be_is_refused():
    for layer in (PixelNoise(), AdaptiveNormalization()):
        x = keras.Input((8,))
        with pytest.raises(ValueError, match=r"got the shape \(None, 8\): place it before Flatten"):
            layer(x if isinstance(layer, PixelNoise) else [x, x])
    with pytest.raises(ValueError, match=r"share must be in \[0, 1\], got 2"):
        StyleMixing(2)
