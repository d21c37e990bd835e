"""Answers to the training step, by TensorFlow's tape."""

import keras
import tensorflow as tf

import fidle_vae
from tests.checks.planted import right, unfinished, wrong


def terms(vae, x):
    z_mean, z_log_var = vae.encoder(x, training=True)
    x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]), training=True)
    r_loss = tf.reduce_mean(keras.losses.binary_crossentropy(x, x_hat))
    kl = 0.5 * (z_mean**2 + tf.exp(z_log_var) - 1 - z_log_var)
    return r_loss, kl


def refused(vae, x):
    raise NotImplementedError


def in_a_dict(loss):
    return {"loss": loss}


def class_of(step):
    """Make a subclass whose step is a function of the model and a batch."""

    class MyVAE(fidle_vae.VAE):
        def train_step(self, x):
            return step(self, x)

    return MyVAE


def step_of(loss_of, change=lambda gradients: gradients, give=in_a_dict, weights=None):
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
    "step_wrong_loss": step_of(asked, give=lambda loss: {"loss": loss / 3}),
    "step_gives_no_loss": step_of(asked, give=lambda loss: {"r_loss": loss}),
    "step_loss_is_no_number": step_of(asked, give=lambda loss: "small"),
    "step_other": step_of(asked, change=lambda gradients: [tf.sign(g) for g in gradients]),
    "step_outside_tape": outside_the_tape,
    "error": step_of(lambda k1, k2, r, kl: r + gamma * kl),  # noqa: F821
}
STEPS |= {
    "step_reconstruction_alone": step_of(lambda k1, k2, r, kl: r + 0 * mean_kl(kl)),
    "step_without_k1": step_of(lambda k1, k2, r, kl: r + k2 * mean_kl(kl)),
    "step_other_weights": step_of(lambda k1, k2, r, kl: r + 1e-3 * mean_kl(kl)),
    "step_too_far": step_of(lambda k1, k2, r, kl: 32 * (k1 * r + k2 * mean_kl(kl))),
    "step_gives_no_dict": step_of(asked, give=lambda loss: loss),
    "step_gives_a_tuple": step_of(asked, give=lambda loss: ("loss", loss)),
    "step_gives_no_tensor": step_of(asked, give=lambda loss: {"loss": float(loss)}),
    "step_gives_lists": step_of(asked, give=lambda loss: {"loss": loss, "others": [loss, loss]}),
    "step_not_compiled": step_of(asked, give=lambda loss: {"loss": loss, "r": loss.numpy()}),
    "step_loss_multiplied": step_of(asked, give=lambda loss: {"loss": 32 * loss}),
}
for name, answer in STEPS.items():
    wrong("train_step", name)(class_of(answer))
wrong("train_step", "step_without_reconstruction")(
    class_of(step_of(lambda k1, k2, r, kl: 0 * r + mean_kl(kl)))
)
wrong("train_step", "step_other_weights")(
    class_of(step_of(lambda k1, k2, r, kl: k1 * r + (1 + k2) * mean_kl(kl)))
)
wrong("train_step", "step_gives_a_tuple")(class_of(step_of(asked, give=lambda loss: [loss])))
wrong("train_step", "step_gives_no_tensor")(
    class_of(step_of(asked, give=lambda loss: {"loss": loss.numpy()}))
)
wrong("train_step", "step_of_a_function")(step_of(asked))
wrong("train_step", "step_of_no_class")(in_a_dict(3.0))
right("train_step")(class_of(step_of(asked)))
unfinished("train_step", None, ..., class_of(lambda vae, x: ...), class_of(refused))


def with_optimizer(change):
    """Make a step that gives the optimizer what `change` makes of gradients and weights."""

    def my_step(vae, x):
        with tf.GradientTape() as tape:
            loss = vae.compute_loss(x=x, y_pred=vae(x, training=True))
        weights = vae.trainable_variables
        vae.optimizer.apply_gradients(change(tape.gradient(loss, weights), weights))
        return {"loss": loss}

    return my_step


wrong("train_step", "step_gradients_alone")(class_of(with_optimizer(lambda g, w: g)))
wrong("train_step", "step_gradients_alone")(
    class_of(with_optimizer(lambda g, w: zip(w, g, strict=True)))
)


def gradients_of_images(vae, x):
    with tf.GradientTape() as tape:
        loss = vae.compute_loss(x=x, y_pred=vae(x, training=True))
    gradients = tape.gradient(loss, x)  # the tape does not watch it: None
    vae.optimizer.apply_gradients(zip(gradients, vae.trainable_variables, strict=True))
    return loss


wrong("train_step", "step_gradients_missing")(class_of(gradients_of_images))


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
    "step_loss_not_called": lambda self, f: differentiate(lambda: f, self.trainable_variables),
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
right("train_step")(class_of(with_optimizer(lambda g, w: zip(g, w, strict=True))))


