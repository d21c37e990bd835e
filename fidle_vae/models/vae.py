"""The VAE as a Keras model: encoder, sampling, decoder and loss."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from fidle_vae.models.layers import SamplingLayer
from fidle_vae.models.loss_weights import resolve_loss_weights
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.optimizer import build_optimizer
from fidle_vae.models.parts import Parts, forward


class Outputs(NamedTuple):
    """What a VAE returns for a batch of images."""

    x_hat: Any  # (batch, height, width, channels), in [0, 1]
    z_mean: Any  # (batch, latent_dim)
    z_log_var: Any  # (batch, latent_dim), log sigma^2


@keras.saving.register_keras_serializable("fidle_vae")
class VAE(keras.Model):
    """Variational autoencoder: loss = k1 * r_loss + k2 * kl_loss.

    r_loss is the cross-entropy per pixel, kl_loss the KL divergence of q(z given x) from the prior
    N(0, I) in nats per image. `fit` and `evaluate` report both, the loss, and the ELBO in nats per
    image, each the mean over images. Train it on images alone: `vae.fit(x_train)`.

    Args:
        encoder: a functional or Sequential model, images -> [z_mean, z_log_var].
        decoder: a model, z -> images in [0, 1] of the shape that the encoder takes.
        loss_weights: (k1, k2), or "elbo" for (1, 1 / n_pixels), whose beta is 1.
        seed: seed of the noise in z; None takes one from Keras's global seed.
    """

    def __init__(self, encoder, decoder, *, loss_weights=(1.0, 1e-3), seed=None, **kwargs):
        super().__init__(**kwargs)
        _require_networks(encoder, decoder)
        self._require_condition(Parts(encoder, decoder).classes)
        self.encoder = encoder
        self.decoder = decoder
        self.image_shape = Parts(encoder, decoder).image_shape
        self.latent_dim = Parts(encoder, decoder).latent_dim
        self.loss_weights = resolve_loss_weights(loss_weights, self.n_pixels)
        self.sampling = SamplingLayer(seed, name="sampling")
        self.r_loss_tracker = keras.metrics.Mean("r_loss")
        self.kl_loss_tracker = keras.metrics.Mean("kl_loss")
        self.elbo_tracker = keras.metrics.Mean("elbo")
        # Below 1 during a BetaWarmup; a variable, because training steps are compiled.
        self.kl_share = keras.Variable(1.0, trainable=False, name="kl_share")
        self.build((None, *self.image_shape))

    @property
    def n_pixels(self):
        """Number of values in an image."""
        return math.prod(self.image_shape)

    @property
    def beta(self):
        """Weight of the KL divergence against the negative log-likelihood, both in nats."""
        k1, k2 = self.loss_weights
        return self.n_pixels * k2 / k1 if k1 else math.inf

    def build(self, input_shape):
        """Build the sampling layer; the encoder and the decoder are already built."""
        self.sampling.build([(None, self.latent_dim)] * 2)

    def call(self, x, training=None):
        """Encode the images, draw one z for each, and decode it."""
        z_mean, z_log_var = self.encoder(x, training=training)
        z = self.sampling([z_mean, z_log_var])
        return Outputs(self.decoder(z, training=training), z_mean, z_log_var)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean loss of a batch; Keras calls this in every training and test step."""
        x_hat, z_mean, z_log_var = y_pred
        k1, k2 = self.loss_weights

        nll = bernoulli_nll(x, x_hat)
        r_loss = nll / self.n_pixels
        kl_loss = gaussian_kl(z_mean, z_log_var)

        self.r_loss_tracker.update_state(r_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        self.elbo_tracker.update_state(-(nll + kl_loss))
        k2 = self.kl_share * k2 if training else k2  # the share is 1 except in a warm-up
        return ops.mean(k1 * r_loss + k2 * kl_loss)

    def fit(self, x=None, *args, validation_data=None, **kwargs):
        """Train as any Keras model does, after checking the images. Labels are not used."""
        self._require_images("x", x)
        held_out = validation_data[0] if isinstance(validation_data, tuple) else validation_data
        self._require_images("validation_data", held_out)
        build_optimizer(self)
        return super().fit(x, *args, validation_data=validation_data, **kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        """Return loss, r_loss, kl_loss and ELBO of images, after checking the images."""
        self._require_images("x", x)
        return super().evaluate(x, *args, **kwargs)

    def encode(self, x):
        """Return z_mean and z_log_var of images, two arrays of shape (n, latent_dim)."""
        self._require_images("x", x)
        return tuple(forward(self.encoder, x))

    def decode(self, z):
        """Return the images (n, height, width, channels) of latent points (n, latent_dim)."""
        return forward(self.decoder, self._require_points(z))

    def _require_points(self, z):
        z = np.asarray(z, dtype="float32")
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise ValueError(
                f"z must have shape (n, {self.latent_dim}), a row for each latent point; "
                f"got {z.shape}: reshape it."
            )
        return z

    def reconstruct(self, x):
        """Return reconstructions of images: their z_mean decoded, without noise."""
        z_mean, _ = self.encode(x)
        return self.decode(z_mean)

    def sample(self, n, seed=None):
        """Return `n` decoded draws from the prior N(0, I); the same `seed` repeats them."""
        z = np.random.default_rng(seed).standard_normal((n, self.latent_dim), dtype="float32")
        return self.decode(z)

    def save_own_variables(self, store):
        """Save nothing: `kl_share` belongs to a training, not to the model."""

    def load_own_variables(self, store):
        """Load nothing, because nothing was saved."""

    def get_config(self):
        """Return the arguments that make this model again, without its weights."""
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "loss_weights": self.loss_weights,
            "seed": self.sampling.seed,
        }

    @classmethod
    def from_config(cls, config):
        """Make a model from the result of `get_config`."""
        networks = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("encoder", "decoder")
        }
        return cls(**{**config, **networks})

    def _require_condition(self, classes):
        if classes:
            raise ValueError(
                f"encoder and decoder must take no class in a VAE; they take {classes} classes: "
                "use ConditionalVAE, or build both without classes."
            )

    def _require_images(self, name, x):
        x = first_batch(x)
        if not (isinstance(x, np.ndarray) or ops.is_tensor(x)):
            return  # a generator cannot be checked in advance
        x = ops.convert_to_numpy(x)
        if x.shape == self.image_shape:
            batch = ", ".join(map(str, x.shape))
            raise ValueError(
                f"{name} must be a batch, of shape (n, {batch}); got one image: take {name}[None]."
            )
        if x.shape[1:] != self.image_shape:
            raise ValueError(
                f"{name} must hold images of shape {self.image_shape}, as the encoder takes them; "
                f"got an array of shape {x.shape}: reshape it, or build the encoder for it."
            )
        if not np.isfinite(x).all():
            count = int((~np.isfinite(x).all(axis=(1, 2, 3))).sum())
            raise ValueError(
                f"{name} must hold finite values; got NaN or infinity in {count:,} of {len(x):,} "
                "images: leave these out, or find out where they come from."
            )
        if x.size and not (x.min() >= 0 and x.max() <= 1):
            raise ValueError(
                f"{name} must hold values in [0, 1]; got values from {x.min():g} to {x.max():g}: "
                "divide grey levels of 0 to 255 by 255."
            )


