"""The check of the mean hue: a mean of angles, weighted by how strong each colour is."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def mean_hue(my_hue: Callable) -> Result:
    """Check `my_hue(hues, weights)`: the weighted mean of hues, from 0 to 1, on their circle."""
    rng = np.random.default_rng(73)
    cases = []
    for centre, many in ((0.98, 8), (0.3, 6), (0.72, 9)):
        hues = (centre + rng.uniform(-0.15, 0.15, many)) % 1
        cases.append({"hues": hues, "weights": rng.uniform(0.05, 1, many)})
    return diagnose("mean_hue", my_hue, cases, [_hue], MISTAKES, _given, arrays=True)


def _given(case, index):
    hues = ", ".join(f"{hue:.2f}" for hue in case["hues"][:4])
    return f"hues {hues}, ..."


def _sums(hues, weights):
    angles = 2 * np.pi * hues
    return (weights * np.cos(angles)).sum(), (weights * np.sin(angles)).sum()


def _angle(hues, weights):
    across, up = _sums(hues, weights)
    return np.arctan2(up, across)


def _hue(hues, weights):
    return _angle(hues, weights) / (2 * np.pi) % 1


def _atan(hues, weights):
    across, up = _sums(hues, weights)
    return np.arctan(up / across) / (2 * np.pi)


def _exchanged(hues, weights):
    across, up = _sums(hues, weights)
    return np.arctan2(across, up) / (2 * np.pi)


def _of_angles(hues, weights):
    return _sums(hues / (2 * np.pi), weights)


MISTAKES = [
    Mistake(
        "hue_plain_mean",
        "This is the mean of numbers: that of 0.95 and 0.05, two reds, is 0.5, a cyan. Take the "
        "mean on the circle.",
        lambda hues, weights: (weights * hues).sum() / weights.sum(),
    ),
    Mistake(
        "hue_plain_mean_unweighted",
        "This is the mean of numbers, without the weights: take the weighted mean on the circle.",
        lambda hues, weights: hues.mean(),
    ),
    Mistake(
        "hue_unweighted",
        "The weights are missing: a grey pixel has a hue, too, but it means nothing.",
        lambda hues, weights: _hue(hues, np.ones_like(hues)),
    ),
    Mistake(
        "hue_negative",
        "Some hues are below 0: np.arctan2 gives -pi to pi. Take the rest of the division by 1.",
        lambda hues, weights: _angle(hues, weights) / (2 * np.pi),
    ),
    Mistake(
        "hue_in_radians",
        "This is an angle: divide it by 2 pi, so that once around is 1.",
        lambda hues, weights: _angle(hues, weights) % (2 * np.pi),
    ),
    Mistake(
        "hue_in_signed_radians",
        "This is an angle from -pi to pi: divide it by 2 pi, and bring it to 0 to 1.",
        _angle,
    ),
    Mistake(
        "hue_in_degrees",
        "These are degrees: once around is 1 here.",
        lambda hues, weights: 360 * _hue(hues, weights),
    ),
    Mistake(
        "hue_sine_first",
        "Sine and cosine are exchanged: np.arctan2 takes the sum of the sines first.",
        lambda hues, weights: _exchanged(hues, weights) % 1,
    ),
    Mistake(
        "hue_sine_first_negative",
        "Sine and cosine are exchanged in np.arctan2, and hues below 0 are left.",
        _exchanged,
    ),
    Mistake(
        "hue_arctan",
        "np.arctan knows half of the circle only: np.arctan2 takes both sums, and knows all of it.",
        lambda hues, weights: _atan(hues, weights) % 1,
    ),
    Mistake(
        "hue_arctan_negative",
        "np.arctan knows half of the circle only, and gives negative angles: take np.arctan2, and "
        "the rest of the division by 1.",
        _atan,
    ),
    Mistake(
        "hue_half_turn",
        "The hues are taken for angles up to pi: once around is 2 pi.",
        lambda hues, weights: _angle(hues / 2, weights) / np.pi % 1,
    ),
    Mistake(
        "hue_strongest",
        "This is the hue with the largest weight: the mean of all is asked.",
        lambda hues, weights: hues[np.argmax(weights)],
    ),
    Mistake(
        "hue_not_turned_to_angles",
        "The hues go into sine and cosine as they are: multiply them by 2 pi first.",
        lambda hues, weights: np.arctan2(*_of_angles(hues, weights)[::-1]) % 1,
    ),
]