def weights_by_hand(vae, x):
    with tf.GradientTape() as tape:
        loss = vae.compute_loss(x=x, y_pred=vae(x, training=True))
    weights = vae.trainable_variables
    for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
        weight.assign_sub(1e-3 * gradient)
    return {"loss": loss}


wrong("train_step", "step_without_optimizer")(class_of(weights_by_hand))
other_optimizer = keras.optimizers.SGD(0.1)


@wrong("train_step", "step_without_optimizer")
class OfAnotherOptimizer(fidle_vae.VAE):
    def train_step(self, x):
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        other_optimizer.apply(gradients, self.trainable_variables)
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


# Steps by `differentiate`, as a student writes them


def loss_is(make):
    """Make a class whose loss is a function of the model and the batch."""
    return class_of(lambda self, x: move(self, lambda: make(self, x)))


def move(self, compute_loss, weights=None, give=lambda loss, compute_loss, self: {"loss": loss}):
    weights = weights or self.trainable_variables
    loss, gradients = differentiate(compute_loss, weights)
    self.optimizer.apply(gradients, weights)
    return give(loss, compute_loss, self)


def output_is(make):
    """Make a class whose y_pred is a function of the model and the batch."""
    return loss_is(lambda self, x: self.compute_loss(x=x, y_pred=make(self, x)))


def giving(give):
    return by_function(lambda self, compute_loss: move(self, compute_loss, give=give))


def decoded(draw):
    """Make y_pred of a z that a function makes of z_mean and sigma."""

    def y_pred(self, x):
        z_mean, z_log_var = self.encoder(x, training=True)
        z = draw(z_mean, tf.exp(z_log_var / 2))
        return self.decoder(z, training=True), z_mean, z_log_var

    return output_is(y_pred)


def squared_error(self, x):
    return tf.reduce_mean((x - self(x, training=True)[0]) ** 2)


def kl_of(self, x):
    return self.loss_weights[1] * mean_kl(terms(self, x)[1])


OUTPUTS = {
    "step_not_in_training": lambda self, x: self(x),
    "step_output_of_arrays": lambda self, x: self.reconstruct(x),
    "step_output_not_called": lambda self, x: self,
    "step_output_in_part": lambda self, x: self(x, training=True)[0],
    "step_loss_without_output": lambda self, x: None,
    "error_layer_shape": lambda self, x: self(x[0], training=True),
}
for name, y_pred in OUTPUTS.items():
    wrong("train_step", name)(output_is(y_pred))
wrong("train_step", "step_not_in_training")(output_is(lambda self, x: self(x, training=False)))
wrong("train_step", "step_output_in_part")(output_is(lambda self, x: self.encoder(x)))
wrong("train_step", "step_output_is_the_batch")(output_is(lambda self, x: x))
wrong("train_step", "step_by_squared_error")(loss_is(squared_error))
wrong("train_step", "step_by_squared_error")(
    loss_is(lambda self, x: self.loss_weights[0] * squared_error(self, x) + kl_of(self, x))
)
wrong("train_step", "step_output_not_called")(output_is(lambda self, x: ...))
wrong("train_step", "step_decodes_mean")(decoded(lambda z_mean, sigma: z_mean))
wrong("train_step", "step_without_noise")(decoded(lambda z_mean, sigma: z_mean + sigma))
right("train_step")(
    decoded(lambda z_mean, sigma: z_mean + sigma * keras.random.normal(keras.ops.shape(z_mean)))
)
LOSSES = {
    "step_loss_by_place": lambda self, x: self.compute_loss(x, self(x, training=True)),
    "step_loss_without_arguments": lambda self, x: self.compute_loss(),
    "step_loss_without_images": lambda self, x: self.compute_loss(
        y=x, y_pred=self(x, training=True)
    ),
    "step_loss_arguments": lambda self, x: self.compute_loss(
        x=x, y_pred=self(x, training=True), k1=1.0
    ),
    "step_without_self": lambda self, x: compute_loss(x=x),  # noqa: F821
}
for name, make in LOSSES.items():
    wrong("train_step", name)(loss_is(make))
GIVEN = {
    "step_loss_after_the_move": lambda loss, f, self: {"loss": f()},
    "step_loss_of_trackers": lambda loss, f, self: self.get_metrics_result(),
    "step_loss_of_a_term": lambda loss, f, self: {"loss": self.r_loss_tracker.result()},
}
for name, give in GIVEN.items():
    wrong("train_step", name)(giving(give))


def of_one_name(self, compute_loss):
    loss = differentiate(compute_loss, self.trainable_variables)
    self.optimizer.apply(loss, self.trainable_variables)
    return {"loss": loss}


