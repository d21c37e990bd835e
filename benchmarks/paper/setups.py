"""The published experiments that we repeat: network, training, and published values."""

from collections.abc import Callable
from typing import NamedTuple

import keras
from keras import layers

from fidle_vae.models.networks import NARROW, build_decoder, build_encoder

SHAPE = (28, 28, 1)


class Setup(NamedTuple):
    """How a row of a published table is trained, and its values in nats."""

    networks: Callable  # () -> encoder, decoder
    optimizer: Callable  # () -> a Keras optimizer
    batch_size: int
    epochs: int  # at most
    warmup: int | None  # epochs in which the KL's weight grows
    patience: int | None  # epochs without a better held-out ELBO before training stops
    samples: int  # of the importance-sampled log-likelihood
    published: dict[str, float]


def _davidson(latent_dim, ll, elbo, re, kl):
    """Return a row of Davidson et al. 2018, table 1, normal VAE: 784-256-128-d, mirrored, ReLU."""
    return Setup(
        lambda: (build_encoder("mlp", SHAPE, latent_dim), build_decoder("mlp", SHAPE, latent_dim)),
        lambda: keras.optimizers.Adam(1e-3),
        batch_size=64,
        epochs=250,
        warmup=100,
        patience=50,
        samples=500,
        published={"ll": ll, "elbo": elbo, "re": re, "kl": kl},
    )


def _burda_networks():
    """Build 784-200-200-50 and its mirror, tanh."""
    inputs = keras.Input(SHAPE)
    x = layers.Dense(200, activation="tanh")(layers.Flatten()(inputs))
    x = layers.Dense(200, activation="tanh")(x)
    codes = layers.Dense(50)(x), layers.Dense(50, bias_initializer=NARROW)(x)
    z = keras.Input((50,))
    y = layers.Dense(200, activation="tanh")(z)
    y = layers.Dense(200, activation="tanh")(y)
    y = layers.Reshape(SHAPE)(layers.Dense(784, activation="sigmoid")(y))
    return keras.Model(inputs, codes, name="encoder"), keras.Model(z, y, name="decoder")


def _burda_optimizer():
    """Return Adam with the rate 1e-3 * 10^(-i/7) for 3^i epochs, i = 0 to 7: 3,280 epochs."""
    steps = 60_000 // 20
    ends = [steps * sum(3**j for j in range(i + 1)) for i in range(7)]
    rates = [1e-3 * 10 ** (-i / 7) for i in range(8)]
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay(ends, rates)
    return keras.optimizers.Adam(schedule, epsilon=1e-4)


SETUPS = {
    "d2": _davidson(2, -135.73, -137.08, -129.84, 7.24),
    "d5": _davidson(5, -110.21, -112.98, -100.16, 12.82),
    "d10": _davidson(10, -93.84, -98.36, -78.93, 19.44),
    "d20": _davidson(20, -88.90, -94.79, -71.29, 23.50),
    # Burda et al. 2015, one stochastic layer, the VAE: trained on all of the training images
    "burda": Setup(
        _burda_networks,
        _burda_optimizer,
        batch_size=20,
        epochs=3280,
        warmup=None,
        patience=None,
        samples=5000,
        published={"ll": -86.76},
    ),
}

# Accuracy in percent with 100, 600 and 1,000 labels, from the same paper.
KNN_PUBLISHED = {"d2": [72.6, 80.8, 81.7], "d5": [81.8, 90.9, 92.0]}
