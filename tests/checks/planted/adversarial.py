"""Answers to the exercises of GAN1: the best D, both losses, a step, labels, modes, rounds."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from fidle_vae import checks as check
from fidle_vae.models.adversarial import LOSSES
from tests.checks.planted import called, on_every_backend, right, wrong
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED

on_every_backend("discriminator_loss", "generator_loss")

BEST = {
    "best_discriminator_exchanged": lambda p, q: q / (p + q),
    "best_discriminator_ratio": lambda p, q: p / q,
    "best_discriminator_logit": lambda p, q: np.log(p) - np.log(q),
    "best_discriminator_of_mean": lambda p, q: p / ((p + q) / 2),
    "best_discriminator_half": lambda p, q: 0.5 * p / (p + q),
    "best_discriminator_decides": lambda p, q: (p > q).astype(float),
    "best_discriminator_difference": lambda p, q: p - q,
    "best_discriminator_relative_difference": lambda p, q: (p - q) / (p + q),
    "best_discriminator_cut_ratio": lambda p, q: np.clip(p / q, 0, 1),
    "best_discriminator_p_alone": lambda p, q: 1 * p,
    "best_discriminator_softmax": lambda p, q: np.exp(p) / (np.exp(p) + np.exp(q)),
    "best_discriminator_of_sums": lambda p, q: p / np.sum(p + q),
    "best_discriminator_share_of_all": lambda p, q: p / np.sum(p),
    "best_discriminator_priority": lambda p, q: p / p + q,
    "best_discriminator_log": lambda p, q: np.log(p / (p + q)),
    "best_discriminator_mean": lambda p, q: np.mean(p / (p + q)),
    "best_discriminator_of_means": lambda p, q: np.mean(p) / (np.mean(p) + np.mean(q)),
    "best_discriminator_squares": lambda p, q: p**2 / (p**2 + q**2),
    "best_discriminator_larger": lambda p, q: np.where(p > q, p, q) / (p + q),
    "best_discriminator_of_logarithms": lambda p, q: np.log(p) / (np.log(p) + np.log(q)),
    "best_discriminator_sigmoid_of_ratio": lambda p, q: 1 / (1 + np.exp(-p / q)),
    "best_discriminator_plus_one": lambda p, q: p / (1 + p + q),
}
for name, answer in BEST.items():
    wrong("best_discriminator", name)(numpy(answer))
for answer in (
    numpy(lambda p, q: p / (p + q)),
    numpy(lambda p, q: 1 / (1 + q / p)),
    lambda p, q: ops.sigmoid(ops.log(p) - ops.log(q)),
    numpy(lambda p, q: [a / (a + b) for a, b in zip(p, q, strict=True)]),
):
    right("best_discriminator")(answer)


def entropy(from_logits=True):
    """Return Keras's loss of points by what the discriminator says of them, and one label."""
    loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)

    def of_label(label, says):
        return loss(label * ops.ones_like(says), says)

    return of_label


def of_labels(real, fake, change=lambda logits: logits, from_logits=True):
    """Return an answer by Keras's loss, with these labels."""
    loss = entropy(from_logits)
    return lambda x, x_hat: loss(real, change(x)) + loss(fake, change(x_hat))


def squashed(logits):
    """Return the sigmoid; of ops.sigmoid, Keras notices on TensorFlow that it is one."""
    return 1 / (1 + ops.exp(-logits))


def of_all(x, x_hat):
    says = ops.concatenate([x, x_hat], axis=0)
    labels = ops.concatenate([ops.ones_like(x), ops.zeros_like(x_hat)], axis=0)
    return keras.losses.BinaryCrossentropy(from_logits=True)(labels, says)


def of_all_twice(x, x_hat):
    return of_all(squashed(x), squashed(x_hat))


def log_real(logits):
    return ops.mean(ops.softplus(-logits))


def log_fake(logits):
    return ops.mean(ops.softplus(logits))


def right_loss(real, fake):
    return log_real(real) + log_fake(fake)


