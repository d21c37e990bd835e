"""Answers to the exercises of GAN3: distances on a line, critics, penalties, norms, deviations."""

import numpy as np
from keras import ops
from scipy.special import expit, log1p
from scipy.stats import energy_distance, wasserstein_distance

from fidle_vae import checks as check
from fidle_vae.models.adversarial import gradient_penalty
from tests.checks.planted import called, on_every_backend, right, wrong
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED


def taken_in_turn(x, left):
    return np.mean([abs(each - left.pop(int(np.argmin(np.abs(each - left))))) for each in x])


EARTH_MOVER = {
    "earth_mover_not_sorted": lambda x, y: np.mean(np.abs(x - y)),
    "earth_mover_only_x_sorted": lambda x, y: np.mean(np.abs(np.sort(x) - y)),
    "earth_mover_only_y_sorted": lambda x, y: np.mean(np.abs(x - np.sort(y))),
    "earth_mover_difference_of_means": lambda x, y: abs(x.mean() - y.mean()),
    "earth_mover_signed": lambda x, y: x.mean() - y.mean(),
    "earth_mover_signed_the_other_way": lambda x, y: np.mean(np.sort(y) - np.sort(x)),
    "earth_mover_squared": lambda x, y: np.mean((np.sort(x) - np.sort(y)) ** 2),
    "earth_mover_root_of_squares": lambda x, y: np.sqrt(np.mean((np.sort(x) - np.sort(y)) ** 2)),
    "earth_mover_sum": lambda x, y: np.sum(np.abs(np.sort(x) - np.sort(y))),
    "earth_mover_longest": lambda x, y: np.max(np.abs(np.sort(x) - np.sort(y))),
    "earth_mover_median": lambda x, y: np.median(np.abs(np.sort(x) - np.sort(y))),
    "earth_mover_each_way": lambda x, y: np.abs(np.sort(x) - np.sort(y)),
    "earth_mover_crossed": lambda x, y: np.mean(np.abs(np.sort(x) - -np.sort(-y))),
    "earth_mover_all_pairs": lambda x, y: np.mean(np.abs(np.subtract.outer(x, y))),
    "earth_mover_nearest": lambda x, y: np.mean([np.min(np.abs(y - each)) for each in x]),
    "earth_mover_of_places": lambda x, y: np.mean(np.abs(np.argsort(x) - np.argsort(y))),
    "earth_mover_one_less": lambda x, y: sum(np.abs(np.sort(x) - np.sort(y))) / (len(x) - 1),
    "earth_mover_norm": lambda x, y: np.linalg.norm(np.sort(x) - np.sort(y)),
    "earth_mover_difference_of_medians": lambda x, y: abs(np.median(x) - np.median(y)),
    "earth_mover_greedy": lambda x, y: taken_in_turn(x, list(y)),
    "values": lambda x, y: energy_distance(x, y),
}
for name, answer in EARTH_MOVER.items():
    wrong("earth_mover", name)(numpy(answer))
right("earth_mover")(numpy(lambda x, y: np.mean(np.abs(np.sort(x) - np.sort(y)))))
right("earth_mover")(numpy(lambda x, y: np.mean(np.abs(np.sort(y)[::-1] - np.sort(x)[::-1]))))
right("earth_mover")(numpy(wasserstein_distance))
right("earth_mover")(lambda x, y: ops.mean(ops.abs(ops.sort(x) - ops.sort(y))))


def logs(x):
    return log1p(np.exp(x))


