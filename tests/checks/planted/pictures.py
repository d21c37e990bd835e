"""Answers to the exercises of APP2: bytes, cut, place in a file, bursts, weight, hue, morph."""

import numpy as np
from keras import ops

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.programs import MENDED


def plant(name, mistakes, answers):
    """Register wrong answers by their mistakes, and right ones."""
    for mistake, answer in mistakes.items():
        wrong(name, mistake)(answer)
    for answer in answers:
        right(name)(answer)


# Bytes to floats


def last(pixels):
    return pixels.transpose(0, 2, 3, 1)


plant(
    "picture_floats",
    {
        "floats_not_divided": lambda p: last(p).astype("float32"),
        "floats_by_256": lambda p: last(p) / 256,
        "floats_whole": lambda p: last(p) // 255,
        "floats_channels_first": lambda p: p / np.float32(255),
        "floats_reshaped": lambda p: p.reshape(len(p), *p.shape[2:], 3) / 255,
        "floats_on_their_side": lambda p: p.transpose(0, 3, 2, 1) / 255,
        "floats_blue_first": lambda p: last(p[:, ::-1]) / 255,
        "floats_minus_one_to_one": lambda p: last(p) / 127.5 - 1,
        "floats_one_minus": lambda p: last(255 - p) / 255,
        "floats_by_their_largest": lambda p: np.stack([each / each.max() for each in last(p)]),
        "floats_grey": lambda p: last(p).mean(axis=3, keepdims=True) / 255,
    },
    [
        lambda p: last(p) / 255,
        lambda p: np.moveaxis(p.astype("float32"), 1, 3) / 255,
        lambda p: np.divide(np.rollaxis(p, 1, 4), 255, dtype=np.float32),
        lambda p: np.stack([p[:, c] for c in range(3)], axis=-1) / 255.0,
    ],
)

# The middle cut


def box(w, h, side=min, before=lambda over: over / 2):
    s = side(w, h)
    left, top = before(w - s), before(h - s)
    return left, top, left + s, top + s


