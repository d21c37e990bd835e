"""Answers that are formulas of numbers: beta, an epoch's loss, its best epoch, importance."""

import math

import keras
import numpy as np
from keras import ops

from tests.checks.planted import on_every_backend, right, wrong

on_every_backend("importance")

# Beta

BETAS = {
    "beta_without_pixels": lambda n, k1, k2: k2 / k1,
    "beta_upside_down": lambda n, k1, k2: n * k1 / k2,
    "beta_inverse": lambda n, k1, k2: 1 / (n * k2 / k1),
    "beta_without_k1": lambda n, k1, k2: n * k2,
    "beta_without_k2": lambda n, k1, k2: n / k1,
    "beta_divided_by_pixels": lambda n, k1, k2: k2 / (k1 * n),
    "beta_product": lambda n, k1, k2: k1 * k2 * n,
    "beta_share": lambda n, k1, k2: n * k2 / (k2 + k1),
    "beta_pixels_squared": lambda n, k1, k2: n * n * k2 / k1,
    "beta_of_one_side": lambda n, k1, k2: n**0.5 * k2 / k1,
    "beta_for_784_pixels": lambda n, k1, k2: 28 * 28 * k2 / k1,
    "beta_is_k2": lambda n, k1, k2: k2,
    "beta_negative": lambda n, k1, k2: -n * k2 / k1,
    "beta_sum": lambda n, k1, k2: n + k2 / k1,
    "beta_of_weighted_pixels": lambda n, k1, k2: k1 * n + k2,
    "shape": lambda n, k1, k2: [k1, n * k2],
    "several_values": lambda n, k1, k2: (n * k2, k1),
    "constant": lambda n, k1, k2: 0.784,
    "combination": lambda n, k1, k2: 2 * n * k2**2 / k1,
    "values_scaled": lambda n, k1, k2: 2 * n * k2 / k1,
    "values_whole": lambda n, k1, k2: n * k2 // k1,
    "values_rounded": lambda n, k1, k2: round(n * k2 / k1, 2),
    "values_root": lambda n, k1, k2: (n * k2 / k1) ** 0.5,
    "values_squared": lambda n, k1, k2: (n * k2 / k1) ** 2,
    "values_logarithm": lambda n, k1, k2: math.log(n * k2 / k1),
    "values_shifted": lambda n, k1, k2: n * k2 / k1 + 1,
    "values": lambda n, k1, k2: n * k2 / k1 + k1 * k2,
    "no_number": lambda n, k1, k2: "beta",
    "error": lambda n, k1, k2: n * k_2 / k1,  # noqa: F821
}
for name, answer in BETAS.items():
    wrong("beta", name)(answer)
for answer in (
    lambda n, k1, k2: n * k2 - k1,
    lambda n, k1, k2: n * (k1 + k2),
    lambda n, k1, k2: n * k2 / (n * k2 + k1),
):
    wrong("beta", "beta_adds")(answer)
wrong("beta", "beta_of_the_terms")(lambda n, k1, k2: n / k1 * kl_loss)  # noqa: F821
wrong("beta", "beta_share_of_weights")(lambda n, k1, k2: k1 / (k1 + k2))
wrong("beta", "beta_share_of_weights")(lambda n, k1, k2: k2 / (k1 + k2))
wrong("beta", "beta_is_n_pixels")(lambda n, k1, k2: n)
wrong("beta", "beta_order")(lambda k1, k2, n_pixels: n_pixels * k2 / k1)
wrong("beta", "beta_order")(lambda n, k2, k1: n * k2 / k1)
right("beta")(lambda n, k1, k2: n * k2 / k1)
right("beta")(lambda n, k1, k2: ops.divide(ops.multiply(float(n), k2), k1))
right("beta")(lambda n, k1, k2: np.float32(k2) / (np.float32(k1) / n))


# An epoch's loss


def means(losses):
    return [np.mean(batch) for batch in losses]


def together(losses):
    return np.concatenate(losses)


