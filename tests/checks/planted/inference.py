"""Answers to the exercises of VAE4: sums over a grid, KLs, gradients by draws, the ELBO."""

import numpy as np
from keras import ops
from scipy.special import logsumexp, softmax, xlogy
from scipy.stats import entropy, norm

from fidle_vae import checks as check
from fidle_vae.models import gaussian_kl
from tests.checks.planted import called, on_every_backend, right, wrong
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED


def joint(ll, z):
    return ll - z**2 / 2 - np.log(2 * np.pi) / 2


def step(z):
    return z[1] - z[0]


def log_integral(ll, z, axis=1):
    return np.log(np.exp(joint(ll, z)).sum(axis=axis) * step(z))


def less_largest(logs, z, largest):
    return largest + np.log(np.exp(logs - largest).sum(axis=1) * step(z))


LOG_EVIDENCE = {
    "log_evidence_without_spacing": lambda ll, z: np.log(np.exp(joint(ll, z)).sum(axis=1)),
    "log_evidence_without_prior": lambda ll, z: np.log(np.exp(ll).sum(axis=1) * step(z)),
    "log_evidence_sum_of_likelihoods": lambda ll, z: logsumexp(ll, axis=1),
    "log_evidence_mean_of_likelihoods": lambda ll, z: np.log(np.exp(ll).mean(axis=1)),
    "log_evidence_mean_over_points": lambda ll, z: np.log(np.exp(joint(ll, z)).mean(axis=1)),
    "log_evidence_sum_of_logarithms": lambda ll, z: (ll + norm.logpdf(z)).sum(axis=1),
    "log_evidence_integral_of_logarithms": lambda ll, z: joint(ll, z).sum(axis=1) * step(z),
    "log_evidence_prior_not_logarithm": lambda ll, z: (
        logsumexp(ll + norm.pdf(z), axis=1) + np.log(step(z))
    ),
    "log_evidence_prior_multiplied": lambda ll, z: (
        logsumexp(ll * norm.pdf(z), axis=1) + np.log(step(z))
    ),
    "log_evidence_prior_twice": lambda ll, z: log_integral(joint(ll, z), z),
    "log_evidence_prior_after": lambda ll, z: (
        logsumexp(ll, axis=1) + np.log(norm.pdf(z).sum() * step(z))
    ),
    "log_evidence_times_spacing": lambda ll, z: logsumexp(joint(ll, z), axis=1) * step(z),
    "log_evidence_plus_spacing": lambda ll, z: logsumexp(joint(ll, z), axis=1) + step(z),
    "log_evidence_number_of_points": lambda ll, z: (
        logsumexp(joint(ll, z), axis=1) + np.log((z[-1] - z[0]) / len(z))
    ),
    "log_evidence_spacing_sign": lambda ll, z: logsumexp(joint(ll, z), axis=1) - np.log(step(z)),
    "log_evidence_no_logarithm": lambda ll, z: (np.exp(ll) * norm.pdf(z)).sum(axis=1) * step(z),
    "log_evidence_over_images": lambda ll, z: log_integral(ll, z, axis=0),
    "log_evidence_over_everything": lambda ll, z: log_integral(ll, z, axis=None),
    "log_evidence_largest": lambda ll, z: joint(ll, z).max(axis=1),
    "log_evidence_largest_with_spacing": lambda ll, z: joint(ll, z).max(axis=1) + np.log(step(z)),
    "log_evidence_negative": lambda ll, z: -log_integral(ll, z),
    "log_evidence_keeps_axis": lambda ll, z: log_integral(ll, z)[:, None],
    "log_evidence_bits": lambda ll, z: np.log2(np.exp(joint(ll, z)).sum(axis=1) * step(z)),
    "log_evidence_out_of_range": lambda ll, z: log_integral(np.float64(ll), z),
    "log_evidence_out_of_single_range": lambda ll, z: np.log(
        np.exp(np.float32(joint(ll, z))).sum(axis=1) * step(z)
    ),
    "log_evidence_one_largest_for_all": lambda ll, z: less_largest(
        joint(ll, z), z, joint(ll, z).max()
    ),
}
for name, answer in LOG_EVIDENCE.items():
    wrong("log_evidence", name)(numpy(answer))
