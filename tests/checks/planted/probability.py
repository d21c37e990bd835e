"""Answers to the exercises of GEN1: tables, log p(x), hidden causes, Monte Carlo, a chain."""

import keras
import numpy as np
from keras import layers, ops
from scipy.special import log_softmax, logsumexp, softmax
from sklearn.metrics import pairwise_distances, pairwise_distances_argmin

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.programs import MENDED


def numpy(answer):
    """Return the answer with its arguments as NumPy's arrays, as the lesson makes them."""
    return lambda *arguments: answer(*map(np.array, arguments))


CONDITIONAL = {
    "conditional_on_rows": lambda j: j / j.sum(axis=1, keepdims=True),
    "conditional_multiplied": lambda j: j * j.sum(axis=0),
    "conditional_joint": lambda j: j / j.sum(),
    "conditional_product": lambda j: np.outer(j.sum(axis=1), j.sum(axis=0)),
    "conditional_p_of_a": lambda j: np.repeat(j.sum(axis=1)[:, None], j.shape[1], axis=1),
    "conditional_by_both": lambda j: j / np.outer(j.sum(axis=1), j.sum(axis=0)),
    "conditional_by_mean": lambda j: j / j.mean(axis=0),
    "conditional_by_largest": lambda j: j / j.max(axis=0),
    "conditional_softmax": lambda j: softmax(j, axis=0),
    "conditional_turned": lambda j: (j / j.sum(axis=0)).T,
    "conditional_upside_down": lambda j: j.sum(axis=0) / j,
    "conditional_sums": lambda j: j.sum(axis=0),
    "conditional_first_column": lambda j: j[:, 0] / j[:, 0].sum(),
    "error_other_library": lambda j: j / j.sum(dim=0),
}
for name, answer in CONDITIONAL.items():
    wrong("conditional", name)(numpy(answer))
right("conditional")(numpy(lambda j: j / j.sum(axis=0)))
right("conditional")(numpy(lambda j: (j.T / j.T.sum(axis=1, keepdims=True)).T))
right("conditional")(numpy(lambda j: np.exp(np.log(j) - np.log(j.sum(axis=0)))))


def each(x, p):
    return x * np.log(p) + (1 - x) * np.log(1 - p)


LOG_PROB = {
    "log_prob_white_only": lambda x, p: x @ np.log(p),
    "log_prob_black_only": lambda x, p: (1 - x) @ np.log(1 - p),
    "log_prob_negative": lambda x, p: -each(x, p).sum(axis=1),
    "log_prob_mean": lambda x, p: each(x, p).mean(axis=1),
    "log_prob_of_pixels": each,
    "log_prob_over_images": lambda x, p: each(x, p).sum(axis=0),
    "log_prob_of_all": lambda x, p: each(x, p).sum(),
    "log_prob_mean_of_images": lambda x, p: each(x, p).sum(axis=1).mean(),
    "log_prob_no_logarithm": lambda x, p: np.where(x == 1, p, 1 - p).prod(axis=1),
    "log_prob_sum_of_probabilities": lambda x, p: np.where(x == 1, p, 1 - p).sum(axis=1),
    "log_prob_log_of_sum": lambda x, p: np.log(np.where(x == 1, p, 1 - p).sum(axis=1)),
    "log_prob_exchanged": lambda x, p: each(1 - x, p).sum(axis=1),
    "log_prob_subtracted": lambda x, p: x @ np.log(p) - (1 - x) @ np.log(1 - p),
    "log_prob_bits": lambda x, p: np.log2(np.where(x == 1, p, 1 - p)).sum(axis=1),
    "log_prob_decimal": lambda x, p: np.log10(np.where(x == 1, p, 1 - p)).sum(axis=1),
    "log_prob_logarithm_of_p_everywhere": lambda x, p: np.full(len(x), np.log(p).sum()),
    "log_prob_one_minus_log": lambda x, p: x @ np.log(p) + (1 - x) @ (1 - np.log(p)),
    "log_prob_keeps_axis": lambda x, p: each(x, p).sum(axis=1, keepdims=True),
    "log_prob_squared_error": lambda x, p: ((x - p) ** 2).sum(axis=1),
    "log_prob_last_image": lambda x, p: each(x, p)[-1].sum(),
    "log_prob_first_image": lambda x, p: each(x, p)[0].sum(),
    "log_prob_of_a_product": lambda x, p: np.log(np.where(x == 1, p, 1 - p).prod(axis=1)),
    "combination": lambda x, p: x @ np.log(p) + 2 * (1 - x) @ np.log(1 - p),
}
for name, answer in LOG_PROB.items():
    wrong("log_prob", name)(numpy(answer))
right("log_prob")(numpy(lambda x, p: each(x, p).sum(axis=1)))
right("log_prob")(numpy(lambda x, p: x @ np.log(p) + (1 - x) @ np.log1p(-p)))
right("log_prob")(numpy(lambda x, p: np.log(np.where(x == 1, p, 1 - p)).sum(axis=-1)))


