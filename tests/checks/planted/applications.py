"""Answers to the exercises of APP1: scores of what is foreign, an AUC, a stack of symbols."""

from functools import reduce

import keras
import numpy as np
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.programs import MENDED


def plant(name, mistakes, answers):
    """Register wrong answers by their mistakes, and right ones."""
    for mistake, answer in mistakes.items():
        wrong(name, mistake)(answer)
    for answer in answers:
        right(name)(answer)


def cross(x, p):
    return -np.log(np.where(x == 1, p, 1 - p))


def half(m, v):
    return 0.5 * (np.square(m) + np.exp(v) - 1 - v)


def cost(x, p, m, v):
    return cross(x, p).sum(axis=1) + half(m, v).sum(axis=1)


ANOMALY_SCORE = {
    "anomaly_score_elbo": lambda x, p, m, v: -cost(x, p, m, v),
    "anomaly_score_without_kl": lambda x, p, m, v: cross(x, p).sum(axis=1),
    "anomaly_score_kl_alone": lambda x, p, m, v: half(m, v).sum(axis=1),
    "anomaly_score_kl_subtracted": lambda x, p, m, v: (
        cross(x, p).sum(axis=1) - half(m, v).sum(axis=1)
    ),
    "anomaly_score_sign_of_pixels": lambda x, p, m, v: (
        half(m, v).sum(axis=1) - cross(x, p).sum(axis=1)
    ),
    "anomaly_score_mean_over_pixels": lambda x, p, m, v: (
        cross(x, p).mean(axis=1) + half(m, v).sum(axis=1)
    ),
    "anomaly_score_mean_over_dimensions": lambda x, p, m, v: (
        cross(x, p).sum(axis=1) + half(m, v).mean(axis=1)
    ),
    "anomaly_score_without_half": lambda x, p, m, v: (
        cross(x, p).sum(axis=1) + 2 * half(m, v).sum(axis=1)
    ),
    "anomaly_score_kl_without_exp": lambda x, p, m, v: (
        cross(x, p).sum(axis=1) + 0.5 * (m**2 + v - 1 - v).sum(axis=1)
    ),
    "anomaly_score_kl_variance_squared": lambda x, p, m, v: (
        cross(x, p).sum(axis=1) + 0.5 * (m**2 + np.exp(v) ** 2 - 1 - 2 * v).sum(axis=1)
    ),
    "anomaly_score_kl_mean_not_squared": lambda x, p, m, v: (
        cross(x, p).sum(axis=1) + 0.5 * (m + np.exp(v) - 1 - v).sum(axis=1)
    ),
    "anomaly_score_white_only": lambda x, p, m, v: (
        -(x * np.log(p)).sum(axis=1) + half(m, v).sum(axis=1)
    ),
    "anomaly_score_exchanged": lambda x, p, m, v: cost(1 - x, p, m, v),
    "anomaly_score_squared_error": lambda x, p, m, v: (
        np.square(x - p).sum(axis=1) + half(m, v).sum(axis=1)
    ),
    "anomaly_score_of_all": lambda x, p, m, v: np.sum(cross(x, p)) + np.sum(half(m, v)),
    "anomaly_score_mean": lambda x, p, m, v: np.mean(cost(x, p, m, v)),
    "anomaly_score_bits": lambda x, p, m, v: cost(x, p, m, v) * np.log2(np.e),
    "anomaly_score_pixels_in_bits": lambda x, p, m, v: (
        -np.log2(np.where(x == 1, p, 1 - p)).sum(axis=1) + half(m, v).sum(axis=1)
    ),
    "anomaly_score_keeps_axis": lambda x, p, m, v: (
        cross(x, p).sum(axis=1, keepdims=True) + half(m, v).sum(axis=1, keepdims=True)
    ),
    "combination": lambda x, p, m, v: cross(x, p).sum(axis=1) + 3 * half(m, v).sum(axis=1),
    "error_other_library": lambda x, p, m, v: cross(x, p).sum(dim=1),
}
wrong("anomaly_score", "anomaly_score_kl_variance_squared")(
    lambda x, p, m, v: cross(x, p).sum(1) + 0.5 * (m**2 + np.exp(v) ** 2 - 1 - v).sum(1)
)
plant(
    "anomaly_score",
    ANOMALY_SCORE,
    [
        cost,
        lambda x, p, m, v: [float(each) for each in cost(x, p, m, v)],
        lambda x, p, m, v: np.einsum("ij->i", cross(x, p)) + np.einsum("ij->i", half(m, v)),
        lambda x, p, m, v: (
            -(x * np.log(p) + (1 - x) * np.log1p(-p)).sum(-1)
            - 0.5 * (1 + v - m**2 - np.exp(v)).sum(-1)
        ),
        lambda x, p, m, v: (
            keras.ops.convert_to_numpy(keras.losses.binary_crossentropy(x, p)) * x.shape[1]
            + sum((a**2 + np.expm1(b) - b) / 2 for a, b in zip(m.T, v.T, strict=True))
        ),
    ],
)


