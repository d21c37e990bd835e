import io
import math

import numpy as np
import pytest

from fidle_vae.figures.sweeps import Point, rate_distortion, swept_terms


def point(x, line, rate, distortion):
    return Point(x, line, -(rate + distortion), rate, distortion)


POINTS = [
    point("0.001", "latent_dim = 2", 6.0, 160.0),
    point("0.001", "latent_dim = 2", 8.0, 156.0),
    point("0.01", "latent_dim = 2", 2.0, 170.0),
    point("0.001", "latent_dim = 10", 20.0, 110.0),
]


def test_each_term_is_the_mean_over_seeds_with_bars_to_the_extremes():
    elbo, rate, _ = swept_terms(POINTS, "k2").axes
    first, second = rate.containers  # a line of the swept values each
    np.testing.assert_allclose(first.lines[0].get_xydata(), [[0, 7], [1, 2]])
    np.testing.assert_allclose(second.lines[0].get_xydata(), [[0, 20]])  # the other did not end
    bars = first.lines[2][0].get_segments()
    np.testing.assert_allclose(bars[0][:, 1], [6, 8])
    np.testing.assert_allclose(elbo.containers[0].lines[0].get_ydata(), [-165, -172])
    assert [tick.get_text() for tick in elbo.get_xticklabels()] == ["0.001", "0.01"]


def test_along_a_dotted_line_the_elbo_is_what_stands_there():
    figure = rate_distortion(POINTS, "k2")
    (ax,) = figure.axes
    dotted = [line.get_xydata() for line in ax.lines if line.get_linestyle() == ":"]
    dotted = [line for line in dotted if math.isclose(np.ptp(line.sum(axis=1)), 0, abs_tol=1e-9)]
    totals = {round(line.sum(axis=1)[0], 6) for line in dotted}
    shown = {-float(text.get_text()) for text in ax.texts if text.get_text().startswith("-")}
    assert shown
    assert shown <= totals
    figure.savefig(io.BytesIO())


@pytest.mark.parametrize("points", [[], [POINTS[0]._replace(elbo=math.nan)]])
def test_trainings_that_have_not_ended_are_refused(points):
    for draw in (swept_terms, rate_distortion):
        with pytest.raises(ValueError, match="leave out trainings that have not ended"):
            draw(points, "k2")
