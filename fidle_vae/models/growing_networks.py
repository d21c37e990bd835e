"""Networks that grow: small images first, then twice as large ones, and twice as large again."""

import math
from typing import NamedTuple

import keras
from keras import layers, ops

from fidle_vae.common.validation import require_count
from fidle_vae.models.adversarial_networks import SLOPE


@keras.saving.register_keras_serializable("fidle_vae")
class FadeIn(layers.Layer):
    """Blend two results: (1 - alpha) old + alpha new.

    `alpha` is a weight that no optimizer changes: 0 shows the old one, 1 the new one. It is saved
    with the network. Set it by `layer.alpha.assign(0.3)`, or by `Stage.fade`.
    """

    def build(self, input_shape):
        """Make the weight, which is 1 at first."""
        self.alpha = self.add_weight(
            shape=(), initializer="ones", trainable=False, dtype="float32", name="alpha"
        )

    def call(self, inputs):
        """Return the blend of [old, new], two tensors of one shape."""
        old, new = inputs
        alpha = ops.cast(self.alpha, new.dtype)
        return (1 - alpha) * old + alpha * new

    def compute_output_shape(self, input_shape):
        """Return the shape of both."""
        return tuple(input_shape[1])


class Stage(NamedTuple):
    """Both networks at one size of the images."""

    generator: keras.Model
    """z -> images of this size."""
    discriminator: keras.Model
    """Images of this size -> logits."""

    def fade(self, alpha):
        """Show the share `alpha` of what this stage has new, in both networks."""
        if not 0 <= alpha <= 1:
            raise ValueError(f"alpha must be in [0, 1], got {alpha!r}: 0 is the old, 1 the new.")
        for network in (self.generator, self.discriminator):
            for layer in network.layers:
                if isinstance(layer, FadeIn):
                    layer.alpha.assign(alpha)


def build_growing(output_shape, latent_dim, width=32):
    """Build a generator and a discriminator that grow, as in Karras et al. 2018.

    The stages share their inner blocks, so that the next stage begins with what the last one has
    learned. Each has layers of its own for images of its size, and beginning with the second, a
    `FadeIn`: alpha 0 is the last stage with each pixel doubled, alpha 1 has the new block.

    Args:
        output_shape: (height, width, channels) of the largest images; multiples of 4.
        latent_dim: dimensions of the latent space.
        width: channels at half the size of the largest images.

    Returns:
        A list of three `Stage`s, for images of a quarter of the size, of half of it, and of all.
    """
    require_count("latent_dim", latent_dim, 32)
    require_count("width", width, 32)
    height, columns, channels = output_shape
    if height % 4 or columns % 4:
        raise ValueError(
            "output_shape must have a height and a width that are multiples of 4, got "
            f"{tuple(output_shape)!r}: pad the images."
        )
    small, maps = (height // 4, columns // 4), (2 * width, width, max(1, width // 2))
    generators = _generators(small, channels, latent_dim, maps)
    discriminators = _discriminators(small, channels, maps)
    return [Stage(*both) for both in zip(generators, discriminators, strict=True)]


def _generators(small, channels, latent_dim, maps):
    """Return the generator of each stage; each takes the blocks of the one before."""
    z = keras.Input((latent_dim,), name="z")
    x = _leaky()(layers.Dense(math.prod(small) * maps[0])(z))
    x = layers.Reshape((*small, maps[0]))(x)
    x = _leaky()(layers.Conv2D(maps[0], 3, padding="same")(x))
    drawn = _to_image(channels)(x)
    found = [keras.Model(z, drawn, name="generator")]
    for count in maps[1:]:
        x = _leaky()(layers.Conv2D(count, 3, padding="same")(layers.UpSampling2D(2)(x)))
        old, drawn = layers.UpSampling2D(2)(drawn), _to_image(channels)(x)
        found.append(keras.Model(z, FadeIn()([old, drawn]), name="generator"))
    return found


def _discriminators(small, channels, maps):
    """Return the discriminator of each stage; each ends with the blocks of the one before."""
    doors = [[layers.Conv2D(count, 1), _leaky()] for count in maps]  # from images to maps
    blocks = [
        [
            layers.Conv2D(maps[0], 3, padding="same"),
            _leaky(),
            layers.Conv2D(maps[0], 4, strides=2, padding="same"),
            _leaky(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    ]
    blocks += [
        [layers.Conv2D(count, 4, strides=2, padding="same"), _leaky()] for count in maps[:-1]
    ]
    found = []
    for stage in range(len(maps)):
        size = [2**stage * side for side in small]
        image = keras.Input((*size, channels), name="image")
        x = _through(doors[stage], image)
        if stage:
            old = _through(doors[stage - 1], layers.AveragePooling2D(2)(image))
            x = FadeIn()([old, _through(blocks[stage], x)])
        for block in blocks[max(0, stage - 1) :: -1]:
            x = _through(block, x)
        found.append(keras.Model(image, x, name="discriminator"))
    return found


def _through(chain, x):
    for layer in chain:
        x = layer(x)
    return x


def _to_image(channels):
    return layers.Conv2D(channels, 1, activation="sigmoid")


def _leaky():
    return layers.LeakyReLU(negative_slope=SLOPE)
