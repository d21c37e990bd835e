import numpy as np

from fidle_vae.data import draw_outlines
from fidle_vae.data.outlines import RANGES

drawn = draw_outlines(300, seed=2, points=120)


def test_numbers_of_the_rule_fill_their_ranges():
    assert drawn.points.shape == (300, 120, 2)
    assert drawn.rule.shape == (300, 5)
    low, high = np.array(list(RANGES.values())).T
    assert (drawn.rule >= low).all()
    assert (drawn.rule <= high).all()
    np.testing.assert_allclose(drawn.rule.min(axis=0), low, atol=0.03 * np.ptp([low, high]))
    np.testing.assert_array_equal(drawn.points, draw_outlines(300, seed=2, points=120).points)


def test_a_fourier_series_of_the_radius_finds_the_rule_again():
    size, length, lopsided, arms, turn = drawn.rule.T
    x, y = np.moveaxis(drawn.points.astype(float), -1, 0)
    series = np.fft.rfft(np.hypot(x, y), axis=1) / 60
    np.testing.assert_allclose(series[:, 0].real / 2, size, atol=1e-5)
    np.testing.assert_allclose(series[:, 2].real, size * length, atol=1e-5)
    np.testing.assert_allclose(-series[:, 3].imag, size * lopsided, atol=1e-5)
    np.testing.assert_allclose(series[:, 5].real, size * arms, atol=1e-5)
    np.testing.assert_allclose(np.arctan2(y[:, 0], x[:, 0]), turn, atol=1e-5)
