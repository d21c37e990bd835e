"""Answers to the exercises of GAN5: fades, averages, styles, noise, mixing."""

import keras
import numpy as np
from keras import ops
from scipy.ndimage import zoom
from scipy.special import expit

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.applications import plant
from tests.checks.planted.probability import numpy
from tests.checks.planted.programs import MENDED


def by_numpy(answers):
    return {name: numpy(answer) for name, answer in answers.items()}


def kron(images):
    return np.kron(images, np.ones((1, 2, 2, 1)))


def dots(images):
    return np.kron(images, np.array([[1, 0], [0, 0]]).reshape(1, 2, 2, 1))


def pooled(images):
    return sum(images[:, i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4


def lerp(a, b, t):
    return a + t * (b - a)


FADE_IN = {
    "fade_in_wrong_way": lambda o, n, a: lerp(n, kron(o), a),
    "fade_in_zeros": lambda o, n, a: lerp(dots(o), n, a),
    "fade_in_tiled": lambda o, n, a: lerp(
        np.concatenate([np.concatenate([o, o], axis=1)] * 2, axis=2), n, a
    ),
    "fade_in_old_stays": lambda o, n, a: kron(o) + a * n,
    "fade_in_new_at_once": lambda o, n, a: n + (1 - a) * kron(o),
    "fade_in_sum": lambda o, n, a: kron(o) + n,
    "fade_in_half": lambda o, n, a: np.mean([kron(o), n], axis=0),
    "fade_in_new_only": lambda o, n, a: n,
    "fade_in_old_only": lambda o, n, a: kron(o),
    "fade_in_switch": lambda o, n, a: n if a >= 0.5 else kron(o),
    "fade_in_dimmed": lambda o, n, a: a * (kron(o) + n),
    "fade_in_product": lambda o, n, a: (1 - a) * kron(o) * (a * n),
    "fade_in_small": lambda o, n, a: lerp(o, pooled(n), a),
    "fade_in_every_second": lambda o, n, a: lerp(o, n[:, ::2, ::2], a),
    "fade_in_smooth": lambda o, n, a: lerp(
        zoom(o, (1, 2, 2, 1), order=1, mode="nearest", grid_mode=True), n, a
    ),
    "fade_in_in_one_row": lambda o, n, a: lerp(np.repeat(o, 4).reshape(n.shape), n, a),
    "fade_in_filled_up": lambda o, n, a: lerp(np.resize(o, n.shape), n, a),
    "fade_in_values_doubled": lambda o, n, a: lerp(2 * kron(o), n, a),
    "fade_in_new_missing": lambda o, n, a: kron(o) * (1 - a),
    "fade_in_old_missing": lambda o, n, a: n * a,
    "fade_in_subtracted": lambda o, n, a: (1 - a) * kron(o) - a * n,
    "fade_in_sizes": lambda o, n, a: lerp(o, n, a),
}


def by_layer(old, new, alpha):
    return (1 - alpha) * keras.layers.UpSampling2D(2)(old) + alpha * new


RIGHT_FADES = [
    by_layer,
    numpy(lambda o, n, a: lerp(kron(o), n, a)),
    lambda o, n, a: (1 - a) * ops.repeat(ops.repeat(o, 2, axis=1), 2, axis=2) + a * n,
    lambda o, n, a: (
        (1 - a) * o[:, :, None, :, None].repeat(2, 2).repeat(2, 4).reshape(n.shape) + a * n
    ),
]
plant("fade_in", by_numpy(FADE_IN), RIGHT_FADES)
wrong("fade_in", "fade_in_sizes")(lambda o, n, a: lerp(np.repeat(o, 2, axis=1), n, a))


def followed(step, start=None):
    """Return an answer that goes through the steps, from the first weights on by default."""

    def answer(weights, momentum):
        average = weights[0] if start is None else np.full(weights.shape[1], float(start))
        for each in weights if start is not None else weights[1:]:
            average = step(average, each, momentum)
        return average

    return answer


def kept(average, each, m):
    return average + (1 - m) * (each - average)


def shares(steps, m):
    """Return the share that each step has in the end."""
    found = (1 - m) * m ** np.arange(steps)[::-1]
    found[0] = m ** (steps - 1)
    return found


WEIGHT_AVERAGE = {
    "weight_average_from_zero": followed(kept, start=0),
    "weight_average_corrected": lambda w, m: followed(kept, start=0)(w, m) / (1 - m ** len(w)),
    "weight_average_exchanged": followed(lambda a, e, m: (1 - m) * a + m * e),
    "weight_average_mean": lambda w, m: np.mean(w, axis=0),
    "weight_average_last": lambda w, m: w[-1],
    "weight_average_first": lambda w, m: w[0],
    "weight_average_backwards": lambda w, m: shares(len(w), m)[::-1] @ w,
    "weight_average_without_last": lambda w, m: shares(len(w) - 1, m) @ w[:-1],
    "weight_average_first_and_last": lambda w, m: m * w[0] + (1 - m) * w[-1],
    "weight_average_last_two": lambda w, m: m * w[-2] + (1 - m) * w[-1],
    "weight_average_grows": followed(lambda a, e, m: m * a + e),
    "weight_average_never_forgets": followed(lambda a, e, m: a + (1 - m) * e),
    "weight_average_sum": lambda w, m: np.sum(w, axis=0),
    "weight_average_all_weights": lambda w, m: np.mean(shares(len(w), m) @ w),
    "weight_average_every_step": lambda w, m: np.array(
        [shares(i + 1, m) @ w[: i + 1] for i in range(len(w))]
    ),
    "weight_average_zero_and_skips": lambda w, m: followed(kept, start=0)(w[1:], m),
    "weight_average_brackets": followed(lambda a, e, m: m * a + 1 - m * e),
    "weight_average_halves": followed(lambda a, e, m: 0.5 * a + 0.5 * e),
    "weight_average_of_each_step": lambda w, m: np.mean(w, axis=1),
    "weight_average_over_weights": lambda w, m: shares(w.shape[1], m) @ w.T,
}
RIGHT_AVERAGES = [
    numpy(followed(kept)),
    numpy(lambda w, m: shares(len(w), m) @ w),
    numpy(followed(lambda a, e, m: m * a + (1 - m) * e)),
]
plant("weight_average", by_numpy(WEIGHT_AVERAGE), RIGHT_AVERAGES)


@wrong("weight_average", "weight_average_first_and_last")
def from_the_first_again(weights, momentum):
    for each in weights[1:]:
        average = momentum * weights[0] + (1 - momentum) * each
    return average


def normal(x, epsilon, axis=(1, 2)):
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=axis, keepdims=True) + epsilon)


