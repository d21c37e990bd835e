"""Answers to the exercises of VAE6: z with a class, styles, a constrained loss, best of N."""

import math

import keras
import numpy as np
from keras import layers, ops

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED


def hot(labels, classes):
    return keras.utils.to_categorical(labels, classes)


def beside(table):
    """Return an answer that puts a table, made of labels and classes, beside z."""
    return numpy(lambda z, y, k: np.hstack([z, table(y, int(k))]))


def whole_columns(labels, classes):
    table = np.zeros((len(labels), classes))
    table[:, labels] = 1
    return table


JOIN = {
    "join_number": lambda y, k: y[:, None],
    "join_share": lambda y, k: y.reshape(-1, 1) / k,
    "join_all_rows": whole_columns,
    "join_in_order": lambda y, k: np.eye(k)[: len(y)],
    "join_first_label": lambda y, k: hot(np.full(len(y), y[0]), k),
    "join_one_place_early": lambda y, k: np.eye(k)[y - 1],
    "join_one_place_late": lambda y, k: np.eye(k, k=1)[y],
    "join_places_of_batch": lambda y, k: keras.utils.to_categorical(y),
    "join_ten_places": lambda y, k: np.eye(10)[y],
    "join_a_place_too_many": lambda y, k: np.eye(k + 1)[y],
    "join_upside_down": lambda y, k: 1 - hot(y, k),
    "join_label_in_place": lambda y, k: hot(y, k) * y[:, None],
    "join_class_twice": lambda y, k: np.hstack([hot(y, k), y[:, None]]),
    "join_counts_from_one": lambda y, k: np.eye(k)[y + 1],
}
for name, table in JOIN.items():
    wrong("join", name)(beside(table))
wrong("join", "join_class_first")(numpy(lambda z, y, k: np.hstack([hot(y, int(k)), z])))
wrong("join", "join_class_only")(numpy(lambda z, y, k: hot(y, int(k))))
wrong("join", "join_z_only")(numpy(lambda z, y, k: z))
wrong("join", "turned")(numpy(lambda z, y, k: np.hstack([z, hot(y, int(k))]).T))
wrong("join", "join_without_axis")(numpy(lambda z, y, k: np.concatenate([z, hot(y, int(k))])))
wrong("join", "join_does_not_fit")(numpy(lambda z, y, k: np.concatenate([z, y], axis=1)))
wrong("join", "join_does_not_fit")(numpy(lambda z, y, k: np.concatenate([z, y], 1)))
right("join")(beside(lambda y, k: np.eye(k)[y]))
right("join")(beside(lambda y, k: y[:, None] == np.arange(k)))
right("join")(lambda z, y, k: ops.concatenate([z, ops.one_hot(y, k)], axis=-1))
right("join")(
    numpy(lambda z, y, k: [[*a, *(float(b == i) for i in range(k))] for a, b in zip(z, y)])  # noqa: B905
)


@right("join")
def join_by_places(z, labels, classes):
    z, labels = np.asarray(z), np.asarray(labels)
    table = np.zeros((len(z), z.shape[1] + classes))
    table[:, : z.shape[1]] = z
    table[np.arange(len(z)), z.shape[1] + labels] = 1
    return table


def styled(z, labels):
    """Return an answer that gives two tables, made of styles, and of their number and classes."""
    return lambda styles, classes: (
        z(np.array(styles), classes),
        labels(len(styles), classes),
    )


def each_for_all(styles, classes):
    return np.repeat(styles, classes, axis=0)


def in_turn(n, classes):
    return np.tile(np.arange(classes), n)


def one_by_one(n, classes):
    return np.repeat(np.arange(classes), n)


def over_and_over(styles, classes):
    return np.concatenate([styles] * classes)