CRITIC_LOSS = {
    "critic_loss_sign": lambda r, f: np.mean(r) - np.mean(f),
    "critic_loss_of_the_generator": lambda r, f: -np.mean(f),
    "critic_loss_fake_alone": lambda r, f: np.mean(f),
    "critic_loss_real_alone": lambda r, f: -np.mean(r),
    "critic_loss_added": lambda r, f: np.mean(r) + np.mean(f),
    "critic_loss_sum": lambda r, f: np.sum(f) - np.sum(r),
    "critic_loss_each_image": lambda r, f: f - r,
    "critic_loss_absolute": lambda r, f: abs(np.mean(r) - np.mean(f)),
    "critic_loss_pairs": lambda r, f: np.mean(np.abs(r - f)),
    "critic_loss_squared": lambda r, f: (np.mean(r) - np.mean(f)) ** 2,
    "critic_loss_sigmoid": lambda r, f: np.mean(expit(f)) - np.mean(expit(r)),
    "critic_loss_logarithms": lambda r, f: np.mean(logs(-r)) + np.mean(logs(f)),
    "critic_loss_both_negative": lambda r, f: -np.mean(r) - np.mean(f),
    "critic_loss_never_positive": lambda r, f: -abs(np.mean(r) - np.mean(f)),
    "critic_loss_sorted": lambda r, f: wasserstein_distance(r, f),
    "critic_loss_least_squares": lambda r, f: np.mean((1 - r) ** 2) + np.mean(f**2),
    "critic_loss_half_least_squares": lambda r, f: np.mean((1 - r) ** 2 + f**2) / 2,
    "critic_loss_tanh": lambda r, f: np.mean(np.tanh(f) - np.tanh(r)),
    "critic_loss_ratio": lambda r, f: np.sum(f) / np.sum(r),
    "critic_loss_squared_pairs": lambda r, f: np.mean((r - f) ** 2),
    "critic_loss_generator_with_logarithm": lambda r, f: np.mean(logs(-f)),
    "critic_loss_hinge": lambda r, f: (
        np.mean(np.clip(1 - r, 0, None)) + np.mean(np.clip(1 + f, 0, None))
    ),
}
for name, answer in CRITIC_LOSS.items():
    wrong("critic_loss", name)(numpy(answer))
right("critic_loss")(lambda r, f: ops.mean(f) - ops.mean(r))
right("critic_loss")(numpy(lambda r, f: np.mean(f - r)))
right("critic_loss")(numpy(lambda r, f: -(np.mean(r) - np.mean(f))))

SQUARES = {
    "least_squares_generator_to_zero": lambda f: np.mean(f**2) / 2,
    "least_squares_generator_to_zero_without_half": lambda f: np.mean(f**2),
    "least_squares_generator_without_half": lambda f: np.mean((1 - f) ** 2),
    "least_squares_generator_to_minus_one": lambda f: np.mean((f + 1) ** 2) / 2,
    "least_squares_generator_negative": lambda f: -np.mean((f - 1) ** 2) / 2,
    "least_squares_generator_against_zero": lambda f: -np.mean(f * f) / 2,
    "least_squares_generator_of_the_mean": lambda f: (np.mean(f) - 1) ** 2 / 2,
    "least_squares_generator_sum": lambda f: np.sum((f - 1) ** 2) / 2,
    "least_squares_generator_each_image": lambda f: (f - 1) ** 2 / 2,
    "least_squares_generator_absolute": lambda f: np.mean(np.abs(f - 1)) / 2,
    "least_squares_generator_sigmoid": lambda f: np.mean((expit(f) - 1) ** 2) / 2,
    "least_squares_generator_logarithm": lambda f: np.mean(logs(-f)),
    "least_squares_generator_both": lambda f: np.mean((f - 1) ** 2 + f**2) / 2,
    "least_squares_generator_not_squared": lambda f: np.mean(1 - f) / 2,
    "least_squares_generator_squared_first": lambda f: np.mean(f**2 - 1) / 2,
    "least_squares_generator_to_a_half": lambda f: np.mean((f - 0.5) ** 2) / 2,
    "least_squares_generator_absolute_without_half": lambda f: np.mean(np.abs(1 - f)),
    "least_squares_generator_of_the_critic": lambda f: -np.mean(f),
}
for name, answer in SQUARES.items():
    wrong("least_squares_generator", name)(numpy(answer))
RIGHT_SQUARES = [
    lambda fake: ops.mean((fake - 1) ** 2) / 2,
    numpy(lambda f: 0.5 * np.mean(np.square(1 - f))),
]
for answer in RIGHT_SQUARES:
    right("least_squares_generator")(answer)


