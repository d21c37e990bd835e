import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from fidle_vae.evaluation.sharpness import sharpness


def test_a_slope_has_its_length_everywhere():
    y, x = np.mgrid[:5, :6]
    slopes = np.stack([0.03 * y + 0.04 * x, 0.1 * y + 0 * x, np.full((5, 6), 0.5)])[..., None]
    assert sharpness(slopes) == pytest.approx([0.05, 0.1, 0])


def test_blurred_noise_is_less_sharp():
    noise = np.random.default_rng(0).random((3, 20, 20))
    blurred = np.stack([gaussian_filter(each, 1) for each in noise])
    assert (sharpness(blurred[..., None]) < 0.5 * sharpness(noise[..., None])).all()
