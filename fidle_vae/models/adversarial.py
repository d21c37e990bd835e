"""Adversarial networks: the losses of the two players, and a model in which they play."""

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from fidle_vae.common.validation import require_choice, require_count
from fidle_vae.models.input_gradient import input_gradient
from fidle_vae.models.minibatch_deviation import MinibatchDeviation
from fidle_vae.models.parts import parts, require_conditions


class Losses(NamedTuple):
    """What each player pays for each image, by the discriminator's logits, high for real."""

    real: Callable
    """The discriminator's loss for a real image."""
    fake: Callable
    """The discriminator's loss for a generated image."""
    generator: Callable
    """The generator's loss for a generated image."""


def _log_real(logits):
    return ops.softplus(-logits)  # -log D, with D = sigmoid(logits)


def _log_fake(logits):
    return ops.softplus(logits)  # -log(1 - D)


def _far_from(target):
    return lambda logits: ops.square(logits - target) / 2


LOSSES = {
    # Goodfellow et al. 2014: the generator makes the discriminator's loss as large as it can ...
    "minimax": Losses(_log_real, _log_fake, lambda logits: -_log_fake(logits)),
    # ... or wants its images to be called real
    "non_saturating": Losses(_log_real, _log_fake, _log_real),
    # Mao et al. 2017
    "least_squares": Losses(_far_from(1.0), _far_from(0.0), _far_from(1.0)),
    # Arjovsky et al. 2017: a difference of means, no probabilities
    "wasserstein": Losses(ops.negative, lambda logits: logits, ops.negative),
    # Lim and Ye 2017, Miyato et al. 2018
    "hinge": Losses(
        lambda logits: ops.relu(1 - logits), lambda logits: ops.relu(1 + logits), ops.negative
    ),
}


def r1_penalty(discriminator, x):
    """Squared norm of the discriminator's gradient at real images (R1, Mescheder et al. 2018).

    Args:
        discriminator: a function of images; it may depend on no other image of the batch.
        x: real images, shape (batch, ...).

    Returns:
        |grad D(x)|^2, shape (batch,). Weight it with gamma / 2.
    """
    return _squared_norm(input_gradient(discriminator, x))


def gradient_penalty(discriminator, x, x_hat, share):
    """How far the gradient's norm is from 1 between real and generated images (WGAN-GP).

    (|grad D(m)| - 1)^2 at m = share x + (1 - share) x_hat (Gulrajani et al. 2017).

    Args:
        discriminator: a function of images; it may depend on no other image of the batch.
        x: real images, shape (batch, ...).
        x_hat: generated images, same shape.
        share: one number from [0, 1] for each image, shape (batch,).

    Returns:
        shape (batch,). Weight it with lambda, 10 in the paper.
    """
    x, x_hat, share = (ops.convert_to_tensor(each) for each in (x, x_hat, share))
    share = ops.reshape(share, (-1,) + (1,) * (len(x.shape) - 1))
    gradient = input_gradient(discriminator, share * x + (1 - share) * x_hat)
    norm = ops.sqrt(_squared_norm(gradient) + 1e-12)  # the root has no slope at 0
    return ops.square(norm - 1)


def _squared_norm(gradient):
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))


PENALTIES = ("r1", "gradient_penalty")


class Outcome(NamedTuple):
    """What comes of one batch."""

    real: object = None
    """Logits of real images, (batch, 1); None for the generator, who sees none."""
    fake: object = None
    """Logits of generated images, (batch, 1); after them those of real ones, wrongly ordered."""
    penalty: object = None
    """The penalty of each image, (batch,); None for the generator."""