right("log_evidence")(
    numpy(lambda ll, z: logsumexp(ll + norm.logpdf(z), axis=1) + np.log(z[1] - z[0]))
)
right("log_evidence")(numpy(lambda ll, z: logsumexp(ll, axis=1, b=norm.pdf(z) * np.diff(z)[0])))
right("log_evidence")(
    numpy(lambda ll, z: np.logaddexp.reduce(joint(ll, z) + np.log(np.ptp(z) / (len(z) - 1)), 1))
)
right("log_evidence")(lambda ll, z: ops.logsumexp(np.array(joint(np.array(ll), np.array(z))), 1)
                      + np.log(float(z[1] - z[0])))  # fmt: skip


def density(ll, z, axis=1):
    return softmax(joint(ll, z), axis=axis) / step(z)


def by_sums(logs, z):
    each = np.exp(logs)
    return each / (each.sum(axis=1, keepdims=True) * step(z))


def evidence(ll, z):
    return np.exp(logsumexp(joint(ll, z), axis=1, keepdims=True)) * step(z)


POSTERIOR = {
    "posterior_not_divided": lambda ll, z: np.exp(ll) * norm.pdf(z),
    "posterior_without_spacing": lambda ll, z: softmax(joint(ll, z), axis=1),
    "posterior_times_spacing": lambda ll, z: softmax(joint(ll, z), axis=1) * step(z),
    "posterior_without_prior": lambda ll, z: softmax(ll, axis=1) / step(z),
    "posterior_of_likelihoods": lambda ll, z: softmax(ll, axis=1),
    "posterior_likelihood": lambda ll, z: np.exp(ll),
    "posterior_over_images": lambda ll, z: density(ll, z, axis=0),
    "posterior_over_images_without_spacing": lambda ll, z: softmax(joint(ll, z), axis=0),
    "posterior_over_everything": lambda ll, z: density(ll, z, axis=None),
    "posterior_logarithm": lambda ll, z: np.log(density(ll, z)),
    "posterior_largest_is_1": lambda ll, z: density(ll, z) / density(ll, z).max(1, keepdims=True),
    "posterior_prior_not_logarithm": lambda ll, z: softmax(ll + norm.pdf(z), axis=1) / step(z),
    "posterior_prior_twice": lambda ll, z: density(joint(ll, z), z),
    "posterior_prior_below_only": lambda ll, z: np.exp(ll) / evidence(ll, z),
    "posterior_multiplied": lambda ll, z: np.exp(joint(ll, z)) * evidence(ll, z),
    "posterior_subtracted": lambda ll, z: np.exp(joint(ll, z)) - evidence(ll, z),
    "posterior_evidence": lambda ll, z: evidence(ll, z)[:, 0],
    "posterior_log_evidence": lambda ll, z: np.log(evidence(ll, z))[:, 0],
    "posterior_prior": lambda ll, z: 0 * ll + norm.pdf(z),
    "posterior_turned": lambda ll, z: density(ll, z).T,
    "posterior_out_of_range": lambda ll, z: by_sums(np.float64(joint(ll, z)), z),
    "posterior_out_of_single_range": lambda ll, z: by_sums(np.float32(joint(ll, z)), z),
    "posterior_one_largest_for_all": lambda ll, z: by_sums(joint(ll, z) - joint(ll, z).max(), z),
}
for name, answer in POSTERIOR.items():
    wrong("posterior", name)(numpy(answer))
right("posterior")(numpy(density))
right("posterior")(
    numpy(lambda ll, z: by_sums(joint(ll, z) - joint(ll, z).max(axis=1, keepdims=True), z))
)
right("posterior")(numpy(lambda ll, z: [density(row[None], z)[0] for row in ll]))
right("posterior")(
    numpy(
        lambda ll, z: softmax(joint(ll, z), 1) / np.trapezoid(softmax(joint(ll, z), 1), z)[:, None]
    )
)


