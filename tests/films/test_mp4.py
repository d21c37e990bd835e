import os
import time
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from fidle_vae.films import mp4
from fidle_vae.films.mp4 import write_mp4
from fidle_vae.films.writer import write_frames
from tests.helpers.decoded import decode_mp4

COLORS = [(255, 255, 255), (0, 0, 0), (63, 144, 218), (189, 31, 1), (255, 169, 14), (120, 120, 120)]
PLATES = [np.full((48, 64, 3), color, np.uint8) for color in COLORS]


def test_each_frame_is_shown_as_often_as_requested_in_its_colours(tmp_path):
    write_mp4(tmp_path / "f.mp4", iter(PLATES), [1, 2, 3, 1, 0, 2], fps=10)
    film = decode_mp4(tmp_path / "f.mp4").frames
    assert film.shape == (9, 48, 64, 3)
    expected = [0, 1, 1, 2, 2, 2, 3, 5, 5]
    for frame, i in zip(film, expected, strict=True):
        assert np.abs(frame.astype(int) - COLORS[i]).max() <= 6


def test_browsers_can_play_the_film(tmp_path):
    write_mp4(tmp_path / "f.mp4", PLATES, [5] * 6, fps=25)
    film = decode_mp4(tmp_path / "f.mp4")
    assert film.kind.startswith("h264")
    assert "yuv420p" in film.kind
    assert "bt709" in film.kind
    assert film.fps == 25
    assert film.seconds == pytest.approx(30 / 25, abs=0.02)
    content = (tmp_path / "f.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # plays while it still loads


def test_odd_sides_grow_by_a_pixel(tmp_path):
    ramp = np.repeat(np.linspace(0, 255, 33).astype(np.uint8)[None, :, None], 21, axis=0)
    write_mp4(tmp_path / "f.mp4", [np.repeat(ramp, 3, axis=-1)] * 3, [1] * 3, fps=10)
    film = decode_mp4(tmp_path / "f.mp4").frames
    assert film.shape == (3, 22, 34, 3)
    np.testing.assert_allclose(film[0, :21, :33, 0], ramp[..., 0], atol=8)


def stand_in(monkeypatch, tmp_path, script):
    """Replace ffmpeg by a short shell script, which writes its process id to a file."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path / 'pid'}\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(program))


def wait_for_number(tmp_path):
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert time.monotonic() < deadline
    return int((tmp_path / "pid").read_text())


@pytest.mark.parametrize(
    "script", ["cat > /dev/null; echo No space left >&2; exit 1", "echo No space left >&2; exit 1"]
)
def test_an_ffmpeg_error_is_reported_and_leaves_no_file(tmp_path, monkeypatch, script):
    stand_in(monkeypatch, tmp_path, script)
    big = [np.zeros((400, 400, 3), np.uint8)] * 20  # more than the buffer of a pipe
    with pytest.raises(OSError, match=r"ffmpeg could not write .* \(No space left\)"):
        write_frames(tmp_path / "films" / "f.mp4", big, [0.1] * 20)
    assert not list((tmp_path / "films").iterdir())


def test_an_interrupted_film_leaves_no_file_and_no_process(tmp_path, monkeypatch):
    def frames():
        yield PLATES[0]
        wait_for_number(tmp_path)
        raise KeyboardInterrupt

    stand_in(monkeypatch, tmp_path, "exec cat > /dev/null")
    with pytest.raises(KeyboardInterrupt):
        write_frames(tmp_path / "films" / "f.mp4", frames(), [0.1, 0.1])
    assert not list((tmp_path / "films").iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.skipif(os.name != "posix", reason="groups of processes")
def test_ctrl_c_on_the_terminal_does_not_reach_ffmpeg(tmp_path, monkeypatch):
    def frames():
        yield PLATES[0]
        groups.append(os.getpgid(wait_for_number(tmp_path)))
        yield PLATES[1]

    groups = []
    stand_in(monkeypatch, tmp_path, "exec cat > /dev/null")
    write_mp4(tmp_path / "f.mp4", frames(), [1, 1], fps=10)
    assert groups != [os.getpgid(0)]


def test_a_missing_ffmpeg_raises_and_names_a_fix(tmp_path, monkeypatch):
    def none():
        raise RuntimeError("No ffmpeg exe could be found. Install ffmpeg on your system, or ...")

    monkeypatch.setattr(mp4.imageio_ffmpeg, "get_ffmpeg_exe", none)
    with pytest.raises(OSError, match=r"no ffmpeg was found .*: write a \.gif, or `pip install"):
        write_mp4(Path(tmp_path, "f.mp4"), PLATES, [1] * 6, fps=10)