D_LOSSES = {
    "discriminator_loss_exchanged": of_labels(0, 1),
    "discriminator_loss_sigmoid_twice": of_labels(1, 0, squashed),
    "discriminator_loss_sigmoid_twice_mean": of_all_twice,
    "discriminator_loss_no_sigmoid": of_labels(1, 0, from_logits=False),
    "discriminator_loss_value": lambda real, fake: ops.mean(ops.log_sigmoid(real)) - log_fake(fake),
    "discriminator_loss_all_real": of_labels(1, 1),
    "discriminator_loss_all_fake": of_labels(0, 0),
    "discriminator_loss_real_only": lambda real, fake: log_real(real) + 0 * log_fake(fake),
    "discriminator_loss_fake_only": lambda real, fake: log_fake(fake) + 0 * log_real(real),
    "discriminator_loss_difference": lambda real, fake: log_real(real) - log_fake(fake),
    "discriminator_loss_half": of_all,
    "discriminator_loss_sum": lambda real, fake: (
        ops.sum(ops.softplus(-real)) + ops.sum(ops.softplus(fake))
    ),
    "discriminator_loss_of_each": lambda real, fake: ops.softplus(-real) + ops.softplus(fake),
    "discriminator_loss_no_logarithm": lambda real, fake: (
        1 - ops.mean(ops.sigmoid(real)) + ops.mean(ops.sigmoid(fake))
    ),
    "discriminator_loss_of_logits": lambda real, fake: ops.mean(fake) - ops.mean(real),
    "discriminator_loss_squared": lambda real, fake: (
        ops.mean((1 - ops.sigmoid(real)) ** 2) + ops.mean(ops.sigmoid(fake) ** 2)
    ),
    "discriminator_loss_log_of_mean": lambda real, fake: (
        -(ops.log(ops.mean(ops.sigmoid(real))) + ops.log(1 - ops.mean(ops.sigmoid(fake))))
    ),
    "discriminator_loss_log_of_logits": lambda real, fake: (
        -ops.mean(ops.log(real)) - ops.mean(ops.log(1 - fake))
    ),
    "discriminator_loss_of_mean_logit": lambda real, fake: (
        ops.softplus(-ops.mean(real)) + ops.softplus(ops.mean(fake))
    ),
    "discriminator_loss_fake_twice": lambda real, fake: right_loss(fake, fake) + 0 * log_real(real),
    "discriminator_loss_real_twice": lambda real, fake: right_loss(real, real) + 0 * log_fake(fake),
    "discriminator_loss_sigmoid_of_real": lambda real, fake: right_loss(ops.sigmoid(real), fake),
    "discriminator_loss_sigmoid_of_fake": lambda real, fake: right_loss(real, ops.sigmoid(fake)),
    "values_scaled": lambda real, fake: 3 * right_loss(real, fake),
}
for name, answer in D_LOSSES.items():
    wrong("discriminator_loss", name)(answer)
RIGHT_D_LOSSES = (
    right_loss,
    of_labels(1, 0),
    of_labels(1, 0, ops.sigmoid, from_logits=False),
    lambda real, fake: -ops.mean(ops.log_sigmoid(real)) - ops.mean(ops.log_sigmoid(-fake)),
    lambda real, fake: ops.mean(
        LOSSES["non_saturating"].real(real) + LOSSES["non_saturating"].fake(fake)
    ),
)
for answer in RIGHT_D_LOSSES:
    right("discriminator_loss")(answer)

G_LOSSES = {
    "generator_loss_minimax": lambda fake: -log_fake(fake),
    "generator_loss_of_discriminator": log_fake,
    "generator_loss_sign": lambda fake: ops.mean(ops.log_sigmoid(fake)),
    "generator_loss_sigmoid_twice": lambda fake: log_real(ops.sigmoid(fake)),
    "generator_loss_no_sigmoid": lambda fake: entropy(from_logits=False)(1, fake),
    "generator_loss_sum": lambda fake: ops.sum(ops.softplus(-fake)),
    "generator_loss_of_each": lambda fake: ops.softplus(-fake),
    "generator_loss_no_logarithm": lambda fake: ops.mean(1 - ops.sigmoid(fake)),
    "generator_loss_minus_d": lambda fake: -ops.mean(ops.sigmoid(fake)),
    "generator_loss_of_logits": lambda fake: -ops.mean(fake),
    "generator_loss_squared": lambda fake: ops.mean((ops.sigmoid(fake) - 1) ** 2),
    "generator_loss_log_of_mean": lambda fake: -ops.log(ops.mean(ops.sigmoid(fake))),
    "generator_loss_target_half": lambda fake: entropy()(0.5, fake),
    "generator_loss_log_of_logits": lambda fake: -ops.mean(ops.log(fake)),
    "generator_loss_of_mean_logit": lambda fake: ops.softplus(-ops.mean(fake)),
    "generator_loss_both_labels": lambda fake: log_real(fake) + log_fake(fake),
}
for name, answer in G_LOSSES.items():
    wrong("generator_loss", name)(answer)