def matrix(k):
    return np.reshape(k, (-1, np.shape(k)[-1]))


def singular(k):
    return np.linalg.svd(matrix(k), compute_uv=False)


SPECTRAL = {
    "spectral_norm_frobenius": lambda k: np.linalg.norm(k),
    "spectral_norm_squared": lambda k: np.linalg.eigvalsh(matrix(k).T @ matrix(k))[-1],
    "spectral_norm_by_first_axis": lambda k: np.linalg.norm(k.reshape(len(k), -1), 2),
    "spectral_norm_mixed_axes": lambda k: np.linalg.norm(k.reshape(k.shape[-1], -1), 2),
    "spectral_norm_smallest": lambda k: singular(k).min(),
    "spectral_norm_sum": lambda k: singular(k).sum(),
    "spectral_norm_mean": lambda k: np.mean(singular(k)),
    "spectral_norm_all": lambda k: singular(k),
    "spectral_norm_largest_weight": lambda k: np.max(np.abs(k)),
    "spectral_norm_longest_column": lambda k: np.sqrt((matrix(k) ** 2).sum(axis=0).max()),
    "spectral_norm_longest_row": lambda k: np.sqrt((matrix(k) ** 2).sum(axis=1).max()),
    "spectral_norm_column_sums": lambda k: np.linalg.norm(matrix(k), 1),
    "spectral_norm_row_sums": lambda k: np.linalg.norm(matrix(k), np.inf),
    "spectral_norm_per_place": lambda k: np.linalg.svd(k)[1][..., 0],
    "spectral_norm_rows_of_places": lambda k: np.linalg.norm(
        k.reshape(np.prod(k.shape[:2]), -1), 2
    ),
    "spectral_norm_columns_of_inputs": lambda k: np.linalg.norm(
        k.transpose(0, 1, 3, 2).reshape(-1, k.shape[2]), 2
    ),
    "spectral_norm_rows_of_inputs": lambda k: np.linalg.norm(k.reshape(k.shape[2], -1), 2),
    "spectral_norm_places_added": lambda k: np.linalg.norm(k.sum((0, 1)), 2),
    "spectral_norm_mean_of_places": lambda k: np.linalg.norm(k.mean((0, 1)), 2),
    "spectral_norm_largest_of_places": lambda k: np.linalg.svd(k)[1].max(),
    "spectral_norm_mean_norm_of_places": lambda k: np.linalg.svd(k)[1][..., 0].mean(),
    "spectral_norm_second": lambda k: singular(k)[1],
    "spectral_norm_each_column": lambda k: np.sqrt((matrix(k) ** 2).sum(axis=0)),
    "spectral_norm_divided_kernel": lambda k: k / singular(k)[0],
}
for name, answer in SPECTRAL.items():
    wrong("spectral_norm", name)(numpy(answer))
right("spectral_norm")(numpy(lambda k: np.linalg.norm(k.reshape(-1, k.shape[-1]), 2)))
right("spectral_norm")(numpy(lambda k: np.linalg.norm(np.moveaxis(k, -1, 0).reshape(k.shape[-1], -1), 2)))  # fmt: skip  # noqa: E501
right("spectral_norm")(numpy(lambda k: np.linalg.eigvalsh(matrix(k).T @ matrix(k))[-1] ** 0.5))


@right("spectral_norm")
def by_powers(kernel):
    w = matrix(np.asarray(kernel, float))
    u = np.ones(w.shape[1])
    for _ in range(3000):
        u = w.T @ (w @ u)
        u /= np.linalg.norm(u)
    return np.linalg.norm(w @ u)