def shannon(p, q):
    middle = (p + q) / 2
    return (entropy(p, middle) + entropy(q, middle)) / 2


def with_small(small):
    return lambda p, q: np.sum(p * np.log((p + small) / (q + small)))


def where_both(p, q):
    some = (p > 0) & (q > 0)
    return np.sum(p[some] * np.log(p[some] / q[some]))


DISCRETE_KL = {
    "discrete_kl_exchanged": lambda p, q: np.sum(q * np.log(q / p)),
    "discrete_kl_weighed_by_q": lambda p, q: np.sum(q * np.log(p / q)),
    "discrete_kl_upside_down": lambda p, q: np.sum(p * np.log(q / p)),
    "discrete_kl_cross_entropy": lambda p, q: -np.sum(p * np.log(q)),
    "discrete_kl_entropy": lambda p, q: -np.sum(p * np.log(p)),
    "discrete_kl_not_weighed": lambda p, q: np.sum(np.log(p) - np.log(q)),
    "discrete_kl_no_logarithm": lambda p, q: np.sum(p * (p / q)),
    "discrete_kl_logarithm_outside": lambda p, q: np.log(np.sum(p * (p / q))),
    "discrete_kl_mean": lambda p, q: np.mean(p * np.log(p / q)),
    "discrete_kl_terms": lambda p, q: p * np.log(p / q),
    "discrete_kl_first_term": lambda p, q: p[0] * np.log(p[0] / q[0]),
    "discrete_kl_both_ways": lambda p, q: np.sum((p - q) * np.log(p / q)),
    "discrete_kl_mean_of_both_ways": lambda p, q: np.sum((p - q) * np.log(p / q)) / 2,
    "discrete_kl_jensen_shannon": shannon,
    "discrete_kl_absolute": lambda p, q: np.sum(np.abs(p * np.log(p / q))),
    "discrete_kl_bits": lambda p, q: np.sum(p * np.log2(p / q)),
    "discrete_kl_decimal": lambda p, q: np.sum(p * np.log10(p / q)),
    "discrete_kl_difference": lambda p, q: np.sum(p * (p - q)),
    "discrete_kl_infinite_for_any_zero": lambda p, q: (
        np.inf if np.any(q == 0) else np.sum(xlogy(p, p / q))
    ),
    "discrete_kl_zero_is_nan": lambda p, q: np.sum(p * (np.log(p) - np.log(q))),
    "discrete_kl_both_are_zero": lambda p, q: np.sum(xlogy(p, p / q)),
    "discrete_kl_small_number": lambda p, q: np.sum(p * np.log((p + 1e-3) / (q + 1e-3))),
    "discrete_kl_finite": where_both,
}
for name, answer in DISCRETE_KL.items():
    wrong("discrete_kl", name)(numpy(answer))
wrong("discrete_kl", "discrete_kl_finite")(numpy(with_small(1e-12)))
wrong("discrete_kl", "discrete_kl_finite")(numpy(with_small(1e-7)))
right("discrete_kl")(numpy(entropy))
right("discrete_kl")(numpy(lambda p, q: np.sum(p[p > 0] * np.log(p[p > 0] / q[p > 0]))))
right("discrete_kl")(
    numpy(lambda p, q: sum(a * np.log(a / b) for a, b in zip(p, q, strict=True) if a))
)
right("discrete_kl")(numpy(lambda p, q: np.nansum(p * np.log(p / q))))
right("discrete_kl")(
    numpy(lambda p, q: np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0).sum())
)

