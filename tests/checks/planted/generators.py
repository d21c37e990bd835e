"""Answers to the exercises of GAN2: ranges, losses, neighbours, walks, directions, coverage."""

import keras
import numpy as np
from keras import ops

from fidle_vae import checks as check
from fidle_vae.models.latent_space import morph_path
from tests.checks.planted import called, right, wrong
from tests.checks.planted.applications import plant
from tests.checks.planted.programs import MENDED

TANH_RANGE = {
    "tanh_range_wraps": lambda x: 2 * x / 255 - 1,
    "tanh_range_of_sigmoid": lambda x: x.astype("float32") / 255,
    "tanh_range_half": lambda x: (x - 127.5) / 255,
    "tanh_range_not_shifted": lambda x: 2 * (x / 255),
    "tanh_range_below_zero": lambda x: (x - 255.0) / 255,
    "tanh_range_not_divided": lambda x: 2 * x.astype("float32") - 1,
    "tanh_range_by_128": lambda x: (x.astype("float32") - 128) / 128,
    "tanh_range_by_127": lambda x: (x.astype("float32") - 127) / 127,
    "tanh_range_negative": lambda x: 1 - 2 * (x / 255),
    "tanh_range_squashed": lambda x: np.tanh(x / 127.5 - 1),
    "tanh_range_squashed_only": lambda x: np.tanh(x.astype("float32")),
    "tanh_range_stretched": lambda x: 2 * ((x - x.min()) / np.ptp(x)) - 1,
    "tanh_range_each_stretched": lambda x: np.stack(
        [2 * ((i - i.min()) / np.ptp(i)) - 1 for i in x]
    ),
    "tanh_range_standardized": lambda x: (x - np.mean(x)) / np.std(x),
    "tanh_range_centred_by_mean": lambda x: (x - np.mean(x)) / 127.5,
    "tanh_range_whole": lambda x: 2.0 * x // 255 - 1,
    "tanh_range_as_bytes": lambda x: np.trunc(x / 127.5 - 1).astype("int64").astype("uint8"),
    "tanh_range_of_batch": lambda x: x / x.max() * 2 - 1,
    "tanh_range_of_batch_and_sigmoid": lambda x: x.astype("float32") / x.max(),
    "tanh_range_subtracted_first": lambda x: (x.astype("float32") - 1) / 127.5,
    "tanh_range_sound": lambda x: (x.astype("int16") - 128) / 127,
    "values_coarse": lambda x: (x / 127.5 - 1).astype("float16"),
    "tanh_range_wraps_below": lambda x: (x - 128) / 127.5,
    "tanh_range_wraps_from_white": lambda x: 2 * (x - 255) / 255,
}
RIGHT_RANGES = [
    lambda x: x / 127.5 - 1,
    lambda x: 2 * (x / 255) - 1,
    lambda x: 2 * x.astype("float32") / 255 - 1,
    lambda x: (x.astype("float32") - 127.5) / 127.5,
    lambda x: ops.cast(x, "float32") / 127.5 - 1,
    lambda x: np.interp(x, [0, 255], [-1, 1]),
]
plant("tanh_range", TANH_RANGE, RIGHT_RANGES)


def loss_by(formula, training=True):
    """Return an answer by a formula of the logits of two batches."""
    return lambda d, x, x_hat: formula(d(x, training=training), d(x_hat, training=training))


def loss_of_one_batch(formula):
    def loss(discriminator, x, x_hat):
        logits = discriminator(ops.concatenate([x, x_hat]), training=True)
        return formula(logits[: len(x)], logits[len(x) :])

    return loss


def added(real, fake):
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def cross_entropy(real, fake):
    cost = keras.losses.BinaryCrossentropy(from_logits=True)
    return cost(ops.ones_like(real), real) + cost(ops.zeros_like(fake), fake)


