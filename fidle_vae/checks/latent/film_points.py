"""The check of the latent points that a training film decodes after each epoch."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine.diagnosis import attempt
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.summary import recorded

CHECK = "film"
EPOCHS = (1, 2, 3, 7, 1)  # an epoch comes back, to tell a seed that depends on it from none
FAR = 4  # standard deviations of the prior


@recorded
def film(my_points: Callable) -> Result:
    """Check `my_points(epoch)`: the latent points decoded after an epoch, shape (n, 2).

    They must be the same at every epoch, several, and where the prior is.
    """
    found = []
    for epoch in EPOCHS:
        points = attempt(CHECK, my_points, epoch)
        if isinstance(points, Result):
            return points
        found.append(points)
    mistake, says = _of_form(found) or _of_change(found) or _of_place(found[0])
    return Result(CHECK, mistake, says)


def _of_form(found):
    """Name what is wrong with the shape or the numbers of some epoch's points."""
    shape = found[0].shape
    if shape == (2,) or shape == (1, 2):
        return "film_one_point", "There is one point only: decode several, shape (n, 2)."
    if len(shape) == 3 and shape[-1] == 2:
        return "film_grid", f"Shape {shape} where (n, 2) is expected: reshape the grid to (-1, 2)."
    if len(shape) != 2 or shape[1] != 2:
        return "film_shape", f"Shape {shape} where (n, 2) is expected, a row for each point."
    if any(points.shape != shape for points in found):
        shapes = " and then ".join(str(points.shape) for points in found[:2])
        return "film_count_changes", f"The number of points changes with the epoch: {shapes}."
    if not all(np.isfinite(points).all() for points in found):
        return "film_not_finite", (
            "A coordinate is NaN or infinite: norm.ppf of 0 or 1, say, is no place to decode."
        )
    return None


def _of_change(found):
    """Name how the points change from epoch to epoch."""
    moved = ~np.all([np.isclose(points, found[0]) for points in found], axis=(0, 2))
    if not moved.any():
        return None
    first, second = (", ".join(f"{c:.2g}" for c in points[moved][0]) for points in found[:2])
    seen = f"After epoch 1 one is ({first}), after epoch 2 ({second})."
    if not moved.all():
        return "film_some_change", (
            f"{moved.sum()} of {len(moved)} points change from epoch to epoch: keep all. {seen}"
        )
    if np.allclose(found[-1], found[0]):
        return "film_seeded_by_epoch", (
            "Each epoch has points of its own, though the same ones whenever it comes back: they "
            f"must not depend on the epoch, neither by a seed nor by a path. {seen}"
        )
    return "film_fresh_noise", (
        "The points are drawn anew at every epoch: whether an image changes by training or by "
        f"its z, nobody can tell. Draw them once, or with a fixed seed. {seen}"
    )


def _of_place(points):
    """Name what is wrong with where the points are; and say where they are if nothing is."""
    n = len(points)
    if np.ptp(points, axis=0).max() < 1e-6:
        return "film_points_alike", f"All {n} points are one: each image would be the same."
    far = np.mean(np.abs(points).max(axis=1) > FAR)
    if far > 0.05:
        return "film_far", (
            f"{far:.0%} of the points are more than {FAR} standard deviations from 0, where the "
            "prior has nothing and the decoder was never trained: draw them from N(0, I)."
        )
    if np.abs(points).max() < 0.1:
        return "film_too_near", (
            "All points are nearly 0, so that their images hardly differ: draw them from N(0, I)."
        )
    if n >= 8 and ((points > 0).all() or (points < 0).all()):
        return "film_one_quarter", (
            "All coordinates have one sign, a quarter of the plane: draw from a Gaussian around 0 "
            "(rng.normal, not rng.random)."
        )
    return None, f"The same {n} points at every epoch, where the prior is."
