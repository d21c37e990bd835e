"""A measured value with its standard error."""

from typing import NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A value and its standard error, which is None if unknown."""

    value: float
    error: float | None = None

    @classmethod
    def of_mean(cls, values: np.ndarray) -> "Estimate":
        """Return the mean of independent values, with its standard error."""
        values = np.asarray(values, float)
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
        return cls(float(values.mean()), None if error is None else float(error))