for answer in (
    log_real,
    lambda fake: entropy()(1, fake),
    lambda fake: -ops.mean(ops.log(ops.sigmoid(fake))),
):
    right("generator_loss")(answer)


def step_of(
    loss=lambda logits: tf.reduce_mean(tf.nn.softplus(-logits)),
    weights=lambda generator, discriminator: generator.trainable_variables,
    between=lambda x_hat: x_hat,
    times=1,
    give=lambda loss: loss,
):
    """Return a generator's step by the tape, of its parts."""

    def my_generator_step(generator, discriminator, optimizer, z):
        with tf.GradientTape() as tape:
            value = loss(discriminator(between(generator(z))))
        moved = weights(generator, discriminator)
        gradients = tape.gradient(value, moved)
        for _ in range(times):
            optimizer.apply(gradients, moved)
        return give(value)

    return my_generator_step


def outside(generator, discriminator, optimizer, z):
    x_hat = generator(z)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(x_hat)))
    weights = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def cut(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        x_hat = tf.stop_gradient(generator(z))
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(x_hat)))
    weights = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def cut_by_numpy(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        x_hat = generator(z).numpy()
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(x_hat)))
    weights = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def without_brackets(generator, discriminator, optimizer, z):
    with tf.GradientTape as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    weights = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def gradients_alone(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    optimizer.apply_gradients(tape.gradient(loss, generator.trainable_variables))
    return loss


def two_to_apply_gradients(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    weights = generator.trainable_variables
    optimizer.apply_gradients(tape.gradient(loss, weights), weights)
    return loss


def of_noise(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(z)))
    weights = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def not_applied(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    tape.gradient(loss, generator.trainable_variables)
    return loss


def of_other_optimizer(generator, discriminator, optimizer, z):
    own = keras.optimizers.SGD(1.0)
    return step_of()(generator, discriminator, own, z)


def mean_of(term):
    return lambda logits: tf.reduce_mean(term(logits))


STEPS = {
    "generator_step_cut": [cut, cut_by_numpy],
    "generator_step_outside_tape": [outside],
    "generator_step_tape_without_brackets": [without_brackets],
    "generator_step_gradients_alone": [gradients_alone, two_to_apply_gradients],
    "generator_step_noise_judged": [of_noise],
    "generator_step_not_finite": [step_of(mean_of(lambda logits: logits / 0))],
    "generator_step_moves_nothing": [not_applied],
    "generator_step_moves_discriminator": [step_of(weights=lambda g, d: d.trainable_variables)],
    "generator_step_moves_both": [
        step_of(weights=lambda g, d: g.trainable_variables + d.trainable_variables)
    ],
    "generator_step_uphill": [step_of(mean_of(tf.math.log_sigmoid))],
    "generator_step_of_discriminator": [step_of(mean_of(tf.nn.softplus))],
    "generator_step_minimax": [step_of(mean_of(lambda logits: -tf.nn.softplus(logits)))],
    "generator_step_sigmoid_twice": [
        step_of(mean_of(lambda logits: tf.nn.softplus(-tf.sigmoid(logits))))
    ],
    "generator_step_of_logits": [step_of(mean_of(tf.negative))],
    "generator_step_minus_d": [step_of(mean_of(lambda logits: -tf.sigmoid(logits)))],
    "generator_step_times": [
        step_of(lambda logits: tf.reduce_sum(tf.nn.softplus(-logits))),
        step_of(times=2),
        of_other_optimizer,
    ],
    "generator_step_other": [step_of(mean_of(lambda logits: (logits - 1) ** 2))],
    "generator_step_gives_nothing": [step_of(give=lambda loss: None)],
    "generator_step_wrong_loss": [
        step_of(give=lambda loss: 2 * loss),
        step_of(give=lambda loss: {"g_loss": loss}),
        step_of(give=lambda loss: tf.stack([loss, loss])),
    ],
    "error": [step_of(mean_of(lambda logits: logits + gamma))],  # noqa: F821
}
for name, answers in STEPS.items():
    for answer in answers:
        wrong("generator_step", name)(answer)


@right("generator_step")
def by_pairs(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(logits), logits)
    weights = generator.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


right("generator_step")(step_of())
right("generator_step")(step_of(give=float))


def pairs(*points_and_labels):
    """Return two batches of (points, label), each a function of both kinds of points."""
    return numpy(
        lambda x, x_hat: [
            (each, np.full((len(each), 1), float(label)))
            for each, label in ((points(x, x_hat), label) for points, label in points_and_labels)
        ]
    )


def x_of(x, x_hat):
    return x


def x_hat_of(x, x_hat):
    return x_hat


def swapped_inside(x, x_hat):
    return (np.ones((len(x), 1)), x), (np.zeros((len(x_hat), 1)), x_hat)


BATCHES = {
    "labelled_batches_one": numpy(
        lambda x, x_hat: (np.concatenate([x, x_hat]), np.r_[np.ones(len(x)), np.zeros(len(x_hat))])
    ),
    "labelled_batches_no_pairs": numpy(lambda x, x_hat: (x, x_hat, 1, 0)),
    "labelled_batches_sorted": numpy(
        lambda x, x_hat: ((x, x_hat), (np.ones((len(x), 1)), np.zeros((len(x_hat), 1))))
    ),
    "labelled_batches_turned": numpy(swapped_inside),
    "labelled_batches_lengths": numpy(
        lambda x, x_hat: ((x, np.ones((len(x), 1))), (x_hat, np.zeros((len(x), 1))))
    ),
    "labelled_batches_label_shape": numpy(
        lambda x, x_hat: ((x, np.ones_like(x)), (x_hat, np.zeros_like(x_hat)))
    ),
    "labelled_batches_no_real": pairs((x_hat_of, 1), (x_hat_of, 0)),
    "labelled_batches_no_fake": pairs((x_of, 1), (x_of, 0)),
    "labelled_batches_exchanged": pairs((x_of, 0), (x_hat_of, 1)),
    "labelled_batches_all_real": pairs((x_of, 1), (x_hat_of, 1)),
    "labelled_batches_all_fake": pairs((x_of, 0), (x_hat_of, 0)),
    "labelled_batches_plus_minus": pairs((x_of, 1), (x_hat_of, -1)),
    "labelled_batches_other": pairs((x_of, 0.5), (x_hat_of, 0.5)),
}
for name, answer in BATCHES.items():
    wrong("labelled_batches", name)(answer)
wrong("labelled_batches", "labelled_batches_lengths")(
    numpy(lambda x, x_hat: ((x, np.float32(1)), (x_hat, np.float32(0))))
)
wrong("labelled_batches", "labelled_batches_no_pairs")(numpy(lambda x, x_hat: [(x, np.ones(5))]))
wrong("labelled_batches", "labelled_batches_turned")(
    numpy(lambda x, x_hat: ((1.0, x), (0.0, x_hat)))
)
wrong("labelled_batches", "labelled_batches_label_shape")(
    numpy(lambda x, x_hat: ((x, np.ones((1, len(x)))), (x_hat, np.zeros((1, len(x_hat))))))
)
right("labelled_batches")(pairs((x_of, 1), (x_hat_of, 0)))
right("labelled_batches")(
    numpy(lambda x, x_hat: zip((x, x_hat), (np.ones(len(x)), np.zeros(len(x_hat))), strict=True))
)
right("labelled_batches")(pairs((x_hat_of, 0), (x_of, 1)))
right("labelled_batches")(
    lambda x, x_hat: [[x, ops.ones(len(x))], [x_hat, ops.zeros((len(x_hat), 1))]]
)


def distances(points, centres):
    return np.sqrt(((points[:, None] - centres[None]) ** 2).sum(axis=2))


def shares(points, centres, sigma):
    return (distances(points, centres) < 3 * sigma).mean(axis=0)


def nearest(points, centres):
    return np.array(
        [(distances(points, centres).argmin(axis=1) == k).mean() for k in range(len(centres))]
    )


MODES = {
    "found_modes_nearest": lambda x, c, s: (nearest(x, c) >= 0.02).sum(),
    "found_modes_any_nearest": lambda x, c, s: len(np.unique(distances(x, c).argmin(axis=1))),
    "found_modes_any": lambda x, c, s: (distances(x, c).min(axis=0) < 3 * s).sum(),
    "found_modes_two_points": lambda x, c, s: (shares(x, c, s) * len(x) > 1.5).sum(),
    "found_modes_one_sigma": lambda x, c, s: (shares(x, c, s / 3) >= 0.02).sum(),
    "found_modes_two_sigma": lambda x, c, s: (shares(x, c, s * 2 / 3) >= 0.02).sum(),
    "found_modes_root_of_three": lambda x, c, s: (
        (distances(x, c) ** 2 < 3 * s**2).mean(axis=0) >= 0.02
    ).sum(),
    "found_modes_all": lambda x, c, s: ((distances(x, c) > 3 * s).mean(axis=0) >= 0.02).sum(),
    "found_modes_added_axes": lambda x, c, s: (
        (np.abs(x[:, None] - c).sum(axis=2) < 3 * s).mean(axis=0) >= 0.02
    ).sum(),
    "found_modes_twenty": lambda x, c, s: (shares(x, c, s) * len(x) > 19.5).sum(),
    "found_modes_of_near": lambda x, c, s: (shares(x, c, s) / shares(x, c, s).sum() >= 0.02).sum(),
    "found_modes_without_sigma": lambda x, c, s: (shares(x, c, 1) >= 0.02).sum(),
    "found_modes_squared_distance": lambda x, c, s: (
        (((x[:, None] - c) ** 2).sum(axis=2) < 3 * s).mean(axis=0) >= 0.02
    ).sum(),
    "found_modes_each_axis": lambda x, c, s: (
        (np.abs(x[:, None] - c).max(axis=2) < 3 * s).mean(axis=0) >= 0.02
    ).sum(),
    "found_modes_fair_share": lambda x, c, s: (shares(x, c, s) >= 1 / len(c)).sum(),
    "found_modes_good_share": lambda x, c, s: shares(x, c, s).sum(),
    "found_modes_good_points": lambda x, c, s: (distances(x, c).min(axis=1) < 3 * s).sum(),
    "found_modes_share_of_modes": lambda x, c, s: (shares(x, c, s) >= 0.02).mean(),
    "found_modes_lost": lambda x, c, s: (shares(x, c, s) < 0.02).sum(),
    "found_modes_counts": lambda x, c, s: (distances(x, c) < 3 * s).sum(axis=0),
    "found_modes_shares": shares,
    "found_modes_list": lambda x, c, s: shares(x, c, s) >= 0.02,
}
for name, answer in MODES.items():
    wrong("found_modes", name)(numpy(answer))
right("found_modes")(numpy(lambda x, c, s: (shares(x, c, s) >= 0.02).sum()))
right("found_modes")(
    numpy(lambda x, c, s: sum((np.hypot(*(x - each).T) < 3 * s).mean() >= 0.02 for each in c))
)


def rounds(play):
    """Return an answer that plays one epoch by a function of numbered batches and the steps."""

    def answer(batches, discriminator_step, generator_step, draw_noise, k):
        play(list(enumerate(batches, 1)), discriminator_step, generator_step, draw_noise, k)

    return answer


@rounds
def noise_once(batches, d, g, draw, k):
    z = draw()
    for i, x in batches:
        d(x, z)
        if i % k == 0:
            g(z)


@rounds
def noise_of_each_player(batches, d, g, draw, k):
    z = draw()
    for i, x in batches:
        d(x, draw())
        if i % k == 0:
            g(z)


@rounds
def noise_of_discriminator_once(batches, d, g, draw, k):
    z = draw()
    for i, x in batches:
        d(x, z)
        if i % k == 0:
            g(draw())


@rounds
def noise_of_three_rounds(batches, d, g, draw, k):
    z = draw()
    for i, x in batches:
        if i == 4:
            z = draw()
        d(x, z)
        if i % k == 0:
            g(draw())


@rounds
def generator_always(batches, d, g, draw, k):
    for _, x in batches:
        d(x, draw())
        g(draw())


@rounds
def generator_k_times(batches, d, g, draw, k):
    for _, x in batches:
        d(x, draw())
        for _ in range(k):
            g(draw())


@rounds
def generator_once(batches, d, g, draw, k):
    for _, x in batches:
        d(x, draw())
        if x is batches[1][1]:
            g(draw())


@rounds
def one_after_the_other(batches, d, g, draw, k):
    for _, x in batches:
        d(x, draw())
    for _ in range(len(batches) // k):
        g(draw())


@rounds
def no_generator(batches, d, g, draw, k):
    for _, x in batches:
        d(x, draw())


@rounds
def no_discriminator(batches, d, g, draw, k):
    for _ in range(len(batches) // k):
        g(draw())


@rounds
def one_batch(batches, d, g, draw, k):
    for i, _ in batches:
        d(batches[0][1], draw())
        if i % k == 0:
            g(draw())


@rounds
def not_called(batches, d, g, draw, k):
    for i, x in batches:
        d(x, draw)
        if i % k == 0:
            g(draw)


@rounds
def own_noise(batches, d, g, draw, k):
    for i, x in batches:
        d(x, np.random.default_rng(i).normal(size=(4, 3)))
        if i % k == 0:
            g(draw())


@rounds
def points_for_noise(batches, d, g, draw, k):
    for i, x in batches:
        d(x, draw())
        if i % k == 0:
            g(x)


@rounds
def counted_from_zero(batches, d, g, draw, k):
    for i, x in batches:
        d(x, draw())
        if (i - 1) % k == 0:
            g(draw())


@rounds
def generator_first(batches, d, g, draw, k):
    for i, x in batches:
        if i % k == 0:
            g(draw())
        d(x, draw())


@rounds
def nothing(batches, d, g, draw, k):
    for _ in batches:
        draw()


ROUNDS = {
    "game_rounds_noise_once": [noise_once],
    "game_rounds_noise_reused": [
        noise_of_each_player, noise_of_discriminator_once, noise_of_three_rounds
    ],
    "game_rounds_generator_often": [generator_always],
    "game_rounds_k_for_the_generator": [generator_k_times],
    "game_rounds_other_count": [generator_once],
    "game_rounds_one_after_the_other": [one_after_the_other],
    "game_rounds_no_generator": [no_generator],
    "game_rounds_no_discriminator": [no_discriminator],
    "game_rounds_other_batches": [one_batch],
    "game_rounds_no_noise": [not_called],
    "game_rounds_other_noise": [own_noise, points_for_noise],
    "game_rounds_early": [counted_from_zero, generator_first],
    "game_rounds_no_steps": [nothing],
}  # fmt: skip
for name, answers in ROUNDS.items():
    for answer in answers:
        wrong("game_rounds", name)(answer)


@rounds
def noise_of_each_step(batches, d, g, draw, k):
    for i, x in batches:
        d(x, draw())
        if i % k == 0:
            g(draw())


@rounds
def noise_of_each_round(batches, d, g, draw, k):
    for i, x in batches:
        z = draw()
        d(x, z)
        if i % k == 0:
            g(z)


@rounds
def noise_as_tensors(batches, d, g, draw, k):
    for i, x in batches:
        d(ops.convert_to_tensor(x), ops.convert_to_tensor(draw()))
        if i % k == 0:
            g(ops.convert_to_tensor(draw(), "float32"))


EACH_STEP = noise_of_each_step, noise_of_each_round, noise_as_tensors
MENDED[20], MENDED[21] = EACH_STEP, RIGHT_D_LOSSES
for answer in MENDED[20]:
    right("game_rounds")(answer)
for number in (20, 21):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)


@wrong("program 20", "not_mended")
def program_20(batches, discriminator_step, generator_step, draw_noise, k):
    z = draw_noise()
    for i, x in enumerate(batches):
        discriminator_step(x, z)
        if i % k == 0:
            generator_step(z)


wrong("program 20", "game_rounds_noise_reused")(noise_of_each_player)
wrong("program 20", "game_rounds_generator_often")(generator_always)
wrong("program 21", "discriminator_loss_no_sigmoid")(D_LOSSES["discriminator_loss_no_sigmoid"])
wrong("program 21", "discriminator_loss_exchanged")(D_LOSSES["discriminator_loss_exchanged"])


@wrong("program 21", "not_mended")
def program_21(real, fake):
    says = squashed(ops.concatenate([real, fake], axis=0))
    labels = ops.concatenate([ops.ones_like(real), ops.zeros_like(fake)], axis=0)
    return 2 * keras.losses.BinaryCrossentropy(from_logits=True)(labels, says)
