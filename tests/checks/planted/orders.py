"""Answers to the exercises of GAN4: projection, normalization, noise, attention, words, losses."""

import numpy as np
from keras import ops

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.applications import plant
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED


def by_numpy(answers):
    return {name: numpy(answer) for name, answer in answers.items()}


def logit(term):
    """Return an answer that adds a term, of features and of what is learned of the condition."""
    return lambda f, c, v, e: np.sum(f * v, axis=1) + term(f, np.dot(c, e))


def matched(f, asked):
    return np.einsum("nd,nd->n", f, asked)


PROJECTION = {
    "projection_wrong_axis": lambda f, c, v, e: np.sum(f * v + f * (c @ e), axis=0),
    "projection_term_wrong_axis": lambda f, c, v, e: (
        np.dot(f, v).reshape(-1, 1) + np.sum(f * (c @ e), axis=0)
    ),
    "projection_all_pairs": logit(lambda f, asked: f @ asked.T),
    "projection_table": lambda f, c, v, e: f @ v[:, None] + matched(f, c @ e),
    "projection_unconditional": logit(lambda f, asked: 0.0),
    "projection_condition_only": lambda f, c, v, e: matched(f, e[c.argmax(axis=1)]),
    "projection_no_features": logit(lambda f, asked: np.sum(asked, axis=1)),
    "projection_mean": logit(lambda f, asked: np.mean(f * asked, axis=1)),
    "projection_everything_added": logit(lambda f, asked: np.sum(f * asked)),
    "projection_one_condition": logit(lambda f, asked: f @ asked[0]),
    "projection_condition_ignored": lambda f, c, v, e: f @ (v + e.sum(axis=0)),
    "projection_shuffled": logit(lambda f, asked: matched(f, asked[::-1])),
    "projection_subtracted": logit(lambda f, asked: -matched(f, asked)),
    "projection_embedding_joined": lambda f, c, v, e: f @ v + f @ e[0],
    "projection_every_class": lambda f, c, v, e: np.stack([f @ (v + row) for row in e], axis=1),
    "projection_likeliest": lambda f, c, v, e: np.max(f @ (v + e).T, axis=1),
    "projection_product": lambda f, c, v, e: np.dot(f, v) * matched(f, c @ e),
    "projection_probability": lambda f, c, v, e: 1 / (1 + np.exp(-matched(f, v + c @ e))),
    "projection_means": lambda f, c, v, e: np.mean(f * v, axis=1) + np.mean(f * (c @ e), axis=1),
    "projection_keeps_axis": lambda f, c, v, e: (
        f @ v[:, None] + np.sum(f * (c @ e), axis=1, keepdims=True)
    ),
}
RIGHT_PROJECTIONS = [
    lambda f, c, v, e: f @ v + (f * (c @ e)).sum(axis=1),
    numpy(logit(matched)),
    numpy(lambda f, c, v, e: np.sum(f * (v + c @ e), axis=1)),
    numpy(lambda f, c, v, e: np.diag(f @ (v + e[np.argmax(c, axis=1)]).T)),
    lambda f, c, v, e: ops.sum(ops.multiply(f, ops.add(v, ops.matmul(c, e))), axis=-1),
]
plant("projection", by_numpy(PROJECTION), RIGHT_PROJECTIONS)
for answer in (
    lambda f, c, v, e: (f @ v).reshape(-1, 1) + f * (c @ e),
    lambda f, c, v, e: (f @ v).reshape(-1, 1) + np.dot(f, e.T) * c,
):
    wrong("projection", "projection_not_added_up")(answer)


def normal(x, epsilon, axis=(0, 1, 2)):
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=axis, keepdims=True) + epsilon)


def asked(c, table):
    return table[np.argmax(c, axis=1)][:, None, None, :]


def modulated(x, c, scale, shift):
    return x + asked(c, scale) * x + asked(c, shift)


def over(axis):
    return lambda x, c, a, b, eps: modulated(normal(x, eps, axis), c, a, b)


def divided(by):
    """Return an answer that divides by a function of the variance and epsilon."""

    def answer(x, c, a, b, eps):
        mean, variance = np.mean(x, axis=(0, 1, 2)), np.var(x, axis=(0, 1, 2))
        return modulated((x - mean) / by(variance, eps), c, a, b)

    return answer