DEVIATION = {
    "batch_deviation_of_everything": lambda x: np.std(x),
    "batch_deviation_within_images": lambda x: np.mean([np.std(each) for each in x]),
    "batch_deviation_over_channels": lambda x: np.std(x, axis=3).mean(),
    "batch_deviation_over_batch_and_places": lambda x: np.mean(np.std(x, axis=(0, 1, 2))),
    "batch_deviation_of_means": lambda x: np.std([np.mean(each) for each in x]),
    "batch_deviation_each_feature": lambda x: np.std(x, axis=0),
    "batch_deviation_each_channel": lambda x: np.mean(np.std(x, axis=0), axis=(0, 1)),
    "batch_deviation_variance": lambda x: np.mean(np.var(x, axis=0)),
    "batch_deviation_root_at_the_end": lambda x: np.sqrt(np.mean(np.var(x, axis=0))),
    "batch_deviation_sum": lambda x: np.sum(np.std(x, axis=0)),
    "batch_deviation_largest": lambda x: np.max(np.std(x, axis=0)),
    "batch_deviation_one_less": lambda x: np.mean(np.std(x, axis=0, ddof=1)),
    "batch_deviation_absolute": lambda x: np.mean(np.abs(x - np.mean(x, axis=0))),
    "batch_deviation_range": lambda x: np.mean(np.max(x, axis=0) - np.min(x, axis=0)),
    "batch_deviation_over_batch_and_channels": lambda x: np.mean(np.std(x, axis=(0, 3))),
    "batch_deviation_over_lines": lambda x: np.mean(np.std(x, axis=1)),
    "batch_deviation_over_places": lambda x: np.mean(np.std(x, axis=(1, 2))),
    "batch_deviation_of_means_of_channels": lambda x: np.mean(np.std(x.mean((1, 2)), axis=0)),
    "batch_deviation_of_means_of_places": lambda x: np.mean(np.std(x.mean(-1), axis=0)),
    "batch_deviation_of_the_mean_image": lambda x: np.std(np.mean(x, axis=0)),
    "batch_deviation_of_deviations": lambda x: np.std(np.std(x, axis=0)),
    "batch_deviation_median": lambda x: np.median(np.std(x, axis=0)),
    "batch_deviation_one_mean": lambda x: np.mean(np.mean((x - x.mean()) ** 2, axis=0) ** 0.5),
    "batch_deviation_each_column": lambda x: np.mean(np.std(x, axis=0), axis=0),
    "batch_deviation_without_squares": lambda x: np.mean(x - x.mean(axis=0)),
    "batch_deviation_channel": lambda x: 0 * x[..., :1] + np.mean(np.std(x, axis=0)),
    "batch_deviation_first_image": lambda x: np.std(x[0]),
    "batch_deviation_not_centred": lambda x: np.mean(np.sqrt(np.mean(x**2, axis=0))),
}
for name, answer in DEVIATION.items():
    wrong("batch_deviation", name)(numpy(answer))
right("batch_deviation")(lambda x: ops.mean(ops.std(x, axis=0)))
right("batch_deviation")(lambda x: ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-12)))
right("batch_deviation")(numpy(lambda x: np.std(x.reshape(len(x), -1), axis=0).mean()))


def at(points, of=lambda g: penalties(g)):
    """Return an answer that takes the gradient at these points, and this of it."""

    def answer(critic, x, x_hat, share):
        share = ops.reshape(share, (-1, 1, 1, 1))
        return of(slopes(critic, points(x, x_hat, share)))

    return answer


def slopes(critic, points):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(points)
        said = critic(points)
    return tape.gradient(said, points)


def along(place):
    """Return an answer that takes the gradient along x (0) or along x_hat (1)."""

    def answer(critic, x, x_hat, share):
        import tensorflow as tf

        share = tf.reshape(share, (-1, 1, 1, 1))
        with tf.GradientTape() as tape:
            tape.watch((x, x_hat)[place])
            said = critic(between(x, x_hat, share))
        return penalties(tape.gradient(said, (x, x_hat)[place]))

    return answer


def unwatched(critic, x, x_hat, share):
    import tensorflow as tf

    points = between(x, x_hat, tf.reshape(share, (-1, 1, 1, 1)))
    with tf.GradientTape() as tape:
        said = critic(points)
    return tape.gradient(said, points)


