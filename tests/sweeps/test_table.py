import io

import pytest

from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.local import News
from fidle_vae.sweeps.outcomes import Outcome
from fidle_vae.sweeps.table import Table


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def trials():
    return make_trials({"k2": [1e-4, 1e-3]}, 2, {"dataset": "digits", "scale": 0.005})


def test_a_terminal_shows_a_row_for_each_trial_redrawn_in_place(trials, tmp_path, monkeypatch):
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "100")
    out = Terminal()
    table = Table(tmp_path, [Outcome(trial) for trial in trials], out)
    table.update(News(trials[1], "started"))
    before = out.tell()
    table._drawn = 0
    table.update(News(trials[1], "epoch", 3, -160.5))
    last = out.getvalue()[before:]
    assert last.startswith("\x1b[6F")  # up to where its six lines began
    rows = last.replace("\x1b[K", "").splitlines()
    assert rows[2].split() == ["0.0001", "2", "epoch", "3/10", "-160.50"]
    assert rows[5] == "0 of 4 trials are finished, 1 running"


def test_a_small_terminal_shows_what_runs(trials, tmp_path, monkeypatch):
    monkeypatch.setenv("LINES", "6")
    out = Terminal()
    table = Table(tmp_path, [Outcome(trial) for trial in trials], out)
    before = out.tell()
    table.update(News(trials[3], "started"))
    rows = out.getvalue()[before:].replace("\x1b[K", "").splitlines()
    assert len(rows) <= 4
    assert rows[1].split() == ["0.001", "2", "started"]


def test_elsewhere_each_end_is_a_line_and_redraws_nothing(trials, tmp_path):
    out = io.StringIO()
    table = Table(tmp_path, [Outcome(trial) for trial in trials], out)
    for what in ("started", "again", "started", "failed"):
        table.update(News(trials[0], what, error="it died"))
    assert out.getvalue().splitlines() == [
        "k2=0.0001 seed=1: failed, and is tried again: it died",
        "[1/4] k2=0.0001 seed=1   failed: it died",
    ]
    assert table.summary() == "0 of 4 trials are finished, 1 failed"