TWO_BATCHES = {
    "two_batches_in_one": loss_of_one_batch(added),
    "two_batches_in_one_halved": loss_of_one_batch(
        lambda real, fake: cross_entropy(real, fake) / 2
    ),
    "two_batches_labels_swapped": loss_by(lambda real, fake: cross_entropy(fake, real)),
    "two_batches_all_real": loss_by(lambda real, fake: added(real, -fake)),
    "two_batches_all_fake": loss_by(lambda real, fake: added(-real, fake)),
    "two_batches_sigmoid_twice": loss_by(
        lambda real, fake: added(ops.sigmoid(real), ops.sigmoid(fake))
    ),
    "two_batches_no_logarithm": loss_by(
        lambda real, fake: ops.mean(ops.sigmoid(-real)) + ops.mean(ops.sigmoid(fake))
    ),
    "two_batches_real_only": loss_by(lambda real, fake: ops.mean(ops.softplus(-real))),
    "two_batches_fake_only": loss_by(lambda real, fake: ops.mean(ops.softplus(fake))),
    "two_batches_subtracted": loss_by(
        lambda real, fake: ops.mean(ops.softplus(-real)) - ops.mean(ops.softplus(fake))
    ),
    "two_batches_to_maximize": loss_by(
        lambda real, fake: ops.mean(ops.log_sigmoid(real)) + ops.mean(ops.log_sigmoid(-fake))
    ),
    "two_batches_halved": loss_by(lambda real, fake: 0.5 * added(real, fake)),
    "two_batches_added_up": loss_by(
        lambda real, fake: ops.sum(ops.softplus(-real)) + ops.sum(ops.softplus(fake))
    ),
    "two_batches_each_image": loss_by(lambda real, fake: ops.softplus(-real) + ops.softplus(fake)),
    "two_batches_mean_logits": loss_by(
        lambda real, fake: ops.softplus(-ops.mean(real)) + ops.softplus(ops.mean(fake))
    ),
    "two_batches_not_training": loss_by(added, training=False),
    "two_batches_in_one_not_training": loss_by(
        lambda real, fake: added(real, fake) / 2, training=False
    ),
    "two_batches_real_twice": lambda d, x, x_hat: loss_by(added)(d, x, x),
    "two_batches_fake_twice": lambda d, x, x_hat: loss_by(added)(d, x_hat, x_hat),
    "two_batches_differences": loss_by(lambda real, fake: ops.mean(fake) - ops.mean(real)),
    "two_batches_relu": loss_by(
        lambda real, fake: ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake))
    ),
    "two_batches_squares": loss_by(
        lambda real, fake: ops.mean((real - 1) ** 2) / 2 + ops.mean(fake**2) / 2
    ),
    "two_batches_not_from_logits": loss_by(
        lambda real, fake: (
            keras.losses.BinaryCrossentropy()(ops.ones_like(real), real)
            + keras.losses.BinaryCrossentropy()(ops.zeros_like(fake), fake)
        )
    ),
    "two_batches_minus_outside": loss_by(
        lambda real, fake: ops.mean(-ops.softplus(real)) + ops.mean(ops.softplus(fake))
    ),
    "two_batches_subtracted_real": loss_by(
        lambda real, fake: ops.mean(ops.softplus(fake)) - ops.mean(ops.softplus(-real))
    ),
    "two_batches_generators": loss_by(lambda real, fake: -ops.mean(ops.log_sigmoid(fake))),
    "two_batches_fake_not_training": lambda d, x, x_hat: added(d(x, training=True), d(x_hat)),
    "two_batches_real_not_training": lambda d, x, x_hat: added(d(x), d(x_hat, training=True)),
    "two_batches_relu_of_logits": loss_by(
        lambda real, fake: ops.mean(ops.relu(-real)) + ops.mean(ops.relu(fake))
    ),
    "two_batches_pairs": loss_by(lambda real, fake: -ops.mean(ops.log_sigmoid(real - fake))),
}
RIGHT_LOSSES = [
    loss_by(added),
    loss_by(cross_entropy),
    loss_by(lambda real, fake: -ops.mean(ops.log_sigmoid(real)) - ops.mean(ops.log_sigmoid(-fake))),
    loss_by(
        lambda real, fake: (
            -ops.mean(ops.log(ops.sigmoid(real))) - ops.mean(ops.log(1 - ops.sigmoid(fake)))
        )
    ),
]
plant("two_batches", TWO_BATCHES, RIGHT_LOSSES)


def rows(images):
    return np.reshape(images, (len(images), -1))


def squared(drawn, train):
    return np.stack([((rows(train) - row) ** 2).sum(axis=1) for row in rows(drawn)])


def each_draw(choose):
    """Return an answer that chooses by the differences of a draw to all training images."""
    return lambda drawn, train: [choose(rows(train) - row) for row in rows(drawn)]


