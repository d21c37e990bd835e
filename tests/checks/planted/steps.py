"""Answers to the training step, by TensorFlow's tape."""

import keras
import tensorflow as tf

import fidle_vae
from tests.checks.planted import right, wrong


def terms(vae, x):
    z_mean, z_log_var = vae.encoder(x, training=True)
    x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]), training=True)
    r_loss = tf.reduce_mean(keras.losses.binary_crossentropy(x, x_hat))
    kl = 0.5 * (z_mean**2 + tf.exp(z_log_var) - 1 - z_log_var)
    return r_loss, kl


def step_of(loss_of, change=lambda gradients: gradients, give=lambda loss: loss, weights=None):
    """Make a training step from a loss(k1, k2, r_loss, kl of each image and dimension)."""

    def my_step(vae, x):
        k1, k2 = vae.loss_weights
        with tf.GradientTape() as tape:
            loss = loss_of(k1, k2, *terms(vae, x))
        moved = weights(vae) if weights else vae.trainable_variables
        gradients = change(tape.gradient(loss, moved))
        vae.optimizer.apply_gradients(zip(gradients, moved, strict=True))
        return give(loss)

    return my_step


def mean_kl(kl):
    return tf.reduce_mean(tf.reduce_sum(kl, axis=1))


def asked(k1, k2, r, kl):
    return k1 * r + k2 * mean_kl(kl)


def twice(vae, x):
    step_of(asked)(vae, x)
    return step_of(asked)(vae, x)


def without_move(vae, x):
    with tf.GradientTape() as tape:
        loss = asked(*vae.loss_weights, *terms(vae, x))
    tape.gradient(loss, vae.trainable_variables)
    return loss


def outside_the_tape(vae, x):
    loss = asked(*vae.loss_weights, *terms(vae, x))
    with tf.GradientTape() as tape:
        pass
    gradients = tape.gradient(loss, vae.trainable_variables)
    vae.optimizer.apply_gradients(zip(gradients, vae.trainable_variables, strict=True))
    return loss


def z_from_numpy(vae, x):
    with tf.GradientTape() as tape:
        z_mean, z_log_var = vae.encoder(x)
        x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]).numpy())
        loss = vae.loss_weights[0] * tf.reduce_mean(keras.losses.binary_crossentropy(x, x_hat))
    weights = vae.decoder.trainable_variables
    vae.optimizer.build(vae.trainable_variables)
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        weight.assign_sub(0.1 * gradient)
    return loss


def encoder_by_hand(vae, x):
    with tf.GradientTape() as tape:
        loss = asked(*vae.loss_weights, *terms(vae, x))
    weights = vae.encoder.trainable_variables
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        weight.assign_sub(0.1 * gradient)
    return loss


