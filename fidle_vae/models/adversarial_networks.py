"""Generators and discriminators, for images of any size and number of channels."""

import math

import keras
from keras import layers

from fidle_vae.common.validation import require_choice, require_count
from fidle_vae.models.conditional_normalization import ConditionalBatchNormalization
from fidle_vae.models.minibatch_deviation import MinibatchDeviation
from fidle_vae.models.self_attention import SelfAttention
from fidle_vae.models.weight_constraints import ClipWeights, UnitSpectralNorm

SLOPE = 0.2  # of LeakyReLU where its input is negative


def build_generator(
    kind,
    output_shape,
    latent_dim,
    width=32,
    normalize=True,
    condition=0,
    how="joined",
    attention=False,
):
    """Build a network from latent points to images in [0, 1].

    Args:
        kind: "dcgan" (transposed convolutions, batch normalization; Radford et al. 2016) or "plain"
            (pixels doubled, then convolved; no normalization).
        output_shape: (height, width, channels) of an image.
        latent_dim: dimensions of the latent space.
        width: channels at half the size of the image; more of them draw better and take longer.
        normalize: whether a "dcgan" has its batch normalization; a "plain" one never has any.
        condition: how many numbers the condition has, such as 10 for one of ten classes; 0 for
            none.
        how: the condition is "joined" to z, or each convolution but the last has a
            "normalization" that follows it, see `ConditionalBatchNormalization`.
        attention: whether the places of the smallest maps look at each other, see `SelfAttention`.

    Returns:
        A functional model named "generator", z -> images; with a condition, [z, c] -> images.
    """
    _check(kind, latent_dim, width)
    require_choice("how", how, ("joined", "normalization"))
    z = keras.Input((latent_dim,), name="z")
    c = keras.Input((condition,), name="condition") if condition else None
    x = layers.Concatenate()([z, c]) if condition and how == "joined" else z
    normalize = normalize and kind == "dcgan"
    asked = c if how == "normalization" else None
    height, columns, channels = output_shape
    small = (math.ceil(height / 4), math.ceil(columns / 4), 2 * width)
    grow, activation = (_grow_by_strides, layers.ReLU) if kind == "dcgan" else (_grow, _leaky)
    x = _maybe_normalized(layers.Dense(math.prod(small), use_bias=not normalize)(x), normalize)
    x = layers.Reshape(small)(activation()(x))
    if attention:
        x = SelfAttention()(x)
    x = grow(x, width, normalize, asked)
    if kind == "dcgan":
        x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="sigmoid")(x)
    else:
        x = grow(x, width // 2, normalize, asked)
        x = layers.Conv2D(channels, 1, activation="sigmoid")(x)
    too_high, too_wide = x.shape[1] - height, x.shape[2] - columns
    if too_high or too_wide:
        x = layers.Cropping2D(((0, too_high), (0, too_wide)))(x)
    return keras.Model([z, c] if condition else z, x, name="generator")


def build_discriminator(
    kind,
    input_shape,
    width=32,
    normalize=False,
    spectral=False,
    clip=None,
    deviation=False,
    condition=0,
    how="planes",
    attention=False,
):
    """Build a network from images to logits, high for images that it takes for real.

    Args:
        kind: "dcgan" (strided convolutions) or "plain" (one convolution more).
        input_shape: (height, width, channels) of an image.
        width: channels at half the size of the image.
        normalize: whether the second convolution has batch normalization. Not with a penalty: what
            the network says of one image would depend on the others.
        spectral: whether each kernel keeps a spectral norm of 1, see `UnitSpectralNorm`.
        clip: the largest absolute value of a weight, see `ClipWeights`; None for any.
        deviation: whether the last layer sees how much the images of a batch differ, see
            `MinibatchDeviation`. Not with a penalty either: `Adversarial` refuses it.
        condition: how many numbers the condition has; 0 for none.
        how: as "planes", the condition becomes one more channel of the image, a learned image for
            each of its numbers; by "projection", the logit gets one more term, the inner product of
            the features and what is learned of the condition (Miyato and Koyama 2018).
        attention: whether the places of the smallest maps look at each other, see `SelfAttention`.

    Returns:
        A functional model named "discriminator", images -> logits of shape (batch, 1); with a
        condition, [images, c] -> logits.
    """
    _check(kind, 2, width)
    require_choice("how", how, ("planes", "projection"))
    if spectral and clip is not None:
        raise ValueError(
            f"clip must be None with spectral=True, got {clip!r}: choose one of the two; each "
            "keeps the network from being steep."
        )
    if attention and (spectral or clip is not None):
        raise ValueError(
            "attention must be False with spectral=True or clip, which do not hold its weights: "
            "leave one of them out."
        )
    clipped = None if clip is None else ClipWeights(clip)
    held = {"kernel_constraint": UnitSpectralNorm() if spectral else clipped}
    own = {**held, "bias_constraint": clipped}
    image = x = keras.Input(input_shape, name="image")
    c = keras.Input((condition,), name="condition") if condition else None
    if condition and how == "planes":
        height, columns, _ = input_shape
        plane = layers.Dense(height * columns, **own)(c)
        x = layers.Concatenate()([image, layers.Reshape((height, columns, 1))(plane)])
    if kind == "plain":
        x = _leaky()(layers.Conv2D(width // 2, 1, **own)(x))
    x = _leaky()(layers.Conv2D(width, 4, strides=2, padding="same", **own)(x))
    x = layers.Conv2D(2 * width, 4, strides=2, padding="same", use_bias=not normalize, **own)(x)
    if normalize:
        x = layers.BatchNormalization(gamma_constraint=clipped, beta_constraint=clipped)(x)
    x = _leaky()(x)
    if attention:
        x = SelfAttention()(x)
    if deviation:
        x = MinibatchDeviation()(x)
    features = layers.Flatten()(x)
    logits = layers.Dense(1, **own)(features)
    if condition and how == "projection":
        asked = layers.Dense(features.shape[-1], use_bias=False, **held)(c)
        logits = layers.Add()([logits, layers.Dot(axes=1)([features, asked])])
    return keras.Model([image, c] if condition else image, logits, name="discriminator")


def _grow_by_strides(x, width, normalize, c):
    use_bias = not normalize and c is None
    x = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=use_bias)(x)
    return layers.ReLU()(_maybe_normalized(x, normalize, c))


def _grow(x, width, normalize, c):
    x = layers.Conv2D(width, 3, padding="same")(layers.UpSampling2D(2)(x))
    return _leaky()(_maybe_normalized(x, normalize, c))


def _maybe_normalized(x, normalize, c=None):
    if c is not None:
        return ConditionalBatchNormalization()([x, c])
    return layers.BatchNormalization()(x) if normalize else x


def _leaky():
    return layers.LeakyReLU(negative_slope=SLOPE)


def _check(kind, latent_dim, width):
    require_choice("kind", kind, ("dcgan", "plain"))
    require_count("latent_dim", latent_dim, 32)
    require_count("width", width, 32)