@keras.saving.register_keras_serializable("fidle_vae")
class Adversarial(keras.Model):
    """A generator and a discriminator that train each other.

    In each step the discriminator learns to tell real images from generated ones, and then the
    generator learns to be taken for real. `fit` reports the losses of both. Each player is a Keras
    model of its own, which sees both networks and trains one.

    Args:
        generator: a functional or Sequential model, z -> images; [z, c] -> images with conditions.
        discriminator: a model, images -> logits of shape (batch, 1); [images, c] with conditions.
        loss: a name from LOSSES.
        penalty: None; "r1" (R1); or "gradient_penalty" (the gradient penalty of WGAN-GP).
        penalty_weight: of its mean; R1's gamma is twice that.
        discriminator_steps: how often the discriminator learns before the generator learns once,
            from a batch of its own each time.
        wrong_conditions: whether the discriminator also learns that a real image under the
            condition of another is wrong (Reed et al. 2016). It counts as a generated one.
        seed: of the noise and of the order of the images; None takes one from Keras's global seed.
    """

    def __init__(
        self,
        generator,
        discriminator,
        *,
        loss="non_saturating",
        penalty=None,
        penalty_weight=1.0,
        discriminator_steps=1,
        wrong_conditions=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        require_choice("loss", loss, LOSSES)
        if penalty is not None:
            require_choice("penalty", penalty, PENALTIES)
        require_count("discriminator_steps", discriminator_steps, 5)
        _require_networks(generator, discriminator)
        _require_single_images(discriminator, penalty)
        self.generator, self.discriminator = generator, discriminator
        self.loss_name, self.penalty, self.penalty_weight = loss, penalty, float(penalty_weight)
        self.discriminator_steps, self.wrong_conditions = discriminator_steps, wrong_conditions
        self.latent_dim, self.classes = parts(self).latent_dim, parts(self).classes
        self.seed = seed
        if wrong_conditions and not self.classes:
            raise ValueError(
                "wrong_conditions must be False for networks without conditions; got "
                f"{wrong_conditions!r}: build both networks with condition=10, say, to order "
                "classes."
            )
        self.built = True

    def build(self, input_shape=None):
        """Do nothing: both networks are built."""

    def compile(self, optimizer, discriminator_optimizer=None):
        """Give both players an optimizer.

        Args:
            optimizer: the generator's, or that of both.
            discriminator_optimizer: by default one with the same settings.
        """
        super().compile(optimizer)
        other = discriminator_optimizer or type(optimizer).from_config(optimizer.get_config())
        seed = random.randrange(2**31) if self.seed is None else self.seed  # as Keras does
        # in a namespace, because an attribute that is a model would be saved as a part of this one
        self._play = SimpleNamespace(
            discriminator=Player("discriminator", self, seed, other),
            generator=self.make_generator_player(seed + 1, optimizer),
            order=np.random.default_rng(seed),
        )
        for player in (self._play.discriminator, self._play.generator):
            player.optimizer.build(player.trainable_variables)

    def make_generator_player(self, seed, optimizer):
        """Return the player that trains the generator."""
        return Player("generator", self, seed, optimizer)

    def call(self, z, training=None):
        """Return the images of latent points; with conditions, z is a pair [z, c]."""
        return self.generator(z, training=training)

    def fit(self, x, y=None, batch_size=64, epochs=1, callbacks=(), verbose=0):
        """Let both players learn, and return the History of their mean losses.

        Images that fill no whole batch are left out of an epoch, others each time.

        Args:
            x: images, shape (n, ...).
            y: their conditions: classes, integers from 0, or a row of numbers for each image.
            batch_size: images in a step.
            epochs: passes of the discriminator over the images.
            callbacks: as for any Keras model; a batch is one step of the generator.
            verbose: as for any Keras model.
        """
        if not self.compiled:
            raise ValueError("compile the model before fit: game.compile(keras.optimizers.Adam()).")
        require_count("batch_size", batch_size, 64)
        require_count("epochs", epochs)
        images = self._require_images(x, batch_size * self.discriminator_steps)
        given = (images, self._require_conditions(y, len(images)))
        steps = len(images) // (batch_size * self.discriminator_steps)
        callbacks = keras.callbacks.CallbackList(
            [*callbacks],
            add_history=True,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
        )
        self.stop_training = False
        callbacks.on_train_begin()
        for epoch in range(epochs):
            callbacks.on_epoch_begin(epoch)
            batches = self._batches(given, batch_size)
            losses = []
            for step in range(steps):
                callbacks.on_train_batch_begin(step)
                losses.append(self._learn(batches))
                callbacks.on_train_batch_end(step, losses[-1])
            means = {name: float(np.mean([each[name] for each in losses])) for name in losses[0]}
            callbacks.on_epoch_end(epoch, means)
            if self.stop_training:
                break
        callbacks.on_train_end(means)
        return self.history

    def _batches(self, given, batch_size):
        order = self._play.order.permutation(len(given[0]))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            yield [each[rows] for each in given if each is not None]

    def _learn(self, batches):
        """Take the discriminator's steps and one of the generator; return what they report."""
        for _ in range(self.discriminator_steps):
            batch = next(batches)
            reported = self._play.discriminator.train_on_batch(batch, return_dict=True)
        by_generator = self._play.generator.train_on_batch(batch, return_dict=True)
        losses = {"d_loss": reported.pop("loss"), "g_loss": by_generator.pop("loss")}
        return {name: float(each) for name, each in (losses | reported | by_generator).items()}

    def decode(self, z, c=None):
        """Return the images of latent points (n, latent_dim), each as its condition asks."""
        return parts(self).decode(z, c)

    def sample(self, n, c=None, seed=None):
        """Return `n` generated images; the same `seed` repeats them.

        Args:
            n: how many.
            c: a condition for each, for a conditional generator; None takes all classes in turn.
            seed: of the noise.
        """
        z = np.random.default_rng(seed).standard_normal((n, self.latent_dim), dtype="float32")
        return self.decode(z, c)

    def get_config(self):
        """Return the arguments that make this model again, without its weights."""
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "loss": self.loss_name,
            "penalty": self.penalty,
            "penalty_weight": self.penalty_weight,
            "discriminator_steps": self.discriminator_steps,
            "wrong_conditions": self.wrong_conditions,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        """Make a model from the result of `get_config`."""
        networks = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("generator", "discriminator")
        }
        return cls(**{**config, **networks})

    def get_compile_config(self):
        """Return nothing: a loaded model draws images; compile it anew to train it further."""

    def _require_images(self, x, at_least):
        x = np.asarray(x, dtype="float32")
        shape = parts(self).image_shape
        if x.shape[1:] != shape:
            raise ValueError(
                f"x must hold images of shape {shape}, as the generator makes them; got an array "
                f"of shape {x.shape}: reshape it, or build the networks for it."
            )
        if len(x) < at_least:
            raise ValueError(
                f"x must hold {at_least} images or more, for one step of both players; got "
                f"{len(x)}: take a smaller batch_size."
            )
        if not np.isfinite(x).all():
            raise ValueError("x must hold numbers; got NaN or infinite values: leave those out.")
        return x

    def _require_conditions(self, c, count):
        if not self.classes:
            if c is not None:
                raise ValueError(
                    "y must be None for networks without conditions: build both with condition=10, "
                    "say, to order classes."
                )
            return None
        if c is None:
            raise ValueError("y must be given: the networks take the class beside z or the image.")
        c = np.asarray(c)
        require_conditions("y", c, count, self.classes)
        return np.eye(self.classes, dtype="float32")[c] if c.ndim == 1 else c.astype("float32")