STEPS = {
    "step_without_kl": step_of(lambda k1, k2, r, kl: k1 * r + 0 * mean_kl(kl)),
    "step_without_reconstruction": step_of(lambda k1, k2, r, kl: 0 * r + k2 * mean_kl(kl)),
    "step_without_weights": step_of(lambda k1, k2, r, kl: r + mean_kl(kl)),
    "step_weights_exchanged": step_of(lambda k1, k2, r, kl: k2 * r + k1 * mean_kl(kl)),
    "step_kl_unweighted": step_of(lambda k1, k2, r, kl: k1 * r + mean_kl(kl)),
    "step_kl_without_half": step_of(lambda k1, k2, r, kl: k1 * r + k2 * mean_kl(2 * kl)),
    "step_kl_half_twice": step_of(lambda k1, k2, r, kl: k1 * r + k2 * mean_kl(kl / 2)),
    "step_kl_mean_over_dimensions": step_of(lambda k1, k2, r, kl: k1 * r + k2 * tf.reduce_mean(kl)),
    "step_kl_per_pixel": step_of(lambda k1, k2, r, kl: k1 * r + k2 * mean_kl(kl) / 16),
    "step_reconstruction_summed": step_of(lambda k1, k2, r, kl: k1 * r * 16 + k2 * mean_kl(kl)),
    "step_sum_over_batch": step_of(lambda k1, k2, r, kl: k1 * r * len(kl) + k2 * tf.reduce_sum(kl)),
    "step_uphill": step_of(asked, change=lambda gradients: [-g for g in gradients]),
    "step_not_finite": step_of(asked, change=lambda gradients: [g / 0 for g in gradients]),
    "step_moves_nothing": without_move,
    "step_moves_decoder_only": z_from_numpy,
    "step_moves_encoder_only": encoder_by_hand,
    "step_twice": twice,
    "step_gives_nothing": step_of(asked, give=lambda loss: None),
    "step_wrong_loss": step_of(asked, give=lambda loss: 2 * loss),
    "step_gives_no_loss": step_of(asked, give=lambda loss: {"r_loss": loss}),
    "step_loss_is_no_number": step_of(asked, give=lambda loss: "small"),
    "step_other": step_of(asked, change=lambda gradients: [tf.sign(g) for g in gradients]),
    "step_outside_tape": outside_the_tape,
    "error": step_of(lambda k1, k2, r, kl: r + beta * kl),  # noqa: F821
}
for name, answer in STEPS.items():
    wrong("train_step", name)(answer)
right_step = right("train_step")(step_of(asked))
right("train_step")(step_of(asked, give=lambda loss: {"loss": loss}))


wrong("train_step", "step_loss_is_no_number")(step_of(asked, give=lambda loss: [loss, loss]))
right("train_step")(step_of(asked, give=float))


def class_of(give, step=right_step):
    """Make a subclass whose step returns `give(loss)`."""

    class MyVAE(fidle_vae.VAE):
        def train_step(self, x):
            return give(step(self, x))

    return MyVAE


CLASSES = {
    "step_gives_no_dict": class_of(lambda loss: loss),
    "step_gives_no_tensor": class_of(lambda loss: {"loss": float(loss)}),
    "step_not_compiled": class_of(lambda loss: {"loss": loss, "r_loss": loss.numpy()}),
    "step_without_weights": class_of(
        lambda loss: {"loss": loss}, step_of(lambda k1, k2, r, kl: r + mean_kl(kl))
    ),
    "step_outside_tape": class_of(lambda loss: {"loss": loss}, outside_the_tape),
}
for name, answer in CLASSES.items():
    wrong("train_step", name)(answer)


def with_optimizer(change):
    """Make a step that gives the optimizer what `change` makes of gradients and weights."""

    def my_step(vae, x):
        with tf.GradientTape() as tape:
            loss = vae.compute_loss(x=x, y_pred=vae(x, training=True))
        weights = vae.trainable_variables
        vae.optimizer.apply_gradients(change(tape.gradient(loss, weights), weights))
        return {"loss": loss}

    return my_step


wrong("train_step", "step_gradients_alone")(with_optimizer(lambda g, w: g))
wrong("train_step", "step_gradients_alone")(with_optimizer(lambda g, w: zip(w, g, strict=True)))


@wrong("train_step", "step_gradients_missing")
def gradients_of_images(vae, x):
    with tf.GradientTape() as tape:
        loss = vae.compute_loss(x=x, y_pred=vae(x, training=True))
    gradients = tape.gradient(loss, x)  # the tape does not watch it: None
    vae.optimizer.apply_gradients(zip(gradients, vae.trainable_variables, strict=True))
    return loss


def differentiate(compute_loss, weights):
    """Return the loss and its gradients, as the lesson's function of this name does."""
    with tf.GradientTape() as tape:
        loss = compute_loss()
    return loss, tape.gradient(loss, weights)


def by_function(use):
    """Make a class whose step is `use(self, a function of the loss)`."""

    class MyVAE(fidle_vae.VAE):
        def train_step(self, x):
            return use(self, lambda: self.compute_loss(x=x, y_pred=self(x, training=True)))

    return MyVAE