def shares(log_joint, largest=lambda j: j.max(axis=1, keepdims=True)):
    joint = np.exp(log_joint - largest(log_joint))
    return joint / joint.sum(axis=1, keepdims=True)


def decided(log_joint):
    return (log_joint == log_joint.max(axis=1, keepdims=True)).astype(float)


RESPONSIBILITIES = {
    "responsibilities_joint": np.exp,
    "responsibilities_over_images": lambda j: softmax(j, axis=0),
    "responsibilities_over_everything": softmax,
    "responsibilities_of_logarithms": lambda j: j / j.sum(axis=1, keepdims=True),
    "responsibilities_logarithm": lambda j: log_softmax(j, axis=1),
    "responsibilities_not_divided": lambda j: np.exp(j - j.max(axis=1, keepdims=True)),
    "responsibilities_decided": decided,
    "responsibilities_number": lambda j: j.argmax(axis=1),
    "responsibilities_log_p_of_x": lambda j: logsumexp(j, axis=1),
    "responsibilities_p_of_x": lambda j: np.exp(j).sum(axis=1),
    "responsibilities_sign": lambda j: softmax(-j, axis=1),
    "responsibilities_turned": lambda j: softmax(j, axis=1).T,
    "responsibilities_subtracted": lambda j: np.exp(j) - np.exp(j).sum(axis=1, keepdims=True),
    "responsibilities_multiplied": lambda j: np.exp(j) * np.exp(j).sum(axis=1, keepdims=True),
    "responsibilities_minus_sum": lambda j: np.exp(j - j.sum(axis=1, keepdims=True)),
    "responsibilities_by_mean": lambda j: np.exp(j) / np.exp(j).mean(axis=1, keepdims=True),
    "responsibilities_bits": lambda j: 2**j / (2**j).sum(axis=1, keepdims=True),
    "responsibilities_decimal": lambda j: 10**j / (10**j).sum(axis=1, keepdims=True),
    "responsibilities_out_of_range": lambda j: shares(np.float64(j), lambda j: 0),
    "responsibilities_out_of_single_range": lambda j: shares(j, lambda j: np.float32(0)),
    "responsibilities_one_largest_for_all": lambda j: shares(np.float64(j), np.max),
}
for name, answer in RESPONSIBILITIES.items():
    wrong("responsibilities", name)(numpy(answer))
right("responsibilities")(numpy(shares))
right("responsibilities")(numpy(lambda j: softmax(j, axis=1)))
right("responsibilities")(numpy(lambda j: np.exp(j - logsumexp(j, axis=1, keepdims=True))))

NEAREST = {
    "nearest_farthest": lambda x, m: pairwise_distances(x, m).argmax(axis=1),
    "nearest_of_prototypes": lambda x, m: pairwise_distances(x, m).argmin(axis=0),
    "nearest_distance": lambda x, m: (pairwise_distances(x, m) ** 2).min(axis=1),
    "nearest_root": lambda x, m: pairwise_distances(x, m).min(axis=1),
    "nearest_distances": lambda x, m: pairwise_distances(x, m) ** 2,
    "nearest_prototype_itself": lambda x, m: m[pairwise_distances_argmin(x, m)],
    "nearest_from_one": lambda x, m: pairwise_distances_argmin(x, m) + 1,
    "nearest_signed": lambda x, m: (x[:, None] - m).sum(axis=2).argmin(axis=1),
    "nearest_sum_of_sign": lambda x, m: np.abs((x[:, None] - m).sum(axis=2)).argmin(axis=1),
    "nearest_absolute": lambda x, m: np.abs(x[:, None] - m).sum(axis=2).argmin(axis=1),
    "nearest_largest_product": lambda x, m: (x @ m.T).argmax(axis=1),
    "nearest_one_for_all": lambda x, m: pairwise_distances(x, m).argmin(),
    "nearest_decided": lambda x, m: np.eye(len(m))[pairwise_distances_argmin(x, m)],
    "nearest_first_image": lambda x, m: pairwise_distances_argmin(x, m)[0],
    "nearest_last_image": lambda x, m: pairwise_distances_argmin(x, m)[-1],
}
for name, answer in NEAREST.items():
    wrong("nearest", name)(numpy(answer))
right("nearest")(numpy(lambda x, m: ((x[:, None] - m) ** 2).sum(axis=-1).argmin(axis=1)))
right("nearest")(numpy(pairwise_distances_argmin))
right("nearest")(numpy(lambda x, m: [int(np.argmin(((row - m) ** 2).sum(axis=1))) for row in x]))


def log_mean(log_p, largest=lambda log_p: log_p.max(axis=0)):
    return largest(log_p) + np.log(np.exp(log_p - largest(log_p)).mean(axis=0))