def wide(style):
    return np.expand_dims(style, (1, 2))


def styled(x, a, b):
    return x + wide(a) * x + wide(b)


def over(axis):
    return lambda x, a, b, eps: styled(normal(x, eps, axis), a, b)


def divided(by):
    """Return an answer that divides by a function of the variance and epsilon."""

    def answer(x, a, b, eps):
        mean, variance = (f(x, axis=(1, 2), keepdims=True) for f in (np.mean, np.var))
        return styled((x - mean) / by(variance, eps), a, b)

    return answer


ADAPTIVE_NORM = {
    "adaptive_norm_style_first": lambda x, a, b, eps: normal(styled(x, a, b), eps),
    "adaptive_norm_scaled_first": lambda x, a, b, eps: normal(x + wide(a) * x, eps) + wide(b),
    "adaptive_norm_over_batch": over((0, 1, 2)),
    "adaptive_norm_channels_mixed": over((1, 2, 3)),
    "adaptive_norm_over_channels": over(-1),
    "adaptive_norm_over_images": over(0),
    "adaptive_norm_over_everything": over(None),
    "adaptive_norm_scale_alone": lambda x, a, b, eps: wide(a) * normal(x, eps) + wide(b),
    "adaptive_norm_plain": lambda x, a, b, eps: normal(x, eps),
    "adaptive_norm_without_shift": lambda x, a, b, eps: styled(normal(x, eps), a, 0 * b),
    "adaptive_norm_without_scale": lambda x, a, b, eps: normal(x, eps) + wide(b),
    "adaptive_norm_shift_scaled": lambda x, a, b, eps: (1 + wide(a)) * (normal(x, eps) + wide(b)),
    "adaptive_norm_not_normalized": lambda x, a, b, eps: styled(x, a, b),
    "adaptive_norm_variance": divided(lambda variance, eps: variance + eps),
    "adaptive_norm_epsilon_outside": divided(lambda variance, eps: np.sqrt(variance) + eps),
    "adaptive_norm_no_epsilon": divided(lambda variance, eps: np.sqrt(variance)),
    "adaptive_norm_one_style": lambda x, a, b, eps: styled(normal(x, eps), a[:1], b[:1]),
    "adaptive_norm_exchanged": lambda x, a, b, eps: styled(normal(x, eps), b, a),
    "adaptive_norm_over_rows": over(1),
    "adaptive_norm_over_columns": over(2),
    "adaptive_norm_not_centred": lambda x, a, b, eps: styled(
        x / np.sqrt(np.var(x, axis=(1, 2), keepdims=True) + eps), a, b
    ),
    "adaptive_norm_only_centred": divided(lambda variance, eps: 1),
    "adaptive_norm_multiplied": divided(lambda variance, eps: (variance + eps) ** -0.5),
    "adaptive_norm_unbiased": lambda x, a, b, eps: styled(
        (x - np.mean(x, axis=(1, 2), keepdims=True))
        / np.sqrt(np.var(x, axis=(1, 2), keepdims=True, ddof=1) + eps),
        a,
        b,
    ),
    "adaptive_norm_mean_alone_divided": lambda x, a, b, eps: styled(
        x
        - np.mean(x, axis=(1, 2), keepdims=True)
        / np.sqrt(np.var(x, axis=(1, 2), keepdims=True) + eps),
        a,
        b,
    ),
    "adaptive_norm_one_added": lambda x, a, b, eps: 1 + wide(a) * normal(x, eps) + wide(b),
    "adaptive_norm_scale_added": lambda x, a, b, eps: normal(x, eps) + wide(a) + wide(b),
    "adaptive_norm_shift_subtracted": lambda x, a, b, eps: styled(normal(x, eps), a, -b),
    "adaptive_norm_axes": lambda x, a, b, eps: (1 + a) * normal(x, eps) + b,
}