def pairs(known, foreign):
    return foreign[:, None] - known


def won(known, foreign):
    return (pairs(known, foreign) > 0) + 0.5 * (pairs(known, foreign) == 0)


AUC = {
    "auc_ties_lost": lambda k, f: np.mean(f[:, None] > k),
    "auc_ties_whole": lambda k, f: np.mean(f[:, None] >= k),
    "auc_exchanged": lambda k, f: won(f, k).mean(),
    "auc_exchanged_ties_lost": lambda k, f: np.mean(f[:, None] < k),
    "auc_only_ties": lambda k, f: np.mean(f[:, None] == k) / 2,
    "auc_count": lambda k, f: won(k, f).sum(),
    "auc_by_known": lambda k, f: won(k, f).sum() / len(k),
    "auc_by_foreign": lambda k, f: won(k, f).sum() / len(f),
    "auc_by_sum": lambda k, f: won(k, f).sum() / (len(f) + len(k)),
    "auc_of_each": lambda k, f: won(k, f).mean(axis=1),
    "auc_of_each_known": lambda k, f: won(k, f).mean(axis=0),
    "auc_table": won,
    "auc_above_mean": lambda k, f: np.mean(f > k.mean()),
    "auc_above_median": lambda k, f: np.mean(f > np.median(k)),
    "auc_above_median_ties": lambda k, f: (
        (f > np.median(k)).mean() + 0.5 * (f == np.median(k)).mean()
    ),
    "auc_zip": lambda k, f: (
        sum((b > a) + (a == b) / 2 for a, b in zip(k, f, strict=False)) / min(len(k), len(f))
    ),
    "auc_above_all": lambda k, f: np.mean(f > k.max()),
    "auc_difference": lambda k, f: f.mean() - k.mean(),
    "auc_sign": lambda k, f: np.sign(pairs(k, f)).mean(),
    "auc_sum_of_ranks": lambda k, f: mannwhitneyu(f, k).statistic + len(f) * (len(f) + 1) / 2,
}
plant(
    "auc",
    AUC,
    [
        lambda k, f: won(k, f).mean(),
        lambda k, f: mannwhitneyu(f, k).statistic / len(f) / len(k),
        lambda k, f: roc_auc_score([0] * len(k) + [1] * len(f), np.concatenate([k, f])),
        lambda k, f: sum((a > b) + (a == b) / 2 for a in f for b in k) / (len(f) * len(k)),
    ],
)

ALARMS = {
    "alarms_by_new": lambda k, n: n > np.quantile(n, 0.99),
    "alarms_by_all": lambda k, n: n > np.quantile(np.concatenate([k, n]), 0.99),
    "alarms_one_percent": lambda k, n: n > np.quantile(k, 0.01),
    "alarms_below": lambda k, n: n < np.quantile(k, 0.99),
    "alarms_below_one_percent": lambda k, n: n < np.percentile(k, 1),
    "alarms_largest": lambda k, n: n > max(k),
    "alarms_five_percent": lambda k, n: n > np.quantile(k, 0.95),
    "alarms_three_sigma": lambda k, n: n > k.mean() + 3 * k.std(),
    "alarms_gaussian": lambda k, n: n > k.mean() + 2.33 * k.std(),
    "alarms_of_known": lambda k, n: k > np.quantile(k, 0.99),
    "alarms_share": lambda k, n: np.mean(n > np.quantile(k, 0.99)),
    "alarms_limit": lambda k, n: np.percentile(k, 99),
    "alarms_places": lambda k, n: np.where(n > np.quantile(k, 0.99))[0],
}
plant(
    "alarms",
    ALARMS,
    [
        lambda k, n: n > np.quantile(k, 0.99),
        lambda k, n: [bool(each > np.percentile(k, 99)) for each in n],
        lambda k, n: (n > np.quantile(k, 0.99)).astype(int),
        lambda k, n: np.searchsorted(np.sort(k), n) >= 0.99 * len(k),
    ],
)


def span(symbol, cumulative):
    return cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol], cumulative[-1]


def pushing(formula):
    return lambda stack, symbol, cumulative: formula(stack, *span(symbol, cumulative))