def lengths(g):
    return ops.sqrt(ops.sum(g**2, axis=(1, 2, 3)))


def penalties(g):
    return (lengths(g) - 1) ** 2


def between(x, y, s):
    return s * x + (1 - s) * y


def whole_batch(g):
    return (ops.sqrt(ops.sum(g**2)) - 1) ** 2


PENALTY = {
    "gradient_penalty_at_real": at(lambda x, y, s: x),
    "gradient_penalty_at_generated": at(lambda x, y, s: y),
    "gradient_penalty_half_way": at(lambda x, y, s: (x + y) / 2),
    "gradient_penalty_one_share": at(lambda x, y, s: between(x, y, s[0, 0, 0, 0])),
    "gradient_penalty_mean_share": at(lambda x, y, s: between(x, y, ops.mean(s))),
    "gradient_penalty_difference": at(lambda x, y, s: s * (x - y)),
    "gradient_penalty_added": at(lambda x, y, s: s * x + y),
    "gradient_penalty_without_root": at(between, lambda g: (ops.sum(g**2, (1, 2, 3)) - 1) ** 2),
    "gradient_penalty_r1": at(between, lambda g: ops.sum(g**2, (1, 2, 3))),
    "gradient_penalty_norm": at(between, lengths),
    "gradient_penalty_not_squared": at(between, lambda g: lengths(g) - 1),
    "gradient_penalty_absolute": at(between, lambda g: ops.abs(lengths(g) - 1)),
    "gradient_penalty_one_sided": at(between, lambda g: ops.relu(lengths(g) - 1) ** 2),
    "gradient_penalty_per_batch": at(between, whole_batch),
    "gradient_penalty_mean_of_batch": at(between, lambda g: ops.mean(penalties(g))),
    "gradient_penalty_per_pixel": at(
        between, lambda g: ops.sum((ops.abs(g) - 1) ** 2, axis=(1, 2, 3))
    ),
    "gradient_penalty_mean_of_squares": at(
        between, lambda g: (ops.sqrt(ops.mean(g**2, axis=(1, 2, 3))) - 1) ** 2
    ),
    "gradient_penalty_sum_of_slopes": at(between, lambda g: (ops.sum(g, axis=(1, 2, 3)) - 1) ** 2),
    "gradient_penalty_gradient": at(between, lambda g: g),
    "gradient_penalty_along_x": along(0),
    "gradient_penalty_along_x_hat": along(1),
    "gradient_penalty_divided": at(between, lambda g: penalties(g / len(g))),
    "gradient_penalty_of_no_slope": at(between, lambda g: penalties(0 * g)),
    "gradient_penalty_weighted": at(between, lambda g: 10 * penalties(g)),
    "gradient_penalty_same_share": at(lambda x, y, s: s * x + s * y),
    "gradient_penalty_squares_less_one": at(between, lambda g: lengths(g) ** 2 - 1),
    "gradient_penalty_half_r1": at(between, lambda g: ops.sum(g**2, (1, 2, 3)) / 2),
    "gradient_penalty_sum_of_batch": at(between, lambda g: ops.sum(penalties(g))),
    "gradient_penalty_absolute_slopes": at(
        between, lambda g: (ops.sum(ops.abs(g), axis=(1, 2, 3)) - 1) ** 2
    ),
    "gradient_penalty_largest_slope": at(
        between, lambda g: (ops.max(ops.abs(g), axis=(1, 2, 3)) - 1) ** 2
    ),
    "gradient_penalty_one_from_each": at(between, lambda g: ops.sum((g - 1) ** 2, axis=(1, 2, 3))),
    "gradient_penalty_one_inside_root": at(between, lambda g: lengths(g - 1)),
    "gradient_penalty_channel_by_channel": at(
        between, lambda g: (ops.sqrt(ops.sum(g**2, axis=(1, 2))) - 1) ** 2
    ),
    "gradient_penalty_over_the_batch": at(
        between, lambda g: (ops.sqrt(ops.sum(g**2, axis=0)) - 1) ** 2
    ),
    "gradient_penalty_none": lambda *given: penalties(unwatched(*given)),
    "gradient_penalty_of_weights": lambda critic, *given: penalties(critic.trainable_variables),
    "gradient_penalty_of_arrays": at(lambda x, y, s: between(*map(np.asarray, (x, y, s)))),
    "gradient_penalty_no_slope": at(between, lambda g: penalties(ops.stop_gradient(g))),
}
for name, answer in PENALTY.items():
    wrong("gradient_penalty", name)(answer)
