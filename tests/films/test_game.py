import numpy as np
import pytest
from matplotlib.colors import to_rgba
from PIL import Image

from fidle_vae.data.gaussian_blobs import ring
from fidle_vae.figures.adversarial import DRAWN, REAL, SAYS
from fidle_vae.films.game import GameFrame, Moments, write_game

X, SIDE = np.linspace(-4, 4, 81), np.linspace(-3, 3, 9)
DENSITY = np.exp(-(X**2) / 2)
RNG = np.random.default_rng(0)
STEPS = [0, 10, 1000]
LINE = Moments(STEPS, RNG.normal(size=(3, 50, 1)), np.repeat([[0.2], [0.5], [0.9]], 81, axis=1))
CORNERS = np.zeros((3, 81))
CORNERS[:, 8] = 1  # the place at the right below: rows go from below, columns from the left
PLANE = Moments(STEPS, RNG.normal(size=(3, 40, 2)), CORNERS)
GAME = (LINE, X, DENSITY, PLANE, SIDE, ring(8))


@pytest.mark.parametrize("suffix", ["gif", "mp4"])
def test_a_game_is_written_as_a_film(tmp_path, suffix):
    path = write_game(tmp_path / f"game.{suffix}", *GAME, seconds=2)
    assert path.stat().st_size > 2000


def test_the_first_moments_are_shown_longer_and_the_last_one_is_held(tmp_path):
    with Image.open(write_game(tmp_path / "g.gif", *GAME, seconds=2)) as film:
        assert (film.n_frames, film.size) == (3, (960, 540))
        durations = []
        for i in range(3):
            film.seek(i)
            durations.append(film.info["duration"])
    assert durations == [1600, 400, 1500]


def test_a_gif_keeps_the_colours_of_what_is_said(tmp_path):
    says = np.tile(np.linspace(0, 1, 9), (3, 9))
    plane = PLANE._replace(says=says, drawn=np.full((3, 1, 2), 9.0))
    path = write_game(tmp_path / "g.gif", LINE, X, DENSITY, plane, SIDE, np.full((1, 2), 9.0))
    with Image.open(path) as film:
        shown = np.asarray(film.convert("RGB")).reshape(-1, 3).astype(int)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        color = 255 * np.array(SAYS(share)[:3])
        assert np.abs(shown - color).max(axis=1).min() < 12, share


def test_a_frame_shows_points_what_is_said_of_places_and_the_step():
    frame = GameFrame(*GAME)
    pictures = [frame.draw(i) for i in (0, 2)]
    assert pictures[0].shape == (540, 960, 3)
    assert not np.array_equal(*pictures)
    assert frame.says_step.get_text() == "step 1,000, D in colour"
    above, below, right = frame._fig.axes
    counts = above.lines[-1]
    assert counts.get_color() == DRAWN
    assert counts.get_ydata().sum() * 0.2 == pytest.approx(1)
    np.testing.assert_array_equal(below.lines[-1].get_ydata(), LINE.says[2])
    np.testing.assert_array_equal(right.collections[-1].get_offsets(), PLANE.drawn[2])
    landscape = right.images[0]
    assert landscape.origin == "lower"
    assert np.argwhere(landscape.get_array()).tolist() == [[0, 8]]
    assert right.collections[0].get_edgecolor()[0] == pytest.approx(to_rgba(REAL))


def test_both_games_must_be_seen_at_the_same_steps(tmp_path):
    other = PLANE._replace(steps=[0, 10, 20])
    with pytest.raises(ValueError, match="same steps"):
        write_game(tmp_path / "g.gif", LINE, X, DENSITY, other, SIDE, ring(8))
