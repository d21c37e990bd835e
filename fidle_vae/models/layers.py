"""The two layers that turn an autoencoder into a VAE, in Keras's functional API."""

import math

import keras
from keras import ops

from fidle_vae.models.keras_internals import compiles_a_step
from fidle_vae.models.loss_weights import resolve_loss_weights
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl


@keras.saving.register_keras_serializable("fidle_vae")
class SamplingLayer(keras.layers.Layer):
    """Draw z ~ N(z_mean, exp(z_log_var)) by the reparameterization trick.

    Takes [z_mean, z_log_var], each (batch, latent_dim), and returns z = z_mean + sigma * eps of the
    same shape. The randomness is in eps ~ N(0, I) only, drawn for every image, dimension and call,
    so that gradients flow to z_mean and sigma.

    Args:
        seed: an integer, or None to take one from Keras's global seed. The generator's state is
            saved with the model, so that a resumed training does not repeat the same noise.
    """

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs):
        """Draw one z for each image."""
        z_mean, z_log_var = inputs
        sigma = ops.exp(z_log_var / 2)  # z_log_var is log sigma^2: half of it is log sigma
        eps = keras.random.normal(ops.shape(z_mean), dtype=z_mean.dtype, seed=self.seed_generator)
        return z_mean + sigma * eps

    def compute_output_shape(self, input_shape):
        """Return the shape of z, which is that of z_mean."""
        return input_shape[0]

    def save_own_variables(self, store):
        """Save the state of the noise generator, which Keras does not save."""
        store["seed_generator_state"] = ops.convert_to_numpy(self.seed_generator.state)

    def load_own_variables(self, store):
        """Load the state of the noise generator."""
        self.seed_generator.state.assign(store["seed_generator_state"])

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "seed": self.seed}


@keras.saving.register_keras_serializable("fidle_vae")
class VariationalLossLayer(keras.layers.Layer):
    """Add the VAE's loss to a functional model: loss = k1 * r_loss + k2 * kl_loss.

    Takes [inputs, z_mean, z_log_var, outputs] and passes the outputs through. r_loss is the
    cross-entropy per pixel, kl_loss the KL divergence in nats. The model's history shows `loss`,
    `r_loss` and `kl_loss`, each the mean over all images of the epoch. On JAX the last two are
    known only at the end of the epoch, and the progress bar shows nan until then.

    Args:
        loss_weights: (k1, k2), or "elbo" for (1, 1 / number of pixels).
    """

    def __init__(self, loss_weights=(1.0, 1e-3), **kwargs):
        super().__init__(**kwargs)
        resolve_loss_weights(loss_weights, n_pixels=1)  # so that a wrong value raises here
        self.loss_weights = loss_weights
        self.r_loss = _MeanOverImages(self, "r_loss")
        self.kl_loss = _MeanOverImages(self, "kl_loss")

    def call(self, inputs):
        """Add the loss of a batch, update the two metrics, and return the outputs unchanged."""
        x, z_mean, z_log_var, outputs = inputs
        n_pixels = math.prod(x.shape[1:])
        k1, k2 = resolve_loss_weights(self.loss_weights, n_pixels)

        r_loss = bernoulli_nll(x, outputs) / n_pixels
        kl_loss = gaussian_kl(z_mean, z_log_var)
        self.add_loss(ops.mean(k1 * r_loss + k2 * kl_loss))

        self.r_loss.update_state(r_loss)
        self.kl_loss.update_state(kl_loss)
        return outputs

    def compute_output_shape(self, input_shape):
        """Return the shape of the outputs, which pass through unchanged."""
        return input_shape[3]

    def save_own_variables(self, store):
        """Save nothing: the sums behind the history belong to a training, not to the model."""

    def load_own_variables(self, store):
        """Load nothing, because nothing was saved."""

    def get_config(self):
        """Return the arguments that make this layer again."""
        return {**super().get_config(), "loss_weights": self.loss_weights}


class _MeanOverImages(keras.metrics.Metric):
    """Mean, over all images of an epoch, of a value that a layer computes in its call.

    On JAX, Keras discards what a layer's call does to a metric's own variables, but keeps what it
    does to the layer's weights. So the sums are weights of the layer, and this metric reads them.
    """

    def __init__(self, layer, name):
        super().__init__(name=name)
        total, count = (
            layer.add_weight(shape=(), initializer="zeros", trainable=False, name=f"{name}_{what}")
            for what in ("total", "count")
        )
        # in a function, so that Keras does not track them as this metric's own variables
        self._sums = lambda: (total, count)

    def update_state(self, values):
        total, count = self._sums()
        total.assign_add(ops.stop_gradient(ops.sum(values)))
        count.assign_add(ops.cast(ops.size(values), count.dtype))

    def result(self):
        if compiles_a_step():
            return ops.convert_to_tensor(float("nan"))
        total, count = self._sums()
        return total / count

    def reset_state(self):
        for variable in self._sums():
            variable.assign(0.0)