CONDITIONAL_NORM = {
    "conditional_norm_scaled_first": lambda x, c, a, b, eps: (
        normal(x * (1 + asked(c, a)), eps) + asked(c, b)
    ),
    "conditional_norm_all_first": lambda x, c, a, b, eps: normal(modulated(x, c, a, b), eps),
    "conditional_norm_scale_alone": lambda x, c, a, b, eps: (
        asked(c, a) * normal(x, eps) + asked(c, b)
    ),
    "conditional_norm_each_image": over((1, 2)),
    "conditional_norm_each_pixel": over(0),
    "conditional_norm_channels_mixed": over(None),
    "conditional_norm_without_scale": lambda x, c, a, b, eps: normal(x, eps) + asked(c, b),
    "conditional_norm_without_shift": lambda x, c, a, b, eps: normal(x, eps) * (1 + asked(c, a)),
    "conditional_norm_plain": lambda x, c, a, b, eps: normal(x, eps),
    "conditional_norm_shift_scaled": lambda x, c, a, b, eps: (
        (1 + asked(c, a)) * (normal(x, eps) + asked(c, b))
    ),
    "conditional_norm_subtracted": lambda x, c, a, b, eps: modulated(normal(x, eps), c, a, -b),
    "conditional_norm_not_normalized": lambda x, c, a, b, eps: modulated(x, c, a, b),
    "conditional_norm_variance": divided(lambda variance, eps: variance + eps),
    "conditional_norm_epsilon_outside": divided(lambda variance, eps: np.sqrt(variance) + eps),
    "conditional_norm_no_epsilon": divided(lambda variance, eps: np.sqrt(variance)),
    "conditional_norm_one_condition": lambda x, c, a, b, eps: (
        (1 + asked(c, a)[:1]) * normal(x, eps) + asked(c, b)[:1]
    ),
    "conditional_norm_first_class": lambda x, c, a, b, eps: normal(x, eps) * (1 + a[0]) + b[0],
    "conditional_norm_all_classes": lambda x, c, a, b, eps: (
        normal(x, eps) * (1 + np.sum(a, axis=0)) + np.sum(b, axis=0)
    ),
    "conditional_norm_over_channels": over(-1),
    "conditional_norm_layer": over((1, 2, 3)),
    "conditional_norm_only_centred": divided(lambda variance, eps: 1),
    "conditional_norm_not_centred": lambda x, c, a, b, eps: modulated(
        x / np.sqrt(np.var(x, axis=(0, 1, 2)) + eps), c, a, b
    ),
    "conditional_norm_no_brackets": lambda x, c, a, b, eps: (
        1 + asked(c, a) * normal(x, eps) + asked(c, b)
    ),
    "conditional_norm_divided": lambda x, c, a, b, eps: (
        normal(x, eps) / (1 + asked(c, a)) + asked(c, b)
    ),
    "conditional_norm_exponential": lambda x, c, a, b, eps: (
        np.exp(asked(c, a)) * normal(x, eps) + asked(c, b)
    ),
    "conditional_norm_unbiased": lambda x, c, a, b, eps: modulated(
        (x - np.mean(x, axis=(0, 1, 2))) / np.sqrt(np.var(x, axis=(0, 1, 2), ddof=1) + eps), c, a, b
    ),
    "conditional_norm_exchanged": lambda x, c, a, b, eps: modulated(normal(x, eps), c, b, a),
}


def norm_by_ops(x, c, scale, shift, epsilon):
    mean, variance = ops.moments(x, axes=(0, 1, 2), keepdims=True)
    x = (x - mean) / ops.sqrt(variance + epsilon)
    return (1 + (c @ scale)[:, None, None]) * x + (c @ shift)[:, None, None]


RIGHT_NORMS = [
    numpy(over((0, 1, 2))),
    numpy(divided(lambda variance, eps: np.sqrt(variance + eps))),
    norm_by_ops,
    over((0, 1, 2)),
    lambda x, c, a, b, eps: (
        (x - x.mean(axis=(0, 1, 2)))
        / np.sqrt(x.var(axis=(0, 1, 2)) + eps)
        * (1 + c.dot(a)).reshape(-1, 1, 1, x.shape[-1])
        + c.dot(b).reshape(-1, 1, 1, x.shape[-1])
    ),
]
plant("conditional_norm", by_numpy(CONDITIONAL_NORM), RIGHT_NORMS)