STYLES = {
    "style_table_column_by_column": styled(over_and_over, one_by_one),
    "style_table_both_repeated": styled(each_for_all, one_by_one),
    "style_table_both_tiled": styled(over_and_over, in_turn),
    "style_table_labels_once": styled(each_for_all, lambda n, k: np.arange(k)),
    "style_table_styles_once": styled(lambda styles, k: styles, in_turn),
    "style_table_nothing_repeated": styled(lambda styles, k: styles, lambda n, k: np.arange(k)),
    "style_table_flattened": styled(np.repeat, in_turn),
    "style_table_repeats_numbers": styled(lambda s, k: np.repeat(s, k, axis=1), in_turn),
    "style_table_long_rows": styled(np.tile, in_turn),
    "style_table_counts_exchanged": styled(lambda s, k: np.repeat(s, len(s), axis=0), in_turn),
    "style_table_from_one": styled(each_for_all, lambda n, k: np.tile(np.arange(1, k + 1), n)),
    "style_table_one_hot": styled(each_for_all, lambda n, k: np.tile(np.eye(k), (n, 1))),
    "style_table_grid": styled(lambda s, k: np.stack([s] * k, axis=1), in_turn),
    "style_table_labels_grid": styled(each_for_all, lambda n, k: np.tile(np.arange(k), (n, 1))),
    "style_table_shapes": styled(each_for_all, lambda n, k: in_turn(n, k)[:, None]),
    "style_table_rows": styled(each_for_all, lambda n, k: in_turn(n, k)[::-1]),
    "style_table_exchanged": lambda styles, k: styled(each_for_all, in_turn)(styles, k)[::-1],
    "style_table_outputs": lambda styles, k: each_for_all(np.array(styles), k),
    "no_number": lambda styles, k: ("z", "labels"),
}
for name, answer in STYLES.items():
    wrong("style_table", name)(answer)
right("style_table")(styled(each_for_all, in_turn))
right("style_table")(styled(each_for_all, lambda n, k: np.arange(n * k) % k))
right("style_table")(
    lambda styles, k: (ops.repeat(styles, k, axis=0), ops.tile(ops.arange(k), len(styles)))
)
right("style_table")(
    lambda styles, k: [
        [list(map(float, style)) for style in styles for _ in range(k)],
        [c for _ in styles for c in range(k)],
    ]
)


def error_of(x, x_hat):
    return ops.mean((x - x_hat) ** 2)


def first_of(z, width):
    return ops.mean((z[:, 0] - width) ** 2)


def loss_of(term, copies=error_of):
    """Return the loss with these two terms, the second a function of z, width and weight."""
    return lambda x, x_hat, z, width, weight: copies(x, x_hat) + term(z, width, weight)


def loss_of_copies(copies):
    return loss_of(lambda z, width, weight: weight * first_of(z, width), copies)


def each_image(x, x_hat):
    return ops.mean((x - x_hat) ** 2, axis=(1, 2, 3))


