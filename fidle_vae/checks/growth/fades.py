"""The check of a fade-in: small images doubled, and blended with large ones."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose_either,
    exercise,
    explain,
    from_arguments,
)

SIZES = ((2, 2, 3, 1, 0.3), (3, 3, 2, 2, 0.8))  # images, rows, columns, channels, alpha
BOTH = "`new` has twice as many rows and columns as `old`: repeat along axis=1, and along axis=2."


@exercise
@from_arguments
def fade_in(my_fade_in: Callable) -> Result:
    """Check `my_fade_in(old, new, alpha)`: the blend of doubled images and of large ones."""
    rng = np.random.default_rng(90)
    cases = [
        {
            "old": rng.random((n, rows, columns, channels)).astype("float32"),
            "new": rng.random((n, 2 * rows, 2 * columns, channels)).astype("float32"),
            "alpha": alpha,
        }
        for n, rows, columns, channels, alpha in SIZES
    ]
    result = diagnose_either(
        "fade_in", my_fade_in, cases, [_right], MISTAKES, _pixel, arrays_first=True
    )
    return explain(result, "do not fit together", "fade_in_sizes", BOTH)


def _pixel(case, index):
    place = f" at {tuple(int(each) for each in index[1:3])}" if len(index) == 4 else ""
    return f"a pixel of image {int(index[0]) if index else 0}{place}, alpha {case['alpha']}"


def _doubled(images):
    return images.repeat(2, axis=1).repeat(2, axis=2)


def _spread(images):
    n, rows, columns, channels = images.shape
    wide = np.zeros((n, 2 * rows, 2 * columns, channels))
    wide[:, ::2, ::2] = images
    return wide


def _smooth(images):
    for axis in (1, 2):
        places, size = np.arange(images.shape[axis]), list(images.shape)
        size[axis] *= 2
        sides = (images.take(places + i, axis, mode="clip") for i in (-1, 1))
        halves = [0.75 * images + 0.25 * each for each in sides]
        images = np.stack(halves, axis + 1).reshape(size)
    return images


def _halved(images):
    n, rows, columns, channels = images.shape
    return images.reshape(n, rows // 2, 2, columns // 2, 2, channels).mean(axis=(2, 4))


def _right(old, new, alpha):
    return (1 - alpha) * _doubled(old) + alpha * new


def _by(formula):
    """Return a result by a formula of doubled images, large ones and alpha."""
    return lambda old, new, alpha: formula(_doubled(old), new, alpha)


MISTAKES = [
    Mistake(
        "fade_in_wrong_way",
        "It fades the wrong way round: alpha 0 shows the old images, alpha 1 the new ones.",
        _by(lambda old, new, alpha: alpha * old + (1 - alpha) * new),
    ),
    Mistake(
        "fade_in_zeros",
        "The small images are spread out with zeros between their pixels: each pixel is to become "
        "four equal ones.",
        lambda old, new, alpha: (1 - alpha) * _spread(old) + alpha * new,
    ),
    Mistake(
        "fade_in_tiled",
        "The small images are laid side by side, four times: each pixel is to become four equal "
        "ones, np.repeat in place of np.tile.",
        lambda old, new, alpha: (1 - alpha) * np.tile(old, (1, 2, 2, 1)) + alpha * new,
    ),
    Mistake(
        "fade_in_old_stays",
        "The old images stay as they are while the new ones are added, so that images become "
        "brighter: multiply the old ones by 1 - alpha.",
        _by(lambda old, new, alpha: old + alpha * new),
    ),
    Mistake(
        "fade_in_new_at_once",
        "The new images are there in full from the start: multiply them by alpha.",
        _by(lambda old, new, alpha: (1 - alpha) * old + new),
    ),
    Mistake(
        "fade_in_sum",
        "Both are added, and alpha does nothing.",
        _by(lambda old, new, alpha: old + new),
    ),
    Mistake(
        "fade_in_half",
        "It is half of each, whatever alpha is.",
        _by(lambda old, new, alpha: (old + new) / 2),
    ),
    Mistake(
        "fade_in_new_only",
        "These are the new images: the old ones are missing. This is the hard switch.",
        _by(lambda old, new, alpha: new),
    ),
    Mistake(
        "fade_in_old_only",
        "These are the old images: the new ones never come.",
        _by(lambda old, new, alpha: old),
    ),
    Mistake(
        "fade_in_switch",
        "It shows either the old images or the new ones, whichever has the larger share: show "
        "both, each by its share.",
        _by(lambda old, new, alpha: new if alpha >= 0.5 else old),
    ),
    Mistake(
        "fade_in_dimmed",
        "Both have the same share: the old images need 1 - alpha.",
        _by(lambda old, new, alpha: alpha * old + alpha * new),
    ),
    Mistake(
        "fade_in_product",
        "Both are multiplied: add them, each by its share.",
        _by(lambda old, new, alpha: (1 - alpha) * old * alpha * new),
    ),
    Mistake(
        "fade_in_small",
        "The result has the size of the old images, as the new ones are halved: double the old "
        "ones instead.",
        lambda old, new, alpha: (1 - alpha) * old + alpha * _halved(new),
    ),
    Mistake(
        "fade_in_every_second",
        "The result has the size of the old images, as every second pixel of the new ones is left "
        "out: double the old ones instead.",
        lambda old, new, alpha: (1 - alpha) * old + alpha * new[:, ::2, ::2],
    ),
    Mistake(
        "fade_in_smooth",
        "The old images are doubled smoothly, with blends of neighbours between their pixels: each "
        "pixel is to become four equal ones.",
        lambda old, new, alpha: (1 - alpha) * _smooth(old) + alpha * new,
    ),
    Mistake(
        "fade_in_in_one_row",
        "All numbers of the old images are repeated in one long row, which mixes up the rows of "
        "pixels: repeat along axis=1, and along axis=2.",
        lambda old, new, alpha: (1 - alpha) * old.repeat(4).reshape(new.shape) + alpha * new,
    ),
    Mistake(
        "fade_in_filled_up",
        "np.resize fills the larger images with the numbers of all old ones, again and again: each "
        "pixel is to become four equal ones.",
        lambda old, new, alpha: (1 - alpha) * np.resize(old, new.shape) + alpha * new,
    ),
    Mistake(
        "fade_in_values_doubled",
        "The numbers of the old images are doubled, so that they are twice as bright: double their "
        "size alone.",
        _by(lambda old, new, alpha: (1 - alpha) * 2 * old + alpha * new),
    ),
    Mistake(
        "fade_in_new_missing",
        "These are the old images, by their share: the new ones are missing.",
        _by(lambda old, new, alpha: (1 - alpha) * old),
    ),
    Mistake(
        "fade_in_old_missing",
        "These are the new images, by their share: the old ones are missing.",
        _by(lambda old, new, alpha: alpha * new),
    ),
    Mistake(
        "fade_in_subtracted",
        "One share is subtracted from the other: add them.",
        _by(lambda old, new, alpha: (1 - alpha) * old - alpha * new),
    ),
]
