"""The check of a search: which image does a VAE reconstruct worst?"""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    attempt,
    diagnose,
    exercise,
    explain,
    from_arguments,
    recognise,
    uses,
)
from fidle_vae.checks.engine.small_vae import SHAPE, small_vae
from fidle_vae.checks.latent.compared_costs import by_costs
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.checks.losses.pixel_costs import cross_entropy

# Seeds and numbers of images for which no two mistakes find the same images in all sets.
SETS = ((36, 15), (19, 12), (44, 20))


@exercise
@from_arguments
def worst(my_worst: Callable) -> Result:
    """Check `my_worst(vae, images)`: the index of the image that is reconstructed worst.

    Its cost is the cross-entropy, summed over pixels, of the image and `vae.reconstruct(images)`.
    """
    vae = small_vae()

    def solution(images):
        return my_worst(vae, images)

    def terms(images):
        x, x_hat = (np.asarray(array, float) for array in (images, vae.reconstruct(images)))
        return x, x_hat, right_kl(*vae.encode(images))

    cases = [{"images": images_of_all_kinds(seed, n)} for seed, n in SETS]
    result = diagnose("worst", solution, cases, [_worst], MISTAKES, show, terms, arrays=True)
    if result.ok:
        return recognise("worst", my_worst, BEYOND, result.message)
    if result.mistake in ("values", "values_shifted", "values_scaled"):
        return by_costs(result, my_worst, vae, [case["images"] for case in cases])
    for errors, (mistake, hint) in HINTS.items():
        result = explain(result, errors, mistake, hint, alone=True)
    for kind, (method, mistake, says) in OF_METHODS.items():
        if result.mistake == kind and uses(my_worst, method):
            result = Result("worst", mistake, says)
    return result


# Methods of a VAE that give something else than they are taken for: what comes of each of them.
OF_METHODS = {
    "error_ragged": (
        "predict",
        "worst_by_predict",
        "predict gives x_hat, z_mean and z_log_var, of a z drawn at random: take vae.reconstruct.",
    ),
    "shape": (
        "evaluate",
        "worst_by_evaluate",
        "evaluate gives means over all images, which hide the worst: compute a cost for each "
        "image, and take the place of the largest.",
    ),
}
HINTS = {
    "z must have shape": (
        "worst_decodes_both",
        "encode gives two arrays, z_mean and z_log_var: decode the first, or take vae.reconstruct.",
    ),
}


def _chosen(my_worst, vae, images):
    """Return the index that a function gives, or None."""
    index = attempt("worst", lambda: my_worst(vae, np.array(images)))
    return None if isinstance(index, Result) else index


def _is_random(my_worst):
    """Whether it finds another image than the worst where the clouds are wide."""
    vae = small_vae(log_var=2.0)
    cases = [images_of_all_kinds(*each) for each in (*SETS, (1, 20), (2, 20))]
    return any(
        _chosen(my_worst, vae, images) != np.argmax(right_nll(images, vae.reconstruct(images)))
        for images in cases
    )


def _meets_infinity(my_worst):
    """Whether it finds another image than the worst where pixels of the copies are 0 and 1."""
    vae = small_vae()
    kernel = vae.decoder.trainable_variables[0]
    kernel.assign(1e4 * kernel.value)
    for images in (images_of_all_kinds(*each).round() for each in SETS):
        costs = right_nll(images, np.clip(vae.reconstruct(images), 1e-7, 1 - 1e-7))
        chosen = _chosen(my_worst, vae, images)
        if chosen is None or costs[int(chosen)] < 0.97 * costs.max():  # as many wrong pixels: a tie
            return True
    return False


def _is_float(my_worst):
    """Whether the index is a number that cannot be an index."""
    vae, images = small_vae(), images_of_all_kinds(*SETS[0])
    return isinstance(my_worst(vae, images), float | np.floating)


BEYOND = [
    Mistake(
        "worst_is_a_float",
        "The index is right, but a float: images[i] takes a whole number, int(...).",
        _is_float,
    ),
    Mistake(
        "worst_of_random_copies",
        "Your copies are those of a z drawn at random, so that another call may find another "
        "image: vae.reconstruct decodes the means.",
        _is_random,
    ),
    Mistake(
        "worst_not_finite",
        "Where a copy is exactly 0 or 1, your logarithm is infinite, and NaN wins np.argmax: clip "
        "x_hat to [1e-7, 1 - 1e-7] before.",
        _meets_infinity,
    ),
]


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
        "worst_of_cheapest_pixel",
        "One pixel of each image decides here, the one with the largest logarithm, which costs "
        "least: sum over the pixels, .sum(axis=(1, 2, 3)).",
        lambda x, x_hat, kl: np.argmax(_rows(cross_entropy(x, x_hat)).min(axis=1)),
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
        "This is always the last image: a place in the sorted order, or a loop that does not keep "
        "the largest cost so far. Give the index that the worst has in `images`.",
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
        "worst_of_each_image",
        "np.argmax with axis=1 looks within each image: sum over (1, 2, 3), then look without "
        "an axis.",
        lambda x, x_hat, kl: np.argmax(cross_entropy(x, x_hat).sum(axis=(1, 2)), axis=1),
    ),
    Mistake(
        "worst_of_one_number",
        "It is always image 0: do you compare one number for all images, where each needs its own, "
        "summed over the axes (1, 2, 3)?",
        lambda x, x_hat, kl: 0,
    ),
    Mistake(
        "worst_keeps_axis",
        "You give an array with the index in it: give the index alone.",
        lambda x, x_hat, kl: np.argmax(right_nll(x, x_hat), keepdims=True),
    ),
]
