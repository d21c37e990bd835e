"""A measure of each class apart, for sentences that name classes."""

from collections.abc import Sequence

import numpy as np


def by_class(values: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> dict[str, float]:
    """Return the mean of `values` over the images of each class, from the largest to the smallest.

    With `values` a comparison, such as `recognize(judge, copies) == y_test`, it is the share of
    each class for which that is true. A class without images is left out.

    Args:
        values: one number or boolean per image.
        labels: the class of each image.
        names: of the classes.
    """
    values, labels = np.asarray(values, float), np.asarray(labels)
    if values.shape != labels.shape:
        raise ValueError(
            f"values must be one number per label, got shape {values.shape} for {labels.shape}: "
            "reduce it to the images' axis."
        )
    means = {
        name: float(values[labels == number].mean())
        for number, name in enumerate(names)
        if np.any(labels == number)
    }
    return dict(sorted(means.items(), key=lambda item: item[1], reverse=True))
