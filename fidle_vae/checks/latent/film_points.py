"""The check of the latent points that a training film decodes after each epoch."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, attempt, exercise, recognise

CHECK = "film"
EPOCHS = (1, 2, 3, 7, 1)  # epoch 1 twice: a seed may depend on the epoch
FAR = 4  # standard deviations of the prior


@exercise
def film(my_points: Callable) -> Result:
    """Check `my_points(epoch)`: the latent points decoded after an epoch, shape (n, 2).

    They must be the same at every epoch, several, and where the prior is.
    """
    every = []
    for epoch in EPOCHS:
        points = attempt(CHECK, my_points, epoch)
        if isinstance(points, Result):
            return points
        every.append(points)
    right = "The same {found.n} points at every epoch, where the prior is."
    return recognise(CHECK, _Film(every), MISTAKES, right)


class _Film:
    """The points of each epoch that was tried."""

    def __init__(self, every):
        self.every, self.points = every, every[0]
        self.shape, self.shapes = every[0].shape, [points.shape for points in every]
        self.n = len(self.points) if self.shape else 0

    @property
    def moved(self):
        """Whether each point moves from epoch to epoch."""
        return ~np.all([np.isclose(points, self.points) for points in self.every], axis=(0, 2))

    @property
    def moves(self):
        """Where one of the points that move is after the first two epochs."""
        first, second = (
            ", ".join(f"{c:.2g}" for c in points[self.moved][0]) for points in self.every[:2]
        )
        return f"After epoch 1 one is ({first}), after epoch 2 ({second})."

    @property
    def share_far(self):
        return np.mean(np.abs(self.points).max(axis=1) > FAR)


MISTAKES = [
    Mistake(
        "film_one_point",
        "There is one point only: decode several, shape (n, 2).",
        lambda film: film.shape in ((2,), (1, 2)),
    ),
    Mistake(
        "film_grid",
        "Shape {found.shape} where (n, 2) is expected: reshape the grid to (-1, 2).",
        lambda film: len(film.shape) == 3 and film.shape[-1] == 2,
    ),
    Mistake(
        "film_shape",
        "Shape {found.shape} where (n, 2) is expected, a row for each point.",
        lambda film: len(film.shape) != 2 or film.shape[1] != 2 or not film.n,
    ),
    Mistake(
        "film_count_changes",
        "The number of points changes with the epoch: {found.shapes[0]} and then "
        "{found.shapes[1]}.",
        lambda film: len(set(film.shapes)) > 1,
    ),
    Mistake(
        "film_not_finite",
        "A coordinate is NaN or infinite, as norm.ppf of 0 or 1 is: it cannot be decoded.",
        lambda film: not np.isfinite(film.every).all(),
    ),
    Mistake(
        "film_some_change",
        "{seen} points change from epoch to epoch: keep all of them. {found.moves}",
        lambda film: (
            film.moved.any() and not film.moved.all() and f"{film.moved.sum()} of {film.n}"
        ),
    ),
    Mistake(
        "film_seeded_by_epoch",
        "Each epoch has its own points, the same ones whenever that epoch comes back: they must "
        "not depend on the epoch, neither through a seed nor through a path. {found.moves}",
        lambda film: film.moved.all() and np.allclose(film.every[-1], film.points),
    ),
    Mistake(
        "film_fresh_noise",
        "The points are drawn anew at every epoch, so nobody can tell whether an image changes by"
        " training or by its z. Draw them once, or with a fixed seed. {found.moves}",
        lambda film: film.moved.all(),
    ),
    Mistake(
        "film_points_alike",
        "All {found.n} points are the same: each image would be the same.",
        lambda film: np.ptp(film.points, axis=0).max() < 1e-6,
    ),
    Mistake(
        "film_far",
        f"{{found.share_far:.0%}} of the points are more than {FAR} standard deviations from 0, "
        "where the prior has nothing and the decoder was never trained: draw them from N(0, I).",
        lambda film: film.share_far > 0.05,
    ),
    Mistake(
        "film_too_near",
        "All points are nearly 0, so that their images hardly differ: draw them from N(0, I).",
        lambda film: np.abs(film.points).max() < 0.1,
    ),
    Mistake(
        "film_one_quarter",
        "All coordinates have one sign, a quarter of the plane: draw from a Gaussian around 0 "
        "(rng.normal, not rng.random).",
        lambda film: film.n >= 8 and ((film.points > 0).all() or (film.points < 0).all()),
    ),
]
