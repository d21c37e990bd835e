"""The check of the spectral norm of a convolution's kernel."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def spectral_norm(my_norm: Callable) -> Result:
    """Check `my_norm(kernel)`: the largest singular value of the kernel as a matrix, one number."""
    rng = np.random.default_rng(64)
    cases = [
        {"kernel": rng.normal(0.2, 1, shape).astype("float32")}
        for shape in ((2, 3, 2, 3), (3, 3, 1, 4), (2, 2, 4, 2))
    ]
    return diagnose("spectral_norm", my_norm, cases, [_norm], MISTAKES, _kernel)


def _kernel(case, index):
    return f"a kernel of shape {case['kernel'].shape}"


def _matrix(k):
    return k.reshape(-1, k.shape[-1])


def _singular(k):
    return np.linalg.svd(_matrix(k))[1]


def _norm(k):
    return _singular(k)[0]


MISTAKES = [
    Mistake(
        "spectral_norm_frobenius",
        "This is the root of all squares, the Frobenius norm, and np.linalg.norm without its 2: "
        "the largest singular value alone is asked.",
        lambda k: np.sqrt(np.square(k).sum()),
    ),
    Mistake(
        "spectral_norm_squared",
        "This is its square, the largest eigenvalue of W^T W: take the root.",
        lambda k: _norm(k) ** 2,
    ),
    Mistake(
        "spectral_norm_by_first_axis",
        "The matrix has a row for each line of the kernel: rows are all inputs, columns the "
        "outputs, reshape(-1, outputs).",
        lambda k: np.linalg.norm(k.reshape(k.shape[0], -1), 2),
    ),
    Mistake(
        "spectral_norm_mixed_axes",
        "The matrix has its numbers in the wrong order: with (outputs, -1), reshape does not turn "
        "the axes. Take reshape(-1, outputs).",
        lambda k: np.linalg.norm(k.reshape(k.shape[-1], -1), 2),
    ),
    Mistake(
        "spectral_norm_smallest",
        "This is the smallest singular value: the largest is asked.",
        lambda k: _singular(k)[-1],
    ),
    Mistake(
        "spectral_norm_sum",
        "The singular values are added up: the largest alone is asked.",
        lambda k: _singular(k).sum(),
    ),
    Mistake(
        "spectral_norm_mean",
        "This is the mean of the singular values: how far the most stretched input goes is asked.",
        lambda k: _singular(k).mean(),
    ),
    Mistake(
        "spectral_norm_all",
        "These are all singular values: the largest is asked, one number.",
        lambda k: _singular(k),
    ),
    Mistake(
        "spectral_norm_largest_weight",
        "This is the largest weight: a sum of many small ones can stretch more.",
        lambda k: np.abs(k).max(),
    ),
    Mistake(
        "spectral_norm_longest_column",
        "This is the length of the longest column: a mixture of outputs can be stretched more.",
        lambda k: np.linalg.norm(_matrix(k), axis=0).max(),
    ),
    Mistake(
        "spectral_norm_longest_row",
        "This is the length of the longest row: a mixture of inputs can be stretched more.",
        lambda k: np.linalg.norm(_matrix(k), axis=1).max(),
    ),
    Mistake(
        "spectral_norm_column_sums",
        "This is the largest sum of a column, np.linalg.norm with 1: take 2, for lengths.",
        lambda k: np.abs(_matrix(k)).sum(axis=0).max(),
    ),
    Mistake(
        "spectral_norm_row_sums",
        "This is the largest sum of a row, np.linalg.norm with infinity: take 2, for lengths.",
        lambda k: np.abs(_matrix(k)).sum(axis=1).max(),
    ),
    Mistake(
        "spectral_norm_per_place",
        "This is a matrix norm for each place of the kernel: one matrix has the inputs of all "
        "places as rows.",
        lambda k: np.linalg.norm(k, 2, axis=(2, 3)),
    ),
    Mistake(
        "spectral_norm_divided_kernel",
        "This is the kernel, divided: the norm by which it is divided is asked.",
        lambda k: k / _norm(k),
    ),
    Mistake(
        "spectral_norm_rows_of_places",
        "The matrix has a row for each place: rows are the inputs of all places, columns the "
        "outputs, reshape(-1, outputs).",
        lambda k: np.linalg.norm(k.reshape(k.shape[0] * k.shape[1], -1), 2),
    ),
    Mistake(
        "spectral_norm_columns_of_inputs",
        "The matrix has a column for each input: it has one for each output, reshape(-1, outputs).",
        lambda k: np.linalg.norm(np.moveaxis(k, 2, 3).reshape(-1, k.shape[2]), 2),
    ),
    Mistake(
        "spectral_norm_rows_of_inputs",
        "The matrix has its numbers in the wrong order: with (inputs, -1), reshape does not turn "
        "the axes. Take reshape(-1, outputs).",
        lambda k: np.linalg.norm(k.reshape(k.shape[2], -1), 2),
    ),
    Mistake(
        "spectral_norm_places_added",
        "The places are added up before the norm: one matrix has the inputs of all places as rows.",
        lambda k: np.linalg.norm(k.sum(axis=(0, 1)), 2),
    ),
    Mistake(
        "spectral_norm_mean_of_places",
        "The mean over the places comes before the norm: one matrix has the inputs of all places "
        "as rows.",
        lambda k: np.linalg.norm(k.mean(axis=(0, 1)), 2),
    ),
    Mistake(
        "spectral_norm_largest_of_places",
        "This is the largest norm of one place: one matrix has the inputs of all places as rows, "
        "as the output sums them all.",
        lambda k: np.linalg.norm(k, 2, axis=(2, 3)).max(),
    ),
    Mistake(
        "spectral_norm_mean_norm_of_places",
        "This is the mean norm of the places: one matrix has the inputs of all places as rows, as "
        "the output sums them all.",
        lambda k: np.linalg.norm(k, 2, axis=(2, 3)).mean(),
    ),
    Mistake(
        "spectral_norm_second",
        "This is the second largest singular value: they come in descending order, so take the "
        "first.",
        lambda k: _singular(k)[1],
    ),
    Mistake(
        "spectral_norm_each_column",
        "These are the lengths of the columns: one number is asked, how far any mixture is "
        "stretched.",
        lambda k: np.linalg.norm(_matrix(k), axis=0),
    ),
]