def applied(change):
    """Make a use that gives the optimizer what `change` makes of gradients and weights."""

    def use(self, compute_loss):
        loss, gradients = differentiate(compute_loss, self.trainable_variables)
        self.optimizer.apply(*change(gradients, self.trainable_variables))
        return {"loss": loss}

    return use


def as_a_set(self, compute_loss):
    return {"loss", compute_loss()}


def pairs_by_places(self, compute_loss):
    loss, gradients = differentiate(compute_loss, self.trainable_variables)
    self.optimizer.apply_gradients(gradients, self.trainable_variables)
    return {"loss": loss}


def gradients_first(self, compute_loss):
    gradients, loss = differentiate(compute_loss, self.trainable_variables)
    self.optimizer.apply(gradients, self.trainable_variables)
    return {"loss": loss}


def without_brackets(self, compute_loss):
    with tf.GradientTape as tape:
        return tape.gradient(compute_loss(), self.trainable_variables)


def loss_of_keras(self, compute_loss):
    applied(lambda g, w: (g, w))(self, compute_loss)
    return {"loss": self.loss}


BY_FUNCTION = {
    "step_function_called": lambda self, f: differentiate(f(), self.trainable_variables),
    "step_function_returns_nothing": lambda self, f: differentiate(
        lambda: None, self.trainable_variables
    ),
    "step_without_its_weights": lambda self, f: differentiate(f),
    "step_loss_comes_first": gradients_first,
    "step_is_a_set": as_a_set,
    "step_pairs_or_two": pairs_by_places,
    "step_apply_alone": applied(lambda g, w: (g,)),
    "step_apply_exchanged": applied(lambda g, w: (w, g)),
    "step_gradients_missing": applied(lambda g, w: (None, w)),
    "step_tape_without_brackets": without_brackets,
    "step_loss_is_no_number": loss_of_keras,
}
for name, use in BY_FUNCTION.items():
    wrong("train_step", name)(by_function(use))
right("train_step")(by_function(applied(lambda g, w: (g, w))))


@wrong("train_step", "step_of_no_vae")
class OfModel(keras.Model):
    def train_step(self, x):
        return {"loss": 0.0}


vae = None


@wrong("train_step", "step_of_another_model")
class OfAnotherModel(fidle_vae.VAE):
    def train_step(self, x):
        return {"loss": vae.compute_loss(x=x, y_pred=vae(x, training=True))}


wrong("train_step", "step_of_an_instance")(keras.Sequential())
right("train_step")(with_optimizer(lambda g, w: zip(g, w, strict=True)))


@wrong("train_step", "step_loss_arguments")
def loss_by_places(vae, x):
    with tf.GradientTape():
        return vae.compute_loss(x, vae(x, training=True))


@wrong("train_step", "step_without_optimizer")
def weights_by_hand(vae, x):
    with tf.GradientTape() as tape:
        loss = vae.compute_loss(x=x, y_pred=vae(x, training=True))
    weights = vae.trainable_variables
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        weight.assign_sub(1e-3 * gradient)
    return {"loss": loss}


@wrong("train_step", "step_by_keras")
class OfSuper(fidle_vae.VAE):
    def train_step(self, x):
        return super().train_step(x)


@wrong("train_step", "step_by_keras")
class OfBatch(fidle_vae.VAE):
    def train_step(self, x):
        return self.train_on_batch(x, return_dict=True)


@wrong("train_step", "step_not_written")
class OfAnotherName(fidle_vae.VAE):
    def step(self, x):
        return {"loss": 0.0}


wrong("train_step", "step_gives_no_tensor")(class_of(lambda loss: {"loss": loss.numpy()}))


@right("train_step")
class MyVAE(fidle_vae.VAE):
    def train_step(self, x):
        return {"loss": step_of(asked)(self, x)}
