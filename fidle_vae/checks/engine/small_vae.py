"""A small VAE for the checks: always the same weights, and nearly no noise."""

import keras
import numpy as np

from fidle_vae.models.vae import VAE

SHAPE, LATENT_DIM, PIXELS = (4, 4, 1), 3, 16
K1, K2 = 2.0, 0.1


def small_vae(kind: type[VAE] = VAE, log_var: float = -20.0) -> VAE:
    """Build a compiled VAE, or one of a subclass: a dense layer for each output, fixed weights.

    Args:
        kind: the class.
        log_var: around this are its log sigma^2; by default sigma is too small to matter.
    """
    rng = np.random.default_rng(9)
    layers, inputs, z = keras.layers, keras.Input(SHAPE), keras.Input((LATENT_DIM,))
    flat = layers.Flatten()(inputs)
    width = keras.initializers.Constant(log_var)
    codes = layers.Dense(LATENT_DIM)(flat), layers.Dense(LATENT_DIM, bias_initializer=width)(flat)
    images = layers.Reshape(SHAPE)(layers.Dense(PIXELS, activation="sigmoid")(z))
    vae = kind(keras.Model(inputs, codes), keras.Model(z, images), loss_weights=(K1, K2))
    for weight in vae.trainable_variables:
        if len(weight.shape) == 2:
            weight.assign(rng.normal(0, 0.5, weight.shape))
    vae.compile(keras.optimizers.SGD(0.1), run_eagerly=True)
    for network in (vae.encoder, vae.decoder):  # whose `predict` would be compiled for each model
        network.run_eagerly = True
    return vae
