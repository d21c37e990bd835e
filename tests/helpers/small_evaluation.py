"""A small dataset, and a small VAE whose measures are known and that has a dead dimension."""

import keras
import numpy as np
from keras import layers

from fidle_vae.data.datasets import Dataset
from fidle_vae.models.vae import VAE

SHAPE = (4, 4, 1)
DEAD = 2  # this latent dimension of `small_vae` carries no information
_RNG = np.random.default_rng(11)
_PATTERNS = _RNG.uniform(0.1, 0.9, (3, 16))
_AXES = np.linalg.qr((_PATTERNS[1:] - _PATTERNS[0]).T).Q  # (16, 2): where the classes differ


def small_dataset(train=150, test=80, seed=0, labelled=True):
    """Return a dataset of three noisy grey patterns, which overlap."""
    rng = np.random.default_rng(seed)
    splits = []
    for count in (train, test):
        labels = rng.integers(0, 3, count)
        x = np.clip(_PATTERNS[labels] + rng.normal(0, 0.45, (count, 16)), 0, 1)
        splits += [x.reshape(count, *SHAPE).astype("float32"), labels if labelled else None]
    return Dataset(*splits, "small", "here", "", tuple("abc") if labelled else ())


def linear(inputs, outputs, weights, biases, activation=None, name=None):
    """Return the output of a dense layer with these weights."""
    layer = layers.Dense(outputs, activation, name=name)
    output = layer(inputs)
    layer.set_weights([np.asarray(weights, "float32"), np.asarray(biases, "float32")])
    return output


def small_vae(*, mean=1.5, log_var=-1.5, shift=0.0, decode=4.0, seed=5):
    """Return a compiled VAE that encodes onto the plane where classes differ.

    Args:
        mean: factor of z_mean; 0 gives every image the same code.
        log_var: z_log_var of the two live dimensions, the same for all images.
        shift: added to z_mean of these two.
        decode: factor of z in the decoder.
        seed: seed of the noise.
    """
    alive = [shift, shift, 0.0]
    x = keras.Input(SHAPE)
    flat = layers.Flatten()(x)
    axes = np.pad(_AXES, ((0, 0), (0, 1)))  # a third column of zeros
    z_mean = linear(flat, 3, mean * axes, alive - mean * _PATTERNS.mean(axis=0) @ axes)
    z_log_var = linear(flat, 3, np.zeros((16, 3)), [log_var, log_var, 0.0])
    z = keras.Input((3,))
    grey = _PATTERNS.mean(axis=0)
    pixels = linear(z, 16, decode * axes.T, np.log(grey / (1 - grey)), "sigmoid")
    vae = VAE(
        keras.Model(x, [z_mean, z_log_var], name="encoder"),
        keras.Model(z, layers.Reshape(SHAPE)(pixels), name="decoder"),
        seed=seed,
    )
    vae.compile()
    return vae


def small_classifier():
    """Return a classifier: features are the position in the plane, the class the nearest one."""
    x = keras.Input(SHAPE)
    flat = layers.Flatten()(x)
    features = linear(flat, 2, _AXES, [0, 0])
    # |x - p|^2 = |x|^2 - 2 (x p - |p|^2 / 2): the nearest pattern has the largest bracket
    scores = linear(flat, 3, _PATTERNS.T, -np.square(_PATTERNS).sum(axis=1) / 2, "softmax")
    return keras.Model(x, [features, scores])
