"""The check of the contractive penalty of one sigmoid layer."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def contraction(my_contraction: Callable) -> Result:
    """Check `my_contraction(h, w)`: the sum of all squared dh_j/dx_i of each image, (n,)."""
    rng = np.random.default_rng(45)
    cases = []
    for n, units in ((4, 3), (6, 5)):  # as many inputs as units: a wrong axis raises no error
        h = rng.uniform(0.05, 0.95, (n, units)).astype("float32")
        w = rng.normal(0.3, 1, (units, units)).astype("float32")
        cases.append({"h": h, "w": w})
    return diagnose("contraction", my_contraction, cases, [_penalty], MISTAKES, _image)


def _image(case, index):
    h = case["h"][index[0] if index else 0]
    return "the code h = [" + ", ".join(f"{each:.2g}" for each in h) + "]"


def _slope(h):
    return h * (1 - h)


def _sizes(w, axis=0):
    return (w**2).sum(axis=axis)


def _penalty(h, w):
    return _slope(h) ** 2 @ _sizes(w)


MISTAKES = [
    Mistake(
        "contraction_slope_not_squared",
        "h (1 - h) is not squared: the whole derivative, h_j (1 - h_j) W_ij, is.",
        lambda h, w: _slope(h) @ _sizes(w),
    ),
    Mistake(
        "contraction_weights_not_squared",
        "The weights are not squared: the whole derivative, h_j (1 - h_j) W_ij, is.",
        lambda h, w: _slope(h) ** 2 @ w.sum(axis=0),
    ),
    Mistake(
        "contraction_nothing_squared",
        "These are the derivatives added up, where they cancel each other: square them first.",
        lambda h, w: _slope(h) @ w.sum(axis=0),
    ),
    Mistake(
        "contraction_absolute",
        "These are the absolute values of the derivatives: square them.",
        lambda h, w: _slope(h) @ np.abs(w).sum(axis=0),
    ),
    Mistake(
        "contraction_square_of_sums",
        "The weights of a unit are added up before they are squared: square each, then add.",
        lambda h, w: _slope(h) ** 2 @ w.sum(axis=0) ** 2,
    ),
    Mistake(
        "contraction_wrong_axis",
        "The squares are added up over the units where the inputs are meant: a column of w "
        "belongs to a unit, axis=0.",
        lambda h, w: _slope(h) ** 2 @ _sizes(w, 1),
    ),
    Mistake(
        "contraction_root",
        "This is the root of it, the norm: the squared norm is asked.",
        lambda h, w: np.sqrt(_penalty(h, w)),
    ),
    Mistake(
        "contraction_of_h",
        "It takes h where its slope is due, h (1 - h).",
        lambda h, w: h**2 @ _sizes(w),
    ),
    Mistake(
        "contraction_of_one_minus_h",
        "It takes 1 - h where the slope is due, h (1 - h).",
        lambda h, w: (1 - h) ** 2 @ _sizes(w),
    ),
    Mistake(
        "contraction_of_tanh",
        "1 - h^2 is the slope of tanh: that of a sigmoid is h (1 - h).",
        lambda h, w: (1 - h**2) ** 2 @ _sizes(w),
    ),
    Mistake(
        "contraction_sigmoid_twice",
        "h goes through the sigmoid once more: it has been there, and its slope is h (1 - h).",
        lambda h, w: _slope(1 / (1 + np.exp(-h))) ** 2 @ _sizes(w),
    ),
    Mistake(
        "contraction_slopes_only",
        "The weights are missing: a unit with small weights reacts little.",
        lambda h, w: (_slope(h) ** 2).sum(axis=1),
    ),
    Mistake(
        "contraction_weight_decay",
        "This is the sum of the squared weights, the same for every image: where h is near 0 or "
        "1, a unit hardly reacts.",
        lambda h, w: _sizes(w, None),
    ),
    Mistake(
        "contraction_of_units",
        "Each unit has its own value: add them up, one number for each image.",
        lambda h, w: _slope(h) ** 2 * _sizes(w),
    ),
    Mistake(
        "contraction_over_images",
        "The sum goes over the images: it must go over the units, axis=1.",
        lambda h, w: (_slope(h) ** 2 * _sizes(w)).sum(axis=0),
    ),
    Mistake(
        "contraction_of_the_batch",
        "This is the sum over the whole batch: one number for each image is asked.",
        lambda h, w: _penalty(h, w).sum(),
    ),
    Mistake(
        "contraction_mean_of_images",
        "This is the mean over the batch: one number for each image is asked.",
        lambda h, w: _penalty(h, w).mean(),
    ),
    Mistake(
        "contraction_mean",
        "A mean is taken over the units or the inputs where a sum is asked: the penalty would "
        "change with the size of the layer.",
        lambda h, w: _penalty(h, w) / len(w),
    ),
    Mistake(
        "contraction_mean_of_both",
        "Means are taken over units and inputs where sums are asked.",
        lambda h, w: _penalty(h, w) / w.size,
    ),
]
