"""The check of log p(x) for independent pixels."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def log_prob(my_log_prob: Callable) -> Result:
    """Check `my_log_prob(x, p)`: log p(x) of images in rows, pixels 1 with probability p."""
    rng = np.random.default_rng(32)
    cases = []
    for shape in ((4, 6), (3, 9)):
        p = rng.uniform(0.1, 0.9, shape[1])
        x = rng.random(shape) < p
        cases.append({"x": x.astype("float32"), "p": p.astype("float32")})
    result = diagnose("log_prob", my_log_prob, cases, [_log_p], MISTAKES, _row, parts=PARTS)
    if not result.ok:
        return result
    many = {"x": np.ones((2, 900), "float32"), "p": np.full(900, 0.2, "float32")}
    return diagnose("log_prob", my_log_prob, [many], [_log_p], MISTAKES_OF_RANGE, _size)


def _row(case, index):
    x = case["x"][index[0] if index else 0]
    return (
        f"x = {x.astype(int).tolist()} and p = [" + ", ".join(f"{p:.2g}" for p in case["p"]) + "]"
    )


def _size(case, index):
    return f"an image of {case['x'].shape[1]} white pixels"


def _each(x, p):
    return x * np.log(p) + (1 - x) * np.log(1 - p)


def _log_p(x, p):
    return _each(x, p).sum(axis=1)


PARTS = {
    "x log p": lambda x, p: (x * np.log(p)).sum(axis=1),
    "(1 - x) log(1 - p)": lambda x, p: ((1 - x) * np.log(1 - p)).sum(axis=1),
}
MISTAKES = [
    Mistake(
        "log_prob_white_only",
        "The black pixels are missing: each brings log(1 - p), so an image that is all black would "
        "be certain.",
        PARTS["x log p"],
    ),
    Mistake(
        "log_prob_black_only",
        "The white pixels are missing: each brings log p, so an image that is all white would be "
        "certain.",
        PARTS["(1 - x) log(1 - p)"],
    ),
    Mistake(
        "log_prob_negative",
        "The sign is wrong: a probability is below 1, so its logarithm is below 0.",
        lambda x, p: -_log_p(x, p),
    ),
    Mistake(
        "log_prob_mean",
        "This is the mean over the pixels: a product of probabilities is a sum of logarithms.",
        lambda x, p: _each(x, p).mean(axis=1),
    ),
    Mistake(
        "log_prob_of_pixels",
        "You give a value for each pixel: add them up, so that each image has one, axis=1.",
        _each,
    ),
    Mistake(
        "log_prob_over_images",
        "You add up over the images: each image has its own sum, over its pixels, axis=1.",
        lambda x, p: _each(x, p).sum(axis=0),
    ),
    Mistake(
        "log_prob_of_all",
        "You add up over the images too: each image has its own sum, over its pixels, axis=1.",
        lambda x, p: _each(x, p).sum(),
    ),
    Mistake(
        "log_prob_mean_of_images",
        "You give the mean over the images: one value for each is asked.",
        lambda x, p: _log_p(x, p).mean(),
    ),
    Mistake(
        "log_prob_no_logarithm",
        "This is p(x) itself, the product: its logarithm is asked, a sum, which stays in range for "
        "784 pixels.",
        lambda x, p: np.exp(_log_p(x, p)),
    ),
    Mistake(
        "log_prob_sum_of_probabilities",
        "The probabilities of the pixels are added: add their logarithms.",
        lambda x, p: (x * p + (1 - x) * (1 - p)).sum(axis=1),
    ),
    Mistake(
        "log_prob_log_of_sum",
        "The logarithm stands outside the sum: take it of each pixel's probability, then add up.",
        lambda x, p: np.log((x * p + (1 - x) * (1 - p)).sum(axis=1)),
    ),
    Mistake(
        "log_prob_exchanged",
        "p and 1 - p are exchanged: a white pixel, x = 1, brings log p.",
        lambda x, p: _log_p(1 - x, p),
    ),
    Mistake(
        "log_prob_subtracted",
        "The two terms have different signs: both logarithms count, so both are added.",
        lambda x, p: (x * np.log(p) - (1 - x) * np.log(1 - p)).sum(axis=1),
    ),
    Mistake(
        "log_prob_bits",
        "These are bits: in nats the logarithm is the natural one, np.log.",
        lambda x, p: _log_p(x, p) / np.log(2),
    ),
    Mistake(
        "log_prob_decimal",
        "The logarithm has the base 10: it must be the natural one, np.log.",
        lambda x, p: _log_p(x, p) / np.log(10),
    ),
    Mistake(
        "log_prob_logarithm_of_p_everywhere",
        "Every pixel brings log p, whatever it is: a black one brings log(1 - p).",
        lambda x, p: np.tile(np.log(p).sum(), len(x)),
    ),
    Mistake(
        "log_prob_one_minus_log",
        "A black pixel brings 1 - log p in place of log(1 - p): mind the brackets.",
        lambda x, p: (x * np.log(p) + (1 - x) * (1 - np.log(p))).sum(axis=1),
    ),
    Mistake(
        "log_prob_keeps_axis",
        "The values are right, the shape is not: drop the last axis.",
        lambda x, p: _log_p(x, p)[:, None],
    ),
    Mistake(
        "log_prob_squared_error",
        "This is a squared error: the logarithms of the probabilities are asked.",
        lambda x, p: ((x - p) ** 2).sum(axis=1),
    ),
    Mistake(
        "log_prob_last_image",
        "This is the value of the last image alone: one for each image is asked. Does a loop "
        "overwrite its result?",
        lambda x, p: _log_p(x, p)[-1],
    ),
    Mistake(
        "log_prob_first_image",
        "This is the value of the first image alone: one for each image is asked. Does `return` "
        "stand inside a loop?",
        lambda x, p: _log_p(x, p)[0],
    ),
]
MISTAKES_OF_RANGE = [
    Mistake(
        "log_prob_of_a_product",
        "For few pixels it is right, but a product of 900 probabilities is 0 to a computer: take "
        "the logarithm of each pixel first, then add up.",
        lambda x, p: np.full(len(x), -np.inf),
    ),
]