def first_batch(x):
    """Return the images of a stream's first batch; anything else as it is."""
    if isinstance(x, keras.utils.PyDataset):
        batch = x[0] if len(x) else None
    elif hasattr(x, "take") and not hasattr(x, "dtype"):  # a tf.data.Dataset, and no array
        batch = next(iter(x.take(1).as_numpy_iterator()), None)
    else:
        batch = x
    return batch[0] if isinstance(batch, tuple) else batch


def _require_networks(encoder, decoder):
    """Raise ValueError if the two networks do not fit together."""
    for name, network in (("encoder", encoder), ("decoder", decoder)):
        if not (isinstance(network, keras.Model) and hasattr(network, "input_shape")):
            raise ValueError(
                f"{name} must be a functional or Sequential Keras model; got {network!r}: "
                f"build_{name} makes one."
            )
    codes = encoder.output_shape
    if not (isinstance(codes, list | tuple) and len(codes) == 2 and codes[0] == codes[1]):
        raise ValueError(
            f"encoder must return two tensors, [z_mean, z_log_var], of one shape; got {codes}: "
            "leave the sampling to VAE."
        )
    pair = Parts(encoder, decoder)
    if pair.latent_dim != codes[0][-1]:
        raise ValueError(
            f"decoder must take the {codes[0][-1]} latent dimensions that the encoder returns; "
            f"it takes {pair.latent_dim}: build both with one latent_dim."
        )
    if decoder.output_shape[1:] != pair.image_shape:
        raise ValueError(
            f"decoder must return images of shape {pair.image_shape}, as the encoder takes "
            f"them; it returns {decoder.output_shape[1:]}: build both for one image shape."
        )
    if pair.classes != pair.encoder_classes:
        raise ValueError(
            f"decoder must take as many classes as the encoder, {pair.encoder_classes}; it takes "
            f"{pair.classes}: build both with one number of classes."
        )