class Player(keras.Model):
    """One side of the game: a model of both networks that trains one of them."""

    def __init__(self, own, game, seed, optimizer):
        super().__init__(name=own)
        self.own, self.generator, self.discriminator = own, game.generator, game.discriminator
        self.losses_of = LOSSES[game.loss_name]
        self.penalty, self.penalty_weight = game.penalty, game.penalty_weight
        self.latent_dim, self.wrong_conditions = game.latent_dim, game.wrong_conditions
        self.noise = keras.random.SeedGenerator(seed)
        judged = ("real", "fake") if own == "discriminator" else ()
        self.trackers = [keras.metrics.Mean(f"d_{which}") for which in judged]
        self.built = True
        self.compile(optimizer)

    @property
    def trainable_variables(self):
        """The weights that this player trains."""
        return getattr(self, self.own).trainable_variables

    @property
    def trainable_weights(self):
        """The same, by the other name that Keras uses."""
        return self.trainable_variables

    @property
    def non_trainable_variables(self):
        """All others: the opponent's, and what the networks count."""
        trained = {id(each) for each in self.trainable_variables}
        return [each for each in self.variables if id(each) not in trained]

    def call(self, inputs, training=None):
        """Generate an image for each of the batch, and judge what this player needs judged."""
        x, *c = inputs
        z = keras.random.normal((ops.shape(x)[0], self.latent_dim), seed=self.noise)
        x_hat = self.generator([z, *c] if c else z, training=training)

        def judged(images, *c):
            return self.discriminator([images, *c] if c else images, training=training)

        if self.own == "generator":
            return Outcome(fake=judged(x_hat, *c))
        x_hat = ops.stop_gradient(x_hat)
        fake = judged(x_hat, *c)
        if self.wrong_conditions:  # each that of the image before, in a batch without order
            fake = ops.concatenate([fake, judged(x, ops.roll(c[0], 1, axis=0))])
        return Outcome(judged(x, *c), fake, self._penalty(x, x_hat, c))

    def _penalty(self, x, x_hat, c):
        def judged(images):
            return self.discriminator([images, *c] if c else images, training=False)

        if self.penalty == "r1":
            return r1_penalty(judged, x)
        if self.penalty == "gradient_penalty":
            share = keras.random.uniform((ops.shape(x)[0],), seed=self.noise)
            return gradient_penalty(judged, x, x_hat, share)
        return ops.zeros((ops.shape(x)[0],))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean loss of this player."""
        real, fake, penalty = y_pred
        if self.own == "generator":
            return ops.mean(self.losses_of.generator(fake))
        for tracker, logits in zip(self.trackers, (real, fake), strict=True):
            tracker.update_state(logits)
        loss = ops.mean(self.losses_of.real(real)) + ops.mean(self.losses_of.fake(fake))
        return loss + self.penalty_weight * ops.mean(penalty)


def _require_networks(generator, discriminator):
    """Raise ValueError if the two networks do not fit together."""
    for name, network in (("generator", generator), ("discriminator", discriminator)):
        if not (isinstance(network, keras.Model) and hasattr(network, "input_shape")):
            raise ValueError(
                f"{name} must be a functional or Sequential Keras model; got {network!r}: build it "
                "with keras.Input."
            )
    drawn, judged = generator.output_shape, keras.tree.flatten(discriminator.inputs)[0].shape
    if tuple(drawn) != tuple(judged):
        raise ValueError(
            f"discriminator must take what the generator makes, of shape {drawn[1:]}; it takes "
            f"{judged[1:]}: build both for the same images."
        )
    if discriminator.output_shape != (None, 1):
        raise ValueError(
            "discriminator must return one logit for each image, of shape (batch, 1); its output "
            f"has the shape {discriminator.output_shape}: end it with Dense(1)."
        )


def _require_single_images(discriminator, penalty):
    """Raise ValueError for a penalty where an image's logit depends on others of the batch."""
    if penalty and any(isinstance(each, MinibatchDeviation) for each in discriminator.layers):
        raise ValueError(
            f"penalty must be None where the discriminator has a MinibatchDeviation; got "
            f"{penalty!r}, which needs logits that depend on no other image: leave one of them out."
        )