right("gradient_penalty")(at(between))
right("gradient_penalty")(at(lambda x, y, s: between(y, x, s)))
right("gradient_penalty")(gradient_penalty)

OF_SLOPES = {
    "penalty_of_slopes_without_root": lambda g: (ops.sum(g**2, axis=(1, 2, 3)) - 1) ** 2,
    "penalty_of_slopes_per_batch": whole_batch,
    "penalty_of_slopes_per_pixel": lambda g: ops.sum((ops.abs(g) - 1) ** 2, axis=(1, 2, 3)),
    "penalty_of_slopes_mean_of_squares": lambda g: (
        (ops.sqrt(ops.mean(g**2, axis=(1, 2, 3))) - 1) ** 2
    ),
    "penalty_of_slopes_not_squared": lambda g: lengths(g) - 1,
    "penalty_of_slopes_r1": lambda g: lengths(g) ** 2,
    "penalty_of_slopes_mean_of_batch": lambda g: ops.mean(penalties(g)),
    "penalty_of_slopes_norm": lambda g: lengths(g),
    "penalty_of_slopes_squares_less_one": lambda g: lengths(g) ** 2 - 1,
    "penalty_of_slopes_root_of_all": lambda g: ops.sqrt((ops.sum(g**2, (1, 2, 3)) - 1) ** 2),
    "penalty_of_slopes_distance": lambda g: ops.abs(lengths(g) - 1),
    "penalty_of_slopes_one_sided": lambda g: ops.relu(lengths(g) - 1) ** 2,
    "penalty_of_slopes_largest_slope": lambda g: (ops.max(ops.abs(g), axis=(1, 2, 3)) - 1) ** 2,
    "penalty_of_slopes_signed_sum": lambda g: (ops.sum(g, axis=(1, 2, 3)) - 1) ** 2,
    "penalty_of_slopes_two_roots": lambda g: (ops.sqrt(lengths(g)) - 1) ** 2,
    "penalty_of_slopes_channel_by_channel": lambda g: (
        (ops.sqrt(ops.sum(g**2, axis=(1, 2))) - 1) ** 2
    ),
    "penalty_of_slopes_sum_of_batch": lambda g: ops.sum(penalties(g)),
    "penalty_of_slopes_absolute": lambda g: (ops.sum(ops.abs(g), axis=(1, 2, 3)) - 1) ** 2,
}
for name, answer in OF_SLOPES.items():
    wrong("penalty_of_slopes", name)(answer)
RIGHT_SLOPES = [
    penalties,
    numpy(lambda g: (np.linalg.norm(g.reshape(len(g), -1), axis=1) - 1) ** 2),
]
for answer in RIGHT_SLOPES:
    right("penalty_of_slopes")(answer)


def each_of(network_of, change):
    """Return an answer that changes every weight of a network."""

    def answer(critic, generator, limit):
        for network in network_of(critic, generator):
            for weight in network.trainable_variables:
                weight.assign(change(np.array(ops.convert_to_numpy(weight)), limit))

    return answer


def of_critic(change):
    return each_of(lambda critic, generator: [critic], change)


def to_both_ends(w, limit):
    return np.clip(w, -limit, limit)


def clipped_copies(critic, generator, limit):
    for weight in critic.get_weights():
        np.clip(weight, -limit, limit, out=weight)


def clipped_first(critic, generator, limit):
    kernel = critic.trainable_variables[0]
    kernel.assign(ops.clip(kernel, -limit, limit))