SCORE = {
    "score_gradient_sigma_not_squared": lambda f, z, m, s: np.mean(f * (z - m) / s),
    "score_gradient_not_divided": lambda f, z, m, s: np.mean(f * (z - m)),
    "score_gradient_sign": lambda f, z, m, s: np.mean(f * (m - z) / s**2),
    "score_gradient_without_mean": lambda f, z, m, s: np.mean(f * z / s**2),
    "score_gradient_f_times_z": lambda f, z, m, s: f @ z / len(z),
    "score_gradient_without_f": lambda f, z, m, s: np.mean((z - m) / s**2),
    "score_gradient_sum": lambda f, z, m, s: np.sum(f * (z - m) / s**2),
    "score_gradient_each_draw": lambda f, z, m, s: f * (z - m) / s**2,
    "score_gradient_product_of_means": lambda f, z, m, s: f.mean() * (z.mean() - m) / s**2,
    "score_gradient_own_baseline": lambda f, z, m, s: np.mean((f - f.mean()) * (z - m)) / s**2,
    "score_gradient_half": lambda f, z, m, s: np.mean(f * (z - m)) / (2 * s**2),
    "score_gradient_squared": lambda f, z, m, s: np.mean(f * ((z - m) / s) ** 2),
    "score_gradient_log_density": lambda f, z, m, s: np.mean(f * norm(m, s).logpdf(z)),
    "score_gradient_density": lambda f, z, m, s: np.mean(
        f * (z - m) / s**2 * np.exp(-((z - m) ** 2) / (2 * s**2)) / (s * np.sqrt(2 * np.pi))
    ),
    "score_gradient_along_sigma": lambda f, z, m, s: np.mean(f * (((z - m) / s) ** 2 - 1) / s),
    "score_gradient_mean_of_f": lambda f, z, m, s: f.mean(),
    "score_gradient_sigma_too_often": lambda f, z, m, s: np.mean(f * (z - m)) / s**4,
}
for name, answer in SCORE.items():
    wrong("score_gradient", name)(numpy(answer))
right("score_gradient")(numpy(lambda f, z, m, s: np.mean(f * (z - m) / s**2)))
right("score_gradient")(numpy(lambda f, z, m, s: f @ ((z - m) / s) / s / len(z)))
right("score_gradient")(numpy(lambda f, z, m, s: (np.mean(f * z) - m * np.mean(f)) / np.square(s)))

PATH = {
    "path_gradient_along_mean": lambda d, z, m, s: d.mean(),
    "path_gradient_not_divided": lambda d, z, m, s: np.mean(d * (z - m)),
    "path_gradient_divided_twice": lambda d, z, m, s: np.mean(d * (z - m) / s**2),
    "path_gradient_along_log_variance": lambda d, z, m, s: np.mean(d * (z - m) / s) * s / 2,
    "path_gradient_z_for_eps": lambda d, z, m, s: np.mean(d * z),
    "path_gradient_mean_not_subtracted": lambda d, z, m, s: np.mean(d * z / s),
    "path_gradient_sum": lambda d, z, m, s: d @ (z - m) / s,
    "path_gradient_each_draw": lambda d, z, m, s: d * (z - m) / s,
    "path_gradient_sign": lambda d, z, m, s: np.mean(d * (m - z) / s),
    "path_gradient_product_of_means": lambda d, z, m, s: d.mean() * ((z - m) / s).mean(),
    "path_gradient_without_slope": lambda d, z, m, s: np.mean((z - m) / s),
    "path_gradient_eps_squared": lambda d, z, m, s: np.mean(d * ((z - m) / s) ** 2),
    "path_gradient_score": lambda d, z, m, s: np.mean(d * (((z - m) / s) ** 2 - 1) / s),
    "path_gradient_times_sigma": lambda d, z, m, s: np.mean(d * s),
    "path_gradient_largest": lambda d, z, m, s: np.max(d * (z - m) / s),
}
for name, answer in PATH.items():
    wrong("path_gradient", name)(numpy(answer))
right("path_gradient")(numpy(lambda d, z, m, s: np.mean(d * (z - m) / s)))
right("path_gradient")(numpy(lambda d, z, m, s: np.average((z - m) / s, weights=d) * d.mean()))
right("path_gradient")(numpy(lambda d, z, m, s: float(np.dot(d, z - m)) / (len(d) * s)))


on_every_backend("elbo_of_draws", "discrete_kl")


def kl(m, v):
    return (m**2 + np.exp(v) - 1 - v).sum(axis=1) / 2


