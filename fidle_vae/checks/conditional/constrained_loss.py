"""The check of a loss with one more term, by which a number of the code gets a meaning."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    from_arguments,
    has_words,
    numpy_remark,
)

SIZES = (  # images, their shape, the numbers of a code, the weight
    (5, (4, 3, 1), 3, 0.5), (6, (3, 2, 2), 4, 0.1), (4, (2, 3, 1), 2, 2.0), (7, (2, 2, 1), 5, 0.02),
)  # fmt: skip
CHECK = "constrained_loss"
FIRST_IMAGE = "constrained_loss_first_image"
OF_FIRST_IMAGE = (
    "what does z[:1] take, of a table with a row for each image? The code of the first image. The "
    "first number of every image is z[:, 0]."
)


@exercise
@from_arguments
def constrained_loss(my_constrained_loss: Callable) -> Result:
    """Check `my_constrained_loss(x, x_hat, z, width, weight)`, the mean loss of a batch."""
    rng = np.random.default_rng(43)
    cases = []
    for n, image, d, weight in SIZES:
        arrays = {"x": rng.random((n, *image)), "x_hat": rng.uniform(0.05, 0.95, (n, *image))}
        arrays |= {"z": rng.normal(size=(n, d)), "width": rng.normal(size=n)}
        cases.append({name: each.astype("float32") for name, each in arrays.items()})
        cases[-1]["weight"] = weight
    result = diagnose(CHECK, my_constrained_loss, cases, [_loss], MISTAKES, _sizes, parts=PARTS)
    if has_words(my_constrained_loss, "z", "[", ":", "1", "]"):
        result = explain(result, "two shapes do not fit", FIRST_IMAGE, OF_FIRST_IMAGE, alone=True)
    if not result.ok:
        return result
    n, image, d, weight = SIZES[0]
    remark = numpy_remark(my_constrained_loss, (n, *image), (n, *image), (n, d), (n,), weight)
    return result._replace(message=f"{result.message}{remark}")


def _sizes(case, index):
    n, d = case["z"].shape
    return f"{n} images with {d} numbers each and the weight {case['weight']}"


def _copies(x, x_hat):
    return ((x - x_hat) ** 2).mean()


def _first(z, width):
    return ((z[:, 0] - width) ** 2).mean()


def _with(term):
    """Return the formula of the loss with another second term, a function of z, width, weight."""
    return lambda x, x_hat, z, width, weight: _copies(x, x_hat) + term(z, width, weight)


def _with_copies(term):
    """Return the formula of the loss with another first term, a function of x and x_hat."""
    return lambda x, x_hat, z, width, weight: term(x, x_hat) + weight * _first(z, width)


_loss = _with(lambda z, width, weight: weight * _first(z, width))
PARTS = {
    "the error of the copies": lambda x, x_hat, z, width, weight: _copies(x, x_hat),
    "weight times that of the first number": (
        lambda x, x_hat, z, width, weight: weight * _first(z, width)
    ),
}
MISTAKES = [
    Mistake(
        "constrained_loss_all_pairs",
        "The first number of each image is compared with the widths of all images: a column, "
        "(n, 1), minus a row, (n,), is a table, (n, n). Take z[:, 0], which has the shape of "
        "width.",
        _with(lambda z, width, weight: weight * ((z[:, :1] - width) ** 2).mean()),
    ),
    Mistake(
        "constrained_loss_all_pairs_added",
        "The first number of each image is compared with the widths of all images, in a table, (n, "
        "n), and its rows are added up as well: take z[:, 0], which has the shape of width.",
        _with(lambda z, width, weight: weight * ((z[:, :1] - width) ** 2).sum(axis=1).mean()),
    ),
    Mistake(
        "constrained_loss_all_pairs_all_added",
        "The first number of each image is compared with the widths of all images, in a table, (n, "
        "n), and all of it is added up: take z[:, 0], which has the shape of width.",
        _with(lambda z, width, weight: weight * ((z[:, :1] - width) ** 2).sum()),
    ),
    Mistake(
        "constrained_loss_first_image",
        "The code of the first image is drawn to the widths of all: the first number of every "
        "image is z[:, 0].",
        _with(lambda z, width, weight: weight * ((z[:1] - width[:, None]) ** 2).mean()),
    ),
    Mistake(
        "constrained_loss_one_number",
        "One number, that of the first image, is drawn to the widths of all: the first number of "
        "every image is z[:, 0].",
        _with(lambda z, width, weight: weight * ((z[0, 0] - width) ** 2).mean()),
    ),
    Mistake(
        "constrained_loss_all_numbers",
        "All numbers of a code are drawn to the width: only the first is to mean it, z[:, 0], and "
        "the others are to be free.",
        _with(lambda z, width, weight: weight * ((z - width[:, None]) ** 2).mean()),
    ),
    Mistake(
        "constrained_loss_all_numbers_added",
        "All numbers of a code are drawn to the width, and added: only the first is to mean it, "
        "z[:, 0], and the others are to be free.",
        _with(lambda z, width, weight: weight * ((z - width[:, None]) ** 2).sum(axis=1).mean()),
    ),
    Mistake(
        "constrained_loss_last_number",
        "The last number is drawn to the width: the first is to be, z[:, 0].",
        _with(lambda z, width, weight: weight * _first(z[:, -1:], width)),
    ),
    Mistake(
        "constrained_loss_second_number",
        "The second number is drawn to the width: Python counts from 0, so the first is z[:, 0].",
        _with(lambda z, width, weight: weight * _first(z[:, 1:], width)),
    ),
    Mistake(
        "constrained_loss_mean_number",
        "The mean of the numbers of a code is drawn to the width: only the first is to be, "
        "z[:, 0].",
        _with(lambda z, width, weight: weight * ((z.mean(axis=1) - width) ** 2).mean()),
    ),
    Mistake(
        "constrained_loss_no_weight",
        "The second term counts fully: `weight` multiplies it.",
        _with(lambda z, width, weight: _first(z, width)),
    ),
    Mistake(
        "constrained_loss_weight_on_copies",
        "`weight` multiplies the error of the copies: it belongs to the second term.",
        lambda x, x_hat, z, width, weight: weight * _copies(x, x_hat) + _first(z, width),
    ),
    Mistake(
        "constrained_loss_weight_on_both",
        "`weight` multiplies both terms, so that it decides nothing: mind the brackets. It belongs "
        "to the second term alone.",
        lambda x, x_hat, z, width, weight: weight * (_copies(x, x_hat) + _first(z, width)),
    ),
    Mistake(
        "constrained_loss_shares",
        "The weights of the two terms add up to 1: the copies count fully, whatever `weight` is.",
        lambda x, x_hat, z, width, weight: (
            (1 - weight) * _copies(x, x_hat) + weight * _first(z, width)
        ),
    ),
    Mistake(
        "constrained_loss_weight_squared",
        "`weight` is squared, too: it stands outside the square.",
        _with(lambda z, width, weight: weight**2 * _first(z, width)),
    ),
    Mistake(
        "constrained_loss_divided_by_weight",
        "The second term is divided by `weight`: multiply.",
        _with(lambda z, width, weight: _first(z, width) / weight),
    ),
    Mistake(
        "constrained_loss_subtracted",
        "The second term is subtracted, so that the number would flee from the width: add it.",
        _with(lambda z, width, weight: -weight * _first(z, width)),
    ),
    Mistake(
        "constrained_loss_copies_only",
        "This is the error of the copies alone: the term that makes the first number mean "
        "something is missing.",
        _with(lambda z, width, weight: 0),
    ),
    Mistake(
        "constrained_loss_width_only",
        "This is the second term alone: without the error of the copies, nothing is to be kept of "
        "an image but its width.",
        _with_copies(lambda x, x_hat: 0),
    ),
    Mistake(
        "constrained_loss_not_squared",
        "The differences of numbers and widths are not squared, so that they cancel: square each.",
        _with(lambda z, width, weight: weight * (z[:, 0] - width).mean()),
    ),
    Mistake(
        "constrained_loss_mean_first",
        "The mean is taken before the square, so that the differences of numbers and widths "
        "cancel: square each first.",
        _with(lambda z, width, weight: weight * (z[:, 0] - width).mean() ** 2),
    ),
    Mistake(
        "constrained_loss_absolute",
        "The distance of number and width is not squared, but its absolute value is taken: square "
        "it.",
        _with(lambda z, width, weight: weight * np.abs(z[:, 0] - width).mean()),
    ),
    Mistake(
        "constrained_loss_root",
        "A root is taken of the error of the first number: leave it out.",
        _with(lambda z, width, weight: weight * np.sqrt(_first(z, width))),
    ),
    Mistake(
        "constrained_loss_widths_added",
        "The errors of the first numbers are added up over the batch: their mean is asked, or a "
        "larger batch would count more.",
        _with(lambda z, width, weight: weight * _first(z, width) * len(z)),
    ),
    Mistake(
        "constrained_loss_pixels_added",
        "The squared errors of an image's pixels are added up: the error *per pixel* is asked, "
        "their mean.",
        _with_copies(lambda x, x_hat: ((x - x_hat) ** 2).sum() / len(x)),
    ),
    Mistake(
        "constrained_loss_all_added",
        "The squared errors of all pixels of the batch are added up: their mean is asked.",
        _with_copies(lambda x, x_hat: ((x - x_hat) ** 2).sum()),
    ),
    Mistake(
        "constrained_loss_of_sums",
        "Both errors are added up over the batch: the means are asked.",
        lambda x, x_hat, z, width, weight: (
            ((x - x_hat) ** 2).sum() + weight * _first(z, width) * len(z)
        ),
    ),
    Mistake(
        "constrained_loss_of_each_image",
        "This is the loss of each image: the mean over the batch is asked, one number.",
        lambda x, x_hat, z, width, weight: (
            ((x - x_hat) ** 2).reshape(len(x), -1).mean(axis=1) + weight * (z[:, 0] - width) ** 2
        ),
    ),
    Mistake(
        "constrained_loss_of_each_width",
        "The second term is one number for each image: take its mean, too.",
        _with(lambda z, width, weight: weight * (z[:, 0] - width) ** 2),
    ),
    Mistake(
        "constrained_loss_absolute_copies",
        "The error of the copies is the absolute one: square it.",
        _with_copies(lambda x, x_hat: np.abs(x - x_hat).mean()),
    ),
    Mistake(
        "constrained_loss_copies_not_squared",
        "The differences of images and copies are not squared, so that they cancel: square each.",
        _with_copies(lambda x, x_hat: (x - x_hat).mean()),
    ),
    Mistake(
        "constrained_loss_cross_entropy",
        "The error of the copies is the cross-entropy: the squared error is asked here.",
        _with_copies(lambda x, x_hat: -(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)).mean()),
    ),
]