LOSSES = {
    "constrained_loss_all_pairs": loss_of(lambda z, w, k: k * ops.mean((z[:, 0:1] - w) ** 2)),
    "constrained_loss_all_pairs_added": loss_of(
        lambda z, w, k: k * ops.mean(ops.sum((z[:, :1] - w) ** 2, axis=-1))
    ),
    "constrained_loss_all_pairs_all_added": loss_of(
        lambda z, w, k: k * ops.sum((z[:, :1] - w) ** 2)
    ),
    "constrained_loss_first_image": loss_of(lambda z, w, k: k * ops.mean((z[0] - w[:, None]) ** 2)),
    "constrained_loss_one_number": loss_of(lambda z, w, k: k * ops.mean((z[0, 0] - w) ** 2)),
    "constrained_loss_all_numbers": loss_of(lambda z, w, k: k * ops.mean((z - w[:, None]) ** 2)),
    "constrained_loss_all_numbers_added": loss_of(
        lambda z, w, k: k * ops.mean(ops.sum((z - w[:, None]) ** 2, axis=1))
    ),
    "constrained_loss_last_number": loss_of(lambda z, w, k: k * ops.mean((z[:, -1] - w) ** 2)),
    "constrained_loss_second_number": loss_of(lambda z, w, k: k * ops.mean((z[:, 1] - w) ** 2)),
    "constrained_loss_mean_number": loss_of(
        lambda z, w, k: k * ops.mean((ops.mean(z, axis=1) - w) ** 2)
    ),
    "constrained_loss_no_weight": loss_of(lambda z, w, k: first_of(z, w)),
    "constrained_loss_weight_squared": loss_of(lambda z, w, k: ops.mean((k * (z[:, 0] - w)) ** 2)),
    "constrained_loss_divided_by_weight": loss_of(lambda z, w, k: first_of(z, w) / k),
    "constrained_loss_subtracted": loss_of(lambda z, w, k: -k * first_of(z, w)),
    "constrained_loss_copies_only": loss_of(lambda z, w, k: 0.0),
    "constrained_loss_width_only": loss_of_copies(lambda x, x_hat: 0.0),
    "constrained_loss_not_squared": loss_of(lambda z, w, k: k * ops.mean(z[:, 0] - w)),
    "constrained_loss_mean_first": loss_of(lambda z, w, k: k * ops.mean(z[:, 0] - w) ** 2),
    "constrained_loss_absolute": loss_of(lambda z, w, k: k * ops.mean(ops.abs(z[:, 0] - w))),
    "constrained_loss_root": loss_of(lambda z, w, k: k * ops.sqrt(first_of(z, w))),
    "constrained_loss_widths_added": loss_of(lambda z, w, k: k * ops.sum((z[:, 0] - w) ** 2)),
    "constrained_loss_pixels_added": loss_of_copies(
        lambda x, x_hat: ops.mean(ops.sum((x - x_hat) ** 2, axis=(1, 2, 3)))
    ),
    "constrained_loss_all_added": loss_of_copies(lambda x, x_hat: ops.sum((x - x_hat) ** 2)),
    "constrained_loss_of_sums": loss_of(
        lambda z, w, k: k * ops.sum((z[:, 0] - w) ** 2), lambda x, y: ops.sum((x - y) ** 2)
    ),
    "constrained_loss_of_each_image": loss_of(lambda z, w, k: k * (z[:, 0] - w) ** 2, each_image),
    "constrained_loss_of_each_width": loss_of(lambda z, w, k: k * (z[:, 0] - w) ** 2),
    "constrained_loss_absolute_copies": loss_of_copies(lambda x, y: ops.mean(ops.abs(x - y))),
    "constrained_loss_copies_not_squared": loss_of_copies(lambda x, y: ops.mean(x - y)),
    "constrained_loss_cross_entropy": loss_of_copies(
        lambda x, y: ops.mean(keras.losses.binary_crossentropy(x, y))
    ),
    "combination": loss_of(lambda z, w, k: 2 * k * first_of(z, w)),
    "constrained_loss_weight_on_copies": lambda x, y, z, w, k: k * error_of(x, y) + first_of(z, w),
    "constrained_loss_weight_on_both": lambda x, y, z, w, k: k * (error_of(x, y) + first_of(z, w)),
    "constrained_loss_shares": lambda x, y, z, w, k: (1 - k) * error_of(x, y) + k * first_of(z, w),
}
for name, answer in LOSSES.items():
    wrong("constrained_loss", name)(answer)


@wrong("constrained_loss", "constrained_loss_first_image")
@wrong("program 15", "constrained_loss_first_image")
def loss_of_first_image(x, x_hat, z, width, weight):
    first = z[:1]
    return error_of(x, x_hat) + weight * ops.mean((first[0] - width) ** 2)


@wrong("constrained_loss", "error_other_library")
def loss_by_methods(x, x_hat, z, width, weight):
    return (x - x_hat).permute(0, 3, 1, 2).mean() + weight * (z[:, 0] - width).unsqueeze(0).sum()


def by_squares(x, x_hat, z, width, weight):
    copies = keras.losses.mean_squared_error(ops.reshape(x, -1), ops.reshape(x_hat, -1))
    return copies + weight * keras.losses.mean_squared_error(width, z[:, 0])


def of_images(x, x_hat, z, width, weight):
    distance = ops.square(ops.squeeze(z[:, :1], axis=-1) - width)
    return ops.mean(each_image(x, x_hat) + weight * distance)


@numpy
def by_numpy(x, x_hat, z, width, weight):
    return np.mean((x_hat - x) ** 2) + weight * np.mean((width - z[:, 0]) ** 2)


RIGHT_LOSSES = loss_of(lambda z, w, k: k * first_of(z, w)), by_squares, of_images, by_numpy
for answer in RIGHT_LOSSES:
    right("constrained_loss")(answer)


def errors(draws, truth):
    return np.mean((draws - truth) ** 2, axis=(2, 3, 4))