EPOCHS = {
    "epoch_last_batch": lambda losses: ops.mean(losses[-1]),
    "epoch_mean_of_means": lambda losses: np.mean(means(losses)),
    "epoch_first_batch": lambda losses: losses[0].mean(),
    "epoch_without_last_batch": lambda losses: together(losses[:-1]).mean(),
    "epoch_sum": lambda losses: ops.sum(ops.concatenate(losses)),
    "epoch_sum_of_means": lambda losses: sum(means(losses)),
    "epoch_last_image": lambda losses: losses[-1][-1],
    "epoch_sum_of_last_batch": lambda losses: losses[-1].sum(),
    "epoch_best_batch": lambda losses: min(means(losses)),
    "epoch_median": lambda losses: np.median(together(losses)),
    "epoch_best_image": lambda losses: together(losses).min(),
    "epoch_worst_image": lambda losses: together(losses).max(),
    "epoch_spread": lambda losses: together(losses).std(),
    "epoch_adds_batches": lambda losses: sum(losses) / len(losses),
    "epoch_every_batch": means,
    "epoch_every_image": together,
    "epoch_of_fixed_size": lambda losses: ops.sum(ops.concatenate(losses)) / 64,
    "no_number": lambda losses: together(losses).mean() + 0j,
    "values": lambda losses: (together(losses) ** 2).mean(),
    "values_rounded": lambda losses: round(float(together(losses).mean()), 3),
    "values_whole": lambda losses: int(together(losses).mean()),
    "error_ragged": lambda losses: np.vstack(losses).mean(),
    "epoch_axis": lambda losses: np.concatenate(losses, axis=1).mean(),
    "epoch_weights_upside_down": lambda losses: np.average(
        means(losses), weights=[1 / len(b) for b in losses]
    ),
    "epoch_count_by_one": lambda losses: together(losses).sum() / (len(together(losses)) - 1),
    "epoch_without_first_batch": lambda losses: together(losses[1:]).mean(),
    "epoch_median_of_batches": lambda losses: np.median(means(losses)),
    "epoch_worst_batch": lambda losses: max(means(losses)),
}
for name, answer in EPOCHS.items():
    wrong("epoch_loss", name)(answer)


def moving(losses, mean=None, share=0.5):
    for batch in losses:
        mean = batch.mean() if mean is None else (1 - share) * mean + share * batch.mean()
    return mean


@wrong("epoch_loss", "returns_in_loop")
def returned_too_early(losses):
    total = 0
    for batch in losses:
        total += np.mean(batch)
        return total / len(losses)


for count in (len, lambda losses: len(together(losses))):
    wrong("epoch_loss", "epoch_quotient")(
        lambda losses, count=count: losses[0].sum() / count(losses)
    )


def sum_of(losses):
    return together(losses).sum()


for answer in (
    lambda losses: sum_of(losses) / (len(losses) * len(losses[0])),
    lambda losses: sum_of(losses) / len(losses),
    lambda losses: sum_of(losses) / len(losses[0]),
    lambda losses: sum_of(losses) / (len(losses) - 1),
    lambda losses: together(losses).mean() / len(losses),
    lambda losses: sum(means(losses)) / sum(map(len, losses)),
    lambda losses: losses[-1].sum() / sum(map(len, losses)),
):
    wrong("epoch_loss", "epoch_quotient")(answer)
wrong("epoch_loss", "epoch_generator")(lambda losses: np.mean(batch for batch in losses))
for answer in (
    lambda losses: 0.9 * losses[0].mean() + 0.1 * losses[-1].mean(),
    lambda losses: together(losses)[:-1].mean(),
    lambda losses: sum(3 * batch.mean() for batch in losses) / len(losses),
):
    wrong("epoch_loss", "epoch_image_weights")(answer)
wrong("epoch_loss", "epoch_moving_mean")(moving)
wrong("epoch_loss", "epoch_moving_mean")(lambda losses: moving(losses, 0.0))
wrong("epoch_loss", "epoch_moving_mean")(lambda losses: moving(losses, share=0.1))
wrong("epoch_loss", "epoch_count_by_one")(
    lambda losses: together(losses).sum() / (len(together(losses)) + 1)
)
wrong("epoch_loss", "epoch_weights_upside_down")(
    lambda losses: sum(batch.mean() / len(batch) for batch in losses)
)
wrong("epoch_loss", "epoch_of_fixed_size")(
    lambda losses: together(losses).sum() / (32 * len(losses))
)
wrong("epoch_loss", "no_number")(lambda losses: str(together(losses).mean()))
wrong("epoch_loss", "no_number")(lambda losses: f"{np.mean(np.concatenate(losses))}")


@wrong("epoch_loss", "epoch_last_batch")
def the_last_of_a_loop(losses):
    for batch in losses:
        shown = np.mean(batch)
    return shown


@right("epoch_loss")
def image_by_image(losses):
    total = count = 0
    for batch in losses:
        for loss in batch:
            total += loss
            count += 1
    return total / count


@right("epoch_loss")
def by_a_tracker(losses):
    tracker = keras.metrics.Mean()
    for batch in losses:
        tracker.update_state(batch)
    return tracker.result()


right("epoch_loss")(lambda losses: np.concatenate(losses).mean())
right("epoch_loss")(lambda losses: ops.mean(ops.concatenate(losses)))
right("epoch_loss")(lambda losses: np.average(means(losses), weights=[len(b) for b in losses]))


# The best epoch