@wrong("responsibilities", "error_keepdims")
def less_the_largest(log_joint):
    log_joint = np.array(log_joint)
    joint = np.exp(log_joint - log_joint.max(axis=1))
    return joint / joint.sum(axis=1)


ESTIMATE = {
    "estimate_mean_of_logarithms": lambda p: p.mean(axis=0),
    "estimate_without_n": lambda p: logsumexp(p, axis=0),
    "estimate_n_outside": lambda p: logsumexp(p, axis=0) / len(p),
    "estimate_n_twice": lambda p: logsumexp(p, axis=0) + np.log(len(p)),
    "estimate_minus_n": lambda p: logsumexp(p, axis=0) - len(p),
    "estimate_no_logarithm": lambda p: np.exp(p).mean(axis=0),
    "estimate_sum_of_logarithms": lambda p: p.sum(axis=0),
    "estimate_over_images": lambda p: np.log(np.exp(p).mean(axis=1)),
    "estimate_divided_by_images": lambda p: logsumexp(p, axis=0) - np.log(p.shape[1]),
    "estimate_over_everything": lambda p: np.log(np.exp(p).mean()),
    "estimate_largest": lambda p: p.max(axis=0),
    "estimate_largest_lost": lambda p: np.log(np.exp(p - p.max(axis=0)).mean(axis=0)),
    "estimate_largest_subtracted": lambda p: log_mean(p) - 2 * p.max(axis=0),
    "estimate_largest_multiplied": lambda p: (log_mean(p) - p.max(axis=0)) * p.max(axis=0),
    "estimate_negative": lambda p: -log_mean(p),
    "estimate_keeps_axis": lambda p: log_mean(p)[None],
    "estimate_bits": lambda p: np.log2(np.exp(p).mean(axis=0)),
    "estimate_one_draw": lambda p: p[0],
    "estimate_out_of_range": lambda p: np.log(np.exp(np.float64(p)).mean(axis=0)),
    "estimate_out_of_single_range": lambda p: np.log(np.exp(p).mean(axis=0)),
    "estimate_one_largest_for_all": lambda p: log_mean(np.float64(p), np.max),
}
for name, answer in ESTIMATE.items():
    wrong("estimate", name)(numpy(answer))
right("estimate")(numpy(log_mean))
right("estimate")(numpy(lambda p: logsumexp(p, axis=0) - np.log(len(p))))
right("estimate")(numpy(lambda p: logsumexp(p, axis=0, b=1 / len(p))))


def chain_of(keep):
    """Return a function that builds a chain whose kernel goes through `keep`."""

    class Keep(keras.constraints.Constraint):
        def __call__(self, w):
            return keep(w)

    def build(n_pixels):
        pixels = layers.Dense(n_pixels, activation="sigmoid", kernel_constraint=Keep())
        return keras.Sequential([keras.Input((n_pixels,)), pixels])

    return build


CHAINS = {
    "pixel_chain_sees_itself": ops.triu,
    "pixel_chain_only_itself": lambda w: w * np.eye(w.shape[0], dtype="float32"),
    "pixel_chain_later": lambda w: ops.tril(w, -1),
    "pixel_chain_later_and_itself": ops.tril,
    "pixel_chain_all": lambda w: w,
    "pixel_chain_all_others": lambda w: w * (1 - np.eye(w.shape[0], dtype="float32")),
    "pixel_chain_none": lambda w: 0 * w,
    "pixel_chain_too_few": lambda w: ops.triu(w, 2),
    "pixel_chain_one_too_many": lambda w: ops.triu(w, -1),
    "pixel_chain_other": lambda w: ops.triu(w, -2),
}
for name, keep in CHAINS.items():
    wrong("pixel_chain", name)(chain_of(keep))
wrong("pixel_chain", "pixel_chain_shape")(
    lambda n: keras.Sequential([keras.Input((n,)), layers.Dense(1)])
)
right("pixel_chain")(chain_of(lambda w: ops.triu(w, 1)))
right("pixel_chain")(chain_of(lambda w: w * np.triu(np.ones(w.shape, "float32"), 1)))

MENDED[8] = [chain_of(lambda w: ops.triu(w, 1)), chain_of(lambda w: w - ops.tril(w))]


@wrong("program 8", "still_there")
def program_8(n_pixels):
    """Build a chain of pixels."""

    class Earlier(keras.constraints.Constraint):
        """Keep the weights from earlier pixels (rows) to later units (columns)."""

        def __call__(self, w):
            return ops.triu(w)

    pixels = layers.Dense(n_pixels, activation="sigmoid", kernel_constraint=Earlier())
    return keras.Sequential([keras.Input((n_pixels,)), pixels])


called("program 8", lambda answer: check.program(8, answer))
wrong("program 8", "pixel_chain_later")(chain_of(lambda w: ops.tril(w, -1)))
for answer in MENDED[8]:
    right("program 8")(answer)