def nearest(draws, truth):
    choice = errors(draws, truth).argmin(axis=0)
    return np.stack([draws[k, i] for i, k in enumerate(choice)])


BEST = {
    "best_of_pixels": lambda d, t: np.min((d - t) ** 2, axis=0).mean(axis=(1, 2, 3)),
    "best_of_mean_error": lambda d, t: errors(d, t).mean(axis=0),
    "best_of_mean_draw": lambda d, t: np.mean((d.mean(axis=0) - t) ** 2, axis=(1, 2, 3)),
    "best_of_worst": lambda d, t: errors(d, t).max(axis=0),
    "best_of_median": lambda d, t: np.median(errors(d, t), axis=0),
    "best_of_first_draw": lambda d, t: np.mean((d[0] - t) ** 2, axis=(1, 2, 3)),
    "best_of_last_draw": lambda d, t: np.mean((d[-1] - t) ** 2, axis=(1, 2, 3)),
    "best_of_number": lambda d, t: errors(d, t).argmin(axis=0),
    "best_of_table": errors,
    "best_of_frames": lambda d, t: errors(d, t).min(axis=1),
    "best_of_mean_of_frames": lambda d, t: np.mean((d - t) ** 2, axis=(1, 2, 3)).min(axis=0),
    "best_of_everything": lambda d, t: errors(d, t).min(),
    "best_of_one_draw": lambda d, t: min(errors(d, t), key=np.mean),
    "best_of_mean_over_frames": lambda d, t: errors(d, t).min(axis=0).mean(),
    "best_of_sum": lambda d, t: np.sum((d - t) ** 2, axis=(2, 3, 4)).min(axis=0),
    "best_of_root": lambda d, t: np.sqrt(errors(d, t)).min(axis=0),
    "best_of_absolute": lambda d, t: np.abs(d - t).mean(axis=(2, 3, 4)).min(axis=0),
    "best_of_signed": lambda d, t: (d - t).mean(axis=(2, 3, 4)).min(axis=0),
    "best_of_mean_squared": lambda d, t: ((d - t).mean(axis=(2, 3, 4)) ** 2).min(axis=0),
    "best_of_image": nearest,
    "best_of_pixel_errors": lambda d, t: (nearest(d, t) - t) ** 2,
    "best_of_keeps_axis": lambda d, t: errors(d, t).min(axis=0, keepdims=True),
    "best_of_first_frame": lambda d, t: errors(d, t)[:, 0].min(),
    "best_of_last_frame": lambda d, t: errors(d, t)[:, -1].min(),
}
for name, answer in BEST.items():
    wrong("best_of", name)(numpy(answer))
right("best_of")(numpy(lambda d, t: errors(d, t).min(axis=0)))
right("best_of")(numpy(lambda d, t: np.mean((nearest(d, t) - t) ** 2, axis=(1, 2, 3))))
right("best_of")(numpy(lambda d, t: np.sort(errors(d, t), axis=0)[0]))
right("best_of")(lambda d, t: ops.min(ops.mean((d - t[None]) ** 2, axis=(-3, -2, -1)), axis=0))
right("best_of")(
    numpy(lambda d, t: [min(((f - t[i]) ** 2).mean() for f in d[:, i]) for i in range(len(t))])
)


def networks(
    to_codes=lambda image, c: layers.Concatenate()([image, c]),
    to_image=lambda z, c: layers.Concatenate()([z, c]),
    means=lambda x, d: layers.Dense(d)(x),
    pixels=lambda x, n: layers.Dense(n, activation="sigmoid")(x),
    order=slice(None),
):
    """Return a function that builds the two networks, of what goes into each of their halves."""

    def build(image_shape, latent_dim, classes):
        image, c = keras.Input(image_shape), keras.Input((classes,))
        x = layers.Dense(16, activation="tanh")(to_codes(layers.Flatten()(image), c))
        codes = [means(x, latent_dim), layers.Dense(latent_dim)(x)]
        encoder = keras.Model([image, c], codes)
        z, asked = keras.Input((latent_dim,)), keras.Input((classes,))
        x = layers.Dense(16, activation="tanh")(to_image(z, asked))
        x = pixels(x, math.prod(image_shape))
        decoder = keras.Model([z, asked], layers.Reshape((*image_shape[:2], -1))(x))
        return (encoder, decoder)[order]

    return build