def by_products(drawn, train):
    a, b = rows(drawn), rows(train)
    return ((b**2).sum(axis=1) - 2 * a @ b.T).argmin(axis=1)


def by_loop(drawn, train):
    found = []
    for image in drawn:
        distances = [float(np.sum((image - other) ** 2)) for other in train]
        found.append(distances.index(min(distances)))
    return found


def expanded(of_train, times=-2):
    """Return an answer by the parts of |a - b|² that depend on b."""
    return lambda d, t: (of_train(rows(t)) + times * rows(d) @ rows(t).T).argmin(axis=1)


def unit(x):
    return x / np.sqrt((x**2).sum(axis=1, keepdims=True))


NEAREST_IMAGE = {
    "nearest_image_bold": lambda d, t: (rows(d) @ rows(t).T).argmax(axis=1),
    "nearest_image_cosine": lambda d, t: (unit(rows(d)) @ unit(rows(t)).T).argmax(axis=1),
    "nearest_image_farthest": lambda d, t: squared(d, t).argmax(axis=1),
    "nearest_image_other_way": lambda d, t: squared(d, t).argmin(axis=0),
    "nearest_image_distance": lambda d, t: squared(d, t).min(axis=1),
    "nearest_image_root_distance": lambda d, t: np.sqrt(squared(d, t)).min(axis=1),
    "nearest_image_not_squared": each_draw(lambda off: (-off).sum(axis=1).argmin()),
    "nearest_image_ink": each_draw(lambda off: (off.sum(axis=1) ** 2).argmin()),
    "nearest_image_absolute": each_draw(lambda off: np.abs(off).sum(axis=1).argmin()),
    "nearest_image_largest_pixel": each_draw(lambda off: np.abs(off).max(axis=1).argmin()),
    "nearest_image_first_pixel": each_draw(lambda off: (off[:, 0] ** 2).argmin()),
    "nearest_image_second": lambda d, t: np.argsort(squared(d, t), axis=1)[:, 1],
    "nearest_image_all_in_order": lambda d, t: np.argsort(squared(d, t), axis=1),
    "nearest_image_table": squared,
    "nearest_image_from_one": lambda d, t: 1 + squared(d, t).argmin(axis=1),
    "nearest_image_itself": lambda d, t: t[squared(d, t).argmin(axis=1)],
    "nearest_image_of_table": lambda d, t: np.argmin(squared(d, t)),
    "nearest_image_first_draw": lambda d, t: squared(d, t)[0].argmin(),
    "nearest_image_last_draw": lambda d, t: squared(d, t)[-1].argmin(),
    "nearest_image_of_mean": lambda d, t: squared(d.mean(axis=0)[None], t).argmin(),
    "nearest_image_no_two": expanded(lambda b: (b**2).sum(axis=1), -1),
    "nearest_image_plus": expanded(lambda b: (b**2).sum(axis=1), 2),
    "nearest_image_root_of_train": expanded(lambda b: np.linalg.norm(b, axis=1)),
    "nearest_image_sum_of_train": expanded(lambda b: b.sum(axis=1)),
    "nearest_image_square_of_sum": expanded(lambda b: b.sum(axis=1) ** 2),
    "nearest_image_least_product": lambda d, t: np.argmin(rows(d) @ rows(t).T, axis=1),
}
RIGHT_NEAREST = [by_products, by_loop, lambda d, t: np.sqrt(squared(d, t)).argmin(axis=1)]
plant("nearest_image", NEAREST_IMAGE, RIGHT_NEAREST)


def angle_between(a, b):
    return np.arccos(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))


def turned(angle_of):
    """Return an answer that is right but for its angle."""

    def walk(a, b, t):
        angle = angle_of(a, b)
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)

    return walk


def weighed(weights):
    """Return an answer with other weights of both ends, by t and the angle."""

    def walk(a, b, t):
        left, right_end = weights(t, angle_between(a, b))
        return left * a + right_end * b

    return walk


def to_length(length, walk):
    def scaled(a, b, t):
        point = walk(a, b, t)
        return point * (length(a) / np.sqrt(np.sum(point**2)))

    return scaled


def straight(a, b, t):
    return a + t * (b - a)


