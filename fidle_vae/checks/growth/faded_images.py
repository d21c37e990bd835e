"""The check of a program that fades from one last layer to another."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SIZES = ((2, 2, 3, 4, 0.3), (3, 3, 2, 5, 0.8))  # images, rows, columns, channels, alpha


@exercise
@from_arguments
def faded_image(fade: Callable) -> Result:
    """Check `fade(x_old, x_new, old, new, alpha)`: a blend of images, each by its own kernel."""
    rng = np.random.default_rng(95)
    cases = []
    for n, rows, columns, channels, alpha in SIZES:
        x_old, x_new = rng.normal(size=(2, n, rows, columns, channels)).astype("float32")
        old, new = rng.normal(size=(2, channels, 1)).astype("float32")
        cases.append({"x_old": x_old, "x_new": x_new, "old": old, "new": new, "alpha": alpha})
    return diagnose("faded_image", fade, cases, [_right], MISTAKES, _pixel, arrays=True)


def _pixel(case, index):
    return f"a pixel of image {int(index[0]) if index else 0}, alpha {case['alpha']}"


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _blend(one, other, alpha):
    return (1 - alpha) * one + alpha * other


def _right(x_old, x_new, old, new, alpha):
    return _blend(_sigmoid(x_old @ old), _sigmoid(x_new @ new), alpha)


MISTAKES = [
    Mistake(
        "faded_image_weights",
        "The kernels are blended, and so are the maps: then, each kernel also acts on the maps of "
        "the other one. Make both images, and blend these.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(
            _blend(x_old, x_new, alpha) @ _blend(old, new, alpha)
        ),
    ),
    Mistake(
        "faded_image_kernels",
        "The kernels are blended, and act on the new maps: make both images, each by its own "
        "kernel, and blend these.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(x_new @ _blend(old, new, alpha)),
    ),
    Mistake(
        "faded_image_kernels_for_both",
        "Both images are made by the same blended kernel: each has its own.",
        lambda x_old, x_new, old, new, alpha: _blend(
            _sigmoid(x_old @ _blend(old, new, alpha)),
            _sigmoid(x_new @ _blend(old, new, alpha)),
            alpha,
        ),
    ),
    Mistake(
        "faded_image_before_sigmoid",
        "What is blended is not yet an image: take the sigmoid of each first.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(_blend(x_old @ old, x_new @ new, alpha)),
    ),
    Mistake(
        "faded_image_without_sigmoid",
        "The sigmoid is missing: these are no images.",
        lambda x_old, x_new, old, new, alpha: _blend(x_old @ old, x_new @ new, alpha),
    ),
    Mistake(
        "faded_image_wrong_way",
        "It fades the wrong way round: alpha 0 is the old image, alpha 1 the new one.",
        lambda x_old, x_new, old, new, alpha: _right(x_new, x_old, new, old, alpha),
    ),
    Mistake(
        "faded_image_exchanged",
        "Each kernel acts on the maps of the other one.",
        lambda x_old, x_new, old, new, alpha: _right(x_old, x_new, new, old, alpha),
    ),
    Mistake(
        "faded_image_new_only",
        "This is the new image: the old one is missing.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(x_new @ new),
    ),
    Mistake(
        "faded_image_old_only",
        "This is the old image: the new one is missing.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(x_old @ old),
    ),
    Mistake(
        "faded_image_maps",
        "The maps are blended before the kernels act on them: each kernel has maps of its own.",
        lambda x_old, x_new, old, new, alpha: _blend(
            _sigmoid(_blend(x_old, x_new, alpha) @ old),
            _sigmoid(_blend(x_old, x_new, alpha) @ new),
            alpha,
        ),
    ),
    Mistake(
        "faded_image_maps_by_new",
        "The maps are blended, and the new kernel acts on both: make both images, each by its own "
        "kernel, and blend these.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(_blend(x_old, x_new, alpha) @ new),
    ),
    Mistake(
        "faded_image_maps_by_old",
        "The maps are blended, and the old kernel acts on both: make both images, each by its own "
        "kernel, and blend these.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(_blend(x_old, x_new, alpha) @ old),
    ),
    Mistake(
        "faded_image_kernels_of_old_maps",
        "The kernels are blended, and act on the old maps: make both images, each by its own "
        "kernel, and blend these.",
        lambda x_old, x_new, old, new, alpha: _sigmoid(x_old @ _blend(old, new, alpha)),
    ),
    Mistake(
        "faded_image_half",
        "It is half of each image, whatever alpha is.",
        lambda x_old, x_new, old, new, alpha: _right(x_old, x_new, old, new, 0.5),
    ),
    Mistake(
        "faded_image_sum",
        "Both images are added in full: multiply each by its share, 1 - alpha and alpha.",
        lambda x_old, x_new, old, new, alpha: 2 * _right(x_old, x_new, old, new, 0.5),
    ),
    Mistake(
        "faded_image_sigmoid_twice",
        "The blend goes through a sigmoid once more: it is made of images already.",
        lambda *arguments: _sigmoid(_right(*arguments)),
    ),
]