def smallest(key, count=1):
    return lambda history: int(np.argmin(history[key])) + count


def largest(key, count=1):
    return lambda history: history[key].index(max(history[key])) + count


def before_the_first_rise(history):
    values = history["val_loss"]
    for epoch in range(1, len(values)):
        if values[epoch] > values[epoch - 1]:
            return epoch
    return len(values)


def last_fall(history):
    best, values = 0, history["val_loss"]
    for epoch in range(1, len(values)):
        if values[epoch] < values[epoch - 1]:
            best = epoch
    return best + 1


def smallest_gap(history):
    gaps = [abs(v - t) for v, t in zip(history["val_loss"], history["loss"], strict=True)]
    return int(np.argmin(np.round(gaps, 6))) + 1


CHOICES = {
    "best_epoch_on_training": smallest("loss"),
    "best_epoch_from_zero": smallest("val_loss", 0),
    "best_epoch_is_the_last": lambda history: len(history["val_loss"]),
    "best_epoch_is_the_worst": lambda history: ops.argmax(history["val_loss"]) + 1,
    "best_epoch_before_the_first_rise": before_the_first_rise,
    "best_epoch_smallest_gap": smallest_gap,
    "best_epoch_value": lambda history: min(history["val_loss"]),
    "best_epoch_of_both": lambda history: (
        int(np.argmin(np.round(np.add(history["val_loss"], history["loss"]), 9))) + 1
    ),
    "best_epoch_one_too_far": smallest("val_loss", 2),
    "best_epoch_without_the_first": lambda history: np.argmin(history["val_loss"][1:]) + 1,
    "best_epoch_without_the_last": lambda history: np.argmin(history["val_loss"][:-1]) + 1,
    "best_epoch_furthest_below": lambda history: (
        int(np.argmax(np.subtract(history["loss"], history["val_loss"]).round(9))) + 1
    ),
    "best_epoch_elbo_itself": lambda history: max(history["val_elbo"]),
    "best_epoch_last_fall": last_fall,
    "form": lambda history: [smallest("val_loss")(history)],
    "best_epoch_order": lambda history: np.argsort(history["val_loss"]) + 1,
    "shape": lambda history: history["val_loss"],
    "best_epoch_history_twice": lambda history: np.argmin(history.history["val_loss"]) + 1,
    "best_epoch_key": lambda history: np.argmin(history["validation_loss"]) + 1,
    "constant": lambda history: 4,
    "best_epoch_terms_unweighted": lambda history: (
        int(np.argmin(np.add(history["val_r_loss"], history["val_kl_loss"]))) + 1
    ),
    "best_epoch_lists_joined": lambda history: (
        int(np.argmin(history["val_loss"] + history["loss"])) + 1
    ),
    "best_epoch_value_and_one": lambda history: min(history["val_loss"]) + 1,
    "best_epoch_attribute": lambda history: np.argmin(history.val_loss) + 1,
    "best_epoch_of_two_lists": lambda history: (
        history["val_loss"].index(min(history["loss"]) - 1) + 1
    ),
    "no_number": lambda history: f"epoch {smallest('val_loss')(history)}",
    "error_list_and_number": lambda history: np.argmin(history["val_loss"] + 1),
}
for name, answer in CHOICES.items():
    wrong("best_epoch", name)(answer)


for count in (0, 1):
    for key in ("r_loss", "val_r_loss", "kl_loss", "val_kl_loss", "elbo", "val_elbo"):
        wrong("best_epoch", "best_epoch_by_another")(smallest(key, count))
    for key in ("elbo", "val_elbo"):
        wrong("best_epoch", "best_epoch_by_another")(largest(key, count))
wrong("best_epoch", "best_epoch_on_training")(smallest("loss", 0))
wrong("best_epoch", "best_epoch_is_the_last")(lambda history: len(history["loss"]) - 1)
wrong("best_epoch", "best_epoch_order")(lambda history: np.argsort(history["val_loss"]))


@wrong("best_epoch", "best_epoch_never_smaller")
def from_the_value_zero(history):
    best = epoch = 0
    for number, value in enumerate(history["val_loss"], 1):
        if value < best:
            best, epoch = value, number
    return epoch


@wrong("best_epoch", "best_epoch_list_compared")
def where_a_list_is_a_number(history):
    return np.where(history["val_loss"] == min(history["val_loss"]))[0] + 1


@wrong("best_epoch", "best_epoch_list_compared")
def argmax_of_one_truth(history):
    return np.argmax(history["val_loss"] == min(history["val_loss"])) + 1


@wrong("best_epoch", "best_epoch_without_the_first")
def of_all_but_the_first(history):
    return np.argmin(history["val_loss"][1:]) + 2


