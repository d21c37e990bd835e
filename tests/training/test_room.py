from collections import namedtuple

import pytest

from fidle_vae.runs.run import Run
from fidle_vae.training.room import require_room
from fidle_vae.training.train import train

Usage = namedtuple("Usage", "free")
Memory = namedtuple("Memory", "available")


def test_a_training_needs_room_for_what_it_saves(tmp_path, make_vae, monkeypatch):
    vae = make_vae()
    require_room(tmp_path, vae, epochs=10)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(30_000_000))
    require_room(tmp_path, vae, epochs=10)
    sentence = (
        rf"^the disk of {tmp_path} is too full for this training: it needs about 325 MB, and 30"
    )
    with pytest.raises(OSError, match=sentence):
        require_room(tmp_path, vae, epochs=1000)


def test_too_little_of_it_is_said_before_an_earlier_run_is_touched(tmp_path, monkeypatch):
    run = Run("train", root=tmp_path)
    run.start(parameters={"of": "an earlier run"})
    before = run.manifest
    monkeypatch.setattr("psutil.virtual_memory", lambda: Memory(250_000_000))
    with pytest.raises(
        OSError, match=r"too little memory for this training: it needs about 311 MB"
    ):
        train(dataset="digits", scale=0.01, kind="mlp", epochs=1, run_dir=tmp_path)
    assert run.manifest == before
