import numpy as np
import pytest
from PIL import Image
from scipy.stats import norm

from fidle_vae.films.climb import ClimbFrame, write_climb
from fidle_vae.models.posterior import ExactPosterior

Z = np.linspace(-10, 10, 2001)
ONE = ExactPosterior(Z, (norm.logpdf(Z, 0.5, 0.3) - norm.logpdf(Z) - 40)[None])
WAY = np.linspace(-1, 0.5, 6), np.linspace(0, 2 * np.log(0.3), 6)
IMAGES = np.random.default_rng(0).random((2, 8, 8, 1))
IMAGES[1, 3:] = np.nan


def test_a_film_has_a_frame_for_each_step_and_holds_the_last(tmp_path):
    path = write_climb(tmp_path / "c.gif", IMAGES, [ONE, ONE], [WAY, WAY], seconds=3)
    with Image.open(path) as film:
        assert (film.n_frames, film.size) == (6, (960, 540))
        durations = []
        for i in range(6):
            film.seek(i)
            durations.append(film.info["duration"])
    assert durations == [500] * 5 + [2000]


def test_a_frame_shows_q_its_elbo_and_what_it_lacks():
    frame = ClimbFrame(IMAGES, [ONE, ONE], [WAY, WAY])
    pictures = [frame.draw(step) for step in (0, 5)]
    assert pictures[0].shape == (540, 960, 3)
    assert not np.array_equal(*pictures)
    row = frame._rows[0]
    line, elbo, gap, says_elbo, says_gap = row.moving
    assert says_elbo.get_text() == "ELBO\n\N{MINUS SIGN}40.0"
    assert says_gap.get_text() == "gap 0.00"
    assert gap.get_height() == pytest.approx(0, abs=1e-6)
    assert elbo.get_height() == pytest.approx(12)
    assert Z[np.argmax(line.get_ydata())] == pytest.approx(0.5, abs=0.01)
    row.update(0)
    lacks = ONE.bound(np.array([[-1.0]]), np.array([[0.0]])).gap[0]
    assert says_gap.get_text() == f"gap {lacks:.2f}"
    assert elbo.get_height() == pytest.approx(max(0, 12 - lacks))


def test_what_is_not_seen_has_a_question_mark():
    frame = ClimbFrame(IMAGES, [ONE, ONE], [WAY, WAY])
    texts = [[text.get_text() for text in ax.texts] for ax in frame._fig.axes[0::3]]
    assert texts == [[], ["?"]]


@pytest.mark.parametrize(
    ("exact", "ways"), [([ONE], [WAY, WAY]), ([ONE, ONE], [WAY, (WAY[0][:3], WAY[1][:3])])]
)
def test_images_posteriors_and_ways_must_fit(tmp_path, exact, ways):
    with pytest.raises(ValueError, match="must be as many"):
        write_climb(tmp_path / "c.gif", IMAGES, exact, ways)