add = pushing(lambda stack, c, f, t: stack // f * t + c + stack % f)
PUSH = {
    "push_without_start": pushing(lambda stack, c, f, t: t * (stack // f) + stack % f),
    "push_without_rest": pushing(lambda stack, c, f, t: t * (stack // f) + c),
    "push_true_division": pushing(lambda stack, c, f, t: t * stack / f + c + stack % f),
    "push_not_times_total": pushing(lambda stack, c, f, t: stack // f + c + stack % f),
    "push_exchanged": pushing(lambda stack, c, f, t: stack // t * f + c + stack % t),
    "push_remainder_by_total": pushing(lambda stack, c, f, t: stack // f * t + c + stack % t),
    "push_multiplied_by_frequency": pushing(lambda stack, c, f, t: stack * t + c),
    "push_next_start": pushing(lambda stack, c, f, t: stack // f * t + (c + f) + stack % f),
    "push_symbol_before": lambda stack, s, cumulative: (
        stack // (cumulative[s] - cumulative[s - 1]) * cumulative[-1]
        + cumulative[s - 1]
        + stack % (cumulative[s] - cumulative[s - 1])
    ),
    "push_total_by_sum": lambda stack, s, cumulative: pushing(
        lambda stack, c, f, t: stack // f * sum(cumulative) + c + stack % f
    )(stack, s, cumulative),
    "push_rounded": pushing(lambda stack, c, f, t: int(np.floor(stack / f) * t + c + stack % f)),
    "push_cumulative_as_frequency": lambda stack, s, cumulative: (
        stack // cumulative[s + 1] * cumulative[-1] + cumulative[s] + stack % cumulative[s + 1]
    ),
    "push_subtracted": pushing(lambda stack, c, f, t: stack // f * t - c + stack % f),
    "push_symbol_as_start": lambda stack, s, cumulative: pushing(
        lambda stack, c, f, t: stack // f * t + s + stack % f
    )(stack, s, cumulative),
    "push_equal_frequencies": lambda stack, s, cumulative: stack * (len(cumulative) - 1) + s,
    "push_stack_unchanged": lambda stack, s, cumulative: stack + 0 * s * cumulative[0],
}


wrong("push", "push_rounded")(
    pushing(lambda stack, c, f, t: round((stack - stack % f) / f) * t + c + stack % f)
)


@right("push")
def push_by_divmod(stack, symbol, cumulative):
    frequency = np.diff(cumulative)[symbol]
    quotient, rest = divmod(stack, frequency)
    return int(quotient * cumulative[-1] + cumulative[symbol] + rest)


plant(
    "push",
    PUSH,
    [
        add,
        lambda stack, s, cumulative: (
            stack
            + (stack // (cumulative[s + 1] - cumulative[s]))
            * (cumulative[-1] - cumulative[s + 1] + cumulative[s])
            + cumulative[s]
        ),
    ],
)


def find(rest, cumulative):
    return int(np.searchsorted(cumulative, rest, side="right")) - 1


def popping(
    new=lambda c, f, t, stack: f * (stack // t) + stack % t - c,
    name=find,
    undone=find,
    count=lambda n: n,
    give=lambda symbols, stack: symbols,
):
    """Return n pops, with something else in one of their steps."""

    def my_pops(stack, n, cumulative):
        symbols = []
        for _ in range(count(n)):
            rest = stack % cumulative[-1]
            symbols.append(name(rest, cumulative))
            stack = new(*span(undone(rest, cumulative), cumulative), stack)
        return give(symbols, stack)

    return my_pops


def before(rest, cumulative):
    """Return the first symbol whose end is not below the remainder."""
    symbol = 0
    while rest > cumulative[symbol + 1]:
        symbol += 1
    return symbol


POPS = {
    "pops_past_the_border": popping(name=before, undone=before),
    "pops_late_rest": popping(
        new=lambda c, f, t, stack: f * (stack // t) + f * (stack // t) % t - c
    ),
    "pops_rounded": popping(new=lambda c, f, t, stack: f * int(stack / t) + stack % t - c),
    "pops_reversed": popping(give=lambda symbols, stack: symbols[::-1]),
    "pops_same_symbol": popping(new=lambda c, f, t, stack: stack),
    "pops_without_rest": popping(new=lambda c, f, t, stack: f * (stack // t)),
    "pops_start_kept": popping(new=lambda c, f, t, stack: f * (stack // t) + stack % t),
    "pops_without_frequency": popping(new=lambda c, f, t, stack: stack // t + stack % t - c),
    "pops_only_quotient": popping(new=lambda c, f, t, stack: stack // t),
    "pops_next_symbol": popping(name=lambda rest, c: sum(each <= rest for each in c)),
    "pops_at_the_border": popping(name=lambda rest, c: max(sum(each < rest for each in c) - 1, 0)),
    "pops_remainders": popping(name=lambda rest, c: rest),
    "pops_starts": popping(name=lambda rest, c: max(each for each in c if each <= rest)),
    "pops_one_too_few": popping(count=lambda n: n - 1),
    "pops_one_too_many": popping(count=lambda n: n + 1),
    "pops_first_only": popping(give=lambda symbols, stack: symbols[0]),
    "pops_stack": popping(give=lambda symbols, stack: stack),
    "several_values": popping(give=lambda symbols, stack: (symbols, stack)),
}


@right("pops")
def pops_of_a_table(stack, n, cumulative):
    table = [s for s, f in enumerate(np.diff(cumulative)) for _ in range(f)]
    found = []
    while len(found) < n:
        quotient, rest = divmod(stack, len(table))
        found.append(table[rest])
        c, f, _ = span(table[rest], cumulative)
        stack = f * quotient + rest - c
    return np.array(found)


plant("pops", POPS, [popping()])


@right("pops")
def pops_one_by_one(stack, n, cumulative):
    if n == 0:
        return []
    q, r = divmod(stack, cumulative[-1])
    s = np.searchsorted(cumulative, r, side="right") - 1
    c, f, _ = span(s, cumulative)
    return [s, *pops_one_by_one(f * q + r - c, n - 1, cumulative)]


def pushed(symbols, cumulative, first=1, step=add):
    return reduce(lambda stack, symbol: step(stack, symbol, cumulative), symbols, first)


by_total = pushing(lambda stack, c, f, t: stack // f * t + c + stack % t)
MESSAGE = {
    "message_first_in": pushed,
    "message_sorted": lambda s, c: pushed(sorted(s)[::-1], c),
    "message_sorted_down": lambda s, c: pushed(sorted(s), c),
    "message_from_zero": lambda s, c: pushed(s[::-1], c, first=0),
    "message_last_only": lambda s, c: add(1, s[0], c),
    "message_without_last": lambda s, c: pushed(s[-2::-1] if len(s) > 1 else [], c),
    "message_without_first": lambda s, c: pushed(s[:0:-1], c),
    "message_remainder_by_total": lambda s, c: pushed(s[::-1], c, step=by_total),
    "message_first_in_by_total": lambda s, c: pushed(s, c, step=by_total),
    "message_without_rest": lambda s, c: pushed(
        s[::-1], c, step=pushing(lambda stack, c, f, t: stack // f * t + c)
    ),
    "message_without_start": lambda s, c: pushed(
        s[::-1], c, step=pushing(lambda stack, c, f, t: stack // f * t + stack % f)
    ),
}
MENDED_MESSAGES = [
    lambda symbols, cumulative: pushed(reversed(symbols), cumulative),
    lambda symbols, cumulative: pushed(symbols[::-1], cumulative),
    lambda symbols, cumulative: pushed([symbols[-1 - i] for i in range(len(symbols))], cumulative),
]
plant("message", MESSAGE, MENDED_MESSAGES)

MENDED[18] = [
    lambda known, new: new > np.quantile(known, 0.99),
    lambda known, new: new > np.percentile(known, 99),
]
MENDED[19] = MENDED_MESSAGES
for number in (18, 19):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
wrong("program 18", "alarms_largest")(lambda known, new: new > known.max())
wrong("program 19", "message_sorted_down")(lambda s, c: pushed(sorted(s), c))


wrong("program 18", "alarms_gaussian")(lambda known, new: new > known.mean() + 2.326 * known.std())
wrong("program 19", "message_remainder_by_total")(lambda s, c: pushed(s[::-1], c, step=by_total))


@wrong("program 19", "not_mended")
def first_in_by_total(symbols, cumulative):
    return pushed(symbols, cumulative, step=by_total)


@wrong("program 19", "error_none_in_place")
def turned_in_place(symbols, cumulative):
    stack = 1
    for symbol in symbols.reverse():
        stack = add(stack, symbol, cumulative)
    return stack


@wrong("message", "error_none_in_place")
def sorted_in_place(symbols, cumulative):
    return pushed([*list(symbols).sort(), 0], cumulative)


@wrong("program 18", "not_mended")
def program_18(known_scores, new_scores):
    limit = np.percentile(new_scores, 99)
    return new_scores > limit


@wrong("program 19", "not_mended")
def program_19(symbols, cumulative):
    stack = 1
    for symbol in list(symbols):
        start, frequency = cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol]
        stack = stack // frequency * cumulative[-1] + start + stack % frequency
    return stack
