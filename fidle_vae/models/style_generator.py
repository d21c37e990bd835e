"""A generator in which a style, made from z, decides at each size of the maps (StyleGAN)."""

import contextlib

import keras
import numpy as np
from keras import layers, ops

from fidle_vae.common.validation import require_count
from fidle_vae.models.parts import forward

W_DIM = 64  # numbers in a style
MAPPING_LAYERS = 3
SMALLEST = 7  # the constant's maps are halved no further, where they are this small


@keras.saving.register_keras_serializable("fidle_vae")
class AdaptiveNormalization(layers.Layer):
    """Normalize each channel of each image by itself, then scale and shift it as a style asks.

    Takes [x, w], x of shape (batch, height, width, channels) and w of shape (batch, numbers). The
    mean and the variance are those over the places of one image and one channel:

        y = (1 + scale(w)) (x - mean) / sqrt(variance + epsilon) + shift(w)

    scale and shift are linear in w. So how strong a channel was before is forgotten: the style
    alone says how strong it is from here on (Karras et al. 2019, after Huang and Belongie 2017).

    Args:
        epsilon: added to the variance.
    """

    def __init__(self, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape):
        """Make the weights, for the channels of x and the numbers of the style."""
        x_shape, w_shape = input_shape
        _require_maps(self, x_shape)
        self.scale, self.shift = (
            layers.Dense(x_shape[-1], name=name) for name in ("scale", "shift")
        )
        for layer in (self.scale, self.shift):
            layer.build(w_shape)
        self.built = True

    def call(self, inputs):
        """Return the normalized x, scaled and shifted as the style of each image asks."""
        x, w = inputs
        mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
        x = (x - mean) / ops.sqrt(variance + self.epsilon)
        return (1 + self.scale(w)[:, None, None]) * x + self.shift(w)[:, None, None]

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs, which is that of x."""
        return tuple(input_shape[0])

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "epsilon": self.epsilon}


@keras.saving.register_keras_serializable("fidle_vae")
class PixelNoise(layers.Layer):
    """Add noise, one standard normal number for each pixel of each image, to all channels.

    Each channel takes as much of it as its strength says. The strengths are learned and begin at 0.
    There is new noise in every call, in training and after it; see `without_noise`.

    Args:
        seed: of the noise; None takes one from Keras's global seed.
    """

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.noise = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        """Make the strengths, for maps of shape (batch, height, width, channels)."""
        _require_maps(self, input_shape)
        self.strength = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", name="strength"
        )
        self.built = True

    def call(self, x):
        """Return x with its noise."""
        pixels = (*ops.shape(x)[:3], 1)
        return x + self.strength * keras.random.normal(pixels, dtype=x.dtype, seed=self.noise)

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs, which is that of x."""
        return tuple(input_shape)

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "seed": self.seed}


@keras.saving.register_keras_serializable("fidle_vae")
class LearnedConstant(layers.Layer):
    """Return the same maps for every image of the batch: where a style generator begins.

    Args:
        shape: (height, width, channels) of the maps.
    """

    def __init__(self, shape, **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def build(self, input_shape):
        """Make the maps, which are learned."""
        normal = keras.initializers.RandomNormal(stddev=0.05)  # small, so that it learns fast
        self.maps = self.add_weight(shape=self.shape, initializer=normal, name="maps")
        self.built = True

    def call(self, inputs):
        """Return the maps, as often as there are inputs, of which nothing else is used."""
        return ops.broadcast_to(self.maps, (ops.shape(inputs)[0], *self.shape))

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs."""
        return (input_shape[0], *self.shape)

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "shape": self.shape}


@keras.saving.register_keras_serializable("fidle_vae")
class StyleMixing(layers.Layer):
    """In training, give some images their later styles from the image before them in the batch.

    So neighbouring styles cannot rely on each other. Takes and returns styles, shape (batch,
    styles, numbers). How many of the first styles an image keeps is drawn for each image. After
    training, nothing is changed.

    Args:
        share: of the images that are mixed.
        seed: of the choice; None takes one from Keras's global seed.
    """

    def __init__(self, share=0.5, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= share <= 1:
            raise ValueError(f"share must be in [0, 1], got {share!r}: try 0.5.")
        self.share, self.seed = share, seed
        self.choice = keras.random.SeedGenerator(seed)

    def call(self, styles, training=None):
        """Return the styles, in training mixed."""
        if not training or self.share == 0:
            return styles
        images, count = ops.shape(styles)[0], styles.shape[1]
        drawn = keras.random.uniform((2, images, 1, 1), seed=self.choice)
        kept = 1 + ops.floor(drawn[0] * (count - 1))  # 1 ... count - 1 of the first styles
        kept = ops.where(drawn[1] < self.share, kept, count)
        places = ops.reshape(ops.arange(count, dtype=kept.dtype), (1, -1, 1))
        return ops.where(places < kept, styles, ops.roll(styles, 1, axis=0))

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs, which is that of the inputs."""
        return tuple(input_shape)

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "share": self.share, "seed": self.seed}


