"""VAE-GAN: an autoencoder whose copies are compared in the features of a discriminator."""

import keras
from keras import ops

from fidle_vae.models.adversarial import Adversarial, Player
from fidle_vae.models.losses import gaussian_kl
from fidle_vae.models.vae import VAE


@keras.saving.register_keras_serializable("fidle_vae")
class VAEGAN(Adversarial):
    """A VAE without pixels in its loss (after Larsen et al. 2016), whose decoder is a generator.

    Encoder and generator minimize KL + feature_weight |f(x) - f(x_hat)|^2 / 2 + game_weight L,
    where f is what the discriminator's last layer sees, and L the generator's loss for draws from
    the prior. Only draws from the prior play the game; in the paper, copies do too.
    `VAE(model.encoder, model.generator, loss_weights="elbo")` measures its ELBO.

    Args:
        encoder: images -> [z_mean, z_log_var].
        generator, discriminator: as for `Adversarial`, without conditions.
        feature_weight: of the squared distance of features.
        game_weight: of the generator's loss.
        **options: as for `Adversarial`.
    """

    def __init__(
        self, encoder, generator, discriminator, *, feature_weight=1.0, game_weight=1.0, **options
    ):
        VAE(encoder, generator, seed=0)  # an error if the two do not fit together
        super().__init__(generator, discriminator, **options)
        self.encoder = encoder
        self.feature_weight, self.game_weight = float(feature_weight), float(game_weight)

    def make_generator_player(self, seed, optimizer):
        """Return the player that trains the encoder and the generator."""
        return _Autoencoder(self, seed, optimizer)

    def get_config(self):
        """Return the arguments that make this model again, without its weights."""
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "feature_weight": self.feature_weight,
            "game_weight": self.game_weight,
        }

    @classmethod
    def from_config(cls, config):
        """Make a model from the result of `get_config`."""
        encoder = keras.saving.deserialize_keras_object(config["encoder"])
        return super().from_config({**config, "encoder": encoder})


class _Autoencoder(Player):
    def __init__(self, game, seed, optimizer):
        super().__init__("generator", game, seed, optimizer)
        judge = game.discriminator
        self.encoder, self.features = game.encoder, keras.Model(judge.input, judge.layers[-1].input)
        self.feature_weight, self.game_weight = game.feature_weight, game.game_weight
        self.trackers = [keras.metrics.Mean(f"{name}_loss") for name in ("kl", "feature")]

    @property
    def trainable_variables(self):
        return self.encoder.trainable_variables + self.generator.trainable_variables

    def call(self, inputs, training=None):
        (x,) = inputs
        z_mean, z_log_var = self.encoder(x, training=training)
        eps = keras.random.normal(ops.shape(z_mean), seed=self.noise)
        x_hat = self.generator(z_mean + ops.exp(z_log_var / 2) * eps, training=training)
        apart = ops.square(self.features(x) - self.features(x_hat))
        return super().call(inputs, training).fake, gaussian_kl(z_mean, z_log_var), apart

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        fake, kl, apart = y_pred
        features = ops.sum(apart, axis=tuple(range(1, len(apart.shape)))) / 2
        for tracker, values in zip(self.trackers, (kl, features), strict=True):
            tracker.update_state(values)
        game = self.game_weight * ops.mean(self.losses_of.generator(fake))
        return ops.mean(kl + self.feature_weight * features) + game
