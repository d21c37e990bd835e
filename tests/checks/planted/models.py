"""Trained models, and some that are not."""

import functools

import keras
import numpy as np
from keras.layers import Dense, Flatten, Reshape

import fidle_vae
from fidle_vae import checks as check
from fidle_vae.data.datasets import load_dataset
from fidle_vae.models.networks import build_decoder, build_encoder
from tests.checks.planted import called, right, unfinished, wrong

called("vae", lambda make: check.vae(*make()))
unfinished("vae")


def model_of(encoder_scale=1.0, decoder_bias=None, activation="sigmoid"):
    """Make a VAE whose decoder gives one image, that of `decoder_bias`, whatever z is."""
    keras.utils.set_random_seed(3)
    x, z = keras.Input((28, 28, 1)), keras.Input((2,))
    codes = Dense(2, name="z_mean"), Dense(2, kernel_initializer="zeros")
    pixels = Dense(784, activation=activation, kernel_initializer="zeros")
    encoder = keras.Model(x, [code(Flatten()(x)) for code in codes])
    decoder = keras.Model(z, Reshape((28, 28, 1))(pixels(z)))
    codes[0].kernel.assign(encoder_scale * codes[0].kernel)
    if decoder_bias is not None:
        pixels.bias.assign(np.ravel(decoder_bias))
    return fidle_vae.VAE(encoder, decoder)


def autoencoder():
    """Make a model whose encoder gives points."""
    x = keras.Input((28, 28, 1))
    encoder = keras.Sequential([x, Flatten(), Dense(2)], name="encoder")
    return keras.Model(x, build_decoder("mlp", (28, 28, 1), 2)(encoder(x)))


def trained(images, epochs, rate=2e-3):
    keras.utils.set_random_seed(4)
    networks = (build("mlp", (28, 28, 1), 2) for build in (build_encoder, build_decoder))
    model = fidle_vae.VAE(*networks)
    model.compile(keras.optimizers.Adam(rate))
    model.fit(images, batch_size=25, epochs=epochs, verbose=0)
    return model


DIGITS = load_dataset("digits", 0.05)
FEW = DIGITS._replace(x_train=DIGITS.x_train[:50])
MEAN = np.clip(DIGITS.x_train.mean(axis=0), 1e-3, 1)
LOGITS = np.log(MEAN / (1 - MEAN))
MODELS = {
    "vae_not_trained": lambda: (model_of(), DIGITS),
    "vae_collapsed": lambda: (model_of(0.0, LOGITS), DIGITS),
    "vae_without_prior": lambda: (model_of(30.0, LOGITS), DIGITS),
    "vae_not_finite": lambda: (model_of(np.nan, LOGITS), DIGITS),
    "vae_out_of_range": lambda: (model_of(1.0, LOGITS, activation=None), DIGITS),
    "vae_learned_by_heart": lambda: (trained(FEW.x_train, 50, 1e-2), FEW),
    "vae_without_networks": lambda: (keras.Sequential([keras.Input((28, 28, 1)), Flatten()]), FEW),
    "vae_without_gaussians": lambda: (autoencoder(), FEW),
    "vae_other_images": lambda: (
        fidle_vae.VAE(build_encoder("mlp", (8, 8, 1), 2), build_decoder("mlp", (8, 8, 1), 2)),
        FEW,
    ),
}
for name, answer in MODELS.items():
    wrong("vae", name)(answer)


@right("vae")
@functools.cache  # several tests look at it
def well_trained():
    return trained(DIGITS.x_train, 2), DIGITS
