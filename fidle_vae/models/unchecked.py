"""A VAE that checks nothing, as programs circulate: to measure what their mistakes cost."""

import math

import keras
from keras import layers, ops

from fidle_vae.models.layers import SamplingLayer
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.networks import NARROW
from fidle_vae.models.optimizer import build_optimizer


class UncheckedVAE(keras.Model):
    """The mean of `nll` + `kl` as a loss, with terms of one's own. It is not meant to be saved.

    Args:
        encoder: images -> [z_mean, z_log_var].
        decoder: z -> images; nobody asks of which shape.
        nll: (x, x_hat) -> nats of each image.
        kl: (z_mean, z_log_var) -> nats of each image.
        calls: 1, or 3 to call the encoder anew for z_mean, for z_log_var and for z.
        seed: of the noise.
    """

    def __init__(self, encoder, decoder, *, nll=bernoulli_nll, kl=gaussian_kl, calls=1, seed=None):
        super().__init__()
        if calls not in (1, 3):
            raise ValueError(f"calls must be 1 or 3, got {calls!r}.")
        self.encoder, self.decoder, self.sampling = encoder, decoder, SamplingLayer(seed)
        self.nll, self.kl, self.calls = nll, kl, calls
        self.build(encoder.input_shape)

    def build(self, input_shape):
        """Build the sampling layer; the encoder and the decoder are already built."""
        self.sampling.build(self.encoder.output_shape)

    def fit(self, *args, **kwargs):
        """Train as any Keras model does, with one tracing of the step less."""
        build_optimizer(self)
        return super().fit(*args, **kwargs)

    def call(self, x, training=None):
        """Return x_hat, z_mean, z_log_var and z."""
        for_mean = for_variance = for_draw = self.encoder(x, training=training)
        if self.calls == 3:
            for_variance = self.encoder(x, training=training)
            for_draw = self.encoder(x, training=training)
        z = self.sampling(for_draw)
        return self.decoder(z, training=training), for_mean[0], for_variance[1], z

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean loss of a batch."""
        x_hat, z_mean, z_log_var, _ = y_pred
        return ops.mean(self.nll(x, x_hat) + self.kl(z_mean, z_log_var))


def build_networks(image_shape, latent_dim, *, channels=1, normalize=False, dropout=0.0):
    """Build a fully connected encoder and decoder of one family.

    Args:
        image_shape: (height, width, 1) of an image.
        latent_dim: dimensions of the latent space.
        channels: with which the decoder ends; more than 1 is the mistake of a program.
        normalize: whether each hidden layer has batch normalization.
        dropout: share of the pixels that the encoder does not see in training.
    """

    def hidden(x, units):
        x = layers.Dense(units, use_bias=not normalize)(x)
        return layers.ReLU()(layers.BatchNormalization()(x) if normalize else x)

    image, z = keras.Input(image_shape), keras.Input((latent_dim,))
    seen = layers.Dropout(dropout)(image) if dropout else image
    x = hidden(hidden(layers.Flatten()(seen), 256), 128)
    z_mean = layers.Dense(latent_dim, name="z_mean")(x)
    z_log_var = layers.Dense(latent_dim, bias_initializer=NARROW, name="z_log_var")(x)
    x = layers.Dense(math.prod(image_shape))(hidden(hidden(z, 128), 256))
    x = layers.Reshape(image_shape)(x)
    if channels > 1:
        x = layers.Conv2D(channels, 1, kernel_initializer="ones")(x)
    x_hat = layers.Activation("sigmoid")(x)
    encoder = keras.Model(image, [z_mean, z_log_var], name="encoder")
    return encoder, keras.Model(z, x_hat, name="decoder")


def first_channel(decoder):
    """Return a decoder of one channel that shares its weights with one of several."""
    if decoder.output_shape[-1] == 1:
        return decoder
    return keras.Model(decoder.input, decoder.output[..., :1], name="first_channel")