def norm_by_ops(x, scale, shift, epsilon):
    mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
    x = (x - mean) / ops.sqrt(variance + epsilon)
    return (1 + scale[:, None, None]) * x + shift[:, None, None]


def norm_in_place(x, scale, shift, epsilon):
    x -= x.mean(axis=(1, 2), keepdims=True)
    x /= np.sqrt(x.var(axis=(1, 2), keepdims=True) + epsilon)
    return np.einsum("nhwc,nc->nhwc", x, 1 + scale) + shift[:, None, None]


RIGHT_NORMS = [
    norm_in_place,
    numpy(over((1, 2))),
    numpy(divided(lambda variance, eps: np.sqrt(variance + eps))),
    norm_by_ops,
]
plant("adaptive_norm", by_numpy(ADAPTIVE_NORM), RIGHT_NORMS)


def grained(*axes, draw="normal", strength=lambda s: s):
    """Return an answer with one number along some axes, "nhwc", and 1 along the others."""

    def answer(x, s, rng):
        shape = tuple(n if axis in axes else 1 for n, axis in zip(x.shape, "nhwc", strict=True))
        noise = rng.normal(size=shape) if draw == "normal" else draw(rng, shape)
        return x + strength(s) * noise

    return answer


PLACES = ("n", "h", "w")
PIXEL_NOISE = {
    "pixel_noise_shape": lambda x, s, rng: (x + rng.normal(size=(*x.shape[:3], 1)) * s)[..., :1],
    "pixel_noise_not_finite": lambda x, s, rng: x / 0.0,
    "pixel_noise_none": lambda x, s, rng: x,
    "pixel_noise_multiplied": lambda x, s, rng: x * (1 + s * rng.normal(size=(*x.shape[:3], 1))),
    "pixel_noise_alone": lambda x, s, rng: s * rng.normal(size=(*x.shape[:3], 1)),
    "pixel_noise_same_always": lambda x, s, rng: grained(*PLACES)(x, s, np.random.default_rng(3)),
    "pixel_noise_foreign_numbers": lambda x, s, rng: grained(*PLACES)(
        x, s, np.random.default_rng()
    ),
    "pixel_noise_one_number": lambda x, s, rng: x + s * rng.normal(),
    "pixel_noise_for_channels": grained("c"),
    "pixel_noise_for_images": grained("n"),
    "pixel_noise_reused": grained("h", "w"),
    "pixel_noise_in_rows": grained("n", "h"),
    "pixel_noise_no_strength": grained(*PLACES, strength=lambda s: 1),
    "pixel_noise_mean_strength": grained(*PLACES, strength=np.mean),
    "pixel_noise_strength_squared": grained(*PLACES, strength=np.square),
    "pixel_noise_strength_root": grained(*PLACES, strength=np.sqrt),
    "pixel_noise_strength_divides": grained(*PLACES, strength=lambda s: 1 / s),
    "pixel_noise_shared_strength_added": lambda x, s, rng: (
        x + s + s * rng.normal(size=(*x.shape[:3], 1))
    ),
    "pixel_noise_uniform": grained(*PLACES, draw=lambda rng, shape: rng.random(shape)),
    "pixel_noise_positive": grained(*PLACES, draw=lambda rng, shape: abs(rng.normal(size=shape))),
    "pixel_noise_own_for_channels": grained(*PLACES, "c"),
    "pixel_noise_not_normal": grained(
        *PLACES, draw=lambda rng, shape: rng.uniform(-(3**0.5), 3**0.5, shape)
    ),
    "pixel_noise_strength_alone": lambda x, s, rng: x + s,
    "pixel_noise_cut": lambda x, s, rng: np.clip(grained(*PLACES)(x, s, rng), 0, 1),
    "pixel_noise_x_multiplied": lambda x, s, rng: (
        s * grained(*PLACES, strength=lambda s: 1)(x, s, rng)
    ),
    "pixel_noise_deviation": grained(*PLACES, draw=lambda rng, shape: rng.uniform(-1, 1, shape)),
    "pixel_noise_no_last_axis": lambda x, s, rng: x + s * rng.standard_normal(x.shape[:3]),
}
wrong("pixel_noise", "pixel_noise_multiplied")(
    lambda x, s, rng: x * s * rng.normal(size=(*x.shape[:3], 1))
)
wrong("pixel_noise", "pixel_noise_multiplied")(
    lambda x, s, rng: x * rng.normal(size=(*x.shape[:3], 1)) + s
)
wrong("pixel_noise", "pixel_noise_positive")(
    grained(*PLACES, draw=lambda rng, shape: rng.integers(0, 2, shape))
)