def shares(scores, axis=-1):
    e = np.exp(scores)
    return e / np.sum(e, axis=axis, keepdims=True)


def scores(q, k):
    return np.einsum("id,jd->ij", q, k) / q.shape[-1] ** 0.5


def attend(weights):
    """Return an answer that weights the values by a function of queries and keys."""
    return lambda q, k, v: np.dot(weights(q, k), v)


ATTENTION = {
    "attention_wrong_axis": attend(lambda q, k: shares(scores(q, k), axis=0)),
    "attention_one_softmax": attend(lambda q, k: shares(scores(q, k), axis=None)),
    "attention_not_divided": attend(lambda q, k: shares(q @ k.T)),
    "attention_divided_by_d": attend(lambda q, k: shares(q @ k.T / q.shape[1])),
    "attention_multiplied": attend(lambda q, k: shares(q @ k.T * q.shape[1] ** 0.5)),
    "attention_root_of_places": attend(lambda q, k: shares(q @ k.T / len(k) ** 0.5)),
    "attention_no_softmax": attend(scores),
    "attention_no_exponential": attend(
        lambda q, k: scores(q, k) / np.sum(scores(q, k), axis=1)[:, None]
    ),
    "attention_not_normalized": attend(lambda q, k: np.exp(scores(q, k))),
    "attention_roles_exchanged": attend(lambda q, k: shares(scores(k, q))),
    "attention_keys_alone": attend(lambda q, k: shares(scores(q, q))),
    "attention_shares_only": lambda q, k, v: shares(scores(q, k)),
    "attention_equal_shares": lambda q, k, v: np.tile(np.mean(v, axis=0), (len(q), 1)),
    "attention_turned": attend(lambda q, k: shares(scores(q, k)).T),
    "attention_largest": lambda q, k, v: v[np.argmax(q @ k.T, axis=1)],
    "attention_sums_in_a_row": attend(
        lambda q, k: np.exp(scores(q, k)) / np.sum(np.exp(scores(q, k)), axis=1)
    ),
    "attention_divided_after": attend(lambda q, k: shares(q @ k.T) / q.shape[1] ** 0.5),
    "attention_mean": lambda q, k, v: np.mean(shares(scores(q, k))[:, :, None] * v, axis=1),
    "attention_sigmoid": attend(lambda q, k: 1 / (1 + np.exp(-scores(q, k)))),
    "attention_negative": attend(lambda q, k: shares(-scores(q, k))),
    "attention_root_of_values": lambda q, k, v: shares(q @ k.T / v.shape[1] ** 0.5) @ v,
    "attention_scores_only": lambda q, k, v: scores(q, k),
    "attention_of_keys": lambda q, k, v: shares(scores(q, k)) @ k,
    "attention_of_queries": lambda q, k, v: shares(scores(q, k)) @ q,
    "attention_added": lambda q, k, v: v + shares(scores(q, k)) @ v,
}
RIGHT_ATTENTIONS = [
    numpy(attend(lambda q, k: shares(scores(q, k)))),
    lambda q, k, v: ops.softmax(q @ ops.transpose(k) / q.shape[1] ** 0.5, axis=-1) @ v,
    numpy(lambda q, k, v: [shares(scores(one[None], k))[0] @ v for one in q]),
]


@RIGHT_ATTENTIONS.append
def attention_of_arrays(queries, keys, values):
    """Return what the third hint says."""
    shares = np.exp(queries @ keys.T / queries.shape[1] ** 0.5)
    return shares / shares.sum(axis=1, keepdims=True) @ values


plant("attention", by_numpy(ATTENTION), RIGHT_ATTENTIONS)


def columns(*conditions):
    """Return an answer that has a column for each condition of values, low and high."""
    return lambda v, low, high: np.column_stack([each(v, low, high) for each in conditions])


def below(v, low, high):
    return v < low


def above(v, low, high):
    return v >= high


def between(v, low, high):
    return (v >= low) & (v < high)


