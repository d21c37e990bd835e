"""The checks of Gaussian pixels: their likelihood, and the best noise for a batch."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, uses

IMAGE = (1, 2, 3)
# What a search among given sigmas looks like: its mistake, and what to say.
OF_GRID = (
    "best_sigma_of_grid",
    "The best of your candidates is as exact as their step: solve for sigma.",
)
SEARCHED = {
    "constant": (
        "best_sigma_end_of_grid",
        "It is always the same candidate: does log sigma count once in your costs, and the squares "
        "for all pixels? Multiply it by their number, or solve for sigma.",
    ),
    "values": OF_GRID,
    "values_rounded": OF_GRID,
}


@exercise
@from_arguments
def gaussian_pixels(my_nll: Callable) -> Result:
    """Check `my_nll(x, x_hat, sigma)`: -log N(x; x_hat, sigma^2), nats per image, (n,)."""
    cases = [
        _batch(52, shape) | {"sigma": s} for shape, s in (((3, 4, 2, 1), 0.3), ((5, 2, 3, 1), 2.0))
    ]
    return diagnose("gaussian_pixels", my_nll, cases, [_nll], MISTAKES, _image)


@exercise
@from_arguments
def best_sigma(my_sigma: Callable) -> Result:
    """Check `my_sigma(x, x_hat)`: the root of the mean squared error of a batch, one number."""
    cases = [
        _batch(53 + i, shape) for i, shape in enumerate(((3, 4, 2, 1), (5, 2, 3, 1), (2, 3, 3, 1)))
    ]
    result = diagnose("best_sigma", my_sigma, cases, [_rms], MISTAKES_OF_SIGMA, _errors)
    searches = uses(my_sigma, "argmin") or uses(my_sigma, "min")
    if result.mistake not in SEARCHED or not searches:
        return result
    mistake, says = SEARCHED[result.mistake]
    shown = result.message[result.message.rfind("For images") :]
    return result._replace(mistake=mistake, message=f"{says} {shown}")


def _batch(seed, shape):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, shape)
    spread = np.linspace(0.05, 0.4, len(x)).reshape(-1, 1, 1, 1)
    x_hat = x + 0.05 + spread * rng.normal(size=shape)  # on average, a little too bright
    return {"x": x.astype("float32"), "x_hat": x_hat.astype("float32")}


def _image(case, index):
    return f"images of {case['x'][0].size} pixels and sigma = {case['sigma']:g}"


def _errors(case, index):
    mse = ((case["x"] - case["x_hat"]) ** 2).mean(axis=IMAGE)
    return "images whose mean squared errors are " + ", ".join(f"{each:.3g}" for each in mse)


def _square(x, y, s):
    return ((x - y) / s) ** 2 / 2


def _constant(x, s):
    return x[0].size * (np.log(s) + np.log(2 * np.pi) / 2)


def _nll(x, y, s):
    return _square(x, y, s).sum(axis=IMAGE) + _constant(x, s)


def _rms(x, y):
    return np.sqrt(((x - y) ** 2).mean())


MISTAKES = [
    Mistake(
        "gaussian_pixels_negative",
        "This is log p(x | z): turn its sign.",
        lambda x, y, s: -_nll(x, y, s),
    ),
    Mistake(
        "gaussian_pixels_no_constants",
        "Both logarithms are missing: without log sigma, an infinite sigma would be best.",
        lambda x, y, s: _square(x, y, s).sum(axis=IMAGE),
    ),
    Mistake(
        "gaussian_pixels_squared_error",
        "This is the squared error: divide it by 2 sigma^2, and add both logarithms.",
        lambda x, y, s: ((x - y) ** 2).sum(axis=IMAGE),
    ),
    Mistake(
        "gaussian_pixels_without_log_sigma",
        "log sigma is missing: without it, an infinite sigma would be best.",
        lambda x, y, s: _nll(x, y, s) - x[0].size * np.log(s),
    ),
    Mistake(
        "gaussian_pixels_without_two_pi",
        "The constant log(2 pi) / 2 of each pixel is missing: without it, this is no density.",
        lambda x, y, s: _square(x, y, s).sum(axis=IMAGE) + x[0].size * np.log(s),
    ),
    Mistake(
        "gaussian_pixels_constants_once",
        "The logarithms are added once for an image: each pixel has its own.",
        lambda x, y, s: _square(x, y, s).sum(axis=IMAGE) + _constant(x, s) / x[0].size,
    ),
    Mistake(
        "gaussian_pixels_by_sigma",
        "The squared error is divided by sigma, which must be squared.",
        lambda x, y, s: _square(x, y, np.sqrt(s)).sum(axis=IMAGE) + _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_times_sigma",
        "The squared error is multiplied by sigma^2, as `/ 2 * sigma**2` does: put brackets round "
        "2 * sigma**2.",
        lambda x, y, s: _square(x, y, 1 / s).sum(axis=IMAGE) + _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_without_half",
        "The squared error is divided by sigma^2: by 2 sigma^2, it must be.",
        lambda x, y, s: 2 * _square(x, y, s).sum(axis=IMAGE) + _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_by_two_pi",
        "The squared error is divided by 2 pi sigma^2, as some print it: by 2 sigma^2, it must be.",
        lambda x, y, s: _square(x, y, s).sum(axis=IMAGE) / np.pi + _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_two_sigma_squared",
        "The squared error is divided by (2 sigma)^2: the 2 is not squared.",
        lambda x, y, s: _square(x, y, s).sum(axis=IMAGE) / 2 + _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_log_variance",
        "log sigma^2 is added: log sigma, it must be.",
        lambda x, y, s: _nll(x, y, s) + x[0].size * np.log(s),
    ),
    Mistake(
        "gaussian_pixels_two_pi_whole",
        "log(2 pi) is added: half of it, it must be.",
        lambda x, y, s: _nll(x, y, s) + x[0].size * np.log(2 * np.pi) / 2,
    ),
    Mistake(
        "gaussian_pixels_constants_subtracted",
        "The logarithms are subtracted: in -log p(x | z) they are added.",
        lambda x, y, s: _square(x, y, s).sum(axis=IMAGE) - _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_mean",
        "This is the mean over the pixels: add them up.",
        lambda x, y, s: _nll(x, y, s) / x[0].size,
    ),
    Mistake(
        "gaussian_pixels_mean_error",
        "The squared error is a mean over the pixels, the logarithms are a sum: add up both.",
        lambda x, y, s: _square(x, y, s).mean(axis=IMAGE) + _constant(x, s),
    ),
    Mistake(
        "gaussian_pixels_one_axis",
        "One axis alone is summed: an image has rows, columns and a channel, axis=(1, 2, 3).",
        lambda x, y, s: (_square(x, y, s) + _constant(x, s) / x[0].size).sum(axis=1),
    ),
    Mistake(
        "gaussian_pixels_of_all",
        "This is one number for all images: each has its own, axis=(1, 2, 3).",
        lambda x, y, s: _nll(x, y, s).sum(),
    ),
    Mistake(
        "gaussian_pixels_mean_of_images",
        "This is the mean over the images: each has its own value.",
        lambda x, y, s: _nll(x, y, s).mean(),
    ),
    Mistake(
        "gaussian_pixels_each",
        "This is a value for each pixel: add them up, axis=(1, 2, 3).",
        lambda x, y, s: _square(x, y, s) + _constant(x, s) / x[0].size,
    ),
    Mistake(
        "gaussian_pixels_density",
        "This is the density itself: minus its logarithm is asked.",
        lambda x, y, s: np.exp(-_nll(x, y, s)),
    ),
    Mistake(
        "gaussian_pixels_absolute",
        "The errors are not squared.",
        lambda x, y, s: (np.abs(x - y) / (2 * s**2)).sum(axis=IMAGE) + _constant(x, s),
    ),
]
MISTAKES_OF_SIGMA = [
    Mistake(
        "best_sigma_variance",
        "This is sigma^2, the mean squared error: take its root.",
        lambda x, y: _rms(x, y) ** 2,
    ),
    Mistake(
        "best_sigma_standard_deviation",
        "This is the standard deviation of the errors: it subtracts their mean, and an x_hat that "
        "is too bright everywhere would cost nothing. Do not subtract it.",
        lambda x, y: (x - y).std(),
    ),
    Mistake(
        "best_sigma_absolute",
        "This is the mean of the absolute errors: the Gaussian asks for squares.",
        lambda x, y: np.abs(x - y).mean(),
    ),
    Mistake(
        "best_sigma_mean_error",
        "This is the mean of the errors, which cancel each other: square them first.",
        lambda x, y: (x - y).mean(),
    ),
    Mistake(
        "best_sigma_mean_of_roots",
        "This is the mean of each image's own sigma: one sigma for all is the root of the mean.",
        lambda x, y: np.sqrt(((x - y) ** 2).mean(axis=IMAGE)).mean(),
    ),
    Mistake(
        "best_sigma_of_each",
        "This is a sigma for each image: one for all is asked.",
        lambda x, y: np.sqrt(((x - y) ** 2).mean(axis=IMAGE)),
    ),
    Mistake(
        "best_sigma_of_each_pixel",
        "This is a sigma for each pixel: one for all is asked.",
        lambda x, y: np.sqrt(((x - y) ** 2).mean(axis=0)),
    ),
    Mistake(
        "best_sigma_sum",
        "The squared errors are added up: take their mean.",
        lambda x, y: np.sqrt(((x - y) ** 2).sum()),
    ),
    Mistake(
        "best_sigma_sum_of_pixels",
        "The squared errors of an image are added up, and averaged over the images alone: take "
        "the mean over the pixels, too.",
        lambda x, y: np.sqrt(((x - y) ** 2).sum(axis=IMAGE).mean()),
    ),
    Mistake(
        "best_sigma_halved",
        "A half is left under the root: of (x - x_hat)^2 / (2 sigma^2), the 2 goes away when you "
        "take the derivative.",
        lambda x, y: _rms(x, y) / np.sqrt(2),
    ),
    Mistake(
        "best_sigma_log",
        "This is log sigma: sigma itself is asked.",
        lambda x, y: np.log(_rms(x, y)),
    ),
    Mistake(
        "best_sigma_of_images",
        "This is the spread of the images, not of the errors: subtract x_hat from x.",
        lambda x, y: x.std(),
    ),
    Mistake(
        "best_sigma_largest",
        "This is the largest error: the root of the mean square is asked.",
        lambda x, y: np.abs(x - y).max(),
    ),
]