plant(
    "middle_cut",
    {
        "cut_at_the_corner": lambda w, h: box(w, h, before=lambda over: 0),
        "cut_whole": lambda w, h: (0, 0, w, h),
        "cut_not_halved": lambda w, h: box(w, h, before=lambda over: over),
        "cut_rows_first": lambda w, h: [box(w, h)[i] for i in (1, 0, 3, 2)],
        "cut_with_a_size": lambda w, h: (*box(w, h)[:2], min(w, h), min(w, h)),
        "cut_beyond": lambda w, h: box(w, h, max),
        "cut_to_the_far_edge": lambda w, h: (
            *box(w, h)[:2],
            min(w, h) - box(w, h)[0],
            min(w, h) - box(w, h)[1],
        ),
        "cut_a_quarter": lambda w, h: [w / 4, h / 4, w - w / 4, h - h / 4],
        "cut_centre": lambda w, h: [w / 2, h / 2, min(w, h), min(w, h)],
    },
    [
        box,
        lambda w, h: list(box(w, h)),
        lambda w, h: box(w, h, before=lambda over: over // 2),
        lambda w, h: np.array([w, h, w, h]) / 2 + min(w, h) / 2 * np.array([-1, -1, 1, 1]),
    ],
)

# A place in a file


def place(first, count, rows, columns, channels, each=1):
    size = rows * columns * channels * each
    return first * size, count * size


plant(
    "file_place",
    {
        "place_in_pictures": lambda f, n, *shape: (f, n),
        "place_one_channel": lambda f, n, r, c, ch: [f * r * c, n * r * c],
        "place_of_floats": lambda *each: place(*each, 4),
        "place_in_bits": lambda *each: place(*each, 8),
        "place_with_the_end": lambda f, n, *shape: place(f, f + n, *shape),
        "place_counts_from_one": lambda f, n, *shape: place(f - 1, n, *shape),
        "place_one_later": lambda f, n, *shape: place(f + 1, n, *shape),
        "place_of_one": lambda f, n, *shape: place(f, 1, *shape),
        "place_in_batches": lambda f, n, *shape: place(f * n, n, *shape),
        "place_exchanged": lambda *each: place(*each)[::-1],
        "place_offset_in_pictures": lambda f, n, *shape: (f, place(f, n, *shape)[1]),
    },
    [
        place,
        lambda *each: list(place(*each)),
        lambda f, n, *shape: np.array([f, n]) * np.prod(shape),
    ],
)

# Bursts


def chosen(bursts, start=0, step=5):
    some = set(np.unique(bursts)[start::step].tolist())
    return np.array([each in some for each in bursts.tolist()])


def one_of_each(bursts):
    held, seen = chosen(bursts), set()
    for i, each in enumerate(bursts.tolist()):
        held[i] &= each not in seen
        seen.add(each)
    return held


plant(
    "held_out_bursts",
    {
        "bursts_every_fifth_picture": lambda b: np.arange(len(b)) % 5 == 0,
        "bursts_by_their_number": lambda b: b % 5 == 0,
        "bursts_to_train": lambda b: ~chosen(b),
        "bursts_one_of_each": one_of_each,
        "bursts_from_the_fifth": lambda b: chosen(b, 4),
        "bursts_every_fourth": lambda b: chosen(b, 0, 4),
        "bursts_as_places": lambda b: np.flatnonzero(chosen(b)),
        "bursts_as_numbers": lambda b: np.unique(b)[::5],
        "bursts_in_order_of_pictures": lambda b: np.isin(b, b[::5]),
        "bursts_sorted_pictures": lambda b: np.isin(b, sorted(b)[::5]),
        "bursts_none": lambda b: np.zeros(b.shape, bool),
    },
    [
        chosen,
        lambda b: np.isin(b, np.unique(b)[::5]),
        lambda b: np.unique(b, return_inverse=True)[1] % 5 == 0,
    ],
)

# A weight

plant(
    "picture_weight",
    {
        "weight_without_channels": lambda beta, s: beta / s[0] / s[1],
        "weight_is_beta": lambda beta, s: beta,
        "weight_multiplied": lambda beta, s: beta * s[0] * s[1] * s[2],
        "weight_of_mnist": lambda beta, s: beta / 28**2,
        "weight_of_channels_only": lambda beta, s: beta / s[-1],
        "weight_sum_of_sides": lambda beta, s: beta / sum(s),
        "weight_upside_down": lambda beta, s: s[0] * s[1] * s[2] / beta,
        "weight_of_a_beta_of_one": lambda beta, s: 1 / (s[0] * s[1] * s[2]),
        "weight_fixed": lambda beta, s: 0.001,
    },
    [
        lambda beta, s: beta / (s[0] * s[1] * s[2]),
        lambda beta, s: beta / np.prod(s),
    ],
)

# A mean hue


def sums(h, w, angle=2 * np.pi):
    return np.sum(w * np.sin(angle * h)), np.sum(w * np.cos(angle * h))


def turns(h, w):
    return np.arctan2(*sums(h, w)) / (2 * np.pi)


plant(
    "mean_hue",
    {
        "hue_plain_mean": lambda h, w: np.average(h, weights=w),
        "hue_plain_mean_unweighted": lambda h, w: np.mean(h),
        "hue_unweighted": lambda h, w: turns(h, 1) % 1,
        "hue_negative": turns,
        "hue_in_radians": lambda h, w: np.arctan2(*sums(h, w)) % (2 * np.pi),
        "hue_in_signed_radians": lambda h, w: np.arctan2(*sums(h, w)),
        "hue_in_degrees": lambda h, w: np.degrees(np.arctan2(*sums(h, w))) % 360,
        "hue_sine_first": lambda h, w: np.arctan2(*sums(h, w)[::-1]) / (2 * np.pi) % 1,
        "hue_sine_first_negative": lambda h, w: np.arctan2(*sums(h, w)[::-1]) / (2 * np.pi),
        "hue_arctan": lambda h, w: np.arctan(np.divide(*sums(h, w))) / (2 * np.pi) % 1,
        "hue_arctan_negative": lambda h, w: np.arctan(np.divide(*sums(h, w))) / (2 * np.pi),
        "hue_half_turn": lambda h, w: np.arctan2(*sums(h, w, np.pi)) / np.pi % 1,
        "hue_strongest": lambda h, w: h[w.argmax()],
        "hue_not_turned_to_angles": lambda h, w: np.arctan2(*sums(h, w, 1)) % 1,
    },
    [
        lambda h, w: turns(h, w) % 1,
        lambda h, w: np.angle((w * np.exp(2j * np.pi * h)).sum()) / (2 * np.pi) % 1,
        lambda h, w: (turns(h, w / w.sum()) + 1) % 1,
    ],
)

# A morph


def codes(a, b, t):
    return (1 - t) * a + t * b


def faded(decode, a, b, n):
    first, second = decode(a[None]), decode(b[None])
    return np.concatenate([codes(first, second, t) for t in np.linspace(0, 1, n)])


def way(shares, mix=codes):
    """Return a morph through the mixtures of two codes by these shares of the second one."""
    return lambda decode, a, b, n: decode(np.stack([mix(a, b, t) for t in shares(n)]))


def even(n):
    return np.linspace(0, 1, n)


MORPH = {
    "morph_cross_fade": faded,
    "morph_backwards": way(lambda n: even(n)[::-1]),
    "morph_without_end": way(lambda n: np.arange(n) / n),
    "morph_between_only": way(lambda n: np.arange(1, n + 1) / (n + 1)),
    "morph_gives_codes": lambda decode, a, b, n: np.stack([codes(a, b, t) for t in even(n)]),
    "morph_sum": way(even, lambda a, b, t: a + t * b),
    "morph_jumps": way(lambda n: np.round(even(n))),
}
MENDED_MORPHS = [
    way(even),
    lambda decode, a, b, n: np.concatenate([decode(codes(a, b, t)[None]) for t in even(n)]),
    lambda decode, a, b, n: decode(ops.convert_to_tensor(a + even(n)[:, None] * (b - a))),
]
plant("morph_frames", MORPH, MENDED_MORPHS)

# A batch of a file


def read(content, first, count, rows, columns, start=None):
    size = 3 * rows * columns
    start = first * size if start is None else start
    return content[start : start + count * size].reshape(-1, rows, columns, 3) / 255


def channels_first(content, first, count, rows, columns):
    flat = read(content, first, count, rows, columns)
    return flat.reshape(count, 3, rows, columns).transpose(0, 2, 3, 1)


def columns_first(content, first, count, rows, columns):
    return read(content, first, count, columns, rows).transpose(0, 2, 1, 3)


READ = {
    "batch_read_columns_first": columns_first,
    "batch_read_channels_first": channels_first,
    "batch_read_from_the_start": lambda c, first, *each: read(c, 0, *each),
    "batch_read_bytes": lambda *each: (255 * read(*each)).round(),
    "batch_read_too_early": lambda c, first, *each: read(c, first, *each, start=first),
    "batch_read_blue_first": lambda *each: read(*each)[..., [2, 1, 0]],
}
MENDED_READINGS = [
    read,
    lambda c, first, count, rows, columns: np.stack(
        [c.reshape(-1, rows, columns, 3)[first + i] / np.float32(255) for i in range(count)]
    ),
]
plant("read_batch", READ, MENDED_READINGS)

# Programs 30 and 31

MENDED |= {30: MENDED_MORPHS, 31: MENDED_READINGS}
for number in (30, 31):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    for answer in MENDED[number]:
        right(f"program {number}")(answer)
wrong("program 30", "not_mended")(faded)
wrong("program 30", "morph_without_end")(MORPH["morph_without_end"])
wrong("program 31", "not_mended")(columns_first)
wrong("program 31", "batch_read_channels_first")(channels_first)