GREAT_CIRCLE = {
    "great_circle_line": straight,
    "great_circle_line_backwards": lambda a, b, t: straight(b, a, t),
    "great_circle_pushed_out": to_length(np.linalg.norm, straight),
    "great_circle_backwards": lambda a, b, t: turned(angle_between)(a, b, 1 - t),
    "great_circle_not_divided": weighed(lambda t, o: (np.sin((1 - t) * o), np.sin(t * o))),
    "great_circle_divided_by_angle": weighed(
        lambda t, o: (np.sin((1 - t) * o) / o, np.sin(t * o) / o)
    ),
    "great_circle_cosines": weighed(
        lambda t, o: (np.cos((1 - t) * o) / np.sin(o), np.cos(t * o) / np.sin(o))
    ),
    "great_circle_sine_outside": weighed(lambda t, o: ((1 - t) * np.sin(o) / o, t * np.sin(o) / o)),
    "great_circle_quarter": weighed(lambda t, o: (np.cos(t * np.pi / 2), np.sin(t * np.pi / 2))),
    "great_circle_degrees": turned(lambda a, b: np.rad2deg(angle_between(a, b))),
    "great_circle_lengths_left_out": turned(lambda a, b: np.arccos(np.dot(a, b))),
    "great_circle_lengths_clipped": turned(lambda a, b: np.arccos(np.clip(np.dot(a, b), -1, 1))),
    "great_circle_one_length_left_out": turned(
        lambda a, b: np.arccos(np.dot(a, b) / np.linalg.norm(a))
    ),
    "great_circle_no_arccos": turned(
        lambda a, b: np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)
    ),
    "great_circle_unit": to_length(lambda a: 1, turned(angle_between)),
    "great_circle_root_d": to_length(lambda a: len(a) ** 0.5, turned(angle_between)),
    "great_circle_long_way": turned(lambda a, b: 2 * np.pi - angle_between(a, b)),
    "great_circle_b_divided_only": weighed(
        lambda t, o: (np.sin((1 - t) * o), np.sin(t * o) / np.sin(o))
    ),
    "great_circle_a_divided_only": weighed(
        lambda t, o: (np.sin((1 - t) * o) / np.sin(o), np.sin(t * o))
    ),
    "great_circle_brackets": weighed(
        lambda t, o: (np.sin(1 - t * o) / np.sin(o), np.sin(t * o) / np.sin(o))
    ),
    "great_circle_without_angle": weighed(
        lambda t, o: (np.sin(1 - t) / np.sin(o), np.sin(t) / np.sin(o))
    ),
    "great_circle_same_weight": weighed(
        lambda t, o: (np.sin(t * o) / np.sin(o), np.sin(t * o) / np.sin(o))
    ),
    "great_circle_subtracted": weighed(
        lambda t, o: (np.sin((1 - t) * o) / np.sin(o), -np.sin(t * o) / np.sin(o))
    ),
    "great_circle_arcsin": turned(
        lambda a, b: np.arcsin(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    ),
    "great_circle_squared_lengths": turned(
        lambda a, b: np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) ** 2)
    ),
    "great_circle_products": turned(
        lambda a, b: np.arccos(a * b / (np.linalg.norm(a) * np.linalg.norm(b)))
    ),
}


def by_atan(a, b):
    return 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))


def by_frame(a, b, t):
    """Turn a towards the part of b that is at a right angle to it."""
    up = b - a * (a @ b) / (a @ a)
    up *= np.linalg.norm(a) / np.linalg.norm(up)
    angle = t * angle_between(a, b)
    return np.cos(angle) * a + np.sin(angle) * up


RIGHT_WALKS = [
    turned(angle_between),
    turned(by_atan),
    by_frame,
    lambda a, b, t: morph_path(a, b, 21, "great_circle")[round(20 * t)],
]
plant("great_circle", GREAT_CIRCLE, RIGHT_WALKS)


def led(combine, summary=lambda points: np.mean(points, axis=0)):
    """Return an answer by the summaries of the points of the goal and of the start."""
    return lambda z, seen, start, goal: combine(summary(z[seen == goal]), summary(z[seen == start]))


def minus(a, b):
    return a - b


def total(points):
    return np.sum(points, axis=0)


