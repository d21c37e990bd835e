import numpy as np
import pytest

from fidle_vae.data import faces
from fidle_vae.data.drawn_faces import draw_faces
from fidle_vae.data.faces import load_faces, smile_of


def darkest_rows(image):
    """Return the row of the mouth at its left corner, in its middle, and at its right corner."""
    lower = image[19:27, :, 0]
    return [19 + lower[:, column].argmin() for column in (6, 9, 13)]


def test_corners_of_the_mouth_are_up_in_a_smile_and_down_in_a_frown():
    frown, smile = draw_faces([-1, 1], [0, 0])
    left, middle, right = darkest_rows(smile)
    assert left < middle > right  # rows count downwards
    left, middle, right = darkest_rows(frown)
    assert left > middle < right


def test_a_turned_head_moves_its_nose():
    left, right = draw_faces([0, 0], [-1, 1])
    noses = [4 + image[14, 4:16, 0].argmin() for image in (left, right)]
    assert noses[0] < 9 < noses[1]
    assert np.allclose(left[:, ::-1], right, atol=1e-6)  # one is the mirror of the other


def test_the_measure_of_smiles_follows_the_smile_whatever_the_turn():
    smile, turn = (grid.ravel() for grid in np.meshgrid(np.linspace(-1, 1, 9), [-1, 0, 1]))
    assert np.corrcoef(smile_of(draw_faces(smile, turn)), smile)[0, 1] > 0.95


def test_the_drawn_film_is_like_frey_face_says_so_and_repeats_itself(capsys):
    film, again, other = (load_faces("drawn", seed=n) for n in (1, 1, 2))
    assert "no real face" in capsys.readouterr().out
    assert film.x_train.shape == (1785, 28, 20, 1)
    assert film.x_test.shape == (180, 28, 20, 1)
    assert film.x_train.dtype == np.float32
    assert 0 <= film.x_train.min() < film.x_train.max() <= 1
    assert np.array_equal(film.x_train, again.x_train)
    assert not np.array_equal(film.x_train, other.x_train)
    assert np.corrcoef(smile_of(film.x_test), film.smile_test)[0, 1] > 0.9
    part = load_faces("drawn", 0.2, seed=1)
    assert (len(part.x_train), len(part.x_test), len(part.smile_test)) == (357, 36, 36)
    assert np.corrcoef(smile_of(part.x_test), part.smile_test)[0, 1] > 0.9


def test_without_frey_face_a_notice_says_that_faces_are_drawn(monkeypatch, capsys):
    def missing(name, scale, seed):
        raise FileNotFoundError(name)

    monkeypatch.setattr(faces, "load_dataset", missing)
    assert load_faces("auto").name == "drawn"
    assert "Frey Face is not on this machine" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError):
        load_faces("frey_faces")


def test_unknown_films_are_refused():
    with pytest.raises(ValueError, match="film must be"):
        load_faces("frey")
