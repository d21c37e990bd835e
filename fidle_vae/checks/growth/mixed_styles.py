"""The check of mixed styles: the first layers from one latent point, the others from another."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, explain, from_arguments

CASES = ((3, 1, 4), (2, 3, 5))  # images, at, count
DIM = 4
ROWS = (
    "z and other have a row for each image, and none for a layer: mapping(z) makes the styles of "
    "all images at once."
)


@exercise
@from_arguments
def mixed_styles(my_mixed_styles: Callable) -> Result:
    """Check `my_mixed_styles(mapping, z, other, at, count)`: styles (n, count, d)."""
    rng = np.random.default_rng(94)
    cases = []
    for n, at, count in CASES:
        z, other = rng.normal(size=(2, n, DIM)).astype("float32")
        cases.append({"mapping": mapping, "z": z, "other": other, "at": at, "count": count})
    result = diagnose(
        "mixed_styles", my_mixed_styles, cases, [_right], MISTAKES, _style, arrays=True
    )
    return explain(result, "is out of bounds for axis 0", "mixed_styles_rows", ROWS)


def mapping(z):
    """Return styles of latent points: a mapping that the check can follow."""
    z = np.asarray(ops.convert_to_numpy(z))
    return np.tanh(z @ (np.arange(DIM * DIM).reshape(DIM, DIM) % 5 - 1.7)) + 2


def _style(case, index):
    which = f"style {int(index[1])} of image {int(index[0])}" if len(index) == 3 else "a style"
    return f"{which}, at = {case['at']}, count = {case['count']}"


def _mixed(first, last, at, count):
    return np.stack([first] * at + [last] * (count - at), axis=1)


def _right(mapping, z, other, at, count):
    return _mixed(mapping(z), mapping(other), at, count)


def _of_images(w, other, at):
    return np.concatenate([w[:at], other[at:]])


def _of(formula):
    """Return the result by a formula of both styles, at and count."""
    return lambda mapping, z, other, at, count: formula(mapping(z), mapping(other), at, count)


MISTAKES = [
    Mistake(
        "mixed_styles_wrong_way",
        "The first styles come from `other`, the last ones from `z`: it is the other way round.",
        _of(lambda w, other, at, count: _mixed(other, w, at, count)),
    ),
    Mistake(
        "mixed_styles_one_late",
        "It changes one layer too late: `at` styles come from z, those with the numbers 0 to "
        "at - 1.",
        _of(lambda w, other, at, count: _mixed(w, other, at + 1, count)),
    ),
    Mistake(
        "mixed_styles_one_early",
        "It changes one layer too early: `at` styles come from z, those with the numbers 0 to "
        "at - 1.",
        _of(lambda w, other, at, count: _mixed(w, other, at - 1, count)),
    ),
    Mistake(
        "mixed_styles_from_the_end",
        "`at` is counted from the end: the first `at` styles come from z, the others from `other`.",
        _of(lambda w, other, at, count: _mixed(w, other, count - at, count)),
    ),
    Mistake(
        "mixed_styles_not_mapped",
        "The mapping is skipped: these are latent points, and the layers take styles, mapping(z).",
        lambda mapping, z, other, at, count: _mixed(z, other, at, count),
    ),
    Mistake(
        "mixed_styles_other_not_mapped",
        "`other` is not mapped: it is a latent point as well, and the layers take styles.",
        lambda mapping, z, other, at, count: _mixed(mapping(z), other, at, count),
    ),
    Mistake(
        "mixed_styles_z_not_mapped",
        "`z` is not mapped: it is a latent point as well, and the layers take styles.",
        lambda mapping, z, other, at, count: _mixed(z, mapping(other), at, count),
    ),
    Mistake(
        "mixed_styles_mapped_twice",
        "The styles are mapped once more: mapping(z) is what the layers take.",
        lambda mapping, z, other, at, count: _right(mapping, mapping(z), mapping(other), at, count),
    ),
    Mistake(
        "mixed_styles_only_z",
        "All styles come from z: nothing is mixed.",
        _of(lambda w, other, at, count: _mixed(w, w, at, count)),
    ),
    Mistake(
        "mixed_styles_only_other",
        "All styles come from `other`: nothing is mixed.",
        _of(lambda w, other, at, count: _mixed(other, other, at, count)),
    ),
    Mistake(
        "mixed_styles_mean",
        "Every layer gets the mean of both styles: each layer gets one of them, as it is.",
        _of(lambda w, other, at, count: _mixed((w + other) / 2, (w + other) / 2, at, count)),
    ),
    Mistake(
        "mixed_styles_share",
        "Every layer gets the same blend, with a share of at / count: each layer gets one of them, "
        "as it is.",
        _of(
            lambda w, other, at, count: np.stack(
                [(at * w + (count - at) * other) / count] * count, axis=1
            )
        ),
    ),
    Mistake(
        "mixed_styles_of_numbers",
        "The numbers of z and of `other` are mixed before the mapping, and all layers get the same "
        "style: map both, and mix by layers.",
        lambda mapping, z, other, at, count: np.stack(
            [mapping(np.concatenate([z[:, :at], other[:, at:]], axis=1))] * count, axis=1
        ),
    ),
    Mistake(
        "mixed_styles_each_number",
        "The numbers of each style are mixed, the first `at` from z: a layer gets a whole style, "
        "from one of both.",
        _of(
            lambda w, other, at, count: np.stack(
                [np.concatenate([w[:, :at], other[:, at:]], axis=1)] * count, axis=1
            )
        ),
    ),
    Mistake(
        "mixed_styles_layers_first",
        "The layers are the first axis: (count, n, d). Stack the styles along axis=1.",
        _of(lambda w, other, at, count: np.stack([w] * at + [other] * (count - at))),
    ),
    Mistake(
        "mixed_styles_two",
        "There are two styles for each image: a style for each of `count` layers is due.",
        _of(lambda w, other, at, count: np.stack([w, other], axis=1)),
    ),
    Mistake(
        "mixed_styles_layers_last",
        "The layers are the last axis: (n, d, count). Stack the styles along axis=1.",
        _of(lambda w, other, at, count: np.stack([w] * at + [other] * (count - at), axis=2)),
    ),
    Mistake(
        "mixed_styles_side_by_side",
        "The styles of an image are joined to one long row: np.stack gives the layers an axis of "
        "their own, np.concatenate does not.",
        _of(lambda w, other, at, count: np.concatenate([w] * at + [other] * (count - at), axis=1)),
    ),
    Mistake(
        "mixed_styles_below_each_other",
        "The styles of all layers are joined below each other, as if they were more images: stack "
        "them along axis=1.",
        _of(lambda w, other, at, count: np.concatenate([w] * at + [other] * (count - at))),
    ),
    Mistake(
        "mixed_styles_of_images",
        "`at` counts images here: the first of them have their style from z, the others from "
        "`other`. It is to count layers, for every image.",
        _of(lambda w, other, at, count: np.stack([_of_images(w, other, at)] * count, axis=1)),
    ),
    Mistake(
        "mixed_styles_images_alone",
        "`at` counts images here, and there is one style for each: it is to count layers, and "
        "every image has `count` styles.",
        _of(lambda w, other, at, count: _of_images(w, other, at)),
    ),
    Mistake(
        "mixed_styles_too_many",
        "There are at + count styles: after the first `at`, count - at are left for `other`.",
        _of(lambda w, other, at, count: np.stack([w] * at + [other] * count, axis=1)),
    ),
    Mistake(
        "mixed_styles_rest_empty",
        "After the first `at` styles, all numbers are 0: the rest comes from `other`.",
        _of(lambda w, other, at, count: _mixed(w, 0 * w, at, count)),
    ),
]