ELBO = {
    "elbo_of_draws_kl_added": lambda ll, m, v: ll.mean(axis=0) + kl(m, v),
    "elbo_of_draws_loss": lambda ll, m, v: kl(m, v) - ll.mean(axis=0),
    "elbo_of_draws_loss_of_other_sign": lambda ll, m, v: -(ll.mean(axis=0) + kl(m, v)),
    "elbo_of_draws_without_kl": lambda ll, m, v: ll.mean(axis=0),
    "elbo_of_draws_kl_alone": lambda ll, m, v: -kl(m, v),
    "elbo_of_draws_mean_inside": lambda ll, m, v: np.log(np.exp(ll).mean(axis=0)) - kl(m, v),
    "elbo_of_draws_sum": lambda ll, m, v: ll.sum(axis=0) - kl(m, v),
    "elbo_of_draws_one_draw": lambda ll, m, v: ll[0] - kl(m, v),
    "elbo_of_draws_best_draw": lambda ll, m, v: ll.max(axis=0) - kl(m, v),
    "elbo_of_draws_of_each_draw": lambda ll, m, v: ll - kl(m, v),
    "elbo_of_draws_over_images": lambda ll, m, v: ll.mean(axis=1) - kl(m, v),
    "elbo_of_draws_one_for_all": lambda ll, m, v: ll.mean() - kl(m, v).mean(),
    "elbo_of_draws_mean_of_all": lambda ll, m, v: ll.mean() - kl(m, v),
    "elbo_of_draws_mean_kl": lambda ll, m, v: ll.mean(axis=0) - kl(m, v).mean(),
    "elbo_of_draws_kl_by_l": lambda ll, m, v: (ll.sum(axis=0) - kl(m, v)) / len(ll),
    "elbo_of_draws_kl_times_l": lambda ll, m, v: ll.mean(axis=0) - len(ll) * kl(m, v),
    "elbo_of_draws_kl_halved": lambda ll, m, v: ll.mean(axis=0) - kl(m, v) / 2,
    "elbo_of_draws_kl_doubled": lambda ll, m, v: ll.mean(axis=0) - 2 * kl(m, v),
    "elbo_of_draws_exchanged": lambda ll, m, v: ll.mean(axis=0) - kl(v, m),
    "elbo_of_draws_no_logarithm": lambda ll, m, v: np.exp(ll).mean(axis=0) - kl(m, v),
    "elbo_of_draws_keeps_axis": lambda ll, m, v: ll.mean(axis=0, keepdims=True) - kl(m, v),
}
for name, answer in ELBO.items():
    wrong("elbo_of_draws", name)(numpy(answer))
right("elbo_of_draws")(lambda ll, m, v: ops.mean(ll, axis=0) - gaussian_kl(m, v))
right("elbo_of_draws")(numpy(lambda ll, m, v: ll.mean(axis=0) - kl(m, v)))
right("elbo_of_draws")(numpy(lambda ll, m, v: (ll - kl(m, v)).sum(axis=0) / len(ll)))


def draws_alone(axis):
    return lambda p, q: np.mean(p - q, axis=axis)


BY_DRAWS = {
    "elbo_by_draws_mean_inside": lambda p, q: np.log(np.mean(np.exp(p - q), axis=0)),
    "elbo_by_draws_sum_inside": lambda p, q: np.log(np.sum(np.exp(p - q), axis=0)),
    "elbo_by_draws_sum": lambda p, q: np.sum(p - q, axis=0),
    "elbo_by_draws_without_q": lambda p, q: p.mean(axis=0),
    "elbo_by_draws_q_added": lambda p, q: np.mean(p + q, axis=0),
    "elbo_by_draws_negative": lambda p, q: np.mean(q - p, axis=0),
    "elbo_by_draws_no_logarithm": lambda p, q: np.mean(np.exp(p) / np.exp(q), axis=0),
    "elbo_by_draws_quotient": lambda p, q: np.mean(p / q, axis=0),
    "elbo_by_draws_means_inside": lambda p, q: np.log(np.exp(p).mean(0) / np.exp(q).mean(0)),
    "elbo_by_draws_over_images": draws_alone(1),
    "elbo_by_draws_one_for_all": draws_alone(None),
    "elbo_by_draws_mean_inside_less_log": lambda p, q: (
        np.log(np.exp(p - q).mean(axis=0)) - np.log(len(q))
    ),
    "elbo_by_draws_first": lambda p, q: p[0] - q[0],
    "elbo_by_draws_largest": lambda p, q: np.max(p - q, axis=0),
    "elbo_by_draws_each": lambda p, q: p - q,
    "elbo_by_draws_median": lambda p, q: np.median(p - q, axis=0),
}
for name, answer in BY_DRAWS.items():
    wrong("elbo_by_draws", name)(numpy(answer))
