import numpy as np
import pytest
from scipy import stats

from fidle_vae.evaluation.estimate import Estimate


def test_an_estimate_has_the_standard_error_of_the_mean():
    values = np.random.default_rng(0).normal(3, 2, 10_000)
    value, error = Estimate.of_mean(values)
    assert value == pytest.approx(values.mean())
    assert error == pytest.approx(stats.sem(values))
    assert Estimate.of_mean([1.5]) == (1.5, None)
