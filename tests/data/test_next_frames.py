from types import SimpleNamespace

import numpy as np
import pytest

from fidle_vae.data import next_frames
from tests.helpers.small_datasets import write_archive

FACES = np.random.default_rng(0).integers(0, 256, (405, 28, 20), dtype=np.uint8)


@pytest.fixture
def no_face(machine):
    return machine


@pytest.fixture
def face(machine):
    machine.pin("frey_faces", {"images": FACES})
    write_archive(machine.data / "frey_faces" / "frey_faces.npz", {"images": FACES})


def digits():
    """Return images with one spot, straight above the centre."""
    image = np.zeros((28, 28, 1), "float32")
    image[4:7, 12:16] = 1
    return SimpleNamespace(x_train=np.stack([image] * 200), x_test=image[None])


def numbers(frames):
    """Return the places of frames in the film."""
    places = {frame.tobytes(): i for i, frame in enumerate(FACES)}
    return np.array([places[np.rint(255 * frame).astype(np.uint8).tobytes()] for frame in frames])


def angles(images):
    """Return how far the spot of each image is turned from straight above, in degrees."""
    row, column, _ = np.indices(images.shape[1:]) - 13.5
    mass = images.sum(axis=(1, 2, 3))
    y, x = ((images * at).sum(axis=(1, 2, 3)) / mass for at in (row, column))
    return np.degrees(np.arctan2(x, -y))


def test_each_frame_of_the_face_comes_with_the_next_one(face):
    films = next_frames("frey_faces", digits(), 1)
    assert set(films) == {"tilting digits", "Frey Face"}
    pairs = films["Frey Face"]
    for before, after in (
        (pairs.before_train, pairs.after_train),
        (pairs.before_test, pairs.after_test),
    ):
        np.testing.assert_array_equal(numbers(after), numbers(before) + 1)
    train, test = (
        set(numbers(frames[0])) | set(numbers(frames[1])) for frames in (pairs[:2], pairs[2:])
    )
    assert not train & test
    assert len(train) > 300
    assert len(test) >= 40


def test_a_digit_tilts_to_either_side(no_face):
    films = next_frames("tilting digits", digits(), 1)
    assert set(films) == {"tilting digits"}
    pairs = films["tilting digits"]
    first, then = angles(pairs.before_train), angles(pairs.after_train)
    assert np.abs(first).max() < 16
    assert np.ptp(first) > 25
    np.testing.assert_allclose(np.abs(then - first), 30, atol=1)
    assert 70 < (then > first).sum() < 130
    assert len(pairs.before_test) == len(pairs.after_test) == 1
    for frames in pairs:
        assert frames.dtype == np.float32
        assert 0 <= frames.min() <= frames.max() <= 1


def test_the_seed_tosses_the_coins(no_face):
    one, again, other = (
        next_frames("tilting digits", digits(), seed)["tilting digits"] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.after_train, again.after_train)
    assert np.abs(one.after_train - other.after_train).max() > 0.1


def test_by_itself_it_takes_the_face_too(face, capsys):
    assert set(next_frames("auto", digits(), 1)) == {"tilting digits", "Frey Face"}
    assert set(next_frames("tilting digits", digits(), 1)) == {"tilting digits"}
    assert capsys.readouterr().out == ""


def test_without_the_face_it_says_so(no_face, capsys):
    assert set(next_frames("auto", digits(), 1)) == {"tilting digits"}
    assert "frey_faces is not on this machine" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError):
        next_frames("frey_faces", digits(), 1)


def test_a_film_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="film must be one of auto, frey_faces, tilting digits"):
        next_frames("frey", digits(), 1)
