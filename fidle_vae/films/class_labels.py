"""Class labels in a film: close to their codes, never overlapping, never jumping.

timeline.py says what they follow, the median of each class; panels.py draws and fades them.
"""

from collections.abc import Sequence

import numpy as np

from fidle_vae.figures.style import TITLE, inches


class ClassLabels:
    """Labels that follow moving points from frame to frame.

    Args:
        names: The texts, written in the size of a title.
        inch: How many units of the plane one inch of the frame covers.
        pull: The fraction of its remaining distance that a label moves per frame, in (0, 1].
    """

    def __init__(self, names: Sequence[str], inch: float, pull: float):
        wide = inch * np.array([inches(name, TITLE) for name in names])
        self._width, self._height = (wide[:, None] + wide) / 2, inch * TITLE / 72
        number = np.arange(len(names))
        self._order = np.sign(number[:, None] - number)  # which of two labels at one place moves up
        self._pull, self._places = pull, None

    def follow(self, targets: np.ndarray) -> np.ndarray:
        """Move the labels towards `targets`, shape (names, 2), and return their new places."""
        if self._places is None:
            self._places = targets
        places = self._places + self._pull * (targets - self._places)
        for _ in range(60):
            across, up = np.moveaxis(places[:, None] - places, -1, 0)
            meet = (abs(across) < self._width) & (abs(up) < self._height) & (self._order != 0)
            if not meet.any():
                break
            away = np.where(up == 0, self._order, np.sign(up))
            step = np.sum(meet * away * (1.05 * self._height - abs(up)), axis=1)
            places[:, 1] += step / (1 + meet.sum(axis=1))
        self._places = places
        return places
