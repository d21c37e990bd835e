"""The check of the weight of the KL that gives a beta, for a picture of any size."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, runs_elsewhere


@exercise
def picture_weight(my_k2: Callable) -> Result:
    """Check `my_k2(beta, image_shape)`: k2 in loss_weights (1, k2), for pictures of that shape."""
    cases = [
        {"beta": beta, "image_shape": shape}
        for beta, shape in ((1.0, (4, 5, 3)), (0.5, (6, 3, 3)), (4.0, (5, 7, 1)), (0.25, (8, 8, 3)))
    ]
    if runs_elsewhere(my_k2):  # where no table of the values must do
        rows, columns = np.random.default_rng(79).integers(9, 40, 2).tolist()
        cases.append({"beta": rows / 8, "image_shape": (rows, columns, 3)})
    return diagnose("picture_weight", my_k2, cases, [_k2], MISTAKES, _given)


def _given(case, index):
    return f"beta = {case['beta']:g} and image_shape = {tuple(case['image_shape'])}"


def _k2(beta, shape):
    return beta / np.prod(np.asarray(shape))


MISTAKES = [
    Mistake(
        "weight_without_channels",
        "The channels are missing: a pixel has three values, and each costs its cross-entropy.",
        lambda beta, shape: beta / (shape[0] * shape[1]),
    ),
    Mistake(
        "weight_is_beta",
        "This is beta itself. The reconstruction is a mean over all values of a picture, the KL a "
        "sum: divide by their number.",
        lambda beta, shape: beta,
    ),
    Mistake(
        "weight_multiplied",
        "This is what beta would be for k2 = beta: multiplied by the number of values. Solve "
        "beta = n * k2 for k2.",
        lambda beta, shape: beta * np.prod(np.asarray(shape)),
    ),
    Mistake(
        "weight_of_mnist",
        "784 is the number of values of MNIST: count those of these pictures.",
        lambda beta, shape: beta / 784,
    ),
    Mistake(
        "weight_of_channels_only",
        "It is divided by the channels alone: rows and columns count, too.",
        lambda beta, shape: beta / shape[2],
    ),
    Mistake(
        "weight_sum_of_sides",
        "Rows, columns and channels are added: the number of values is their product.",
        lambda beta, shape: beta / np.sum(np.asarray(shape)),
    ),
    Mistake(
        "weight_upside_down",
        "It is upside down: beta divided by the number of values is asked.",
        lambda beta, shape: np.prod(np.asarray(shape)) / beta,
    ),
    Mistake(
        "weight_of_a_beta_of_one",
        "This gives a beta of 1, whatever beta is asked.",
        lambda beta, shape: 1 / np.prod(np.asarray(shape)),
    ),
    Mistake(
        "weight_fixed",
        "This is the weight that suits MNIST: it does not know the size of the picture.",
        lambda beta, shape: 1e-3,
    ),
]
