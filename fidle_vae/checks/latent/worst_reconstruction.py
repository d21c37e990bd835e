"""The check of a search: which image does a VAE reconstruct worst?"""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise
from fidle_vae.checks.engine.small_vae import SHAPE, small_vae
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.checks.losses.pixel_costs import cross_entropy

# Seeds and numbers of images for which no two mistakes find the same images in both sets.
SETS = ((36, 15), (19, 12))


@exercise
def worst(my_worst: Callable) -> Result:
    """Check `my_worst(vae, images)`: the index of the image that is reconstructed worst.

    Its cost is the cross-entropy, summed over pixels, of the image and `vae.reconstruct(images)`.
    """
    vae = small_vae()

    def solution(images):
        return my_worst(vae, np.array(images))

    def terms(images):
        x, x_hat = (np.asarray(array, float) for array in (images, vae.reconstruct(images)))
        return x, x_hat, right_kl(*vae.encode(images))

    cases = [{"images": images_of_all_kinds(seed, n)} for seed, n in SETS]
    return diagnose("worst", solution, cases, [_worst], MISTAKES, show, terms)


def images_of_all_kinds(seed: int, n: int) -> np.ndarray:
    """Draw images: dark, bright, grey ones, and some full of contrast."""
    rng = np.random.default_rng(seed)
    level, contrast = rng.uniform(-2, 2, (n, 1, 1, 1)), rng.uniform(0.2, 4, (n, 1, 1, 1))
    return (1 / (1 + np.exp(-level - contrast * rng.normal(size=(n, *SHAPE))))).astype("float32")


def show(case, index):
    """Write how many images there are."""
    return f"{len(case['images'])} images"


def _worst(x, x_hat, kl):
    return np.argmax(right_nll(x, x_hat))


def _rows(pixels):
    return pixels.reshape(len(pixels), -1)


# Formulas of the images, their reconstructions and their KL.
MISTAKES = [
    Mistake(
        "worst_is_the_best",
        "This is the image that is reconstructed best: the worst one costs the most nats "
        "(np.argmax of a cost, not np.argmin, and the cost has a minus before its "
        "logarithms).",
        lambda x, x_hat, kl: np.argmin(right_nll(x, x_hat)),
    ),
    Mistake(
        "worst_by_squared_error",
        "You compare squared errors: the cross-entropy is asked, in which a pixel that is surely "
        "wrong costs far more.",
        lambda x, x_hat, kl: np.argmax(_rows((x - x_hat) ** 2).sum(axis=1)),
    ),
    Mistake(
        "worst_by_absolute_error",
        "You compare absolute errors: the cross-entropy is asked.",
        lambda x, x_hat, kl: np.argmax(_rows(abs(x - x_hat)).sum(axis=1)),
    ),
    Mistake(
        "worst_by_kl",
        "You compare the KL: it says how far a code is from the prior, and nothing about the "
        "reconstruction.",
        lambda x, x_hat, kl: np.argmax(kl),
    ),
    Mistake(
        "worst_by_elbo",
        "You compare the ELBO: the KL is in it too; ask for the reconstruction alone.",
        lambda x, x_hat, kl: np.argmax(right_nll(x, x_hat) + kl),
    ),
    Mistake(
        "worst_pixel",
        "You look for the worst single pixel: sum the cost over the pixels of each image.",
        lambda x, x_hat, kl: np.argmax(_rows(cross_entropy(x, x_hat)).max(axis=1)),
    ),
    Mistake(
        "worst_of_all_pixels",
        "This is the place of a pixel among those of all images: sum over the pixels of each image "
        "first, then take np.argmax.",
        lambda x, x_hat, kl: np.argmax(cross_entropy(x, x_hat)),
    ),
    *(
        Mistake(
            "worst_of_some_axes",
            "The index counts more than images, because what you compare is not one number for "
            "each: sum over the axes (1, 2, 3), which are height, width and channels.",
            lambda x, x_hat, kl, axes=axes: np.argmax(cross_entropy(x, x_hat).sum(axis=axes)),
        )
        for axes in (0, 1, 2, (0, 1), (0, 2))
    ),
    Mistake(
        "worst_image",
        "You give the image itself: the index of it is asked.",
        lambda x, x_hat, kl: np.asarray(x[_worst(x, x_hat, kl)], float),
    ),
    Mistake(
        "worst_place_in_the_order",
        "This is a place in the sorted order, where the worst is always the last: give the index "
        "that the image has in `images` (np.argsort(cost)[-1]).",
        lambda x, x_hat, kl: len(x) - 1,
    ),
    Mistake(
        "worst_cost",
        "This is what the image costs: its index is asked (np.argmax, not np.max).",
        lambda x, x_hat, kl: right_nll(x, x_hat).max(),
    ),
    Mistake(
        "worst_order",
        "You give all images in an order: the index of one is asked, the worst.",
        lambda x, x_hat, kl: np.argsort(right_nll(x, x_hat)),
    ),
    Mistake(
        "worst_order_reversed",
        "You give all images, the worst first: take the first index only.",
        lambda x, x_hat, kl: np.argsort(-right_nll(x, x_hat)),
    ),
    Mistake(
        "worst_of_every_cost",
        "You give the cost of each image: give the index of the largest one.",
        lambda x, x_hat, kl: right_nll(x, x_hat),
    ),
    Mistake(
        "worst_one_too_far",
        "The index is one too large: NumPy counts from 0.",
        lambda x, x_hat, kl: _worst(x, x_hat, kl) + 1,
    ),
    Mistake(
        "worst_exchanged",
        "x and x_hat are exchanged: the logarithms are those of the reconstruction.",
        lambda x, x_hat, kl: np.argmax(_rows(cross_entropy(x_hat, x)).sum(axis=1)),
    ),
    Mistake(
        "worst_ink_only",
        "The term (1 - x) log(1 - x_hat) is missing from your cost: ink where there is none must "
        "count too.",
        lambda x, x_hat, kl: np.argmax(_rows(-x * np.log(x_hat)).sum(axis=1)),
    ),
    Mistake(
        "worst_ground_only",
        "The term x log x_hat is missing from your cost: ink that is lost must count too.",
        lambda x, x_hat, kl: np.argmax(_rows(-(1 - x) * np.log(1 - x_hat)).sum(axis=1)),
    ),
    Mistake(
        "worst_of_one_number",
        "You have one number for all images: sum over the axes (1, 2, 3).",
        lambda x, x_hat, kl: 0,
    ),
    Mistake(
        "worst_keeps_axis",
        "You give an array with the index in it: give the index alone.",
        lambda x, x_hat, kl: np.argmax(right_nll(x, x_hat), keepdims=True),
    ),
]