CLASS_DIRECTION = {
    "class_direction_turned": led(lambda goal, start: start - goal),
    "class_direction_sums": led(minus, total),
    "class_direction_of_all_draws": lambda z, seen, start, goal: (
        np.where((seen == goal)[:, None], z, 0).mean(axis=0)
        - np.where((seen == start)[:, None], z, 0).mean(axis=0)
    ),
    "class_direction_goal_only": led(lambda goal, start: goal),
    "class_direction_start_only": led(lambda goal, start: start),
    "class_direction_from_all": lambda z, seen, start, goal: (
        z[seen == goal].mean(axis=0) - z.mean(axis=0)
    ),
    "class_direction_to_all": lambda z, seen, start, goal: (
        z.mean(axis=0) - z[seen == start].mean(axis=0)
    ),
    "class_direction_from_others": lambda z, seen, start, goal: (
        z[seen == goal].mean(axis=0) - z[seen != goal].mean(axis=0)
    ),
    "class_direction_by_numbers": lambda z, seen, start, goal: z[goal] - z[start],
    "class_direction_first_draws": lambda z, seen, start, goal: (
        z[np.argmax(seen == goal)] - z[np.argmax(seen == start)]
    ),
    "class_direction_added": led(lambda goal, start: goal + start),
    "class_direction_middle": led(lambda goal, start: 0.5 * (goal + start)),
    "class_direction_unit": led(lambda goal, start: (goal - start) / np.linalg.norm(goal - start)),
    "class_direction_half": led(lambda goal, start: 0.5 * (goal - start)),
    "class_direction_medians": led(minus, lambda points: np.median(points, axis=0)),
    "class_direction_one_number": led(minus, np.mean),
    "class_direction_length": led(lambda goal, start: np.linalg.norm(goal - start)),
    "class_direction_keeps_axis": led(minus, lambda points: points.mean(axis=0, keepdims=True)),
    "class_direction_by_order": lambda z, seen, start, goal: led(minus)(
        z, seen, *sorted((start, goal))
    ),
    "class_direction_absolute": led(lambda goal, start: abs(goal - start)),
    "class_direction_from_what_is_not_start": lambda z, seen, start, goal: (
        z[seen != start].mean(axis=0) - z[seen == start].mean(axis=0)
    ),
    "class_direction_between_others": lambda z, seen, start, goal: (
        z[seen != start].mean(axis=0) - z[seen != goal].mean(axis=0)
    ),
    "class_direction_split_by_order": lambda z, seen, start, goal: (
        z[seen >= goal].mean(axis=0) - z[seen < goal].mean(axis=0)
    ),
    "class_direction_ranges": lambda z, seen, start, goal: (
        z[seen >= goal].mean(axis=0) - z[seen <= start].mean(axis=0)
    ),
    "class_direction_count_of_goal": lambda z, seen, start, goal: (
        led(minus, total)(z, seen, start, goal) / sum(seen == goal)
    ),
    "class_direction_count_of_start": lambda z, seen, start, goal: (
        led(minus, total)(z, seen, start, goal) / sum(seen == start)
    ),
    "class_direction_count_of_both": lambda z, seen, start, goal: (
        led(minus, total)(z, seen, start, goal) / (sum(seen == start) + sum(seen == goal))
    ),
    "class_direction_count_of_classes": lambda z, seen, start, goal: (
        led(minus, total)(z, seen, start, goal) / len(set(seen))
    ),
    "class_direction_last_draws": led(minus, lambda points: points[len(points) - 1]),
    "class_direction_largest": led(minus, lambda points: np.max(points, axis=0)),
    "class_direction_to_one_draw": lambda z, seen, start, goal: (
        z[np.argmax(seen == goal)] - z[seen == start].mean(axis=0)
    ),
    "class_direction_each_start": lambda z, seen, start, goal: (
        z[seen == goal].mean(axis=0) - z[seen == start]
    ),
    "class_direction_each_goal": lambda z, seen, start, goal: (
        z[seen == goal] - z[seen == start].mean(axis=0)
    ),
    "class_direction_moved_points": lambda z, seen, start, goal: (
        z[seen == start] + led(minus)(z, seen, start, goal)
    ),
    "class_direction_twice_the_same": led(lambda goal, start: goal - goal),
    "class_direction_by_seen_numbers": lambda z, seen, start, goal: z[seen][goal] - z[seen][start],
    "class_direction_one_draw_each": lambda z, seen, start, goal: np.mean(z[goal] - z[start]),
    "class_direction_ratio": led(lambda goal, start: goal / start),
    "class_direction_signs": led(lambda goal, start: np.sign(goal - start)),
    "class_direction_less_all": lambda z, seen, start, goal: (
        led(minus)(z, seen, start, goal) - z.mean(axis=0)
    ),
    "class_direction_unit_means": led(
        lambda goal, start: goal / np.linalg.norm(goal) - start / np.linalg.norm(start)
    ),
    "class_direction_per_deviation": lambda z, seen, start, goal: (
        led(minus)(z, seen, start, goal) / np.std(z, axis=0)
    ),
    "class_direction_of_classes_0_and_1": lambda z, seen, start, goal: led(minus)(z, seen, 0, 1),
    "class_direction_no_means": lambda z, seen, start, goal: z[seen == goal] - z[seen == start],
    "class_direction_over_coordinates": led(minus, lambda points: np.mean(points, axis=1)),
}