def build_style_generator(output_shape, latent_dim=32, width=32, mixed=0.5, seed=None):
    """Build a generator whose every layer gets a style of its own (Karras et al. 2019).

    Its two halves are layers: "mapping", z -> w, and "synthesis", which takes one w for each style,
    shape (batch, styles, 64), and returns images. Synthesis begins with small maps that are the
    same for all images; two styles act on them, and one more after each doubling of their size.

    Args:
        output_shape: (height, width, channels) of an image. The small maps are as often half as
            large as it is even and larger than 7: 7 x 7 for 28 x 28.
        latent_dim: dimensions of the latent space.
        width: channels of the small maps; each doubling halves them.
        mixed: share of the images that are mixed in training, see `StyleMixing`.
        seed: of the noise and the mixing; None takes one from Keras's global seed.

    Returns:
        A functional model named "generator", z -> images in [0, 1].
    """
    require_count("latent_dim", latent_dim, 32)
    require_count("width", width, 32)
    synthesis = _build_synthesis(output_shape, width, seed)
    z = keras.Input((latent_dim,), name="z")
    dense = [layers.Dense(W_DIM, "leaky_relu") for _ in range(MAPPING_LAYERS)]
    mapping = keras.Sequential([keras.Input((latent_dim,)), *dense], name="mapping")
    styles = layers.RepeatVector(synthesis.input_shape[1])(mapping(z))
    styles = StyleMixing(mixed, seed)(styles)
    return keras.Model(z, synthesis(styles), name="generator")


def _build_synthesis(output_shape, width, seed):
    height, columns, channels = output_shape
    doublings = 0
    while min(height, columns) > SMALLEST and height % 2 == columns % 2 == 0:
        height, columns, doublings = height // 2, columns // 2, doublings + 1
    styles = keras.Input((2 + doublings, W_DIM), name="styles")

    def styled(x, i):
        x = PixelNoise(None if seed is None else seed + i)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        return AdaptiveNormalization()([x, styles[:, i]])

    x = LearnedConstant((height, columns, width))(styles)
    x = AdaptiveNormalization()([x, styles[:, 0]])  # noise here would decide what is drawn
    x = styled(layers.Conv2D(width, 3, padding="same")(x), 1)
    for i in range(doublings):
        width = max(1, width // 2)
        x = layers.Conv2D(width, 3, padding="same")(layers.UpSampling2D(2)(x))
        x = styled(x, 2 + i)
    x = layers.Conv2D(channels, 1, activation="sigmoid")(x)
    return keras.Model(styles, x, name="synthesis")


def styles_of(generator, z):
    """Return the styles of latent points, shape (n, styles, 64): the same w for each style.

    Args:
        generator: see `build_style_generator`.
        z: shape (n, latent_dim).
    """
    mapping, synthesis = (generator.get_layer(name) for name in ("mapping", "synthesis"))
    w = forward(mapping, np.asarray(z, "float32"))
    return np.repeat(w[:, None], synthesis.input_shape[1], axis=1)


def mix(generator, z, other, at):
    """Return images whose first `at` styles come from points z, the rest from other points.

    Args:
        generator: see `build_style_generator`.
        z: points, shape (n, latent_dim), that give the early styles.
        other: as many, for the late ones.
        at: from 0, all styles from `other`, to the number of styles, all from `z`.
    """
    first, rest = styles_of(generator, z), styles_of(generator, other)
    if first.shape != rest.shape:
        raise ValueError(
            f"z and other must have the same shape, got {np.shape(z)} and {np.shape(other)}: give "
            "each point another one."
        )
    count = first.shape[1]
    if not 0 <= at <= count:
        raise ValueError(f"at must be from 0 to {count}, the number of styles; got {at!r}.")
    styles = np.concatenate([first[:, :at], rest[:, at:]], axis=1)
    return forward(generator.get_layer("synthesis"), styles)


@contextlib.contextmanager
def without_noise(generator):
    """Within this context, a style generator draws the same image whenever its styles are the same.

    Args:
        generator: see `build_style_generator`; its strengths of noise are 0 meanwhile.
    """
    found = [each for each in generator.get_layer("synthesis").layers if _is_noise(each)]
    strengths = [ops.convert_to_numpy(each.strength) for each in found]
    for each in found:
        each.strength.assign(np.zeros(each.strength.shape))
    try:
        yield
    finally:
        for each, strength in zip(found, strengths, strict=True):
            each.strength.assign(strength)


def _is_noise(layer):
    return isinstance(layer, PixelNoise)


def _require_maps(layer, shape):
    if len(shape) != 4:
        raise ValueError(
            f"{type(layer).__name__} takes feature maps of shape (batch, height, width, channels), "
            f"got the shape {tuple(shape)}: place it before Flatten."
        )
