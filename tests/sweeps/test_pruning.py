import sys

import pytest

from fidle_vae.runs.state import status_of
from fidle_vae.runs.verify import flaws_of
from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.sweep import sweep
from tests.helpers.small_sweep import OVER, SMALL, results, trainings

SHORT = SMALL | {"seeds": 1}
HOPELESS = {"k2": [1e-3, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0]}  # but the first


def test_without_optuna_one_sentence_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ValueError, match=r"needs Optuna .*: .*pip install optuna`.$"):
        sweep(OVER, **SMALL, search="optuna", run_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_hopeless_trials_are_pruned_and_the_best_one_stays(tmp_path):
    optuna = pytest.importorskip("optuna")
    root = sweep(HOPELESS, **SHORT, search="optuna", jobs=1, run_dir=tmp_path)
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
    sweep(HOPELESS, **SHORT, search="optuna", jobs=1, run_dir=tmp_path)
    assert trainings(root) == count  # what was given up stays so
    assert results(root) == rows
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(root / "optuna.log"))
    )
    study = optuna.load_study(study_name="sweep", storage=storage)
    assert len(study.trials) == 8
    assert study.best_trial.user_attrs["k2"] == 1e-3

    over = {"k2": [1e-3, float(pruned[0]["k2"])]}
    sweep(over, **SHORT, jobs=1, run_dir=tmp_path)  # a grid trains what it has to its end
    assert [row["status"] for row in results(root)] == ["finished"] * 2
    assert [row["epochs"] for row in results(root)] == ["2"] * 2


def test_a_trial_is_compared_with_the_median_of_five_that_are_finished_also_after_a_kill(tmp_path):
    pytest.importorskip("optuna")
    from fidle_vae.sweeps.pruning import judge_of, order, prepare

    options = {name: value for name, value in SHORT.items() if name != "seeds"}
    trials = make_trials(HOPELESS, 1, options)
    assert sorted(trial.name for trial in order(trials)) == sorted(trial.name for trial in trials)
    prepare(tmp_path, trials)
    for i, trial in enumerate(trials[:5]):  # medians -102 and -92
        is_hopeless = judge_of(tmp_path, trial)
        assert not is_hopeless(1, -100.0 - i)
        assert not is_hopeless(2, -90.0 - i)
    killed = judge_of(tmp_path, trials[5])
    assert not killed(1, -101.0)
    prepare(tmp_path, trials[5:])  # the same command, started again
    assert not judge_of(tmp_path, trials[5])(1, -101.0)
    assert not judge_of(tmp_path, trials[6])(1, -102.0)
    assert judge_of(tmp_path, trials[7])(1, -102.1)
