"""The check of the discriminator's loss, where batch normalization looks at the whole batch."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SHAPES = ((6, 3, 2, 1), (5, 2, 2, 1))
UNITS, EPSILON = 4, 1e-3


@exercise
@from_arguments
def two_batches(my_d_loss: Callable) -> Result:
    """Check `my_d_loss(discriminator, x, x_hat)`: mean softplus(-D(x)) + mean softplus(D(x_hat)).

    D has batch normalization, so that real and generated images go through it one batch each.
    """
    rng = np.random.default_rng(62)
    cases = []
    for shape in SHAPES:
        discriminator = Discriminator(rng, int(np.prod(shape[1:])))
        x, x_hat = rng.uniform(0.2, 1, shape), rng.uniform(0, 0.6, shape)
        cases.append(
            {"discriminator": discriminator}
            | {"x": x.astype("float32"), "x_hat": x_hat.astype("float32")}
        )
    return diagnose("two_batches", my_d_loss, cases, [_right], MISTAKES, _logits)


class Discriminator:
    """A small discriminator with batch normalization, which is called as a Keras model is."""

    name = "discriminator"

    def __init__(self, rng, pixels):
        self.weights = rng.normal(size=(pixels, UNITS)).astype("float32")
        self.last = rng.normal(size=(UNITS, 1)).astype("float32")

    def __call__(self, images, training=False):
        """Return a logit for each image, shape (n, 1)."""
        rows = ops.reshape(ops.convert_to_tensor(images, "float32"), (len(images), -1))
        x = ops.matmul(rows, ops.convert_to_tensor(self.weights))
        mean, variance = 0.3, 0.2  # the moving ones
        if training:
            mean, variance = ops.mean(x, axis=0), ops.var(x, axis=0)
        x = ops.leaky_relu((x - mean) / ops.sqrt(variance + EPSILON), 0.2)
        return ops.matmul(x, ops.convert_to_tensor(self.last)) + 0.4


def _logits(case, index):
    real, fake = (
        ops.convert_to_numpy(case["discriminator"](case[name], training=True)).ravel()
        for name in ("x", "x_hat")
    )
    written = (", ".join(f"{each:.2g}" for each in logits[:3]) for logits in (real, fake))
    return "the logits [{}, ...] of real images and [{}, ...] of generated ones".format(*written)


def _softplus(t):
    return np.logaddexp(0, t)


def _sigmoid(t):
    return 1 / (1 + np.exp(-t))


def _judge(discriminator, images, training=True):
    return np.asarray(ops.convert_to_numpy(discriminator(images, training=training)), float)


def _loss(formula, training=True):
    """Return the loss by a formula of the logits of real and of generated images."""
    return lambda d, x, x_hat: formula(_judge(d, x, training), _judge(d, x_hat, training))


def _together(formula):
    """Return the loss by a formula of the logits of both, judged in one batch."""

    def loss(d, x, x_hat):
        logits = _judge(d, np.concatenate([x, x_hat]))
        return formula(logits[: len(x)], logits[len(x) :])

    return loss


def _sum(real, fake):
    return _softplus(-real).mean() + _softplus(fake).mean()


def _of_probabilities(real, fake):
    """Return the cross-entropy of logits that are taken for probabilities, as Keras cuts them."""
    cost = keras.losses.BinaryCrossentropy()
    real, fake = (ops.convert_to_tensor(each, "float32") for each in (real, fake))
    return float(cost(ops.ones_like(real), real) + cost(ops.zeros_like(fake), fake))


_right = _loss(_sum)

MISTAKES = [
    Mistake(
        "two_batches_in_one",
        "Real and generated images go through the discriminator in one batch, so that each kind is "
        "normalized with the other: in the generator's step, there will be no real images beside "
        "its own. Call the discriminator twice.",
        _together(_sum),
    ),
    Mistake(
        "two_batches_in_one_halved",
        "Real and generated images go through the discriminator in one batch, and the mean is "
        "taken over both. Call the discriminator twice, and add the two means.",
        _together(lambda real, fake: _sum(real, fake) / 2),
    ),
    Mistake(
        "two_batches_labels_swapped",
        "Real and generated images are exchanged: this loss is small if generated images get high "
        "logits. softplus(-D) is small where D is large.",
        _loss(lambda real, fake: _sum(fake, real)),
    ),
    Mistake(
        "two_batches_all_real",
        "Both are to be called real: that of the generated images is the generator's wish. The "
        "discriminator pays softplus(D) for them.",
        _loss(lambda real, fake: _softplus(-real).mean() + _softplus(-fake).mean()),
    ),
    Mistake(
        "two_batches_all_fake",
        "Both are to be called fake: for real images, the discriminator pays softplus(-D).",
        _loss(lambda real, fake: _softplus(real).mean() + _softplus(fake).mean()),
    ),
    Mistake(
        "two_batches_sigmoid_twice",
        "The discriminator gives logits, and yours go through a sigmoid before softplus, which has "
        "one in it: leave the sigmoid out.",
        _loss(lambda real, fake: _sum(_sigmoid(real), _sigmoid(fake))),
    ),
    Mistake(
        "two_batches_no_logarithm",
        "These are probabilities of being wrong, without a logarithm: softplus(-D) is -log of the "
        "sigmoid of D.",
        _loss(lambda real, fake: (1 - _sigmoid(real)).mean() + _sigmoid(fake).mean()),
    ),
    Mistake(
        "two_batches_real_only",
        "The generated images have no part in it: add the mean of softplus(D(x_hat)).",
        _loss(lambda real, fake: _softplus(-real).mean()),
    ),
    Mistake(
        "two_batches_fake_only",
        "The real images have no part in it: add the mean of softplus(-D(x)).",
        _loss(lambda real, fake: _softplus(fake).mean()),
    ),
    Mistake(
        "two_batches_subtracted",
        "One mean is subtracted from the other: the discriminator pays for both kinds of mistake.",
        _loss(lambda real, fake: _softplus(-real).mean() - _softplus(fake).mean()),
    ),
    Mistake(
        "two_batches_to_maximize",
        "This is what the discriminator would make as large as it can. A loss is made small: turn "
        "the sign.",
        _loss(lambda real, fake: -_sum(real, fake)),
    ),
    Mistake(
        "two_batches_halved",
        "This is the mean of the two means: their sum is asked.",
        _loss(lambda real, fake: _sum(real, fake) / 2),
    ),
    Mistake(
        "two_batches_added_up",
        "The losses of the images are added up, so that a larger batch weighs more: take means.",
        _loss(lambda real, fake: _softplus(-real).sum() + _softplus(fake).sum()),
    ),
    Mistake(
        "two_batches_each_image",
        "These are the losses of each pair of images: take the mean over the batch.",
        _loss(lambda real, fake: _softplus(-real) + _softplus(fake)),
    ),
    Mistake(
        "two_batches_mean_logits",
        "The mean of the logits is taken before softplus: each image has a loss of its own.",
        _loss(lambda real, fake: _softplus(-real.mean()) + _softplus(fake.mean())),
    ),
    Mistake(
        "two_batches_not_training",
        "The discriminator is called as in use, with the moving means of batch normalization: a "
        "step of training says training=True.",
        _loss(_sum, training=False),
    ),
    Mistake(
        "two_batches_in_one_not_training",
        "The discriminator is called as in use, on one batch of both: call it twice, with "
        "training=True.",
        lambda d, x, x_hat: _sum(_judge(d, x, False), _judge(d, x_hat, False)) / 2,
    ),
    Mistake(
        "two_batches_real_twice",
        "The real images are judged twice, and the generated ones never.",
        lambda d, x, x_hat: _sum(_judge(d, x), _judge(d, x)),
    ),
    Mistake(
        "two_batches_fake_twice",
        "The generated images are judged twice, and the real ones never.",
        lambda d, x, x_hat: _sum(_judge(d, x_hat), _judge(d, x_hat)),
    ),
    Mistake(
        "two_batches_differences",
        "This is the difference of mean logits, a Wasserstein critic's loss: take softplus of each "
        "logit.",
        _loss(lambda real, fake: fake.mean() - real.mean()),
    ),
    Mistake(
        "two_batches_relu",
        "These are the losses of a hinge: take softplus of each logit.",
        _loss(lambda real, fake: np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()),
    ),
    Mistake(
        "two_batches_squares",
        "These are squared distances, as in LSGAN: take softplus of each logit.",
        _loss(lambda real, fake: ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2),
    ),
    Mistake(
        "two_batches_not_from_logits",
        "BinaryCrossentropy takes probabilities, and got logits: say from_logits=True.",
        _loss(_of_probabilities),
    ),
    Mistake(
        "two_batches_minus_outside",
        "The minus stands before softplus: it belongs to the logit, softplus(-D).",
        _loss(lambda real, fake: _softplus(fake).mean() - _softplus(real).mean()),
    ),
    Mistake(
        "two_batches_subtracted_real",
        "The mean of the real images is subtracted: the discriminator pays for both kinds of "
        "mistake.",
        _loss(lambda real, fake: _softplus(fake).mean() - _softplus(-real).mean()),
    ),
    Mistake(
        "two_batches_generators",
        "This is the generator's loss, which wants its images to be called real: the "
        "discriminator pays softplus(D) for them, and softplus(-D) for real ones.",
        _loss(lambda real, fake: _softplus(-fake).mean()),
    ),
    Mistake(
        "two_batches_fake_not_training",
        "Only the real images are judged in training mode: say training=True for both.",
        lambda d, x, x_hat: _sum(_judge(d, x), _judge(d, x_hat, False)),
    ),
    Mistake(
        "two_batches_real_not_training",
        "Only the generated images are judged in training mode: say training=True for both.",
        lambda d, x, x_hat: _sum(_judge(d, x, False), _judge(d, x_hat)),
    ),
    Mistake(
        "two_batches_relu_of_logits",
        "relu costs nothing on the right side of 0, so that nothing is learned there: take "
        "softplus, which is smooth.",
        _loss(lambda real, fake: np.maximum(0, -real).mean() + np.maximum(0, fake).mean()),
    ),
    Mistake(
        "two_batches_pairs",
        "Each real image is paired with a generated one, softplus(D(x_hat) - D(x)): each kind has "
        "a mean of its own.",
        lambda d, x, x_hat: _softplus(_judge(d, x_hat) - _judge(d, x)).mean(),
    ),
]