@wrong("best_epoch", "best_epoch_of_the_dict")
def smallest_of_the_dict(history):
    return np.argmin(history) + 1


@wrong("best_epoch", "best_epoch_of_the_dict")
def smallest_key(history):
    return min(history, key=history.get)


@wrong("best_epoch", "best_epoch_from_zero")
def from_zero_and_the_last_of_a_tie(history):
    best = 0
    for epoch, value in enumerate(history["val_loss"]):
        if value <= history["val_loss"][best]:
            best = epoch
    return best


right("best_epoch")(smallest("val_loss"))
right("best_epoch")(lambda history: ops.argmin(ops.array(history["val_loss"])) + 1)
right("best_epoch")(lambda history: from_zero_and_the_last_of_a_tie(history) + 1)
right("best_epoch")(lambda history: min(enumerate(history["val_loss"], 1), key=lambda e: e[1])[0])


# Importance sampling


def lse(values, axis=0):
    return ops.logsumexp(values, axis=axis)


def softmax(values):
    return ops.softmax(values, axis=0)


IMPORTANCES = {
    "importance_weights_upside_down": lambda p, q: math.log(len(p)) - lse(q - p),
    "importance_weights_upside_down_without_minus": lambda p, q: lse(q - p) - math.log(len(p)),
    "importance_without_log_l": lambda p, q: -lse(p - q),
    "importance_log_l_twice": lambda p, q: -lse(p - q) - math.log(len(p)),
    "importance_mean_of_logs": lambda p, q: -ops.mean(p - q, axis=0),
    "importance_sign": lambda p, q: lse(p - q) - math.log(len(p)),
    "importance_without_q": lambda p, q: math.log(len(p)) - lse(p),
    "importance_q_added": lambda p, q: math.log(len(p)) - lse(p + q),
    "importance_sums_apart": lambda p, q: lse(q) - lse(p),
    "importance_largest": lambda p, q: -ops.max(p - q, axis=0),
    "importance_largest_of_l": lambda p, q: math.log(len(p)) - ops.max(p - q, axis=0),
    "importance_self_normalised": lambda p, q: -ops.sum(softmax(p - q) * (p - q), axis=0),
    "importance_softmax_upside_down": lambda p, q: -ops.sum(softmax(q - p) * (p - q), axis=0),
    "importance_without_log": lambda p, q: -ops.mean(ops.exp(p - q), axis=0),
    "importance_sum_of_logs": lambda p, q: -ops.sum(p - q, axis=0),
    "importance_log_of_batch": lambda p, q: math.log(p.shape[1]) - lse(p - q),
    "importance_for_500_draws": lambda p, q: math.log(500) - lse(p - q),
    "importance_over_images": lambda p, q: math.log(p.shape[1]) - lse(p - q, axis=1),
    "importance_over_images_of_l": lambda p, q: math.log(len(p)) - lse(p - q, axis=1),
    "importance_mean_over_images": lambda p, q: ops.mean(math.log(len(p)) - lse(p - q)),
    "importance_over_everything": lambda p, q: math.log(len(p)) - lse(p - q, axis=None),
    "importance_every_draw": lambda p, q: q - p,
    "importance_keeps_axis": lambda p, q: (
        math.log(len(p)) - ops.logsumexp(p - q, axis=0, keepdims=True)
    ),
    "importance_out_of_range": lambda p, q: -ops.log(ops.mean(ops.exp(p - q), axis=0)),
    "importance_one_largest_for_all": lambda p, q: (
        -ops.max(p - q) - ops.log(ops.mean(ops.exp(p - q - ops.max(p - q)), axis=0))
    ),
    "constant": lambda p, q: 0 * p[0] + 1,
}
for name, answer in IMPORTANCES.items():
    wrong("importance", name)(answer)


@wrong("importance", "importance_out_of_range")
def by_numpy_without_care(log_p, log_q):
    log_p, log_q = (ops.convert_to_numpy(log).astype(float) for log in (log_p, log_q))
    return -np.log((np.exp(log_p) / np.exp(log_q)).mean(axis=0))


wrong("importance", "values")(lambda p, q: math.log(4) - lse(p - q))  # right in the first case only


@right("importance")
def by_numpy_with_care(log_p, log_q):
    log_w = np.asarray(log_p, float) - np.asarray(log_q, float)
    top = log_w.max(axis=0)
    return -(top + np.log(np.exp(log_w - top).mean(axis=0)))


@right("importance")
def image_after_image(log_p, log_q):
    values = [lse(log_p[:, i] - log_q[:, i]) - math.log(len(log_p)) for i in range(log_p.shape[1])]
    return -ops.stack(values)


right("importance")(lambda p, q: ops.log(float(len(p))) - ops.logsumexp(p - q, axis=0))