def noise_on_a_copy(x, strength, rng):
    y, noise = x.copy(), rng.standard_normal(x.shape[:3], dtype="float32")
    for channel, each in enumerate(strength):
        y[..., channel] += each * noise
    return y


RIGHT_NOISES = [
    noise_on_a_copy,
    grained(*PLACES),
    lambda x, s, rng: x + s * rng.standard_normal(x.shape[:3])[..., None],
    lambda x, s, rng: x - s * rng.normal(size=(*x.shape[:3], 1)),
]
plant("pixel_noise", PIXEL_NOISE, RIGHT_NOISES)


def chosen(first, last, at, count):
    """Return styles: the first ones where the layer's number is below at."""
    return np.where((np.arange(count) < at)[None, :, None], first[:, None], last[:, None])


def mixed(change):
    """Return an answer by a formula of both styles, at and count."""
    return lambda mapping, z, other, at, count: change(mapping(z), mapping(other), at, count)


def every(formula):
    """Return an answer whose layers all get the same style, by a formula."""

    def answer(mapping, z, other, at, count):
        return np.repeat(formula(mapping, z, other, at, count)[:, None], count, axis=1)

    return answer


MIXED_STYLES = {
    "mixed_styles_wrong_way": mixed(lambda w, o, at, count: chosen(o, w, at, count)),
    "mixed_styles_one_late": mixed(lambda w, o, at, count: chosen(w, o, at + 1, count)),
    "mixed_styles_one_early": mixed(lambda w, o, at, count: chosen(w, o, at - 1, count)),
    "mixed_styles_from_the_end": mixed(lambda w, o, at, count: chosen(w, o, count - at, count)),
    "mixed_styles_not_mapped": lambda m, z, o, at, count: chosen(z, o, at, count),
    "mixed_styles_other_not_mapped": lambda m, z, o, at, count: chosen(m(z), o, at, count),
    "mixed_styles_z_not_mapped": lambda m, z, o, at, count: chosen(z, m(o), at, count),
    "mixed_styles_mapped_twice": lambda m, z, o, at, count: chosen(m(m(z)), m(m(o)), at, count),
    "mixed_styles_only_z": mixed(lambda w, o, at, count: chosen(w, w, at, count)),
    "mixed_styles_only_other": mixed(lambda w, o, at, count: chosen(o, o, at, count)),
    "mixed_styles_mean": every(lambda m, z, o, at, count: np.mean([m(z), m(o)], axis=0)),
    "mixed_styles_share": every(lambda m, z, o, at, count: lerp(m(o), m(z), at / count)),
    "mixed_styles_of_numbers": every(
        lambda m, z, o, at, count: m(np.where(np.arange(z.shape[1]) < at, z, o))
    ),
    "mixed_styles_each_number": every(
        lambda m, z, o, at, count: np.where(np.arange(z.shape[1]) < at, m(z), m(o))
    ),
    "mixed_styles_layers_first": mixed(
        lambda w, o, at, count: np.swapaxes(chosen(w, o, at, count), 0, 1)
    ),
    "mixed_styles_two": mixed(lambda w, o, at, count: chosen(w, o, 1, 2)),
    "mixed_styles_layers_last": mixed(
        lambda w, o, at, count: np.moveaxis(chosen(w, o, at, count), 1, 2)
    ),
    "mixed_styles_side_by_side": mixed(
        lambda w, o, at, count: np.hstack([w] * at + [o] * (count - at))
    ),
    "mixed_styles_below_each_other": mixed(
        lambda w, o, at, count: np.vstack([w] * at + [o] * (count - at))
    ),
    "mixed_styles_of_images": every(lambda m, z, o, at, count: m(np.vstack([z[:at], o[at:]]))),
    "mixed_styles_images_alone": lambda m, z, o, at, count: m(np.vstack([z[:at], o[at:]])),
    "mixed_styles_too_many": mixed(
        lambda w, o, at, count: np.stack([w] * at + [o] * count, axis=1)
    ),
    "mixed_styles_rest_empty": mixed(
        lambda w, o, at, count: chosen(w, np.zeros_like(o), at, count)
    ),
    "mixed_styles_rows": lambda m, z, o, at, count: np.stack(
        [m(z[i]) if i < at else m(o[i]) for i in range(count)], axis=1
    ),
}
RIGHT_MIXES = [
    lambda m, z, o, at, count: [
        [m(z[k]) if i < at else m(o[k]) for i in range(count)] for k in range(len(z))
    ],
    mixed(chosen),
    lambda m, z, o, at, count: np.stack([m(z if i < at else o) for i in range(count)], axis=1),
    lambda m, z, o, at, count: np.concatenate(
        [np.repeat(m(z)[:, None], at, axis=1), np.repeat(m(o)[:, None], count - at, axis=1)], axis=1
    ),
]
plant("mixed_styles", MIXED_STYLES, RIGHT_MIXES)