def never(v, low, high):
    return 0 * v


WORD_ROWS = {
    "word_rows_number": lambda v, low, high: np.digitize(v, [low, high]),
    "word_rows_turned_round": columns(above, between, below),
    "word_rows_up_to": columns(lambda v, *_: np.ones(len(v)), lambda v, low, high: v >= low, above),
    "word_rows_not_yet": columns(below, lambda v, low, high: v < high, above),
    "word_rows_both": columns(below, lambda v, low, high: v >= low, above),
    "word_rows_no_middle": columns(below, never, above),
    "word_rows_two_words": columns(below, above),
    "word_rows_low_only": columns(below, never, lambda v, low, high: v >= low),
    "word_rows_high_only": columns(lambda v, low, high: v < high, never, above),
    "word_rows_beyond_low": columns(
        lambda v, low, high: v <= low, lambda v, low, high: (v > low) & (v < high), above
    ),
    "word_rows_beyond_high": columns(
        below, lambda v, low, high: (v >= low) & (v <= high), lambda v, low, high: v > high
    ),
    "word_rows_beyond": lambda v, low, high: np.eye(3)[np.searchsorted([low, high], v)],
    "word_rows_never_last": lambda v, low, high: np.eye(3)[((v >= low) + (v >= high)).astype(int)],
    "word_rows_always_second": columns(below, lambda v, low, high: (v >= low) | (v < high), above),
    "word_rows_and": columns(below, lambda v, low, high: low <= v < high, above),
    "word_rows_booleans": lambda v, low, high: np.eye(3)[(v >= low) + (v >= high)],
    "word_rows_limits_exchanged": columns(
        lambda v, low, high: v < high,
        lambda v, low, high: (v >= high) & (v < low),
        lambda v, low, high: v >= low,
    ),
    "word_rows_in_columns": lambda v, low, high: columns(below, between, above)(v, low, high).T,
    "word_rows_thirds": lambda v, low, high: np.eye(3)[
        np.digitize(v, np.quantile(v, [1 / 3, 2 / 3]))
    ],
    "word_rows_values": lambda v, low, high: v[:, None] * np.eye(3)[np.digitize(v, [low, high])],
    "word_rows_upside_down": lambda v, low, high: 1 - np.eye(3)[np.digitize(v, [low, high])],
}
RIGHT_ROWS = [
    columns(below, between, above),
    lambda v, low, high: np.eye(3)[np.digitize(v, [low, high])],
    lambda v, low, high: [
        [float(x < low), float(low <= x < high), float(x >= high)] for x in v.tolist()
    ],
]
plant("word_rows", WORD_ROWS, RIGHT_ROWS)


def redrawn(n, d, limit, rng):
    z = rng.standard_normal((n, d))
    while (np.abs(z) > limit).any():
        z = np.where(np.abs(z) > limit, rng.standard_normal((n, d)), z)
    return z


def redrawn_above(n, d, limit, rng):
    z = rng.standard_normal((n, d))
    while (z > limit).any():
        z[z > limit] = rng.standard_normal((z > limit).sum())
    return z


def redrawn_once(n, d, limit, rng):
    z = rng.standard_normal((n, d))
    beyond = np.abs(z) > limit
    z[beyond] = rng.standard_normal(beyond.sum())
    return z


def redrawn_thrice(n, d, limit, rng):
    z = rng.standard_normal((n, d))
    for _ in range(3):
        beyond = np.abs(z) > limit
        z[beyond] = rng.standard_normal(beyond.sum())
    return z


def redrawn_as_one(n, d, limit, rng):
    z = rng.standard_normal((n, d))
    while (np.abs(z) > limit).any():
        z[np.abs(z) > limit] = rng.standard_normal()
    return z


def redrawn_whole(n, d, limit, rng):
    z = rng.standard_normal((n, d))
    while (np.abs(z) > limit).any():
        z = rng.standard_normal((n, d))
    return z


def filled(z, limit, rng):
    return np.where(np.abs(z) > limit, rng.uniform(-limit, limit, z.shape), z)


def drawn(change):
    """Return an answer that changes normal noise by a function of it and the limit."""
    return lambda n, d, limit, rng: change(rng.standard_normal((n, d)), limit)


