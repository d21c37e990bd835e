"""The check of the squared error of the best of several forecasts."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SIZES = ((4, 3, (2, 5, 1)), (6, 5, (3, 2, 2)))


@exercise
@from_arguments
def best_of(my_best_of: Callable) -> Result:
    """Check `my_best_of(draws, truth)`: the least squared error of N draws, for each frame."""
    rng = np.random.default_rng(44)
    cases = []
    for count, n, frame in SIZES:
        truth = rng.random((n, *frame))
        far = rng.uniform(0.1, 0.6, (count, n, 1, 1, 1))  # another draw is the best for each frame
        draws = truth + far * rng.normal(size=(count, n, *frame))
        cases.append({"draws": draws.astype("float32"), "truth": truth.astype("float32")})
    return diagnose("best_of", my_best_of, cases, [_best], MISTAKES, _errors_of)


def _errors(draws, truth):
    return ((draws - truth) ** 2).mean(axis=(2, 3, 4))


def _best(draws, truth):
    return _errors(draws, truth).min(axis=0)


def _of_best(draws, truth):
    """Return the best draw of each frame."""
    return draws[_errors(draws, truth).argmin(axis=0), np.arange(len(truth))]


def _errors_of(case, index):
    i = index[0] if index else 0
    errors = ", ".join(f"{each:.3g}" for each in _errors(case["draws"], case["truth"])[:, i])
    return f"frame {i}, whose draws have the errors [{errors}]"


MISTAKES = [
    Mistake(
        "best_of_pixels",
        "Each pixel chooses a draw of its own, so that the best is put together from all of them: "
        "take the mean over the pixels first, and then the least over the draws.",
        lambda draws, truth: ((draws - truth) ** 2).min(axis=0).mean(axis=(1, 2, 3)),
    ),
    Mistake(
        "best_of_mean_error",
        "This is the mean error of the draws: the least is asked.",
        lambda draws, truth: _errors(draws, truth).mean(axis=0),
    ),
    Mistake(
        "best_of_mean_draw",
        "The draws are averaged before they are compared: that is the error of the blurred mean. "
        "Compare each draw.",
        lambda draws, truth: ((draws.mean(axis=0) - truth) ** 2).mean(axis=(1, 2, 3)),
    ),
    Mistake(
        "best_of_worst",
        "This is the worst draw, with the largest error: the least is asked.",
        lambda draws, truth: _errors(draws, truth).max(axis=0),
    ),
    Mistake(
        "best_of_median",
        "This is the median of the errors: the least is asked.",
        lambda draws, truth: np.median(_errors(draws, truth), axis=0),
    ),
    Mistake(
        "best_of_first_draw",
        "This is the error of the first draw: compare all of them.",
        lambda draws, truth: _errors(draws, truth)[0],
    ),
    Mistake(
        "best_of_last_draw",
        "This is the error of the last draw: compare all of them. Does a loop overwrite its "
        "result?",
        lambda draws, truth: _errors(draws, truth)[-1],
    ),
    Mistake(
        "best_of_number",
        "This is the number of the best draw: its error is asked, so take min, not argmin.",
        lambda draws, truth: _errors(draws, truth).argmin(axis=0),
    ),
    Mistake(
        "best_of_table",
        "These are the errors of all draws: which is the least for each frame? Take min over the "
        "draws, axis=0.",
        _errors,
    ),
    Mistake(
        "best_of_frames",
        "This is the best frame of each draw: the best draw of each frame is asked, so take min "
        "over the draws, axis=0.",
        lambda draws, truth: _errors(draws, truth).min(axis=1),
    ),
    Mistake(
        "best_of_mean_of_frames",
        "How many axes has draws - truth? Five: draws, frames, height, width, channels. The pixels "
        "are axes 2, 3 and 4, and axis 1 are the frames, over which yours takes the mean, too.",
        lambda draws, truth: ((draws - truth) ** 2).mean(axis=(1, 2, 3)).min(axis=0),
    ),
    Mistake(
        "best_of_everything",
        "This is the least error of all draws and all frames: each frame has its own, axis=0.",
        lambda draws, truth: _errors(draws, truth).min(),
    ),
    Mistake(
        "best_of_one_draw",
        "One draw is chosen for all frames, the best in the mean: each frame has a best draw of "
        "its own.",
        lambda draws, truth: _errors(draws, truth)[_errors(draws, truth).mean(axis=1).argmin()],
    ),
    Mistake(
        "best_of_mean_over_frames",
        "This is the mean over the frames: one value for each is asked.",
        lambda draws, truth: _best(draws, truth).mean(),
    ),
    Mistake(
        "best_of_sum",
        "The squared errors of the pixels are added up: their mean is asked, so that frames of any "
        "size can be compared.",
        lambda draws, truth: _best(draws, truth) * truth[0].size,
    ),
    Mistake(
        "best_of_root",
        "A root is taken of the squared error: leave it out.",
        lambda draws, truth: np.sqrt(_best(draws, truth)),
    ),
    Mistake(
        "best_of_absolute",
        "The error is the absolute one: square the differences.",
        lambda draws, truth: np.abs(draws - truth).mean(axis=(2, 3, 4)).min(axis=0),
    ),
    Mistake(
        "best_of_signed",
        "The differences are not squared, so that they cancel, and the least is the most negative: "
        "square each first.",
        lambda draws, truth: (draws - truth).mean(axis=(2, 3, 4)).min(axis=0),
    ),
    Mistake(
        "best_of_mean_squared",
        "The mean is taken before the square, so that bright and dark differences cancel: square "
        "each pixel first.",
        lambda draws, truth: ((draws - truth).mean(axis=(2, 3, 4)) ** 2).min(axis=0),
    ),
    Mistake(
        "best_of_image",
        "This is the best draw itself: its squared error is asked, one number for each frame.",
        _of_best,
    ),
    Mistake(
        "best_of_pixel_errors",
        "This is the squared error of each pixel of the best draw: take its mean, one number for "
        "each frame.",
        lambda draws, truth: (_of_best(draws, truth) - truth) ** 2,
    ),
    Mistake(
        "best_of_keeps_axis",
        "The values are right, the shape is not: drop the axis of the draws.",
        lambda draws, truth: _best(draws, truth)[None],
    ),
    Mistake(
        "best_of_first_frame",
        "This is the value of the first frame alone: one for each is asked. Does `return` stand "
        "inside a loop?",
        lambda draws, truth: _best(draws, truth)[0],
    ),
    Mistake(
        "best_of_last_frame",
        "This is the value of the last frame alone: one for each is asked. Does a loop overwrite "
        "its result?",
        lambda draws, truth: _best(draws, truth)[-1],
    ),
]