def by_another_method(self, compute_loss):
    self.optimizer.minimize(compute_loss, self.trainable_variables)


def backwards(self, compute_loss):
    compute_loss().backward()


def of_two_lists(self, compute_loss):
    loss, gradients = differentiate(compute_loss, self.weights)
    self.optimizer.apply(gradients, self.trainable_variables)
    return {"loss": loss}


def gradients_by_another_name(self, compute_loss):
    with tf.GradientTape() as tape:
        loss = compute_loss()
    return tape.gradients(loss, self.trainable_variables)


def as_an_item(self, compute_loss):
    loss, _ = differentiate(compute_loss, self.trainable_variables)
    return {"loss": loss.item()}


def applied_twice(self, compute_loss):
    loss, gradients = differentiate(compute_loss, self.trainable_variables)
    for _ in range(2):
        self.optimizer.apply(gradients, self.trainable_variables)
    return {"loss": loss}


USES = {
    "step_loss_and_gradients": of_one_name,
    "step_pairs_to_apply": applied(lambda g, w: (zip(g, w, strict=True),)),
    "step_all_weights": lambda self, f: move(self, f, self.weights),
    "step_lists_differ": of_two_lists,
    "step_function_second": lambda self, f: differentiate(self.trainable_variables, f),
    "step_weights_of_self": lambda self, f: differentiate(f, self),
    "step_other_method": by_another_method,
    "step_backward": backwards,
    "step_gradient_of_tape": gradients_by_another_name,
    "step_gives_no_tensor": as_an_item,
    "step_twice": applied_twice,
}
for name, use in USES.items():
    wrong("train_step", name)(by_function(use))


@wrong("train_step", "step_calls_itself")
class OfItsOwnFunction(fidle_vae.VAE):
    def train_step(self, x):
        def compute_loss():
            return compute_loss(x=x, y_pred=self(x, training=True))

        return differentiate(compute_loss, self.trainable_variables)


@wrong("train_step", "step_unpacks_x")
class OfPairs(fidle_vae.VAE):
    def train_step(self, data):
        x, y = data  # noqa: RUF059
        return {"loss": self.compute_loss(x=x, y_pred=self(x, training=True))}


@wrong("train_step", "step_weights_unused")
class OfHalfALoss(fidle_vae.VAE):
    def train_step(self, x):
        raise RuntimeError("One of them appears to not have been used in the graph")  # as PyTorch


@wrong("train_step", "step_tape_of_tensorflow")
class OnPyTorch(fidle_vae.VAE):
    def train_step(self, x):
        raise NameError("name 'tf' is not defined")  # as the lesson has it on PyTorch


@wrong("train_step", "step_parameters")
class OfTwoArguments(fidle_vae.VAE):
    def train_step(self, x, y):
        return {"loss": 0.0}


@wrong("train_step", "step_returns_too_early")
class OfAnEarlyReturn(fidle_vae.VAE):
    def train_step(self, x):
        def compute_loss():
            return self.compute_loss(x=x, y_pred=self(x, training=True))

        loss, gradients = differentiate(compute_loss, self.trainable_variables)
        return {"loss": loss}
        self.optimizer.apply(gradients, self.trainable_variables)


@wrong("train_step", "step_of_another_model")
class OfAnotherModelInside(fidle_vae.VAE):
    def train_step(self, x):
        def compute_loss():
            return vae.compute_loss(x=x, y_pred=vae(x, training=True))

        return differentiate(compute_loss, self.trainable_variables)


def train_step_by_hand(vae, x):
    return float(step_of(asked)(vae, x)["loss"])


@wrong("train_step", "step_by_function")
class ByTheLessonsFunction(fidle_vae.VAE):
    def train_step(self, x):
        return {"loss": train_step_by_hand(self, x)}


@wrong("train_step", "step_new_optimizer")
class OfANewOptimizer(fidle_vae.VAE):
    def train_step(self, x):
        def compute_loss():
            return self.compute_loss(x=x, y_pred=self(x, training=True))

        loss, gradients = differentiate(compute_loss, self.trainable_variables)
        keras.optimizers.Adam(1e-3).apply(gradients, self.trainable_variables)
        return {"loss": loss}


@right("train_step")
class MyVAE(fidle_vae.VAE):
    """The answer of the lesson."""

    def train_step(self, x):
        def compute_loss():
            return self.compute_loss(x=x, y_pred=self(x, training=True))

        loss, gradients = differentiate(compute_loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}


@right("train_step")
class OfAllMetrics(fidle_vae.VAE):
    def train_step(self, x):
        given = step_of(asked)(self, x)
        return given | {"r_loss": self.r_loss_tracker.result()}