FADED_IMAGE = {
    "faded_image_weights": lambda xo, xn, o, n, a: expit(lerp(xo, xn, a) @ lerp(o, n, a)),
    "faded_image_kernels": lambda xo, xn, o, n, a: expit(xn @ lerp(o, n, a)),
    "faded_image_kernels_for_both": lambda xo, xn, o, n, a: lerp(
        *(expit(x @ lerp(o, n, a)) for x in (xo, xn)), a
    ),
    "faded_image_before_sigmoid": lambda xo, xn, o, n, a: expit(lerp(xo @ o, xn @ n, a)),
    "faded_image_without_sigmoid": lambda xo, xn, o, n, a: lerp(xo @ o, xn @ n, a),
    "faded_image_wrong_way": lambda xo, xn, o, n, a: lerp(expit(xn @ n), expit(xo @ o), a),
    "faded_image_exchanged": lambda xo, xn, o, n, a: lerp(expit(xo @ n), expit(xn @ o), a),
    "faded_image_new_only": lambda xo, xn, o, n, a: expit(xn @ n),
    "faded_image_old_only": lambda xo, xn, o, n, a: expit(xo @ o),
    "faded_image_maps": lambda xo, xn, o, n, a: lerp(
        *(expit(lerp(xo, xn, a) @ kernel) for kernel in (o, n)), a
    ),
    "faded_image_maps_by_new": lambda xo, xn, o, n, a: expit(lerp(xo, xn, a) @ n),
    "faded_image_maps_by_old": lambda xo, xn, o, n, a: expit(lerp(xo, xn, a) @ o),
    "faded_image_kernels_of_old_maps": lambda xo, xn, o, n, a: expit(xo @ lerp(o, n, a)),
    "faded_image_half": lambda xo, xn, o, n, a: (expit(xo @ o) + expit(xn @ n)) / 2,
    "faded_image_sum": lambda xo, xn, o, n, a: expit(xo @ o) + expit(xn @ n),
    "faded_image_sigmoid_twice": lambda xo, xn, o, n, a: expit(
        lerp(expit(xo @ o), expit(xn @ n), a)
    ),
}
RIGHT_IMAGES = [
    lambda xo, xn, o, n, a: (1 - a) * expit(xo @ o) + a * expit(xn @ n),
    lambda xo, xn, o, n, a: lerp(ops.sigmoid(xo @ o), ops.sigmoid(xn @ n), a),
]
plant("faded_image", FADED_IMAGE, RIGHT_IMAGES)


