"""How many modes of a known distribution of points a generator draws, and how well."""

import numpy as np

REACH = 3.0  # in sigma: in the plane, 98.9 % of a Gaussian lies within it


def modes_found(points: np.ndarray, centres: np.ndarray, sigma: float, share: float = 0.02) -> int:
    """Return near how many modes at least `share` of the points lie, within 3 sigma of each.

    A point counts for the mode nearest to it.

    Args:
        points: draws, shape (n, d).
        centres: of the modes, shape (k, d).
        sigma: standard deviation of each mode along each axis.
        share: the smallest share of points with which a mode is found.
    """
    nearest, good = _nearest_mode(points, centres, sigma)
    counts = np.bincount(nearest[good], minlength=len(centres))
    return int((counts / len(good) >= share).sum())


def good_share(points: np.ndarray, centres: np.ndarray, sigma: float) -> float:
    """Return the share of points that lie within 3 sigma of a mode.

    Args:
        points: draws, shape (n, d).
        centres: of the modes, shape (k, d).
        sigma: standard deviation of each mode along each axis.
    """
    return float(_nearest_mode(points, centres, sigma)[1].mean())


def _nearest_mode(points, centres, sigma):
    """Return the number of the mode nearest to each point, and whether it is within reach."""
    points, centres = np.asarray(points, float), np.asarray(centres, float)
    if points.ndim != 2 or centres.ndim != 2 or points.shape[1] != centres.shape[1]:
        raise ValueError(
            f"points and centres must be rows of as many coordinates; got shapes {points.shape} "
            f"and {centres.shape}: pass (n, d) and (k, d)."
        )
    if not len(points):
        raise ValueError("points must hold at least one point, got none: draw some thousands.")
    if not sigma > 0:
        raise ValueError(f"sigma must be above 0, got {sigma!r}: pass that of the modes.")
    distances = np.linalg.norm(points[:, None] - centres, axis=-1)
    return distances.argmin(axis=1), distances.min(axis=1) <= REACH * sigma
