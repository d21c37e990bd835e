import os

import numpy as np
import pytest

from fidle_vae.training.record_files import find_recorded_run, read_record, write_epoch
from tests.helpers.small_record import small_record, write_small


@pytest.mark.parametrize("options", [{}, {"labels": None}, {"latent_dim": 5, "first": 2}])
def test_a_record_is_read_as_it_was_written(tmp_path, options):
    written = write_small(tmp_path, **options)
    record = read_record(tmp_path, "R1")
    for name, value in written.fixed._asdict().items():
        there = getattr(record.fixed, name)
        if name == "originals":
            np.testing.assert_allclose(there, value, atol=0.5001 / 255)
        else:
            np.testing.assert_array_equal(there, value)
    assert list(record.epochs) == list(written.epochs)
    for number, epoch in written.epochs.items():
        there = record.epochs[number]
        np.testing.assert_allclose(there.times, epoch.times)
        np.testing.assert_allclose(there.codes, epoch.codes, rtol=1e-3, atol=1e-6)
        for name in ("reconstructed", "decoded"):
            np.testing.assert_allclose(
                getattr(there, name), getattr(epoch, name), atol=0.5001 / 255
            )
        assert there.logs == epoch.logs


def test_a_record_is_small(tmp_path):
    """As in a lesson: 200 codes and 10 + 36 noisy images of 28 x 28 pixels, at two moments."""
    rng = np.random.default_rng(0)
    epoch = (
        small_record()
        .epochs[1]
        ._replace(
            codes=rng.standard_normal((2, 200, 2)),
            reconstructed=rng.random((2, 10, 28, 28, 1)),
            decoded=rng.random((2, 36, 28, 28, 1)),
        )
    )
    write_epoch(tmp_path, 1, epoch)
    assert (tmp_path / "epoch-001.npz").stat().st_size < 80_000


def test_a_run_without_a_record_raises(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"run R1 was made without a record .*train it"):
        read_record(tmp_path / "film", "R1")


@pytest.mark.parametrize(
    ("gone", "told"),
    [((2,), "epoch 2 of run R1 is missing: .*epoch-002.npz is not there; train it again"),
     ((0,), "epoch 0 of run R1 is missing: .*epoch-000.npz is not there"),
     ((1, 2), "epochs 1, 2 of run R1 are missing: .*epoch-001.npz is not there")],
)  # fmt: skip
def test_a_missing_epoch_is_named(tmp_path, gone, told):
    write_small(tmp_path)
    for number in gone:
        (tmp_path / f"epoch-{number:03d}.npz").unlink()
    with pytest.raises(FileNotFoundError, match=told):
        read_record(tmp_path, "R1")


def test_a_training_that_ended_in_its_first_epoch_raises(tmp_path):
    write_small(tmp_path, epochs=0)
    with pytest.raises(ValueError, match="run R1 ended before its first epoch did: train it again"):
        read_record(tmp_path, "R1")


@pytest.mark.parametrize("name", ["fixed.npz", "epoch-002.npz"])
@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and no more", "half", "flipped"])
def test_a_damaged_file_is_named(tmp_path, name, damage):
    write_small(tmp_path)
    path = tmp_path / name
    content = bytearray(path.read_bytes())
    if damage == "half":
        damage = content[: len(content) // 2]
    elif damage == "flipped":
        for i in range(60, len(content) - 600, 3):
            content[i] ^= 0xFF
        damage = content
    path.write_bytes(damage)
    with pytest.raises(ValueError, match=rf"{name} is damaged \(\w+: .*\): train the run again"):
        read_record(tmp_path, "R1")


def test_a_training_that_diverged_raises(tmp_path):
    record = write_small(tmp_path)
    codes = np.full_like(record.epochs[2].codes, 1e9)  # more than a float16 holds
    write_epoch(tmp_path, 2, record.epochs[2]._replace(codes=codes))
    with pytest.raises(ValueError, match="epoch 2 of run R1 has codes that are not finite"):
        read_record(tmp_path, "R1")


def test_the_newest_run_with_a_record_is_found(tmp_path):
    for name in ("old", "new", "older"):
        write_small(tmp_path / name / "film")
        seconds = 1e9 + {"old": 1, "new": 2, "older": 0}[name]
        os.utime(tmp_path / name / "film" / "fixed.npz", (seconds, seconds))
    (tmp_path / "none" / "film").mkdir(parents=True)
    assert find_recorded_run(run_dir=tmp_path) == tmp_path / "new"


def test_a_run_is_found_by_its_name_and_by_its_folder(tmp_path, monkeypatch):
    write_small(tmp_path / "runs" / "R1" / "film")
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path / "runs"))
    assert find_recorded_run("R1") == tmp_path / "runs" / "R1"
    assert find_recorded_run(tmp_path / "runs" / "R1", tmp_path) == tmp_path / "runs" / "R1"


def test_an_unknown_run_raises_with_the_known_ones(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no run in .* has a record .*: train one"):
        find_recorded_run(run_dir=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"run 'R1' is not in .* film are: none"):
        find_recorded_run("R1", tmp_path)
    for name in ("b", "a"):
        write_small(tmp_path / name / "film")
    with pytest.raises(FileNotFoundError, match=r"run 'R1' is not in .* film are: a, b. Give one"):
        find_recorded_run("R1", tmp_path)


def test_an_epoch_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    record = write_small(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(path, **arrays):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="disk full"):
        write_epoch(tmp_path, 2, record.epochs[3])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
