"""A few tries of each fault that `make torture` injects, and a try that must be seen to fail."""

import random
import shutil
import subprocess

import pytest
from torture import files, processes, training
from torture.__main__ import ROWS, rows, try_row, write
from torture.mutations import mutate

FEW = {"killed": 1, "removed": 1, "full": 1, "twice": 2, "records": 1, "diverged": 4}


def _can_mount():
    command = ["unshare", "--mount", "--map-root-user", "true"]
    return shutil.which("unshare") and subprocess.run(command, check=False).returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("torture")


@pytest.mark.parametrize("name", FEW)
def test_nothing_is_lost_by(name, folder):
    if name == "full" and not _can_mount():
        pytest.skip("this machine lets nobody mount a small file system")
    assert try_row(ROWS[name], FEW[name], folder, seed=5) == {}


@pytest.mark.parametrize("loader", files.LOADERS)
def test_a_damaged_file_is_refused_in_one_sentence(loader, folder):
    assert try_row(rows(folder)[loader], 60, folder, seed=6) == {}


def test_a_loader_that_trusts_its_file_is_found_out(folder, monkeypatch):
    def trust(path):
        content = path.read_bytes()
        if content != whole:
            raise KeyError("parameters")

    run = files.make_run(folder / "trusting")
    whole = (run / "manifest.json").read_bytes()
    monkeypatch.setitem(files.LOADERS, "manifest", ("manifest.json", trust))
    rng = random.Random(1)
    found = [files.attempt("manifest", run, rng) for _ in range(10)]
    assert set(found) == {"KeyError: 'parameters'"}
    assert (run / "manifest.json").read_bytes() == whole


def test_a_training_that_goes_on_without_numbers_is_found_out(folder, monkeypatch):
    monkeypatch.setattr("fidle_vae.training.divergence.StopIfDiverged._look", lambda *_: None)
    monkeypatch.setattr("torture.training.fit_run", lambda *_, **__: None)
    assert training.diverged(folder, random.Random(1)) == "it went on to the end"


def test_a_lock_that_holds_nobody_off_is_found_out(folder, monkeypatch):
    monkeypatch.setattr("fidle_vae.common.locks.Lock.acquire", lambda *_: True)
    assert processes.written_twice(folder, random.Random(1)) == "two processes write one run"


def test_the_document_has_a_row_for_each_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("torture.__main__.DOCUMENT", tmp_path / "page.md")
    write([(row, row.tries, 7) for row in rows(tmp_path).values()], 50, 90)
    text = (tmp_path / "page.md").read_text()
    assert "Here are 50 % of its tries" in text
    assert text.count("| 7 |") == len(rows(tmp_path)) == len(ROWS) + len(files.LOADERS)


def test_mutations_change_a_file_and_differ():
    rng = random.Random(2)
    content = b'{"a": {"b": [1, 2, 3]}, "c": "text"}'
    found = {mutate(content, rng) for _ in range(50)}
    assert len(found) > 30
