"""Small decoders to test the explorer with."""

import keras
import numpy as np
from keras import layers


def sequence(*parts, latent_dim=2):
    return keras.Sequential([keras.Input((latent_dim,)), *parts])


def on_image(*parts, shape=(5, 4, 3), latent_dim=2):
    """Return a decoder with these layers on an image that depends on the latent point."""
    size = int(np.prod(shape))
    return sequence(layers.Dense(size), layers.Reshape(shape), *parts, latent_dim=latent_dim)
