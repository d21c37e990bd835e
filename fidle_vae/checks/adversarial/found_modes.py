"""The check of how many modes of a known distribution a generator draws."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments
from fidle_vae.evaluation.modes import modes_found

SHARE = 0.02


@exercise
@from_arguments
def found_modes(my_modes_found: Callable) -> Result:
    """Check `my_modes_found(points, centres, sigma)`: near how many centres 2 % of points lie."""
    cases = [_case(seed, k) for seed, k in ((74, 7), (75, 8), (76, 10))]
    return diagnose("found_modes", my_modes_found, cases, [_right], MISTAKES, _about)


def _case(seed, k):
    """Make centres with many points, few or none, some of them beside what counts as near."""
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(k) / k
    centres, sigma = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 0.08
    counts, reach, corner = np.full(k, 40), np.full(k, 0.6), np.zeros(k, bool)
    counts[:6] = 2, 30, 30 if k > 8 else 0, 1, 14, 10
    reach[1:3], corner[1:3] = 4.0, True  # outside the circle, but inside the square around it
    reach[4] = 2.0
    counts[-1], reach[-1] = 30, 5.3
    points = [centres[0] / 4 + 0.02 * rng.standard_normal((20, 2))]
    for centre, count, far, diagonal in zip(centres, counts, reach, corner, strict=True):
        turn = rng.integers(4, size=count) * np.pi / 2
        turn = turn + np.pi / 4 if diagonal else turn
        radius = sigma * far * rng.uniform(0.9, 1.02, count)
        points.append(centre + radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1))
    points = rng.permutation(np.concatenate(points))
    return {"points": np.float32(points), "centres": np.float32(centres), "sigma": sigma}


def _about(case, index):
    return (
        f"{len(case['points'])} points and {len(case['centres'])} centres, sigma {case['sigma']:g}"
    )


def _distances(points, centres):
    return np.linalg.norm(points[:, None] - centres, axis=-1)


def _counts(points, centres, sigma, reach=3.0):
    return (_distances(points, centres) <= reach * sigma).sum(axis=0)


def _right(points, centres, sigma):
    return modes_found(points, centres, sigma, SHARE)


def _near(points, centres, sigma, reach=3.0):
    return (_counts(points, centres, sigma, reach) / len(points) >= SHARE).sum()


def _nearest(points, centres):
    return np.bincount(_distances(points, centres).argmin(axis=1), minlength=len(centres))


MISTAKES = [
    Mistake(
        "found_modes_nearest",
        "Every point counts for the centre nearest to it, however far it is: only those within "
        "3 sigma do.",
        lambda points, centres, sigma: (_nearest(points, centres) / len(points) >= SHARE).sum(),
    ),
    Mistake(
        "found_modes_any_nearest",
        "This is the number of centres to which some point is the nearest, however far and however "
        "few: 2 % of the points must lie within 3 sigma.",
        lambda points, centres, sigma: (_nearest(points, centres) > 0).sum(),
    ),
    Mistake(
        "found_modes_any",
        "One point is enough for you: a mode is found if at least 2 % of all points lie there.",
        lambda points, centres, sigma: (_counts(points, centres, sigma) > 0).sum(),
    ),
    Mistake(
        "found_modes_two_points",
        "It takes 2 points, or 0.02 of one: 2 % is a share of all points.",
        lambda points, centres, sigma: (_counts(points, centres, sigma) >= 2).sum(),
    ),
    Mistake(
        "found_modes_one_sigma",
        "The points are counted within 1 sigma: 3 are asked.",
        lambda points, centres, sigma: _near(points, centres, sigma, 1),
    ),
    Mistake(
        "found_modes_without_sigma",
        "The points are counted within a distance of 3: it is 3 sigma.",
        lambda points, centres, sigma: _near(points, centres, 1),
    ),
    Mistake(
        "found_modes_squared_distance",
        "The squared distance is compared with 3 sigma: take the root, or compare with its square.",
        lambda points, centres, sigma: (
            ((_distances(points, centres) ** 2 <= 3 * sigma).mean(axis=0)) >= SHARE
        ).sum(),
    ),
    Mistake(
        "found_modes_each_axis",
        "Each coordinate is compared alone, which makes a cross or a square of the circle: take "
        "the distance, over both.",
        lambda points, centres, sigma: (
            (np.abs(points[:, None] - centres) <= 3 * sigma).all(axis=-1).mean(axis=0) >= SHARE
        ).sum(),
    ),
    Mistake(
        "found_modes_fair_share",
        "A mode counts as found if it has its fair share, 1 / k, of the points: 2 % are asked.",
        lambda points, centres, sigma: (
            _counts(points, centres, sigma) / len(points) >= 1 / len(centres)
        ).sum(),
    ),
    Mistake(
        "found_modes_good_share",
        "This is the share of points near a centre: how many centres have some is asked.",
        lambda points, centres, sigma: _counts(points, centres, sigma).sum() / len(points),
    ),
    Mistake(
        "found_modes_good_points",
        "This is the number of points near a centre: how many centres have some is asked.",
        lambda points, centres, sigma: _counts(points, centres, sigma).sum(),
    ),
    Mistake(
        "found_modes_share_of_modes",
        "This is the share of the modes that are found: their number is asked.",
        lambda points, centres, sigma: _right(points, centres, sigma) / len(centres),
    ),
    Mistake(
        "found_modes_lost",
        "This is the number of modes that are not found: those that are found are asked.",
        lambda points, centres, sigma: len(centres) - _right(points, centres, sigma),
    ),
    Mistake(
        "found_modes_counts",
        "These are the numbers of points near each centre: how many reach 2 % of all points?",
        lambda points, centres, sigma: _counts(points, centres, sigma),
    ),
    Mistake(
        "found_modes_shares",
        "These are the shares of points near each centre: how many are 0.02 or more?",
        lambda points, centres, sigma: _counts(points, centres, sigma) / len(points),
    ),
    Mistake(
        "found_modes_list",
        "This says of each centre whether it is found: add that up.",
        lambda points, centres, sigma: _counts(points, centres, sigma) / len(points) >= SHARE,
    ),
]