def by_dict(z, seen, start, goal):
    means = {label: total(z[seen == label]) / np.sum(seen == label) for label in (start, goal)}
    return means[goal] - means[start]


def by_weights(z, seen, start, goal):
    weights = (seen == goal) / (seen == goal).sum() - (seen == start) / (seen == start).sum()
    return weights @ z


plant("class_direction", CLASS_DIRECTION, [led(minus), by_dict, by_weights])


def counts_of(p):
    return np.array([(p.argmax(axis=1) == k).sum() for k in range(p.shape[1])])


SHOWN_CLASSES = {
    "shown_classes_any": lambda p, share: len(np.unique(p.argmax(axis=1))),
    "shown_classes_more_than": lambda p, share: np.sum(counts_of(p) / len(p) > share),
    "shown_classes_too_rare": lambda p, share: np.sum(counts_of(p) / len(p) < share),
    "shown_classes_mean_probability": lambda p, share: np.sum(p.mean(axis=0) >= share),
    "shown_classes_sure": lambda p, share: np.sum((p >= share).any(axis=0)),
    "shown_classes_draws": lambda p, share: np.sum((p >= share).any(axis=1)),
    "shown_classes_of_classes": lambda p, share: np.sum(counts_of(p) >= share * p.shape[1]),
    "shown_classes_of_largest": lambda p, share: np.sum(counts_of(p) / counts_of(p).max() >= share),
    "shown_classes_over_draws": lambda p, share: np.sum(
        np.unique(p.argmax(axis=0), return_counts=True)[1] / p.shape[1] >= share
    ),
    "shown_classes_entropy": lambda p, share: np.exp(
        -sum(q * np.log(q) for q in counts_of(p) / len(p) if q > 0)
    ),
    "shown_classes_which": lambda p, share: counts_of(p) / len(p) >= share,
    "shown_classes_shares": lambda p, share: counts_of(p) / len(p),
    "shown_classes_counts": lambda p, share: counts_of(p),
    "shown_classes_share_of_classes": lambda p, share: np.mean(counts_of(p) / len(p) >= share),
    "shown_classes_draws_of_them": lambda p, share: sum(
        count for count in counts_of(p) if count / len(p) >= share
    ),
    "shown_classes_all": lambda p, share: p.shape[1],
    "shown_classes_cut": lambda p, share: np.sum(counts_of(p) >= round(share * len(p))),
    "shown_classes_at_most": lambda p, share: np.sum(counts_of(p) <= share * len(p)),
    "shown_classes_likeliest_draw": lambda p, share: np.sum(
        np.bincount(p.argmax(axis=0)) >= share * len(p)
    ),
    "shown_classes_places": lambda p, share: [
        k for k, count in enumerate(counts_of(p)) if count >= share * len(p)
    ],
    "shown_classes_fair": lambda p, share: np.sum(counts_of(p) / len(p) >= 1 / p.shape[1]),
}
plant(
    "shown_classes",
    SHOWN_CLASSES,
    [
        lambda p, share: np.sum(counts_of(p) / len(p) >= share),
        lambda p, share: np.sum(np.bincount(p.argmax(axis=1)) >= share * len(p)),
        lambda p, share: np.sum(np.eye(p.shape[1])[p.argmax(axis=1)].mean(axis=0) >= share),
    ],
)


def noise(next_noise, rng_of=np.random.default_rng):
    """Return an answer by the noise of a batch, from a source made once from the seed."""

    def draw(generator, n, batch_size, latent_dim, seed):
        rng = rng_of(seed)
        sizes = [min(batch_size, n - start) for start in range(0, n, batch_size)]
        return np.concatenate([generator(next_noise(rng, size, latent_dim)) for size in sizes])

    return draw


