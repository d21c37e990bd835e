import sys

import pytest

from fidle_vae.runs.state import status_of
from fidle_vae.runs.verify import flaws_of
from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.sweep import sweep
from tests.helpers.small_sweep import OVER, SMALL, results, trainings

LONGER = SMALL | {"epochs": 3, "seeds": 1}
HOPELESS = {"k2": [1e-3, 10.0, 20.0, 30.0]}  # but the first


def test_without_optuna_one_sentence_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ValueError, match=r"needs Optuna .*: .*pip install optuna`.$"):
        sweep(OVER, **SMALL, search="optuna", run_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_hopeless_trials_are_pruned_and_the_best_one_stays(tmp_path):
    optuna = pytest.importorskip("optuna")
    root = sweep(HOPELESS, **LONGER, search="optuna", jobs=1, run_dir=tmp_path)
    rows = results(root)
    assert rows[0]["status"] == "finished"
    pruned = [row for row in rows if row["status"] == "pruned"]
    assert pruned
    assert {row["epochs"] for row in pruned} == {"1"}
    assert all(float(row["elbo"]) < float(rows[0]["elbo"]) for row in pruned)
    folder = root / pruned[0]["trial"]
    assert status_of(folder) == "pruned"
    assert flaws_of(folder) == ["it is not finished, but pruned: pruned at epoch 1"]
    page = (root / "index.html").read_text(encoding="utf-8")
    assert "pruned at epoch 1" in page

    count = trainings(root)
    sweep(HOPELESS, **LONGER, search="optuna", jobs=1, run_dir=tmp_path)
    assert trainings(root) == count  # what was given up stays so
    assert results(root) == rows
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(root / "optuna.log"))
    )
    study = optuna.load_study(study_name="sweep", storage=storage)
    assert len(study.trials) == 4
    assert study.best_trial.user_attrs["k2"] == 1e-3

    sweep(HOPELESS, **LONGER, jobs=1, run_dir=tmp_path)  # a grid trains them to their end
    assert [row["status"] for row in results(root)] == ["finished"] * 4
    assert [row["epochs"] for row in results(root)] == ["3"] * 4


def test_a_resumed_trial_keeps_its_place_in_the_study(tmp_path):
    pytest.importorskip("optuna")
    from fidle_vae.sweeps.pruning import judge_of, order, prepare

    options = {name: value for name, value in LONGER.items() if name != "seeds"}
    trials = make_trials(HOPELESS, 1, options)
    prepare(tmp_path, trials)
    assert sorted(trial.name for trial in order(trials)) == sorted(trial.name for trial in trials)
    assert not judge_of(tmp_path, trials[0])(1, -100.0)
    assert not judge_of(tmp_path, trials[1])(1, -90.0)
    prepare(tmp_path, trials)  # the command was killed, and is started again
    resumed = judge_of(tmp_path, trials[0])
    assert not resumed(1, -100.0)
    assert judge_of(tmp_path, trials[2])(1, -101.0)  # compared with the two before