def second(first, c):
    return c


def first(first, c):
    return first


def of_image_alone(image_shape, latent_dim, classes):
    _, decoder = networks()(image_shape, latent_dim, classes)
    image = keras.Input(image_shape)
    x = layers.Flatten()(image)
    codes = [layers.Dense(latent_dim)(x), layers.Dense(latent_dim)(x)]
    return keras.Model(image, codes), decoder


def of_z_alone(image_shape, latent_dim, classes):
    encoder, _ = networks()(image_shape, latent_dim, classes)
    z = keras.Input((latent_dim,))
    x = layers.Dense(math.prod(image_shape), activation="sigmoid")(z)
    return encoder, keras.Model(z, layers.Reshape(image_shape)(x))


def of_other_class(image_shape, latent_dim, classes):
    """Build networks whose decoder is joined with the encoder's class."""
    c = keras.Input((classes,))
    return networks(to_image=lambda z, asked: layers.Concatenate()([z, c]))(
        image_shape, latent_dim, classes
    )


def of_symbols_alone(image_shape, latent_dim, classes):
    """Build networks whose decoder can be built, and fails at the first values."""

    class Symbols(layers.Layer):
        def compute_output_spec(self, x):
            return keras.KerasTensor(x.shape, x.dtype)

        def call(self, x):
            raise ValueError("It takes symbols only.")

    return networks(to_image=lambda z, c: Symbols()(layers.Concatenate()([z, c])))(
        image_shape, latent_dim, classes
    )


NETWORKS = {
    "conditional_networks_decoder_ignores_class": networks(to_image=first),
    "conditional_networks_decoder_ignores_class_encoder_too": networks(first, first),
    "conditional_networks_foreign_input": of_other_class,
    "conditional_networks_decoder_ignores_z": networks(to_image=second),
    "conditional_networks_encoder_ignores_class": networks(to_codes=first),
    "conditional_networks_encoder_ignores_image": networks(to_codes=second),
    "conditional_networks_codes": networks(means=lambda x, d: layers.Dense(d + 1)(x)),
    "conditional_networks_image": networks(pixels=lambda x, n: layers.Dense(2 * n)(x)),
    "conditional_networks_range": networks(pixels=lambda x, n: layers.Dense(n)(x)),
    "conditional_networks_exchanged": networks(order=slice(None, None, -1)),
    "conditional_networks_no_pair": networks(order=0),
    "conditional_networks_encoder_inputs": of_image_alone,
    "conditional_networks_decoder_inputs": of_z_alone,
    "conditional_networks_fails": of_symbols_alone,
}
for name, answer in NETWORKS.items():
    wrong("conditional_networks", name)(answer)


def scaled_by_class(z, c):
    """Join z and the class in another way: the class chooses by what z is multiplied."""
    return layers.Multiply()([layers.Dense(8)(z), layers.Dense(8)(c)])


RIGHT_NETWORKS = (
    networks(),
    networks(to_image=scaled_by_class),
    networks(lambda image, c: layers.Add()([layers.Dense(8)(image), layers.Dense(8)(c)])),
)
for answer in RIGHT_NETWORKS:
    right("conditional_networks")(answer)
MENDED[14], MENDED[15] = RIGHT_NETWORKS, RIGHT_LOSSES[:3]
for number in (14, 15):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
wrong("program 14", "not_mended")(networks(to_image=first))
wrong("program 14", "not_mended")(networks(first, first))
wrong("program 14", "conditional_networks_foreign_input")(of_other_class)
wrong("program 14", "conditional_networks_encoder_ignores_class")(networks(to_codes=first))
wrong("program 14", "conditional_networks_decoder_ignores_z")(networks(to_image=second))


@wrong("program 15", "not_mended")
def loss_of_added_pairs(x, x_hat, z, width, weight):
    first = z[:, :1]
    return error_of(x, x_hat) + weight * ops.mean(ops.sum(ops.square(first - width), axis=-1))


wrong("program 15", "constrained_loss_all_numbers")(LOSSES["constrained_loss_all_numbers"])
wrong("program 15", "constrained_loss_of_each_width")(LOSSES["constrained_loss_of_each_width"])