RIGHT_BY_DRAWS = [
    numpy(draws_alone(0)),
    numpy(lambda p, q: p.mean(axis=0) - q.mean(axis=0)),
    numpy(lambda p, q: np.sum(p - q, axis=0) / len(p)),
]
for answer in RIGHT_BY_DRAWS:
    right("elbo_by_draws")(answer)


def gap(q, p, weight, spacing):
    return np.sum(np.exp(weight) * (q - p), axis=1) * spacing


GAP = {
    "elbo_gap_exchanged": lambda q, p, s: gap(p, q, p, s),
    "elbo_gap_weighed_by_posterior": lambda q, p, s: gap(q, p, p, s),
    "elbo_gap_negative": lambda q, p, s: gap(p, q, q, s),
    "elbo_gap_without_spacing": lambda q, p, s: gap(q, p, q, 1),
    "elbo_gap_divided_by_spacing": lambda q, p, s: gap(q, p, q, 1 / s),
    "elbo_gap_mean_over_points": lambda q, p, s: np.mean(np.exp(q) * (q - p), axis=1),
    "elbo_gap_not_weighed": lambda q, p, s: gap(q, p, 0, s),
    "elbo_gap_weighed_by_logarithm": lambda q, p, s: np.sum(q * (q - p), axis=1) * s,
    "elbo_gap_entropy": lambda q, p, s: np.sum(np.exp(q) * q, axis=1) * s,
    "elbo_gap_cross_entropy": lambda q, p, s: -np.sum(np.exp(q) * p, axis=1) * s,
    "elbo_gap_added": lambda q, p, s: np.sum(np.exp(q) * (q + p), axis=1) * s,
    "elbo_gap_both_ways": lambda q, p, s: gap(q, p, q, s) + gap(p, q, p, s),
    "elbo_gap_difference_of_densities": lambda q, p, s: (
        np.abs(np.exp(p) - np.exp(q)).sum(axis=1) * s
    ),
    "elbo_gap_over_images": lambda q, p, s: np.sum(np.exp(q) * (q - p), axis=0) * s,
    "elbo_gap_over_everything": lambda q, p, s: np.sum(np.exp(q) * (q - p)) * s,
    "elbo_gap_terms": lambda q, p, s: np.exp(q) * (q - p) * s,
}
for name, answer in GAP.items():
    wrong("elbo_gap", name)(numpy(answer))
RIGHT_GAP = [
    numpy(lambda q, p, s: gap(q, p, q, s)),
    numpy(lambda q, p, s: np.einsum("ij,ij->i", np.exp(q), q - p) * s),
    numpy(lambda q, p, s: [np.sum(np.exp(a) * (a - b)) * s for a, b in zip(q, p, strict=True)]),
]
for answer in RIGHT_GAP:
    right("elbo_gap")(answer)

MENDED[12], MENDED[13] = RIGHT_GAP, RIGHT_BY_DRAWS
for number, others in ((12, GAP), (13, BY_DRAWS)):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
    for name in list(others)[3:6]:
        wrong(f"program {number}", name)(numpy(others[name]))


@wrong("program 12", "not_mended")
def program_12(log_q, log_posterior, spacing):
    log_q, log_posterior = np.asarray(log_q), np.asarray(log_posterior)
    return -np.sum(np.exp(log_posterior) * (log_q - log_posterior), axis=1) * spacing


@wrong("program 13", "not_mended")
def program_13(log_joint, log_q):
    weights = np.exp(np.asarray(log_joint) - np.asarray(log_q))
    return np.log(np.sum(weights, axis=0) / len(weights))
