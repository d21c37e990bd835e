import json
import re

import numpy as np
import pytest

from fidle_vae.films.training import write_training_film
from tests.helpers.decoded import decode_gif, decode_mp4
from tests.helpers.small_record import write_small


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run R1 with a record of four moments."""
    root = tmp_path_factory.mktemp("runs")
    write_small(root / "R1" / "film", moments=1)
    manifest = {"dataset": {"name": "insects"}}
    (root / "R1" / "manifest.json").write_text(json.dumps(manifest))
    return root


@pytest.fixture(scope="module")
def film(runs):
    """The film of R1: 4 seconds, at 10 frames per second."""
    return decode_mp4(write_training_film("R1", run_dir=runs, seconds=4, fps=10))


def test_the_film_has_its_size_length_and_form(film):
    assert film.frames.shape == (40, 720, 1280, 3)
    assert film.seconds == pytest.approx(4, abs=0.05)
    assert film.fps == 10
    assert film.kind.startswith("h264")
    assert "yuv420p" in film.kind


def test_the_first_and_the_last_frame_are_held(film):
    frames = film.frames[:, ::4, ::4].astype(int)
    changes = np.abs(np.diff(frames, axis=0)).max(axis=(1, 2, 3)) > 40
    assert not changes[:11].any()
    assert changes[11:28].all()
    assert not changes[28:].any()


def test_the_axes_stay_and_the_codes_move(film):
    below, left = film.frames[:, 650:720, 60:640], film.frames[:, 90:690, 0:80]
    for part in (below, left):
        assert part.std() > 20  # numbers and labels are there
        changed = np.abs(part.astype(int) - part[0]) > 60  # more than H.264 artefacts
        assert changed.mean() < 1e-4
        assert (np.abs(part[0, :, 1:].astype(int) - part[0, :, :-1]) > 60).mean() > 1e-3
    codes = film.frames[:, 130:640, 90:600]
    assert np.abs(codes[39].astype(int) - codes[20]).max() > 100


def test_the_counter_changes_with_the_epochs(film):
    counter = film.frames[:, 5:75, 800:].astype(int)
    assert (counter.min(axis=(1, 2, 3)) < 60).all()
    changes = np.abs(np.diff(counter, axis=0)).max(axis=(1, 2, 3)) > 100
    assert changes[11:28].all()  # from "before training" to "epoch 3 of 3"
    assert changes.sum() == 17


def test_without_a_path_the_film_is_in_the_runs_folder_and_the_newest_run_is_taken(
    runs, tmp_path, capsys
):
    write_small(tmp_path / "R2" / "film", moments=1)
    path = write_training_film(run_dir=tmp_path, seconds=3, fps=5)
    assert path == tmp_path / "R2" / "film.mp4"
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "The film of run R2, epochs 0 to 3: 5 pictures to draw"
    assert re.fullmatch(r"3\.0 s, 0\.\d MB: .*R2/film.mp4", said[1].replace("\\", "/"))


def test_a_gif_is_smaller_and_of_the_same_length(runs, tmp_path):
    path = write_training_film(runs / "R1", tmp_path / "new" / "film.gif", seconds=4)
    frames, durations = decode_gif(path)
    assert frames.shape[1:] == (540, 960, 3)
    assert sum(durations) == pytest.approx(4000, abs=20)
    assert durations[0] == pytest.approx(1200, abs=10)
    assert path.stat().st_size < 1_500_000
    assert (frames[:, 10, 500] == 255).all()  # white is white
    assert len(np.unique(frames[::4].reshape(-1, 3), axis=0)) <= 256  # one palette for all
    assert np.ptp(frames.astype(int), axis=-1).max() > 150  # and colours are colours


def test_every_moment_has_a_frame_however_many_there_are(tmp_path):
    write_small(tmp_path / "R3" / "film", epochs=20, moments=4)
    path = write_training_film("R3", tmp_path / "f.gif", run_dir=tmp_path, fps=5)
    _, durations = decode_gif(path)
    assert sum(durations) == pytest.approx(10 * (240 + 79 * 20), abs=30)  # longer than 12 seconds
    with pytest.raises(ValueError, match=r"seconds must be from 19, for .* 81 moments .* got 12"):
        write_training_film("R3", tmp_path / "f.gif", run_dir=tmp_path, fps=5, seconds=12)


def test_an_interrupted_film_leaves_the_old_one_and_nothing_else(runs, tmp_path, monkeypatch):
    def interrupt(self, moment):
        if moment.time > 1:
            raise KeyboardInterrupt
        return draw(self, moment)

    from fidle_vae.films.frame import TrainingFrame

    draw = TrainingFrame.draw
    for name in ("f.mp4", "f.gif"):
        (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(TrainingFrame, "draw", interrupt)
    for name in ("f.mp4", "f.gif"):
        with pytest.raises(KeyboardInterrupt):
            write_training_film(runs / "R1", tmp_path / name)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "f.mp4": b"old", "f.gif": b"old",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "film.avi"}, r"path must end in \.gif or \.mp4, got 'film.avi'"),
        ({"path": "film"}, r"path must end in \.gif or \.mp4, got 'film': try 'film.gif'"),
        ({"fps": 0}, "fps must be from 1 to 60 in film.mp4, got 0: try 25"),
        ({"fps": 2.5}, "fps must be from 1 to 60 .* got 2.5"),
        ({"fps": 60, "path": "f.gif"}, "fps must be from 1 to 50 in f.gif, got 60: try 10"),
        ({"seconds": 1}, "seconds must be from 3, .* to 600, got 1: try 12"),
        ({"seconds": 6000}, "seconds must be .* got 6000"),
        ({"seconds": float("nan")}, "seconds must be .* got nan"),
        ({"seconds": "long"}, "seconds must be .* got 'long'"),
        ({"run": "R9"}, "run 'R9' is not in .* film are: R1. Give one"),
        ({"run": ".."}, "was made without a record"),
    ],
)
def test_bad_input_raises_before_any_work(runs, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fidle_vae.films.training.TrainingFrame", None)
    with pytest.raises((ValueError, OSError), match=message):
        write_training_film(**{"run": "R1", "run_dir": runs} | options)
    assert not list(tmp_path.iterdir())


def test_a_missing_epoch_raises_before_any_work(tmp_path):
    write_small(tmp_path / "R1" / "film")
    (tmp_path / "R1" / "film" / "epoch-002.npz").unlink()
    with pytest.raises(FileNotFoundError, match="epoch 2 of run R1 is missing"):
        write_training_film("R1", run_dir=tmp_path)
    assert not (tmp_path / "R1" / "film.mp4").exists()