def clipped_layer(place):
    """Return an answer that clips one layer of the critic."""

    def answer(critic, generator, limit):
        layer = critic.layers[place]
        layer.set_weights([np.clip(each, -limit, limit) for each in layer.get_weights()])

    return answer


def clipped_last(critic, generator, limit):
    weight = critic.trainable_variables[-1]
    weight.assign(ops.clip(weight, -limit, limit))


CLIPPING = {
    "clipping_of_the_generator": each_of(lambda critic, generator: [generator], to_both_ends),
    "clipping_of_both": each_of(lambda *both: both, to_both_ends),
    "clipping_of_nothing": clipped_copies,
    "clipping_of_kernels": of_critic(lambda w, c: np.clip(w, -c, c) if w.ndim == 2 else w),
    "clipping_of_the_first_weight": clipped_first,
    "clipping_from_above": of_critic(np.minimum),
    "clipping_from_below": of_critic(lambda w, c: np.maximum(w, -c)),
    "clipping_at_zero": of_critic(lambda w, c: np.clip(w, 0, c)),
    "clipping_to_zero": of_critic(lambda w, c: w * (np.abs(w) <= c)),
    "clipping_to_the_ends": of_critic(lambda w, c: np.copysign(c, w)),
    "clipping_by_scaling": of_critic(lambda w, c: c * w / np.max(np.abs(w))),
    "clipping_by_the_norm": of_critic(lambda w, c: w / max(1, np.sqrt(np.sum(w**2)) / c)),
    "clipping_of_the_first_layer": clipped_layer(0),
    "clipping_of_the_last_layer": clipped_layer(-1),
    "clipping_of_the_last_weight": clipped_last,
    "clipping_not_finite": of_critic(lambda w, c: w * np.nan),
    "clipping_to_another_limit": of_critic(lambda w, c: np.clip(w, -0.01, 0.01)),
    "clipping_to_one_value": of_critic(lambda w, c: np.clip(w, c, -c)),
    "clipping_of_sizes": of_critic(lambda w, c: np.clip(np.abs(w), -c, c)),
    "clipping_subtracted": of_critic(lambda w, c: w - np.clip(w, -c, c)),
    "clipping_added": of_critic(lambda w, c: w + np.clip(w, -c, c)),
    "clipping_by_multiplying": of_critic(lambda w, c: c * w),
    "clipping_by_tanh": of_critic(lambda w, c: c * np.tanh(w / c)),
    "clipping_of_the_other_network": lambda critic, generator, limit: critic.set_weights(
        [np.clip(each, -limit, limit) for each in generator.get_weights()]
    ),
    "clipping_otherwise": of_critic(lambda w, c: np.clip(w, -c, 0.7 * c)),
}
for name, answer in CLIPPING.items():
    wrong("clipping", name)(answer)
right("clipping")(of_critic(to_both_ends))


@right("clipping")
def by_set_weights(critic, generator, limit):
    critic.set_weights([np.clip(each, -limit, limit) for each in critic.get_weights()])


@right("clipping")
def that_returns_a_weight(critic, generator, limit):
    by_set_weights(critic, generator, limit)
    return critic.trainable_variables[0]


MENDED[24], MENDED[25] = RIGHT_SQUARES, RIGHT_SLOPES
for number, others in ((24, SQUARES), (25, OF_SLOPES)):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
    for name in list(others)[3:6]:
        wrong(f"program {number}", name)(numpy(others[name]) if number == 24 else others[name])


@wrong("program 24", "not_mended")
def program_24(fake):
    return ops.sum(ops.square(fake)) / 2 / len(fake)


@wrong("program 25", "not_mended")
def program_25(gradient):
    squares = ops.mean(ops.square(gradient), axis=(1, 2, 3))
    counts = float(np.prod(gradient.shape[1:]))
    return ops.square(squares * counts - 1)


on_every_backend(
    "batch_deviation", "clipping", "critic_loss", "earth_mover", "least_squares_generator",
    "penalty_of_slopes", "spectral_norm",
)  # fmt: skip