def normal(rng, n, d):
    return rng.standard_normal((n, d))


def one_noise_for_all(generator, n, batch_size, latent_dim, seed):
    z = np.random.default_rng(seed).standard_normal((batch_size, latent_dim))
    return np.concatenate([generator(z) for _ in range(-(-n // batch_size))])[:n]


def whole_batches(last):
    def draw(generator, n, batch_size, latent_dim, seed):
        rng = np.random.default_rng(seed)
        count = -(-n // batch_size) if last else n // batch_size
        return np.concatenate(
            [generator(normal(rng, batch_size, latent_dim)) for _ in range(count)]
        )

    return draw


def overwritten(generator, n, batch_size, latent_dim, seed):
    rng = np.random.default_rng(seed)
    for start in range(0, n, batch_size):
        images = generator(normal(rng, min(batch_size, n - start), latent_dim))
    return images


def ragged(generator, n, batch_size, latent_dim, seed):
    rng = np.random.default_rng(seed)
    return [normal(rng, size, latent_dim) for size in (batch_size, n - batch_size)]


def by_steps(generator, n, batch_size, latent_dim, seed):
    rng = np.random.default_rng(seed)
    images = np.empty((n, latent_dim))
    for start in range(0, n, batch_size):
        stop = min(start + batch_size, n)
        images[start:stop] = generator(normal(rng, stop - start, latent_dim))
    return images


def cut_from_one(generator, n, batch_size, latent_dim, seed):
    z = normal(np.random.default_rng(seed), n, latent_dim)
    return np.concatenate([generator(z[i : i + batch_size]) for i in range(0, n, batch_size)])


FRESH_NOISE = {
    "fresh_noise_without_last": whole_batches(last=False),
    "fresh_noise_too_many": whole_batches(last=True),
    "fresh_noise_last_batch_only": overwritten,
    "fresh_noise_shape": lambda g, n, b, d, seed: noise(normal)(g, n, b, d, seed)[: n // 2],
    "fresh_noise_no_array": ragged,
    "fresh_noise_one_image": lambda g, n, b, d, seed: np.tile(
        g(normal(np.random.default_rng(seed), 1, d)), (n, 1)
    ),
    "fresh_noise_one_number": noise(lambda rng, n, d: np.tile(normal(rng, n, 1), (1, d))),
    "fresh_noise_each_batch_alike": noise(lambda rng, n, d: np.tile(normal(rng, 1, d), (n, 1))),
    "fresh_noise_reused": one_noise_for_all,
    "fresh_noise_not_seeded": noise(normal, lambda seed: np.random.default_rng()),
    "fresh_noise_ignores_seed": noise(normal, lambda seed: np.random.default_rng(0)),
    "fresh_noise_uniform": noise(lambda rng, n, d: rng.random((n, d))),
    "fresh_noise_uniform_both_sides": noise(lambda rng, n, d: rng.uniform(-1, 1, (n, d))),
    "fresh_noise_positive": noise(lambda rng, n, d: np.abs(normal(rng, n, d))),
    "fresh_noise_width": noise(lambda rng, n, d: 2 * normal(rng, n, d)),
    "fresh_noise_middle": noise(lambda rng, n, d: 1 + normal(rng, n, d)),
    "fresh_noise_one_batch": lambda g, n, b, d, seed: g(normal(np.random.default_rng(seed), n, d)),
}
RIGHT_NOISE = [noise(normal), by_steps, cut_from_one]
plant("fresh_noise", FRESH_NOISE, RIGHT_NOISE)
wrong("fresh_noise", "fresh_noise_shape")(lambda g, n, b, d, seed: 0.0)


MENDED[22], MENDED[23] = RIGHT_NOISE, RIGHT_NEAREST
for number in (22, 23):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
wrong("program 22", "not_mended")(one_noise_for_all)
wrong("program 22", "fresh_noise_not_seeded")(FRESH_NOISE["fresh_noise_not_seeded"])
wrong("program 23", "nearest_image_cosine")(NEAREST_IMAGE["nearest_image_cosine"])


@wrong("program 23", "not_mended")
def both_but_its_own(drawn, train):
    a, b = drawn.reshape(len(drawn), -1), train.reshape(len(train), -1)
    return (2 * (a**2).sum(axis=1)[:, None] - 2 * a @ b.T).argmin(axis=1)