def deviations(values, axis):
    return np.sqrt(np.mean((values - np.mean(values, axis=axis, keepdims=True)) ** 2, axis=axis))


NOISE_MAP = {
    "noise_map_over_images": lambda d: np.mean(deviations(d, 1), axis=0)[..., 0],
    "noise_map_over_everything": lambda d: deviations(d, (0, 1))[..., 0],
    "noise_map_of_mean_image": lambda d: deviations(np.mean(d, axis=1), 0)[..., 0],
    "noise_map_of_mean_redraw": lambda d: deviations(np.mean(d, axis=0), 0)[..., 0],
    "noise_map_first_image": lambda d: deviations(d[:, 0], 0)[..., 0],
    "noise_map_variance": lambda d: np.mean(deviations(d, 0) ** 2, axis=0)[..., 0],
    "noise_map_number": lambda d: np.mean(deviations(d, 0)),
    "noise_map_each_image": lambda d: deviations(d, 0)[..., 0],
    "noise_map_mean_image": lambda d: np.mean(d, axis=(0, 1))[..., 0],
    "noise_map_one_less": lambda d: np.std(d, axis=0, ddof=1).mean(axis=0)[..., 0],
    "noise_map_root_of_mean": lambda d: np.sqrt(np.var(d, axis=0).mean(axis=0))[..., 0],
    "noise_map_largest": lambda d: deviations(d, 0).max(axis=0)[..., 0],
    "noise_map_sum": lambda d: deviations(d, 0).sum(axis=0)[..., 0],
    "noise_map_absolute": lambda d: np.mean(abs(d - np.mean(d, axis=0)), axis=(0, 1))[..., 0],
    "noise_map_first_redraw": lambda d: deviations(d[0], 0)[..., 0],
}
RIGHT_MAPS = [
    lambda d: d.std(axis=0).mean(axis=0)[..., 0],
    lambda d: deviations(d, 0).mean(axis=(0, -1)),
]
plant("noise_map", NOISE_MAP, RIGHT_MAPS)

MENDED[28], MENDED[29] = RIGHT_IMAGES, RIGHT_MAPS
for number in (28, 29):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
for name in ("faded_image_kernels", "faded_image_before_sigmoid"):
    wrong("program 28", name)(FADED_IMAGE[name])
for name in ("noise_map_over_everything", "noise_map_of_mean_image"):
    wrong("program 29", name)(NOISE_MAP[name])


@wrong("program 28", "not_mended")
def blended_kernels(x_old, x_new, old, new, alpha):
    kernel = old + alpha * (new - old)
    return expit((x_old + alpha * (x_new - x_old)) @ kernel)


@wrong("program 29", "not_mended")
def between_images(draws):
    return np.sqrt(draws.var(axis=1)).mean(axis=(0, -1))
