"""The check of the frames of a morph: decoded on the way, and not faded into each other."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def morph_frames(my_morph: Callable) -> Result:
    """Check `my_morph(decode, z_a, z_b, n)`: n pictures on the way from one code to the other."""
    rng = np.random.default_rng(74)
    cases = [
        {
            "decode": _decode,
            "z_a": rng.normal(0, 1, 3).astype("float32"),
            "z_b": rng.normal(0, 1, 3).astype("float32"),
            "n": n,
        }
        for n in (5, 4)
    ]
    return diagnose(
        "morph_frames", my_morph, cases, [_morph], MISTAKES, _frame, terms=_terms, arrays=True
    )


def _terms(decode, z_a, z_b, n):
    return z_a.astype(float), z_b.astype(float), n


def _decode(z):
    """Return small pictures, (n, 2, 2, 3): curved, so that decoding and mixing do not commute."""
    z = np.asarray(ops.convert_to_numpy(z), float)
    weights = np.random.default_rng(75).normal(0, 1.5, (z.shape[-1], 12))
    return (1 / (1 + np.exp(-(z @ weights)))).reshape(len(z), 2, 2, 3)


def _frame(case, index):
    return f"frame {index[0] if index else 0} of {case['n']}"


def _shares(n):
    return np.linspace(0, 1, n)[:, None]


def _codes(z_a, z_b, t):
    return (1 - t) * z_a + t * z_b


def _morph(z_a, z_b, n):
    return _decode(_codes(z_a, z_b, _shares(n)))


def _faded(z_a, z_b, n):
    first, last = _decode(np.stack([z_a, z_b]))
    t = np.linspace(0, 1, n)[:, None, None, None]
    return (1 - t) * first + t * last


MISTAKES = [
    Mistake(
        "morph_cross_fade",
        "Pictures are mixed, not codes: halfway, both are there as ghosts. Mix the codes, and "
        "decode each mixture.",
        _faded,
    ),
    Mistake(
        "morph_backwards",
        "The way leads from B to A.",
        lambda z_a, z_b, n: _morph(z_b, z_a, n),
    ),
    Mistake(
        "morph_without_end",
        "The last frame is not B: np.linspace has its end among its values, np.arange(n) / n has "
        "not.",
        lambda z_a, z_b, n: _decode(_codes(z_a, z_b, np.arange(n)[:, None] / n)),
    ),
    Mistake(
        "morph_between_only",
        "Both ends are left out: the first frame is A, the last one B.",
        lambda z_a, z_b, n: _decode(_codes(z_a, z_b, np.linspace(0, 1, n + 2)[1:-1, None])),
    ),
    Mistake(
        "morph_gives_codes",
        "These are codes: decode them.",
        lambda z_a, z_b, n: _codes(z_a, z_b, _shares(n)),
    ),
    Mistake(
        "morph_sum",
        "The codes are added, A whole and some of B: mix them, (1 - t) of A and t of B.",
        lambda z_a, z_b, n: _decode(z_a + _shares(n) * z_b),
    ),
    Mistake(
        "morph_jumps",
        "It jumps from A to B in the middle: let the share grow from frame to frame.",
        lambda z_a, z_b, n: _decode(_codes(z_a, z_b, np.round(_shares(n)))),
    ),
]