TRUNCATED = {
    "truncated_shape": lambda n, d, limit, rng: redrawn(n, d, limit, rng)[np.newaxis],
    "truncated_not_finite": drawn(lambda z, limit: np.where(np.abs(z) > limit, np.nan, z)),
    "truncated_same_always": lambda n, d, limit, rng: redrawn(
        n, d, limit, np.random.default_rng(0)
    ),
    "truncated_foreign_numbers": lambda n, d, limit, rng: redrawn(
        n, d, limit, np.random.default_rng()
    ),
    "truncated_rows_equal": lambda n, d, limit, rng: np.tile(redrawn(1, d, limit, rng), (n, 1)),
    "truncated_columns_equal": lambda n, d, limit, rng: np.tile(redrawn(n, 1, limit, rng), (1, d)),
    "truncated_clipped": drawn(lambda z, limit: np.clip(z, -limit, limit)),
    "truncated_zeros": drawn(lambda z, limit: np.where(np.abs(z) <= limit, z, 0)),
    "truncated_not_at_all": drawn(lambda z, limit: z),
    "truncated_rescaled": drawn(lambda z, limit: z * limit),
    "truncated_divided": drawn(lambda z, limit: z / limit),
    "truncated_uniform": lambda n, d, limit, rng: rng.uniform(-limit, limit, (n, d)),
    "truncated_one_side": redrawn_above,
    "truncated_absolute": lambda n, d, limit, rng: abs(redrawn(n, d, limit, rng)),
    "truncated_once": redrawn_once,
    "truncated_scaled_back": drawn(np.fmod),
    "truncated_narrower": drawn(lambda z, limit: z / 2),
    "truncated_still_beyond": redrawn_thrice,
    "truncated_one_number": redrawn_as_one,
    "truncated_too_narrow": lambda n, d, limit, rng: redrawn(n, d, limit / 2, rng),
    "truncated_filled_evenly": lambda n, d, limit, rng: filled(
        rng.standard_normal((n, d)), limit, rng
    ),
    "truncated_endless": redrawn_whole,
}


def by_scipy(n, d, limit, rng):
    from scipy import stats

    return stats.truncnorm(-limit, limit).rvs((n, d), random_state=rng)


def one_by_one(n, d, limit, rng):
    numbers = []
    while len(numbers) < n * d:
        number = rng.standard_normal()
        if abs(number) <= limit:
            numbers.append(number)
    return np.array(numbers).reshape(n, d)


plant("truncated", TRUNCATED, [redrawn, by_scipy, one_by_one])

ALL_OBEYED = {
    "all_obeyed_mean": lambda a, s: np.mean(a == s),
    "all_obeyed_product": lambda a, s: np.prod(np.mean(a == s, axis=0)),
    "all_obeyed_any": lambda a, s: np.mean(np.any(a == s, axis=1)),
    "all_obeyed_least": lambda a, s: min(np.mean(a == s, axis=0)),
    "all_obeyed_words": lambda a, s: np.mean(a == s, axis=0),
    "all_obeyed_each_draw": lambda a, s: np.all(a == s, axis=1),
    "all_obeyed_shares_of_draws": lambda a, s: np.mean(a == s, axis=1),
    "all_obeyed_count": lambda a, s: np.sum(np.all(a == s, axis=1)),
    "all_obeyed_wrong_axis": lambda a, s: np.mean(np.all(a == s, axis=0)),
    "all_obeyed_everything": lambda a, s: float(np.array_equal(a, s)),
    "all_obeyed_sums": lambda a, s: np.mean(np.sum(a, axis=1) == np.sum(s, axis=1)),
    "all_obeyed_first_word": lambda a, s: np.mean(a[:, 0] == s[:, 0]),
    "all_obeyed_but_first": lambda a, s: np.mean(np.all(a[:, 1:] == s[:, 1:], axis=1)),
    "all_obeyed_failed": lambda a, s: np.mean(np.any(a != s, axis=1)),
    "all_obeyed_percent": lambda a, s: 100 * np.mean(np.all(a == s, axis=1)),
}
RIGHT_SHARES = [
    lambda a, s: (a == s).all(axis=1).mean(),
    lambda a, s: 1 - np.any(a != s, axis=1).mean(),
    lambda a, s: sum(map(np.array_equal, a, s)) / len(a),
]
plant("all_obeyed", ALL_OBEYED, RIGHT_SHARES)


