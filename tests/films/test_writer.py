import numpy as np
import pytest
from PIL import Image

from fidle_vae.films.writer import write_film, write_frames
from tests.helpers.decoded import decode_gif, decode_mp4

RAMP = np.linspace(0, 1, 6)[:, None, None, None] * np.ones((6, 8, 5, 1))
rng = np.random.default_rng(0)


def read(path):
    """Return the frames of a film in [0, 1], their durations in ms, and its number of loops."""
    frames, durations = decode_gif(path)
    with Image.open(path) as film:
        return frames / 255, durations, film.info["loop"]


def test_film_shows_each_image_in_order_then_goes_back_and_loops(tmp_path):
    frames, durations, loop = read(write_film(tmp_path / "f.gif", RAMP))
    assert max(durations) - min(durations) <= 10
    expected = RAMP[[0, 1, 2, 3, 4, 5, 4, 3, 2, 1]]
    np.testing.assert_allclose(frames[:, 0, 0, 0], expected[:, 0, 0, 0], atol=0.01)
    assert loop == 0  # 0 means forever


def test_film_without_the_way_back_ends_at_the_last_image(tmp_path):
    frames, _, loop = read(write_film(tmp_path / "f.gif", RAMP, back=False))
    np.testing.assert_allclose(frames[:, 0, 0, 0], RAMP[:, 0, 0, 0], atol=0.01)
    assert loop == 0


def test_every_pixel_of_a_film_is_that_of_its_image(tmp_path):
    grey, color = rng.random((3, 8, 5, 1)), rng.random((3, 8, 5, 3))
    frames, *_ = read(write_film(tmp_path / "f.gif", grey, zoom=1, back=False))
    np.testing.assert_allclose(frames, np.repeat(grey, 3, axis=-1), atol=0.011)
    frames, *_ = read(write_film(tmp_path / "f.gif", color, zoom=1, back=False))
    np.testing.assert_allclose(frames, color, atol=0.011)


def test_film_is_larger_than_its_images_and_smooth(tmp_path):
    edge = np.zeros((2, 8, 5, 1))
    edge[0, 4:], edge[1, :4] = 1, 1
    frames, *_ = read(write_film(tmp_path / "f.gif", edge, zoom=6))
    assert frames.shape == (2, 48, 30, 3)
    assert frames[0, 0].max() < 0.05
    assert frames[0, -1].min() > 0.95
    assert ((frames[0] > 0.2) & (frames[0] < 0.8)).any()  # a smooth transition from white to black


@pytest.mark.parametrize(("n", "seconds"), [(6, 4.0), (7, 1.0), (24, 2.5)])
def test_the_first_pass_lasts_as_long_as_requested(tmp_path, n, seconds):
    images = np.linspace(0, 1, n)[:, None, None, None] * np.ones((n, 4, 4, 1))
    _, durations, _ = read(write_film(tmp_path / "f.gif", images, seconds=seconds, back=False))
    assert sum(durations) == pytest.approx(1000 * seconds)
    assert max(durations) - min(durations) <= 10


def test_repeated_images_keep_their_duration(tmp_path):
    _, durations, _ = read(write_film(tmp_path / "f.gif", RAMP[[0, 3, 3, 3, 5]], back=False))
    assert sum(durations) == 4000


def test_film_is_small_enough_to_embed_in_a_notebook(tmp_path):
    row, column = np.mgrid[:28, :28]
    size = np.linspace(5, 10, 24)[:, None, None]
    blobs = np.exp(-((row - 14) ** 2 + (column - 14) ** 2) / size**2)[..., None]
    assert write_film(tmp_path / "f.gif", blobs).stat().st_size < 600_000


def test_a_film_that_fails_leaves_the_old_one_and_nothing_else(tmp_path, monkeypatch):
    path = write_film(tmp_path / "new" / "f.gif", RAMP)
    old = path.read_bytes()

    def save_half(frame, partial, **kwargs):
        partial.write_bytes(b"GIF89a")
        raise OSError("disk full")

    monkeypatch.setattr(Image.Image, "save", save_half)
    with pytest.raises(OSError, match="disk full"):
        write_film(path, RAMP[::-1])
    assert path.read_bytes() == old
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("n", [6, 40])
def test_an_mp4_shows_the_same_film(tmp_path, n):
    images = np.linspace(0, 1, n)[:, None, None, None] * np.ones((n, 8, 6, 1))
    path = write_film(tmp_path / "f.mp4", images, seconds=2.0, back=False)
    film = decode_mp4(path).frames
    assert film.shape == (60, 64, 48, 3)
    expected = images[np.arange(60) * n // 60, 0, 0, 0]  # each frame shows the image of its time
    np.testing.assert_allclose(film[:, 32, 24, 0] / 255, expected, atol=0.03)


def test_each_frame_is_shown_for_its_own_duration(tmp_path):
    pictures = [np.full((8, 8), level, np.uint8) for level in (0, 100, 200)]
    seconds = [1.5, 0.04, 0.333]
    _, durations, _ = read(write_frames(tmp_path / "f.gif", iter(pictures), seconds))
    assert durations == [1500, 40, 330]
    film = decode_mp4(write_frames(tmp_path / "f.mp4", iter(pictures), seconds)).frames
    assert np.diff(np.searchsorted(film[:, 0, 0, 0], [0, 50, 150, 255])).tolist() == [45, 1, 10]


def colored(i):
    """Return a picture that is mostly white, with a few colours in many shades and greys."""
    picture = np.full((90, 160, 3), 255, np.uint8)
    picture[:40, :40] = np.linspace(0, 255, 40).astype(np.uint8)[:, None, None]
    for k, color in enumerate([(63, 144, 218), (189, 31, 1), (255, 169, 14), (131, 45, 182)]):
        picture[60:66, 10 * i + 20 * k : 10 * i + 20 * k + 6] = color
    return picture


def test_a_gif_takes_the_colours_of_its_sample(tmp_path):
    pictures = [colored(i) for i in range(8)]
    path = write_frames(tmp_path / "f.gif", iter(pictures), [0.1] * 8, sample=pictures[::4])
    frames, *_ = read(path)
    np.testing.assert_allclose(frames, np.stack(pictures) / 255, atol=8 / 255)
    assert (frames[:, 80, 150] == 1).all()  # white is white
    plain = write_frames(tmp_path / "g.gif", iter(pictures), [0.1] * 8)
    assert path.stat().st_size < plain.stat().st_size


@pytest.mark.parametrize(
    ("path", "images", "options", "message"),
    [
        ("f.png", RAMP, {}, r"path must end in \.gif or \.mp4, got '.*f.png': try 'f.gif'"),
        ("f.gif", RAMP[:1], {}, "images must be two or more .* got 1"),
        ("f.gif", RAMP[..., 0], {}, r"images must have shape .* got \(6, 8, 5\)"),
        ("f.gif", RAMP * 255, {}, r"images must lie in \[0, 1\], .* to 255"),
        ("f.gif", RAMP, {"zoom": 0}, "zoom must be an integer of 1 or more, got 0"),
        ("f.gif", RAMP, {"zoom": 1.5}, "zoom must be an integer of 1 or more, got 1.5"),
        ("f.gif", RAMP, {"seconds": 0.1}, "seconds must be from 0.12.* 6 images.* got 0.1: try 4"),
        ("f.gif", RAMP, {"seconds": float("nan")}, "seconds must be .* got nan"),
    ],
)
def test_bad_input_raises_and_names_the_value(tmp_path, path, images, options, message):
    with pytest.raises(ValueError, match=message):
        write_film(tmp_path / path, images, **options)
    assert not list(tmp_path.iterdir())
