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
    cases = [_case(seed, k) for seed, k in ((74, 21), (75, 22), (76, 25))]
    return diagnose("found_modes", my_modes_found, cases, [_right], MISTAKES, _about)


def _case(seed, k):
    """Make centres with many points, few or none, some of them beside what counts as near.

    No point is near the last one, which is far from all others.
    """
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(k - 1) / (k - 1)
    ring = 4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    centres, sigma = np.concatenate([ring, [[9.0, 9.0]]]), 0.05
    points = [ring[0] / 2 + 0.02 * rng.standard_normal((120, 2))]
    for centre, (count, far, diagonal) in zip(ring, _clouds(k), strict=True):
        turn = (rng.integers(4, size=count) + diagonal / 2) * np.pi / 2
        radius = sigma * far * rng.uniform(0.95, 1.02, count)
        points.append(centre + radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1))
    points = rng.permutation(np.concatenate(points))
    return {"points": np.float32(points), "centres": np.float32(centres), "sigma": sigma}


def _clouds(k):
    """Return how many points are near k - 1 centres, how far, in sigma, and whether diagonally."""
    odd = k % 2
    return [
        *[(60, 0.6, False)] * (1 + odd),  # more than a fair share of the points
        *[(14, 0.6, False)] * (k - 20),  # enough, but fewer than 20
        (7, 0.6, False),  # enough, if only those were counted that are near a centre
        (2, 0.6, False),
        (1, 0.6, False),
        *[(14, 1.4, False)] * (2 - odd),
        (24, 1.9, False),
        *[(24, 2.7, False)] * 2,
        *[(24, 2.7, True)] * 2,  # not within 3 sigma if coordinates are added up
        *[(24, 4.0, True)] * 4,  # outside the circle, but inside the square around it
        *[(24, 5.3, False), (24, 7.0, False), (24, 9.0, False)],
        (0, 0.0, False),
    ]


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
        "One point is enough for you: a cloud is found if at least 2 % of all points lie there.",
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
        "found_modes_two_sigma",
        "The points are counted within 2 sigma: 3 are asked.",
        lambda points, centres, sigma: _near(points, centres, sigma, 2),
    ),
    Mistake(
        "found_modes_root_of_three",
        "The squared distance is compared with 3 sigma ** 2: (3 sigma) ** 2 is 9 sigma ** 2.",
        lambda points, centres, sigma: _near(points, centres, sigma, np.sqrt(3)),
    ),
    Mistake(
        "found_modes_all",
        "This is the number of all centres: a point is near one if its distance from it is below "
        "3 sigma.",
        lambda points, centres, sigma: len(centres),
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
        "found_modes_added_axes",
        "The differences of both coordinates are added up: the distance is the root of the sum of "
        "their squares.",
        lambda points, centres, sigma: (
            (np.abs(points[:, None] - centres).sum(axis=-1) <= 3 * sigma).mean(axis=0) >= SHARE
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
        "found_modes_twenty",
        "It takes 20 points, 2 % of the lesson's 1,000: take the share of the points that you get.",
        lambda points, centres, sigma: (_counts(points, centres, sigma) >= 20).sum(),
    ),
    Mistake(
        "found_modes_of_near",
        "This is 2 % of the points that lie near a centre: 2 % of all points are asked.",
        lambda points, centres, sigma: (
            _counts(points, centres, sigma) >= SHARE * _counts(points, centres, sigma).sum()
        ).sum(),
    ),
    Mistake(
        "found_modes_fair_share",
        "A cloud counts as found if it has its fair share, 1 / k, of the points: 2 % are asked.",
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
        "This is the share of the clouds that are found: their number is asked.",
        lambda points, centres, sigma: _right(points, centres, sigma) / len(centres),
    ),
    Mistake(
        "found_modes_lost",
        "This is the number of clouds that are not found: those that are found are asked.",
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