def costs(real, fake):
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def same(c):
    return c


def rolled(c):
    return ops.roll(c, 1, axis=0)


def blind(c):
    return ops.zeros_like(c)


def first(c):
    return c[:1] + blind(c)


def game(drawn=same, judged=same, real=same, cost=costs):
    """Return an answer in whose game the players get other orders, functions of c."""

    def loss(generator, discriminator, x, c, z):
        x_hat = generator([z, drawn(c)])
        return cost(discriminator([x, real(c)]), discriminator([x_hat, judged(c)]))

    return loss


ORDERED_LOSS = {
    "ordered_loss_shuffled": game(judged=rolled),
    "ordered_loss_real_shuffled": game(real=rolled),
    "ordered_loss_one_side": game(drawn=blind),
    "ordered_loss_judge_blind": game(judged=blind),
    "ordered_loss_real_blind": game(real=blind),
    "ordered_loss_both_blind": game(judged=blind, real=blind),
    "ordered_loss_one_condition": game(first, first, first),
    "ordered_loss_one_condition_drawn": game(first, first),
    "ordered_loss_labels_swapped": game(cost=lambda real, fake: costs(fake, real)),
    "ordered_loss_of_generator": game(cost=lambda real, fake: ops.mean(ops.softplus(-fake))),
    "ordered_loss_real_only": game(cost=lambda real, fake: ops.mean(ops.softplus(-real))),
    "ordered_loss_fake_only": game(cost=lambda real, fake: ops.mean(ops.softplus(fake))),
    "ordered_loss_all_real": game(cost=lambda real, fake: costs(real, -fake)),
    "ordered_loss_sums": game(
        cost=lambda real, fake: ops.sum(ops.softplus(-real)) + ops.sum(ops.softplus(fake))
    ),
    "ordered_loss_halved": game(cost=lambda real, fake: costs(real, fake) / 2),
}
RIGHT_LOSSES = [
    game(),
    game(cost=lambda real, fake: ops.mean(-ops.log_sigmoid(real) - ops.log_sigmoid(-fake))),
    game(rolled, rolled),  # another order, the same for both
    game(cost=lambda real, fake: ops.mean(ops.logaddexp(-real, 0 * real) + ops.softplus(fake))),
]
plant("ordered_loss", ORDERED_LOSS, RIGHT_LOSSES)
wrong("ordered_loss", "ordered_loss_shuffled")(game(drawn=rolled))
wrong("ordered_loss", "ordered_loss_shuffled")(game(judged=lambda c: ops.flip(c, axis=0)))
wrong("ordered_loss", "ordered_loss_real_shuffled")(game(judged=rolled, real=rolled))
wrong("ordered_loss", "ordered_loss_real_shuffled")(game(rolled, rolled, rolled))


@wrong("ordered_loss", "ordered_loss_no_order")
def without_order(generator, discriminator, x, c, z):
    return costs(discriminator(x), discriminator(generator(z)))


MENDED[26], MENDED[27] = RIGHT_LOSSES, RIGHT_SHARES
for number in (26, 27):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
wrong("program 26", "not_mended")(game(judged=lambda c: ops.flip(c, axis=0)))
wrong("program 26", "ordered_loss_one_side")(ORDERED_LOSS["ordered_loss_one_side"])
wrong("program 26", "ordered_loss_halved")(ORDERED_LOSS["ordered_loss_halved"])
wrong("program 27", "all_obeyed_mean")(ALL_OBEYED["all_obeyed_mean"])
wrong("program 27", "all_obeyed_failed")(ALL_OBEYED["all_obeyed_failed"])
wrong("program 27", "values")(lambda a, s: np.mean(a == s, axis=0).max())
wrong("program 27", "values")(lambda a, s: np.mean(a[:, -1] == s[:, -1]))
wrong("program 27", "all_obeyed_any")(ALL_OBEYED["all_obeyed_any"])


@wrong("program 27", "not_mended")
def product_of_shares(asked, seen):
    shares = (asked == seen).mean(axis=0)
    return np.prod(shares)
